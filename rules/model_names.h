// The words that the document uses for the model's enumerations, both ways.
#ifndef XSELL_RULES_MODEL_NAMES_H_
#define XSELL_RULES_MODEL_NAMES_H_

#include <optional>
#include <span>
#include <string_view>

#include "rules/model.h"

namespace xsell::rules {

template <typename Enum>
struct Named {
  std::string_view name;
  Enum value;
};

// All words of an enumeration. Defined for the enumerations of model.h, condition.h and policy.h.
template <typename Enum>
std::span<const Named<Enum>> names_of();

template <typename Enum>
std::string_view name_of(Enum value) {
  for (const auto& entry : names_of<Enum>()) {
    if (entry.value == value) return entry.name;
  }
  return {};
}

template <typename Enum>
std::optional<Enum> value_of(std::string_view name) {
  for (const auto& entry : names_of<Enum>()) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

template <>
std::span<const Named<RuleSource>> names_of<RuleSource>();
template <>
std::span<const Named<Relation>> names_of<Relation>();
template <>
std::span<const Named<PromptKind>> names_of<PromptKind>();
template <>
std::span<const Named<PromptMode>> names_of<PromptMode>();
template <>
std::span<const Named<SelectBy>> names_of<SelectBy>();
template <>
std::span<const Named<WorkstationType>> names_of<WorkstationType>();
template <>
std::span<const Named<AfterSaleKind>> names_of<AfterSaleKind>();
template <>
std::span<const Named<AfterSaleWhen>> names_of<AfterSaleWhen>();
template <>
std::span<const Named<StalenessKeep>> names_of<StalenessKeep>();
template <>
std::span<const Named<ExperimentUnit>> names_of<ExperimentUnit>();
template <>
std::span<const Named<ConditionKind>> names_of<ConditionKind>();

}  // namespace xsell::rules

#endif  // XSELL_RULES_MODEL_NAMES_H_
