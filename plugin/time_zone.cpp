#include "plugin/time_zone.h"

#include <algorithm>

#include "offline_cache/data_folder.h"

namespace xsell::plugin {
namespace {

constexpr size_t kHeaderSize = 44;
constexpr size_t kTypeSize = 6;

int64_t read_big_endian(std::string_view bytes, size_t at, size_t size) {
  uint64_t value = static_cast<unsigned char>(bytes[at]) >= 128 ? ~uint64_t{0} : 0;
  for (size_t i = 0; i < size; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  }
  return static_cast<int64_t>(value);
}

struct Counts {
  size_t utc_flags, standard_flags, leaps, times, types, names;

  size_t data_size(size_t time_size) const {
    return times * (time_size + 1) + types * kTypeSize + names + leaps * (time_size + 4) +
           standard_flags + utc_flags;
  }
};

std::optional<Counts> read_header(std::string_view bytes, size_t at) {
  if (bytes.size() < at + kHeaderSize || bytes.substr(at, 4) != "TZif") return std::nullopt;
  size_t counts[6];
  for (size_t i = 0; i < 6; ++i) {
    counts[i] = static_cast<uint32_t>(read_big_endian(bytes, at + 20 + 4 * i, 4));
    if (counts[i] > 65536) return std::nullopt;
  }
  return Counts{counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]};
}

}  // namespace

std::optional<TimeZone> TimeZone::find(const std::string& iana_name) {
  const bool is_plain =
      !iana_name.empty() && iana_name.front() != '/' && iana_name.find("..") == std::string::npos;
  if (!is_plain) return std::nullopt;
  try {
    const auto bytes = offline_cache::read_file("/usr/share/zoneinfo/" + iana_name, 1 << 20);
    return bytes ? parse(*bytes) : std::nullopt;
  } catch (const offline_cache::StorageError&) {
    return std::nullopt;
  }
}

std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
  // Version 2 and later repeat everything with 64-bit times behind the 32-bit part.
  std::optional<Counts> counts = read_header(bytes, 0);
  if (!counts || bytes[4] < '2') return std::nullopt;
  size_t at = kHeaderSize + counts->data_size(4);
  counts = read_header(bytes, at);
  if (!counts || counts->types == 0) return std::nullopt;
  at += kHeaderSize;
  if (bytes.size() < at + counts->data_size(8)) return std::nullopt;

  const size_t indexes = at + 8 * counts->times;
  const size_t types = indexes + counts->times;
  const auto offset_of = [&](size_t type) {
    return static_cast<int32_t>(read_big_endian(bytes, types + kTypeSize * type, 4));
  };
  TimeZone zone;
  zone.first_offset_s_ = offset_of(0);
  for (size_t i = 0; i < counts->times; ++i) {
    const auto type = static_cast<unsigned char>(bytes[indexes + i]);
    if (type >= counts->types) return std::nullopt;
    zone.transitions_s_.push_back(read_big_endian(bytes, at + 8 * i, 8));
    zone.offsets_s_.push_back(offset_of(type));
  }
  return zone;
}

int32_t TimeZone::utc_offset_s(int64_t utc_time_s) const {
  const auto next = std::upper_bound(transitions_s_.begin(), transitions_s_.end(), utc_time_s);
  if (next == transitions_s_.begin()) return first_offset_s_;
  return offsets_s_[static_cast<size_t>(next - transitions_s_.begin()) - 1];
}

}  // namespace xsell::plugin
