#include "tests/plugin/release_tree.h"

#include "sync/bundle.h"
#include "sync/delta.h"
#include "sync/release.h"
#include "sync/whole_file.h"

namespace xsell::tests {
namespace {

struct Bytes : sync::ByteSink {
  bool write(std::string_view bytes) override {
    body.append(bytes);
    return true;
  }
  std::string body;
};

sync::tuf::RepositoryKeys one_key_each() {
  sync::tuf::RepositoryKeys keys;
  for (auto* role :
       {&keys.root, &keys.targets, &keys.snapshot, &keys.timestamp, &keys.control, &keys.rollout}) {
    role->push_back(sync::SigningKey::generate());
  }
  return keys;
}

std::string make_bundle(uint64_t version, const ReleaseTree::Lines& lines) {
  Bytes out;
  sync::BundleWriter writer(out, {.version = version, .count = lines.size()});
  for (const auto& [id, line] : lines) writer.add(id, line);
  writer.finish();
  return out.body;
}

}  // namespace

std::string make_delta(uint64_t from_version, const ReleaseTree::Lines& from, uint64_t version,
                       const ReleaseTree::Lines& to) {
  std::map<std::string, const std::string*> changes;
  for (const auto& [id, line] : from) {
    if (!to.contains(id)) changes[id] = nullptr;
  }
  for (const auto& [id, line] : to) {
    const auto before = from.find(id);
    if (before == from.end() || before->second != line) changes[id] = &line;
  }
  Bytes out;
  sync::DeltaWriter writer(out, {.from_version = from_version,
                                 .version = version,
                                 .count = changes.size(),
                                 .from_state_hash = state_hash_of(from)});
  for (const auto& [id, line] : changes) {
    if (line == nullptr) {
      writer.remove(id);
    } else {
      writer.put(id, *line);
    }
  }
  writer.finish(state_hash_of(to));
  return out.body;
}

sync::Sha256 state_hash_of(const ReleaseTree::Lines& lines) {
  sync::StateHasher hasher;
  for (const auto& [id, line] : lines) hasher.add(id, line);
  return hasher.finish();
}

ReleaseTree::ReleaseTree(int64_t now_s)
    : now_s_(now_s), keys_(one_key_each()), repository_(folder_.path(), keys_) {
  repository_.create(now_s_);
}

ReleaseTree::Lines ReleaseTree::lines(const std::string& text, int items) {
  Lines lines = {
      {"policy", R"({"currency":"EUR","id":"policy","max_prompts_per_operator_hour":120})"},
      {"item/PHONE", R"({"id":"item/PHONE","name":{"en":"Phone"}})"},
      {"item/CASE", R"({"id":"item/CASE","name":{"en":"Case"}})"},
      {"rule/phone-case",
       R"({"condition":{"basket_has":{"items":["PHONE"]}},"id":"rule/phone-case",)"
       R"("offers":[{"items":["CASE"]}],"prompt":{"operator_text":{"en":")" +
           text + R"("},"reason":{"en":"Screens break early"}},"relation":"accessory"})"}};
  for (int i = 1; i <= items; ++i) {
    const std::string id = "item/MORE-" + std::to_string(i);
    lines[id] = R"({"id":")" + id + R"(","name":{"en":"More"}})";
  }
  return lines;
}

void ReleaseTree::publish(uint64_t version, const Lines& lines,
                          const std::function<void(std::vector<File>&)>& spoil) {
  std::vector<std::string> before;
  for (const auto& [name, file] : repository_.targets().files) before.push_back(name);
  std::vector<File> files = {{"rules-" + std::to_string(version) + ".bundle.zst",
                              make_bundle(version, lines),
                              sync::release_custom(version, state_hash_of(lines), 0)}};
  for (const auto& [earlier, content] : published_) {
    files.push_back(
        {"rules-" + std::to_string(earlier) + "-" + std::to_string(version) + ".delta.zst",
         make_delta(earlier, content, version, lines),
         sync::delta_custom(earlier, state_hash_of(content), version, state_hash_of(lines))});
  }
  published_[version] = lines;
  if (spoil) spoil(files);
  std::vector<sync::tuf::NewTarget> targets;
  for (const File& file : files) targets.push_back({file.name, file.bytes, file.custom});
  repository_.publish(targets, before, now_s_);
}

void ReleaseTree::publish_staged(uint64_t version, const Lines& lines, const std::string& salt) {
  const std::string bundle = make_bundle(version, lines);
  repository_.publish({{"rules-" + std::to_string(version) + ".bundle.zst", bundle,
                        sync::release_custom(version, state_hash_of(lines), 0, salt)}},
                      {}, now_s_);
  published_[version] = lines;
}

sync::Identity ReleaseTree::identity() const {
  sync::Identity identity;
  identity.device = "d-test";
  identity.store = "0217";
  identity.lane = "3";
  identity.root_json = repository_.root_bytes();
  return identity;
}

std::string ReleaseTree::target(const std::string& name) const {
  return repository_.target_path(repository_.targets().files.at(name));
}

}  // namespace xsell::tests
