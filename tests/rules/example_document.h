// A document that uses every field once, for the tests of reading, writing and checking.
#ifndef XSELL_TESTS_RULES_EXAMPLE_DOCUMENT_H_
#define XSELL_TESTS_RULES_EXAMPLE_DOCUMENT_H_

#include <string_view>

namespace xsell::rules {

inline constexpr std::string_view kExampleDocument = R"json({
  "schema": "xsell.rules/1",
  "policy": {
    "max_prompts_per_answer": 2, "max_prompts_per_transaction": 3, "max_prompts_per_operator_hour": 25,
    "min_seconds_between_prompts": 15, "snooze_minutes": 10,
    "lane_load": { "suppress_above_lines_per_minute": 28, "suppress_above_queue_length": 4 },
    "cool_down": { "after_decline": { "same_rule_transactions": 21, "same_customer_days": 31 } },
    "auto_mute": { "acceptance_below": 0.01, "confidence": 0.9, "days": 15 },
    "staleness": { "stop_after_days": 21, "keep": "all" },
    "never_suggest_categories": ["tobacco"], "context": ["heat"], "never_suggest_items": ["4006381333931"],
    "experiment": { "id": "exp-7", "unit": "customer", "hold_out_percent": 10, "salt": "c1f0" },
    "mined": { "enabled": false, "min_score": 9000, "surest_percent": 15, "surprise": 0.5,
      "ranker": { "weights": { "always": -131072, "lines_trend": 65536 },
        "fitted_baskets": 8000, "fitted_recent_baskets": 950.5, "surest_scores": [
        65536, 64536, 63536, 62536, 61536, 60536, 59536, 58536, 57536, 56536, 55536, 54536, 53536,
        52536, 51536, 50536, 49536, 48536, 47536, 46536, 45536, 44536, 43536, 42536, 41536, 40536,
        39536, 38536, 37536, 36536, 35536, 34536, 33536, 32536, 31536, 30536, 29536, 28536, 27536,
        26536, 25536, 24536, 23536, 22536, 21536, 20536, 19536, 18536, 17536, 16536, 15536, 14536,
        13536, 12536, 11536, 10536, 9536, 8536, 7536, 6536, 5536, 4536, 3536, 2536, 1536, 536,
        -464, -1464, -2464, -3464, -4464, -5464, -6464, -7464, -8464, -9464, -10464, -11464,
        -12464, -13464, -14464, -15464, -16464, -17464, -18464, -19464, -20464, -21464, -22464,
        -23464, -24464, -25464, -26464, -27464, -28464, -29464, -30464, -31464, -32464, -33464 ] },
      "replenishment": { "enabled": true, "weights": { "bought_habit": 65536, "other_score": 60000 },
        "operator_text": { "en": "{offer} again?" }, "customer_text": { "en": "{offer}" },
        "line_display": { "en": "{offer}" }, "reason": { "en": "Bought before" }, "surest_scores": [
        65536, 64536, 63536, 62536, 61536, 60536, 59536, 58536, 57536, 56536, 55536, 54536, 53536,
        52536, 51536, 50536, 49536, 48536, 47536, 46536, 45536, 44536, 43536, 42536, 41536, 40536,
        39536, 38536, 37536, 36536, 35536, 34536, 33536, 32536, 31536, 30536, 29536, 28536, 27536,
        26536, 25536, 24536, 23536, 22536, 21536, 20536, 19536, 18536, 17536, 16536, 15536, 14536,
        13536, 12536, 11536, 10536, 9536, 8536, 7536, 6536, 5536, 4536, 3536, 2536, 1536, 536,
        -464, -1464, -2464, -3464, -4464, -5464, -6464, -7464, -8464, -9464, -10464, -11464,
        -12464, -13464, -14464, -15464, -16464, -17464, -18464, -19464, -20464, -21464, -22464,
        -23464, -24464, -25464, -26464, -27464, -28464, -29464, -30464, -31464, -32464, -33464 ] },
      "max_prompts_per_answer": 2, "max_prompts_per_transaction": 1,
               "priority": 7, "operator_text": { "en": "{offer}?" }, "customer_text": { "en": "{offer}" },
               "line_display": { "en": "{offer}" }, "reason": { "en": "{percent} % take it with {trigger}" } },
    "fallback_language": "en", "currency": "EUR" },
  "item_sets": {
    "pasta": { "categories": ["0412"], "exclude_items": ["04012345678901"] },
    "sauce": { "items": ["04001234500012"], "brands": ["Nonna"], "tags": ["sauce"], "exclude_categories": ["0499"],
               "exclude_brands": ["Other"], "exclude_tags": ["hot"], "price": { "min": 50, "max": 900 } } },
  "rules": [ {
    "rule_id": "pasta-sauce", "version": 3, "name": "Pasta, then sauce", "enabled": false, "priority": 60, "pinned": true,
    "source": "mined", "relation": "accessory",
    "evidence": { "support": 0.012, "confidence": 0.31, "lift": 4.2, "joint_count": 1840,
                  "from": "2026-03-01", "until": "2026-05-31" },
    "effective": "2026-06-03T00:00:00", "expires": "2026-08-31T23:59:59",
    "time_windows": [ { "days": ["mo", "fr"], "start": "16:00", "end": "21:00" }, { "start": "22:00", "end": "02:00" } ],
    "audience": { "business_units": ["0001"], "exclude_business_units": ["0217"], "business_unit_groups": ["de-south"],
                  "exclude_business_unit_groups": ["test"], "workstation_types": ["staffed", "mobile"],
                  "operator_roles": ["cashier"], "segments": { "any_of": ["family"], "none_of": ["opted_out"] },
                  "anonymous": false },
    "moments": ["line_added", "subtotal"],
    "condition": { "all": [
      { "basket_has": { "set": "pasta", "min_quantity": 1.5, "max_quantity": 9 } },
      { "not": { "basket_has": { "set": "sauce" } } },
      { "any": [ { "basket_count": { "min": 2, "max": 50 } }, { "distinct_categories": { "min": 2, "max": 8 } },
                 { "segment": { "any_of": ["cook"], "none_of": ["guest"] } } ] },
      { "bought_within": { "tags": ["pan"], "days": 30 } }, { "due_for": { "set": "sauce" } },
      { "near_miss": { "promotion": "P-1", "missing_at_most": 2 } }, { "context": { "flag": "cold_day" } },
      { "amount": { "min": 500, "max": 9000, "currency": "EUR" } } ] },
    "offers": [ {
      "set": "sauce", "select": { "by": "price_low", "rotate": true, "limit": 2 }, "score": 0.31,
      "quantity": { "per_trigger": 0.5 },
      "require": { "in_assortment": false, "on_hand_min": 2, "max_price_ratio": 1.5, "floor_price": 80 },
      "minimum_customer_age": 16, "minimum_operator_age": 18, "location": { "de": "Gang 4, unten", "en": "Aisle 4" },
      "benefit": { "promotion": "P-7781", "saving": { "amount": 50, "currency": "EUR" } } } ],
    "prompt": { "kind": "information", "mode": "dialog", "required": true, "timeout_seconds": 8,
                "operator_text": { "en": "Sauce with that? 0.50 off today." }, "customer_text": { "en": "Sauce -0.50" },
                "line_display": { "en": "SAUCE TODAY\n-0.50" }, "reason": { "en": "3 in 10 who buy pasta take a sauce" } },
    "pacing": { "once_per_transaction": false, "frequency_percent": 50, "exclusive_group": "dinner",
                "budget": { "uses": 5000, "per_store": 40 } },
    "after_sale": [ { "kind": "receipt_coupon", "coupon": "C-55", "when": "declined", "text": { "en": "Next time" } },
                    { "kind": "follow_up", "channel": "email", "requires_consent": true } ] } ],
  "pairs": [ { "trigger": "85123A", "offer": "22423", "joint_count": 120, "trigger_count": 900, "offer_count": 700,
               "basket_count": 18000, "weight": 5400, "recent_joint": 12.5, "recent_trigger": 90, "recent_offer": 70.125,
               "recent_baskets": 1800, "boost": 1.5 } ]
})json";

}  // namespace xsell::rules

#endif  // XSELL_TESTS_RULES_EXAMPLE_DOCUMENT_H_
