#include "hq/commands/import.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>

#include "hq/audit.h"
#include "hq/import/basket_import.h"
#include "hq/import/basket_rows.h"
#include "hq/import/import_log.h"
#include "hq/import/table_import.h"
#include "hq/local_time.h"
#include "hq/progress.h"
#include "rules/money.h"

namespace xsell::hq {
namespace {

struct ImportOptions {
  std::vector<std::string> files;
  std::vector<std::string> map;
  std::string currency;
  std::string language = "en";
  std::string time_format;
  std::string date;
  std::string store = "all";
  std::string from;
  std::string until;
  bool is_strict = false;
};

using TableImport = TableImportCounts (*)(HqStore&, CsvReader&, const std::string&,
                                          const TableImportOptions&, BadLines&);

constexpr const char* kCurrencySetting = "currency";

// The currency given, else the one of the last import that gave one. It decides the decimals of
// prices.
rules::Currency import_currency(CommandSession& session, const ImportOptions& options) {
  std::string code = options.currency;
  if (code.empty()) code = session.store().setting(kCurrencySetting).value_or("");
  if (code.empty()) return {};
  const auto currency = rules::Currency::from_text(code);
  if (!currency) {
    throw UsageError(fmt::format("--currency {}: write an ISO 4217 code such as EUR", code));
  }
  session.store().set_setting(kCurrencySetting, code);
  return *currency;
}

void finish(CommandSession& session, const std::string& user, const BadLines& bad,
            std::uint64_t lines, bool is_strict, Json result) {
  const std::string kind = result["kind"].get<std::string>();
  Audit(session.store()).record(session.now_s(), user, "import " + kind, result);
  bad.print(session.output());
  result["bad"] = bad.to_json();
  session.output().json(result);
  if (is_strict && bad.count() > 0) session.set_exit_code(kExitFailed);
  if (lines > 0 && bad.count() == lines) {
    session.output().warning("no line could be used; is --map right?");
    session.set_exit_code(kExitFailed);
  }
}

void run_table(CommandSession& session, const ImportOptions& options, const char* kind,
               TableImport import_table) {
  const std::string user = session.require(Role::kAuthor).name;
  const rules::Currency currency = import_currency(session, options);
  const TableImportOptions table_options{options.map, std::string(currency.view()),
                                         currency.is_empty() ? 2 : currency.exponent(),
                                         options.language};
  BadLines bad;
  std::uint64_t lines = 0, kept = 0;
  for (const std::string& file : options.files) {
    CsvReader reader(ByteSource::open(file));
    ImportLog log(session.store(), kind, file, session.now_s());
    const std::uint64_t bad_before = bad.count();
    const TableImportCounts counts =
        import_table(session.store(), reader, file, table_options, bad);
    log.finish(session.now_s(), counts.lines, bad.count() - bad_before);
    session.output().text(fmt::format("{}: {}", file, counts.mapping));
    lines += counts.lines;
    kept += counts.kept;
  }
  session.output().text(fmt::format("{} {} added or changed, from {} lines.", kept, kind, lines));
  finish(session, user, bad, lines, options.is_strict,
         {{"kind", kind},
          {"files", options.files},
          {"lines", lines},
          {"kept", kept},
          {"bad_lines", bad.count()}});
}

void run_baskets(CommandSession& session, const ImportOptions& options) {
  const std::string user = session.require(Role::kAuthor).name;
  if (!options.date.empty()) {
    if (!options.time_format.empty()) {
      throw UsageError("--date is for files without times, --time-format for files with them");
    }
    if (!parse_time(options.date)) {
      throw UsageError(fmt::format("--date {}: write a day such as 2026-03-01", options.date));
    }
  }
  BasketImportOptions basket_options;
  basket_options.map = options.map;
  basket_options.time_pattern = options.time_format;
  basket_options.store = options.store;
  basket_options.range = parse_time_range(options.from, options.until);
  const rules::Currency currency = import_currency(session, options);
  if (!currency.is_empty()) basket_options.price_decimals = currency.exponent();

  BadLines bad;
  Output& output = session.output();
  const std::string task = Json{{"files", options.files},
                                {"map", options.map},
                                {"time_format", options.time_format},
                                {"date", options.date},
                                {"store", options.store},
                                {"from", options.from},
                                {"until", options.until},
                                {"currency", currency.view()}}
                               .dump();
  ImportLog log = ImportLog::resume_or_begin(session.store(), "baskets", options.files.front(),
                                             task, session.now_s());
  BasketImport basket_import(session.store(), basket_options, log, bad);
  const auto start = std::chrono::steady_clock::now();
  std::unique_ptr<BasketRows> rows;
  std::size_t file_number = 0;
  if (log.resumed()) {
    file_number = log.resumed()->file;
    const bool has_more = file_number < options.files.size();
    if (has_more) {
      rows = BasketRows::open(options.files[file_number], options.map, options.date);
    }
    if (basket_import.pass_over(rows.get(), *log.resumed())) {
      output.text(
          fmt::format("Going on where an import of the same was interrupted: {} lines are "
                      "in already.",
                      basket_import.counts().lines));
    } else {
      log.begin_anew(session.now_s());
      rows.reset();
      file_number = 0;
    }
  }
  for (; file_number < options.files.size(); ++file_number) {
    const std::string& file = options.files[file_number];
    if (rows == nullptr) rows = BasketRows::open(file, options.map, options.date);
    const std::uint64_t lines_before = basket_import.counts().lines;
    Progress progress(output, file, rows->total_bytes(), "lines");
    basket_import.read(*rows, file, file_number, [&](const BasketImportCounts& counts) {
      progress.update(rows->consumed_bytes(), counts.lines - lines_before);
    });
    output.text(fmt::format("{}: {}", file, rows->mapping()));
    rows.reset();
  }
  const double elapsed_s =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const BasketImportCounts& counts = basket_import.counts();
  log.finish(session.now_s(), counts.lines, bad.count());

  session.output().text(fmt::format(
      "{} lines read in {:.1f} s ({:.0f} lines/s): {} new baskets, {} replaced, {} lines kept, {} "
      "of "
      "them returns.",
      counts.lines, elapsed_s, elapsed_s > 0 ? static_cast<double>(counts.lines) / elapsed_s : 0.0,
      counts.new_baskets, counts.replaced_baskets, counts.kept_lines, counts.return_lines));
  if (counts.outside_range > 0) {
    session.output().text(
        fmt::format("{} lines lie outside --from and --until.", counts.outside_range));
  }
  if (counts.void_baskets > 0) {
    output.text(fmt::format("{} baskets were voided by later transactions.", counts.void_baskets));
  }
  if (counts.new_items > 0) {
    session.output().text(fmt::format(
        "{} items are not in the catalogue yet: xsell-hq import items FILE gives them names.",
        counts.new_items));
  }
  finish(session, user, bad, counts.lines, options.is_strict,
         {{"kind", "baskets"},
          {"files", options.files},
          {"lines", counts.lines},
          {"kept_lines", counts.kept_lines},
          {"return_lines", counts.return_lines},
          {"outside_range", counts.outside_range},
          {"new_baskets", counts.new_baskets},
          {"replaced_baskets", counts.replaced_baskets},
          {"void_baskets", counts.void_baskets},
          {"resumed", log.resumed().has_value()},
          {"new_items", counts.new_items},
          {"bad_lines", bad.count()},
          {"seconds", elapsed_s}});
}

std::shared_ptr<ImportOptions> add_common_options(CLI::App* command) {
  auto options = std::make_shared<ImportOptions>();
  command
      ->add_option("FILE", options->files, "Files (gzip or zstd by content); - is standard input")
      ->required();
  command->add_option(
      "--map", options->map,
      "Which column plays which role: role=column, several with commas between them,\n"
      "or a JSON file {\"role\": \"column\"}. Usual names are found without it");
  command->add_flag("--strict", options->is_strict, "Exit 1 when a line could not be used");
  return options;
}

void add_table_command(CLI::App* import_command, CommandSession& session, const char* kind,
                       const char* description, TableImport import_table, bool has_prices) {
  CLI::App* command = import_command->add_subcommand(kind, description);
  const auto options = add_common_options(command);
  if (has_prices) {
    command->add_option("--currency", options->currency,
                        "ISO 4217 code of the prices (else that of the last import)");
    command->add_option("--language", options->language, "Language of the names")
        ->capture_default_str();
  }
  command->callback([&session, options, kind, import_table] {
    run_table(session, *options, kind, import_table);
  });
}

}  // namespace

void register_import(CLI::App& program, CommandSession& session) {
  CLI::App* command =
      program.add_subcommand("import",
                             "Bring in items, stores, lanes and past baskets (needs author).\n"
                             "Lines that can't be used are counted and shown by reason; importing "
                             "a file again changes nothing.");
  command->require_subcommand(1);

  add_table_command(
      command, session, "items",
      "Items. Roles: item, name, category, price, brand, tags, class, variant_group,\n"
      "floor_price, minimum_age.",
      import_items, true);
  add_table_command(command, session, "categories",
                    "The merchandise hierarchy. Roles: category, parent, name.", import_categories,
                    false);
  add_table_command(command, session, "stores",
                    "Stores. Roles: store, name, time_zone, currency, language, groups.",
                    import_stores, false);
  add_table_command(command, session, "groups",
                    "Store groups, one store a line. Roles: group, store.", import_store_groups,
                    false);
  add_table_command(command, session, "lanes", "Lanes. Roles: store, lane, type.", import_lanes,
                    false);

  CLI::App* baskets = command->add_subcommand(
      "baskets",
      "Past transactions, one item a line. Roles: basket, time, item, quantity, price, customer, "
      "store.\n"
      "A negative quantity is a return. A basket that is there already is replaced. XML files are "
      "read as POSLogs,\nfiles of whole numbers as FIMI (one basket a line). An import that was "
      "interrupted goes on where it was when\nit is run again.");
  const auto options = add_common_options(baskets);
  baskets->add_option("--currency", options->currency,
                      "ISO 4217 code of the prices (else that of the last import)");
  baskets->add_option("--time-format", options->time_format,
                      "Pattern of the times, such as '%d/%m/%Y %H:%M' (else ISO 8601)");
  baskets->add_option("--date", options->date,
                      "Day of the baskets of a FIMI file, such as 2026-03-01");
  baskets->add_option("--store", options->store, "Store of lines that name none")
      ->capture_default_str();
  baskets->add_option("--from", options->from, "First day, such as 2026-03-01");
  baskets->add_option("--until", options->until, "Last day, such as 2026-05-31");
  baskets->callback([&session, options] { run_baskets(session, *options); });
}

}  // namespace xsell::hq
