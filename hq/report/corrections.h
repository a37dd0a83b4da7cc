#ifndef XSELL_HQ_REPORT_CORRECTIONS_H_
#define XSELL_HQ_REPORT_CORRECTIONS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "hq/store.h"

namespace xsell::hq {

// A transaction by the ARTS key. Hosts that give no transaction number are told apart by their own
// id.
struct TransactionKey {
  std::string business_unit;
  std::string workstation;
  std::string business_day;
  std::int64_t number = 0;
  std::int64_t host_transaction = 0;  // only when number is 0

  auto operator<=>(const TransactionKey&) const = default;
};

// What later transactions undid: returned lines and post-voids, by the transaction they refer to.
class Corrections {
 public:
  explicit Corrections(HqStore& store);

  bool is_post_voided(const TransactionKey& key) const { return post_voided_.count(key) != 0; }
  std::int64_t returned_amount_minor(const TransactionKey& key) const;
  std::int64_t returned_quantity_milli(const TransactionKey& key, const std::string& item) const;

 private:
  std::set<TransactionKey> post_voided_;
  std::map<TransactionKey, std::int64_t> amounts_;
  std::map<std::pair<TransactionKey, std::string>, std::int64_t> quantities_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_REPORT_CORRECTIONS_H_
