#include "hq/review/decisions.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "hq/csv_field.h"
#include "hq/errors.h"
#include "hq/import/table_rows.h"
#include "hq/output_file.h"
#include "rules/item_key.h"

namespace xsell::hq {
namespace {

// The key of a trigger, or two keys with > between them.
std::optional<std::string> parse_trigger(std::string_view text) {
  const std::size_t at = text.find('>');
  const auto first = rules::ItemKey::from_text(text.substr(0, at));
  if (!first || at == std::string::npos) {
    return first ? std::optional(first->text()) : std::nullopt;
  }
  const auto second = rules::ItemKey::from_text(text.substr(at + 1));
  return second ? std::optional(PairReviews::both(first->text(), second->text())) : std::nullopt;
}

enum DecisionRole : std::size_t { kTrigger, kOffer, kDecision, kOperatorText, kNote };

const std::array<ColumnRole, 5> kDecisionRoles = {{
    {"trigger", true, {}},
    {"offer", true, {}},
    {"decision", true, {}},
    {"operator_text", false, {}},
    {"note", false, {}},
}};

}  // namespace

PairReviews::Pair parse_pair(const std::string& text) {
  const std::size_t at = text.rfind('>');
  const auto trigger = parse_trigger(text.substr(0, at));
  const auto offer =
      rules::ItemKey::from_text(at == std::string::npos ? std::string() : text.substr(at + 1));
  if (!trigger || !offer) {
    throw UsageError(
        fmt::format("'{}' is no pair: write TRIGGER>OFFER, or TRIGGER>TRIGGER>OFFER", text));
  }
  return {*trigger, offer->text()};
}

Reviews read_decisions(const std::string& path, BadLines& bad) {
  Reviews decisions;
  CsvReader reader(ByteSource::open(path));
  read_table(reader, path, kDecisionRoles, {}, bad, [&](const TableRow& row) -> const char* {
    if (row.text(kDecision).empty()) return nullptr;  // not decided yet
    const auto trigger = parse_trigger(row.text(kTrigger));
    const auto offer = rules::ItemKey::from_text(row.text(kOffer));
    if (!trigger || !offer) return "trigger or offer is no item id";
    PairReview review;
    try {
      review.decision = parse_decision(row.text(kDecision));
    } catch (const UsageError&) {
      return "the decision is none of accept, reject, edit";
    }
    review.operator_text = row.text(kOperatorText);
    review.note = row.text(kNote);
    if (review.decision == PairDecision::edit && review.operator_text.empty()) {
      return "an edited pair needs its operator_text";
    }
    decisions[{*trigger, offer->text()}] = std::move(review);
    return nullptr;
  });
  return decisions;
}

void write_decisions(const std::string& path, const std::vector<ReviewCandidate*>& candidates,
                     const Reviews& reviews, const ItemNames& names) {
  OutputFile file(path);
  file.stream()
      << "trigger,offer,decision,operator_text,note,trigger_name,offer_name,together,confidence,"
         "lift\n";
  for (const ReviewCandidate* one : candidates) {
    const auto found = reviews.find(one->pair);
    const PairReview review = found == reviews.end() ? PairReview() : found->second;
    file.stream() << fmt::format("{},{},{},{},{},{},{},{},{:.4f},{:.2f}\n",
                                 csv_field(one->pair.first), csv_field(one->pair.second),
                                 decision_of(reviews, *one), csv_field(review.operator_text),
                                 csv_field(review.note), csv_field(shown_triggers(names, *one)),
                                 csv_field(shown(names, one->pair.second)), one->joint_count,
                                 one->confidence(), one->lift());
  }
  file.close();
}

std::string decision_of(const Reviews& reviews, const ReviewCandidate& one) {
  const auto found = reviews.find(one.pair);
  return found == reviews.end() ? "" : std::string(name_of(found->second.decision));
}

}  // namespace xsell::hq
