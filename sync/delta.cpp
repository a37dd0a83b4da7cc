#include "sync/delta.h"

#include "sync/bundle.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kPut = R"({"put":)";
constexpr std::string_view kRemove = R"({"del":")";
constexpr std::string_view kRemoveEnd = R"("})";

std::string header_line(const DeltaHeader& header) {
  return "{\"count\":" + std::to_string(header.count) + ",\"from_state_hash\":\"" +
         to_hex(header.from_state_hash) +
         "\",\"from_version\":" + std::to_string(header.from_version) + ",\"schema\":\"" +
         std::string(kDeltaSchema) + "\",\"version\":" + std::to_string(header.version) + "}";
}

// The release line within {"put":LINE}; empty if it is no put.
std::string_view put_line(std::string_view change) {
  if (!change.starts_with(kPut) || !change.ends_with('}')) return {};
  change.remove_prefix(kPut.size());
  change.remove_suffix(1);
  const bool is_object = change.starts_with('{') && change.ends_with('}');
  return is_object ? change : std::string_view();
}

// The id within {"del":"ID"}; empty if it is no removal.
std::string_view removed_id(std::string_view change) {
  if (change.size() < kRemove.size() + kRemoveEnd.size() || !change.starts_with(kRemove) ||
      !change.ends_with(kRemoveEnd)) {
    return {};
  }
  change.remove_prefix(kRemove.size());
  change.remove_suffix(kRemoveEnd.size());
  return is_line_id(change) ? change : std::string_view();
}

}  // namespace

DeltaWriter::DeltaWriter(ByteSink& out, const DeltaHeader& header)
    : frame_(out, "delta", header_line(header), header.count) {}

void DeltaWriter::put(std::string_view id, std::string_view line) {
  if (line_id(line) != id || line.size() > limits::kBundleLineBytes ||
      line.find('\n') != std::string_view::npos) {
    frame_.fail("line " + std::string(id) + " does not carry its id or is too long");
  }
  std::string change(kPut);
  change += line;
  change += '}';
  frame_.add(id, change, DeltaReader::kBounds.line_bytes);
}

void DeltaWriter::remove(std::string_view id) {
  if (!is_line_id(id)) frame_.fail("\"" + std::string(id) + "\" is no id");
  std::string change(kRemove);
  change += id;
  change += kRemoveEnd;
  frame_.add(id, change, DeltaReader::kBounds.line_bytes);
}

void DeltaWriter::finish(const Sha256& state_hash) { frame_.finish(state_hash); }

DeltaReader::DeltaReader(DeltaSink& sink, const FrameLimits& bounds)
    : FrameReader("delta", kDeltaSchema, bounds), sink_(sink) {}

void DeltaReader::take_header(const rules::JsonValue& header, uint64_t count) {
  header_ = {.from_version = number(header, "from_version"),
             .version = number(header, "version"),
             .count = count,
             .from_state_hash = hash(header, "from_state_hash")};
  if (!sink_.on_header(header_)) refuse("the header was refused");
}

std::string_view DeltaReader::id_of(std::string_view line) const {
  const std::string_view put = put_line(line);
  return put.empty() ? removed_id(line) : line_id(put);
}

bool DeltaReader::take_line(std::string_view id, std::string_view line) {
  const std::string_view put = put_line(line);
  if (put.size() > limits::kBundleLineBytes) fail("a line is too long");
  return put.empty() ? sink_.on_remove(id) : sink_.on_put(id, put);
}

void DeltaReader::take_footer(const Sha256& state_hash) { state_hash_ = state_hash; }

}  // namespace xsell::sync
