// Tells when a file was put in place in a folder, by this process or another: inotify on the
// io_context. Threads: one, that which runs the io_context.
#ifndef XSELL_HQ_SERVER_FOLDER_WATCH_H_
#define XSELL_HQ_SERVER_FOLDER_WATCH_H_

#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace xsell::hq {

class FolderWatch {
 public:
  // Called with the file's name, or with nothing when events were lost and anything may have
  // changed.
  using Handler = std::function<void(std::string_view name)>;

  // Fails: throws std::runtime_error that names the folder.
  FolderWatch(boost::asio::io_context& io, const std::filesystem::path& folder, Handler handler);
  ~FolderWatch();
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_FOLDER_WATCH_H_
