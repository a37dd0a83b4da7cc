#include "tests/tools/bench/documents.h"

#include <fmt/format.h>
#include <array>
#include <charconv>

namespace xsell::bench {
namespace {

constexpr int kRuleDigits = 8;

rules::ItemKey key_of(const std::string& text) { return rules::ItemKey::from_text(text).value(); }

}  // namespace

std::string gtin_of(int item) {
  std::string digits = fmt::format("4000000{:05}", item);
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 3);
  digits += static_cast<char>('0' + (10 - sum % 10) % 10);
  return digits;
}

std::string category_code(int category) { return fmt::format("c{:03}", category); }
std::string group_name(int group) { return fmt::format("group-{}", group); }
std::string segment_name(int segment) { return fmt::format("segment-{}", segment); }

rules::Policy policy_of(Pacing pacing) {
  rules::Policy policy;
  policy.currency = rules::Currency::from_text("EUR").value();
  policy.mined.is_enabled = false;
  policy.max_prompts_per_answer = 3;
  policy.max_prompts_per_transaction = 1'000'000;
  policy.max_prompts_per_operator_hour = 1'000'000;
  policy.min_seconds_between_prompts = 0;
  policy.cool_down.same_rule_transactions = 0;
  policy.cool_down.same_customer_days = 0;
  if (pacing == Pacing::on) {
    policy.max_prompts_per_transaction = 6;
    policy.max_prompts_per_operator_hour = 100;
    policy.cool_down.same_rule_transactions = 20;
    policy.cool_down.same_customer_days = 30;
    policy.lane_load.suppress_above_lines_per_minute = 40;
    policy.experiment.id = "bench";
    policy.experiment.hold_out_percent = 10;
    policy.experiment.salt = "s";
  }
  return policy;
}

rules::Catalogue catalogue_of(const Workload& workload) {
  rules::Catalogue catalogue;
  for (int category = 0; category < workload.category_count; ++category) {
    catalogue.categories.push_back({category_code(category), {}, {}, 0, {}});
    rules::Item any;
    any.key = key_of("any-" + category_code(category));
    any.name.set("en", fmt::format("Something of category {}", category));
    catalogue.items.push_back(std::move(any));
  }
  for (std::size_t i = 0; i < workload.items.size(); ++i) {
    rules::Item item;
    item.key = key_of(gtin_of(static_cast<int>(i)));
    item.name.set("en", fmt::format("Item {}", i));
    item.category = category_code(workload.items[i].category);
    item.brand = fmt::format("b{}", workload.items[i].brand);
    item.price_minor = workload.items[i].price_minor;
    item.currency = rules::Currency::from_text("EUR").value();
    catalogue.items.push_back(std::move(item));
  }
  catalogue.put_in_order();
  return catalogue;
}

RuleWriter::RuleWriter(const Workload& workload, Pacing pacing) {
  for (std::size_t i = 0; i < workload.items.size(); ++i)
    keys_.push_back(key_of(gtin_of(static_cast<int>(i))));
  for (int category = 0; category < workload.category_count; ++category) {
    category_keys_.push_back(key_of("any-" + category_code(category)));
    codes_.push_back(category_code(category));
  }
  for (int i = 0; i < 128; ++i) {
    groups_.push_back(group_name(i));
    segments_.push_back(segment_name(i));
  }
  rule_.relation = rules::Relation::accessory;
  rule_.pacing.once_per_transaction = pacing == Pacing::on;
  rule_.prompt.operator_text.set("en", "{offer} with that?");
  rule_.prompt.reason.set("en", "It goes with {trigger}");
  rule_.offers.resize(1);
}

void RuleWriter::put_selection(rules::ItemSelector& selector, int item, int category) {
  selector.list.items.clear();
  selector.list.categories.clear();
  if (item >= 0) selector.list.items.push_back(keys_[static_cast<std::size_t>(item)]);
  if (category >= 0) selector.list.categories.push_back(codes_[static_cast<std::size_t>(category)]);
}

rules::Condition& RuleWriter::next_part() {
  auto& parts = rule_.condition.children;
  if (parts.size() == part_count_) parts.emplace_back();
  rules::Condition& part = parts[part_count_++];
  part.kind = rules::ConditionKind::basket_has;
  part.min = 1000;
  part.max = rules::kNoMaximum;
  part.segments.any_of.clear();
  part.selector.list.items.clear();
  part.selector.list.categories.clear();
  part.children.clear();
  return part;
}

void RuleWriter::put_trigger(rules::Condition& condition, const RuleRecord& record) {
  condition.kind = rules::ConditionKind::basket_has;
  condition.min = record.min_quantity >= 0 ? 1000 * std::int64_t{record.min_quantity} : 1000;
  put_selection(condition.selector, record.item1, record.category);
}

const rules::Rule& RuleWriter::write(const RuleRecord& record) {
  rule_.rule_id.assign("r00000000");
  std::array<char, 16> digits{};
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), record.id).ptr;
  const auto size = static_cast<std::size_t>(end - digits.data());
  rule_.rule_id.replace(rule_.rule_id.size() - size, size, digits.data(), size);

  const int offered_category = record.offer < 0 ? ~record.offer : -1;
  const bool has_both = record.group >= 0 && record.segment >= 0;
  const bool is_plain = record.item2 < 0 && record.min_total_minor < 0 && record.absent_item < 0 &&
                        record.absent_category < 0 && offered_category < 0 && !has_both;
  rules::Condition& root = rule_.condition;
  part_count_ = 0;
  if (is_plain) {
    put_trigger(root, record);
  } else {
    root.kind = rules::ConditionKind::all;
    root.min = 0;
    root.selector.list.items.clear();
    root.selector.list.categories.clear();
    put_trigger(next_part(), record);
    if (record.item2 >= 0) put_selection(next_part().selector, record.item2, -1);
    if (record.min_total_minor >= 0) {
      rules::Condition& part = next_part();
      part.kind = rules::ConditionKind::amount;
      part.min = record.min_total_minor;
    }
    const auto put_absence = [&](int item, int category) {
      if (item < 0 && category < 0) return;
      rules::Condition& part = next_part();
      part.kind = rules::ConditionKind::negation;
      part.min = 0;
      put_selection(part.children.emplace_back().selector, item, category);
      part.children.back().kind = rules::ConditionKind::basket_has;
      part.children.back().min = 1000;
    };
    put_absence(record.absent_item, -1);
    put_absence(-1, record.absent_category);
    put_absence(-1, offered_category);
    if (has_both) {
      rules::Condition& part = next_part();
      part.kind = rules::ConditionKind::segment;
      part.min = 0;
      part.segments.any_of.push_back(segments_[static_cast<std::size_t>(record.segment)]);
    }
    root.children.resize(part_count_);
  }

  auto& audience = rule_.audience.segments.any_of;
  audience.clear();
  if (record.group >= 0) {
    audience.push_back(groups_[static_cast<std::size_t>(record.group)]);
  } else if (record.segment >= 0) {
    audience.push_back(segments_[static_cast<std::size_t>(record.segment)]);
  }
  rule_.time_windows.clear();
  if (record.from_minute >= 0) {
    const auto days = static_cast<std::uint8_t>(
        record.weekdays >= 0 ? record.weekdays & rules::kAllDays : rules::kAllDays);
    rule_.time_windows.push_back({days, record.from_minute, record.to_minute});
  }
  rules::Offer& offer = rule_.offers.front();
  auto& target = offer.target.list.items;
  target.clear();
  target.push_back(offered_category >= 0
                       ? category_keys_[static_cast<std::size_t>(offered_category)]
                       : keys_[static_cast<std::size_t>(record.offer)]);
  offer.score_millionths = record.score - 1;
  return rule_;
}

std::uint32_t record_number(std::string_view rule_id) {
  std::uint32_t number = 0;
  for (const char c : rule_id.substr(rule_id.size() - kRuleDigits))
    number = number * 10 + static_cast<std::uint32_t>(c - '0');
  return number;
}

}  // namespace xsell::bench
