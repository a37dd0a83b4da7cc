#include "hq/import/poslog_reader.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "hq/errors.h"

namespace xsell::hq {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kMaxTextBytes = 4096;  // of one element
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxLines = 10'000;  // of one transaction

std::string_view local_name(const XML_Char* name) {
  const char* const colon = std::strrchr(name, ':');
  return colon == nullptr ? name : colon + 1;
}

std::string_view attribute(const XML_Char** attributes, std::string_view wanted) {
  for (; *attributes != nullptr; attributes += 2) {
    if (local_name(attributes[0]) == wanted) return attributes[1];
  }
  return {};
}

bool is_true(std::string_view text) { return text == "true" || text == "1"; }

bool is_any_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

// Follows the elements with a stack of their names, and makes records of whole transactions.
class PoslogReader::Parser {
 public:
  Parser(std::deque<Record>& records, bool prefers_item_id)
      : records_(records), prefers_item_id_(prefers_item_id), parser_(XML_ParserCreate(nullptr)) {
    if (parser_ == nullptr) throw Refused("the XML parser cannot start");
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, on_begin, on_end);
    XML_SetCharacterDataHandler(parser_, on_text);
    XML_SetStartDoctypeDeclHandler(parser_, on_document_type);
  }
  ~Parser() { XML_ParserFree(parser_); }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  void* buffer() { return XML_GetBuffer(parser_, static_cast<int>(kChunkBytes)); }
  // False when the file can't be read any further; a bad record says why.
  bool parse(std::size_t size, bool is_last) {
    const auto status =
        XML_ParseBuffer(parser_, static_cast<int>(size), is_last ? XML_TRUE : XML_FALSE);
    if (status == XML_STATUS_OK) return true;
    const std::string why =
        problem_ != nullptr ? problem_ : XML_ErrorString(XML_GetErrorCode(parser_));
    add_bad("the XML can't be read from here on", why);
    return false;
  }

 private:
  struct Item {
    std::string pos_item_id, item_id, quantity, price, regular_price, extended_amount, number;
    std::string voids;  // the number of the line that this one voids
    bool is_sold = false;
    bool is_return = false;
    bool is_voided = false;
    bool is_no_item = false;  // a deposit, a fee, a gift card
    std::uint64_t line = 0;
  };
  struct Transaction {
    std::string store, workstation, number, business_day, begin_time, end_time, customer;
    std::vector<Item> items;
    std::uint64_t line = 0;
    bool is_retail = false;
    bool is_left_out = false;
    bool is_too_long = false;
  };
  struct Link {
    std::string store, workstation, number, business_day, reason;
  };

  static void XMLCALL on_begin(void* self, const XML_Char* name, const XML_Char** attributes) {
    static_cast<Parser*>(self)->begin(local_name(name), attributes);
  }
  static void XMLCALL on_end(void* self, const XML_Char*) { static_cast<Parser*>(self)->end(); }
  static void XMLCALL on_text(void* self, const XML_Char* text, int size) {
    Parser& parser = *static_cast<Parser*>(self);
    const std::size_t room = kMaxTextBytes - std::min(kMaxTextBytes, parser.text_.size());
    parser.text_.append(text, std::min(room, static_cast<std::size_t>(size)));
  }
  static void XMLCALL on_document_type(void* self, const XML_Char*, const XML_Char*,
                                       const XML_Char*, int) {
    static_cast<Parser*>(self)->stop("a document type is not allowed");
  }

  void stop(const char* problem) {
    problem_ = problem;
    XML_StopParser(parser_, XML_FALSE);
  }

  bool is_in(std::string_view name) const {
    return std::find(path_.begin(), path_.end(), name) != path_.end();
  }
  std::string_view parent() const { return path_.empty() ? "" : std::string_view(path_.back()); }
  std::uint64_t line() const { return XML_GetCurrentLineNumber(parser_); }

  void begin(std::string_view name, const XML_Char** attributes) {
    if (path_.size() == kMaxDepth) return stop("elements are nested too deep");
    text_.clear();
    if (name == "Transaction" && !is_in("Transaction")) {
      transaction_ = Transaction();
      transaction_.line = line();
      links_.clear();
      transaction_.is_left_out = is_true(attribute(attributes, "CancelFlag")) ||
                                 is_true(attribute(attributes, "TrainingModeFlag"));
    } else if (name == "RetailTransaction") {
      transaction_.is_retail = true;
      const std::string_view status = attribute(attributes, "TransactionStatus");
      if (is_any_of(status, {"Voided", "PostVoided", "Suspended", "Cancelled", "Canceled", "Failed",
                             "Training"}) ||
          is_true(attribute(attributes, "VoidFlag"))) {
        transaction_.is_left_out = true;
      }
    } else if (name == "LineItem" && parent() == "RetailTransaction") {
      item_ = Item();
      item_->line = line();
      item_->is_voided = is_true(attribute(attributes, "VoidFlag")) ||
                         is_true(attribute(attributes, "CancelFlag"));
    } else if (item_ && parent() == "LineItem" && (name == "Sale" || name == "Return")) {
      item_->is_sold = true;
      item_->is_return = name == "Return";
      item_->is_no_item = is_any_of(
          attribute(attributes, "ItemType"),
          {"Deposit", "Fee", "GiftCertificate", "GiftCard", "Coupon", "StoredValue", "Donation"});
    } else if (name == "TransactionLink") {
      link_ = Link();
      link_->reason = attribute(attributes, "ReasonCode");
    }
    path_.emplace_back(name);
  }

  void end() {
    const std::string name = std::move(path_.back());
    path_.pop_back();
    const std::string_view text = trimmed(text_);
    if (link_) {
      take_link_text(name, text);
    } else if (item_) {
      take_item_text(name, text);
    } else if (is_in("Transaction")) {
      take_transaction_text(name, text);
    } else if (name == "Transaction") {
      emit();
    }
    text_.clear();
  }

  void take_link_text(std::string_view name, std::string_view text) {
    if (name == "TransactionLink") {
      links_.push_back(std::move(*link_));
      link_.reset();
    } else if (name == "RetailStoreID" || name == "UnitID") {
      link_->store = text;
    } else if (name == "WorkstationID") {
      link_->workstation = text;
    } else if (name == "SequenceNumber") {
      link_->number = text;
    } else if (name == "BusinessDayDate") {
      link_->business_day = text;
    } else if (name == "ReasonCode") {
      link_->reason = text;
    }
  }

  void take_item_text(std::string_view name, std::string_view text) {
    Item& item = *item_;
    if (name == "LineItem") {
      if (transaction_.items.size() == kMaxLines) {
        transaction_.is_too_long = true;
      } else {
        transaction_.items.push_back(std::move(item));
      }
      item_.reset();
    } else if (name == "SequenceNumber" && parent() == "LineItem") {
      item.number = text;
    } else if (name == "VoidsLineItem" || (name == "LineItemSequenceNumber" && is_in("Void"))) {
      item.voids = text;
    } else if (!item.is_sold || !(is_in("Sale") || is_in("Return"))) {
      return;
    } else if (name == "POSItemID") {
      item.pos_item_id = text;
    } else if (name == "ItemID" && item.item_id.empty()) {
      item.item_id = text;
    } else if (name == "Quantity" && item.quantity.empty()) {
      item.quantity = text;
    } else if (name == "ActualSalesUnitPrice") {
      item.price = text;
    } else if (name == "RegularSalesUnitPrice") {
      item.regular_price = text;
    }
  }

  void take_transaction_text(std::string_view name, std::string_view text) {
    Transaction& transaction = transaction_;
    if (parent() == "Transaction" || parent() == "BusinessUnit") {
      if (name == "RetailStoreID" || name == "UnitID") transaction.store = text;
      if (name == "WorkstationID") transaction.workstation = text;
      if (name == "SequenceNumber") transaction.number = text;
      if (name == "BusinessDayDate") transaction.business_day = text;
      if (name == "BeginDateTime") transaction.begin_time = text;
      if (name == "EndDateTime") transaction.end_time = text;
    }
    if (is_in("Customer") && transaction.customer.empty() &&
        (name == "CustomerID" || name == "LoyaltyAccountID")) {
      transaction.customer = text;
    }
    if (name == "LoyaltyAccountID" && transaction.customer.empty()) transaction.customer = text;
  }

  static std::string basket_number(std::string_view day, std::string_view workstation,
                                   std::string_view number) {
    return fmt::format("{}/{}/{}", day, workstation, number);
  }

  void add_bad(const char* reason, std::string_view raw) {
    Record& record = records_.emplace_back();
    record.is_bad = true;
    record.bad_reason = reason;
    record.raw = raw;
    record.line = line();
  }

  void emit() {
    const Transaction& transaction = transaction_;
    if (!transaction.is_retail || transaction.is_left_out) return;
    const std::string_view day = transaction.business_day.empty()
                                     ? std::string_view(transaction.begin_time).substr(0, 10)
                                     : std::string_view(transaction.business_day).substr(0, 10);
    const std::string basket = basket_number(day, transaction.workstation, transaction.number);
    if (transaction.number.empty()) return add_bad("the transaction has no SequenceNumber", basket);
    if (transaction.is_too_long) return add_bad("the transaction has too many lines", basket);
    const auto is_voiding = [](const Link& link) {
      return is_any_of(link.reason, {"Void", "PostVoid", "Voided", "PostVoided"});
    };
    const auto voided = std::find_if(links_.begin(), links_.end(), is_voiding);
    if (voided != links_.end()) {
      Record& record = add_record(transaction, transaction.line);
      if (!voided->store.empty()) record.fields[kStore] = voided->store;
      record.fields[kBasket] = basket_number(
          voided->business_day.empty() ? day : std::string_view(voided->business_day).substr(0, 10),
          voided->workstation.empty() ? transaction.workstation : voided->workstation,
          voided->number);
      record.is_void = true;
      record.raw = record.fields[kBasket];
      return;
    }
    for (const Item& item : transaction.items) {
      if (item.is_sold && !item.is_voided && !item.is_no_item && !is_voided_later(item)) {
        add_item(transaction, basket, item);
      }
    }
  }

  bool is_voided_later(const Item& item) const {
    return !item.number.empty() &&
           std::any_of(transaction_.items.begin(), transaction_.items.end(),
                       [&](const Item& other) { return other.voids == item.number; });
  }

  Record& add_record(const Transaction& transaction, std::uint64_t line) {
    Record& record = records_.emplace_back();
    record.line = line;
    record.fields[kStore] = transaction.store;
    record.fields[kTime] = !transaction.begin_time.empty() ? transaction.begin_time
                           : !transaction.end_time.empty() ? transaction.end_time
                                                           : transaction.business_day;
    record.fields[kCustomer] = transaction.customer;
    return record;
  }

  void add_item(const Transaction& transaction, const std::string& basket, const Item& item) {
    Record& record = add_record(transaction, item.line);
    record.fields[kBasket] = basket;
    const std::string& first = prefers_item_id_ ? item.item_id : item.pos_item_id;
    const std::string& second = prefers_item_id_ ? item.pos_item_id : item.item_id;
    record.fields[kItem] = first.empty() ? second : first;
    std::string quantity = item.quantity.empty() ? "1" : item.quantity;
    if (item.is_return && quantity.front() != '-') quantity.insert(0, 1, '-');
    record.fields[kQuantity] = std::move(quantity);
    record.fields[kPrice] = item.price.empty() ? item.regular_price : item.price;
    record.raw = fmt::format("{} {} {} x {}", record.fields[kStore], basket, record.fields[kItem],
                             record.fields[kQuantity]);
  }

  std::deque<Record>& records_;
  const bool prefers_item_id_;
  XML_Parser parser_;
  const char* problem_ = nullptr;
  std::vector<std::string> path_;
  std::string text_;
  Transaction transaction_;
  std::optional<Item> item_;
  std::optional<Link> link_;
  std::vector<Link> links_;
};

PoslogReader::PoslogReader(std::unique_ptr<ByteSource> source, const std::vector<std::string>& map)
    : source_(std::move(source)) {
  for (const std::string& one : map) {
    if (one != "item=ItemID" && one != "item=POSItemID") {
      throw UsageError(fmt::format(
          "--map {}: of a POSLog only item=ItemID or item=POSItemID can be chosen", one));
    }
    prefers_item_id_ = one == "item=ItemID";
  }
  parser_ = std::make_unique<Parser>(records_, prefers_item_id_);
}

PoslogReader::~PoslogReader() = default;

BasketRows::Row PoslogReader::next() {
  while (records_.empty()) {
    if (is_at_end_) return Row::kEnd;
    void* const buffer = parser_->buffer();
    if (buffer == nullptr) throw Refused("no memory for the XML parser");
    const std::size_t size = source_->read({static_cast<char*>(buffer), kChunkBytes});
    is_at_end_ = !parser_->parse(size, size == 0) || size == 0;
  }
  row_ = std::move(records_.front());
  records_.pop_front();
  return row_.is_bad ? Row::kBad : Row::kRead;
}

std::string PoslogReader::mapping() const {
  return fmt::format("a POSLog, items by {}", prefers_item_id_ ? "ItemID" : "POSItemID");
}

}  // namespace xsell::hq
