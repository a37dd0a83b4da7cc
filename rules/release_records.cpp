#include "rules/release_records.h"

#include <algorithm>
#include <vector>

#include "rules/rule_record.h"

namespace xsell::rules {
namespace {

// Both in order.
RecordList replaced(const RecordList& older, std::span<const std::string_view> names,
                    const RecordList& newer) {
  RecordList merged;
  std::size_t next = 0;
  auto name = names.begin();
  const auto add_newer_before = [&](const std::string_view* end) {
    for (; next < newer.size() && (end == nullptr || newer.name(next) <= *end); ++next) {
      merged.add(newer.name(next), newer.record(next));
    }
  };
  for (std::size_t i = 0; i < older.size(); ++i) {
    const std::string_view own = older.name(i);
    add_newer_before(&own);
    while (name != names.end() && *name < own) ++name;
    if (name == names.end() || *name != own) merged.add(own, older.record(i));
  }
  add_newer_before(nullptr);
  return merged;
}

}  // namespace

bool has_record(std::string_view line_id) {
  return std::any_of(kRecordPrefixes.begin(), kRecordPrefixes.end(),
                     [&](std::string_view prefix) { return line_id.starts_with(prefix); });
}

void RecordLists::replace(std::span<const std::string> line_ids, const RecordLists& newer) {
  for (std::size_t kind = 0; kind < lists_.size(); ++kind) {
    std::vector<std::string_view> names;
    for (const std::string_view id : line_ids) {
      const std::string_view prefix = kRecordPrefixes[kind];
      if (id.starts_with(prefix)) names.push_back(id.substr(prefix.size()));
    }
    if (!names.empty()) lists_[kind] = replaced(lists_[kind], names, newer.lists_[kind]);
  }
}

ReleaseRecords ReleaseRecords::tidied() const {
  ReleaseRecords tidy;
  for (const RecordKind kind : {RecordKind::category, RecordKind::item, RecordKind::pair}) {
    tidy.lists.of(kind) = lists.of(kind);
  }
  const RecordList& rules = lists.of(RecordKind::rule);
  std::vector<std::uint32_t> known(parts.size(), kNoId);
  RuleRecord rule;
  std::string packed;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    PackReader(rules.record(i))(rule);
    for_each_part(rule, [&](Part& part) {
      if (part.is_none()) return;
      std::uint32_t& id = known[part.id];
      if (id == kNoId) id = tidy.parts.add(parts.text(part.id));
      part.id = id;
    });
    packed.clear();
    PackWriter pack(packed);
    pack(rule);
    tidy.lists.of(RecordKind::rule).add(rules.name(i), packed);
  }
  return tidy;
}

void write_records(const ReleaseRecords& records, const ByteSink& sink) {
  FlatWriter write(sink);
  write(kRecordsFormat, records);
}

std::optional<ReleaseRecords> read_records(std::uint64_t size, const ByteSource& source) {
  ReleaseRecords records;
  FlatReader read(size, source);
  std::uint64_t format = 0;
  read(format);
  if (format != kRecordsFormat) return std::nullopt;
  read(records);
  return read.is_at_end() ? std::optional(std::move(records)) : std::nullopt;
}

}  // namespace xsell::rules
