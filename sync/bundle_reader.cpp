#include <zstd.h>

#include <algorithm>
#include <vector>

#include "rules/strict_json.h"
#include "sync/bundle.h"
#include "sync/state_hash.h"

namespace xsell::sync {
namespace {

constexpr std::string_view kFrameMagic = "\x28\xB5\x2F\xFD";
constexpr std::string_view kSchema = "xsell.bundle/1";
constexpr uint64_t kShortestLineBytes = 11;  // {"id":"x"} and its newline
constexpr int kFrameLineDepth = 4;

struct Broken {
  Problem problem;
  std::string detail;
};

[[noreturn]] void fail(const std::string& what, Problem problem = Problem::kBundle) {
  throw Broken{problem, "bundle: " + what};
}

rules::JsonValue read_frame_line(std::string_view line, std::string_view what) {
  auto document = rules::read_json(
      line, {.max_bytes = 4096, .max_depth = kFrameLineDepth, .integers_only = true});
  if (document.error || !document.value.is_object()) fail(std::string(what) + " is not readable");
  return std::move(document.value);
}

uint64_t number(const rules::JsonValue& object, std::string_view name, std::string_view what) {
  const auto* value = object.find(name);
  if (value == nullptr || !value->is_integer() || value->integer < 0) {
    fail(std::string(what) + " has no usable \"" + std::string(name) + '"');
  }
  return static_cast<uint64_t>(value->integer);
}

std::string_view text(const rules::JsonValue& object, std::string_view name) {
  const auto* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string_view(value->text)
                                                : std::string_view();
}

}  // namespace

struct BundleReader::State {
  State(BundleSink& bundle_sink, const BundleLimits& limits)
      : sink(bundle_sink), bounds(limits), zstd(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (!zstd) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(zstd.get(), ZSTD_d_windowLogMax, bounds.window_log);
    inflated.resize(ZSTD_DStreamOutSize());
  }

  void inflate(std::string_view compressed);
  void take_text(std::string_view text);
  void take_line(std::string_view line);
  void take_header(std::string_view line);
  void take_footer(std::string_view line);
  void require_magic(std::string_view compressed);

  // Runs a step; once one has failed, nothing more is read.
  template <typename Step>
  bool run(Step step) {
    if (failure.failed()) return false;
    try {
      step();
    } catch (const Broken& broken) {
      failure = {broken.problem, NetError::kNone, broken.detail};
    }
    return !failure.failed();
  }

  BundleSink& sink;
  const BundleLimits bounds;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> zstd;
  std::vector<char> inflated;
  std::string partial_line;
  StateHasher hasher;
  std::string last_id;
  uint64_t wire_bytes = 0;
  uint64_t inflated_bytes = 0;
  uint64_t line_count = 0;
  bool has_header = false;
  bool has_footer = false;
  bool is_frame_over = false;
  BundleHeader header;
  Sha256 state_hash{};
  Failure failure;
};

// Exactly one frame: skippable frames could go on for ever without giving a byte.
void BundleReader::State::require_magic(std::string_view compressed) {
  if (wire_bytes >= kFrameMagic.size()) return;
  const auto rest = kFrameMagic.substr(wire_bytes);
  const size_t count = std::min(rest.size(), compressed.size());
  if (compressed.substr(0, count) != rest.substr(0, count)) fail("it is not a zstd frame");
}

void BundleReader::State::inflate(std::string_view compressed) {
  require_magic(compressed);
  wire_bytes += compressed.size();
  if (wire_bytes > bounds.wire_bytes) fail("it is over the compressed size allowed");
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  bool has_more_output = false;
  while (in.pos < in.size || has_more_output) {
    if (is_frame_over) fail("bytes follow the frame");
    ZSTD_outBuffer out{inflated.data(), inflated.size(), 0};
    const size_t left = ZSTD_decompressStream(zstd.get(), &out, &in);
    if (ZSTD_isError(left) != 0U) fail(ZSTD_getErrorName(left));
    is_frame_over = left == 0;
    has_more_output = !is_frame_over && out.pos == out.size;
    inflated_bytes += out.pos;
    if (inflated_bytes > bounds.inflated_bytes) fail("it is over the inflated size allowed");
    take_text({inflated.data(), out.pos});
  }
}

void BundleReader::State::take_text(std::string_view text) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view piece = text.substr(0, end);
    if (partial_line.size() + piece.size() > bounds.line_bytes) fail("a line is too long");
    if (end == std::string_view::npos) {
      partial_line.append(piece);
      return;
    }
    if (partial_line.empty()) {
      take_line(piece);
    } else {
      partial_line.append(piece);
      take_line(partial_line);
      partial_line.clear();
    }
    text.remove_prefix(end + 1);
  }
}

void BundleReader::State::take_line(std::string_view line) {
  if (!has_header) return take_header(line);
  if (line_count == header.count) return take_footer(line);
  const std::string_view id = line_id(line);
  const std::string place = "line " + std::to_string(line_count + 2);
  if (id.empty()) fail(place + " has no id");
  if (line_count > 0 && id <= last_id) fail(place + " (" + std::string(id) + ") is out of order");
  last_id = id;
  ++line_count;
  hasher.add(id, line);
  if (!sink.on_line(id, line)) {
    fail(place + " (" + std::string(id) + ") was refused", Problem::kRefused);
  }
}

void BundleReader::State::take_header(std::string_view line) {
  const rules::JsonValue object = read_frame_line(line, "the header");
  if (text(object, "schema") != kSchema) {
    fail("schema \"" + std::string(text(object, "schema")) + "\" is not " + std::string(kSchema));
  }
  header = {.version = number(object, "version", "the header"),
            .count = number(object, "count", "the header")};
  if (header.count > bounds.inflated_bytes / kShortestLineBytes)
    fail("the header's count is absurd");
  has_header = true;
  if (!sink.on_header(header)) fail("the header was refused", Problem::kRefused);
}

void BundleReader::State::take_footer(std::string_view line) {
  if (has_footer) fail("a line follows the footer");
  const rules::JsonValue object = read_frame_line(line, "the footer");
  if (number(object, "count", "the footer") != line_count) fail("the footer's count is wrong");
  const auto expected = sha256_from_hex(text(object, "state_hash"));
  if (!expected) fail("the footer has no state hash");
  state_hash = hasher.finish();
  if (state_hash != *expected) {
    fail("state hash " + to_hex(state_hash) + " instead of " + to_hex(*expected),
         Problem::kStateHash);
  }
  has_footer = true;
}

BundleReader::BundleReader(BundleSink& sink, const BundleLimits& bounds)
    : state_(std::make_unique<State>(sink, bounds)) {}

BundleReader::~BundleReader() = default;

bool BundleReader::write(std::string_view compressed) {
  return state_->run([&] { state_->inflate(compressed); });
}

Failure BundleReader::finish() {
  state_->run([&] {
    if (!state_->is_frame_over) fail("the frame ends early");
    if (!state_->has_footer || !state_->partial_line.empty()) fail("the footer is missing");
  });
  return state_->failure;
}

const Failure& BundleReader::failure() const { return state_->failure; }
const BundleHeader& BundleReader::header() const { return state_->header; }
const Sha256& BundleReader::state_hash() const { return state_->state_hash; }

}  // namespace xsell::sync
