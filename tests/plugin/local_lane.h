#ifndef XSELL_TESTS_PLUGIN_LOCAL_LANE_H_
#define XSELL_TESTS_PLUGIN_LOCAL_LANE_H_

#include <string>

#include "tests/offline_cache/temporary_folder.h"
#include "xsell/host.hpp"

namespace xsell::tests {

// A data folder with a configuration and one local rule: who scans PHONE is offered CASE.
class LocalLane {
 public:
  LocalLane() {
    write_text(folder_.file("rules.json"), R"({"schema": "xsell.rules/1",
      "policy": {"currency": "EUR", "max_prompts_per_operator_hour": 120},
      "rules": [{"rule_id": "phone-case", "name": "Phone, then case", "relation": "accessory",
        "condition": {"basket_has": {"items": ["PHONE"]}}, "offers": [{"items": ["CASE"]}],
        "prompt": {"operator_text": {"en": "A case with that?"}, "reason": {"en": "Screens break early"}}}]})");
    write_text(folder_.file("items.json"), R"({"schema": "xsell.items/1",
      "categories": [{"code": "phones"}, {"code": "cases"}],
      "items": [{"item": "PHONE", "name": {"en": "Phone"}, "category": "phones"},
                {"item": "CASE", "name": {"en": "Case"}, "category": "cases",
                 "price": {"amount": 1990, "currency": "EUR"}}]})");
    write_configuration(R"({"data_folder": "data", "store": "1", "lane": "2", "currency": "EUR",
      "local_rules": {"rules": "rules.json", "items": "items.json"}})");
  }

  void write_configuration(const std::string& json) { write_text(config_file(), json); }
  std::string config_file() const { return folder_.file("xsell.json"); }
  std::string data_file(const std::string& name) const { return folder_.file("data/" + name); }
  std::string file(const std::string& name) const { return folder_.file(name); }

  HostOptions options() const {
    HostOptions options;
    options.config_file = config_file();
    return options;
  }

 private:
  TemporaryFolder folder_;
};

inline Line line_of(uint64_t number, std::string_view item) {
  Line line;
  line.line = number;
  line.item = item;
  return line;
}

}  // namespace xsell::tests

#endif  // XSELL_TESTS_PLUGIN_LOCAL_LANE_H_
