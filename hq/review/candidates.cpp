#include "hq/review/candidates.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "hq/errors.h"
#include "hq/local_time.h"

namespace xsell::hq {
namespace {

std::vector<ReviewCandidate> read_pairs(const Json& document, const std::string& path) {
  std::vector<ReviewCandidate> candidates;
  if (!document.contains("pairs")) return candidates;
  for (const Json& pair : document["pairs"]) {
    ReviewCandidate one;
    try {
      one.pair = {pair.at("trigger").get<std::string>(), pair.at("offer").get<std::string>()};
      one.joint_count = pair.at("joint_count").get<std::uint32_t>();
      one.trigger_count = pair.at("trigger_count").get<std::uint32_t>();
      one.offer_count = pair.at("offer_count").get<std::uint32_t>();
      one.basket_count = pair.at("basket_count").get<std::uint32_t>();
      one.weight = pair.value("weight", std::int64_t{0});
      one.boost_milli = static_cast<std::int32_t>(std::lround(1000 * pair.value("boost", 1.0)));
    } catch (const Json::exception&) {
      throw Refused(fmt::format("{}: a pair lacks its counts; see 'xsell-hq lint {}'", path, path));
    }
    if (one.trigger_count == 0 || one.offer_count == 0 || one.basket_count == 0) {
      throw Refused(fmt::format("{}: a pair counts 0 baskets; see 'xsell-hq lint {}'", path, path));
    }
    one.triggers = {one.pair.first};
    one.place = candidates.size();
    candidates.push_back(std::move(one));
  }
  return candidates;
}

// Counts from the evidence, which has shares with six decimals.
std::optional<ReviewCandidate> candidate_of(const Json& rule, std::uint32_t basket_count) {
  try {
    if (rule.value("source", "") != "mined") return std::nullopt;
    const Json& all = rule.at("condition").at("all");
    ReviewCandidate one;
    for (const Json& part : all) {
      const Json& items = part.at("basket_has").at("items");
      if (items.size() != 1) return std::nullopt;
      one.triggers.push_back(items[0].get<std::string>());
    }
    if (one.triggers.size() != 2) return std::nullopt;
    one.pair = {PairReviews::both(one.triggers[0], one.triggers[1]),
                rule.at("offers").at(0).at("items").at(0).get<std::string>()};
    const Json& evidence = rule.at("evidence");
    const auto share = [&](const char* name) { return evidence.at(name).get<double>(); };
    one.joint_count = evidence.at("joint_count").get<std::uint32_t>();
    const auto count = [](double value) { return static_cast<std::uint32_t>(std::lround(value)); };
    one.basket_count = basket_count > 0 ? basket_count : count(one.joint_count / share("support"));
    one.trigger_count = count(one.joint_count / share("confidence"));
    one.offer_count = count(share("confidence") * one.basket_count / share("lift"));
    const double confidence = share("confidence");
    one.weight = std::lround(-std::log1p(-0.6 * confidence * confidence) * 65536);
    if (one.trigger_count == 0 || one.offer_count == 0) return std::nullopt;
    return one;
  } catch (const Json::exception&) {
    return std::nullopt;  // a rule that somebody wrote
  }
}

void add_rules(const Json& document, std::vector<ReviewCandidate>& candidates) {
  const std::uint32_t basket_count = candidates.empty() ? 0 : candidates.front().basket_count;
  const auto rules = document.find("rules");
  if (rules == document.end() || !rules->is_array()) return;
  for (std::size_t place = 0; place < rules->size(); ++place) {
    if (auto one = candidate_of((*rules)[place], basket_count)) {
      one->place = place;
      candidates.push_back(std::move(*one));
    }
  }
}

}  // namespace

std::vector<ReviewCandidate> read_candidates(const Json& document, const std::string& path) {
  std::vector<ReviewCandidate> candidates = read_pairs(document, path);
  add_rules(document, candidates);
  return candidates;
}

void find_examples(HqStore& store, std::vector<ReviewCandidate*> wanted, std::size_t count) {
  std::unordered_map<std::string, std::vector<ReviewCandidate*>> by_trigger;
  for (ReviewCandidate* candidate : wanted) by_trigger[candidate->triggers[0]].push_back(candidate);
  std::size_t missing = wanted.size();
  std::vector<std::string> items;
  std::string name;
  std::int64_t basket_id = -1;
  const auto finish_basket = [&] {
    for (const std::string& item : items) {
      const auto found = by_trigger.find(item);
      if (found == by_trigger.end()) continue;
      for (ReviewCandidate* candidate : found->second) {
        if (candidate->examples.size() == count) continue;
        const auto is_here = [&](const std::string& key) {
          return std::find(items.begin(), items.end(), key) != items.end();
        };
        if (!is_here(candidate->pair.second) || !is_here(candidate->triggers.back())) continue;
        candidate->examples.push_back(name);
        if (candidate->examples.size() == count) --missing;
      }
    }
    items.clear();
  };
  auto rows = store.prepare(
      "SELECT b.basket_id, b.basket, b.local_time_s, i.item FROM baskets b "
      "CROSS JOIN basket_lines l USING (basket_id) CROSS JOIN items i USING (item_id) "
      "WHERE l.quantity_milli > 0 ORDER BY b.local_time_s DESC, b.basket_id DESC, l.line");
  while (missing > 0 && rows.step()) {
    if (rows.column_int64(0) != basket_id) {
      finish_basket();
      basket_id = rows.column_int64(0);
      name = fmt::format("{} ({})", rows.column_text(1), format_date(rows.column_int64(2)));
    }
    items.emplace_back(rows.column_text(3));
  }
  finish_basket();
}

std::string shown(const ItemNames& names, const std::string& key) {
  const auto found = names.find(key);
  return found == names.end() || found->second.empty() ? key : found->second;
}

std::string shown_triggers(const ItemNames& names, const ReviewCandidate& one) {
  std::string text = shown(names, one.triggers[0]);
  if (one.is_rule()) text += " and " + shown(names, one.triggers[1]);
  return text;
}

}  // namespace xsell::hq
