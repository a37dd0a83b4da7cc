#include "plugin/rules_image.h"

#include <string_view>

#include "offline_cache/image_file.h"
#include "plugin/version.h"

namespace xsell::plugin {
namespace {

class KeyText {
 public:
  KeyText& add(const char* part) { return add(std::string_view(part)); }
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

std::string_view bytes_of(const offline_cache::StateHash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

std::string key_of_records(const offline_cache::StateHash& state_hash) {
  return KeyText().add("records").add(std::string_view(kVersion)).add(bytes_of(state_hash)).take();
}

}  // namespace

std::string text_of(const ImageKey& key) {
  const rules::LaneScope& scope = key.scope;
  return KeyText()
      .add(std::string_view(kVersion))
      .add(bytes_of(key.header.state_hash))
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

bool save_image(const std::string& path, const std::string& key, const rules::ImageContent& rules) {
  return offline_cache::write_image_file(
      path, key, [&](const offline_cache::ContentSink& sink) { rules.write(sink); });
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

bool save_records(const std::string& path, const offline_cache::StateHash& state_hash,
                  const rules::ReleaseRecords& records) {
  return offline_cache::write_image_file(
      path, key_of_records(state_hash),
      [&](const offline_cache::ContentSink& sink) { rules::write_records(records, sink); });
}

std::optional<rules::ReleaseRecords> load_records(const std::string& path,
                                                  const offline_cache::StateHash& state_hash) {
  std::optional<rules::ReleaseRecords> records;
  offline_cache::read_image_file(path, key_of_records(state_hash),
                                 [&](uint64_t size, const offline_cache::ContentSource& source) {
                                   records = rules::read_records(size, source);
                                   return records.has_value();
                                 });
  return records;
}

}  // namespace xsell::plugin
