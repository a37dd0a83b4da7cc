#ifndef XSELL_PLUGIN_HOST_SETTINGS_H_
#define XSELL_PLUGIN_HOST_SETTINGS_H_

#include <cstdint>
#include <string>

#include "xsell/xsell.h"

namespace xsell::plugin {

// What the till told at create(), copied.
struct HostSettings {
  std::string name;
  std::string version;
  std::string config_file;
  std::string data_folder;
  std::string business_unit;
  std::string workstation;
  std::string language;
  std::string currency;
  std::string time_zone;
  uint32_t workstation_type = 0;

  void* host_data = nullptr;
  decltype(xsell_host::log) log = nullptr;
  const xsell_clock_extension* clock = nullptr;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_HOST_SETTINGS_H_
