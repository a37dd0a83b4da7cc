#include "rules/model_names.h"

#include <array>

namespace xsell::rules {
namespace {

constexpr std::array<Named<RuleSource>, 4> kSources = {{{"authored", RuleSource::authored},
                                                        {"mined", RuleSource::mined},
                                                        {"supplier", RuleSource::supplier},
                                                        {"regulatory", RuleSource::regulatory}}};

constexpr std::array<Named<Relation>, 11> kRelations = {
    {{"complement", Relation::complement},
     {"accessory", Relation::accessory},
     {"consumable", Relation::consumable},
     {"prerequisite", Relation::prerequisite},
     {"care", Relation::care},
     {"warranty", Relation::warranty},
     {"service", Relation::service},
     {"bundle_completion", Relation::bundle_completion},
     {"replenishment", Relation::replenishment},
     {"upsell", Relation::upsell},
     {"substitute", Relation::substitute}}};

constexpr std::array<Named<PromptKind>, 2> kPromptKinds = {
    {{"offer", PromptKind::offer}, {"information", PromptKind::information}}};

constexpr std::array<Named<PromptMode>, 5> kPromptModes = {
    {{"panel", PromptMode::panel},
     {"badge", PromptMode::badge},
     {"dialog", PromptMode::dialog},
     {"summary", PromptMode::summary},
     {"customer_display", PromptMode::customer_display}}};

constexpr std::array<Named<SelectBy>, 4> kSelectBys = {{{"score", SelectBy::score},
                                                        {"price_low", SelectBy::price_low},
                                                        {"price_high", SelectBy::price_high},
                                                        {"listed", SelectBy::listed}}};

constexpr std::array<Named<WorkstationType>, 4> kWorkstationTypes = {
    {{"staffed", WorkstationType::staffed},
     {"self_checkout", WorkstationType::self_checkout},
     {"mobile", WorkstationType::mobile},
     {"kiosk", WorkstationType::kiosk}}};

constexpr std::array<Named<AfterSaleKind>, 4> kAfterSaleKinds = {
    {{"receipt_text", AfterSaleKind::receipt_text},
     {"receipt_coupon", AfterSaleKind::receipt_coupon},
     {"operator_message", AfterSaleKind::operator_message},
     {"follow_up", AfterSaleKind::follow_up}}};

constexpr std::array<Named<AfterSaleWhen>, 3> kAfterSaleWhens = {
    {{"shown", AfterSaleWhen::shown},
     {"accepted", AfterSaleWhen::accepted},
     {"declined", AfterSaleWhen::declined}}};

constexpr std::array<Named<StalenessKeep>, 3> kStalenessKeeps = {{{"none", StalenessKeep::none},
                                                                  {"pinned", StalenessKeep::pinned},
                                                                  {"all", StalenessKeep::all}}};

constexpr std::array<Named<ExperimentUnit>, 2> kExperimentUnits = {
    {{"transaction", ExperimentUnit::transaction}, {"customer", ExperimentUnit::customer}}};

constexpr std::array<Named<ConditionKind>, 12> kConditionKinds = {
    {{"all", ConditionKind::all},
     {"any", ConditionKind::any},
     {"not", ConditionKind::negation},
     {"basket_has", ConditionKind::basket_has},
     {"basket_count", ConditionKind::basket_count},
     {"distinct_categories", ConditionKind::distinct_categories},
     {"amount", ConditionKind::amount},
     {"segment", ConditionKind::segment},
     {"bought_within", ConditionKind::bought_within},
     {"due_for", ConditionKind::due_for},
     {"near_miss", ConditionKind::near_miss},
     {"context", ConditionKind::context}}};

}  // namespace

template <>
std::span<const Named<RuleSource>> names_of<RuleSource>() {
  return kSources;
}
template <>
std::span<const Named<Relation>> names_of<Relation>() {
  return kRelations;
}
template <>
std::span<const Named<PromptKind>> names_of<PromptKind>() {
  return kPromptKinds;
}
template <>
std::span<const Named<PromptMode>> names_of<PromptMode>() {
  return kPromptModes;
}
template <>
std::span<const Named<SelectBy>> names_of<SelectBy>() {
  return kSelectBys;
}
template <>
std::span<const Named<WorkstationType>> names_of<WorkstationType>() {
  return kWorkstationTypes;
}
template <>
std::span<const Named<AfterSaleKind>> names_of<AfterSaleKind>() {
  return kAfterSaleKinds;
}
template <>
std::span<const Named<AfterSaleWhen>> names_of<AfterSaleWhen>() {
  return kAfterSaleWhens;
}
template <>
std::span<const Named<StalenessKeep>> names_of<StalenessKeep>() {
  return kStalenessKeeps;
}
template <>
std::span<const Named<ExperimentUnit>> names_of<ExperimentUnit>() {
  return kExperimentUnits;
}
template <>
std::span<const Named<ConditionKind>> names_of<ConditionKind>() {
  return kConditionKinds;
}

}  // namespace xsell::rules
