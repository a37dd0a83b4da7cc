// A table for people: a title row, then rows, columns as wide as their widest cell.
#ifndef XSELL_HQ_TABLE_H_
#define XSELL_HQ_TABLE_H_

#include <iosfwd>
#include <string>
#include <vector>

namespace xsell::hq {

class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string title;
    Align align = Align::kLeft;
    // Longer cells are cut and end in an ellipsis; 0 means as wide as needed.
    std::size_t max_width = 0;
  };

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Missing cells are empty, surplus cells are dropped.
  void add_row(std::vector<std::string> cells);
  bool is_empty() const { return rows_.empty(); }
  void print(std::ostream& out) const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_TABLE_H_
