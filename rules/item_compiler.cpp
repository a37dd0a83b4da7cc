#include "rules/item_compiler.h"

#include <algorithm>
#include <functional>

#include "rules/interned.h"
#include "rules/term_compiler.h"

namespace xsell::rules {

namespace {

std::uint64_t hash_of(std::span<const TextVariant> text) {
  std::uint64_t hash = 0;
  for (const TextVariant& variant : text) {
    hash = hash_step(hash, std::hash<std::string_view>{}(variant.language));
    hash = hash_step(hash, std::hash<std::string_view>{}(variant.text));
  }
  return hash;
}

bool is_never_suggested(const Item& item, const Catalogue& catalogue, const Policy& policy) {
  const auto& items = policy.never_suggest_items;
  if (std::find(items.begin(), items.end(), item.key) != items.end()) return true;
  return std::any_of(
      policy.never_suggest_categories.begin(), policy.never_suggest_categories.end(),
      [&](const std::string& code) { return catalogue.is_within(item.category, code); });
}

std::int32_t age_of_category(const Catalogue& catalogue, std::string_view code) {
  std::int32_t age = 0;
  for (int depth = 0; depth < 32 && !code.empty(); ++depth) {
    const Category* category = catalogue.find_category(code);
    if (category == nullptr) break;
    age = std::max(age, category->minimum_age);
    code = category->parent;
  }
  return age;
}

}  // namespace

std::uint32_t TextCompiler::add(const LocalisedText& text) {
  if (text.is_empty()) return kNoId;
  variants_.clear();
  for (const LocalisedText::Entry& entry : text.entries) {
    variants_.push_back({entry.language, entry.text});
  }
  const std::uint64_t hash = hash_of(variants_);
  if (const std::uint32_t known = find(variants_, hash); known != kNoId) return known;
  const std::uint32_t id = index_.texts.add(variants_);
  ids_.add(hash, id);
  return id;
}

std::uint32_t TextCompiler::add_once(std::span<const TextVariant> text) {
  const std::uint32_t known = ids_.is_empty() ? kNoId : find(text, hash_of(text));
  return known == kNoId ? index_.texts.add(text) : known;
}

std::uint32_t TextCompiler::find(std::span<const TextVariant> text, std::uint64_t hash) const {
  return ids_.find(hash, [&](std::uint32_t id) { return index_.texts.is(id, text); });
}

void ItemCompiler::add_catalogue(const Catalogue& catalogue, const Policy& policy) {
  for (const Category& category : catalogue.categories) {
    index_.categories.add(category.code);
    index_.category_age.push_back(age_of_category(catalogue, category.code));
  }
  ItemColumns& items = index_.items;
  for (const Item& item : catalogue.items) {
    if (items.keys.find(item.key) != kNoId) continue;
    add(item, true);
    known_.push_back(&item);
    items.is_never_suggested.back() = is_never_suggested(item, catalogue, policy);
    std::int32_t& age = items.rows.back().minimum_age;
    age = std::max(age, age_of_category(catalogue, item.category));
  }
}

std::uint32_t ItemCompiler::add_mentioned(const ItemKey& key) {
  if (const std::uint32_t known = index_.items.keys.find(key); known != kNoId) return known;
  Item item;
  item.key = key;
  add(item, false);
  return static_cast<std::uint32_t>(index_.items.size() - 1);
}

void ItemCompiler::add(const Item& item, bool is_known) {
  ItemColumns& items = index_.items;
  items.keys.add(item.key);
  ItemRow& row = items.rows.emplace_back();
  std::uint32_t category = kNoId;
  if (!item.category.empty()) {
    category = index_.categories.add(item.category);
    index_.category_age.resize(index_.categories.size(), 0);
  }
  row.category = category;

  std::uint32_t product = index_.product_count;
  if (!item.variant_group.empty()) {
    const std::uint32_t group = variant_groups_.add(item.variant_group);
    if (group == product_of_group_.size()) product_of_group_.push_back(product);
    product = product_of_group_[group];
  }
  if (product == index_.product_count) ++index_.product_count;
  row.product = product;

  const std::string_view item_class = item.class_or_category();
  if (!item_class.empty()) row.item_class = classes_.add(item_class);
  index_.class_count = static_cast<std::uint32_t>(classes_.size());
  items.name.push_back(texts_.add(item.name));
  items.price_minor.push_back(item.price_minor.value_or(-1));
  row.minimum_age = item.minimum_age;
  items.leak.push_back(item.leak);
  items.is_in_assortment.push_back(is_known && item.is_in_assortment);
  items.is_never_suggested.push_back(false);
}

void ItemCompiler::put_terms(std::uint32_t item, const std::vector<std::uint32_t>& terms) {
  ItemColumns& items = index_.items;
  ItemRow& row = items.rows[item];
  row.term_count = static_cast<std::uint32_t>(terms.size());
  if (terms.size() <= ItemRow::kNearTerms) {
    std::copy(terms.begin(), terms.end(), row.terms);
  } else {
    row.terms[0] = static_cast<std::uint32_t>(items.terms.size());
    items.terms.insert(items.terms.end(), terms.begin(), terms.end());
  }
}

void ItemCompiler::place_terms(const TermCompiler& terms) {
  using Placed = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  std::vector<std::vector<std::uint32_t>> of_category;
  Placed by_category;
  Placed excluded;
  for (std::uint32_t id = 0; id < index_.categories.size(); ++id) {
    const std::string_view code = index_.categories.text(id);
    of_category.push_back(terms.terms_of_category(code));
    for (const std::uint32_t term : of_category.back()) by_category.emplace_back(id, term);
    for (const std::uint32_t term : terms.exclusions_of_category(code)) {
      excluded.emplace_back(id, term);
    }
  }
  index_.category_exclusions = FlatLists<std::uint32_t>(index_.categories.size(), excluded);
  index_.category_terms = FlatLists<std::uint32_t>(index_.categories.size(), by_category);

  ItemColumns& items = index_.items;
  std::vector<std::vector<std::uint32_t>> of_item = terms.terms_by_item(items.size());
  Placed denied;
  for (std::uint32_t id = 0; id < items.size(); ++id) {
    std::vector<std::uint32_t>& own = of_item[id];
    if (const std::uint32_t category = items.rows[id].category; category != kNoId) {
      own.insert(own.end(), of_category[category].begin(), of_category[category].end());
    }
    const Item* item = known(id);
    Item mentioned;
    if (item == nullptr) {
      if (const auto key = ItemKey::from_text(items.keys.text(id))) mentioned.key = *key;
    }
    terms.complete(item == nullptr ? mentioned : *item, own);
    put_terms(id, own);
    if (item != nullptr && !item->category.empty()) continue;
    for (const std::uint32_t term : terms.denials_of(item == nullptr ? mentioned : *item)) {
      denied.emplace_back(id, term);
    }
  }
  items.denied_terms = FlatLists<std::uint32_t>(items.size(), denied);

  index_.term_count = terms.term_count();
  for (std::uint32_t term = 0; term < index_.term_count; ++term) {
    index_.term_asks_for_price.push_back(terms.asks_for_price(term));
  }
}

}  // namespace xsell::rules
