#include "rules/text_store.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace xsell::rules {

class TextStore::Writer {
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

std::uint32_t TextStore::add(const LocalisedText& text) {
  std::vector<TextVariant> variants;
  for (const LocalisedText::Entry& entry : text.entries) {
    variants.push_back({entry.language, entry.text});
  }
  return add(variants);
}

bool TextStore::is(std::uint32_t id, std::span<const TextVariant> text) const {
  const std::span<const Variant> own(&variants_[first_variant_[id]],
                                     &variants_[first_variant_[id + 1]]);
  return std::equal(own.begin(), own.end(), text.begin(), text.end(),
                    [&](const Variant& variant, const TextVariant& wanted) {
                      return std::string_view(bytes_).substr(variant.begin, variant.size) ==
                                 wanted.text &&
                             languages_.text(variant.language) == wanted.language;
                    });
}

std::uint32_t TextStore::add(std::span<const TextVariant> text) {
  for (const TextVariant& entry : text) {
    Variant& variant = variants_.back();
    variant.language = languages_.add(entry.language);
    variant.begin = static_cast<std::uint32_t>(bytes_.size());
    variant.size = static_cast<std::uint32_t>(entry.text.size());
    bytes_ += entry.text;
    cut(variant);
    variants_.emplace_back().first_piece = static_cast<std::uint32_t>(pieces_.size());
  }
  first_variant_.push_back(static_cast<std::uint32_t>(variants_.size() - 1));
  return static_cast<std::uint32_t>(size() - 1);
}

TextStore::PieceKind TextStore::kind_of(std::string_view name) {
  if (name == "offer") return PieceKind::offer;
  if (name == "trigger") return PieceKind::trigger;
  if (name == "quantity") return PieceKind::quantity;
  if (name == "percent") return PieceKind::percent;
  if (name == "price") return PieceKind::price;
  if (name == "saving") return PieceKind::saving;
  return PieceKind::literal;
}

// A text without placeholders has no pieces: it is said as it stands.
void TextStore::cut(const Variant& variant) {
  const std::string_view text = std::string_view(bytes_).substr(variant.begin, variant.size);
  constexpr std::size_t kLongest = 0xffff;
  bool has_placeholders = false;
  const auto add_literal = [&](std::size_t from, std::size_t to) {
    for (; from < to; from += std::min(kLongest, to - from)) {
      pieces_.push_back({static_cast<std::uint32_t>(variant.begin + from),
                         static_cast<std::uint16_t>(std::min(kLongest, to - from)),
                         PieceKind::literal});
    }
  };
  std::size_t said = 0;
  for (std::size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    const std::size_t close = text.find('}', open);
    if (close == text.npos) break;
    const PieceKind kind = kind_of(text.substr(open + 1, close - open - 1));
    if (kind != PieceKind::literal) {
      has_placeholders = true;
      add_literal(said, open);
      pieces_.push_back({0, 0, kind});
      said = close + 1;
    }
    open = close;
  }
  if (has_placeholders) add_literal(said, text.size());
}

const TextStore::Variant* TextStore::choose(std::uint32_t text, std::string_view language,
                                            std::string_view fallback) const {
  if (text == kNoId) return nullptr;
  const Variant* const first = &variants_[first_variant_[text]];
  const Variant* const last = &variants_[first_variant_[text + 1]];
  // Whatever is asked for, the only text there is is the answer.
  if (last - first == 1) return first;
  for (std::string_view wanted : {language, fallback}) {
    while (!wanted.empty()) {
      const Variant* const found = std::find_if(first, last, [&](const Variant& variant) {
        return languages_.text(variant.language) == wanted;
      });
      if (found != last) return found;
      const std::size_t dash = wanted.rfind('-');
      wanted = dash == wanted.npos ? std::string_view() : wanted.substr(0, dash);
    }
  }
  return first == last ? nullptr : first;
}

std::string_view TextStore::find(std::uint32_t text, std::string_view language,
                                 std::string_view fallback) const {
  const Variant* variant = choose(text, language, fallback);
  return variant == nullptr ? std::string_view()
                            : std::string_view(bytes_).substr(variant->begin, variant->size);
}

// False: the value is not known, so the text must not be said.
bool TextStore::write(const Piece& piece, const TextValues& values, Writer& writer) {
  switch (piece.kind) {
    case PieceKind::literal:
      break;
    case PieceKind::offer:
      writer.add(values.offer);
      break;
    case PieceKind::trigger:
      writer.add(values.trigger);
      break;
    case PieceKind::quantity:
      writer.add_quantity(values.quantity_milli);
      break;
    case PieceKind::percent:
      writer.add_number(values.percent);
      break;
    case PieceKind::price:
      if (values.price_minor < 0) return false;
      writer.add_amount(values.price_minor, values.currency);
      break;
    case PieceKind::saving:
      if (values.saving_minor < 0) return false;
      writer.add_amount(values.saving_minor, values.currency);
      break;
  }
  return true;
}

std::string_view TextStore::fill_in(std::uint32_t text, std::string_view language,
                                    std::string_view fallback, const TextValues& values,
                                    std::span<char> room) const {
  const Variant* variant = choose(text, language, fallback);
  if (variant == nullptr) return {};
  Writer writer(room);
  const std::uint32_t end = (variant + 1)->first_piece;
  if (variant->first_piece == end) {
    writer.add(std::string_view(bytes_).substr(variant->begin, variant->size));
    return writer.view();
  }
  for (std::uint32_t i = variant->first_piece; i < end; ++i) {
    const Piece& piece = pieces_[i];
    if (piece.kind == PieceKind::literal) {
      writer.add(std::string_view(bytes_).substr(piece.begin, piece.size));
    } else if (!write(piece, values, writer)) {
      return {};
    }
  }
  return writer.view();
}

std::size_t TextStore::bytes() const {
  return bytes_.size() + first_variant_.size() * sizeof(std::uint32_t) +
         variants_.size() * sizeof(Variant) + pieces_.size() * sizeof(Piece);
}

}  // namespace xsell::rules
