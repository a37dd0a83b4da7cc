#include "hq/import/column_map.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>

#include "hq/errors.h"
#include "hq/output.h"

namespace xsell::hq {
namespace {

std::string folded(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == ' ' || c == '_' || c == '-') continue;
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text;
}

std::optional<std::size_t> find_column(const std::vector<std::string>& header,
                                       std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (folded(header[i]) == folded(name)) return i;
  }
  return std::nullopt;
}

using Given = std::map<std::string, std::string>;

void read_map_file(const std::string& path, Given& given) {
  std::ifstream file(path);
  if (!file) {
    throw UsageError(
        fmt::format("--map {}: neither role=column nor a JSON file that can be read", path));
  }
  try {
    const Json document = Json::parse(file);
    for (const auto& [role, column] : document.items()) given[role] = column.get<std::string>();
  } catch (const Json::exception& error) {
    throw UsageError(
        fmt::format("--map {}: write it as {{\"role\": \"column\"}}: {}", path, error.what()));
  }
}

Given read_given(const std::vector<std::string>& texts) {
  Given given;
  for (const std::string& text : texts) {
    if (text.find('=') == std::string::npos) {
      read_map_file(text, given);
      continue;
    }
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::string_view part = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), part.size() + 1));
      const std::size_t equals = part.find('=');
      if (equals == std::string_view::npos) {
        throw UsageError(fmt::format("--map {}: '{}' is not of the form role=column", text, part));
      }
      given[std::string(part.substr(0, equals))] = part.substr(equals + 1);
    }
  }
  return given;
}

}  // namespace

ColumnMap::ColumnMap(std::span<const ColumnRole> roles, const std::vector<std::string>& header,
                     const std::vector<std::string>& given) {
  Given by_role = read_given(given);
  for (const ColumnRole& role : roles) {
    std::optional<std::size_t> column;
    const auto chosen = by_role.find(std::string(role.name));
    if (chosen != by_role.end()) {
      column = find_column(header, chosen->second);
      if (!column) {
        throw UsageError(fmt::format("there is no column '{}' for {}; the file has: {}",
                                     chosen->second, role.name, fmt::join(header, ", ")));
      }
      by_role.erase(chosen);
    } else {
      column = find_column(header, role.name);
      for (const std::string_view alias : role.aliases) {
        if (!column) column = find_column(header, alias);
      }
    }
    if (!column && role.is_required) {
      throw UsageError(fmt::format(
          "no column looks like {0}; say which one with --map {0}=COLUMN; the file has: {1}",
          role.name, fmt::join(header, ", ")));
    }
    columns_.push_back(column);
    if (column) texts_.push_back(fmt::format("{} = {}", role.name, header[*column]));
  }
  if (!by_role.empty()) {
    std::vector<std::string_view> names;
    for (const ColumnRole& role : roles) names.push_back(role.name);
    throw UsageError(fmt::format("--map knows no role '{}'; the roles are: {}",
                                 by_role.begin()->first, fmt::join(names, ", ")));
  }
}

std::string ColumnMap::describe() const { return fmt::format("{}", fmt::join(texts_, ", ")); }

}  // namespace xsell::hq
