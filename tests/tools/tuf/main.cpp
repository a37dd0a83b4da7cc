// xsell-tuf: the lane's TUF client as a program with the command line of the public TUF conformance
// suite (theupdateframework/tuf-conformance, CLIENT-CLI.md). It alone takes plain http and the
// plain system clock. Exit code 0 or 1.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ctime>
#include <filesystem>
#include <string>
#include <vector>

#include "sync/percent_encoding.h"
#include "sync/tuf_client.h"
#include "sync/whole_file.h"
#include "tests/tools/tuf/folder_metadata_store.h"
#include "tests/tools/tuf/plain_http_fetcher.h"

namespace xsell::tests {
namespace {

namespace fs = std::filesystem;
namespace tuf = sync::tuf;
using sync::Failure;

struct Options {
  std::string metadata_dir, root_file, metadata_url, target_base_url, target_dir;
  std::vector<std::string> target_names;
};

struct Memory : sync::ByteSink {
  bool write(std::string_view more) override {
    bytes.append(more);
    return true;
  }
  std::string bytes;
};

bool succeeds(const Failure& failure) {
  if (failure.failed()) fmt::print(stderr, "{}: {}\n", failure.name(), failure.detail);
  return !failure.failed();
}

bool init(const Options& options) {
  FolderMetadataStore store(options.metadata_dir);
  PlainHttpFetcher fetcher;
  return succeeds(tuf::Client(store, fetcher).pin_root(sync::read_whole_file(options.root_file)));
}

bool refresh(tuf::Client& client, int64_t now_s) {
  tuf::RefreshReport report;
  do {
    report = client.refresh(now_s);
    for (const std::string& notice : report.notices) fmt::print(stderr, "notice: {}\n", notice);
  } while (report.has_more_roots && !report.failure.failed());
  return succeeds(report.failure);
}

// A file that is there already with the signed content is left as it is.
bool is_present(const fs::path& path, const tuf::TargetFile& target) {
  if (!fs::is_regular_file(path) || fs::file_size(path) != target.length) return false;
  try {
    tuf::HashCheck check(target.hashes);
    check.add(sync::read_whole_file(path));
    check.require_match(target.name);
    return true;
  } catch (const tuf::Error&) {
    return false;
  }
}

bool download(tuf::Client& client, const Options& options, int64_t now_s) {
  fs::create_directories(options.target_dir);
  for (const std::string& name : options.target_names) {
    tuf::TargetFile target;
    if (!succeeds(client.find_target(name, now_s, target))) return false;
    const fs::path path = fs::path(options.target_dir) / sync::percent_encoded(name);
    if (is_present(path, target)) continue;
    Memory content;
    if (!succeeds(client.download(target, content))) return false;
    sync::write_whole_file(path, content.bytes);
  }
  return true;
}

bool update(const Options& options, bool has_targets) {
  FolderMetadataStore store(options.metadata_dir);
  PlainHttpFetcher fetcher;
  fetcher.add_base("metadata/", options.metadata_url);
  if (has_targets) fetcher.add_base("targets/", options.target_base_url);
  tuf::Client client(store, fetcher, {.metadata = "metadata/", .targets = "targets/"});
  const int64_t now_s = std::time(nullptr);
  return refresh(client, now_s) && (!has_targets || download(client, options, now_s));
}

int run(int argc, char** argv) {
  Options options;
  CLI::App program("The TUF client of xsell, for conformance tests.", "xsell-tuf");
  program.require_subcommand(1);
  program.add_option("--metadata-dir", options.metadata_dir, "Where trusted metadata is kept")
      ->required();
  program.add_option("--metadata-url", options.metadata_url, "http address of the metadata");
  program.add_option("--target-name", options.target_names, "A target to download; repeatable")
      ->expected(1)
      ->take_all();
  program.add_option("--target-base-url", options.target_base_url, "http address of the targets");
  program.add_option("--target-dir", options.target_dir, "Where verified targets are put");
  CLI::App* init_command = program.add_subcommand("init", "Trust a root from now on.");
  init_command->add_option("ROOT", options.root_file, "File with the root metadata")->required();
  program.add_subcommand("refresh", "Bring the top-level metadata up to date.");
  CLI::App* download_command =
      program.add_subcommand("download", "Bring the metadata up to date, then fetch targets.");

  try {
    program.parse(argc, argv);
    if (init_command->parsed()) return init(options) ? 0 : 1;
    return update(options, download_command->parsed()) ? 0 : 1;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}

}  // namespace
}  // namespace xsell::tests

int main(int argc, char** argv) { return xsell::tests::run(argc, argv); }
