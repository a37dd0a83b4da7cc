// A small till: a basket, parked baskets, and the prompts on its screen; it tells the plugin all
// that happens.
//
// Threads: not synchronised; whoever shares a Till holds its mutex() around each call.
#ifndef XSELL_SDK_EXAMPLES_LANE_TILL_H_
#define XSELL_SDK_EXAMPLES_LANE_TILL_H_

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <xsell/host.hpp>

#include "item_list.h"
#include "sale_clock.h"
#include "sale_stats.h"
#include "step.h"

namespace lane {

struct TillOptions {
  std::string plugin_path;
  std::string currency;  // of the till's own display
  xsell::HostOptions host;
};

class Till {
 public:
  using Observer = std::function<void(const Step&)>;

  // Empty when the plugin cannot be loaded, and `error` says why.
  static std::unique_ptr<Till> open(TillOptions options, ItemList items, std::string& error);

  std::mutex& mutex() { return mutex_; }
  // Called after each event, with the mutex held.
  void observe(Observer observer) { observers_.push_back(std::move(observer)); }
  void forget_observers() { observers_.clear(); }

  // Each of these says in a sentence what went wrong at the till, or nothing.
  using Problem = std::optional<std::string>;

  Problem begin(std::string_view id, bool is_training, bool is_self_checkout);
  Problem scan(std::string_view code, std::int64_t quantity_milli, std::uint32_t entry_method);
  Problem return_item(std::string_view code, std::int64_t quantity_milli);
  Problem set_quantity(std::uint64_t line, std::int64_t quantity_milli);
  Problem void_line(std::uint64_t line);
  Problem override_price(std::uint64_t line, std::int64_t unit_price_minor);
  Problem accept(int number);
  Problem decline(int number, xsell_decline_reason reason);
  Problem expire(int number);
  Problem subtotal();
  Problem tender();
  Problem void_tender();
  Problem pay();
  Problem cancel();
  Problem suspend();
  Problem recall(std::uint64_t transaction);  // 0: the one parked last
  Problem post_void(std::uint64_t transaction);
  Problem inquire(std::string_view code);
  void snooze(std::chrono::seconds duration);
  void sign_on(std::string_view id, std::string_view role, std::string_view language);
  void sign_off();
  void identify_customer(std::string_view id, const std::vector<std::string_view>& segments,
                         std::uint32_t verified_age_years,
                         const std::vector<xsell::RecentItem>& bought);
  void clear_customer();
  void lane_load(std::uint32_t queue_length, std::optional<std::uint32_t> lines_per_minute);
  void stock_changed(std::string_view code, std::int64_t on_hand_milli);
  void promotion(std::string_view id, std::int64_t saving_minor);
  // The basket nearly earns this promotion; known until the basket ends or no_near_misses().
  void near_miss(std::string_view id, std::int64_t saving_minor,
                 const std::vector<std::string_view>& items);
  void no_near_misses();
  // Time went by: takes prompts off whose time is over, and lets the plugin know.
  void tick();
  void idle();

  xsell_health health() const { return plugin_->health(); }
  SaleClock& clock() { return *clock_; }
  const SaleClock& clock() const { return *clock_; }
  const ItemList& items() const { return items_; }
  const SaleStats& stats() const { return stats_; }
  const std::vector<BasketLine>& lines() const { return basket_.lines; }
  const std::vector<ShownPrompt>& prompts() const { return prompts_; }
  std::int64_t total_minor() const;
  std::uint64_t transaction() const { return basket_.transaction; }
  bool is_open() const { return basket_.transaction != 0; }
  bool is_tendering() const { return basket_.is_tendering; }
  std::size_t suspended_count() const { return suspended_.size(); }
  std::uint64_t snoozed_until_ns() const { return snoozed_until_ns_; }
  std::int64_t last_scan_ns() const { return last_scan_ns_; }
  const std::string& currency() const { return currency_; }

 private:
  struct Basket {
    std::uint64_t transaction = 0;
    std::string id;
    std::vector<BasketLine> lines;
    bool is_tendering = false;
    struct NearMiss {
      std::string promotion;
      std::vector<std::string> items;
      std::int64_t saving_minor = 0;
    };
    std::vector<NearMiss> near_misses;
  };

  explicit Till(ItemList items) : items_(std::move(items)) {}

  Problem ensure_open();
  BasketLine* find_line(std::uint64_t line);
  ShownPrompt* find_prompt(int number);
  BasketLine make_line(std::string_view code, std::int64_t quantity_milli);
  xsell::Line as_told(const BasketLine& line) const;
  std::vector<xsell::Line> lines_as_told() const;
  void tell_promotion(std::string_view id, std::int64_t saving_minor);
  void add_line(BasketLine line, std::uint32_t entry_method);
  void apply(const xsell::Answer& answer, Step step);
  void tell_shown();

  std::mutex mutex_;
  ItemList items_;
  std::shared_ptr<SaleClock> clock_ = std::make_shared<SaleClock>();
  std::unique_ptr<xsell::Lane> plugin_;
  std::vector<Observer> observers_;
  SaleStats stats_;
  Basket basket_;
  std::map<std::uint64_t, Basket> suspended_;
  std::vector<ShownPrompt> prompts_;
  std::string currency_;
  std::string operator_id_;
  std::uint64_t last_transaction_ = 0;
  std::uint64_t snoozed_until_ns_ = 0;
  std::int64_t last_scan_ns_ = 0;
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_TILL_H_
