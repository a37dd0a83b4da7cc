#include "hq/explain/condition_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <functional>

#include "rules/condition_eval.h"
#include "rules/stable_hash.h"

namespace xsell::hq {
namespace {

using rules::Condition;
using rules::ConditionKind;
using rules::ConditionNode;
using rules::ConditionOp;
using rules::Situation;

template <typename Texts>
void add_names(std::string& out, std::string_view what, const Texts& texts) {
  if (texts.empty()) return;
  if (!out.empty()) out += ", ";
  out += what;
  bool is_first = true;
  for (const auto& text : texts) {
    out += is_first ? " " : " or ";
    if constexpr (requires { text.view(); }) {
      out += text.view();
    } else {
      out += text;
    }
    is_first = false;
  }
}

std::string describe_bounds(std::int64_t min, std::int64_t max,
                            const std::function<std::string(std::int64_t)>& number) {
  if (max == rules::kNoMaximum) return number(min) + " or more";
  if (min == 0) return number(max) + " at most";
  return min == max ? number(min) : number(min) + " to " + number(max);
}

std::string describe_segments(const rules::SegmentTest& test) {
  std::string text;
  if (!test.any_of.empty()) text = fmt::format("any of {}", fmt::join(test.any_of, ", "));
  if (!test.none_of.empty()) {
    text += fmt::format("{}none of {}", text.empty() ? "" : ", ", fmt::join(test.none_of, ", "));
  }
  return "the customer's segments: " + text;
}

std::string known_segments(const Situation& now) {
  std::string text;
  for (std::size_t i = 0; i < now.lane.segment_count; ++i) {
    if (!text.empty()) text += ", ";
    text += now.index.names.text(now.lane.segments[i]);
  }
  return text.empty() ? "none that rules speak of" : text;
}

std::string known_near_miss(const Situation& now, std::string_view promotion) {
  if (now.lane.promotions == nullptr) return "nothing told";
  for (const rules::ConfirmedPromotion& known : *now.lane.promotions) {
    if (known.hash == rules::stable_hash(promotion)) {
      return fmt::format("{} missing", known.missing_count);
    }
  }
  return "the till told nothing of it";
}

// Goes through the condition as it was written and as it was compiled, side by side: the compiler
// keeps the order of the parts, and folds no more than "not" around a quantity into one node.
class Walk {
 public:
  Walk(const Situation& now, std::vector<ConditionPart>& parts) : now_(now), parts_(parts) {}

  void plain(const Condition& condition, std::uint32_t term, int depth) {
    const bool holds = now_.basket.term_quantity(term) > 0;
    if (condition.kind == ConditionKind::all) {
      parts_.push_back({depth, "all of", "", holds});
      return plain(condition.children.front(), term, depth + 1);
    }
    parts_.push_back(
        {depth, words_of(condition), describe_quantity(now_.basket.term_quantity(term)), holds});
  }

  void node(const Condition& condition, std::uint32_t at, int depth) {
    const ConditionNode& node = now_.index.conditions.nodes[at];
    const bool holds = rules::holds(now_.index, at, now_.basket, now_.lane);
    parts_.push_back({depth, words_of(condition), found_of(condition, node), holds});
    if (node.op == ConditionOp::term_absent) {
      const Condition& inner = condition.children.front();
      parts_.push_back({depth + 1, words_of(inner),
                        describe_quantity(now_.basket.term_quantity(node.term)), !holds});
      return;
    }
    std::uint32_t child = at + 1;
    for (const Condition& inner : condition.children) {
      this->node(inner, child, depth + 1);
      child += now_.index.conditions.nodes[child].size;
    }
  }

 private:
  std::string words_of(const Condition& condition) const {
    const auto in_money = [this](std::int64_t minor) {
      return describe_money(minor, now_.index.currency.view());
    };
    const auto plainly = [](std::int64_t number) { return std::to_string(number); };
    switch (condition.kind) {
      case ConditionKind::all:
        return condition.children.empty() ? "always" : "all of";
      case ConditionKind::any:
        return "any of";
      case ConditionKind::negation:
        return "not";
      case ConditionKind::basket_has:
      case ConditionKind::basket_count:
        return fmt::format(
            "the basket has {}: {}",
            condition.selector.is_empty() ? "goods of any kind" : describe(condition.selector),
            describe_bounds(condition.min, condition.max, describe_quantity));
      case ConditionKind::distinct_categories:
        return "different categories in the basket: " +
               describe_bounds(condition.min, condition.max, plainly);
      case ConditionKind::amount:
        return "the basket's amount: " + describe_bounds(condition.min, condition.max, in_money);
      case ConditionKind::segment:
        return describe_segments(condition.segments);
      case ConditionKind::near_miss:
        return fmt::format("short of promotion {} by 1 to {}", condition.text, condition.max);
      case ConditionKind::context:
        return fmt::format("headquarters has set the flag {}", condition.text);
      case ConditionKind::bought_within:
      case ConditionKind::due_for:
      case ConditionKind::unknown:
        break;
    }
    return condition.text;
  }

  std::string found_of(const Condition& condition, const ConditionNode& node) const {
    if (condition.kind == ConditionKind::context) {
      return node.op == ConditionOp::all ? "set" : "not set";
    }
    switch (node.op) {
      case ConditionOp::term_quantity:
        return describe_quantity(now_.basket.term_quantity(node.term));
      case ConditionOp::basket_quantity:
        return describe_quantity(now_.basket.quantity_milli());
      case ConditionOp::distinct_categories:
        return std::to_string(now_.basket.distinct_categories());
      case ConditionOp::amount:
        return describe_money(now_.basket.amount_minor(), now_.index.currency.view());
      case ConditionOp::near_miss:
        return known_near_miss(now_, condition.text);
      case ConditionOp::segments:
        return known_segments(now_);
      default:
        return {};
    }
  }

  const Situation& now_;
  std::vector<ConditionPart>& parts_;
};

}  // namespace

std::string describe_quantity(std::int64_t quantity_milli) {
  if (quantity_milli % 1000 == 0) return std::to_string(quantity_milli / 1000);
  return fmt::format("{}", static_cast<double>(quantity_milli) / 1000);
}

std::string describe_money(std::int64_t amount_minor, std::string_view currency) {
  return fmt::format("{}{}.{:02} {}", amount_minor < 0 ? "-" : "", std::abs(amount_minor) / 100,
                     std::abs(amount_minor) % 100, currency);
}

std::string describe(const rules::ItemSelector& selector) {
  if (!selector.set.empty()) return selector.set;
  const rules::ItemList& list = selector.list;
  std::string text;
  add_names(text, "item", list.items);
  add_names(text, "category", list.categories);
  add_names(text, "brand", list.brands);
  add_names(text, "tag", list.tags);
  if (list.has_price_band()) {
    if (!text.empty()) text += ", ";
    text += "price " + describe_bounds(list.min_price_minor, list.max_price_minor,
                                       [](std::int64_t minor) { return std::to_string(minor); });
  }
  add_names(text, "not item", list.exclude_items);
  add_names(text, "not category", list.exclude_categories);
  add_names(text, "not brand", list.exclude_brands);
  add_names(text, "not tag", list.exclude_tags);
  return text;
}

std::vector<ConditionPart> describe_condition(const Condition& condition, const Situation& now,
                                              std::uint32_t rule) {
  std::vector<ConditionPart> parts;
  const rules::BasketTest test = now.index.requirements[rule];
  Walk walk(now, parts);
  if (test.is_term()) {
    walk.plain(condition, test.term(), 0);
  } else {
    walk.node(condition, test.condition(), 0);
  }
  return parts;
}

std::string describe_failure(const std::vector<ConditionPart>& parts) {
  std::string text;
  std::size_t i = 0;
  while (i < parts.size()) {
    const ConditionPart& part = parts[i];
    std::size_t end = i + 1;
    while (end < parts.size() && parts[end].depth > part.depth) ++end;
    if (part.holds || (part.text == "all of" && end > i + 1)) {
      i = part.holds ? end : i + 1;
      continue;
    }
    if (!text.empty()) text += "; ";
    if (part.text == "not") {
      text += "must not hold: " + parts[i + 1].text;
      if (!parts[i + 1].found.empty()) text += ", but there is " + parts[i + 1].found;
    } else if (end > i + 1) {
      text += "none holds of:";
      for (std::size_t j = i + 1; j < end; ++j) {
        if (parts[j].found.empty()) continue;
        text += (text.back() == ':' ? " " : ", or ") + parts[j].text +
                " (there: " + parts[j].found + ")";
      }
    } else {
      text += part.text;
      if (!part.found.empty()) text += ", but there: " + part.found;
    }
    i = end;
  }
  return text;
}

}  // namespace xsell::hq
