// What needs a person's eye: kept until somebody clears it, counted while it goes on.
// Threads: those of its HqStore. Fails: StorageError.
#ifndef XSELL_HQ_ALARM_STORE_H_
#define XSELL_HQ_ALARM_STORE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hq/store.h"

namespace xsell::hq {

// Names never change.
inline constexpr std::string_view kAlarmConflict = "conflict";    // subject: the device
inline constexpr std::string_view kAlarmGuessing = "guessing";    // subject: the address
inline constexpr std::string_view kAlarmWentBack = "went_back";   // subject: the device
inline constexpr std::string_view kAlarmBehind = "hq_is_behind";  // subject: this HQ

struct Alarm {
  std::string kind;
  std::string subject;
  std::int64_t first_at_s = 0;
  std::int64_t last_at_s = 0;
  std::int64_t times = 0;
  std::string detail;  // for people: what happened, and the mend
};

class AlarmStore {
 public:
  explicit AlarmStore(HqStore& store) : store_(store) {}

  void raise(std::string_view kind, std::string_view subject, std::string_view detail,
             std::int64_t now_s);
  std::vector<Alarm> all();  // the latest first
  // Returns how many were cleared; an empty subject stands for all of the kind.
  std::int64_t clear(std::string_view kind, std::string_view subject);

 private:
  HqStore& store_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_ALARM_STORE_H_
