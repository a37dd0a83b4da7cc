#include "printer.h"

namespace lane {

std::string_view connection_name(std::uint32_t connection) {
  switch (connection) {
    case XSELL_CONNECTION_NONE:
      return "none";
    case XSELL_CONNECTION_OFFLINE:
      return "offline";
    case XSELL_CONNECTION_POLLING:
      return "polling";
    case XSELL_CONNECTION_PUSH:
      return "push";
    default:
      return "unknown";
  }
}

std::string_view health_state_name(std::uint32_t state) {
  switch (state) {
    case XSELL_HEALTH_STOPPED:
      return "stopped";
    case XSELL_HEALTH_STARTING:
      return "starting";
    case XSELL_HEALTH_READY:
      return "ready";
    case XSELL_HEALTH_NO_RULES:
      return "no_rules";
    case XSELL_HEALTH_DISABLED:
      return "disabled";
    case XSELL_HEALTH_DEGRADED:
      return "degraded";
    default:
      return "unknown";
  }
}

std::string_view relation_name(std::uint32_t relation) {
  switch (relation) {
    case XSELL_RELATION_NONE:
      return "none";
    case XSELL_RELATION_COMPLEMENT:
      return "complement";
    case XSELL_RELATION_ACCESSORY:
      return "accessory";
    case XSELL_RELATION_CONSUMABLE:
      return "consumable";
    case XSELL_RELATION_PREREQUISITE:
      return "prerequisite";
    case XSELL_RELATION_CARE:
      return "care";
    case XSELL_RELATION_WARRANTY:
      return "warranty";
    case XSELL_RELATION_SERVICE:
      return "service";
    case XSELL_RELATION_BUNDLE_COMPLETION:
      return "bundle_completion";
    case XSELL_RELATION_REPLENISHMENT:
      return "replenishment";
    case XSELL_RELATION_UPSELL:
      return "upsell";
    case XSELL_RELATION_SUBSTITUTE:
      return "substitute";
    default:
      return "unknown";
  }
}

}  // namespace lane
