#include "hq/import/item_numbers.h"

#include "rules/item_key.h"

namespace xsell::hq {

ItemNumbers::ItemNumbers(HqStore& store)
    : database_(store.database()),
      find_(store.prepare("SELECT item_id FROM items WHERE item = ?")),
      add_(store.prepare("INSERT INTO items (item) VALUES (?)")) {}

std::optional<std::int64_t> ItemNumbers::find_or_add(std::string_view text) {
  const auto known = numbers_.find(text);
  if (known != numbers_.end()) return known->second;
  const auto key = rules::ItemKey::from_text(text);
  if (!key) return std::nullopt;
  std::int64_t number = 0;
  find_.bind_all(key->view());
  if (find_.step()) {
    number = find_.column_int64(0);
  } else {
    add_.run(key->view());
    number = database_.last_insert_id();
    ++added_count_;
  }
  find_.reset();
  numbers_.emplace(text, number);
  return number;
}

}  // namespace xsell::hq
