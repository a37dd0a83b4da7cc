// The shared library as a till loads it, prompting from local files. What it cannot show of itself
// (outcomes, counters) and cannot be told at once (new rules, the kill switch) is left to the
// engine's driver and to the plugin's own tests.
#ifdef XSELL_MODULE

#include <dlfcn.h>

#include <stdexcept>

#include "rules/model_names.h"
#include "tests/contract/case_file.h"
#include "tests/contract/lane_driver.h"
#include "tests/contract/till_event.h"
#include "tests/offline_cache/temporary_folder.h"
#include "tests/plugin/wait_for.h"
#include "xsell/ext/status.h"
#include "xsell/xsell.h"

namespace xsell::contract {

namespace {

SeenPrompt seen(const xsell_prompt& prompt) {
  SeenPrompt out;
  out.prompt_id = prompt.prompt;
  std::string lines;
  for (std::uint32_t i = 0; i < prompt.trigger_count; ++i) {
    lines += (lines.empty() ? "" : ",") + std::to_string(prompt.trigger_lines[i]);
  }
  const bool has_price = (prompt.flags & XSELL_PROMPT_PRICE_KNOWN) != 0;
  const bool has_stock = (prompt.flags & XSELL_PROMPT_STOCK_KNOWN) != 0;
  out.fields = {
      {"rule", prompt.rule_id},
      {"item", prompt.item},
      {"description", prompt.description},
      {"mode", std::string(rules::name_of(static_cast<rules::PromptMode>(prompt.mode)))},
      {"kind", std::string(rules::name_of(static_cast<rules::PromptKind>(prompt.kind)))},
      {"quantity", std::to_string(prompt.quantity_milli)},
      {"price", has_price ? std::to_string(prompt.price_minor) : ""},
      {"currency", prompt.currency},
      {"operator_text", prompt.operator_text},
      {"customer_text", prompt.customer_text},
      {"line_display", prompt.line_display_1},
      {"reason", prompt.reason},
      {"location", prompt.location},
      {"promotion", prompt.promotion},
      {"saving", std::to_string(prompt.saving_minor)},
      {"stock", has_stock ? std::to_string(prompt.stock_milli) : "-1"},
      {"required", (prompt.flags & XSELL_PROMPT_REQUIRED) != 0 ? "true" : "false"},
      {"timeout_seconds", std::to_string(prompt.show_ms / 1000)},
      {"trigger_lines", lines},
      {"experiment", prompt.experiment},
  };
  return out;
}

// Nothing for XSELL_OK: it says of unknown kinds too that no harm was done.
std::optional<std::string> result_of(xsell_status status) {
  switch (status) {
    case XSELL_OK:
      return std::nullopt;
    case XSELL_ERROR_TEXT:
      return "bad_item";
    case XSELL_ERROR_STALE_SEQUENCE:
      return "stale";
    case XSELL_ERROR_UNKNOWN_TRANSACTION:
      return "other_transaction";
    case XSELL_ERROR_UNKNOWN_LINE:
      return "unknown_line";
    case XSELL_ERROR_UNKNOWN_PROMPT:
      return "unknown_prompt";
    case XSELL_ERROR_BASKET_FULL:
      return "basket_full";
    default:
      return "status " + std::to_string(status);
  }
}

class ModuleDriver : public LaneDriver {
 public:
  ~ModuleDriver() override {
    close();
    if (library_ != nullptr) ::dlclose(library_);
  }

  void start(const rules::LaneScope& scope, const std::string& rules,
             const std::string& items) override {
    tests::write_text(folder_.file("rules.json"), rules);
    tests::write_text(folder_.file("items.json"), items);
    const Json configuration = {
        {"data_folder", "data"},
        {"store", scope.business_unit},
        {"lane", scope.workstation},
        {"store_groups", scope.business_unit_groups},
        {"workstation_type", std::string(rules::name_of(scope.workstation_type))},
        {"language", scope.language},
        {"currency", std::string(scope.currency.view())},
        {"local_rules", {{"rules", "rules.json"}, {"items", "items.json"}}},
    };
    tests::write_text(folder_.file("xsell.json"), configuration.dump(2));
    library_ = ::dlopen(XSELL_MODULE, RTLD_NOW | RTLD_LOCAL);
    if (library_ == nullptr) throw std::runtime_error(::dlerror());
    open();
  }

  SeenAnswer on_event(const rules::Event& event) override {
    TillEvent told(event);
    xsell_prompt prompts[XSELL_MAX_PROMPTS] = {};
    xsell_prompt_list list = {};
    list.struct_size = sizeof list;
    list.item_size = sizeof prompts[0];
    list.capacity = XSELL_MAX_PROMPTS;
    list.items = prompts;
    const xsell_status status = plugin_->on_event(plugin_, told.header(), &list);
    SeenAnswer out;
    out.result = result_of(status);
    for (std::uint32_t i = 0; i < list.count; ++i) out.prompts.push_back(seen(prompts[i]));
    return out;
  }

  bool restart() override {
    close();
    open();
    return true;
  }

 private:
  void open() {
    void* symbol = ::dlsym(library_, XSELL_GET_ENTRY_NAME);
    const auto get_entry = reinterpret_cast<xsell_get_entry_function>(symbol);
    const xsell_entry* entry = get_entry(XSELL_ABI_MAJOR, XSELL_ABI_MINOR);
    const std::string config_file = folder_.file("xsell.json");
    xsell_host host = {};
    host.struct_size = sizeof host;
    host.abi_minor = XSELL_ABI_MINOR;
    host.config_file = {config_file.data(), config_file.size()};
    if (entry->create(&host, &plugin_) != XSELL_OK)
      throw std::runtime_error("the plugin was not created");
    plugin_->start(plugin_);
    const bool is_settled = tests::wait_for([&] {
      const std::uint32_t state = health().state;
      return state == XSELL_HEALTH_READY || state == XSELL_HEALTH_DEGRADED;
    });
    const xsell_health now = health();
    if (!is_settled || now.state != XSELL_HEALTH_READY) {
      throw std::runtime_error(std::string("not ready: ") + now.message);
    }
  }

  void close() {
    if (plugin_ == nullptr) return;
    plugin_->stop(plugin_);
    plugin_->destroy(plugin_);
    plugin_ = nullptr;
  }

  xsell_health health() const {
    const auto* status = static_cast<const xsell_status_extension*>(
        plugin_->get_extension(plugin_, XSELL_EXT_STATUS));
    xsell_health health = {};
    health.struct_size = sizeof health;
    status->read(plugin_, &health);
    return health;
  }

  tests::TemporaryFolder folder_;
  void* library_ = nullptr;
  const xsell_plugin* plugin_ = nullptr;
};

}  // namespace

std::unique_ptr<LaneDriver> make_module_driver() { return std::make_unique<ModuleDriver>(); }

}  // namespace xsell::contract

#endif  // XSELL_MODULE
