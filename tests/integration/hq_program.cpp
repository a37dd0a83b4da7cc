#include "tests/integration/hq_program.h"

#include <stdexcept>

#include "offline_cache/database.h"
#include "tests/plugin/wait_for.h"

namespace xsell::tests {

HqProgram::HqProgram(int item_count) {
  token_ = run({"init", "--address", "127.0.0.1"}).at("token");
  std::string items = "item,name,category,price\n";
  for (int i = 1; i <= item_count; ++i) {
    const std::string number = std::to_string(i);
    items += "ITEM-" + number + ",Item " + number + ",c" + std::to_string(i % 7) + ",1.50\n";
  }
  write_text(file("items.csv"), items);
  write_text(file("categories.csv"),
             "category,name\nc0,C0\nc1,C1\nc2,C2\nc3,C3\nc4,C4\nc5,C5\nc6,C6\n");
  write_text(file("stores.csv"), "store,name\n0217,Test\n");
  write_text(file("lanes.csv"), "store,lane\n0217,1\n0217,2\n0217,3\n");
  run({"import", "categories", file("categories.csv")});
  run({"import", "items", file("items.csv"), "--currency", "EUR"});
  run({"import", "stores", file("stores.csv")});
  run({"import", "lanes", file("lanes.csv")});
}

nlohmann::json HqProgram::run(std::vector<std::string> arguments) const {
  std::vector<std::string> all = {XSELL_HQ_PROGRAM, "--folder", folder_.file("hq"), "--json"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const ProgramResult result = run_program(all, {"XSELL_HQ_TOKEN=" + token_});
  if (result.code != 0) {
    throw std::runtime_error("xsell-hq " + arguments[0] + " ended with " +
                             std::to_string(result.code) + ": " + result.err + result.out);
  }
  return result.out.empty() ? nlohmann::json() : nlohmann::json::parse(result.out);
}

void HqProgram::serve() {
  const std::string port_file = file("port");
  std::filesystem::remove(port_file);
  server_ = std::make_unique<ChildProcess>(
      std::vector<std::string>{XSELL_HQ_PROGRAM, "--folder", folder_.file("hq"), "--json", "serve",
                               "--listen", "127.0.0.1:" + std::to_string(port_), "--port-file",
                               port_file},
      file("serve.log"));
  if (!wait_for([&] { return !read_text(port_file).empty(); }, std::chrono::seconds(120))) {
    throw std::runtime_error("xsell-hq serve did not start: " + read_text(file("serve.log")));
  }
  port_ = std::stoi(read_text(port_file));
}

void HqProgram::kill() { server_.reset(); }

uint64_t HqProgram::publish(const std::string& text, int rule_count,
                            const std::vector<std::string>& more) {
  nlohmann::json rules = nlohmann::json::array();
  for (int i = 1; i <= rule_count; ++i) {
    const std::string number = std::to_string(i);
    rules.push_back(
        {{"rule_id", "rule-" + number},
         {"name", "Rule " + number},
         {"relation", "accessory"},
         {"condition", {{"basket_has", {{"items", {"ITEM-" + number}}}}}},
         {"offers", {{{"items", {"ITEM-" + std::to_string(i + 1)}}}}},
         {"prompt",
          {{"operator_text", {{"en", text}}}, {"reason", {{"en", "They go together"}}}}}});
  }
  const nlohmann::json document = {
      {"schema", "xsell.rules/1"},
      {"policy", {{"currency", "EUR"}, {"max_prompts_per_operator_hour", 120}}},
      {"rules", rules}};
  write_text(file("rules.json"), document.dump());
  std::vector<std::string> arguments = {"publish", file("rules.json"), "--reason",
                                        "a test",  "--spread",         "0"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const nlohmann::json published = run(arguments);
  return published.at("version").get<uint64_t>();
}

std::string HqProgram::enrolment_token(const std::string& lane) {
  return run({"enroll", "--store", "0217", "--lane", lane, "--url", url()}).at("token");
}

int64_t HqProgram::count_rows(const std::string& table) const {
  offline_cache::Database database(folder_.file("hq/hq.db"),
                                   offline_cache::Database::Profile::kReadOnly);
  offline_cache::Statement count = database.prepare("SELECT count(*) FROM " + table);
  count.step();
  return count.column_int64(0);
}

}  // namespace xsell::tests
