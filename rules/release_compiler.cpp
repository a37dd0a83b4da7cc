#include "rules/release_compiler.h"

#include <algorithm>

#include "rules/rule_compiler.h"

namespace xsell::rules {
namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;  // clang 16 does not find it by itself

template <class Value>
std::vector<Value> unpacked(const RecordList& list) {
  std::vector<Value> values(list.size());
  for (std::size_t i = 0; i < list.size(); ++i) PackReader(list.record(i))(values[i]);
  return values;
}

bool lets(const ReleaseFilter& filter, const RuleRecord& rule, const TextTable& parts) {
  return filter.lets_rule(rule.rule_id, rule.is_pinned) &&
         std::all_of(rule.offers.begin(), rule.offers.end(), [&](const OfferRecord& offer) {
           return offer.promotion.is_none() ||
                  filter.lets_promotion(name_of(parts, offer.promotion));
         });
}

}  // namespace

LineResult ReleaseCompiler::add(std::string_view id, std::string_view bytes) {
  const LineResult result = builder_.add(bytes);
  const std::string_view name = id.substr(id.find('/') + 1);
  const auto put = [&](RecordKind kind, const auto& value) {
    packed_.clear();
    PackWriter pack(packed_);
    pack(value);
    added_.of(kind).add(name, packed_);
  };
  builder_.drain(Overloaded{
      [&](const Category& category) { put(RecordKind::category, category); },
      [&](const Item& item) { put(RecordKind::item, item); },
      [&](const MinedPair& pair) { put(RecordKind::pair, pair); },
      [&](const Rule& rule) { put(RecordKind::rule, recorder_.record(rule)); },
  });
  return result;
}

std::unique_ptr<CompiledRuleSet> ReleaseCompiler::compile(const LaneScope& scope,
                                                          std::uint64_t version,
                                                          const ReleaseFilter& filter) {
  RecordLists& lists = records_.lists;
  if (has_known_) {
    lists.replace(changed_ids_, added_);
  } else {
    lists = std::move(added_);
  }
  added_ = {};

  const RuleSet frame = builder_.take_rule_set();
  Catalogue catalogue{unpacked<Item>(lists.of(RecordKind::item)),
                      unpacked<Category>(lists.of(RecordKind::category))};
  catalogue.put_in_order();
  RuleCompiler compiler(frame.policy, frame.item_sets, catalogue, scope, version, records_.parts);

  const RecordList& rules = lists.of(RecordKind::rule);
  compiler.reserve(rules.size());
  RuleRecord rule;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    PackReader(rules.record(i))(rule);
    rule.rule_id = rules.name(i);
    if (lets(filter, rule, records_.parts)) compiler.add(rule);
  }
  if (filter.lets_mined()) {
    RuleSet mined;
    mined.pairs = unpacked<MinedPair>(lists.of(RecordKind::pair));
    mined.put_in_order();
    for (const MinedPair& pair : mined.pairs) compiler.add(pair);
  }
  return compiler.finish();
}

}  // namespace xsell::rules
