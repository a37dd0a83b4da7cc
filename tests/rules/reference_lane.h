// The engine's answers worked out the slow way: after each event every rule is looked at anew, with
// no index and no memory but the basket, the prompts and what pacing must remember. Written from
// the rules' documentation, to be compared with the engine.
#ifndef XSELL_TESTS_RULES_REFERENCE_LANE_H_
#define XSELL_TESTS_RULES_REFERENCE_LANE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rules/catalogue.h"
#include "rules/event.h"
#include "rules/model.h"

namespace xsell::rules {

class ReferenceLane {
 public:
  ReferenceLane(RuleSet rule_set, Catalogue catalogue);

  struct Shown {
    std::string title;     // "rule > item"
    std::uint64_t prompt;  // a number of its own, in the order of appearance
    bool operator==(const Shown& other) const { return title == other.title; }
  };
  std::vector<Shown> on_event(const Event& event);
  void set_disabled(bool is_disabled) { is_disabled_ = is_disabled; }
  void set_rule_disabled(const std::string& rule_id, bool is_disabled);
  // Keeps what pacing must remember.
  void restart();

 private:
  struct Line {
    std::string item;
    std::string category;  // told by the host
    std::int64_t quantity_milli = 0;
    std::int64_t price_minor = 0;
    std::int64_t amount_minor = 0;
    std::int32_t minimum_age = 0;
  };
  enum class End { none, accepted, declined, expired, withdrawn };
  struct Made {  // a prompt that was made in this transaction
    std::uint64_t number = 0;
    int rule = -1;  // -1: mined
    int offer = 0;
    std::string item;
    std::uint64_t key = 0;
    std::int64_t at_ms = 0;
    End end = End::none;
  };
  struct Choice {
    std::uint64_t key = 0;
    int rule = -1;
    int offer = 0;
    std::string item;
    std::uint64_t number = 0;  // 0: new
  };
  struct Transaction {
    bool is_open = false;
    bool is_in_tender = false;
    std::uint64_t id = 0;
    std::map<std::uint64_t, Line> lines;          // without voided ones
    std::map<std::string, std::int32_t> missing;  // promotions that are nearly granted
    std::set<std::uint64_t> voided;
    std::vector<Made> made;
    std::int64_t last_prompt_ms = -1;
    int prompt_count = 0;
    int mined_count = 0;
    std::string customer;
    std::vector<std::string> segments;
    std::int32_t customer_age = 0;
    bool is_opted_out = false;
  };

  void take(const Event& event, bool& looks, bool& is_subtotal);
  void put_line(const EventLine& line);
  void look(bool is_subtotal);
  void drop_open(End end);
  void finish(Made& made, End end);
  std::string name_of(const Made& made) const;
  bool is_tallied_out(const std::string& name, std::int64_t budget) const;
  void verify();
  bool may_speak() const;

  bool selects(const ItemSelector& selector, const Line& line) const;
  bool selects(const ItemList& list, const std::string& item, const std::string& category) const;
  std::int64_t quantity_of(const ItemSelector& selector) const;
  bool holds(const Condition& condition) const;
  bool admits(const SegmentTest& test) const;
  bool is_open_now(const Rule& rule) const;
  bool is_trigger(const Condition& condition, const Line& line, bool is_negated) const;
  bool is_never_suggested(const std::string& item) const;
  bool may_offer(const Rule& rule, const Offer* offer, const std::string& item) const;
  std::vector<std::string> items_of(const Rule& rule, const Offer& offer) const;
  bool is_held_back(const Rule& rule, int rule_index, int offer_index,
                    const std::string& product) const;
  std::int64_t evidence_for(const std::string& item) const;
  std::vector<Choice> choices(bool is_subtotal) const;

  const Item* known(const std::string& item) const;
  std::string product_of(const std::string& item) const;
  std::string class_of(const std::string& item) const;
  std::vector<std::string> chain_of(std::string category) const;
  std::string category_of(const Line& line) const;
  std::int32_t age_of(const std::string& item) const;
  std::int64_t amount() const;
  std::uint64_t key_of(const Rule& rule, const Offer* offer) const;

  RuleSet rules_;
  Catalogue catalogue_;
  Transaction now_;
  std::map<std::uint64_t, Transaction> parked_;
  std::map<std::string, std::int64_t> stock_;
  bool is_disabled_ = false;
  std::set<std::string> disabled_rules_;
  std::string role_;
  std::int32_t operator_age_ = 0;
  std::int64_t local_s_ = 0;
  std::int64_t ms_ = 0;
  std::int64_t snoozed_until_s_ = 0;
  int queue_length_ = 0;
  std::vector<std::int64_t> hour_s_;  // prompts of this operator
  std::string operator_;
  std::uint64_t ordinal_ = 0;
  std::uint64_t last_number_ = 0;
  struct Decline {
    std::string rule;
    std::string customer;
    std::uint64_t ordinal;
    std::int64_t day;
  };
  std::vector<Decline> declines_;
  struct Tally {
    int shown = 0;
    int accepted = 0;
    std::int64_t accepted_ever = 0;
    std::int64_t muted_until_day = 0;
  };
  std::map<std::string, Tally> tallies_;  // by rule id or, for mined offers, item
};

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_REFERENCE_LANE_H_
