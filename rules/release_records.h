// The lines of a release, read once: of each category, item, pair and rule a packed record, so that
// only lines that change are read from JSON again. A record says what its line says and depends on
// nothing else: not on the lane, the policy or other lines. Policy and item sets, a few lines, have
// none. Threads: one at a time.
#ifndef XSELL_RULES_RELEASE_RECORDS_H_
#define XSELL_RULES_RELEASE_RECORDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/flat_archive.h"
#include "rules/text_table.h"

namespace xsell::rules {

// Records in the order of their names: the lines' ids without the kind.
class RecordList {
 public:
  void add(std::string_view name, std::string_view record) {
    bytes_ += name;
    ends_.push_back({bytes_.size(), bytes_.size() + record.size()});
    bytes_ += record;
  }
  std::size_t size() const { return ends_.size(); }
  std::string_view name(std::size_t i) const {
    const std::uint64_t begin = i == 0 ? 0 : ends_[i - 1].record;
    return {bytes_.data() + begin, ends_[i].name - begin};
  }
  std::string_view record(std::size_t i) const {
    return {bytes_.data() + ends_[i].name, ends_[i].record - ends_[i].name};
  }

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.bytes_, self.ends_);
  }

 private:
  struct Ends {
    std::uint64_t name;
    std::uint64_t record;
  };
  std::string bytes_;  // each name with its record behind it
  std::vector<Ends> ends_;
};

enum class RecordKind : std::uint8_t { category, item, pair, rule };
inline constexpr std::array<std::string_view, 4> kRecordPrefixes = {"category/", "item/", "pair/",
                                                                    "rule/"};

// Whether the line with this id is of a kind that has records.
bool has_record(std::string_view line_id);

class RecordLists {
 public:
  RecordList& of(RecordKind kind) { return lists_[static_cast<std::size_t>(kind)]; }
  const RecordList& of(RecordKind kind) const { return lists_[static_cast<std::size_t>(kind)]; }

  // Takes the records of these lines out and puts the newer ones in. Requires: ids and lists in
  // order; the lines of all newer records are named.
  void replace(std::span<const std::string> line_ids, const RecordLists& newer);

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.lists_);
  }

 private:
  std::array<RecordList, kRecordPrefixes.size()> lists_;
};

struct ReleaseRecords {
  TextTable parts;  // of the rules
  RecordLists lists;

  // As if made of all lines at once: without parts that no rule has any more.
  ReleaseRecords tidied() const;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.parts, self.lists);
  }
};

// To be counted up with every change of what is packed: rule_record.h, packed_model.h.
inline constexpr std::uint64_t kRecordsFormat = 1;

// As bytes and back. Only the build that wrote them can read them, on the machine where it did;
// whoever keeps them checks that they are as they were written. Nothing: another build's.
void write_records(const ReleaseRecords& records, const ByteSink& sink);
std::optional<ReleaseRecords> read_records(std::uint64_t size, const ByteSource& source);

}  // namespace xsell::rules

#endif  // XSELL_RULES_RELEASE_RECORDS_H_
