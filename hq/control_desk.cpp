#include "hq/control_desk.h"

#include <fmt/format.h>

#include "hq/audit.h"
#include "hq/errors.h"
#include "hq/publish_lock.h"

namespace xsell::hq {
namespace {

using sync::Control;
using sync::Kill;
using sync::tuf::PolicyRole;
using sync::tuf::Repository;

Control read_control(const Repository& repository) {
  const auto policy = repository.policy(PolicyRole::kControl);
  return policy ? sync::parse_control(policy->json).value_or(Control{}) : Control{};
}

}  // namespace

Control ControlDesk::change(const Kill& kill, const std::string& action, const std::string& user,
                            std::int64_t now_s, const std::function<void(Control&)>& edit) {
  const PublishLock lock(folder_);
  const sync::tuf::RepositoryKeys keys = load_signing_keys(folder_.keys(), unlock_);
  Repository repository(folder_.tree(), keys);
  Control control = read_control(repository);
  edit(control);

  offline_cache::Transaction transaction(store_.database());
  Audit(store_).record(
      now_s, user, action,
      {{"scope", sync::name_of(kill.scope)}, {"value", kill.value}, {"reason", kill.reason}});
  repository.put_policy(PolicyRole::kControl, sync::to_json(control), now_s);
  transaction.commit();
  return control;
}

Control ControlDesk::now() const {
  const sync::tuf::RepositoryKeys no_keys;
  return read_control(Repository(folder_.tree(), no_keys));
}

Control ControlDesk::disable(const Kill& kill, const std::string& user, std::int64_t now_s) {
  return change(kill, "control disable", user, now_s, [&](Control& control) {
    std::erase_if(control.kills, [&](const Kill& other) { return other.is_same_switch(kill); });
    control.kills.push_back(kill);
  });
}

Control ControlDesk::enable(const Kill& kill, const std::string& user, std::int64_t now_s) {
  return change(kill, "control enable", user, now_s, [&](Control& control) {
    const auto removed =
        std::erase_if(control.kills, [&](const Kill& other) { return other.is_same_switch(kill); });
    if (removed == 0) {
      throw Refused(fmt::format("{} {} is not switched off; see 'xsell-hq control list'",
                                sync::name_of(kill.scope), kill.value));
    }
  });
}

}  // namespace xsell::hq
