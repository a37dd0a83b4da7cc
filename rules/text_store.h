// Texts in several languages as the lane says them, each once: cut at their placeholders when the
// rule set is compiled, so that filling one in copies pieces. Threads: const use from any.
#ifndef XSELL_RULES_TEXT_STORE_H_
#define XSELL_RULES_TEXT_STORE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/localised_text.h"
#include "rules/money.h"
#include "rules/text_table.h"

namespace xsell::rules {

// What the placeholders stand for.
struct TextValues {
  std::string_view offer;              // {offer}
  std::string_view trigger;            // {trigger}
  std::int64_t quantity_milli = 1000;  // {quantity}
  std::int64_t price_minor = -1;       // {price}; -1: unknown
  std::int64_t saving_minor = -1;      // {saving}; -1: the host has not confirmed it
  int percent = 0;                     // {percent}
  Currency currency;
};

// A text in one language.
struct TextVariant {
  std::string_view language;
  std::string_view text;
};

class TextStore {
 public:
  // Requires: sorted by language.
  std::uint32_t add(std::span<const TextVariant> text);
  std::uint32_t add(const LocalisedText& text);
  // Whether the text with this id says just that.
  bool is(std::uint32_t id, std::span<const TextVariant> text) const;
  std::size_t size() const { return first_variant_.size() - 1; }

  void fetch_place(std::uint32_t text) const {
    if (text != kNoId) __builtin_prefetch(&variants_[first_variant_[text]]);
  }
  // As LocalisedText::find() chooses; empty for kNoId. The placeholders stand as written.
  std::string_view find(std::uint32_t text, std::string_view language,
                        std::string_view fallback) const;
  // The same filled in. Too long for the room: cut at a code point. Empty when the text speaks of a
  // price or saving that is not known: rather say nothing than a wrong thing.
  std::string_view fill_in(std::uint32_t text, std::string_view language, std::string_view fallback,
                           const TextValues& values, std::span<char> room) const;
  std::size_t bytes() const;

  template <class Archive, class Self>
  static void visit(Archive& archive, Self& self) {
    archive(self.languages_, self.bytes_, self.first_variant_, self.variants_, self.pieces_);
  }

 private:
  enum class PieceKind : std::uint8_t { literal, offer, trigger, quantity, percent, price, saving };
  struct Piece {
    std::uint32_t begin = 0;  // literal: into bytes_
    std::uint16_t size = 0;
    PieceKind kind = PieceKind::literal;
    std::uint8_t unused = 0;
  };
  struct Variant {
    std::uint32_t language = 0;  // into languages_
    std::uint32_t begin = 0;     // into bytes_
    std::uint32_t size = 0;
    std::uint32_t first_piece = 0;  // the next variant says where they end
  };
  class Writer;

  const Variant* choose(std::uint32_t text, std::string_view language,
                        std::string_view fallback) const;
  void cut(const Variant& variant);
  static PieceKind kind_of(std::string_view name);
  static bool write(const Piece& piece, const TextValues& values, Writer& writer);

  TextTable languages_;
  std::string bytes_;
  std::vector<std::uint32_t> first_variant_{0};  // by text, and one past the last
  std::vector<Variant> variants_{Variant{}};     // and one past the last
  std::vector<Piece> pieces_;
};

}  // namespace xsell::rules

#endif  // XSELL_RULES_TEXT_STORE_H_
