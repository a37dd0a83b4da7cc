#include "tests/tools/bench/sqlite_peer.h"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/offline_cache/temporary_folder.h"

namespace xsell::bench {
namespace {

constexpr const char* kTable =
    "CREATE TABLE rule(id INTEGER PRIMARY KEY, score INT, item1 INT, item2 INT, category INT,"
    " min_quantity INT, min_total INT, absent_item INT, absent_category INT, from_minute INT,"
    " to_minute INT, weekdays INT, customer_group INT, segment INT, offer INT)";

// What a rule asks for beside its first antecedent, and an offer that is not in the basket.
constexpr const char* kHolds =
    " (item2 IS NULL OR EXISTS (SELECT 1 FROM basket WHERE basket.item = item2))"
    " AND (min_quantity IS NULL OR"
    "   (SELECT sum(quantity) FROM basket WHERE basket.category = rule.category) >= min_quantity)"
    " AND (min_total IS NULL OR min_total <= ?3)"
    " AND (absent_item IS NULL OR"
    "   NOT EXISTS (SELECT 1 FROM basket WHERE basket.item = absent_item))"
    " AND (absent_category IS NULL OR"
    "   NOT EXISTS (SELECT 1 FROM basket WHERE basket.category = absent_category))"
    " AND (from_minute IS NULL OR (?4 >= from_minute AND ?4 < to_minute))"
    " AND (weekdays IS NULL OR (weekdays >> ?5) & 1)"
    " AND (customer_group IS NULL OR customer_group = ?6)"
    " AND (segment IS NULL OR segment = ?7)"
    " AND NOT EXISTS (SELECT 1 FROM basket WHERE basket.item = offer)"
    " AND (offer >= 0 OR NOT EXISTS (SELECT 1 FROM basket WHERE basket.category = ~offer))";

class Connection {
 public:
  explicit Connection(const std::string& path) {
    if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK) throw std::runtime_error(path);
  }
  ~Connection() { sqlite3_close_v2(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void run(const std::string& sql) {
    char* message = nullptr;
    if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
    const std::string text = message;
    sqlite3_free(message);
    throw std::runtime_error(sql + ": " + text);
  }
  sqlite3_stmt* prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v3(handle_, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                           nullptr) != SQLITE_OK) {
      throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
    }
    return statement;
  }

 private:
  sqlite3* handle_ = nullptr;
};

class Query {
 public:
  Query(Connection& connection, const std::string& sql) : statement_(connection.prepare(sql)) {}
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  void bind(int place, std::int64_t value) { sqlite3_bind_int64(statement_, place, value); }
  void bind_unless_absent(int place, int value) {
    if (value == -1) {
      sqlite3_bind_null(statement_, place);
    } else {
      bind(place, value);
    }
  }
  bool step() { return sqlite3_step(statement_) == SQLITE_ROW; }
  std::int64_t column(int place) { return sqlite3_column_int64(statement_, place); }
  void reset() { sqlite3_reset(statement_); }
  void run() {
    step();
    reset();
  }

 private:
  sqlite3_stmt* statement_;
};

class SqlitePeer : public LaneUnderTest {
 public:
  explicit SqlitePeer(const Workload& workload) : workload_(workload) {
    const auto start = std::chrono::steady_clock::now();
    {
      Connection writer(path());
      fill(writer);
    }
    const std::chrono::duration<double, std::milli> passed =
        std::chrono::steady_clock::now() - start;
    set_up_.load_ms = passed.count();
    set_up_.rules_active = workload.rules.size();
    connection_ = std::make_unique<Connection>(path());
    prepare();
  }

  std::string_view name() const override { return "sqlite-peer"; }
  const SetUp& set_up() const override { return set_up_; }

  void begin(const Basket& basket) override {
    clear_->run();
    items_.clear();
    categories_.clear();
    total_minor_ = 0;
    for (Query* query : {by_item_.get(), by_category_.get()}) {
      query->bind(4, basket.minute);
      query->bind(5, basket.weekday);
      query->bind(6, basket.group);
      query->bind(7, basket.segment);
    }
  }
  void prepare(int item) override { told_ = item; }
  void scan() override {
    const int item = told_;
    const CatalogItem& known = workload_.items[static_cast<std::size_t>(item)];
    put_->bind(1, item);
    put_->bind(2, known.category);
    put_->run();
    remember(items_, item);
    remember(categories_, known.category);
    total_minor_ += known.price_minor;
    best_.clear();
    for (const int held : items_) look(*by_item_, held);
    for (const int held : categories_) look(*by_category_, held);
  }
  void void_line(std::uint64_t) override {}
  void set_quantity(std::uint64_t, std::int64_t) override {}
  void end() override {}
  RulesShown shown() const override {
    RulesShown out;
    for (const Found& found : best_) out.rules[out.count++] = found.rule;
    return out;
  }

 private:
  struct Found {
    std::int64_t score;
    std::uint32_t rule;
    std::int64_t offer;
  };

  std::string path() const { return folder_.file("rules.db"); }

  void fill(Connection& writer) {
    writer.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN");
    writer.run(kTable);
    Query insert(writer, "INSERT INTO rule VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    for (const RuleRecord& rule : workload_.rules) {
      int place = 0;
      for (const int value :
           {rule.id, rule.score, rule.item1, rule.item2, rule.category, rule.min_quantity,
            rule.min_total_minor, rule.absent_item, rule.absent_category, int{rule.from_minute},
            int{rule.to_minute}, int{rule.weekdays}, int{rule.group}, int{rule.segment}}) {
        insert.bind_unless_absent(++place, value);
      }
      insert.bind(15, rule.offer);
      insert.run();
    }
    writer.run(
        "CREATE INDEX by_item ON rule(item1, score DESC) WHERE item1 IS NOT NULL;"
        "CREATE INDEX by_category ON rule(category, score DESC) WHERE category IS NOT NULL;"
        "COMMIT; PRAGMA optimize");
  }

  void prepare() {
    connection_->run(
        "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=1073741824;"
        "CREATE TEMP TABLE basket(item INTEGER PRIMARY KEY, category INT, quantity INT);"
        "CREATE INDEX temp.basket_by_category ON basket(category); BEGIN");
    put_ = std::make_unique<Query>(*connection_,
                                   "INSERT INTO basket VALUES(?1, ?2, 1)"
                                   " ON CONFLICT(item) DO UPDATE SET quantity = quantity + 1");
    clear_ = std::make_unique<Query>(*connection_, "DELETE FROM basket");
    const std::string select = "SELECT id, score, offer FROM rule WHERE ";
    const std::string order = std::string(" AND score > ?2 AND") + kHolds + " ORDER BY score DESC";
    by_item_ = std::make_unique<Query>(*connection_, select + "item1 = ?1" + order);
    by_category_ = std::make_unique<Query>(*connection_, select + "category = ?1" + order);
  }

  static void remember(std::vector<int>& held, int id) {
    if (std::find(held.begin(), held.end(), id) == held.end()) held.push_back(id);
  }

  std::int64_t score_to_beat() const {
    return best_.size() < rules::kMaxAnswerPrompts ? -1 : best_.back().score;
  }

  void look(Query& query, int id) {
    query.bind(1, id);
    query.bind(2, score_to_beat());
    query.bind(3, total_minor_);
    while (query.step()) {
      const Found found{query.column(1), static_cast<std::uint32_t>(query.column(0)),
                        query.column(2)};
      if (found.score <= score_to_beat()) break;
      put(found);
    }
    query.reset();
  }

  // Best first, each offer once.
  void put(const Found& found) {
    const auto twin = std::find_if(best_.begin(), best_.end(),
                                   [&](const Found& other) { return other.offer == found.offer; });
    if (twin != best_.end()) {
      if (twin->score >= found.score) return;
      best_.erase(twin);
    }
    const auto at = std::find_if(best_.begin(), best_.end(),
                                 [&](const Found& other) { return other.score < found.score; });
    best_.insert(at, found);
    if (best_.size() > rules::kMaxAnswerPrompts) best_.pop_back();
  }

  const Workload& workload_;
  tests::TemporaryFolder folder_;
  SetUp set_up_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Query> put_, clear_, by_item_, by_category_;
  std::vector<int> items_, categories_;
  std::int64_t total_minor_ = 0;
  int told_ = 0;
  std::vector<Found> best_;
};

}  // namespace

std::unique_ptr<LaneUnderTest> make_sqlite_peer(const Workload& workload) {
  return std::make_unique<SqlitePeer>(workload);
}

}  // namespace xsell::bench
