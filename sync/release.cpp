#include "sync/release.h"

#include <algorithm>
#include <string_view>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"

namespace xsell::sync {
namespace {

uint64_t positive(const rules::JsonValue& xsell, std::string_view name) {
  const auto* value = xsell.find(name);
  return value != nullptr && value->is_integer() && value->integer > 0
             ? static_cast<uint64_t>(value->integer)
             : 0;
}

std::optional<Sha256> hash(const rules::JsonValue& xsell, std::string_view name) {
  const auto* value = xsell.find(name);
  return value != nullptr && value->is_string() ? sha256_from_hex(value->text) : std::nullopt;
}

// What all kinds say of themselves.
struct Description {
  std::string kind;
  uint64_t version = 0;
  Sha256 state_hash{};
  rules::JsonValue xsell;
};

std::optional<Description> describe(const tuf::TargetFile& file) {
  const auto custom = rules::read_json(file.custom, {.integers_only = true});
  const auto* xsell = custom.value.find("xsell");
  if (xsell == nullptr || !tuf::is_safe_target_name(file.name)) return std::nullopt;
  const auto* kind = xsell->find("kind");
  const uint64_t version = positive(*xsell, "version");
  const auto state_hash = hash(*xsell, "state_hash");
  if (kind == nullptr || !kind->is_string() || version == 0 || !state_hash) return std::nullopt;
  return Description{kind->text, version, *state_hash, *xsell};
}

}  // namespace

const ReleaseDelta* Release::delta_from(const Sha256& base_state_hash) const {
  const auto found = std::find_if(deltas.begin(), deltas.end(), [&](const ReleaseDelta& delta) {
    return delta.from_state_hash == base_state_hash;
  });
  return found == deltas.end() ? nullptr : &*found;
}

std::vector<Release> releases(const tuf::Targets& targets) {
  std::vector<Release> found;
  std::vector<std::pair<Description, const tuf::TargetFile*>> deltas;
  for (const auto& [name, file] : targets.files) {
    auto description = describe(file);
    if (!description) continue;
    if (description->kind == "bundle") {
      const auto* salt = description->xsell.find("rollout_salt");
      found.push_back({.file = file,
                       .version = description->version,
                       .state_hash = description->state_hash,
                       .spread_s = static_cast<uint32_t>(std::min<uint64_t>(
                           positive(description->xsell, "spread_s"), UINT32_MAX)),
                       .rollout_salt = salt != nullptr ? salt->text : std::string()});
    } else if (description->kind == "delta") {
      deltas.emplace_back(std::move(*description), &file);
    }
  }
  for (const auto& [description, file] : deltas) {
    const auto base = hash(description.xsell, "from_state_hash");
    for (Release& release : found) {
      if (base && release.version == description.version &&
          release.state_hash == description.state_hash) {
        release.deltas.push_back({*file, positive(description.xsell, "from_version"), *base});
      }
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Release& a, const Release& b) { return a.version > b.version; });
  return found;
}

std::optional<Release> newest_release(const tuf::Targets& targets) {
  std::vector<Release> all = releases(targets);
  if (all.empty()) return std::nullopt;
  return std::move(all.front());
}

std::string release_custom(uint64_t version, const Sha256& state_hash, uint32_t spread_s,
                           std::string_view rollout_salt) {
  std::string salt;
  if (!rollout_salt.empty()) {
    salt = R"("rollout_salt":)";
    rules::append_json_string(salt, rollout_salt);
    salt += ',';
  }
  return R"({"xsell":{"kind":"bundle",)" + salt + R"("spread_s":)" + std::to_string(spread_s) +
         R"(,"state_hash":")" + to_hex(state_hash) + R"(","version":)" + std::to_string(version) +
         "}}";
}

std::string delta_custom(uint64_t from_version, const Sha256& from_state_hash, uint64_t version,
                         const Sha256& state_hash) {
  return R"({"xsell":{"from_state_hash":")" + to_hex(from_state_hash) + R"(","from_version":)" +
         std::to_string(from_version) + R"(,"kind":"delta","state_hash":")" + to_hex(state_hash) +
         R"(","version":)" + std::to_string(version) + "}}";
}

}  // namespace xsell::sync
