// A rule as what compiling needs of it, and no more: numbers, and what rules share (texts,
// selections, schedules, audiences, names) as parts, each kept once in packed form. A rule is read
// from JSON once; from then on its record stands for it.
// Threads: one at a time.
#ifndef XSELL_RULES_RULE_RECORD_H_
#define XSELL_RULES_RULE_RECORD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/model.h"
#include "rules/packed_model.h"
#include "rules/text_table.h"

namespace xsell::rules {

enum class PartKind : std::uint8_t { text, selector, segments, schedule, audience, name };

// A number in the table of parts; kNoId for none.
struct Part {
  std::uint32_t id = kNoId;
  bool is_none() const { return id == kNoId; }
};

struct ConditionRecord {
  ConditionKind kind = ConditionKind::all;
  std::uint32_t child_count = 0;
  std::int64_t min = 0;
  std::optional<std::int64_t> max;  // none: no maximum
  Currency currency;
  Part selector;
  Part segments;
  Part text;
};

struct OfferRecord {
  Part target;
  Part location;
  Part promotion;
  SelectBy select_by = SelectBy::score;
  bool is_rotating = false;
  bool is_quantity_per_trigger = false;
  std::int32_t select_limit = 1;
  std::int64_t score_millionths = 0;
  std::int64_t quantity_milli = 1000;
  std::int64_t saving_minor = 0;
  std::int32_t minimum_customer_age = 0;
  std::int32_t minimum_operator_age = 0;
  Requirement require;
};

struct RuleRecord {
  std::string_view rule_id;  // as long as what it was made of lives
  bool is_enabled = true;
  bool is_pinned = false;
  bool is_required = false;
  bool is_once = true;
  std::int32_t priority = 50;
  std::int32_t frequency_percent = 100;
  std::int32_t timeout_seconds = 0;
  std::uint8_t moments = kMomentLineAdded;
  RuleSource source = RuleSource::authored;
  Relation relation = Relation::complement;
  PromptKind kind = PromptKind::offer;
  PromptMode mode = PromptMode::panel;
  Part schedule;  // none: always
  Part audience;  // none: everyone
  Part operator_text;
  Part customer_text;
  Part line_display;
  Part reason;
  Part exclusive_group;
  std::optional<Budget> budget;
  std::vector<ConditionRecord> condition;  // each followed by its children
  std::vector<OfferRecord> offers;
};

// The part's packed value. Requires: there is one.
std::string_view value_of(const TextTable& parts, Part part);
// Of a name, as it is.
std::string_view name_of(const TextTable& parts, Part part);

// Makes records of rules. Requires: the table outlives it.
class RuleRecorder {
 public:
  explicit RuleRecorder(TextTable& parts) : parts_(parts) {}

  // Good until the next call, and as long as the rule lives.
  const RuleRecord& record(const Rule& rule);

 private:
  void add_condition(const Condition& condition);
  void add_offer(const Offer& offer);
  Part part_of(PartKind kind, const auto& value);
  Part text(const LocalisedText& text);
  Part name(const std::string& name);
  Part selector(const ItemSelector& selector);

  TextTable& parts_;
  RuleRecord record_;
  std::string scratch_;
};

// A part counts from 1 in packed form, 0 is none.
inline void fields(PackWriter& archive, const Part& part) { archive(part.id + 1); }
inline void fields(PackReader& archive, Part& part) {
  archive(part.id);
  --part.id;
}
void fields(auto& archive, Like<ConditionRecord> auto& node) {
  archive(node.kind, node.child_count, node.min, node.max, node.currency, node.selector,
          node.segments, node.text);
}
void fields(auto& archive, Like<OfferRecord> auto& offer) {
  archive(offer.target, offer.location, offer.promotion, offer.select_by, offer.is_rotating,
          offer.is_quantity_per_trigger, offer.select_limit, offer.score_millionths,
          offer.quantity_milli, offer.saving_minor, offer.minimum_customer_age,
          offer.minimum_operator_age, offer.require);
}
// The rule's id stands beside the record.
void fields(auto& archive, Like<RuleRecord> auto& rule) {
  archive(rule.is_enabled, rule.is_pinned, rule.is_required, rule.is_once, rule.priority,
          rule.frequency_percent, rule.timeout_seconds, rule.moments, rule.source, rule.relation,
          rule.kind, rule.mode, rule.schedule, rule.audience, rule.operator_text,
          rule.customer_text, rule.line_display, rule.reason, rule.exclusive_group, rule.budget,
          rule.condition, rule.offers);
}

// Calls visit(Part&) for every part of the record, in a fixed order.
template <class Visit>
void for_each_part(RuleRecord& rule, Visit visit) {
  for (Part* part : {&rule.schedule, &rule.audience, &rule.operator_text, &rule.customer_text,
                     &rule.line_display, &rule.reason, &rule.exclusive_group}) {
    visit(*part);
  }
  for (ConditionRecord& node : rule.condition) {
    for (Part* part : {&node.selector, &node.segments, &node.text}) visit(*part);
  }
  for (OfferRecord& offer : rule.offers) {
    for (Part* part : {&offer.target, &offer.location, &offer.promotion}) visit(*part);
  }
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_RULE_RECORD_H_
