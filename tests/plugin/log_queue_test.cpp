#include "plugin/log_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace xsell::plugin {
namespace {

TEST(LogQueue, DeliversInOrderAndCountsWhatDoesNotFit) {
  std::vector<std::string> lines;
  HostSettings host;
  host.host_data = &lines;
  host.log = [](void* data, uint32_t level, const xsell_str* text) {
    static_cast<std::vector<std::string>*>(data)->push_back(std::to_string(level) +
                                                            std::string(text->data, text->size));
  };
  LogQueue log;
  log.warning("first");
  for (size_t i = 0; i < LogQueue::kMaxLines; ++i) log.info("more");
  EXPECT_EQ(log.dropped(), 1u);
  log.deliver(host, 2);
  EXPECT_EQ(lines, (std::vector<std::string>{"2first", "1more"}));
  log.deliver(host, 1000);
  EXPECT_EQ(lines.size(), LogQueue::kMaxLines);
}

TEST(LogQueue, ATillWithoutALogIsFine) {
  LogQueue log;
  log.error("nobody listens");
  log.deliver(HostSettings{}, 10);
}

}  // namespace
}  // namespace xsell::plugin
