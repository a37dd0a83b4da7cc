// Packed records of any bytes: read without running over their end, and what was read packs and
// reads again as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "rules/packed_model.h"
#include "rules/rule_record.h"

namespace {

using namespace xsell::rules;

template <class Record>
std::string packed(const Record& record) {
  std::string bytes;
  PackWriter pack(bytes);
  pack(record);
  return bytes;
}

template <class Record>
void read(std::string_view bytes) {
  Record record;
  PackReader reader(bytes);
  reader(record);
  if (!reader.is_at_end()) return;
  const std::string first = packed(record);
  Record again;
  PackReader second(first);
  second(again);
  if (!second.is_at_end() || packed(again) != first) std::abort();
}

}  // namespace

// The first byte says what the others are taken for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
    case 0:
      read<RuleRecord>(bytes);
      break;
    case 1:
      read<Item>(bytes);
      break;
    case 2:
      read<Category>(bytes);
      break;
    case 3:
      read<MinedPair>(bytes);
      break;
    default:
      read<Audience>(bytes);
  }
  return 0;
}
