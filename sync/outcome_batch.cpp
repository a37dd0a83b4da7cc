#include "sync/outcome_batch.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>

#include "rules/canonical_json.h"
#include "rules/strict_json.h"
#include "sync/sha256.h"

namespace xsell::sync {
namespace {

using rules::JsonValue;

constexpr std::string_view kSchema = "xsell.outcomes/1";
constexpr int kCompressionLevel = 3;
constexpr int kWindowLog = 21;  // never needs more memory than the cap on what is inflated
constexpr std::size_t kMaxLineBytes = kMaxOutcomeBytes + 256;
constexpr std::size_t kMaxClassBytes = 32;

std::string line_of(const BatchRecord& record) {
  std::string line = "{\"seq\":" + std::to_string(record.first_sequence);
  if (!record.is_tombstone) return line + ",\"outcome\":" + record.outcome_json + "}\n";
  line += ",\"last\":" + std::to_string(record.last_sequence) + ",\"class\":";
  rules::append_json_string(line, record.loss_class);
  return line + ",\"count\":" + std::to_string(record.count) + "}\n";
}

// Empty when it cannot be done.
std::string compress(std::string_view text) {
  std::string bytes(ZSTD_compressBound(text.size()), '\0');
  const std::size_t size =
      ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), kCompressionLevel);
  if (ZSTD_isError(size) != 0) return {};
  bytes.resize(size);
  return bytes;
}

std::string compress_head(const OutcomeBatch& batch, std::size_t count) {
  std::string text = "{\"schema\":\"" + std::string(kSchema) +
                     "\",\"epoch\":" + std::to_string(batch.epoch) +
                     ",\"first\":" + std::to_string(batch.records.front().first_sequence) +
                     ",\"last\":" + std::to_string(batch.records[count - 1].last_sequence) +
                     ",\"count\":" + std::to_string(count) + "}\n";
  for (std::size_t i = 0; i < count; ++i) text += line_of(batch.records[i]);
  if (text.size() > kMaxBatchInflated) return {};
  return compress(text);
}

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

// One frame, to its end, within the cap. Whatever its header promises, no more than the cap is
// allocated.
std::optional<std::string> inflate(std::string_view bytes, bool& is_too_large) {
  const std::unique_ptr<ZSTD_DStream, FreeStream> stream(ZSTD_createDStream());
  if (!stream ||
      ZSTD_isError(ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, kWindowLog)) != 0)
    return std::nullopt;
  std::string text;
  std::string block(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  for (;;) {
    ZSTD_outBuffer out{block.data(), block.size(), 0};
    const std::size_t left = ZSTD_decompressStream(stream.get(), &out, &in);
    if (ZSTD_isError(left) != 0) return std::nullopt;
    if (text.size() + out.pos > kMaxBatchInflated) {
      is_too_large = true;
      return std::nullopt;
    }
    text.append(block, 0, out.pos);
    if (left == 0) break;
    if (in.pos == in.size && out.pos < out.size) return std::nullopt;  // cut short
  }
  if (in.pos != in.size) return std::nullopt;  // something behind the frame
  return text;
}

// The member as an unsigned number; `problem` is set when it is none.
std::uint64_t number(const JsonValue& object, std::string_view name, std::string& problem) {
  const JsonValue* member = object.find(name);
  if (member != nullptr && member->is_integer() && member->integer >= 0)
    return static_cast<std::uint64_t>(member->integer);
  if (problem.empty()) problem = std::string(name) + " is missing or no number";
  return 0;
}

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}

  bool next(std::string_view& line) {
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) return false;
    line = text_.substr(0, end);
    text_.remove_prefix(end + 1);
    ++number_;
    return true;
  }

  bool is_at_end() const { return text_.empty(); }
  std::size_t line_number() const { return number_; }

 private:
  std::string_view text_;
  std::size_t number_ = 0;
};

// Empty, or what is wrong with the line.
std::string read_record(std::string_view line, BatchRecord& record) {
  if (line.size() > kMaxLineBytes) return "is too long";
  const rules::JsonDocument document = rules::read_json(
      line,
      {.max_bytes = kMaxLineBytes, .max_values = 200, .max_depth = 16, .integers_only = false});
  if (document.error) return document.error->message;
  const JsonValue& object = document.value;
  std::string problem;
  record.first_sequence = number(object, "seq", problem);
  if (const JsonValue* outcome = object.find("outcome")) {
    if (!outcome->is_object() || object.members.size() != 2)
      return "is neither an outcome nor a tombstone";
    if (outcome->size > kMaxOutcomeBytes) return "is too long";
    record.last_sequence = record.first_sequence;
    record.outcome_json = line.substr(outcome->offset, outcome->size);
    return problem;
  }
  record.is_tombstone = true;
  record.last_sequence = number(object, "last", problem);
  record.count = number(object, "count", problem);
  const JsonValue* loss_class = object.find("class");
  if (loss_class == nullptr || !loss_class->is_string() ||
      loss_class->text.size() > kMaxClassBytes || object.members.size() != 4) {
    return "is neither an outcome nor a tombstone";
  }
  record.loss_class = loss_class->text;
  if (problem.empty() && record.last_sequence < record.first_sequence)
    return "ends before it begins";
  return problem;
}

}  // namespace

std::int64_t outcome_digest(std::string_view json) {
  const Sha256 hash = sha256(json);
  std::int64_t digest = 0;
  std::memcpy(&digest, hash.data(), sizeof digest);
  return digest;
}

EncodedBatch encode_batch(const OutcomeBatch& batch, std::size_t max_records) {
  EncodedBatch result;
  std::size_t count = std::min({batch.records.size(), max_records, kMaxBatchRecords});
  while (count > 0) {
    result.bytes = compress_head(batch, count);
    if (!result.bytes.empty() && result.bytes.size() <= kMaxBatchBytes) break;
    result.bytes.clear();
    count /= 2;
  }
  result.record_count = count;
  if (count > 0) result.last_sequence = batch.records[count - 1].last_sequence;
  return result;
}

DecodedBatch decode_batch(std::string_view bytes) {
  DecodedBatch result;
  const auto fail = [&](std::string why) {
    result.error = std::move(why);
    return result;
  };
  result.is_too_large = bytes.size() > kMaxBatchBytes;
  if (result.is_too_large) return fail("the batch is over its cap");
  const std::optional<std::string> text = inflate(bytes, result.is_too_large);
  if (!text)
    return fail(result.is_too_large ? "the batch inflates over its cap"
                                    : "the batch is not one whole zstd frame");

  LineReader lines(*text);
  std::string_view line;
  if (!lines.next(line)) return fail("the batch has no header line");
  const rules::JsonDocument header = rules::read_json(
      line, {.max_bytes = 1024, .max_values = 20, .max_depth = 2, .integers_only = true});
  if (header.error) return fail("header: " + header.error->message);
  const JsonValue* schema = header.value.find("schema");
  if (schema == nullptr || !schema->is_string() || schema->text != kSchema)
    return fail("header: this HQ takes " + std::string(kSchema) + " only");
  std::string problem;
  OutcomeBatch batch;
  batch.epoch = number(header.value, "epoch", problem);
  const std::uint64_t first = number(header.value, "first", problem);
  const std::uint64_t last = number(header.value, "last", problem);
  const std::uint64_t count = number(header.value, "count", problem);
  if (!problem.empty()) return fail("header: " + problem);
  if (count == 0 || first == 0) return fail("header: an empty batch");
  result.is_too_large = count > kMaxBatchRecords;
  if (result.is_too_large)
    return fail("more than " + std::to_string(kMaxBatchRecords) + " records");

  std::uint64_t expected = first;
  while (lines.next(line)) {
    const std::string where = "line " + std::to_string(lines.line_number()) + ": ";
    if (batch.records.size() == count) return fail(where + "more records than the header says");
    BatchRecord record;
    problem = read_record(line, record);
    if (!problem.empty()) return fail(where + problem);
    if (record.first_sequence != expected) return fail(where + "out of sequence");
    expected = record.last_sequence + 1;
    batch.records.push_back(std::move(record));
  }
  if (!lines.is_at_end()) return fail("the last line does not end");
  if (batch.records.size() != count || expected != last + 1)
    return fail("fewer records than the header says");
  result.batch = std::move(batch);
  return result;
}

}  // namespace xsell::sync
