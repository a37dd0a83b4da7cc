#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <span>

#include "rules/canonical_json.h"
#include "rules/model_names.h"
#include "rules/outcome.h"
#include "rules/strict_json.h"
#include "rules/utf8.h"
#include "sync/outcome_batch.h"

namespace xsell::sync {
namespace {

using rules::JsonValue;
using rules::Outcome;

template <typename Enum>
struct Word {
  std::string_view name;
  Enum value;
};

constexpr Word<rules::OutcomeKind> kKinds[] = {
    {"shown", rules::OutcomeKind::kShown},
    {"accepted_touch", rules::OutcomeKind::kAcceptedTouch},
    {"accepted_scan", rules::OutcomeKind::kAcceptedScan},
    {"declined", rules::OutcomeKind::kDeclined},
    {"expired", rules::OutcomeKind::kExpired},
    {"withdrawn", rules::OutcomeKind::kWithdrawn},
    {"held_out", rules::OutcomeKind::kHeldOut},
    {"basket", rules::OutcomeKind::kBasket},
    {"returned", rules::OutcomeKind::kReturned},
    {"post_voided", rules::OutcomeKind::kPostVoided},
};
constexpr Word<rules::ExperimentArm> kArms[] = {
    {"treated", rules::ExperimentArm::kTreated},
    {"held_out", rules::ExperimentArm::kHeldOut},
};
constexpr Word<rules::DeclineReason> kReasons[] = {
    {"not_relevant", rules::DeclineReason::kNotRelevant},
    {"has_it", rules::DeclineReason::kHasIt},
    {"too_dear", rules::DeclineReason::kTooDear},
    {"other", rules::DeclineReason::kOther},
};
constexpr Word<rules::TransactionEnd> kEnds[] = {
    {"finalised", rules::TransactionEnd::kFinalised},
    {"voided", rules::TransactionEnd::kVoided},
    {"abandoned", rules::TransactionEnd::kAbandoned},
};

constexpr std::uint64_t kMostExactInteger =
    (1ULL << 53) - 1;  // what every JSON reader holds exactly

// The closed list of fields, once for both directions. Fields at their default are left out.
template <typename Visitor, typename Record>
void visit_fields(Visitor& visit, Record& o) {
  visit.word("kind", o.kind, std::span(kKinds));
  visit.number("prompt", o.prompt_id);
  visit.number("version", o.rule_set_version);
  visit.text("rule", o.rule_id);
  visit.flag("mined", o.is_mined);
  visit.relation("relation", o.relation);
  visit.number("offer", o.offer);
  visit.text("offered_item", o.offered_item);
  visit.text("trigger_item", o.trigger_item);
  visit.number("trigger_line", o.trigger_line);
  visit.text("business_unit", o.business_unit);
  visit.text("workstation", o.workstation);
  visit.text("business_day", o.business_day);
  visit.number("transaction_number", o.transaction_number);
  visit.number("transaction", o.transaction);
  visit.word("transaction_end", o.transaction_end, std::span(kEnds));
  visit.text("operator", o.operator_id);
  visit.text("experiment", o.experiment);
  visit.word("arm", o.arm, std::span(kArms));
  visit.word("reason", o.reason, std::span(kReasons));
  visit.number("local_time_s", o.local_time_s);
  visit.number("shown_ms", o.shown_ms);
  visit.number("response_ms", o.response_ms);
  visit.number("resulting_line", o.resulting_line);
  visit.number("quantity_milli", o.quantity_milli);
  visit.number("amount_minor", o.amount_minor);
  visit.text("currency", o.currency);
  visit.number("line_count", o.line_count);
  visit.number("prompt_count", o.prompt_count);
  visit.flag("voided", o.is_voided);
  visit.flag("returned", o.is_returned);
  visit.text("original_business_unit", o.original_business_unit);
  visit.text("original_workstation", o.original_workstation);
  visit.text("original_business_day", o.original_business_day);
  visit.number("original_number", o.original_number);
}

// What a host handed over as text may be any bytes; JSON holds UTF-8 only.
std::string clean_text(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t size = rules::utf8_sequence_size(text);
    if (size == 0) {
      clean += '?';
    } else {
      clean += text.substr(0, size);
    }
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return clean;
}

class Writer {
 public:
  std::string finish() {
    json_ += '}';
    return std::move(json_);
  }

  template <typename Enum, std::size_t Size>
  void word(std::string_view name, Enum value, std::span<const Word<Enum>, Size> words) {
    for (const Word<Enum>& word : words) {
      if (word.value == value) string(name, word.name);
    }
  }

  void number(std::string_view name, std::uint64_t value) {
    if (value == 0) return;
    const std::string digits = std::to_string(value);
    key(name);
    json_ += value <= kMostExactInteger ? digits : '"' + digits + '"';
  }

  void number(std::string_view name, std::uint32_t value) { number(name, std::uint64_t{value}); }

  void number(std::string_view name, std::int64_t value) {
    if (value == 0) return;
    key(name);
    json_ += std::to_string(value);
  }

  void flag(std::string_view name, bool value) {
    if (!value) return;
    key(name);
    json_ += "true";
  }

  void relation(std::string_view name, std::uint8_t value) {
    if (value != 0) string(name, rules::name_of(static_cast<rules::Relation>(value)));
  }

  template <std::size_t Size>
  void text(std::string_view name, const rules::FixedText<Size>& value) {
    if (!value.view().empty()) string(name, clean_text(value.view()));
  }

 private:
  void key(std::string_view name) {
    if (json_.size() > 1) json_ += ',';
    json_ += '"';
    json_ += name;
    json_ += "\":";
  }

  void string(std::string_view name, std::string_view value) {
    key(name);
    rules::append_json_string(json_, value);
  }

  std::string json_ = "{";
};

class Reader {
 public:
  explicit Reader(const JsonValue& object) : object_(object) {}

  // Empty when every member was a known field with a fitting value.
  std::string finish() {
    if (problem_.empty() && used_ != object_.members.size())
      return "holds a field that is not of the outcome record";
    return problem_;
  }

  template <typename Enum, std::size_t Size>
  void word(std::string_view name, Enum& value, std::span<const Word<Enum>, Size> words) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    for (const Word<Enum>& word : words) {
      if (member->is_string() && member->text == word.name) {
        value = word.value;
        return;
      }
    }
    complain(name);
  }

  void number(std::string_view name, std::uint64_t& value) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    if (member->is_integer() && member->integer >= 0) {
      value = static_cast<std::uint64_t>(member->integer);
      return;
    }
    const char* begin = member->text.data();
    const char* end = begin + member->text.size();
    const auto [read_end, error] = std::from_chars(begin, end, value);
    if (!member->is_string() || error != std::errc{} || read_end != end) complain(name);
  }

  void number(std::string_view name, std::uint32_t& value) {
    std::uint64_t wide = 0;
    number(name, wide);
    if (wide > std::numeric_limits<std::uint32_t>::max()) return complain(name);
    value = static_cast<std::uint32_t>(wide);
  }

  void number(std::string_view name, std::int64_t& value) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    if (!member->is_integer()) return complain(name);
    value = member->integer;
  }

  void flag(std::string_view name, bool& value) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    if (!member->is_boolean()) return complain(name);
    value = member->boolean;
  }

  void relation(std::string_view name, std::uint8_t& value) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    const auto relation =
        member->is_string() ? rules::value_of<rules::Relation>(member->text) : std::nullopt;
    if (!relation) return complain(name);
    value = static_cast<std::uint8_t>(*relation);
  }

  template <std::size_t Size>
  void text(std::string_view name, rules::FixedText<Size>& value) {
    const JsonValue* member = find(name);
    if (member == nullptr) return;
    if (!member->is_string() || member->text.size() >= Size ||
        member->text.find('\0') != std::string::npos) {
      return complain(name);
    }
    value.assign(member->text);
  }

 private:
  const JsonValue* find(std::string_view name) {
    const JsonValue* member = object_.find(name);
    if (member != nullptr) ++used_;
    return member;
  }

  void complain(std::string_view name) {
    if (problem_.empty()) problem_ = "field " + std::string(name) + " does not hold what it should";
  }

  const JsonValue& object_;
  std::size_t used_ = 0;
  std::string problem_;
};

}  // namespace

std::string encode_outcome(const Outcome& outcome) {
  Writer writer;
  visit_fields(writer, outcome);
  return writer.finish();
}

bool decode_outcome(std::string_view json, Outcome& outcome, std::string* why) {
  const auto fail = [&](std::string problem) {
    if (why != nullptr) *why = std::move(problem);
    return false;
  };
  const rules::JsonDocument document = rules::read_json(
      json,
      {.max_bytes = kMaxOutcomeBytes, .max_values = 100, .max_depth = 1, .integers_only = true});
  if (document.error) return fail(document.error->message);
  if (!document.value.is_object()) return fail("is not a JSON object");
  outcome = {};
  Reader reader(document.value);
  visit_fields(reader, outcome);
  std::string problem = reader.finish();
  if (problem.empty() && outcome.kind == rules::OutcomeKind::kNone) problem = "has no kind";
  return problem.empty() ? true : fail(std::move(problem));
}

}  // namespace xsell::sync
