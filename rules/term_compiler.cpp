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

bool excludes_nothing(const ItemList& list) {
  return list.exclude_items.empty() && list.exclude_categories.empty() &&
         list.exclude_brands.empty() && list.exclude_tags.empty();
}

template <typename Values, typename Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

}  // namespace

TermCompiler::TermCompiler(const std::vector<ItemSet>& sets, const Catalogue& catalogue,
                           RuleIndex& index, ItemCompiler& items)
    : sets_(sets), catalogue_(catalogue), index_(index), items_(items), terms_(1) {}

std::uint32_t TermCompiler::term_of(const ItemSelector& selector) {
  if (selector.set.empty()) return term_of(selector.list);
  if (const auto known = by_set_.find(selector.set); known != by_set_.end()) return known->second;
  const auto set = std::lower_bound(
      sets_.begin(), sets_.end(), selector.set,
      [](const ItemSet& candidate, const std::string& name) { return candidate.name < name; });
  const bool is_there = set != sets_.end() && set->name == selector.set;
  const std::uint32_t term = is_there ? term_of(set->list) : kNoId;
  by_set_.emplace(selector.set, term);
  return term;
}

std::uint32_t TermCompiler::term_of(const ItemList& list) {
  if (list.is_empty()) return kNoId;
  if (!excludes_nothing(list) || list.has_price_band() || !list.brands.empty() ||
      !list.tags.empty() || list.items.size() + list.categories.size() != 1) {
    return add_list(list);
  }
  // One item or one category, as most rules have it: found without further ado.
  if (!list.items.empty()) {
    const std::uint32_t item = items_.add_mentioned(list.items.front());
    if (item >= term_of_item_.size()) term_of_item_.resize(index_.items.size(), kNoId);
    if (term_of_item_[item] == kNoId) {
      term_of_item_[item] = add_term({item, nullptr});
      by_item_.emplace_back(item, term_of_item_[item]);
    }
    return term_of_item_[item];
  }
  const std::uint32_t category = index_.categories.find(list.categories.front());
  if (category == kNoId) return add_list(list);
  if (category >= term_of_category_.size()) {
    term_of_category_.resize(index_.categories.size(), kNoId);
  }
  if (term_of_category_[category] == kNoId) {
    term_of_category_[category] = add_term({});
    by_category_[list.categories.front()].push_back(term_of_category_[category]);
  }
  return term_of_category_[category];
}

std::uint32_t TermCompiler::add_term(Term term) {
  terms_.push_back(term);
  return term_count() - 1;
}

std::uint32_t TermCompiler::add_list(const ItemList& list) {
  const auto [known, is_new] = by_signature_.try_emplace(signature_of(list), term_count());
  if (!is_new) return known->second;
  lists_.push_back(list);
  const std::uint32_t term = add_term({kNoId, &lists_.back()});
  for (const ItemKey& key : list.items) by_item_.emplace_back(items_.add_mentioned(key), term);
  for (const std::string& category : list.categories) by_category_[category].push_back(term);
  for (const std::string& brand : list.brands) by_brand_[brand].push_back(term);
  for (const std::string& tag : list.tags) by_tag_[tag].push_back(term);
  if (names_nothing(list)) by_price_alone_.push_back(term);
  if (!excludes_nothing(list) || list.has_price_band()) restricting_.push_back(term);
  return term;
}

std::vector<std::vector<std::uint32_t>> TermCompiler::terms_by_item(std::size_t item_count) const {
  std::vector<std::vector<std::uint32_t>> terms(item_count);
  for (const auto& [item, term] : by_item_) terms[item].push_back(term);
  return terms;
}

void TermCompiler::complete(const Item& item, std::vector<std::uint32_t>& terms) const {
  terms.insert(terms.end(), by_price_alone_.begin(), by_price_alone_.end());
  collect(by_brand_, item.brand, terms);
  for (const std::string& tag : item.tags) collect(by_tag_, tag, terms);
  std::erase_if(terms, [&](std::uint32_t term) {
    return terms_[term].list != nullptr &&
           (is_denied(term, item) || is_category_excluded(term, item.category));
  });
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
}

std::vector<std::uint32_t> TermCompiler::terms_of_category(std::string_view code) const {
  std::vector<std::uint32_t> terms;
  for (const std::string_view category : chain_of(code)) collect(by_category_, category, terms);
  std::erase_if(terms, [&](std::uint32_t term) { return is_category_excluded(term, code); });
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::vector<std::uint32_t> TermCompiler::exclusions_of_category(std::string_view code) const {
  std::vector<std::uint32_t> terms;
  for (const std::uint32_t term : restricting_) {
    if (is_category_excluded(term, code)) terms.push_back(term);
  }
  return terms;
}

bool TermCompiler::asks_for_price(std::uint32_t term) const {
  return terms_[term].list != nullptr && terms_[term].list->has_price_band();
}

std::vector<std::uint32_t> TermCompiler::denials_of(const Item& item) const {
  std::vector<std::uint32_t> terms;
  for (const std::uint32_t term : restricting_) {
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
  if (terms_[term].list == nullptr) return false;
  const ItemList& list = *terms_[term].list;
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
  const ItemList* list = terms_[term].list;
  if (list == nullptr || list->exclude_categories.empty()) return false;
  const std::vector<std::string_view> chain = chain_of(code);
  return std::any_of(chain.begin(), chain.end(), [&](std::string_view category) {
    return contains(list->exclude_categories, category);
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
