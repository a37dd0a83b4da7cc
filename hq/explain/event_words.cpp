#include "hq/explain/event_words.h"

#include <exception>
#include <map>
#include <stdexcept>

namespace xsell::hq {

namespace {

using rules::EventKind;

const std::map<std::string, EventKind, std::less<>> kKinds = {
    {"operator_sign_on", EventKind::kOperatorSignOn},
    {"operator_sign_off", EventKind::kOperatorSignOff},
    {"shift_open", EventKind::kShiftOpen},
    {"shift_close", EventKind::kShiftClose},
    {"lane_load", EventKind::kLaneLoad},
    {"stock_changed", EventKind::kStockChanged},
    {"connectivity", EventKind::kConnectivity},
    {"snooze", EventKind::kSnooze},
    {"idle", EventKind::kIdle},
    {"transaction_begin", EventKind::kTransactionBegin},
    {"begin", EventKind::kTransactionBegin},
    {"transaction_finalised", EventKind::kTransactionFinalised},
    {"finalise", EventKind::kTransactionFinalised},
    {"transaction_voided", EventKind::kTransactionVoided},
    {"suspend", EventKind::kTransactionSuspended},
    {"recall", EventKind::kTransactionRecalled},
    {"post_void", EventKind::kPostVoid},
    {"customer_identified", EventKind::kCustomerIdentified},
    {"customer_cleared", EventKind::kCustomerCleared},
    {"subtotal", EventKind::kSubtotal},
    {"tender_begin", EventKind::kTenderBegin},
    {"tender_voided", EventKind::kTenderVoided},
    {"line_added", EventKind::kLineAdded},
    {"scan", EventKind::kLineAdded},
    {"quantity_changed", EventKind::kQuantityChanged},
    {"quantity", EventKind::kQuantityChanged},
    {"line_voided", EventKind::kLineVoided},
    {"void", EventKind::kLineVoided},
    {"price_overridden", EventKind::kPriceOverridden},
    {"return_line", EventKind::kReturnLine},
    {"item_inquiry", EventKind::kItemInquiry},
    {"promotion_applied", EventKind::kPromotionApplied},
    {"coupon_applied", EventKind::kCouponApplied},
    {"shown", EventKind::kPromptShown},
    {"accept", EventKind::kPromptAccepted},
    {"decline", EventKind::kPromptDeclined},
    {"expire", EventKind::kPromptExpired},
    {"unknown_kind", static_cast<EventKind>(999)},
};

class Reader {
 public:
  Reader(EventWords& out, std::uint64_t& next_line) : out_(out), next_line_(next_line) {}

  // The field that is being read, for errors.
  const std::string& field() const { return field_; }

  std::string_view text(const Json& value) {
    return out_.texts.emplace_back(value.get<std::string>());
  }

  static std::int64_t milli(const Json& value) {
    return static_cast<std::int64_t>(value.get<double>() * 1000 + 0.5);
  }

  rules::EventLine line(const Json& fields) {
    rules::EventLine line;
    if (fields.is_string()) {
      line.item = text(fields);
      return line;
    }
    for (const auto& [name, value] : fields.items()) {
      const FieldGuard guard(*this, name);
      if (name == "line")
        line.line = value;
      else if (name == "item")
        line.item = text(value);
      else if (name == "category")
        line.category = text(value);
      else if (name == "quantity")
        line.quantity_milli = milli(value);
      else if (name == "price")
        line.unit_price_minor = value, line.has_price = true;
      else if (name == "amount")
        line.amount_minor = value, line.has_amount = true;
      else if (name == "minimum_age")
        line.minimum_age = value;
      else if (name == "prompt_id")
        line.prompt_id = value;
      else if (name == "voided")
        line.is_voided = value;
      else if (name == "returned")
        line.is_return = value;
      else
        throw std::runtime_error("a line has no field " + name);
    }
    return line;
  }

  void fields(const Json& fields) {
    rules::Event& event = out_.event;
    for (const auto& [name, value] : fields.items()) {
      const FieldGuard guard(*this, name);
      if (name == "operator")
        event.operator_id = text(value);
      else if (name == "role")
        event.operator_role = text(value);
      else if (name == "language")
        event.operator_language = text(value);
      else if (name == "age")
        event.operator_age = event.customer_age = value;
      else if (name == "business_day")
        event.business_day = event.key.business_day = text(value);
      else if (name == "business_unit")
        event.key.business_unit = text(value);
      else if (name == "workstation")
        event.key.workstation = text(value);
      else if (name == "number")
        event.key.number = value;
      else if (name == "type")
        event.transaction_type = type(value.get<std::string>());
      else if (name == "training")
        event.is_training = value;
      else if (name == "customer")
        event.customer = text(value);
      else if (name == "opted_out")
        event.is_opted_out = value;
      else if (name == "consent")
        event.has_consent = value;
      else if (name == "visits")
        event.visits = value;
      else if (name == "recent")
        recent_items(value);
      else if (name == "segments")
        segments(value);
      else if (name == "line")
        event.line.line = value;
      else if (name == "item")
        event.line.item = text(value);
      else if (name == "on_hand")
        event.line.quantity_milli = milli(value);
      else if (name == "lines")
        lines(value);
      else if (name == "near_misses")
        near_misses(value);
      else if (name == "promotion")
        event.promotion = text(value);
      else if (name == "reason")
        event.decline_reason = reason(value.get<std::string>());
      else if (name == "elapsed_ms")
        event.elapsed_ms = value;
      else if (name == "queue_length")
        event.queue_length = value;
      else if (name == "lines_per_minute")
        event.lines_per_minute = value;
      else if (name == "seconds")
        event.snooze_s = value;
      else if (name == "prompt")
        continue;  // read by the caller
      else
        throw std::runtime_error("an event has no field " + name);
    }
  }

  void scan(const Json& value) {
    out_.event.line = line(value);
    if (out_.event.line.line == 0) out_.event.line.line = next_line_;
    next_line_ = std::max(next_line_, out_.event.line.line + 1);
  }

 private:
  static rules::TransactionType type(const std::string& word) {
    if (word == "sale") return rules::TransactionType::kSale;
    if (word == "return") return rules::TransactionType::kReturn;
    return rules::TransactionType::kOther;
  }

  static rules::DeclineReason reason(const std::string& word) {
    if (word == "not_relevant") return rules::DeclineReason::kNotRelevant;
    if (word == "has_it") return rules::DeclineReason::kHasIt;
    if (word == "too_dear") return rules::DeclineReason::kTooDear;
    return rules::DeclineReason::kOther;
  }

  void segments(const Json& names) {
    for (const Json& name : names) out_.segments.push_back(text(name));
    out_.event.segments = out_.segments;
  }

  void lines(const Json& list) {
    for (const Json& fields : list) out_.lines.push_back(line(fields));
    out_.event.lines = out_.lines;
    out_.event.has_lines = true;
  }

  void recent_items(const Json& list) {
    for (const Json& fields : list) {
      rules::RecentPurchase recent;
      recent.item = text(fields.is_string() ? fields : fields.at("item"));
      if (fields.is_object()) {
        recent.times = fields.value("times", 1);
        recent.days_ago = fields.value("days_ago", 0);
      }
      out_.recent_items.push_back(recent);
    }
    out_.event.recent_items = out_.recent_items;
  }

  void near_misses(const Json& list) {
    for (const Json& fields : list) {
      rules::NearMiss near;
      near.promotion = text(fields.at("promotion"));
      near.saving_minor = fields.value("saving", 0);
      near.missing_count = fields.value("missing", 1);
      out_.near_misses.push_back(near);
    }
    out_.event.near_misses = out_.near_misses;
  }

  // Names the field for as long as nothing goes wrong with it.
  class FieldGuard {
   public:
    FieldGuard(Reader& reader, const std::string& name)
        : reader_(reader), outer_(reader.field_), exceptions_(std::uncaught_exceptions()) {
      reader.field_ = name;
    }
    ~FieldGuard() {
      if (std::uncaught_exceptions() == exceptions_) reader_.field_ = outer_;
    }
    FieldGuard(const FieldGuard&) = delete;
    FieldGuard& operator=(const FieldGuard&) = delete;

   private:
    Reader& reader_;
    const std::string outer_;
    const int exceptions_;
  };

  EventWords& out_;
  std::uint64_t& next_line_;
  std::string field_;
};

}  // namespace

namespace {

void read_step(const Json& step, Reader& reader, EventWords& out,
               const std::function<std::uint64_t(const std::string&)>& prompt_id) {
  rules::Event& event = out.event;
  for (const auto& [word, value] : step.items()) {
    const auto known = kKinds.find(word);
    if (known == kKinds.end()) continue;
    event.kind = known->second;
    if (word == "scan") {
      reader.scan(value);
    } else if (word == "quantity") {
      event.line.line = value.at(0);
      event.line.quantity_milli = Reader::milli(value.at(1));
    } else if (word == "void") {
      event.line.line = value;
    } else if (event.kind >= EventKind::kPromptShown && event.kind <= EventKind::kPromptExpired) {
      if (value.is_object()) reader.fields(value);
      event.prompt_id = prompt_id(value.is_object() ? value.at("prompt").get<std::string>()
                                                    : value.get<std::string>());
    } else if (event.kind >= EventKind::kLineAdded && event.kind <= EventKind::kPriceOverridden) {
      event.line = reader.line(value);
    } else if (event.kind == EventKind::kReturnLine) {
      event.line = reader.line(value.at("line"));
      reader.fields(value.value("original", Json::object()));
    } else if (event.kind == EventKind::kItemInquiry) {
      event.line = reader.line(value);
    } else if (value.is_object()) {
      reader.fields(value);
    }
  }
  if (event.kind == EventKind::kNone)
    throw std::runtime_error("a step without an event: " + step.dump());
  event.transaction = step.value("transaction", std::uint64_t{0});
  if (step.value("phase", "done") == "about_to_happen")
    event.phase = rules::EventPhase::kAboutToHappen;
}

}  // namespace

bool is_event_word(std::string_view word) { return kKinds.find(word) != kKinds.end(); }

std::vector<std::string_view> event_words() {
  std::vector<std::string_view> words;
  for (const auto& [word, kind] : kKinds) words.push_back(word);
  return words;
}

EventWords read_event(const Json& step, std::uint64_t& next_line,
                      const std::function<std::uint64_t(const std::string&)>& prompt_id) {
  EventWords out;
  Reader reader(out, next_line);
  try {
    read_step(step, reader, out, prompt_id);
  } catch (const Json::exception&) {
    const std::string& field = reader.field();
    throw std::runtime_error(field.empty() ? "a value of the wrong type: " + step.dump()
                                           : "a value of the wrong type in field " + field);
  }
  return out;
}

std::string_view name_of(rules::EventResult result) {
  switch (result) {
    case rules::EventResult::kOk:
      return "ok";
    case rules::EventResult::kStale:
      return "stale";
    case rules::EventResult::kOtherTransaction:
      return "other_transaction";
    case rules::EventResult::kUnknownLine:
      return "unknown_line";
    case rules::EventResult::kUnknownPrompt:
      return "unknown_prompt";
    case rules::EventResult::kBadItem:
      return "bad_item";
    case rules::EventResult::kBasketFull:
      return "basket_full";
    case rules::EventResult::kIgnored:
      return "ignored";
  }
  return {};
}

}  // namespace xsell::hq
