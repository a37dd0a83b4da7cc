#include <algorithm>
#include <array>

#include "rules/checks.h"
#include "rules/suggestion.h"
#include "rules/utf8.h"
#include "rules/validate.h"

namespace xsell::rules {
namespace {

struct MeasuredText {
  std::size_t code_points = 0;  // without placeholders
  std::vector<std::string> placeholders;
  bool is_closed = true;  // every '{' has its '}'
};

MeasuredText measure(std::string_view text) {
  MeasuredText out;
  while (!text.empty()) {
    const std::size_t open = std::min(text.find('{'), text.size());
    out.code_points += count_code_points(text.substr(0, open));
    text.remove_prefix(open);
    if (text.empty()) break;
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) {
      out.is_closed = false;
      break;
    }
    out.placeholders.emplace_back(text.substr(1, close - 1));
    text.remove_prefix(close + 1);
  }
  return out;
}

void check_rows(std::string_view text, const std::string& language,
                std::vector<TextFault>& faults) {
  int rows = 0;
  bool is_too_wide = false;
  while (true) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    ++rows;
    is_too_wide = is_too_wide || measure(text.substr(0, end)).code_points > kLineDisplayColumns;
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (rows > kLineDisplayRows || is_too_wide) {
    faults.push_back({language, "a line display has 2 rows of 20 characters",
                      "Shorten it; \\n begins the second row."});
  }
}

}  // namespace

std::vector<TextFault> faults_of(const LocalisedText& text, const TextLimits& limits,
                                 std::string_view fallback_language) {
  std::vector<TextFault> faults;
  if (!text.is_empty() && !text.has(fallback_language)) {
    faults.push_back({"", "the fallback language " + std::string(fallback_language) + " is missing",
                      "Add a text for \"" + std::string(fallback_language) + "\"."});
  }
  for (const auto& [language, words] : text.entries) {
    const MeasuredText measured = measure(words);
    if (!measured.is_closed)
      faults.push_back({language, "a '{' is not closed", "Write placeholders like {offer}."});
    for (const std::string& placeholder : measured.placeholders) {
      if (std::find(limits.placeholders.begin(), limits.placeholders.end(), placeholder) !=
          limits.placeholders.end())
        continue;
      faults.push_back({language, "the placeholder {" + placeholder + "} is not known here",
                        suggest(placeholder, limits.placeholders)});
    }
    if (limits.is_line_display) {
      check_rows(words, language, faults);
      continue;
    }
    if (words.find('\n') != std::string::npos) {
      faults.push_back({language, "this text holds a line break", "Write it on one line."});
    }
    if (measured.code_points > static_cast<std::size_t>(limits.max_code_points)) {
      faults.push_back({language,
                        "this text has " + std::to_string(measured.code_points) +
                            " characters, more than the " + std::to_string(limits.max_code_points) +
                            " that are legible at a lane",
                        "Shorten it."});
    }
  }
  return faults;
}

void check_texts(CheckContext& context, const Rule& rule) {
  const std::vector<std::string_view> placeholders = {"offer", "trigger", "quantity", "price",
                                                      "saving"};
  const PromptTexts& prompt = rule.prompt;
  const bool has_saving =
      std::any_of(rule.offers.begin(), rule.offers.end(),
                  [](const Offer& offer) { return offer.benefit && offer.benefit->saving; });
  const auto check = [&](const LocalisedText& text, const Place& place, const std::string& field,
                         int limit, bool is_display) {
    for (TextFault& fault : faults_of(text, {limit, placeholders, is_display},
                                      context.rule_set.policy.fallback_language)) {
      context.error(place, rule, fault.language.empty() ? field : field + "." + fault.language,
                    std::move(fault.message), std::move(fault.mend));
    }
    const auto promises = [](const LocalisedText::Entry& entry) {
      return entry.text.find("{saving}") != std::string::npos;
    };
    if (!has_saving && std::any_of(text.entries.begin(), text.entries.end(), promises)) {
      context.error(place, rule, field,
                    "it speaks of a {saving}, but no offer has a benefit with a saving",
                    "Add benefit.saving to the offer, or take {saving} out.");
    }
  };
  check(prompt.operator_text, prompt.place, "prompt.operator_text", kMaxOperatorText, false);
  check(prompt.customer_text, prompt.place, "prompt.customer_text", kMaxCustomerText, false);
  check(prompt.reason, prompt.place, "prompt.reason", kMaxReasonText, false);
  check(prompt.line_display, prompt.place, "prompt.line_display", 0, true);
  for (std::size_t i = 0; i < rule.offers.size(); ++i) {
    check(rule.offers[i].location, rule.offers[i].place,
          "offers[" + std::to_string(i) + "].location", kMaxLocationText, false);
  }
  if (prompt.operator_text.is_empty()) {
    context.error(prompt.place, rule, "prompt.operator_text", "the operator has no words to say",
                  "Write prompt.operator_text.");
  }
  if (prompt.mode == PromptMode::customer_display && prompt.customer_text.is_empty()) {
    context.error(prompt.place, rule, "prompt.customer_text",
                  "a prompt on the customer display needs words for the customer",
                  "Write prompt.customer_text.");
  }
  if (prompt.mode == PromptMode::dialog && !prompt.is_required) {
    context.error(prompt.place, rule, "prompt.mode",
                  "a dialog stops the sale, which only a required prompt may do",
                  "Write \"required\": true, or use the mode panel.");
  }
}

}  // namespace xsell::rules
