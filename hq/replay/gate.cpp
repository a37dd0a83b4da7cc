#include "hq/replay/gate.h"

#include <fmt/format.h>

namespace xsell::hq {
namespace {

constexpr std::string_view kSetting = "publish_gate";

void read(const Json& json, const char* name, std::optional<double>& value) {
  if (json.contains(name) && !json[name].is_null()) value = json[name].get<double>();
}

Json or_null(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

}  // namespace

std::vector<std::string> Gate::broken_by(const ReplayFigures& figures) const {
  std::vector<std::string> broken;
  if (static_cast<std::int64_t>(figures.baskets) < min_baskets) {
    broken.push_back(fmt::format("there are {} baskets of the last {} days, fewer than {}",
                                 figures.baskets, days, min_baskets));
    return broken;
  }
  if (max_prompts_a_basket && figures.prompts_a_basket() > *max_prompts_a_basket) {
    broken.push_back(fmt::format("{:.2f} prompts a basket, more than {:g}",
                                 figures.prompts_a_basket(), *max_prompts_a_basket));
  }
  const double hit_percent = 100 * figures.hit_share();
  if (min_hit_percent && hit_percent < *min_hit_percent) {
    broken.push_back(
        fmt::format("{:.1f}% of the offers were bought later in that basket, less than {:g}%",
                    hit_percent, *min_hit_percent));
  }
  const double silent_percent = 100 * figures.silent_share();
  if (max_silent_percent && silent_percent > *max_silent_percent) {
    broken.push_back(fmt::format("{:.1f}% of the rules stayed silent, more than {:g}%",
                                 silent_percent, *max_silent_percent));
  }
  const double one_percent = 100 * figures.most_frequent_offer_share();
  if (max_one_offer_percent && one_percent > *max_one_offer_percent) {
    broken.push_back(fmt::format("{:.1f}% of the prompts are for one offer, more than {:g}%",
                                 one_percent, *max_one_offer_percent));
  }
  return broken;
}

Gate load_gate(HqStore& store) {
  Gate gate;
  const auto text = store.setting(kSetting);
  if (!text || text->empty()) return gate;
  const Json json = Json::parse(*text);
  read(json, "max_prompts_a_basket", gate.max_prompts_a_basket);
  read(json, "min_hit_percent", gate.min_hit_percent);
  read(json, "max_silent_percent", gate.max_silent_percent);
  read(json, "max_one_offer_percent", gate.max_one_offer_percent);
  gate.days = json.value("days", gate.days);
  gate.min_baskets = json.value("min_baskets", gate.min_baskets);
  return gate;
}

void save_gate(HqStore& store, const Gate& gate) {
  store.set_setting(kSetting, to_json(gate).dump());
}

Json to_json(const Gate& gate) {
  return {{"max_prompts_a_basket", or_null(gate.max_prompts_a_basket)},
          {"min_hit_percent", or_null(gate.min_hit_percent)},
          {"max_silent_percent", or_null(gate.max_silent_percent)},
          {"max_one_offer_percent", or_null(gate.max_one_offer_percent)},
          {"days", gate.days},
          {"min_baskets", gate.min_baskets}};
}

}  // namespace xsell::hq
