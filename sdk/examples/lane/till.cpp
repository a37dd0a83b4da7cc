#include "till.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lane {
namespace {

const char kNoTransaction[] = "no transaction is open";

Step step_of(std::string event) {
  Step step;
  step.event = std::move(event);
  return step;
}

}  // namespace

std::unique_ptr<Till> Till::open(TillOptions options, ItemList items, std::string& error) {
  std::unique_ptr<Till> till(new Till(std::move(items)));
  till->currency_ = options.currency;
  xsell::Clocks clocks;
  clocks.monotonic_ns = [clock = till->clock_] { return clock->monotonic_ns(); };
  clocks.local_time_s = [clock = till->clock_] { return clock->local_time_s(); };
  till->plugin_ =
      xsell::Lane::open(options.plugin_path, std::move(options.host), error, std::move(clocks));
  if (!till->plugin_) return nullptr;
  return till;
}

Till::Problem Till::begin(std::string_view id, bool is_training, bool is_self_checkout) {
  if (is_open()) return "a transaction is open: pay, suspend or cancel it first";
  basket_ = {};
  // Unique from run to run as well, as a till's own numbers are.
  basket_.transaction = std::max<std::uint64_t>(
      last_transaction_ + 1, static_cast<std::uint64_t>(std::time(nullptr)) << 20);
  last_transaction_ = basket_.transaction;
  basket_.id = id.empty() ? fmt::format("{}", basket_.transaction) : std::string(id);
  const std::string day = format_local_time(clock_->local_time_s()).substr(0, 10);
  xsell::TransactionBegin begin;
  begin.key.business_day_date = day;
  begin.key.sequence_number = basket_.id;
  begin.operator_id = operator_id_;
  begin.is_training = is_training;
  if (is_self_checkout) begin.workstation_type = XSELL_WORKSTATION_SELF_CHECKOUT;
  apply(plugin_->begin_transaction(basket_.transaction, begin), step_of("transaction_begin"));
  return std::nullopt;
}

Till::Problem Till::ensure_open() {
  if (basket_.is_tendering) return "payment has begun: void the tender first";
  return is_open() ? std::nullopt : begin({}, false, false);
}

BasketLine Till::make_line(std::string_view code, std::int64_t quantity_milli) {
  BasketLine line;
  line.line = basket_.lines.size() + 1;
  line.item = code;
  line.name = code;
  line.quantity_milli = quantity_milli;
  if (const Item* item = items_.find(code)) {
    line.name = item->name;
    line.category = item->category;
    line.unit_price_minor = item->price_minor;
  }
  return line;
}

void Till::add_line(BasketLine line, std::uint32_t entry_method) {
  basket_.lines.push_back(std::move(line));
  const BasketLine& added = basket_.lines.back();
  xsell::Line told = as_told(added);
  told.entry_method = entry_method;
  if (const Item* item = items_.find(added.item)) told.minimum_customer_age = item->minimum_age;
  Step step = step_of("line_added");
  step.line = added;
  const xsell::Answer& answer = plugin_->line_added(told);
  last_scan_ns_ = answer.elapsed().count();
  apply(answer, std::move(step));
}

Till::Problem Till::scan(std::string_view code, std::int64_t quantity_milli,
                         std::uint32_t entry_method) {
  if (quantity_milli <= 0) return "the quantity must be more than 0";
  if (Problem problem = ensure_open()) return problem;
  add_line(make_line(code, quantity_milli), entry_method);
  return std::nullopt;
}

Till::Problem Till::return_item(std::string_view code, std::int64_t quantity_milli) {
  if (quantity_milli <= 0) return "the quantity must be more than 0";
  if (Problem problem = ensure_open()) return problem;
  BasketLine line = make_line(code, quantity_milli);
  line.is_return = true;
  basket_.lines.push_back(line);
  Step step = step_of("return_line");
  step.line = line;
  apply(plugin_->return_line(as_told(line)), std::move(step));
  return std::nullopt;
}

Till::Problem Till::set_quantity(std::uint64_t number, std::int64_t quantity_milli) {
  BasketLine* line = find_line(number);
  if (line == nullptr) return fmt::format("there is no line {}", number);
  if (quantity_milli <= 0) return void_line(number);
  const std::int64_t old = std::exchange(line->quantity_milli, quantity_milli);
  Step step = step_of("quantity_changed");
  step.line = *line;
  apply(plugin_->quantity_changed(number, old, quantity_milli), std::move(step));
  return std::nullopt;
}

Till::Problem Till::void_line(std::uint64_t number) {
  BasketLine* line = find_line(number);
  if (line == nullptr) return fmt::format("there is no line {}", number);
  line->is_voided = true;
  Step step = step_of("line_voided");
  step.line = *line;
  apply(plugin_->line_voided(number), std::move(step));
  return std::nullopt;
}

Till::Problem Till::override_price(std::uint64_t number, std::int64_t unit_price_minor) {
  BasketLine* line = find_line(number);
  if (line == nullptr) return fmt::format("there is no line {}", number);
  line->unit_price_minor = unit_price_minor;
  Step step = step_of("price_overridden");
  step.line = *line;
  apply(plugin_->price_overridden(number, unit_price_minor), std::move(step));
  return std::nullopt;
}

Till::Problem Till::accept(int number) {
  const ShownPrompt* shown = find_prompt(number);
  if (shown == nullptr) return fmt::format("there is no prompt {}", number);
  const xsell_prompt prompt = shown->prompt;
  const auto elapsed = std::chrono::nanoseconds(clock_->monotonic_ns() - shown->shown_at_ns);
  Step step = step_of("prompt_accepted");
  step.prompt = prompt.prompt;
  apply(plugin_->prompt_accepted(prompt.prompt, 0,
                                 std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)),
        std::move(step));
  if (prompt.kind == XSELL_PROMPT_INFORMATION || prompt.item[0] == '\0') return std::nullopt;
  if (Problem problem = ensure_open()) return problem;
  BasketLine line =
      make_line(prompt.item, prompt.quantity_milli > 0 ? prompt.quantity_milli : 1000);
  if (line.name == line.item && prompt.description[0] != '\0') line.name = prompt.description;
  if (!line.unit_price_minor && (prompt.flags & XSELL_PROMPT_PRICE_KNOWN)) {
    line.unit_price_minor = prompt.price_minor;
  }
  line.prompt = prompt.prompt;
  add_line(std::move(line), XSELL_ENTRY_TOUCHED);
  return std::nullopt;
}

Till::Problem Till::decline(int number, xsell_decline_reason reason) {
  const ShownPrompt* shown = find_prompt(number);
  if (shown == nullptr) return fmt::format("there is no prompt {}", number);
  const auto elapsed = std::chrono::nanoseconds(clock_->monotonic_ns() - shown->shown_at_ns);
  Step step = step_of("prompt_declined");
  step.prompt = shown->prompt.prompt;
  apply(plugin_->prompt_declined(step.prompt, reason,
                                 std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)),
        step);
  return std::nullopt;
}

Till::Problem Till::expire(int number) {
  const ShownPrompt* shown = find_prompt(number);
  if (shown == nullptr) return fmt::format("there is no prompt {}", number);
  const auto elapsed = std::chrono::nanoseconds(clock_->monotonic_ns() - shown->shown_at_ns);
  Step step = step_of("prompt_expired");
  step.prompt = shown->prompt.prompt;
  apply(plugin_->prompt_expired(step.prompt,
                                std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)),
        step);
  return std::nullopt;
}

Till::Problem Till::subtotal() {
  if (!is_open()) return kNoTransaction;
  apply(plugin_->subtotal(total_minor()), step_of("subtotal"));
  return std::nullopt;
}

Till::Problem Till::tender() {
  if (!is_open()) return kNoTransaction;
  basket_.is_tendering = true;
  apply(plugin_->tender_begin(total_minor()), step_of("tender_begin"));
  return std::nullopt;
}

Till::Problem Till::void_tender() {
  if (!basket_.is_tendering) return "payment has not begun";
  basket_.is_tendering = false;
  apply(plugin_->tender_voided(total_minor()), step_of("tender_voided"));
  return std::nullopt;
}

Till::Problem Till::pay() {
  if (!is_open()) return kNoTransaction;
  if (!basket_.is_tendering) tender();
  const std::int64_t total = total_minor();
  const xsell::Answer& answer = plugin_->finalise_transaction(total, lines_as_told());
  Step step = step_of("transaction_finalised");
  step.transaction = basket_.transaction;
  basket_ = {};
  apply(answer, std::move(step));
  return std::nullopt;
}

Till::Problem Till::cancel() {
  if (!is_open()) return kNoTransaction;
  Step step = step_of("transaction_voided");
  step.transaction = basket_.transaction;
  basket_ = {};
  apply(plugin_->void_transaction(), std::move(step));
  return std::nullopt;
}

Till::Problem Till::suspend() {
  if (!is_open()) return kNoTransaction;
  Step step = step_of("transaction_suspended");
  step.transaction = basket_.transaction;
  suspended_[basket_.transaction] = std::exchange(basket_, {});
  apply(plugin_->suspend_transaction(), std::move(step));
  return std::nullopt;
}

Till::Problem Till::recall(std::uint64_t transaction) {
  if (is_open()) return "a transaction is open: pay, suspend or cancel it first";
  if (suspended_.empty()) return "no transaction is parked";
  auto found = transaction == 0 ? std::prev(suspended_.end()) : suspended_.find(transaction);
  if (found == suspended_.end()) return fmt::format("transaction {} is not parked", transaction);
  basket_ = std::move(found->second);
  suspended_.erase(found);
  xsell::TransactionKey key;
  const std::string day = format_local_time(clock_->local_time_s()).substr(0, 10);
  key.business_day_date = day;
  key.sequence_number = basket_.id;
  apply(plugin_->recall_transaction(basket_.transaction, key, lines_as_told()),
        step_of("transaction_recalled"));
  return std::nullopt;
}

Till::Problem Till::post_void(std::uint64_t transaction) {
  const std::string id = fmt::format("{}", transaction);
  xsell::TransactionKey key;
  key.sequence_number = id;
  apply(plugin_->post_void(key), step_of("post_void"));
  return std::nullopt;
}

Till::Problem Till::inquire(std::string_view code) {
  Step step = step_of("item_inquiry");
  step.item = code;
  apply(plugin_->item_inquiry(code), std::move(step));
  return std::nullopt;
}

void Till::snooze(std::chrono::seconds duration) {
  snoozed_until_ns_ =
      duration.count() == 0
          ? 0
          : clock_->monotonic_ns() +
                static_cast<std::uint64_t>(std::chrono::nanoseconds(duration).count());
  apply(plugin_->snooze(duration), step_of("snooze"));
}

void Till::sign_on(std::string_view id, std::string_view role, std::string_view language) {
  operator_id_ = id;
  xsell::Operator who;
  who.operator_id = id;
  who.role = role;
  who.language = language;
  apply(plugin_->operator_sign_on(who), step_of("operator_sign_on"));
}

void Till::sign_off() {
  xsell::Operator who;
  who.operator_id = operator_id_;
  apply(plugin_->operator_sign_off(who), step_of("operator_sign_off"));
  operator_id_.clear();
}

void Till::identify_customer(std::string_view id, const std::vector<std::string_view>& segments,
                             std::uint32_t verified_age_years,
                             const std::vector<xsell::RecentItem>& bought) {
  xsell::Customer customer;
  customer.customer_id = id;
  customer.segments = segments;
  customer.flags = XSELL_CUSTOMER_CONSENT_PERSONAL;
  customer.verified_age_years = verified_age_years;
  customer.recent_items = bought;
  apply(plugin_->customer_identified(customer), step_of("customer_identified"));
}

void Till::clear_customer() { apply(plugin_->customer_cleared(), step_of("customer_cleared")); }

void Till::lane_load(std::uint32_t queue_length, std::optional<std::uint32_t> lines_per_minute) {
  apply(plugin_->lane_load(queue_length, lines_per_minute), step_of("lane_load"));
}

void Till::stock_changed(std::string_view code, std::int64_t on_hand_milli) {
  Step step = step_of("stock_changed");
  step.item = code;
  apply(plugin_->stock_changed(code, on_hand_milli), std::move(step));
}

void Till::tell_promotion(std::string_view id, std::int64_t saving_minor) {
  xsell::Promotion promotion;
  promotion.promotion = id;
  promotion.saving_minor = saving_minor;
  for (const Basket::NearMiss& near : basket_.near_misses) {
    xsell::NearMiss told;
    told.promotion = near.promotion;
    told.items.assign(near.items.begin(), near.items.end());
    told.missing_count = 1;
    told.saving_minor = near.saving_minor;
    promotion.near_misses.push_back(std::move(told));
  }
  apply(plugin_->promotion_applied(promotion), step_of("promotion_applied"));
}

void Till::promotion(std::string_view id, std::int64_t saving_minor) {
  tell_promotion(id, saving_minor);
}

void Till::near_miss(std::string_view id, std::int64_t saving_minor,
                     const std::vector<std::string_view>& items) {
  basket_.near_misses.push_back({std::string(id), {items.begin(), items.end()}, saving_minor});
  tell_promotion({}, 0);
}

void Till::no_near_misses() {
  basket_.near_misses.clear();
  tell_promotion({}, 0);
}

void Till::tick() {
  const std::uint64_t now_ns = clock_->monotonic_ns();
  const auto is_over = [&](const ShownPrompt& shown) {
    const bool is_required = (shown.prompt.flags & XSELL_PROMPT_REQUIRED) != 0;
    return !is_required && shown.prompt.show_ms != 0 &&
           now_ns - shown.shown_at_ns >= std::uint64_t{shown.prompt.show_ms} * 1'000'000;
  };
  std::vector<int> over;
  for (const ShownPrompt& shown : prompts_) {
    if (is_over(shown)) over.push_back(shown.number);
  }
  for (const int number : over) expire(number);
  if (!prompts_.empty() || snoozed_until_ns_ > 0) idle();
  if (snoozed_until_ns_ <= now_ns) snoozed_until_ns_ = 0;
}

void Till::idle() { apply(plugin_->idle(), step_of("idle")); }

std::int64_t Till::total_minor() const {
  std::int64_t total = 0;
  for (const BasketLine& line : basket_.lines) total += line.amount_minor();
  return total;
}

BasketLine* Till::find_line(std::uint64_t number) {
  if (number == 0 || number > basket_.lines.size()) return nullptr;
  BasketLine& line = basket_.lines[number - 1];
  return line.is_voided ? nullptr : &line;
}

ShownPrompt* Till::find_prompt(int number) {
  for (ShownPrompt& shown : prompts_) {
    if (shown.number == number) return &shown;
  }
  return nullptr;
}

xsell::Line Till::as_told(const BasketLine& line) const {
  xsell::Line told;
  told.line = line.line;
  told.item = line.item;
  told.category = line.category;
  told.quantity_milli = line.quantity_milli;
  told.unit_price_minor = line.unit_price_minor;
  if (line.unit_price_minor) told.amount_minor = line.amount_minor();
  told.prompt = line.prompt;
  told.is_voided = line.is_voided;
  told.is_return = line.is_return;
  return told;
}

std::vector<xsell::Line> Till::lines_as_told() const {
  std::vector<xsell::Line> told;
  told.reserve(basket_.lines.size());
  for (const BasketLine& line : basket_.lines) told.push_back(as_told(line));
  return told;
}

void Till::apply(const xsell::Answer& answer, Step step) {
  step.status = answer.status();
  step.latency_ns = answer.elapsed().count();
  step.rule_set_version = answer.rule_set_version();
  step.connection = plugin_->health().connection;
  step.local_time_s = clock_->local_time_s();
  if (step.transaction == 0) step.transaction = basket_.transaction;

  // A prompt keeps its number while it is shown; a new one takes the lowest free.
  std::vector<ShownPrompt> now;
  for (const xsell::Prompt prompt : answer) {
    ShownPrompt shown;
    shown.prompt = prompt.raw();
    const auto before =
        std::find_if(prompts_.begin(), prompts_.end(),
                     [&](const ShownPrompt& other) { return other.prompt.prompt == prompt.id(); });
    shown.is_new = before == prompts_.end();
    shown.number = shown.is_new ? 0 : before->number;
    shown.shown_at_ns = shown.is_new ? clock_->monotonic_ns() : before->shown_at_ns;
    shown.is_told = !shown.is_new && before->is_told;
    now.push_back(shown);
  }
  const auto is_taken = [&](int number) {
    return std::any_of(now.begin(), now.end(),
                       [&](const ShownPrompt& shown) { return shown.number == number; });
  };
  for (ShownPrompt& shown : now) {
    if (!shown.is_new) continue;
    int number = 1;
    while (is_taken(number)) ++number;
    shown.number = number;
  }
  for (const ShownPrompt& old : prompts_) {
    const bool is_gone = std::none_of(now.begin(), now.end(), [&](const ShownPrompt& shown) {
      return shown.prompt.prompt == old.prompt.prompt;
    });
    if (is_gone) step.withdrawn.push_back(old);
  }
  std::sort(now.begin(), now.end(),
            [](const ShownPrompt& a, const ShownPrompt& b) { return a.number < b.number; });
  prompts_ = std::move(now);
  step.prompts = prompts_;
  stats_.record(step);
  for (const Observer& observer : observers_) observer(step);
  tell_shown();
}

void Till::tell_shown() {
  for (ShownPrompt& shown : prompts_) {
    if (std::exchange(shown.is_told, true)) continue;
    Step step = step_of("prompt_shown");
    step.prompt = shown.prompt.prompt;
    apply(plugin_->prompt_shown(step.prompt), step);
    return;  // the answer may have changed the list; the rest was told in there
  }
}

}  // namespace lane
