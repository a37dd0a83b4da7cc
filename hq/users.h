// Who may use this HQ: names, roles, and the hashes of their tokens.
// Fails: Refused for a request that makes no sense now, StorageError from the database.
#ifndef XSELL_HQ_USERS_H_
#define XSELL_HQ_USERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hq/store.h"

namespace xsell::hq {

// Each role may do what those before it may: look; import, mine and write; publish and roll back;
// manage users and lanes.
enum class Role { kViewer, kAuthor, kApprover, kAdmin };

std::string_view role_name(Role role);
std::optional<Role> role_from_name(std::string_view name);

struct User {
  std::string name;
  Role role = Role::kViewer;
  std::int64_t created_at_s = 0;
};

class Users {
 public:
  explicit Users(HqStore& store) : store_(store) {}

  // Returns the token, which is stored nowhere.
  std::string add(std::string_view name, Role role, std::int64_t now_s);
  // Refuses to remove the last admin.
  void remove(std::string_view name);
  std::vector<User> list();
  std::optional<User> find_by_token(std::string_view token);

 private:
  HqStore& store_;
};

// Throws NotAllowed unless `user` holds `role` or one above it.
void require(const User& user, Role role);

}  // namespace xsell::hq

#endif  // XSELL_HQ_USERS_H_
