// Serves the lane's page: files from memory, commands by POST, the till's state by Server-Sent
// Events.
//
// Threads: one of its own; it takes the till's mutex for each command.
// Security: loopback unless told otherwise; other sites' pages can neither send commands (same
// origin only) nor reach it under another name (the Host header must be its own). A sample: it asks
// for no password.
#ifndef XSELL_SDK_EXAMPLES_LANE_WEB_SERVER_H_
#define XSELL_SDK_EXAMPLES_LANE_WEB_SERVER_H_

#include <memory>
#include <string>

#include "till.h"

namespace lane {

struct PageService;

class WebServer {
 public:
  // `listen`: "[ADDRESS:]PORT". Empty on failure, and `error` says why. The till must outlive the
  // server.
  static std::unique_ptr<WebServer> start(Till& till, const std::string& listen,
                                          std::string& error);
  ~WebServer();

  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  // "http://127.0.0.1:8080/".
  const std::string& address() const { return address_; }

  // The port alone, written under another name and renamed, so that who waits for the file reads it
  // whole.
  bool write_port_file(const std::string& path) const;

 private:
  WebServer() = default;

  std::string address_;
  unsigned short port_ = 0;
  std::unique_ptr<PageService> state_;
};

}  // namespace lane

#endif  // XSELL_SDK_EXAMPLES_LANE_WEB_SERVER_H_
