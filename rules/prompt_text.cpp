#include "rules/prompt_text.h"

#include "rules/compiled_rules.h"

namespace xsell::rules {

std::string_view text_of(const RuleIndex& index, std::uint32_t text, std::string_view language) {
  return index.texts.find(text, language, index.policy.fallback_language);
}

std::string_view key_of(const RuleIndex& index, std::uint32_t item) {
  return item == kNoId ? std::string_view() : index.items.keys.text(item);
}

RuleIdText rule_id_of(const RuleIndex& index, std::uint32_t rule) {
  if (rule < index.rule_count()) return index.rule_ids.text(rule);
  RuleIdText id;
  if (rule == kMinedRule) id.assign(kMinedRuleId);
  return id;
}

RuleIdText rule_id_of(const RuleIndex& index, const PromptRecord& record) {
  return rule_id_of(index, record.is_mined ? kMinedRule : record.rule);
}

std::string_view item_name(const RuleIndex& index, std::uint32_t item, std::string_view language) {
  if (item == kNoId) return {};
  const std::string_view name = text_of(index, index.items.name[item], language);
  return name.empty() ? index.items.keys.text(item) : name;
}

void fetch_names(const RuleIndex& index, const PromptRecord& record) {
  if (record.entry != kNoId) {
    __builtin_prefetch(&index.scores[record.entry]);
    index.rule_ids.fetch_place(record.rule);
  }
  for (const std::uint32_t item : {record.item, record.trigger_item}) {
    if (item == kNoId) continue;
    index.items.keys.fetch_place(item);
    __builtin_prefetch(&index.items.name[item]);
    __builtin_prefetch(&index.items.price_minor[item]);
  }
}

void fetch_texts(const RuleIndex& index, const PromptRecord& record) {
  if (record.entry != kNoId) index.rule_ids.fetch_text(record.rule);
  for (const std::uint32_t item : {record.item, record.trigger_item}) {
    if (item == kNoId) continue;
    index.items.keys.fetch_text(item);
    index.texts.fetch_place(index.items.name[item]);
  }
}

namespace {

const PromptForm& form_of(const RuleIndex& index, const PromptRecord& record) {
  if (!record.is_mined) return index.form_of(record.entry);
  return record.relation == Relation::replenishment ? index.replenishment_form : index.mined_form;
}

}  // namespace

void write_texts(const RuleIndex& index, const PromptRecord& record, std::string_view language,
                 PromptTextRoom& room) {
  TextValues values;
  values.offer = item_name(index, record.item, language);
  values.trigger = item_name(index, record.trigger_item, language);
  values.quantity_milli = record.quantity_milli;
  if (record.item != kNoId) values.price_minor = index.items.price_minor[record.item];
  if (record.is_benefit_confirmed) values.saving_minor = record.saving_minor;
  values.percent = record.percent;
  values.currency = index.currency;

  const auto fill_in = [&](std::uint32_t text, std::span<char> bytes) {
    return index.texts.fill_in(text, language, index.policy.fallback_language, values, bytes);
  };
  const PromptForm& form = form_of(index, record);
  room.revision = record.revision;
  room.operator_text = fill_in(form.operator_text, room.operator_bytes);
  room.customer_text = fill_in(form.customer_text, room.customer_bytes);
  room.line_display = fill_in(form.line_display, room.display_bytes);
  room.reason = fill_in(form.reason, room.reason_bytes);
}

}  // namespace xsell::rules
