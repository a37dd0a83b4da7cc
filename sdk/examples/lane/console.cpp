#include "console.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <thread>
#include <utility>

#include "money.h"

namespace lane {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kShortKeys = {{
    {"a", "accept"},
    {"d", "decline"},
    {"z", "snooze"},
    {"v", "void"},
    {"n", "quantity"},
    {"t", "subtotal"},
    {"p", "pay"},
    {"r", "return"},
    {"u", "suspend"},
    {"e", "recall"},
    {"i", "inquiry"},
    {"c", "cancel"},
    {"l", "lines"},
    {"s", "status"},
    {"h", "help"},
    {"?", "help"},
    {"q", "quit"},
}};

constexpr char kHelp[] = R"(Commands (the letter in front is the short key; `a2` is `accept 2`):
  CODE or part of a name     scan it, or list what it could be
    scan CODE [QUANTITY]     scan a code, known to the till or not; quantity 2 or 0.35
  a accept [N]               take prompt N (else the only one or the first); its item is added
  d decline [N] [REASON]     say no: not-relevant, has-it, too-dear, other
    expire [N]               take it off the screen unanswered
  z snooze [MINUTES]         silence for some minutes (10); 0 ends it
  v void LINE                take a line out; without a number the last one
  n quantity LINE QUANTITY   change a quantity
    price LINE AMOUNT        change a unit price
  r return CODE [QUANTITY]   take goods back
  i inquiry CODE             price check: what goes with it
  t subtotal
  p pay                      tender and finish
    tender, tender-void      begin paying, go back to scanning
    begin [ID] [training] [self-checkout]
  c cancel                   void the whole transaction
  u suspend, e recall [ID]   park a basket, get it back
    post-void ID             undo a paid transaction
    operator ID [ROLE] [LANGUAGE], operator off
    customer ID [SEGMENT...] [age=N] [bought=ITEM...], customer off
    load QUEUE [LINES-PER-MINUTE]
    stock CODE ON-HAND
    promotion ID [SAVING]    the till took a promotion off
    near-miss ID SAVING [ITEM...], near-miss off
                             the basket nearly earns it: offers may name the saving
  l lines, s status          show the basket, show how the plugin is
  h help, q quit
For scripts (one command a line; # begins a comment):
    basket [ID] ... end      a basket: begin, then one scan a line as CODE [QUANTITY], other commands too, then pay
    at 2011-12-01T10:15:00   set the lane's local time; it runs on from there
    advance SECONDS          move the lane's clocks on
    pace SECONDS             move them on by this much before each scan
    wait version N SECONDS   until rule set N is ready for the next transaction
    wait online|offline|push SECONDS
    wait ready SECONDS       until rules are loaded
    expect prompts N, expect prompt CODE, expect no prompt CODE,
    expect saving AMOUNT|none, expect version N, expect connection NAME
    stats                    scans prompted, prompts and what came of them, p50 and p99 of on_event
    echo TEXT, pause SECONDS
)";

std::vector<std::string_view> split(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t begin = line.find_first_not_of(" \t\r", at);
    if (begin == std::string_view::npos) break;
    const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.push_back(line.substr(begin, end - begin));
    at = end;
  }
  return words;
}

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_number(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  if (!is_number(text) || text.size() > 18) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

// Seconds such as "1" or "0.5".
std::optional<std::chrono::milliseconds> seconds_of(std::string_view text) {
  const auto milli = parse_decimal(text, 3);
  if (!milli || *milli < 0) return std::nullopt;
  return std::chrono::milliseconds(*milli);
}

std::string_view word(const std::vector<std::string_view>& words, std::size_t index) {
  return index < words.size() ? words[index] : std::string_view();
}

xsell_decline_reason decline_reason_of(std::string_view text) {
  if (text == "not-relevant") return XSELL_DECLINE_NOT_RELEVANT;
  if (text == "has-it") return XSELL_DECLINE_HAS_IT;
  if (text == "too-dear") return XSELL_DECLINE_TOO_DEAR;
  if (text == "other") return XSELL_DECLINE_OTHER;
  return XSELL_DECLINE_NOT_TOLD;
}

}  // namespace

Console::Console(Till& till, Printer& printer, std::function<bool()> stop)
    : till_(till), printer_(printer), stop_(std::move(stop)) {}

std::string_view Console::help() { return kHelp; }

Console::Result Console::run(std::string_view line, std::string_view place) {
  line = trim(line);
  if (line.empty() || line.front() == '#') return Result::kDone;
  Words words = split(line);
  // `a2` is `accept 2`; a longer word is never a short key with a number.
  const std::string_view first = words[0];
  for (const auto& [key, command] : kShortKeys) {
    if (!first.starts_with(key)) continue;
    const std::string_view rest = first.substr(key.size());
    const bool takes_number = command == "accept" || command == "decline" || command == "void" ||
                              command == "snooze" || command == "quantity";
    if (rest.empty()) {
      words[0] = command;
      break;
    }
    if (takes_number && is_number(rest) && rest.size() < 4) {
      words[0] = command;
      words.insert(words.begin() + 1, rest);
      break;
    }
  }
  return run_words(line, words, place);
}

Console::Result Console::run_words(std::string_view line, const Words& words,
                                   std::string_view place) {
  const std::string_view command = words[0];
  if (command == "quit") return Result::kQuit;
  if (command == "help") {
    printer_.note(kHelp);
    return Result::kDone;
  }
  if (command == "echo") {
    printer_.note(trim(line.substr(4)));
    return Result::kDone;
  }
  Problem problem;
  if (command == "wait") {
    problem = wait(words);
  } else {
    const std::lock_guard lock(till_.mutex());
    bool is_known = false;
    problem = run_sale_command(command, words, is_known);
    if (!is_known) problem = run_lane_command(command, words, is_known);
    if (!is_known) problem = run_time_command(command, words, is_known);
    if (!is_known) problem = find_and_scan(line);
  }
  if (!problem) return Result::kDone;
  printer_.problem(place, *problem);
  return Result::kFailed;
}

Console::Problem Console::run_sale_command(std::string_view command, const Words& words,
                                           bool& is_known) {
  is_known = true;
  const auto first_prompt = [&]() -> int {
    return till_.prompts().empty() ? 0 : till_.prompts().front().number;
  };
  if (command == "scan" || command == "return") {
    if (words.size() < 2) return fmt::format("{} what? {} CODE [QUANTITY]", command, command);
    const auto quantity = words.size() > 2 ? parse_decimal(words[2], 3) : 1000;
    if (!quantity) return fmt::format("`{}` is not a quantity", words[2]);
    if (command == "return") return till_.return_item(words[1], *quantity);
    after_scan();
    return till_.scan(words[1], *quantity, XSELL_ENTRY_SCANNED);
  }
  if (command == "accept" || command == "expire") {
    const auto number = words.size() > 1 ? number_of(words[1]) : first_prompt();
    if (!number) return fmt::format("`{}` is not the number of a prompt", words[1]);
    if (words.size() < 2 && *number == 0) return "there is no prompt";
    return command == "accept" ? till_.accept(static_cast<int>(*number))
                               : till_.expire(static_cast<int>(*number));
  }
  if (command == "decline") {
    const bool has_number = is_number(word(words, 1));
    const auto number = has_number ? number_of(words[1]) : first_prompt();
    if (!number || *number == 0) return "there is no prompt";
    return till_.decline(static_cast<int>(*number),
                         decline_reason_of(word(words, has_number ? 2 : 1)));
  }
  if (command == "void") {
    std::uint64_t line = till_.lines().size();
    if (words.size() > 1) {
      const auto number = number_of(words[1]);
      if (!number) return fmt::format("`{}` is not the number of a line", words[1]);
      line = *number;
    }
    return till_.void_line(line);
  }
  if (command == "quantity" || command == "price") {
    const auto line = number_of(word(words, 1));
    const int digits = command == "price" ? currency_digits(till_.currency()) : 3;
    const auto value = parse_decimal(word(words, 2), digits);
    if (!line || !value)
      return fmt::format("{} LINE {}", command, digits == 3 ? "QUANTITY" : "AMOUNT");
    return command == "price" ? till_.override_price(*line, *value)
                              : till_.set_quantity(*line, *value);
  }
  if (command == "begin" || command == "basket") {
    std::string_view id;
    bool is_training = false, is_self_checkout = false;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i] == "training") {
        is_training = true;
      } else if (words[i] == "self-checkout") {
        is_self_checkout = true;
      } else {
        id = words[i];
      }
    }
    return till_.begin(id, is_training, is_self_checkout);
  }
  if (command == "subtotal") return till_.subtotal();
  if (command == "tender") return till_.tender();
  if (command == "tender-void") return till_.void_tender();
  if (command == "pay" || command == "end") return till_.pay();
  if (command == "cancel") return till_.cancel();
  if (command == "suspend") return till_.suspend();
  if (command == "recall" || command == "post-void") {
    const auto id = words.size() > 1 ? number_of(words[1]) : 0;
    if (!id) return fmt::format("`{}` is not the number of a transaction", words[1]);
    return command == "recall" ? till_.recall(*id) : till_.post_void(*id);
  }
  if (command == "inquiry") {
    if (words.size() < 2) return "inquiry CODE";
    return till_.inquire(words[1]);
  }
  is_known = false;
  return std::nullopt;
}

Console::Problem Console::run_lane_command(std::string_view command, const Words& words,
                                           bool& is_known) {
  is_known = true;
  if (command == "snooze") {
    const auto minutes = words.size() > 1 ? parse_decimal(words[1], 3) : 10'000;
    if (!minutes || *minutes < 0) return "snooze MINUTES";
    till_.snooze(std::chrono::seconds(*minutes * 60 / 1000));
    return std::nullopt;
  }
  if (command == "operator") {
    if (words.size() < 2) return "operator ID [ROLE] [LANGUAGE], or operator off";
    if (words[1] == "off") {
      till_.sign_off();
    } else {
      till_.sign_on(words[1], words.size() > 2 ? words[2] : "cashier", word(words, 3));
    }
    return std::nullopt;
  }
  if (command == "customer") {
    if (words.size() < 2)
      return "customer ID [SEGMENT...] [age=N] [bought=ITEM...], or customer off";
    if (words[1] == "off") {
      till_.clear_customer();
      return std::nullopt;
    }
    std::vector<std::string_view> segments;
    std::vector<xsell::RecentItem> bought;
    std::uint64_t age = 0;
    for (std::size_t i = 2; i < words.size(); ++i) {
      if (words[i].starts_with("age=")) {
        age = number_of(words[i].substr(4)).value_or(0);
      } else if (words[i].starts_with("bought=")) {
        bought.push_back({words[i].substr(7), 1, 0});
      } else {
        segments.push_back(words[i]);
      }
    }
    till_.identify_customer(words[1], segments, static_cast<std::uint32_t>(age), bought);
    return std::nullopt;
  }
  if (command == "load") {
    const auto queue = number_of(word(words, 1));
    const auto speed = number_of(word(words, 2));
    if (!queue || (words.size() > 2 && !speed)) return "load QUEUE [LINES-PER-MINUTE]";
    till_.lane_load(static_cast<std::uint32_t>(*queue),
                    speed ? std::optional(static_cast<std::uint32_t>(*speed)) : std::nullopt);
    return std::nullopt;
  }
  if (command == "stock") {
    const auto on_hand = parse_decimal(word(words, 2), 3);
    if (!on_hand) return "stock CODE ON-HAND";
    till_.stock_changed(words[1], *on_hand);
    return std::nullopt;
  }
  if (command == "promotion") {
    const auto saving =
        words.size() > 2 ? parse_decimal(words[2], currency_digits(till_.currency())) : 0;
    if (words.size() < 2 || !saving) return "promotion ID [SAVING]";
    till_.promotion(words[1], *saving);
    return std::nullopt;
  }
  if (command == "near-miss") {
    if (word(words, 1) == "off") {
      till_.no_near_misses();
      return std::nullopt;
    }
    const auto saving = parse_decimal(word(words, 2), currency_digits(till_.currency()));
    if (!saving) return "near-miss ID SAVING [ITEM...], or near-miss off";
    till_.near_miss(words[1], *saving, Words(words.begin() + 3, words.end()));
    return std::nullopt;
  }
  if (command == "idle") {
    till_.idle();
    return std::nullopt;
  }
  if (command == "lines") {
    printer_.lines(till_);
    return std::nullopt;
  }
  if (command == "status") {
    printer_.status(till_);
    return std::nullopt;
  }
  if (command == "stats") {
    printer_.stats(till_);
    return std::nullopt;
  }
  if (command == "expect") return expect(words);
  is_known = false;
  return std::nullopt;
}

Console::Problem Console::run_time_command(std::string_view command, const Words& words,
                                           bool& is_known) {
  is_known = true;
  if (command == "at") {
    std::string text(word(words, 1));
    if (words.size() > 2) text += fmt::format("T{}", words[2]);
    const auto time = parse_local_time(text);
    if (!time) return fmt::format("`{}` is not a time such as 2011-12-01T10:15:00", text);
    till_.clock().set_local_time(*time);
    return std::nullopt;
  }
  if (command == "advance" || command == "pace" || command == "pause") {
    const auto time = seconds_of(word(words, 1));
    if (!time) return fmt::format("{} SECONDS", command);
    if (command == "advance") till_.clock().advance(*time);
    if (command == "pace") pace_ = *time;
    if (command == "pause") {
      till_.mutex().unlock();
      std::this_thread::sleep_for(*time);
      till_.mutex().lock();
    }
    return std::nullopt;
  }
  is_known = false;
  return std::nullopt;
}

void Console::after_scan() { till_.clock().advance(pace_); }

Console::Problem Console::find_and_scan(std::string_view text) {
  if (till_.items().find(text) != nullptr) {
    after_scan();
    return till_.scan(text, 1000, XSELL_ENTRY_SCANNED);
  }
  // In a basket block: CODE QUANTITY.
  const Words words = split(text);
  if (words.size() == 2 && parse_decimal(words[1], 3) &&
      (till_.items().find(words[0]) != nullptr || till_.items().size() == 0)) {
    after_scan();
    return till_.scan(words[0], *parse_decimal(words[1], 3), XSELL_ENTRY_SCANNED);
  }
  if (words.size() == 1 && till_.items().size() == 0) {
    after_scan();
    return till_.scan(text, 1000, XSELL_ENTRY_SCANNED);
  }
  constexpr std::size_t kListed = 12;
  const std::vector<const Item*> found = till_.items().search(text, kListed);
  if (found.size() == 1) {
    after_scan();
    return till_.scan(found.front()->code, 1000, XSELL_ENTRY_KEYED);
  }
  if (found.empty())
    return fmt::format("no item and no command `{}`; `help` lists the commands", text);
  std::string list = fmt::format("`{}` could be", text);
  for (const Item* item : found) list += fmt::format("\n  {:<14} {}", item->code, item->name);
  if (found.size() == kListed) list += "\n  ... and more";
  return list;
}

Console::Problem Console::wait(const Words& words) {
  const std::string_view what = word(words, 1);
  std::uint64_t version = 0;
  std::size_t at = 2;
  if (what == "version") {
    const auto number = number_of(word(words, at++));
    if (!number) return "wait version N SECONDS";
    version = *number;
  } else if (what != "online" && what != "offline" && what != "push" && what != "ready") {
    return "wait version N | online | offline | push | ready, then SECONDS";
  }
  const auto limit = seconds_of(word(words, at));
  if (!limit) return "wait: for how many SECONDS at most?";
  const auto is_reached = [&] {
    const xsell_health health = till_.health();
    if (what == "version") return health.ready_version >= version;
    if (what == "online") return health.connection >= XSELL_CONNECTION_POLLING;
    if (what == "offline") return health.connection == XSELL_CONNECTION_OFFLINE;
    if (what == "push") return health.connection == XSELL_CONNECTION_PUSH;
    return health.state == XSELL_HEALTH_READY;
  };
  const auto begin = std::chrono::steady_clock::now();
  bool has_reached = is_reached();
  while (!has_reached && std::chrono::steady_clock::now() - begin < *limit && !stop_()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    has_reached = is_reached();
  }
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  const std::string name =
      what == "version" ? fmt::format("version {}", version) : std::string(what);
  const std::lock_guard lock(till_.mutex());
  printer_.waited(name, has_reached,
                  std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count(), till_);
  if (has_reached) return std::nullopt;
  return fmt::format("{} did not come within {} s", name, words[at]);
}

Console::Problem Console::expect(const Words& words) {
  const auto is_prompted = [&](std::string_view code) {
    return std::any_of(
        till_.prompts().begin(), till_.prompts().end(),
        [&](const ShownPrompt& shown) { return item_key(shown.prompt.item) == item_key(code); });
  };
  const auto shown_now = [&] {
    std::string list;
    for (const ShownPrompt& shown : till_.prompts()) {
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", shown.prompt.item,
                          shown.prompt.description);
    }
    return list.empty() ? std::string("none") : list;
  };
  const xsell_health health = till_.health();
  if (word(words, 1) == "prompts" && number_of(word(words, 2))) {
    if (till_.prompts().size() == *number_of(words[2])) return std::nullopt;
    return fmt::format("expected {} prompts, there are {}: {}", words[2], till_.prompts().size(),
                       shown_now());
  }
  if (word(words, 1) == "prompt" && words.size() > 2) {
    if (is_prompted(words[2])) return std::nullopt;
    return fmt::format("expected a prompt for {}; shown: {}", words[2], shown_now());
  }
  if (word(words, 1) == "no" && word(words, 2) == "prompt" && words.size() > 3) {
    if (!is_prompted(words[3])) return std::nullopt;
    return fmt::format("expected no prompt for {}", words[3]);
  }
  if (word(words, 1) == "saving" && words.size() > 2) {
    std::int64_t saving = 0;
    for (const ShownPrompt& shown : till_.prompts()) {
      if (shown.prompt.benefit_kind == XSELL_BENEFIT_PROMOTION) saving += shown.prompt.saving_minor;
    }
    const bool is_none = words[2] == "none";
    if (parse_decimal(is_none ? "0" : words[2], currency_digits(till_.currency())) == saving) {
      return std::nullopt;
    }
    return fmt::format("expected a saving of {}, it is {}", words[2],
                       format_amount(saving, till_.currency()));
  }
  if (word(words, 1) == "version" && number_of(word(words, 2))) {
    if (health.rule_set_version == *number_of(words[2])) return std::nullopt;
    return fmt::format("expected version {}, it is {}", words[2], health.rule_set_version);
  }
  if (word(words, 1) == "connection" && words.size() > 2) {
    if (connection_name(health.connection) == words[2]) return std::nullopt;
    return fmt::format("expected connection {}, it is {}", words[2],
                       connection_name(health.connection));
  }
  return "expect prompts N | prompt CODE | no prompt CODE | saving AMOUNT | version N | connection "
         "NAME";
}

Console::ScriptResult Console::run_script(std::istream& input, const std::string& name) {
  ScriptResult script;
  std::string line;
  for (int number = 1; !script.has_quit && !stop_() && std::getline(input, line); ++number) {
    const Result result = run(line, fmt::format("{}:{}", name, number));
    if (result == Result::kQuit) script.has_quit = true;
    if (result == Result::kFailed) script.is_good = false;
  }
  return script;
}

}  // namespace lane
