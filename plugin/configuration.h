#ifndef XSELL_PLUGIN_CONFIGURATION_H_
#define XSELL_PLUGIN_CONFIGURATION_H_

#include <string>
#include <vector>

#include "plugin/host_settings.h"
#include "rules/model.h"
#include "rules/money.h"
#include "rules/scan_code.h"

namespace xsell::plugin {

inline constexpr const char* kDefaultConfigFile = "/etc/xsell/xsell.json";
inline constexpr const char* kDefaultDataFolder = "/var/lib/xsell";

// Where this lane is and how it works: docs/configuration.md describes every field.
struct Configuration {
  std::string data_folder = kDefaultDataFolder;
  std::string hq;      // empty: as enrolled
  std::string mirror;  // of the published files, in the store; empty: none
  std::string store;   // empty: as enrolled
  std::string lane;    // empty: as enrolled
  std::vector<std::string> store_groups;
  rules::WorkstationType workstation_type = rules::WorkstationType::staffed;
  std::string time_zone;  // IANA name; empty: UTC unless the till tells its time
  std::string language = "en";
  rules::Currency currency;
  int32_t lanes_in_store = 1;       // that share the store's part of a budget
  rules::ScanLayouts scan_layouts;  // of the country's in-store codes

  // Authored files to prompt from instead of a signed release; the lane then never syncs.
  std::vector<std::string> local_rules;
  std::vector<std::string> local_items;
  bool is_local() const { return !local_rules.empty(); }
};

struct ReadConfiguration {
  Configuration configuration;
  std::vector<std::string>
      errors;  // each with file, place and mend; use the configuration only when empty
};

// The file the till names, else the default one if it is there; what the till itself says wins over
// it. Fails: by value.
ReadConfiguration read_configuration(const HostSettings& host);

// The same from a text, for tests and tools. file_name is for messages and for relative paths.
ReadConfiguration parse_configuration(std::string_view text, const std::string& file_name);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_CONFIGURATION_H_
