#include "hq/users.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "hq/errors.h"
#include "hq/secret.h"

namespace xsell::hq {
namespace {

using offline_cache::Statement;
using offline_cache::Transaction;

constexpr std::array<std::string_view, 4> kRoleNames = {"viewer", "author", "approver", "admin"};
constexpr std::size_t kMaxNameBytes = 63;

User read_user(const Statement& row) {
  return {std::string(row.column_text(0)),
          role_from_name(row.column_text(1)).value_or(Role::kViewer), row.column_int64(2)};
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == '@';
}

}  // namespace

std::string_view role_name(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_from_name(std::string_view name) {
  const auto found = std::find(kRoleNames.begin(), kRoleNames.end(), name);
  if (found == kRoleNames.end()) return std::nullopt;
  return static_cast<Role>(found - kRoleNames.begin());
}

std::string Users::add(std::string_view name, Role role, std::int64_t now_s) {
  if (name.empty() || name.size() > kMaxNameBytes ||
      !std::all_of(name.begin(), name.end(), is_plain)) {
    throw Refused(fmt::format("'{}' is no user name: 1 to {} letters, digits, '.', '_', '-' or '@'",
                              name, kMaxNameBytes));
  }
  std::string token = new_secret("xsellhq_");
  Transaction transaction(store_.database());
  Statement existing = store_.prepare("SELECT 1 FROM users WHERE name = ?");
  if (existing.bind_all(name).step()) {
    throw Refused(fmt::format(
        "there is a user {} already; remove it first to give it a new token or role", name));
  }
  existing.reset();
  store_.prepare("INSERT INTO users (name, role, token_hash, created_at) VALUES (?, ?, ?, ?)")
      .run(name, role_name(role), sha256_hex(token), now_s);
  transaction.commit();
  return token;
}

void Users::remove(std::string_view name) {
  Transaction transaction(store_.database());
  const std::vector<User> users = list();
  const auto found =
      std::find_if(users.begin(), users.end(), [&](const User& user) { return user.name == name; });
  if (found == users.end()) throw Refused(fmt::format("there is no user {}", name));
  const auto admins = std::count_if(users.begin(), users.end(),
                                    [](const User& user) { return user.role == Role::kAdmin; });
  if (found->role == Role::kAdmin && admins == 1) {
    throw Refused(fmt::format("{} is the last admin; add another one first", name));
  }
  store_.prepare("DELETE FROM users WHERE name = ?").run(name);
  transaction.commit();
}

std::vector<User> Users::list() {
  std::vector<User> users;
  Statement query = store_.prepare("SELECT name, role, created_at FROM users ORDER BY name");
  while (query.step()) users.push_back(read_user(query));
  return users;
}

std::optional<User> Users::find_by_token(std::string_view token) {
  Statement query = store_.prepare("SELECT name, role, created_at FROM users WHERE token_hash = ?");
  query.bind_all(sha256_hex(token));
  if (!query.step()) return std::nullopt;
  return read_user(query);
}

void require(const User& user, Role role) {
  if (user.role >= role) return;
  throw NotAllowed(fmt::format("{} is {}, and this needs {}; ask an admin of this HQ", user.name,
                               role_name(user.role), role_name(role)));
}

}  // namespace xsell::hq
