#include "plugin/prompt_writer.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "plugin/text_cut.h"

namespace xsell::plugin {
namespace {

constexpr uint32_t kFirstListSize = sizeof(xsell_prompt_list);
constexpr uint32_t kFirstPromptSize = sizeof(xsell_prompt);

static_assert(static_cast<int>(rules::Relation::complement) == XSELL_RELATION_COMPLEMENT - 1);
static_assert(static_cast<int>(rules::Relation::substitute) == XSELL_RELATION_SUBSTITUTE - 1);
static_assert(static_cast<int>(rules::PromptKind::information) == XSELL_PROMPT_INFORMATION);
static_assert(static_cast<int>(rules::PromptMode::customer_display) == XSELL_MODE_CUSTOMER_DISPLAY);
static_assert(rules::kMaxAnswerPrompts == XSELL_MAX_PROMPTS);

uint32_t relation_of(const rules::Prompt& prompt) {
  if (prompt.kind == rules::PromptKind::information && prompt.item.empty()) {
    return XSELL_RELATION_NONE;
  }
  return static_cast<uint32_t>(prompt.relation) + 1;
}

uint32_t moment_of(const rules::Prompt& prompt) {
  if (prompt.moment & rules::kMomentSubtotal) return XSELL_MOMENT_SUBTOTAL;
  if (prompt.moment & rules::kMomentInquiry) return XSELL_MOMENT_INQUIRY;
  if (prompt.moment & rules::kMomentAfterSale) return XSELL_MOMENT_AFTER_SALE;
  return XSELL_MOMENT_LINE_ADDED;
}

uint32_t direction_of(std::string_view language) {
  constexpr std::string_view kRightToLeft[] = {"ar", "dv", "fa", "he", "ks", "ku",
                                               "ps", "sd", "ug", "ur", "yi"};
  const std::string_view primary = language.substr(0, language.find('-'));
  return std::find(std::begin(kRightToLeft), std::end(kRightToLeft), primary) !=
                 std::end(kRightToLeft)
             ? XSELL_TEXT_RIGHT_TO_LEFT
             : XSELL_TEXT_LEFT_TO_RIGHT;
}

// Texts end with a zero and what stands behind it is undefined, so only the numbers are written
// whole.
void fill(const rules::Prompt& from, xsell_prompt& to) noexcept {
  to.struct_size = sizeof(xsell_prompt);
  to.flags = 0;
  if (from.has_price) to.flags |= XSELL_PROMPT_PRICE_KNOWN;
  if (from.on_hand_milli >= 0) to.flags |= XSELL_PROMPT_STOCK_KNOWN;
  if (from.is_required) to.flags |= XSELL_PROMPT_REQUIRED;
  to.prompt = from.prompt_id;
  to.rule_set_version = from.rule_set_version;
  to.relation = relation_of(from);
  to.kind = static_cast<uint32_t>(from.kind);
  to.mode = static_cast<uint32_t>(from.mode);
  to.moment = moment_of(from);
  to.quantity_milli = from.quantity_milli;
  to.price_minor = from.has_price ? from.price_minor : 0;
  to.saving_minor = from.saving_minor;
  to.stock_milli = std::max<int64_t>(from.on_hand_milli, 0);
  to.benefit_kind = from.promotion.empty() ? XSELL_BENEFIT_NONE : XSELL_BENEFIT_PROMOTION;
  to.show_ms = static_cast<uint32_t>(std::clamp(from.timeout_seconds, 0, 86'400)) * 1000;
  to.minimum_customer_age = static_cast<uint32_t>(std::max(from.minimum_customer_age, 0));
  to.text_direction = direction_of(from.language);
  to.experiment_arm =
      from.arm == rules::ExperimentArm::kTreated ? XSELL_ARM_TREATED : XSELL_ARM_NONE;
  to.trigger_count =
      static_cast<uint32_t>(std::min<size_t>(from.trigger_lines.size(), XSELL_PROMPT_MAX_TRIGGERS));
  std::fill(std::begin(to.trigger_lines), std::end(to.trigger_lines), 0);
  std::copy_n(from.trigger_lines.begin(), to.trigger_count, to.trigger_lines);
  copy_cut(to.currency, from.currency);
  copy_cut(to.language, from.language);
  copy_cut(to.rule_id, from.rule_id);
  copy_cut(to.item, from.item);
  copy_cut(to.description, from.description);
  copy_cut(to.operator_text, from.operator_text);
  copy_cut(to.customer_text, from.customer_text);
  copy_cut(to.reason, from.reason);
  const size_t row_end = from.line_display.find('\n');
  copy_cut(to.line_display_1, from.line_display.substr(0, row_end));
  copy_cut(to.line_display_2, row_end == std::string_view::npos
                                  ? std::string_view()
                                  : from.line_display.substr(row_end + 1));
  copy_cut(to.promotion, from.promotion);
  copy_cut(to.location, from.location);
  copy_cut(to.experiment, from.experiment);
}

}  // namespace

xsell_status prepare(xsell_prompt_list* list) noexcept {
  if (!list) return XSELL_OK;
  if (list->struct_size < kFirstListSize) return XSELL_ERROR_STRUCT_SIZE;
  list->count = 0;
  list->rule_set_version = 0;
  if (list->capacity == 0) return XSELL_OK;
  if (!list->items || reinterpret_cast<uintptr_t>(list->items) % alignof(xsell_prompt) != 0) {
    return XSELL_ERROR_ARGUMENT;
  }
  if (list->item_size < kFirstPromptSize) return XSELL_ERROR_STRUCT_SIZE;
  return list->item_size % alignof(xsell_prompt) == 0 ? XSELL_OK : XSELL_ERROR_ARGUMENT;
}

void PromptWriter::write(const rules::Answer& answer, uint64_t rule_set_version,
                         xsell_prompt_list* list) noexcept {
  if (!list) return;
  list->rule_set_version = rule_set_version;
  list->count = static_cast<uint32_t>(std::min<size_t>(answer.count, list->capacity));
  char* at = static_cast<char*>(list->items);
  for (uint32_t i = 0; i < list->count; ++i, at += list->item_size) {
    const rules::Prompt& prompt = answer.view()[i];
    auto* out = reinterpret_cast<xsell_prompt*>(at);
    if (prompt.wording == 0) {
      fill(prompt, *out);
    } else {
      std::memcpy(out, &written(answer, prompt), sizeof *out);
    }
    std::memset(at + sizeof(xsell_prompt), 0, list->item_size - sizeof(xsell_prompt));
  }
}

const xsell_prompt& PromptWriter::written(const rules::Answer& answer,
                                          const rules::Prompt& prompt) noexcept {
  const auto has_wording = [](uint64_t wording) {
    return [wording](const auto& other) { return other.wording == wording; };
  };
  const auto known = std::find_if(kept_.begin(), kept_.end(), has_wording(prompt.wording));
  if (known != kept_.end()) return known->prompt;
  const auto prompts = answer.view();
  const auto unused = std::find_if(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return std::none_of(prompts.begin(), prompts.end(), has_wording(kept.wording));
  });
  Kept& kept = unused == kept_.end() ? kept_.front() : *unused;
  fill(prompt, kept.prompt);
  kept.wording = prompt.wording;
  return kept.prompt;
}

}  // namespace xsell::plugin
