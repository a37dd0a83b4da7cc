// What a lane gets from a folder of published files.
#ifndef XSELL_TESTS_HQ_LANE_VIEW_H_
#define XSELL_TESTS_HQ_LANE_VIEW_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "sync/folder_fetcher.h"
#include "sync/release_fetch.h"
#include "sync/tuf_client.h"
#include "sync/whole_file.h"
#include "tests/sync/memory_store.h"

namespace xsell::hq {

class LaneView {
 public:
  explicit LaneView(const std::filesystem::path& tree) : fetcher_(tree), client_(store_, fetcher_) {
    EXPECT_FALSE(client_.pin_root(sync::read_whole_file(tree / "v1/tuf/1.root.json")).failed());
  }

  std::string refresh(std::int64_t now_s) {
    return std::string(client_.refresh(now_s).failure.name());
  }
  std::uint64_t version() const {
    const auto release =
        client_.targets() ? sync::newest_release(*client_.targets()) : std::nullopt;
    return release ? release->version : 0;
  }
  const sync::tuf::Client& client() const { return client_; }

  std::map<std::string, std::string> lines() {
    struct : sync::BundleSink {
      bool on_header(const sync::BundleHeader&) override { return true; }
      bool on_line(std::string_view id, std::string_view line) override {
        return lines.emplace(id, line).second;
      }
      std::map<std::string, std::string> lines;
    } sink;
    const auto release = sync::newest_release(*client_.targets());
    const auto part =
        std::filesystem::temp_directory_path() / ("xsell-lane-view-" + std::to_string(::getpid()));
    const sync::Failure failure = sync::fetch_release(client_, *release, part, sink);
    EXPECT_FALSE(failure.failed()) << failure.detail;
    return sink.lines;
  }

 private:
  sync::tuf::MemoryStore store_;
  sync::FolderFetcher fetcher_;
  sync::tuf::Client client_;
};

}  // namespace xsell::hq

#endif  // XSELL_TESTS_HQ_LANE_VIEW_H_
