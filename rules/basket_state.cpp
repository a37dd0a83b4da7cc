#include "rules/basket_state.h"

#include <algorithm>

namespace xsell::rules {

namespace {

constexpr std::size_t kMaxListedChanges = 256;

void list_change(std::vector<std::uint32_t>& changes, std::uint32_t term, bool& is_too_much) {
  if (changes.size() == kMaxListedChanges) {
    is_too_much = true;
  } else {
    changes.push_back(term);
  }
}

}  // namespace

BasketState::BasketState(const RuleIndex& index, PairEvidence& evidence)
    : index_(index),
      evidence_(evidence),
      terms_(index.term_count),
      items_(index.pairs.is_empty() ? 0 : index.items.size(), 0),
      products_(index.product_count, 0),
      held_terms_(index.term_count / 64 + 1, 0),
      held_products_(index.product_count / 64 + 1, 0),
      categories_(index.categories.size(), 0),
      classes_(index.class_count, 0) {
  lines_.reserve(kMaxBasketLines);
  held_.reserve(index.term_count);
  std::size_t live_count = 0;
  for (std::uint32_t id = 0; id < index.term_count; ++id) {
    Term& term = terms_[id];
    term.best_first = index.list(PostingKind::first).best(id);
    term.best_more = index.list(PostingKind::more).best(id);
    term.best_live = index.list(PostingKind::live).best(id);
    term.best_line = std::min({term.best_first, term.best_more, term.best_live});
    live_count += term.best_live != kNoId;
  }
  held_live_.reserve(live_count);
  changes_.entered.reserve(kMaxListedChanges);
  changes_.raised.reserve(kMaxListedChanges);
}

BasketLine* BasketState::find(std::uint64_t number) {
  if (number > highest_number_) return nullptr;
  // Hosts speak of the latest lines most.
  for (auto line = lines_.rbegin(); line != lines_.rend(); ++line) {
    if (line->number == number) return &*line;
  }
  return nullptr;
}

const BasketLine* BasketState::find(std::uint64_t number) const {
  return const_cast<BasketState*>(this)->find(number);
}

bool BasketState::add(const BasketLine& line) {
  if (lines_.size() == kMaxBasketLines) return false;
  lines_.push_back(line);
  highest_number_ = std::max(highest_number_, line.number);
  count(line, line.quantity_milli);
  amount_minor_ += line.amount_minor;
  if (line.amount_minor < 0) changes_.needs_full_search = true;
  ++line_count_;
  return true;
}

void BasketState::set_quantity(BasketLine& line, std::int64_t quantity_milli,
                               std::int64_t amount_minor) {
  const std::int64_t rise = quantity_milli - line.quantity_milli;
  line.quantity_milli = quantity_milli;
  count(line, rise);
  amount_minor_ += amount_minor - line.amount_minor;
  line.amount_minor = amount_minor;
}

void BasketState::set_price(BasketLine& line, std::int64_t unit_price_minor,
                            std::int64_t amount_minor) {
  line.unit_price_minor = unit_price_minor;
  amount_minor_ += amount_minor - line.amount_minor;
  line.amount_minor = amount_minor;
  changes_.is_any = true;
  changes_.needs_full_search = true;
}

void BasketState::void_line(BasketLine& line) {
  line.is_voided = true;
  count(line, -line.quantity_milli);
  amount_minor_ -= line.amount_minor;
  --line_count_;
}

void BasketState::revive(BasketLine& line, const BasketLine& content) {
  line = content;
  highest_number_ = std::max(highest_number_, line.number);
  count(line, line.quantity_milli);
  amount_minor_ += line.amount_minor;
  ++line_count_;
}

void BasketState::take_back() {
  void_line(lines_.back());
  lines_.pop_back();
}

void BasketState::clear() {
  for (BasketLine& line : lines_) {
    if (!line.is_voided) void_line(line);
  }
  lines_.clear();
  highest_number_ = 0;
  reset_changes();
}

void BasketState::count(const BasketLine& line, std::int64_t quantity_milli) {
  changes_.is_any = true;
  if (quantity_milli == 0) return;
  if (quantity_milli < 0) changes_.needs_full_search = true;
  quantity_milli_ += quantity_milli;
  count_term(kAnyTerm, quantity_milli);
  for_each_term(line, [&](std::uint32_t term) { count_term(term, quantity_milli); });

  if (line.category != kNoId) {
    std::int64_t& held = categories_[line.category];
    if (held <= 0 && held + quantity_milli > 0) ++distinct_categories_;
    if (held > 0 && held + quantity_milli <= 0) --distinct_categories_;
    held += quantity_milli;
  }
  if (line.item == kNoId) return;
  const ItemRow& row = index_.items.rows[line.item];
  std::int64_t& pieces = products_[row.product];
  pieces += quantity_milli;
  set(held_products_, row.product, pieces > 0);
  if (row.item_class != kNoId) classes_[row.item_class] += quantity_milli;
  if (items_.empty()) return;
  std::int64_t& held = items_[line.item];
  if (held <= 0 && held + quantity_milli > 0) evidence_.add(line.item);
  if (held > 0 && held + quantity_milli <= 0) evidence_.remove(line.item);
  held += quantity_milli;
}

void BasketState::count_term(std::uint32_t id, std::int64_t quantity_milli) {
  Term& term = terms_[id];
  const bool was_held = term.quantity_milli > 0;
  term.quantity_milli += quantity_milli;
  const bool is_held = term.quantity_milli > 0;
  if (is_held && !was_held) {
    hold(id);
    list_change(changes_.entered, id, changes_.needs_full_search);
  } else if (is_held && quantity_milli > 0) {
    list_change(changes_.raised, id, changes_.needs_full_search);
  } else if (was_held && !is_held) {
    let_go(id);
  }
}

void BasketState::hold(std::uint32_t id) {
  Term& term = terms_[id];
  set(held_terms_, id, true);
  term.position = static_cast<std::uint32_t>(held_.size());
  held_.push_back({id, term.best_line});
  if (term.best_live == kNoId) return;
  term.live_position = static_cast<std::uint32_t>(held_live_.size());
  held_live_.push_back({id, term.best_live});
}

void BasketState::let_go(std::uint32_t id) {
  Term& term = terms_[id];
  set(held_terms_, id, false);
  held_[term.position] = held_.back();
  terms_[held_.back().term].position = term.position;
  held_.pop_back();
  term.position = kNoId;
  if (term.live_position == kNoId) return;
  held_live_[term.live_position] = held_live_.back();
  terms_[held_live_.back().term].live_position = term.live_position;
  held_live_.pop_back();
  term.live_position = kNoId;
}

bool BasketState::is_in_term(const BasketLine& line, std::uint32_t term) const {
  if (term == kAnyTerm) return true;
  if (line.item != kNoId && index_.items.category(line.item) != kNoId) {
    const auto own = index_.items.terms_of(line.item);
    return std::find(own.begin(), own.end(), term) != own.end();
  }
  bool is_found = false;
  for_each_term(line, [&](std::uint32_t held) { is_found = is_found || held == term; });
  return is_found;
}

bool BasketState::is_in_any(const BasketLine& line, std::span<const std::uint32_t> terms) const {
  return std::any_of(terms.begin(), terms.end(),
                     [&](std::uint32_t term) { return is_in_term(line, term); });
}

std::int32_t BasketState::minimum_age() const {
  std::int32_t age = 0;
  for (const BasketLine& line : lines_) {
    if (!line.is_voided) age = std::max(age, line.minimum_age);
  }
  return age;
}

void BasketState::reset_changes() {
  changes_.entered.clear();
  changes_.raised.clear();
  changes_.is_any = false;
  changes_.needs_full_search = false;
}

}  // namespace xsell::rules
