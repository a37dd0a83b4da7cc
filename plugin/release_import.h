#ifndef XSELL_PLUGIN_RELEASE_IMPORT_H_
#define XSELL_PLUGIN_RELEASE_IMPORT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "plugin/release_shelf.h"

namespace xsell::plugin {

// A release that came on a stick or over a share: as trustworthy as one from the network, and
// verified alike.
struct Imported {
  std::unique_ptr<rules::CompiledRuleSet> rules;  // null: nothing newer, or a failure
  uint64_t version = 0;                           // on disk now
  std::string failure;                            // for people; empty: none
};

// `folder` is laid out as HQ serves it (v1/tuf, v1/targets). Fails: by value.
Imported import_release(
    ReleaseShelf& shelf, const std::string& folder, const rules::LaneScope& scope,
    const Moment& now, std::function<void()> on_kill = [] {});

std::string to_json(const Imported& imported);

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_RELEASE_IMPORT_H_
