#include "rules/prompt_text.h"

#include <array>
#include <charconv>
#include <cstring>

namespace xsell::rules {

namespace {

class Writer {
 public:
  explicit Writer(std::span<char> room) : room_(room) {}

  void add(std::string_view text) {
    std::size_t size = std::min(text.size(), room_.size() - size_);
    while (size < text.size() && size > 0 &&
           (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
      --size;
    if (size > 0) std::memcpy(room_.data() + size_, text.data(), size);
    size_ += size;
    // What follows a cut would read as if nothing were missing.
    if (size < text.size()) room_ = room_.first(size_);
  }
  void add_number(std::int64_t number) {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    add({digits.data(), static_cast<std::size_t>(end - digits.data())});
  }
  void add_quantity(std::int64_t quantity_milli) {
    add_number(quantity_milli / 1000);
    std::int64_t rest = quantity_milli % 1000;
    if (rest == 0) return;
    add(".");
    for (std::int64_t unit = 100; rest > 0; unit /= 10) {
      add_number(rest / unit);
      rest %= unit;
    }
  }
  void add_amount(std::int64_t amount_minor, Currency currency) {
    std::array<char, 32> digits{};
    add({digits.data(), format_amount({amount_minor, currency}, digits.data(), digits.size())});
  }
  std::string_view view() const { return {room_.data(), size_}; }

 private:
  std::span<char> room_;
  std::size_t size_ = 0;
};

// False: the value is not known, so the text must not be said.
bool add_value(Writer& writer, std::string_view name, const TextValues& values) {
  if (name == "offer") {
    writer.add(values.offer);
  } else if (name == "trigger") {
    writer.add(values.trigger);
  } else if (name == "quantity") {
    writer.add_quantity(values.quantity_milli);
  } else if (name == "percent") {
    writer.add_number(values.percent);
  } else if (name == "price") {
    if (values.price_minor < 0) return false;
    writer.add_amount(values.price_minor, values.currency);
  } else if (name == "saving") {
    if (values.saving_minor < 0) return false;
    writer.add_amount(values.saving_minor, values.currency);
  } else {
    writer.add("{");
    writer.add(name);
    writer.add("}");
  }
  return true;
}

}  // namespace

std::string_view fill_in(std::string_view text, const TextValues& values, std::span<char> room) {
  Writer writer(room);
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::size_t close = open == text.npos ? text.npos : text.find('}', open);
    if (close == text.npos) {
      writer.add(text);
      break;
    }
    writer.add(text.substr(0, open));
    if (!add_value(writer, text.substr(open + 1, close - open - 1), values)) return {};
    text.remove_prefix(close + 1);
  }
  return writer.view();
}

std::string_view text_of(const RuleIndex& index, std::uint32_t text, std::string_view language) {
  if (text == kNoId) return {};
  return index.texts[text].find(language, index.policy.fallback_language);
}

std::string_view item_name(const RuleIndex& index, std::uint32_t item, std::string_view language) {
  if (item == kNoId) return {};
  const std::string_view name = text_of(index, index.items.name[item], language);
  return name.empty() ? index.items.keys.text(item) : name;
}

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

  const PromptForm mined;
  const MinedPolicy& policy = index.policy.mined;
  const auto text = [&](std::uint32_t id, const LocalisedText& mined_text) {
    return record.is_mined ? mined_text.find(language, index.policy.fallback_language)
                           : text_of(index, id, language);
  };
  const PromptForm& form = record.is_mined ? mined : index.form_of(record.entry);
  room.revision = record.revision;
  room.operator_text =
      fill_in(text(form.operator_text, policy.operator_text), values, room.operator_bytes);
  room.customer_text =
      fill_in(text(form.customer_text, policy.customer_text), values, room.customer_bytes);
  room.line_display =
      fill_in(text(form.line_display, policy.line_display), values, room.display_bytes);
  room.reason = fill_in(text(form.reason, policy.reason), values, room.reason_bytes);
}

}  // namespace xsell::rules
