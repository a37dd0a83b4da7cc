// A workload as the product's own documents: items with GTINs, categories, rules.
//   - an offer of a category is an item that stands for it, offered while the basket holds no unit
//     of the category
//   - the basket's group and segment are segments of its customer
//   - relations permit the same class, scores are probabilities in the order of the workload's
#ifndef XSELL_TESTS_TOOLS_BENCH_DOCUMENTS_H_
#define XSELL_TESTS_TOOLS_BENCH_DOCUMENTS_H_

#include <string>
#include <string_view>

#include "rules/catalogue.h"
#include "rules/model.h"
#include "tests/tools/bench/workload.h"

namespace xsell::bench {

enum class Pacing { off, on };

std::string gtin_of(int item);
std::string category_code(int category);
std::string group_name(int group);
std::string segment_name(int segment);

rules::Policy policy_of(Pacing pacing);
rules::Catalogue catalogue_of(const Workload& workload);

// Turns record after record into one rule whose memory is used again.
class RuleWriter {
 public:
  RuleWriter(const Workload& workload, Pacing pacing);
  const rules::Rule& write(const RuleRecord& record);

 private:
  void put_selection(rules::ItemSelector& selector, int item, int category);
  void put_trigger(rules::Condition& condition, const RuleRecord& record);
  rules::Condition& next_part();

  std::vector<rules::ItemKey> keys_;
  std::vector<rules::ItemKey> category_keys_;
  std::vector<std::string> codes_, groups_, segments_;
  rules::Rule rule_;
  std::size_t part_count_ = 0;
};

// The number of the record that a rule was made of.
std::uint32_t record_number(std::string_view rule_id);

}  // namespace xsell::bench

#endif  // XSELL_TESTS_TOOLS_BENCH_DOCUMENTS_H_
