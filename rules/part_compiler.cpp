#include "rules/part_compiler.h"

#include <algorithm>

#include "rules/stable_hash.h"

namespace xsell::rules {

namespace {

constexpr std::uint32_t kNotYet = 0xfffffffe;

template <typename Values, typename Value>
bool contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool intersects(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(),
                     [&](const std::string& text) { return contains(b, text); });
}

bool is_in_place(const Audience& audience, const LaneScope& scope) {
  if (contains(audience.exclude_business_units, scope.business_unit)) return false;
  if (intersects(audience.exclude_business_unit_groups, scope.business_unit_groups)) return false;
  if (audience.business_units.empty() && audience.business_unit_groups.empty()) return true;
  return contains(audience.business_units, scope.business_unit) ||
         intersects(audience.business_unit_groups, scope.business_unit_groups);
}

bool has_lane(const Audience& audience, const LaneScope& scope) {
  const auto& lanes = audience.workstation_types;
  return is_in_place(audience, scope) && (lanes.empty() || contains(lanes, scope.workstation_type));
}

}  // namespace

template <class Make>
std::uint32_t PartCompiler::once(Part part, Make make) {
  if (part.is_none()) return kNoId;
  if (part.id >= ids_.size()) ids_.resize(parts_.size(), kNotYet);
  if (ids_[part.id] == kNotYet) ids_[part.id] = make();
  return ids_[part.id];
}

template <class Value>
Value PartCompiler::unpacked(Part part) const {
  Value value;
  PackReader(value_of(parts_, part))(value);
  return value;
}

std::uint32_t PartCompiler::text(Part part) {
  return once(part, [&] {
    PackReader(value_of(parts_, part))(variants_);
    return texts_.add_once(variants_);
  });
}

std::uint32_t PartCompiler::term(Part part) {
  return once(part, [&] { return terms_.term_of(unpacked<ItemSelector>(part)); });
}

std::uint32_t PartCompiler::schedule(Part part) {
  return once(part, [&] {
    const std::size_t before = index_.schedules.size();
    const std::uint32_t id = schedules_.add(unpacked<Schedule>(part));
    if (index_.schedules.size() > before) index_.schedule_edges.add(index_.schedules.back());
    return id;
  });
}

std::uint32_t PartCompiler::segments(Part part) {
  return once(part, [&] {
    Audience audience;
    audience.segments = unpacked<SegmentTest>(part);
    return compile(audience);
  });
}

std::uint32_t PartCompiler::name(Part part) {
  return once(part, [&] { return index_.names.add(name_text(part)); });
}

std::uint32_t PartCompiler::group(Part part) {
  return once(part, [&] {
    auto& groups = index_.group_hashes;
    const std::uint64_t hash = stable_hash(name_text(part));
    const auto known = std::find(groups.begin(), groups.end(), hash);
    const auto id = static_cast<std::uint32_t>(known - groups.begin());
    if (known == groups.end()) groups.push_back(hash);
    return id;
  });
}

PartCompiler::KnownAudience& PartCompiler::known_audience(Part part) {
  const std::uint32_t at = once(part, [&] {
    const auto audience = unpacked<Audience>(part);
    known_audiences_.push_back({audience, has_lane(audience, index_.scope), kNotYet});
    return static_cast<std::uint32_t>(known_audiences_.size() - 1);
  });
  return known_audiences_[at];
}

std::uint32_t PartCompiler::audience(Part part) {
  if (part.is_none()) return kNoId;
  KnownAudience& known = known_audience(part);
  if (known.id == kNotYet) {
    const Audience& audience = known.audience;
    const bool is_for_all = audience.operator_roles.empty() && audience.segments.is_empty();
    known.id = is_for_all && audience.is_for_anonymous ? kNoId : compile(audience);
  }
  return known.id;
}

std::uint32_t PartCompiler::compile(const Audience& audience) {
  CompiledAudience compiled;
  for (const std::string& segment : audience.segments.any_of) {
    compiled.any_of.push_back(index_.names.add(segment));
  }
  for (const std::string& segment : audience.segments.none_of) {
    compiled.none_of.push_back(index_.names.add(segment));
  }
  compiled.is_for_anonymous = audience.is_for_anonymous;
  for (const std::string& role : audience.operator_roles) {
    compiled.operator_roles.push_back(index_.names.add(role));
  }
  return audiences_.add(compiled);
}

}  // namespace xsell::rules
