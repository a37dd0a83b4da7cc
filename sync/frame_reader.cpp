#include "sync/frame_reader.h"

#include <zstd.h>

#include <algorithm>
#include <new>
#include <utility>
#include <vector>

namespace xsell::sync {
namespace {

constexpr std::string_view kFrameMagic = "\x28\xB5\x2F\xFD";
constexpr uint64_t kShortestLineBytes = 11;  // {"id":"x"} and its newline
constexpr int kFrameLineDepth = 4;

std::string_view text(const rules::JsonValue& object, std::string_view name) {
  const auto* value = object.find(name);
  return value != nullptr && value->is_string() ? std::string_view(value->text)
                                                : std::string_view();
}

}  // namespace

struct FrameReader::State {
  State(FrameReader& frame_reader, std::string_view frame_kind, std::string_view frame_schema,
        const FrameLimits& limits)
      : reader(frame_reader),
        kind(frame_kind),
        schema(frame_schema),
        bounds(limits),
        zstd(ZSTD_createDCtx(), ZSTD_freeDCtx) {
    if (!zstd) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(zstd.get(), ZSTD_d_windowLogMax, bounds.window_log);
    inflated.resize(ZSTD_DStreamOutSize());
  }

  void inflate(std::string_view compressed);
  void take_text(std::string_view text);
  void take_line(std::string_view line);
  void take_header(std::string_view line);
  void take_footer(std::string_view line);
  void require_magic(std::string_view compressed) const;
  rules::JsonValue read_object(std::string_view line, std::string_view what) const;
  std::string place() const { return "line " + std::to_string(line_count + 2); }

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

  FrameReader& reader;
  const std::string kind;
  const std::string schema;
  const FrameLimits bounds;
  std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> zstd;
  std::vector<char> inflated;
  std::string partial_line;
  std::string last_id;
  uint64_t wire_bytes = 0;
  uint64_t inflated_bytes = 0;
  uint64_t expected_lines = 0;
  uint64_t line_count = 0;
  bool has_header = false;
  bool has_footer = false;
  bool is_frame_over = false;
  Failure failure;
};

// Exactly one frame: skippable frames could go on for ever without giving a byte.
void FrameReader::State::require_magic(std::string_view compressed) const {
  if (wire_bytes >= kFrameMagic.size()) return;
  const auto rest = kFrameMagic.substr(wire_bytes);
  const size_t count = std::min(rest.size(), compressed.size());
  if (compressed.substr(0, count) != rest.substr(0, count)) reader.fail("it is not a zstd frame");
}

void FrameReader::State::inflate(std::string_view compressed) {
  require_magic(compressed);
  wire_bytes += compressed.size();
  if (wire_bytes > bounds.wire_bytes) reader.fail("it is over the compressed size allowed");
  ZSTD_inBuffer in{compressed.data(), compressed.size(), 0};
  bool has_more_output = false;
  while (in.pos < in.size || has_more_output) {
    if (is_frame_over) reader.fail("bytes follow the frame");
    ZSTD_outBuffer out{inflated.data(), inflated.size(), 0};
    const size_t left = ZSTD_decompressStream(zstd.get(), &out, &in);
    if (ZSTD_isError(left) != 0U) reader.fail(ZSTD_getErrorName(left));
    is_frame_over = left == 0;
    has_more_output = !is_frame_over && out.pos == out.size;
    inflated_bytes += out.pos;
    if (inflated_bytes > bounds.inflated_bytes) reader.fail("it is over the inflated size allowed");
    take_text({inflated.data(), out.pos});
  }
}

void FrameReader::State::take_text(std::string_view text) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view piece = text.substr(0, end);
    if (partial_line.size() + piece.size() > bounds.line_bytes) reader.fail("a line is too long");
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

void FrameReader::State::take_line(std::string_view line) {
  if (!has_header) return take_header(line);
  if (line_count == expected_lines) return take_footer(line);
  const std::string_view id = reader.id_of(line);
  if (id.empty()) reader.fail(place() + " has no id");
  if (line_count > 0 && id <= last_id) {
    reader.fail(place() + " (" + std::string(id) + ") is out of order");
  }
  last_id = id;
  if (!reader.take_line(id, line)) reader.refuse(place() + " (" + last_id + ") was refused");
  ++line_count;
}

rules::JsonValue FrameReader::State::read_object(std::string_view line,
                                                 std::string_view what) const {
  auto document = rules::read_json(
      line, {.max_bytes = 4096, .max_depth = kFrameLineDepth, .integers_only = true});
  if (document.error || !document.value.is_object()) {
    reader.fail(std::string(what) + " is not readable");
  }
  return std::move(document.value);
}

void FrameReader::State::take_header(std::string_view line) {
  const rules::JsonValue object = read_object(line, "the header");
  if (text(object, "schema") != schema) {
    reader.fail("schema \"" + std::string(text(object, "schema")) + "\" is not " + schema);
  }
  expected_lines = reader.number(object, "count");
  if (expected_lines > bounds.inflated_bytes / kShortestLineBytes) {
    reader.fail("the header's count is absurd");
  }
  has_header = true;
  reader.take_header(object, expected_lines);
}

void FrameReader::State::take_footer(std::string_view line) {
  if (has_footer) reader.fail("a line follows the footer");
  const rules::JsonValue object = read_object(line, "the footer");
  if (reader.number(object, "count") != line_count) reader.fail("the footer's count is wrong");
  reader.take_footer(reader.hash(object, "state_hash"));
  has_footer = true;
}

FrameReader::FrameReader(std::string_view kind, std::string_view schema, const FrameLimits& bounds)
    : state_(std::make_unique<State>(*this, kind, schema, bounds)) {}

FrameReader::~FrameReader() = default;

bool FrameReader::write(std::string_view compressed) {
  return state_->run([&] { state_->inflate(compressed); });
}

Failure FrameReader::finish() {
  state_->run([&] {
    if (!state_->is_frame_over) fail("the frame ends early");
    if (!state_->has_footer || !state_->partial_line.empty()) fail("the footer is missing");
  });
  return state_->failure;
}

const Failure& FrameReader::failure() const { return state_->failure; }

void FrameReader::fail(const std::string& what, Problem problem) const {
  throw Broken{problem, state_->kind + ": " + what};
}

uint64_t FrameReader::number(const rules::JsonValue& object, std::string_view name) const {
  const auto* value = object.find(name);
  if (value == nullptr || !value->is_integer() || value->integer < 0) {
    fail("header or footer has no usable \"" + std::string(name) + '"');
  }
  return static_cast<uint64_t>(value->integer);
}

Sha256 FrameReader::hash(const rules::JsonValue& object, std::string_view name) const {
  const auto digest = sha256_from_hex(text(object, name));
  if (!digest) fail("header or footer has no usable \"" + std::string(name) + '"');
  return *digest;
}

}  // namespace xsell::sync
