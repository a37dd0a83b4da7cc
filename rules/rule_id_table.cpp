#include "rules/rule_id_table.h"

#include <algorithm>
#include <cstring>

namespace xsell::rules {

void RuleIdTable::add(std::string_view id) {
  RuleIdText text;
  text.assign(id);
  const std::string_view now = text.view();
  const std::string_view before = last_.view();
  std::size_t shared = 0;
  if (count_ % kBlock == 0) {
    blocks_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  } else {
    shared = static_cast<std::size_t>(
        std::mismatch(now.begin(), now.end(), before.begin(), before.end()).first - now.begin());
  }
  bytes_ += static_cast<char>(shared);
  bytes_ += static_cast<char>(now.size() - shared);
  bytes_ += now.substr(shared);
  last_ = text;
  ++count_;
}

RuleIdText RuleIdTable::text(std::uint32_t rule) const {
  RuleIdText out;
  const char* at = bytes_.data() + blocks_[rule / kBlock];
  std::size_t end = 0;
  for (std::uint32_t i = 0; i <= rule % kBlock; ++i) {
    const auto shared = static_cast<unsigned char>(at[0]);
    const auto own = static_cast<unsigned char>(at[1]);
    std::memcpy(out.bytes + shared, at + 2, own);
    end = std::size_t{shared} + own;
    at += 2 + own;
  }
  // What a longer one left behind it.
  std::memset(out.bytes + end, 0, sizeof out.bytes - end);
  return out;
}

std::uint32_t RuleIdTable::find(std::string_view id) const {
  std::uint32_t first = 0;
  std::uint32_t count = count_;
  while (count > 0) {
    const std::uint32_t middle = first + count / 2;
    const bool is_below = text(middle).view() < id;
    count = is_below ? count - count / 2 - 1 : count / 2;
    if (is_below) first = middle + 1;
  }
  return first < count_ && text(first).view() == id ? first : kNoId;
}

}  // namespace xsell::rules
