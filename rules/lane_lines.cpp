// What the lines of the basket do: they come, change and go, and may be what a prompt offered.
#include "rules/lane_state.h"

namespace xsell::rules {

namespace {

std::int64_t amount_of(std::int64_t unit_price_minor, std::int64_t quantity_milli) {
  const std::int64_t product = unit_price_minor * quantity_milli;
  return (product + (product < 0 ? -500 : 500)) / 1000;
}

}  // namespace

BasketLine LaneEngine::State::basket_line(const EventLine& line, std::uint32_t item) const {
  BasketLine out;
  out.number = line.line;
  out.prompt_id = line.prompt_id;
  out.quantity_milli = line.quantity_milli;
  out.item = item;
  if (out.item != kNoId) out.category = index().items.category(out.item);
  if (out.category == kNoId && !line.category.empty()) {
    out.category = index().categories.find(line.category);
  }
  out.unit_price_minor = line.unit_price_minor;
  if (!line.has_price && out.item != kNoId && index().items.price_minor[out.item] > 0) {
    out.unit_price_minor = index().items.price_minor[out.item];
  }
  out.amount_minor =
      line.has_amount ? line.amount_minor : amount_of(out.unit_price_minor, line.quantity_milli);
  out.minimum_age = line.minimum_age;
  if (out.item != kNoId)
    out.minimum_age = std::max(out.minimum_age, index().items.rows[out.item].minimum_age);
  return out;
}

EventResult LaneEngine::State::add_line(const EventLine& line) {
  std::uint32_t item = kNoId;
  if (!index().items.keys.find_told(line.item, item)) return EventResult::kBadItem;
  const BasketLine added = basket_line(line, item);
  if (added.quantity_milli <= 0)
    return EventResult::kOk;  // comes back: not a trigger, not in the basket
  // Age-restricted goods open the way to others, which were silent before.
  if (added.minimum_age > 0 && added.minimum_age > basket().minimum_age())
    transaction.is_search_owed = true;
  if (BasketLine* known = basket().find(line.line)) {
    if (known->is_voided) {
      basket().revive(*known, added);
    } else if (known->item == added.item && known->category == added.category) {
      // Told twice, or told again with what has become of it.
      if (known->quantity_milli != added.quantity_milli ||
          known->amount_minor != added.amount_minor) {
        basket().set_quantity(*known, added.quantity_milli, added.amount_minor);
      }
      return EventResult::kOk;
    } else {
      basket().void_line(*known);
      basket().revive(*known, added);
    }
  } else if (!basket().add(added)) {
    return EventResult::kBasketFull;
  }
  recognise_acceptance(added);
  return EventResult::kOk;
}

void LaneEngine::State::recognise_acceptance(const BasketLine& line) {
  const bool is_offered_once =
      line.item != kNoId && transaction.log.may_have_product(index().items.product(line.item));
  if (!is_offered_once && line.prompt_id == 0) return;
  for (std::size_t i = 0; i < transaction.log.size(); ++i) {
    PromptRecord& record = transaction.log.at(i);
    const bool is_named = line.prompt_id != 0 && line.prompt_id == record.prompt_id;
    const bool is_offered = line.item != kNoId && record.product != kNoId &&
                            index().items.product(line.item) == record.product;
    if (!is_named && !is_offered) continue;
    if (record.resulting_line == 0) record.resulting_line = line.number;
    // A prompt that timed out was still seen: fetching the item is the customer's yes.
    if (record.is_open() || record.state == PromptState::expired) {
      close(record, is_named ? PromptState::accepted_touch : PromptState::accepted_scan);
    }
  }
}

EventResult LaneEngine::State::change_quantity(const EventLine& line) {
  BasketLine* known = basket().find(line.line);
  if (known == nullptr) return EventResult::kUnknownLine;
  if (known->is_voided)
    return line.quantity_milli <= 0 ? EventResult::kOk : EventResult::kUnknownLine;
  if (line.quantity_milli <= 0) return void_line(line);
  if (known->quantity_milli == line.quantity_milli) return EventResult::kOk;
  const std::int64_t amount =
      line.has_amount ? line.amount_minor : amount_of(known->unit_price_minor, line.quantity_milli);
  basket().set_quantity(*known, line.quantity_milli, amount);
  return EventResult::kOk;
}

EventResult LaneEngine::State::void_line(const EventLine& line) {
  BasketLine* known = basket().find(line.line);
  if (known == nullptr) return EventResult::kUnknownLine;
  if (!known->is_voided) basket().void_line(*known);
  return EventResult::kOk;
}

EventResult LaneEngine::State::override_price(const EventLine& line) {
  BasketLine* known = basket().find(line.line);
  if (known == nullptr || known->is_voided) return EventResult::kUnknownLine;
  const std::int64_t amount =
      line.has_amount ? line.amount_minor : amount_of(line.unit_price_minor, known->quantity_milli);
  if (known->unit_price_minor != line.unit_price_minor || known->amount_minor != amount) {
    basket().set_price(*known, line.unit_price_minor, amount);
  }
  return EventResult::kOk;
}

// Goods that come back are no part of the basket; headquarters nets them.
EventResult LaneEngine::State::return_line(const Event& event) {
  const auto key = ItemKey::from_text(event.line.item);
  if (!key) return EventResult::kBadItem;
  if (transaction.is_recorded()) outcomes.returned(scene(), event, key->view());
  return EventResult::kOk;
}

// The host's own list is the truth: what it does not name is gone.
void LaneEngine::State::reconcile(std::span<const EventLine> lines) {
  for (const BasketLine& known : basket().lines()) {
    const bool is_named = std::any_of(lines.begin(), lines.end(), [&](const EventLine& line) {
      return line.line == known.number && !line.is_voided && !line.is_return;
    });
    if (!is_named && !known.is_voided) basket().void_line(*basket().find(known.number));
  }
  for (const EventLine& line : lines) {
    if (!line.is_voided && !line.is_return) add_line(line);
  }
}

}  // namespace xsell::rules
