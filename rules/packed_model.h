// The parts of the model that are kept packed. Places are left out: a release has none.
#ifndef XSELL_RULES_PACKED_MODEL_H_
#define XSELL_RULES_PACKED_MODEL_H_

#include "rules/catalogue.h"
#include "rules/model.h"
#include "rules/packed.h"
#include "rules/schedule.h"
#include "rules/text_store.h"

namespace xsell::rules {

inline void fields(PackWriter& archive, const ItemKey& key) { archive(key.view()); }
inline void fields(PackReader& archive, ItemKey& key) {
  std::string_view text;
  archive(text);
  key = ItemKey::from_text(text).value_or(ItemKey());
}
inline void fields(PackWriter& archive, const Currency& currency) { archive(currency.view()); }
inline void fields(PackReader& archive, Currency& currency) {
  std::string_view text;
  archive(text);
  currency = Currency::from_text(text).value_or(Currency());
}
void fields(auto& archive, Like<LocalisedText::Entry> auto& entry) {
  archive(entry.language, entry.text);
}
void fields(auto& archive, Like<TextVariant> auto& variant) {
  archive(variant.language, variant.text);
}
void fields(auto& archive, Like<LocalisedText> auto& text) { archive(text.entries); }

void fields(auto& archive, Like<ItemList> auto& list) {
  archive(list.items, list.categories, list.brands, list.tags, list.exclude_items,
          list.exclude_categories, list.exclude_brands, list.exclude_tags, list.min_price_minor,
          list.max_price_minor);
}
void fields(auto& archive, Like<ItemSelector> auto& selector) {
  archive(selector.set, selector.list);
}
void fields(auto& archive, Like<SegmentTest> auto& test) { archive(test.any_of, test.none_of); }
void fields(auto& archive, Like<Audience> auto& audience) {
  archive(audience.business_units, audience.exclude_business_units, audience.business_unit_groups,
          audience.exclude_business_unit_groups, audience.workstation_types,
          audience.operator_roles, audience.segments, audience.is_for_anonymous);
}
void fields(auto& archive, Like<TimeWindow> auto& window) {
  archive(window.days, window.start_minute, window.end_minute);
}
void fields(auto& archive, Like<Schedule> auto& schedule) {
  archive(schedule.effective_s, schedule.expires_s, schedule.windows);
}
void fields(auto& archive, Like<Budget> auto& budget) { archive(budget.uses, budget.per_store); }
void fields(auto& archive, Like<Requirement> auto& requirement) {
  archive(requirement.in_assortment, requirement.on_hand_min_milli,
          requirement.max_price_ratio_millionths, requirement.floor_price_minor);
}

void fields(auto& archive, Like<Item> auto& item) {
  archive(item.key, item.name, item.category, item.brand, item.tags, item.variant_group,
          item.item_class, item.price_minor, item.currency, item.minimum_age, item.is_in_assortment,
          item.leak);
}
void fields(auto& archive, Like<Category> auto& category) {
  archive(category.code, category.parent, category.name, category.minimum_age);
}
void fields(auto& archive, Like<MinedPair> auto& pair) {
  archive(pair.trigger, pair.offer, pair.joint_count, pair.trigger_count, pair.offer_count,
          pair.basket_count, pair.weight, pair.recent_joint_milli, pair.recent_trigger_milli,
          pair.recent_offer_milli, pair.recent_baskets_milli, pair.boost_milli);
}

}  // namespace xsell::rules

#endif  // XSELL_RULES_PACKED_MODEL_H_
