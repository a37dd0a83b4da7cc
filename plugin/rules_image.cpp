#include "plugin/rules_image.h"

#include <string_view>

#include "offline_cache/image_file.h"
#include "plugin/version.h"
#include "rules/index_image.h"

namespace xsell::plugin {
namespace {

class KeyText {
 public:
  // With its length, so that no two lists of parts read alike.
  KeyText& add(std::string_view part) {
    text_ += std::to_string(part.size()) + ':';
    text_ += part;
    return *this;
  }
  KeyText& add(const std::vector<std::string>& parts) {
    add(parts.size());
    for (const std::string& part : parts) add(std::string_view(part));
    return *this;
  }
  KeyText& add(uint64_t number) { return add(std::string_view(std::to_string(number))); }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

std::string text_of(const ImageKey& key) {
  const auto& hash = key.header.state_hash;
  const rules::LaneScope& scope = key.scope;
  return KeyText()
      .add(std::string_view(kVersion))
      .add({reinterpret_cast<const char*>(hash.data()), hash.size()})
      .add(key.header.version)
      .add(scope.business_unit)
      .add(scope.business_unit_groups)
      .add(scope.workstation)
      .add(static_cast<uint64_t>(scope.workstation_type))
      .add(static_cast<uint64_t>(scope.lanes_in_store))
      .add(scope.language)
      .add(scope.currency.view())
      .add(scope.device_seed)
      .add(key.killed)
      .add(uint64_t{key.is_past_staleness})
      .take();
}

}  // namespace

bool save_image(const std::string& path, const ImageKey& key, const rules::CompiledRuleSet& rules) {
  return offline_cache::write_image_file(
      path, text_of(key),
      [&](const offline_cache::ContentSink& sink) { rules::write_image(rules, sink); });
}

std::unique_ptr<rules::CompiledRuleSet> load_image(const std::string& path, const ImageKey& key) {
  std::unique_ptr<rules::CompiledRuleSet> rules;
  offline_cache::read_image_file(path, text_of(key),
                                 [&](uint64_t size, const offline_cache::ContentSource& source) {
                                   rules = rules::read_image(size, source, key.scope);
                                   return rules != nullptr;
                                 });
  return rules;
}

}  // namespace xsell::plugin
