#include "hq/server/folder_watch.h"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace xsell::hq {

namespace asio = boost::asio;

class FolderWatch::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::io_context& io, const std::filesystem::path& folder, Handler handler)
      : handler_(std::move(handler)), descriptor_(io) {
    const int inotify = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (inotify >= 0) descriptor_.assign(inotify);
    if (inotify < 0 || ::inotify_add_watch(inotify, folder.c_str(),
                                           IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE_SELF) < 0) {
      throw std::runtime_error(
          fmt::format("cannot watch {}: {}", folder.string(), std::strerror(errno)));
    }
  }

  void wait() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& error) {
                             if (error || !self->handler_) return;
                             self->read();
                             if (self->handler_) self->wait();
                           });
  }

  void stop() {
    handler_ = {};
    boost::system::error_code ignored;
    descriptor_.close(ignored);
  }

 private:
  void read() {
    alignas(inotify_event) std::array<char, 16 * 1024> events;
    for (;;) {
      const ssize_t size = ::read(descriptor_.native_handle(), events.data(), events.size());
      if (size <= 0) return;
      for (ssize_t at = 0; at < size;) {
        inotify_event event;
        std::memcpy(&event, events.data() + at, sizeof event);
        const char* name = events.data() + at + sizeof event;
        at += static_cast<ssize_t>(sizeof event + event.len);
        if (!handler_) return;
        handler_(event.len > 0 ? std::string_view(name) : std::string_view());
      }
    }
  }

  Handler handler_;
  asio::posix::stream_descriptor descriptor_;
};

FolderWatch::FolderWatch(asio::io_context& io, const std::filesystem::path& folder, Handler handler)
    : core_(std::make_shared<Core>(io, folder, std::move(handler))) {
  core_->wait();
}

FolderWatch::~FolderWatch() { core_->stop(); }

}  // namespace xsell::hq
