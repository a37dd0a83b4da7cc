// A till's side of xsell in C++17: loads the plugin, sends events, reads prompts. Header-only, over
// the C interface.
//
// Threads: a Lane is not synchronised. Call it from one thread at a time; health() from any thread.
// Owns: the library handle, the instance, and the memory of the answer.
// Fails: open() gives an empty pointer and says why; the senders never throw, and a failed one
// still leaves a valid answer (usually without prompts), so a till can ignore every status and go
// on selling.
#ifndef XSELL_HOST_HPP_
#define XSELL_HOST_HPP_

#include <dlfcn.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "xsell/xsell.h"

namespace xsell {

inline xsell_str view(std::string_view text) noexcept { return {text.data(), text.size()}; }

// The plugin's name for a status, for logs.
inline const char* status_name(xsell_status status) noexcept {
  switch (status) {
    case XSELL_OK:
      return "ok";
    case XSELL_ERROR_ARGUMENT:
      return "argument";
    case XSELL_ERROR_STRUCT_SIZE:
      return "struct_size";
    case XSELL_ERROR_STATE:
      return "state";
    case XSELL_ERROR_OVERLAP:
      return "overlap";
    case XSELL_ERROR_TEXT:
      return "text";
    case XSELL_ERROR_STALE_SEQUENCE:
      return "stale_sequence";
    case XSELL_ERROR_UNKNOWN_TRANSACTION:
      return "unknown_transaction";
    case XSELL_ERROR_UNKNOWN_LINE:
      return "unknown_line";
    case XSELL_ERROR_UNKNOWN_PROMPT:
      return "unknown_prompt";
    case XSELL_ERROR_BASKET_FULL:
      return "basket_full";
    case XSELL_ERROR_CONFIGURATION:
      return "configuration";
    case XSELL_ERROR_DATA_FOLDER:
      return "data_folder";
    case XSELL_ERROR_NETWORK:
      return "network";
    case XSELL_ERROR_UNSUPPORTED:
      return "unsupported";
    case XSELL_ERROR_INTERNAL:
      return "internal";
    case XSELL_ERROR_OUT_OF_MEMORY:
      return "out_of_memory";
    default:
      return "unknown";
  }
}

// Who and where the till is. All texts are optional; what is set wins over the plugin's
// configuration file.
struct HostOptions {
  std::string name, version;
  std::string config_file, data_folder;
  std::string business_unit, workstation, language, currency, time_zone;
  std::uint32_t workstation_type = XSELL_WORKSTATION_AS_CONFIGURED;
  // Called on the plugin's threads; must not throw, and must not call the Lane.
  std::function<void(std::uint32_t level, std::string_view text)> log;
  // Offered to the plugin when set, also called on its threads. xsell/ext/clock.h says what they
  // tell; both clock functions or none.
  std::function<std::int64_t()> utc_time_s;
  std::function<std::int32_t(std::int64_t utc_time_s)> utc_offset_s;
  // What the till knows of an item (xsell/ext/item_lookup.h); false when it does not know it.
  std::function<bool(std::string_view item, xsell_item& out)> find_item;
};

// One prompt of an answer. Views are valid until the next event.
class Prompt {
 public:
  explicit Prompt(const xsell_prompt& prompt) noexcept : raw_(&prompt) {}

  std::uint64_t id() const noexcept { return raw_->prompt; }
  std::uint64_t rule_set_version() const noexcept { return raw_->rule_set_version; }
  std::uint32_t relation() const noexcept { return raw_->relation; }
  std::uint32_t mode() const noexcept { return raw_->mode; }
  std::uint32_t moment() const noexcept { return raw_->moment; }
  bool is_information() const noexcept { return raw_->kind == XSELL_PROMPT_INFORMATION; }
  bool is_required() const noexcept { return (raw_->flags & XSELL_PROMPT_REQUIRED) != 0; }
  bool is_right_to_left() const noexcept {
    return raw_->text_direction == XSELL_TEXT_RIGHT_TO_LEFT;
  }
  bool has_saving() const noexcept { return raw_->benefit_kind == XSELL_BENEFIT_PROMOTION; }

  std::int64_t quantity_milli() const noexcept { return raw_->quantity_milli; }
  std::int64_t saving_minor() const noexcept { return raw_->saving_minor; }
  std::optional<std::int64_t> price_minor() const noexcept {
    return told(XSELL_PROMPT_PRICE_KNOWN, raw_->price_minor);
  }
  std::optional<std::int64_t> stock_milli() const noexcept {
    return told(XSELL_PROMPT_STOCK_KNOWN, raw_->stock_milli);
  }
  std::chrono::milliseconds show_time() const noexcept {
    return std::chrono::milliseconds(raw_->show_ms);
  }

  std::string_view rule_id() const noexcept { return raw_->rule_id; }
  std::string_view item() const noexcept { return raw_->item; }
  std::string_view description() const noexcept { return raw_->description; }
  std::string_view operator_text() const noexcept { return raw_->operator_text; }
  std::string_view customer_text() const noexcept { return raw_->customer_text; }
  std::string_view reason() const noexcept { return raw_->reason; }
  std::string_view line_display_1() const noexcept { return raw_->line_display_1; }
  std::string_view line_display_2() const noexcept { return raw_->line_display_2; }
  std::string_view promotion() const noexcept { return raw_->promotion; }
  std::string_view location() const noexcept { return raw_->location; }
  std::string_view currency() const noexcept { return raw_->currency; }
  std::string_view language() const noexcept { return raw_->language; }
  std::string_view experiment() const noexcept { return raw_->experiment; }

  const std::uint64_t* trigger_lines_begin() const noexcept { return raw_->trigger_lines; }
  const std::uint64_t* trigger_lines_end() const noexcept {
    const std::uint32_t count = raw_->trigger_count;
    return raw_->trigger_lines +
           (count < XSELL_PROMPT_MAX_TRIGGERS ? count : XSELL_PROMPT_MAX_TRIGGERS);
  }

  const xsell_prompt& raw() const noexcept { return *raw_; }

 private:
  std::optional<std::int64_t> told(std::uint32_t flag, std::int64_t value) const noexcept {
    return (raw_->flags & flag) != 0 ? std::optional<std::int64_t>(value) : std::nullopt;
  }

  const xsell_prompt* raw_;
};

// The whole set of prompts to show now. What was shown before and is not in it is withdrawn.
class Answer {
 public:
  class Iterator {
   public:
    explicit Iterator(const xsell_prompt* at) noexcept : at_(at) {}
    Prompt operator*() const noexcept { return Prompt(*at_); }
    Iterator& operator++() noexcept {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const noexcept { return at_ != other.at_; }

   private:
    const xsell_prompt* at_;
  };

  std::size_t size() const noexcept { return list_.count; }
  bool empty() const noexcept { return list_.count == 0; }
  Prompt operator[](std::size_t index) const noexcept { return Prompt(prompts_[index]); }
  Iterator begin() const noexcept { return Iterator(prompts_); }
  Iterator end() const noexcept { return Iterator(prompts_ + list_.count); }

  xsell_status status() const noexcept { return status_; }
  std::uint64_t rule_set_version() const noexcept { return list_.rule_set_version; }
  // How long the plugin took.
  std::chrono::nanoseconds elapsed() const noexcept { return elapsed_; }

 private:
  friend class Lane;

  xsell_prompt_list list_{};
  xsell_prompt prompts_[XSELL_MAX_PROMPTS]{};
  xsell_status status_ = XSELL_OK;
  std::chrono::nanoseconds elapsed_{0};
};

// A line as the till knows it. Needed: `line`, `item` or `raw_scan`, `quantity_milli`.
struct Line {
  std::uint64_t line = 0;
  std::string_view item, raw_scan, category, unit;
  std::int64_t quantity_milli = 1000;
  std::optional<std::int64_t> unit_price_minor, amount_minor;
  std::uint64_t parent_line = 0;
  std::uint64_t prompt = 0;
  std::uint32_t entry_method = XSELL_ENTRY_NOT_TOLD;
  std::uint32_t minimum_customer_age = 0;
  bool is_gift_card = false, is_voided = false, is_return = false;
};

struct TransactionKey {
  std::string_view business_unit, workstation, business_day_date, sequence_number, transaction_id;
};

struct TransactionBegin {
  TransactionKey key;
  std::string_view operator_id, currency;
  std::uint32_t type = XSELL_TRANSACTION_SALE;
  std::uint32_t workstation_type = XSELL_WORKSTATION_AS_CONFIGURED;
  bool is_training = false;
};

struct Operator {
  std::string_view operator_id, role, language;
  std::uint32_t age_years = 0;
};

struct RecentItem {
  std::string_view item;
  std::uint32_t times = 1;
  std::uint32_t days_ago = 0;
};

struct Customer {
  std::string_view customer_id;
  std::vector<std::string_view> segments;
  std::uint32_t flags = 0;  // xsell_customer_flag
  std::uint32_t verified_age_years = 0;
  std::vector<RecentItem> recent_items{};  // latest first
  std::uint32_t visits = 0;                // baskets they are from
};

struct NearMiss {
  std::string_view promotion;
  std::vector<std::string_view> items;
  std::uint32_t missing_count = 0;
  std::int64_t missing_amount_minor = 0;
  std::int64_t saving_minor = 0;
};

struct Promotion {
  std::string_view promotion, coupon;
  std::uint64_t line = 0;
  std::int64_t saving_minor = 0;
  std::vector<NearMiss> near_misses;
};

// The two clocks that go into events. Replace them in tests and simulations.
struct Clocks {
  std::function<std::uint64_t()> monotonic_ns = [] {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  };
  std::function<std::int64_t()> local_time_s = [] {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    return static_cast<std::int64_t>(now) + static_cast<std::int64_t>(local.tm_gmtoff);
  };
};

// One instance of the plugin. Opened, started and ended with its life: the destructor stops,
// destroys and unloads.
class Lane {
 public:
  // Loads the shared library and starts an instance. Empty on failure, and `error` says why.
  static std::unique_ptr<Lane> open(const std::string& library_path, HostOptions options,
                                    std::string& error, Clocks clocks = {}) {
    // RTLD_LOCAL: the plugin's symbols stay its own, whatever the till links.
    void* library = dlopen(library_path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      const char* reason = dlerror();
      error = reason != nullptr ? reason : "cannot load " + library_path;
      return nullptr;
    }
    xsell_get_entry_function get_entry = nullptr;
    void* symbol = dlsym(library, XSELL_GET_ENTRY_NAME);
    static_assert(sizeof get_entry == sizeof symbol, "POSIX: functions are found as objects");
    std::memcpy(&get_entry, &symbol, sizeof get_entry);
    if (get_entry == nullptr) {
      error = library_path + " is not an xsell plugin: it does not export " XSELL_GET_ENTRY_NAME;
      dlclose(library);
      return nullptr;
    }
    const xsell_entry* entry = get_entry(XSELL_ABI_MAJOR, XSELL_ABI_MINOR);
    if (entry == nullptr) {
      error = library_path + " does not serve version " + std::to_string(XSELL_ABI_MAJOR) +
              " of the interface: install a plugin of that version";
      dlclose(library);
      return nullptr;
    }
    std::unique_ptr<Lane> lane = create(*entry, std::move(options), error, std::move(clocks));
    if (lane == nullptr) {
      dlclose(library);
      return nullptr;
    }
    lane->library_ = library;
    return lane;
  }

  // The same for an entry that is at hand (linked in, or a fake in a test).
  static std::unique_ptr<Lane> create(const xsell_entry& entry, HostOptions options,
                                      std::string& error, Clocks clocks = {}) {
    std::unique_ptr<Lane> lane(new Lane(std::move(options), std::move(clocks)));
    const xsell_host host = lane->host();
    const xsell_status created = entry.create(&host, &lane->plugin_);
    if (created != XSELL_OK || lane->plugin_ == nullptr) {
      lane->plugin_ = nullptr;
      error = std::string("the plugin refused to be created: ") + status_name(created);
      return nullptr;
    }
    lane->library_version_ = entry.library_version != nullptr ? entry.library_version : "";
    const xsell_status started = lane->plugin_->start(lane->plugin_);
    if (started != XSELL_OK) {
      error = std::string("the plugin did not start: ") + status_name(started);
      return nullptr;
    }
    lane->is_started_ = true;
    lane->status_ = static_cast<const xsell_status_extension*>(
        lane->plugin_->get_extension(lane->plugin_, XSELL_EXT_STATUS));
    return lane;
  }

  ~Lane() {
    if (plugin_ != nullptr) {
      if (is_started_) plugin_->stop(plugin_);
      plugin_->destroy(plugin_);
    }
    if (library_ != nullptr) dlclose(library_);
  }

  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  std::string_view library_version() const noexcept { return library_version_; }
  std::uint64_t transaction() const noexcept { return transaction_; }
  const Answer& answer() const noexcept { return answer_; }

  // How the plugin is; all zero when it does not tell. Any thread.
  xsell_health health() const noexcept {
    xsell_health health{};
    health.struct_size = sizeof health;
    if (status_ != nullptr && status_->read(plugin_, &health) != XSELL_OK) health = {};
    return health;
  }

  // --- the lane ---

  const Answer& operator_sign_on(const Operator& who) noexcept {
    return send_operator(XSELL_EVENT_OPERATOR_SIGN_ON, who);
  }
  const Answer& operator_sign_off(const Operator& who) noexcept {
    return send_operator(XSELL_EVENT_OPERATOR_SIGN_OFF, who);
  }
  const Answer& shift_open(std::string_view business_day_date) noexcept {
    return send_shift(XSELL_EVENT_SHIFT_OPEN, business_day_date);
  }
  const Answer& shift_close(std::string_view business_day_date) noexcept {
    return send_shift(XSELL_EVENT_SHIFT_CLOSE, business_day_date);
  }
  const Answer& lane_load(std::optional<std::uint32_t> queue_length,
                          std::optional<std::uint32_t> lines_per_minute) noexcept {
    auto event = make<xsell_event_lane_load>(XSELL_EVENT_LANE_LOAD);
    if (queue_length) event.flags |= XSELL_LANE_LOAD_QUEUE_LENGTH;
    if (lines_per_minute) event.flags |= XSELL_LANE_LOAD_LINES_PER_MINUTE;
    event.queue_length = queue_length.value_or(0);
    event.lines_per_minute = lines_per_minute.value_or(0);
    return send(event.header);
  }
  const Answer& stock_changed(std::string_view item, std::int64_t on_hand_milli) noexcept {
    auto event = make<xsell_event_stock_changed>(XSELL_EVENT_STOCK_CHANGED);
    event.item = view(item);
    event.on_hand_milli = on_hand_milli;
    return send(event.header);
  }
  const Answer& connectivity(bool is_online) noexcept {
    auto event = make<xsell_event_connectivity>(XSELL_EVENT_CONNECTIVITY);
    event.is_online = is_online ? 1 : 0;
    return send(event.header);
  }
  const Answer& snooze(std::chrono::seconds duration) noexcept {
    auto event = make<xsell_event_snooze>(XSELL_EVENT_SNOOZE);
    event.duration_s = static_cast<std::uint32_t>(duration.count());
    return send(event.header);
  }
  const Answer& idle() noexcept { return send_plain(XSELL_EVENT_IDLE); }

  // --- the transaction ---

  // `transaction`: the till's number for it, not 0; further events carry it until it ends.
  const Answer& begin_transaction(std::uint64_t transaction,
                                  const TransactionBegin& begin) noexcept {
    transaction_ = transaction;
    auto event = make<xsell_event_transaction_begin>(XSELL_EVENT_TRANSACTION_BEGIN);
    event.key = key(begin.key);
    event.operator_id = view(begin.operator_id);
    event.currency = view(begin.currency);
    event.type = begin.type;
    event.flags = begin.is_training ? XSELL_TRANSACTION_TRAINING : 0;
    event.workstation_type = begin.workstation_type;
    return send(event.header);
  }
  // `lines`: the final ones; may be empty.
  const Answer& finalise_transaction(std::int64_t total_minor, const std::vector<Line>& lines) {
    const std::vector<xsell_line> raw = raw_lines(lines);
    auto event = make<xsell_event_transaction_finalised>(XSELL_EVENT_TRANSACTION_FINALISED);
    event.total_minor = total_minor;
    event.lines = array(raw);
    return end_transaction(event.header);
  }
  const Answer& void_transaction() noexcept {
    auto event = make<xsell_event_header>(XSELL_EVENT_TRANSACTION_VOIDED);
    return end_transaction(event);
  }
  const Answer& suspend_transaction() noexcept {
    auto event = make<xsell_event_header>(XSELL_EVENT_TRANSACTION_SUSPENDED);
    return end_transaction(event);
  }
  const Answer& recall_transaction(std::uint64_t transaction, const TransactionKey& original,
                                   const std::vector<Line>& lines) {
    const std::vector<xsell_line> raw = raw_lines(lines);
    transaction_ = transaction;
    auto event = make<xsell_event_transaction_recalled>(XSELL_EVENT_TRANSACTION_RECALLED);
    event.key = key(original);
    event.lines = array(raw);
    return send(event.header);
  }
  const Answer& post_void(const TransactionKey& original) noexcept {
    auto event = make<xsell_event_post_void>(XSELL_EVENT_POST_VOID);
    event.original = key(original);
    return send(event.header);
  }
  const Answer& customer_identified(const Customer& customer) {
    const std::vector<xsell_str> segments = views(customer.segments);
    std::vector<xsell_recent_item> recent_items;
    recent_items.reserve(customer.recent_items.size());
    for (const RecentItem& recent : customer.recent_items) {
      recent_items.push_back(
          {sizeof(xsell_recent_item), recent.times, recent.days_ago, 0, view(recent.item)});
    }
    auto event = make<xsell_event_customer>(XSELL_EVENT_CUSTOMER_IDENTIFIED);
    event.customer_id = view(customer.customer_id);
    event.segments = array(segments);
    event.flags = customer.flags;
    event.verified_age_years = customer.verified_age_years;
    event.recent_items = array(recent_items);
    event.visits = customer.visits;
    return send(event.header);
  }
  const Answer& customer_cleared() noexcept { return send_plain(XSELL_EVENT_CUSTOMER_CLEARED); }
  const Answer& subtotal(std::int64_t amount_minor) noexcept {
    return send_amount(XSELL_EVENT_SUBTOTAL, amount_minor);
  }
  const Answer& tender_begin(std::int64_t amount_due_minor) noexcept {
    return send_amount(XSELL_EVENT_TENDER_BEGIN, amount_due_minor);
  }
  const Answer& tender_voided(std::int64_t amount_minor) noexcept {
    return send_amount(XSELL_EVENT_TENDER_VOIDED, amount_minor);
  }

  // --- its lines ---

  const Answer& line_added(const Line& line, xsell_event_phase phase = XSELL_PHASE_DONE) noexcept {
    auto event = make<xsell_event_line>(XSELL_EVENT_LINE_ADDED);
    event.header.phase = phase;
    event.line = raw_line(line);
    return send(event.header);
  }
  const Answer& quantity_changed(std::uint64_t line, std::int64_t old_quantity_milli,
                                 std::int64_t quantity_milli) noexcept {
    auto event = make<xsell_event_quantity_changed>(XSELL_EVENT_QUANTITY_CHANGED);
    event.line = line;
    event.old_quantity_milli = old_quantity_milli;
    event.quantity_milli = quantity_milli;
    return send(event.header);
  }
  const Answer& line_voided(std::uint64_t line) noexcept {
    auto event = make<xsell_event_line_voided>(XSELL_EVENT_LINE_VOIDED);
    event.line = line;
    return send(event.header);
  }
  const Answer& price_overridden(std::uint64_t line, std::int64_t unit_price_minor,
                                 std::string_view reason = {}) noexcept {
    auto event = make<xsell_event_price_overridden>(XSELL_EVENT_PRICE_OVERRIDDEN);
    event.line = line;
    event.unit_price_minor = unit_price_minor;
    event.reason = view(reason);
    return send(event.header);
  }
  const Answer& return_line(const Line& line, const TransactionKey& original = {}) noexcept {
    auto event = make<xsell_event_return_line>(XSELL_EVENT_RETURN_LINE);
    event.original = key(original);
    event.line = raw_line(line);
    return send(event.header);
  }
  const Answer& item_inquiry(std::string_view item, std::string_view raw_scan = {},
                             std::string_view category = {}) noexcept {
    auto event = make<xsell_event_item_inquiry>(XSELL_EVENT_ITEM_INQUIRY);
    event.item = view(item);
    event.raw_scan = view(raw_scan);
    event.category = view(category);
    return send(event.header);
  }
  const Answer& promotion_applied(const Promotion& promotion) {
    return send_promotion(XSELL_EVENT_PROMOTION_APPLIED, promotion);
  }
  const Answer& coupon_applied(const Promotion& promotion) {
    return send_promotion(XSELL_EVENT_COUPON_APPLIED, promotion);
  }

  // --- what became of a prompt ---

  const Answer& prompt_shown(std::uint64_t prompt) noexcept {
    return send_prompt(XSELL_EVENT_PROMPT_SHOWN, prompt, 0, {}, XSELL_DECLINE_NOT_TOLD);
  }
  // The till adds the line itself, before or after; name it here or in Line::prompt.
  const Answer& prompt_accepted(std::uint64_t prompt, std::uint64_t line = 0,
                                std::chrono::milliseconds elapsed = {}) noexcept {
    return send_prompt(XSELL_EVENT_PROMPT_ACCEPTED, prompt, line, elapsed, XSELL_DECLINE_NOT_TOLD);
  }
  const Answer& prompt_declined(std::uint64_t prompt,
                                xsell_decline_reason reason = XSELL_DECLINE_NOT_TOLD,
                                std::chrono::milliseconds elapsed = {}) noexcept {
    return send_prompt(XSELL_EVENT_PROMPT_DECLINED, prompt, 0, elapsed, reason);
  }
  const Answer& prompt_expired(std::uint64_t prompt,
                               std::chrono::milliseconds elapsed = {}) noexcept {
    return send_prompt(XSELL_EVENT_PROMPT_EXPIRED, prompt, 0, elapsed, XSELL_DECLINE_NOT_TOLD);
  }

  // Any event, prepared by the caller; sequence and clocks are as it set them.
  const Answer& send(const xsell_event_header& event) noexcept {
    answer_.list_.struct_size = sizeof answer_.list_;
    answer_.list_.item_size = sizeof answer_.prompts_[0];
    answer_.list_.capacity = XSELL_MAX_PROMPTS;
    answer_.list_.count = 0;
    answer_.list_.items = answer_.prompts_;
    const auto before = std::chrono::steady_clock::now();
    answer_.status_ = plugin_->on_event(plugin_, &event, &answer_.list_);
    answer_.elapsed_ = std::chrono::steady_clock::now() - before;
    if (answer_.list_.count > XSELL_MAX_PROMPTS) answer_.list_.count = XSELL_MAX_PROMPTS;
    return answer_;
  }

 private:
  Lane(HostOptions options, Clocks clocks)
      : options_(std::move(options)), clocks_(std::move(clocks)) {}

  xsell_host host() noexcept {
    xsell_host host{};
    host.struct_size = sizeof host;
    host.abi_minor = XSELL_ABI_MINOR;
    host.host_data = this;
    host.name = view(options_.name);
    host.version = view(options_.version);
    host.config_file = view(options_.config_file);
    host.data_folder = view(options_.data_folder);
    host.business_unit = view(options_.business_unit);
    host.workstation = view(options_.workstation);
    host.language = view(options_.language);
    host.currency = view(options_.currency);
    host.time_zone = view(options_.time_zone);
    host.workstation_type = options_.workstation_type;
    host.log = &Lane::on_log;
    host.get_extension = &Lane::on_get_extension;
    return host;
  }

  static void on_log(void* host_data, std::uint32_t level, const xsell_str* text) noexcept {
    const auto& log = static_cast<Lane*>(host_data)->options_.log;
    if (log) log(level, std::string_view(text->data, text->size));
  }

  static const void* on_get_extension(void* host_data, const char* id) noexcept {
    static const xsell_clock_extension clock = {
        sizeof clock, 0, [](void* lane) { return static_cast<Lane*>(lane)->options_.utc_time_s(); },
        [](void* lane, std::int64_t utc_time_s) {
          return static_cast<Lane*>(lane)->options_.utc_offset_s(utc_time_s);
        }};
    static const xsell_item_lookup_extension item_lookup = {
        sizeof item_lookup, 0, [](void* lane, const xsell_str* item, xsell_item* out) {
          const bool is_known = static_cast<Lane*>(lane)->options_.find_item(
              std::string_view(item->data, item->size), *out);
          return static_cast<xsell_status>(is_known ? XSELL_OK : XSELL_ERROR_ARGUMENT);
        }};
    const HostOptions& options = static_cast<Lane*>(host_data)->options_;
    if (options.utc_time_s && options.utc_offset_s && std::strcmp(id, XSELL_EXT_CLOCK) == 0) {
      return &clock;
    }
    if (options.find_item && std::strcmp(id, XSELL_EXT_ITEM_LOOKUP) == 0) return &item_lookup;
    return nullptr;
  }

  static xsell_event_header& header_of(xsell_event_header& event) noexcept { return event; }
  template <class Event>
  static xsell_event_header& header_of(Event& event) noexcept {
    return event.header;
  }

  template <class Event>
  Event make(std::uint16_t kind) noexcept {
    Event event{};
    xsell_event_header& header = header_of(event);
    xsell_event_init(&header, sizeof event, kind);
    header.transaction = transaction_;
    header.sequence = ++sequence_;
    header.monotonic_ns = clocks_.monotonic_ns();
    header.local_time_s = clocks_.local_time_s();
    return event;
  }

  const Answer& send_plain(std::uint16_t kind) noexcept {
    const auto event = make<xsell_event_header>(kind);
    return send(event);
  }
  const Answer& end_transaction(const xsell_event_header& event) noexcept {
    transaction_ = 0;
    return send(event);
  }
  const Answer& send_operator(std::uint16_t kind, const Operator& who) noexcept {
    auto event = make<xsell_event_operator>(kind);
    event.operator_id = view(who.operator_id);
    event.role = view(who.role);
    event.language = view(who.language);
    event.age_years = who.age_years;
    return send(event.header);
  }
  const Answer& send_shift(std::uint16_t kind, std::string_view business_day_date) noexcept {
    auto event = make<xsell_event_shift>(kind);
    event.business_day_date = view(business_day_date);
    return send(event.header);
  }
  const Answer& send_amount(std::uint16_t kind, std::int64_t amount_minor) noexcept {
    auto event = make<xsell_event_amount>(kind);
    event.amount_minor = amount_minor;
    return send(event.header);
  }
  const Answer& send_prompt(std::uint16_t kind, std::uint64_t prompt, std::uint64_t line,
                            std::chrono::milliseconds elapsed, std::uint32_t reason) noexcept {
    auto event = make<xsell_event_prompt>(kind);
    event.prompt = prompt;
    event.line = line;
    event.elapsed_ms = static_cast<std::uint32_t>(elapsed.count());
    event.decline_reason = reason;
    return send(event.header);
  }
  const Answer& send_promotion(std::uint16_t kind, const Promotion& promotion) {
    std::vector<std::vector<xsell_str>> items;
    std::vector<xsell_near_miss> near_misses;
    items.reserve(promotion.near_misses.size());
    for (const NearMiss& near_miss : promotion.near_misses) {
      items.push_back(views(near_miss.items));
      xsell_near_miss raw{};
      raw.struct_size = sizeof raw;
      raw.missing_count = near_miss.missing_count;
      raw.promotion = view(near_miss.promotion);
      raw.items = array(items.back());
      raw.missing_amount_minor = near_miss.missing_amount_minor;
      raw.saving_minor = near_miss.saving_minor;
      near_misses.push_back(raw);
    }
    auto event = make<xsell_event_promotion>(kind);
    event.promotion = view(promotion.promotion);
    event.coupon = view(promotion.coupon);
    event.line = promotion.line;
    event.saving_minor = promotion.saving_minor;
    event.near_misses = array(near_misses);
    return send(event.header);
  }

  static xsell_transaction_key key(const TransactionKey& key) noexcept {
    return {view(key.business_unit), view(key.workstation), view(key.business_day_date),
            view(key.sequence_number), view(key.transaction_id)};
  }
  static xsell_line raw_line(const Line& line) noexcept {
    xsell_line raw{};
    raw.struct_size = sizeof raw;
    if (line.unit_price_minor) raw.flags |= XSELL_LINE_PRICE_KNOWN;
    if (line.amount_minor) raw.flags |= XSELL_LINE_AMOUNT_KNOWN;
    if (line.is_gift_card) raw.flags |= XSELL_LINE_GIFT_CARD;
    if (line.is_voided) raw.flags |= XSELL_LINE_VOIDED;
    if (line.is_return) raw.flags |= XSELL_LINE_RETURN;
    raw.line = line.line;
    raw.item = view(line.item);
    raw.raw_scan = view(line.raw_scan);
    raw.category = view(line.category);
    raw.unit = view(line.unit);
    raw.quantity_milli = line.quantity_milli;
    raw.unit_price_minor = line.unit_price_minor.value_or(0);
    raw.amount_minor = line.amount_minor.value_or(0);
    raw.parent_line = line.parent_line;
    raw.prompt = line.prompt;
    raw.entry_method = line.entry_method;
    raw.minimum_customer_age = line.minimum_customer_age;
    return raw;
  }
  static std::vector<xsell_line> raw_lines(const std::vector<Line>& lines) {
    std::vector<xsell_line> raw;
    raw.reserve(lines.size());
    for (const Line& line : lines) raw.push_back(raw_line(line));
    return raw;
  }
  static std::vector<xsell_str> views(const std::vector<std::string_view>& texts) {
    std::vector<xsell_str> raw;
    raw.reserve(texts.size());
    for (std::string_view text : texts) raw.push_back(view(text));
    return raw;
  }
  template <class Element>
  static xsell_array array(const std::vector<Element>& elements) noexcept {
    return {elements.empty() ? nullptr : elements.data(),
            static_cast<std::uint32_t>(elements.size()), sizeof(Element)};
  }

  HostOptions options_;
  Clocks clocks_;
  Answer answer_;
  std::string library_version_;
  void* library_ = nullptr;
  const xsell_plugin* plugin_ = nullptr;
  const xsell_status_extension* status_ = nullptr;
  bool is_started_ = false;
  std::uint64_t transaction_ = 0;
  std::uint64_t sequence_ = 0;
};

}  // namespace xsell

#endif  // XSELL_HOST_HPP_
