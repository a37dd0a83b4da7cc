// What the engine tells its trace: the same refusals that a search asks for, of every candidate.
#include "rules/lane_trace.h"

#include <algorithm>
#include <iterator>

#include "rules/lane_state.h"
#include "rules/rank_key.h"
#include "rules/stable_hash.h"

namespace xsell::rules {

std::string_view name_of(LaneSilence silence) {
  static constexpr std::string_view kNames[] = {"none",         "no_transaction", "not_a_sale",
                                                "training",     "in_tender",      "post_void",
                                                "switched_off", "opted_out"};
  return kNames[static_cast<std::size_t>(silence)];
}

LaneSilence LaneEngine::State::lane_silence() const {
  if (is_disabled) return LaneSilence::switched_off;
  if (!transaction.is_open) return LaneSilence::no_transaction;
  if (transaction.is_training) return LaneSilence::training;
  if (transaction.is_post_void) return LaneSilence::post_void;
  if (transaction.type != TransactionType::kSale) return LaneSilence::not_a_sale;
  if (transaction.is_in_tender) return LaneSilence::in_tender;
  return lane.is_opted_out ? LaneSilence::opted_out : LaneSilence::none;
}

void LaneEngine::State::note_candidates(const CandidateSearch::Scene& scene,
                                        std::span<const PostingKind> kinds,
                                        std::span<const std::uint32_t> terms) {
  verdicts.clear();
  for (const PostingKind kind : kinds) {
    if (index().list(kind).is_empty()) continue;
    for (const std::uint32_t term : terms) {
      for (const Posting& posting : index().list(kind).of(term)) {
        Verdict verdict;
        verdict.entry = posting.entry;
        verdict.rule = index().entries[posting.entry].rule;
        verdict.gate = posting.gate;
        verdict.identity = posting.identity;
        verdicts.push_back(verdict);
      }
    }
  }
  const auto is_before = [](const Verdict& a, const Verdict& b) { return a.entry < b.entry; };
  const auto is_same = [](const Verdict& a, const Verdict& b) { return a.entry == b.entry; };
  std::sort(verdicts.begin(), verdicts.end(), is_before);
  verdicts.erase(std::unique(verdicts.begin(), verdicts.end(), is_same), verdicts.end());
  for (Verdict& verdict : verdicts) {
    const Entry& entry = index().entries[verdict.entry];
    verdict.rank = rank_key_of(index(), verdict.entry);
    verdict.item = entry.item();
    for (std::size_t i = 0; i < transaction.log.live_count() && scene.pacing != nullptr; ++i) {
      const PromptRecord& open = transaction.log.live(i);
      if (!open.is_open() || open.entry != verdict.entry) continue;
      verdict.decision = Decision::stays;
      verdict.item = open.item;
    }
    if (verdict.decision == Decision::stays) continue;
    verdict.reason =
        CandidateSearch::refusal_of(scene, {verdict.entry, verdict.identity, verdict.gate});
    if (verdict.reason == DropReason::kNone && entry.is_list()) {
      DropReason ignored = DropReason::kNone;
      verdict.item = choose_item(*scene.now, entry, verdict.gate, {}, ignored);
    }
  }
}

void LaneEngine::State::note_search(const CandidateSearch::Scene& scene, const PacingGate& gate,
                                    bool is_subtotal) {
  static constexpr PostingKind kLines[] = {PostingKind::first, PostingKind::more,
                                           PostingKind::live};
  static constexpr PostingKind kSubtotal[] = {PostingKind::subtotal};
  std::vector<std::uint32_t> terms;
  for (const HeldTerm& held : basket().held_terms()) terms.push_back(held.term);
  if (is_subtotal) return note_candidates(scene, kSubtotal, terms);
  note_candidates(scene, kLines, terms);
  note_mined(*scene.now, gate);
}

void LaneEngine::State::note_inquiry(const Situation& now, const BasketLine& asked) {
  static constexpr PostingKind kInquiry[] = {PostingKind::inquiry};
  std::vector<std::uint32_t> terms;
  basket().for_each_term(asked, [&](std::uint32_t term) { terms.push_back(term); });
  note_candidates({&now, nullptr, &rules->counters(), workspace().disabled()}, kInquiry, terms);
}

void LaneEngine::State::note_mined(const Situation& now, const PacingGate& pacing_gate) {
  const PairEvidence& evidence = workspace().evidence;
  const std::size_t first = verdicts.size();
  for (const std::uint32_t item : evidence.candidates()) {
    Verdict verdict;
    verdict.rule = kMinedRule;
    verdict.item = item;
    verdict.identity = index().items.product(item);
    verdict.rank = mined_rank_key(index(), evidence.score(item));
    verdict.is_reminder = evidence.is_reminder(item);
    for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
      const PromptRecord& open = transaction.log.live(i);
      if (open.is_open() && open.is_mined && open.item == item) verdict.decision = Decision::stays;
    }
    if (verdict.decision != Decision::stays) {
      verdict.reason = refusal_of_mined_item(now, item);
      if (verdict.reason == DropReason::kNone) {
        verdict.reason =
            pacing_gate.refusal_of_mined(item, stable_hash(index().items.keys.text(item)));
      }
    }
    verdicts.push_back(verdict);
  }
  std::sort(verdicts.begin() + static_cast<std::ptrdiff_t>(first), verdicts.end(),
            [](const Verdict& a, const Verdict& b) {
              return a.rank != b.rank ? a.rank > b.rank : a.item < b.item;
            });
}

// Nothing stood against the pick but this.
void LaneEngine::State::note_refusal(const Pick& pick, DropReason reason) {
  for (Verdict& verdict : verdicts) {
    const bool is_it = pick.is_mined ? verdict.rule == kMinedRule && verdict.item == pick.item
                                     : verdict.entry == pick.entry;
    if (is_it && verdict.reason == DropReason::kNone) verdict.reason = reason;
  }
}

// What nothing was said against and that got no place gave way to those that have one.
void LaneEngine::State::settle_verdicts(std::span<const PromptRecord* const> taken,
                                        const PacingGate::Allowance& allowed) {
  const auto decision_of = [](const Verdict& verdict, const PromptRecord& record) {
    if (verdict.decision == Decision::stays) return Decision::stays;
    return record.is_hidden ? Decision::held_out : Decision::prompted;
  };
  const auto is_about = [](const Verdict& verdict, const PromptRecord& record) {
    return record.is_mined ? verdict.rule == kMinedRule && verdict.item == record.item
                           : verdict.entry == record.entry;
  };
  for (Verdict& verdict : verdicts) {
    if (verdict.reason != DropReason::kNone) continue;
    const auto own = std::find_if(taken.begin(), taken.end(), [&](const PromptRecord* record) {
      return is_about(verdict, *record);
    });
    if (own != taken.end()) {
      verdict.decision = decision_of(verdict, **own);
      verdict.item = (*own)->item;
      continue;
    }
    verdict.decision = Decision::silent;
    verdict.reason = DropReason::kOutranked;
    const std::uint32_t group =
        verdict.entry == kNoId ? kNoId : index().form_of(verdict.entry).group;
    const PromptRecord* rival = nullptr;
    for (const PromptRecord* record : taken) {
      const bool is_same_product =
          record->identity == verdict.identity ||
          (verdict.item != kNoId && record->product == index().items.product(verdict.item));
      const bool is_same_group = group != kNoId && record->group == group;
      if (is_same_group) verdict.reason = DropReason::kExclusiveGroup;
      if (is_same_group || is_same_product) rival = record;
    }
    if (rival == nullptr && taken.size() < places()) {
      const bool is_limit_known = allowed.limit != DropReason::kNone;
      verdict.reason = is_limit_known ? allowed.limit : DropReason::kTransactionCap;
    } else if (rival == nullptr && !taken.empty()) {
      rival = *std::max_element(
          taken.begin(), taken.end(),
          [](const PromptRecord* x, const PromptRecord* y) { return outranks(*x, *y); });
    }
    if (rival == nullptr) continue;
    verdict.rival_rule = rival->rule;
    verdict.rival_item = rival->item;
  }
}

void LaneEngine::State::tell_search(const Situation& now, const PacingGate::Allowance& allowed,
                                    std::uint32_t prompts_before, std::uint8_t moment) {
  std::vector<const PromptRecord*> open;
  for (std::size_t i = 0; i < transaction.log.live_count(); ++i) {
    if (transaction.log.live(i).is_open()) open.push_back(&transaction.log.live(i));
  }
  settle_verdicts(open, allowed);
  trace->on_search({now, pacing, transaction.log, allowed, prompts_before, moment}, verdicts);
}

void LaneEngine::State::tell_inquiry(const Situation& now) {
  std::vector<const PromptRecord*> answered;
  for (std::size_t i = 0; i < answer.count; ++i) answered.push_back(&inquiry_prompts[i]);
  settle_verdicts(answered, {});
  trace->on_search({now, pacing, transaction.log, {}, transaction.log.prompt_count, kMomentInquiry},
                   verdicts);
}

}  // namespace xsell::rules
