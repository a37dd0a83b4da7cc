#include <dlfcn.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "offline_cache/rules_file.h"
#include "plugin/state_hasher.h"
#include "rules/model.h"
#include "rules/release_lines.h"
#include "sync/identity.h"
#include "sync/state_hash.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/tools/bench/lane_under_test.h"
#include "xsell/ext/status.h"
#include "xsell/xsell.h"

namespace xsell::bench {
namespace {

constexpr std::chrono::seconds kLongestStart{120};
constexpr std::uint64_t kBasketsBetweenRests = 32;
constexpr std::chrono::milliseconds kRest{40};

xsell_str str(std::string_view text) { return {text.data(), text.size()}; }

// A data folder as a lane has it after its first release. Nobody answers at its HQ.
void write_release(const std::string& folder, const Workload& workload, Pacing pacing) {
  const offline_cache::DataFolder data(folder);
  sync::Identity identity;
  identity.device = "bench";
  identity.hq_url = "https://127.0.0.1:9";
  identity.ca_pem = identity.lane_key_pem = identity.bearer = identity.root_json = "none";
  identity.store = "1";
  identity.lane = "1";
  offline_cache::write_file_atomically(data.file("identity.json"), sync::to_json(identity));

  offline_cache::RulesFiles files(data, plugin::StateHasher::make);
  offline_cache::RulesFileBuilder builder(files);
  sync::StateHasher state;
  const auto add = [&](const rules::ReleaseLine& line) {
    builder.add(line.id, line.bytes);
    state.add(line.id, line.bytes);
  };
  rules::RuleSet head;
  head.policy = policy_of(pacing);
  for (const rules::ReleaseLine& line : rules::to_release_lines(head, catalogue_of(workload)))
    add(line);
  RuleWriter writer(workload, pacing);
  for (const RuleRecord& record : workload.rules) add(rules::to_release_line(writer.write(record)));
  builder.publish(1, state.finish());
}

class ModuleLane : public LaneUnderTest {
 public:
  ModuleLane(const Workload& workload, Pacing pacing, const std::string& module)
      : workload_(workload), texts_(workload) {
    for (int i = 0; i < 128; ++i) {
      groups_.push_back(group_name(i));
      segments_.push_back(segment_name(i));
    }
    const std::string data = folder_.file("data");
    write_release(data, workload, pacing);
    tests::write_text(folder_.file("xsell.json"), R"({"data_folder": "data", "currency": "EUR"})");
    library_ = ::dlopen(std::filesystem::absolute(module).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) throw std::runtime_error(::dlerror());
    // Once from the lines of the release, then as at any other morning.
    set_up_.load_ms = open();
    close();
    set_up_.restart_ms = open();
  }
  ~ModuleLane() override {
    close();
    if (library_ != nullptr) ::dlclose(library_);
  }

  std::string_view name() const override { return "so"; }
  const SetUp& set_up() const override { return set_up_; }

  void begin(const Basket& basket) override {
    // No till is this fast for long: let the worker store what has come to pass.
    if (transaction_ % kBasketsBetweenRests == 0) std::this_thread::sleep_for(kRest);
    xsell_event_transaction_begin begin = {};
    put_header(begin, XSELL_EVENT_TRANSACTION_BEGIN);
    begin.header.transaction = ++transaction_;
    begin.header.local_time_s = local_time_s_ = local_time_s(basket, transaction_);
    monotonic_ns_ += 10'000'000'000;
    tell(begin.header);
    const xsell_str segments[] = {str(groups_[static_cast<std::size_t>(basket.group)]),
                                  str(segments_[static_cast<std::size_t>(basket.segment)])};
    xsell_event_customer customer = {};
    put_header(customer, XSELL_EVENT_CUSTOMER_IDENTIFIED);
    customer.customer_id = str("c");
    customer.segments = {segments, 2, sizeof segments[0]};
    tell(customer.header);
    line_ = 0;
  }
  void prepare(int item) override {
    added_ = {};
    put_header(added_, XSELL_EVENT_LINE_ADDED);
    added_.line.struct_size = sizeof added_.line;
    added_.line.flags = XSELL_LINE_PRICE_KNOWN;
    added_.line.line = ++line_;
    code_.assign(texts_.code(item));
    added_.line.item = str(code_);
    added_.line.quantity_milli = 1000;
    added_.line.unit_price_minor = workload_.items[static_cast<std::size_t>(item)].price_minor;
  }
  void scan() override { tell(added_.header); }
  void void_line(std::uint64_t line) override {
    xsell_event_line_voided voided = {};
    put_header(voided, XSELL_EVENT_LINE_VOIDED);
    voided.line = line;
    tell(voided.header);
  }
  void set_quantity(std::uint64_t line, std::int64_t quantity_milli) override {
    xsell_event_quantity_changed changed = {};
    put_header(changed, XSELL_EVENT_QUANTITY_CHANGED);
    changed.line = line;
    changed.quantity_milli = quantity_milli;
    tell(changed.header);
  }
  void end() override {
    xsell_event_transaction_finalised end = {};
    put_header(end, XSELL_EVENT_TRANSACTION_FINALISED);
    tell(end.header);
  }
  RulesShown shown() const override {
    RulesShown out;
    for (std::uint32_t i = 0; i < list_.count; ++i)
      out.rules[out.count++] = record_number(prompts_[i].rule_id);
    return out;
  }

 private:
  void close() {
    if (plugin_ == nullptr) return;
    plugin_->stop(plugin_);
    plugin_->destroy(std::exchange(plugin_, nullptr));
  }

  // Milliseconds to the first answer.
  double open() {
    void* symbol = ::dlsym(library_, XSELL_GET_ENTRY_NAME);
    const auto get_entry = reinterpret_cast<xsell_get_entry_function>(symbol);
    const xsell_entry* entry = get_entry(XSELL_ABI_MAJOR, XSELL_ABI_MINOR);
    const std::string config_file = folder_.file("xsell.json");
    xsell_host host = {};
    host.struct_size = sizeof host;
    host.abi_minor = XSELL_ABI_MINOR;
    host.config_file = str(config_file);
    if (entry->create(&host, &plugin_) != XSELL_OK)
      throw std::runtime_error("the plugin was not created");
    list_.struct_size = sizeof list_;
    list_.item_size = sizeof prompts_[0];
    list_.capacity = XSELL_MAX_PROMPTS;
    list_.items = prompts_.data();

    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    plugin_->start(plugin_);
    xsell_health health = read_health();
    while (health.rule_count == 0 && Clock::now() - start < kLongestStart) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      health = read_health();
    }
    // The rules are in use with the first transaction.
    begin(workload_.baskets.front());
    prepare(workload_.baskets.front().items.front());
    scan();
    end();
    const std::chrono::duration<double, std::milli> passed = Clock::now() - start;
    set_up_.rules_active = health.rule_count;
    if (health.rule_count == 0)
      throw std::runtime_error(std::string("the plugin has no rules: ") + health.message);
    return passed.count();
  }

  xsell_health read_health() const {
    const auto* status = static_cast<const xsell_status_extension*>(
        plugin_->get_extension(plugin_, XSELL_EXT_STATUS));
    xsell_health health = {};
    health.struct_size = sizeof health;
    status->read(plugin_, &health);
    return health;
  }

  template <typename Event>
  void put_header(Event& event, std::uint16_t kind) {
    xsell_event_init(&event.header, sizeof event, kind);
    event.header.transaction = transaction_;
    event.header.local_time_s = local_time_s_;
    event.header.monotonic_ns = monotonic_ns_ += 1'000'000;
  }
  void tell(const xsell_event_header& event) { plugin_->on_event(plugin_, &event, &list_); }

  const Workload& workload_;
  ItemTexts texts_;
  std::vector<std::string> groups_, segments_;
  tests::TemporaryFolder folder_;
  void* library_ = nullptr;
  const xsell_plugin* plugin_ = nullptr;
  SetUp set_up_;
  std::array<xsell_prompt, XSELL_MAX_PROMPTS> prompts_{};
  xsell_prompt_list list_ = {};
  xsell_event_line added_ = {};
  std::string code_;
  std::uint64_t transaction_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t monotonic_ns_ = 1;
  std::int64_t local_time_s_ = 0;
};

}  // namespace

std::unique_ptr<LaneUnderTest> make_module_lane(const Workload& workload, Pacing pacing,
                                                const std::string& module) {
  return std::make_unique<ModuleLane>(workload, pacing, module);
}

}  // namespace xsell::bench
