#include "plugin/outcome_keeper.h"

#include <algorithm>
#include <vector>

#include "sync/outcome_batch.h"

namespace xsell::plugin {
namespace {

constexpr size_t kGroup = 200;

offline_cache::LossClass loss_class_of(const rules::Outcome& outcome) {
  switch (outcome.kind) {
    case rules::OutcomeKind::kShown:
      // The row that tells how the prompt ended tells this too.
      return offline_cache::LossClass::kDetail;
    case rules::OutcomeKind::kBasket:
    case rules::OutcomeKind::kReturned:
    case rules::OutcomeKind::kPostVoided:
      return offline_cache::LossClass::kTotal;
    case rules::OutcomeKind::kHeldOut:
      return offline_cache::LossClass::kHeldOut;
    default:
      return offline_cache::LossClass::kOutcome;
  }
}

}  // namespace

bool OutcomeKeeper::keep() {
  bool has_kept = false;
  while (true) {
    const size_t waiting = std::min(session_.waiting_outcomes(), kGroup);
    // Taken after the outcomes are counted: a prompt id must never be older on disk than in an
    // outcome.
    if (const rules::PacingSnapshot* pacing = session_.take_pacing()) {
      pacing_.assign(reinterpret_cast<const char*>(pacing), sizeof *pacing);
    }
    if (waiting == 0 && pacing_.empty()) return has_kept;

    std::vector<std::string> texts;
    texts.reserve(waiting);
    std::vector<offline_cache::OutboxRecord> records;
    records.reserve(waiting);
    for (size_t i = 0; i < waiting; ++i) {
      const rules::Outcome& outcome = session_.outcome(i);
      texts.push_back(sync::encode_outcome(outcome));
      records.push_back({loss_class_of(outcome), outcome.transaction, texts.back()});
    }
    store_.commit(records,
                  pacing_.empty() ? std::nullopt : std::optional<std::string_view>(pacing_));
    pacing_.clear();
    session_.drop_outcomes(waiting);
    has_kept = true;
  }
}

}  // namespace xsell::plugin
