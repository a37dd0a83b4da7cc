#include "hq/import/basket_rows.h"

#include <algorithm>
#include <cstring>

#include "hq/errors.h"
#include "hq/import/csv_reader.h"
#include "hq/import/fimi_line.h"
#include "hq/import/fimi_rows.h"
#include "hq/import/poslog_reader.h"

namespace xsell::hq {
namespace {

class CsvRows : public BasketRows {
 public:
  CsvRows(std::unique_ptr<ByteSource> source, const std::vector<std::string>& map)
      : reader_(std::move(source)), map_(basket_roles(true), reader_.header(), map) {}

  Row next() override {
    switch (reader_.next()) {
      case CsvReader::Row::kRead:
        return Row::kRead;
      case CsvReader::Row::kBad:
        return Row::kBad;
      case CsvReader::Row::kEnd:
        break;
    }
    return Row::kEnd;
  }
  std::string_view field(BasketRole role) const override {
    return map_.field(role, reader_.fields());
  }
  bool has(BasketRole role) const override { return map_.has(role); }
  std::uint64_t line() const override { return reader_.line(); }
  std::string_view raw() const override { return reader_.raw(); }
  std::string_view bad_reason() const override { return reader_.bad_reason(); }
  std::uint64_t consumed_bytes() const override { return reader_.source().consumed_bytes(); }
  std::uint64_t total_bytes() const override { return reader_.source().total_bytes(); }
  std::string mapping() const override { return map_.describe(); }

 private:
  CsvReader reader_;
  const ColumnMap map_;
};

// Gives the first bytes again after somebody has looked at them.
class LookedAt : public ByteSource {
 public:
  explicit LookedAt(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {
    size_ = source_->read(front_);
  }
  std::string_view front() const { return {front_.data(), size_}; }

  std::size_t read(std::span<char> out) override {
    if (given_ == size_) return source_->read(out);
    const std::size_t size = std::min(out.size(), size_ - given_);
    std::memcpy(out.data(), front_.data() + given_, size);
    given_ += size;
    return size;
  }
  std::uint64_t consumed_bytes() const override { return source_->consumed_bytes(); }
  std::uint64_t total_bytes() const override { return source_->total_bytes(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::array<char, 4096> front_{};
  std::size_t size_ = 0;
  std::size_t given_ = 0;
};

bool is_xml(std::string_view front) {
  if (front.starts_with("\xEF\xBB\xBF")) front.remove_prefix(3);
  const std::size_t at = front.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && front[at] == '<';
}

}  // namespace

std::unique_ptr<BasketRows> BasketRows::open(const std::string& path,
                                             const std::vector<std::string>& map,
                                             const std::string& day) {
  auto source = std::make_unique<LookedAt>(ByteSource::open(path));
  if (looks_like_fimi(source->front())) {
    if (!day.empty()) return std::make_unique<FimiRows>(std::move(source), path, day);
    throw UsageError(
        path + " has one basket a line and tells no times: say with --date what day it is of");
  }
  if (is_xml(source->front())) return std::make_unique<PoslogReader>(std::move(source), map);
  return std::make_unique<CsvRows>(std::move(source), map);
}

}  // namespace xsell::hq
