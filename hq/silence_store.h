// Why rules stayed silent at the lanes: counts by rule, reason and version of the rule set.
// Lanes report the whole count of each use of a rule set again and again, so that a report that is
// lost, or comes twice, changes nothing. Threads: those of its HqStore. Fails: StorageError.
#ifndef XSELL_HQ_SILENCE_STORE_H_
#define XSELL_HQ_SILENCE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/store.h"
#include "rules/strict_json.h"

namespace xsell::hq {

// What may be in a report; the rest of a longer one is passed over.
inline constexpr std::size_t kMaxSilenceCounts = 8;
inline constexpr std::size_t kMaxSilenceRows = 500;

struct SilenceFilter {
  std::optional<std::string> rule = {};
  std::optional<std::uint64_t> version = {};
  std::optional<std::string> store = {};
};

struct SilenceRow {
  std::string rule;
  std::string reason;
  std::uint64_t version = 0;
  std::uint64_t count = 0;
  std::uint64_t lanes = 0;
};

class SilenceStore {
 public:
  explicit SilenceStore(HqStore& store) : store_(store) {}

  // `silence` as a lane's health tells it; what is not of that form is passed over.
  void record(std::string_view device, const rules::JsonValue& silence, std::int64_t now_s);

  // Summed up over lanes, the highest counts first.
  std::vector<SilenceRow> sums(const SilenceFilter& filter);

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SILENCE_STORE_H_
