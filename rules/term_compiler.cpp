#include "rules/term_compiler.h"

#include <algorithm>

namespace xsell::rules {

namespace {

constexpr int kMaxCategoryDepth = 32;

template <typename Texts>
void append_texts(std::string& out, char tag, const Texts& texts) {
  for (const auto& text : texts) {
    out += tag;
    if constexpr (requires { text.view(); }) {
      out += text.view();
    } else {
      out += text;
    }
    out += '\0';
  }
}

std::string signature_of(const ItemList& list) {
  std::string out;
  append_texts(out, 'i', list.items);
  append_texts(out, 'c', list.categories);
  append_texts(out, 'b', list.brands);
  append_texts(out, 't', list.tags);
  append_texts(out, 'I', list.exclude_items);
  append_texts(out, 'C', list.exclude_categories);
  append_texts(out, 'B', list.exclude_brands);
  append_texts(out, 'T', list.exclude_tags);
  if (list.has_price_band()) {
    out += 'p' + std::to_string(list.min_price_minor) + '-' + std::to_string(list.max_price_minor);
  }
  return out;
}

bool names_nothing(const ItemList& list) {
  return list.items.empty() && list.categories.empty() && list.brands.empty() && list.tags.empty();
}

bool is_single_item(const ItemList& list) {
  return list.items.size() == 1 && list.categories.empty() && list.brands.empty() &&
         list.tags.empty() && list.exclude_items.empty() && list.exclude_categories.empty() &&
         list.exclude_brands.empty() && list.exclude_tags.empty() && !list.has_price_band();
}

template <typename Values, typename Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

TermCompiler::TermCompiler(const RuleSet& rule_set, const Catalogue& catalogue)
    : rule_set_(rule_set), catalogue_(catalogue), lists_(1, nullptr), single_items_(1) {}

std::uint32_t TermCompiler::term_of(const ItemSelector& selector) {
  if (selector.set.empty()) return term_of(selector.list);
  const ItemSet* set = rule_set_.find_set(selector.set);
  return set == nullptr ? kNoId : term_of(set->list);
}

std::uint32_t TermCompiler::term_of(const ItemList& list) {
  if (list.is_empty()) return kNoId;
  const auto [known, is_new] = by_signature_.try_emplace(signature_of(list), term_count());
  if (!is_new) return known->second;

  const std::uint32_t term = term_count();
  const bool is_single = is_single_item(list);
  lists_.push_back(is_single ? nullptr : &list);
  single_items_.push_back(is_single ? list.items.front() : ItemKey());
  for (const ItemKey& item : list.items) by_item_[item.text()].push_back(term);
  for (const std::string& category : list.categories) by_category_[category].push_back(term);
  for (const std::string& brand : list.brands) by_brand_[brand].push_back(term);
  for (const std::string& tag : list.tags) by_tag_[tag].push_back(term);
  if (names_nothing(list)) by_price_alone_.push_back(term);
  return term;
}

const ItemKey* TermCompiler::single_item(std::uint32_t term) const {
  return single_items_[term].is_empty() ? nullptr : &single_items_[term];
}

std::vector<std::uint32_t> TermCompiler::terms_of(const Item& item) const {
  std::vector<std::uint32_t> terms = by_price_alone_;
  collect(by_item_, item.key.view(), terms);
  for (const std::string_view category : chain_of(item.category))
    collect(by_category_, category, terms);
  collect(by_brand_, item.brand, terms);
  for (const std::string& tag : item.tags) collect(by_tag_, tag, terms);

  std::erase_if(terms, [&](std::uint32_t term) {
    return is_denied(term, item) || is_category_excluded(term, item.category);
  });
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::vector<std::uint32_t> TermCompiler::terms_of_category(std::string_view code) const {
  std::vector<std::uint32_t> terms;
  for (const std::string_view category : chain_of(code)) collect(by_category_, category, terms);
  std::erase_if(terms, [&](std::uint32_t term) { return is_category_excluded(term, code); });
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

bool TermCompiler::asks_for_price(std::uint32_t term) const {
  return lists_[term] != nullptr && lists_[term]->has_price_band();
}

std::vector<std::uint32_t> TermCompiler::denials_of(const Item& item) const {
  std::vector<std::uint32_t> terms;
  for (std::uint32_t term = 0; term < term_count(); ++term) {
    if (is_denied(term, item)) terms.push_back(term);
  }
  return terms;
}

void TermCompiler::collect(const TermsByText& terms, std::string_view text,
                           std::vector<std::uint32_t>& out) const {
  if (text.empty()) return;
  if (const auto found = terms.find(std::string(text)); found != terms.end()) {
    out.insert(out.end(), found->second.begin(), found->second.end());
  }
}

bool TermCompiler::is_denied(std::uint32_t term, const Item& item) const {
  if (lists_[term] == nullptr) return false;
  const ItemList& list = *lists_[term];
  if (list.has_price_band()) {
    if (!item.price_minor) return true;
    if (*item.price_minor < list.min_price_minor || *item.price_minor > list.max_price_minor) {
      return true;
    }
  }
  if (contains(list.exclude_items, item.key) || contains(list.exclude_brands, item.brand))
    return true;
  return std::any_of(item.tags.begin(), item.tags.end(),
                     [&](const std::string& tag) { return contains(list.exclude_tags, tag); });
}

bool TermCompiler::is_category_excluded(std::uint32_t term, std::string_view code) const {
  if (lists_[term] == nullptr || lists_[term]->exclude_categories.empty()) return false;
  const std::vector<std::string_view> chain = chain_of(code);
  return std::any_of(chain.begin(), chain.end(), [&](std::string_view category) {
    return contains(lists_[term]->exclude_categories, category);
  });
}

std::vector<std::string_view> TermCompiler::chain_of(std::string_view category) const {
  std::vector<std::string_view> chain;
  while (!category.empty() && chain.size() < kMaxCategoryDepth) {
    chain.push_back(category);
    const Category* known = catalogue_.find_category(category);
    category = known == nullptr ? std::string_view() : std::string_view(known->parent);
  }
  return chain;
}

}  // namespace xsell::rules
