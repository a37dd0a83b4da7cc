// What a benchmark replays: a catalogue, baskets and N rules, all drawn from one seed. In a folder
// they are catalog.bin (category, brand, price of each item), baskets.bin and baskets_big.bin
// (group, segment, weekday, minute, count, items), and rules_KIND_N.bin (records as below), or the
// same as catalog.json, baskets.json, baskets_big.json and rules_KIND_N.jsonl.
// Fails: throws std::runtime_error that names the file.
#ifndef XSELL_TESTS_TOOLS_BENCH_WORKLOAD_H_
#define XSELL_TESTS_TOOLS_BENCH_WORKLOAD_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace xsell::bench {

struct CatalogItem {
  std::int32_t category = 0;
  std::int32_t brand = 0;
  std::int32_t price_minor = 0;
};

struct Basket {
  std::int32_t group = 0;
  std::int32_t segment = 0;
  std::int32_t weekday = 0;  // 0: Monday
  std::int32_t minute = 0;   // of the day
  std::vector<std::int32_t> items;
};

// -1 in a field: the rule does not ask for it.
struct RuleRecord {
  std::int32_t id = 0;
  std::int32_t score = 0;  // all different; the higher wins
  std::int32_t item1 = -1;
  std::int32_t item2 = -1;
  std::int32_t category = -1;
  std::int32_t min_quantity = -1;  // of the category
  std::int32_t min_total_minor = -1;
  std::int32_t absent_item = -1;
  std::int32_t absent_category = -1;
  std::int16_t from_minute = -1;
  std::int16_t to_minute = -1;
  std::int8_t weekdays = -1;  // one bit a day
  std::int8_t group = -1;
  std::int8_t segment = -1;
  std::int8_t unused = 0;
  std::int32_t offer = 0;  // an item, or ~category
};
static_assert(sizeof(RuleRecord) == 48);

struct Workload {
  std::vector<CatalogItem> items;
  std::vector<Basket> baskets;
  std::vector<RuleRecord> rules;
  int category_count = 0;
};

struct WorkloadName {
  std::string folder;
  std::string kind;  // flat, zipf or cond
  int rule_count = 0;
  bool is_big = false;  // the long baskets
};

Workload read_workload(const WorkloadName& name);

// Writes a workload of the same shape: 30,000 items in 400 categories, 1,000 baskets of 12 lines on
// average and 20 of 200 lines. flat: rules ask for items evenly; zipf: for popular ones mostly;
// cond: as zipf, most of them limited to a group, a segment or hours of the day.
void write_workload(const WorkloadName& name, std::uint64_t seed);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_WORKLOAD_H_
