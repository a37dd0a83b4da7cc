#include "rules/scan_code.h"

#include <algorithm>
#include <optional>

namespace xsell::rules {

namespace {

constexpr char kGroupSeparator = '\x1d';  // FNC1 as scanners send it
constexpr std::size_t kGtinDigits = 14;
constexpr std::size_t kMostPlaces = 6;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// Requires: at most 15 digits.
std::int64_t number_of(std::string_view digits) {
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

void put_item(std::string_view text, ScannedCode& code) {
  if (text.size() > kMaxItemKeyBytes) {
    code.problem = ScanProblem::malformed;
    return;
  }
  std::copy(text.begin(), text.end(), code.bytes.begin());
  code.size = text.size();
}

// A GTIN of 8, 12, 13 or 14 digits.
void put_gtin(std::string_view digits, ScannedCode& code) {
  const std::size_t size = digits.size();
  if (!is_digits(digits) || (size != 8 && size != 12 && size != 13 && size != 14)) {
    code.problem = ScanProblem::malformed;
  } else if (!is_gtin(digits)) {
    code.problem = ScanProblem::check_digit;
  } else {
    put_item(digits, code);
  }
}

// digits with `places` behind the decimal point, in thousandths or hundredths (wanted = 3 or 2).
std::int64_t scaled(std::string_view digits, std::size_t places, std::size_t wanted) {
  std::int64_t number = number_of(digits);
  for (; places < wanted; ++places) number *= 10;
  for (; places > wanted; --places) number /= 10;
  return number;
}

// One application identifier with its data.
struct Element {
  std::string_view identifier;
  std::string_view data;
};

void take(const Element& element, ScannedCode& code) {
  const std::string_view id = element.identifier;
  if (id == "01") return put_gtin(element.data, code);
  if (!is_digits(element.data)) return;
  const bool is_measure = id.size() == 4 && is_digit(id[3]);
  const auto places = static_cast<std::size_t>(is_measure ? id[3] - '0' : 0);
  if (id == "30" && element.data.size() <= 8) {
    code.quantity_milli = 1000 * number_of(element.data);
  } else if (is_measure && id.starts_with("310") && element.data.size() == 6 &&
             places <= kMostPlaces) {
    code.quantity_milli = scaled(element.data, places, 3);
  } else if (is_measure && id.starts_with("392") && element.data.size() <= 15 && places <= 3) {
    code.amount_minor = scaled(element.data, places, 2);
  }
}

// How many digits an identifier has that starts so; the data behind it has `fixed_size` characters,
// or goes on to the next separator (0).
struct Shape {
  std::size_t identifier_size = 2;
  std::size_t fixed_size = 0;
};

Shape shape_of(std::string_view two) {
  const int first = two[0] - '0';
  const int second = two[1] - '0';
  switch (first) {
    case 0:
      if (second == 0) return {2, 18};
      if (second <= 3) return {2, 14};
      return {2, 16};
    case 1:
      return second == 0 ? Shape{2, 0} : Shape{2, 6};
    case 2:
      if (second == 0) return {2, 2};
      return {second <= 2 ? std::size_t{2} : std::size_t{3}, 0};
    case 3:
      if (second >= 1 && second <= 6) return {4, 6};
      if (second == 9) return {4, 0};
      return {2, 0};
    case 4:
      if (second == 1) return {3, 13};
      return {second == 3 ? std::size_t{4} : std::size_t{3}, 0};
    case 7:
    case 8:
      return {4, 0};
    default:
      return {2, 0};
  }
}

void read_elements(std::string_view text, ScannedCode& code) {
  while (!text.empty() && code.problem == ScanProblem::none) {
    if (text.front() == kGroupSeparator) {
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 2 || !is_digits(text.substr(0, 2))) break;
    const Shape shape = shape_of(text.substr(0, 2));
    const std::size_t separator = std::min(text.find(kGroupSeparator), text.size());
    const std::size_t end =
        shape.fixed_size > 0 ? shape.identifier_size + shape.fixed_size : separator;
    if (end > text.size() || end <= shape.identifier_size ||
        !is_digits(text.substr(0, shape.identifier_size))) {
      code.problem = ScanProblem::malformed;
      return;
    }
    take({text.substr(0, shape.identifier_size),
          text.substr(shape.identifier_size, end - shape.identifier_size)},
         code);
    text.remove_prefix(end);
  }
  if (code.problem != ScanProblem::none) return;
  if (!text.empty()) code.problem = ScanProblem::malformed;
  if (code.problem == ScanProblem::none && code.size == 0) code.problem = ScanProblem::no_item;
}

// (01)09506000134352(3103)000195, as it stands below the bars.
void read_bracketed(std::string_view text, ScannedCode& code) {
  while (!text.empty() && code.problem == ScanProblem::none) {
    const std::size_t close = text.find(')');
    if (text.front() != '(' || close == text.npos) {
      code.problem = ScanProblem::malformed;
      return;
    }
    const std::size_t next = std::min(text.find('(', close), text.size());
    take({text.substr(1, close - 1), text.substr(close + 1, next - close - 1)}, code);
    text.remove_prefix(next);
  }
  if (code.problem == ScanProblem::none && code.size == 0) code.problem = ScanProblem::no_item;
}

// https://id.gs1.org/01/09506000134352/10/ABC?3103=000195: pairs in the path, then pairs in the
// query.
void read_link(std::string_view link, ScannedCode& code) {
  link.remove_prefix(link.find("://") + 3);
  link = link.substr(0, link.find('#'));
  const std::size_t query_at = std::min(link.find('?'), link.size());
  std::string_view path = link.substr(0, query_at);
  path.remove_prefix(std::min(path.find('/'), path.size()));
  std::string_view before;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view part = path.substr(0, path.find('/'));
    if (before == "01" || before == "gtin") {
      put_gtin(part, code);
    } else if (code.size > 0 && is_digits(before)) {
      take({before, part}, code);
    }
    before = part;
    path.remove_prefix(part.size());
  }
  std::string_view query = query_at < link.size() ? link.substr(query_at + 1) : std::string_view();
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find_first_of("&;"));
    const std::size_t equals = pair.find('=');
    if (equals != pair.npos) take({pair.substr(0, equals), pair.substr(equals + 1)}, code);
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  if (code.problem == ScanProblem::none && code.size == 0) code.problem = ScanProblem::no_item;
}

bool fits(std::string_view pattern, std::string_view digits) {
  return pattern.size() == digits.size() &&
         std::equal(pattern.begin(), pattern.end(), digits.begin(),
                    [](char wanted, char digit) { return !is_digit(wanted) || wanted == digit; });
}

void read_layout(std::string_view pattern, std::string_view digits, ScannedCode& code) {
  if (gs1_check_digit(digits.substr(0, digits.size() - 1)) != digits.back()) {
    code.problem = ScanProblem::check_digit;
    return;
  }
  std::int64_t value = 0;
  char kind = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const bool is_value = pattern[i] == 'W' || pattern[i] == 'P' || pattern[i] == 'N';
    if (is_value) {
      kind = pattern[i];
      value = value * 10 + (digits[i] - '0');
    }
    code.bytes[i] = is_value || pattern[i] == 'V' ? '0' : digits[i];
  }
  code.size = digits.size();
  code.bytes[code.size - 1] = gs1_check_digit({code.bytes.data(), code.size - 1});
  if (kind == 'W') code.quantity_milli = value;
  if (kind == 'N') code.quantity_milli = 1000 * value;
  if (kind == 'P') code.amount_minor = value;
}

// ]C1 (GS1-128), ]e0 (DataBar), ]d2 (DataMatrix), ]Q3 (QR), ]J1 (DotCode): element strings.
bool is_gs1_symbology(std::string_view identifier) {
  return identifier == "]C1" || identifier == "]e0" || identifier == "]d2" || identifier == "]Q3" ||
         identifier == "]J1";
}

}  // namespace

char gs1_check_digit(std::string_view digits) {
  int sum = 0;
  int weight = 3;
  for (auto c = digits.rbegin(); c != digits.rend(); ++c, weight = 4 - weight) {
    sum += weight * (*c - '0');
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

bool ScanLayouts::add(std::string_view pattern) {
  const bool is_of_size = pattern.size() == 8 || pattern.size() == 12 || pattern.size() == 13;
  if (!is_of_size || pattern.back() != 'C' || !is_digit(pattern.front())) return false;
  if (pattern.find_first_not_of("0123456789IWPNVC") != pattern.npos) return false;
  if (pattern.find('C') != pattern.size() - 1 || pattern.find('I') == pattern.npos) return false;
  const auto has = [&](char c) { return pattern.find(c) != pattern.npos; };
  if (has('W') + has('P') + has('N') > 1) return false;
  patterns_.emplace_back(pattern);
  return true;
}

ScannedCode read_scan(std::string_view raw, const ScanLayouts& layouts) {
  ScannedCode code;
  bool is_elements = false;
  if (raw.size() > 3 && raw.front() == ']') {
    is_elements = is_gs1_symbology(raw.substr(0, 3));
    raw.remove_prefix(3);
  }
  while (!raw.empty() && (raw.back() == ' ' || raw.back() == '\r' || raw.back() == '\n')) {
    raw.remove_suffix(1);
  }
  const bool is_long_gtin = raw.size() > kGtinDigits + 2 && raw.starts_with("01") &&
                            is_digits(raw.substr(0, kGtinDigits + 2));
  if (raw.find("://") != raw.npos) {
    read_link(raw, code);
  } else if (raw.starts_with('(')) {
    read_bracketed(raw, code);
  } else if (is_elements || is_long_gtin || raw.starts_with(kGroupSeparator) ||
             (raw.size() == kGtinDigits + 2 && raw.starts_with("01") && is_digits(raw))) {
    read_elements(raw, code);
  } else {
    for (const std::string& pattern : layouts.patterns_) {
      if (is_digits(raw) && fits(pattern, raw)) {
        read_layout(pattern, raw, code);
        return code;
      }
    }
    put_item(raw, code);
  }
  if (code.problem != ScanProblem::none) code.size = 0;
  return code;
}

}  // namespace xsell::rules
