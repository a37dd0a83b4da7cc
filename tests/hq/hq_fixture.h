// A fresh HQ in a folder of its own, commands run in this process, and a clock that the test sets.
#ifndef XSELL_TESTS_HQ_HQ_FIXTURE_H_
#define XSELL_TESTS_HQ_HQ_FIXTURE_H_

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "hq/program.h"

namespace xsell::hq {

class HqTest : public ::testing::Test {
 protected:
  struct Result {
    int code = -1;
    std::string out;
    std::string err;
    Json json() const { return Json::parse(out); }
  };

  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "xsell-hq-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  // Runs a command as the user of token_, in the folder of this test.
  Result run(std::vector<std::string> arguments) {
    std::ostringstream out, err;
    Output output(out, err, false);
    Environment environment;
    environment.variable = [this](const char* name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    };
    environment.now_s = [this] { return now_s_; };
    variables_["XSELL_HQ_FOLDER"] = folder();
    Result result;
    result.code = run_program(std::move(arguments), output, std::move(environment));
    result.out = out.str();
    result.err = err.str();
    return result;
  }

  void init() {
    const Result result = run({"init", "--json"});
    ASSERT_EQ(result.code, 0) << result.err;
    use_token(result.json()["token"].get<std::string>());
  }

  void use_token(const std::string& token) { variables_["XSELL_HQ_TOKEN"] = token; }
  std::string add_user(const std::string& name, const std::string& role) {
    return run({"user", "add", name, "--role", role, "--json"}).json()["token"].get<std::string>();
  }

  std::string folder() const { return (root_ / "hq").string(); }
  std::string database_path() const { return folder() + "/hq.db"; }
  std::string path(const std::string& name) const { return (root_ / name).string(); }
  std::string write(const std::string& name, const std::string& content) const {
    std::ofstream(path(name), std::ios::binary) << content;
    return path(name);
  }

  std::filesystem::path root_;
  std::map<std::string, std::string> variables_;
  std::int64_t now_s_ = 1'780'000'000;
};

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_HQ_FIXTURE_H_
