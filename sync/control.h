#ifndef XSELL_SYNC_CONTROL_H_
#define XSELL_SYNC_CONTROL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace xsell::sync {

// What a kill switch silences.
enum class KillScope : uint8_t {
  kAll,
  kRule,           // by rule id; "mined" is all mined offers
  kCampaign,       // every rule with an offer whose benefit names this promotion
  kPluginVersion,  // lanes that run this version of the plugin
  kStoreGroup,     // lanes of the stores in this group
};

std::string_view name_of(KillScope scope);
std::optional<KillScope> kill_scope_of(std::string_view name);

struct Kill {
  KillScope scope = KillScope::kAll;
  std::string value = {};  // empty for kAll
  std::string reason = {};
  int64_t since_s = 0;

  bool is_same_switch(const Kill& other) const {
    return scope == other.scope && value == other.value;
  }
};

// The document of the role `control`: {"schema":"xsell.control/1","kills":[{"scope":"rule",
// "value":"r1","reason":"...","since":1790000000}]}. It can only disable; the newest one that was
// signed holds, also past its expiry, until a newer one comes.
struct Control {
  std::vector<Kill> kills;

  // The switch that silences the whole lane, if any.
  const Kill* find_lane_kill(std::string_view plugin_version,
                             const std::vector<std::string>& store_groups) const;
  bool kills_rule(std::string_view rule_id) const;
  bool kills_campaign(std::string_view promotion) const;
};

std::string to_json(const Control& control);
// Entries with a scope that this version does not know are passed over. Nothing if it is no control
// document at all.
std::optional<Control> parse_control(std::string_view json);

}  // namespace xsell::sync

#endif  // XSELL_SYNC_CONTROL_H_
