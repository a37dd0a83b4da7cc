// Reports to the harness: one POST after the other, to ADDRESS/1, ADDRESS/2 and so on, in order.
// Threads: one, that which runs the io_context. A report that cannot be delivered is dropped: the
// harness takes its end of a test away first.
#ifndef XSELL_TESTS_TOOLS_SSE_CALLBACK_SENDER_H_
#define XSELL_TESTS_TOOLS_SSE_CALLBACK_SENDER_H_

#include <memory>
#include <string>

#include "tests/tools/sse/http_url.h"

namespace boost::asio {
class io_context;
}

namespace xsell::tests {

class CallbackSender {
 public:
  CallbackSender(boost::asio::io_context& io, HttpUrl base);
  ~CallbackSender();  // what waits is dropped
  CallbackSender(const CallbackSender&) = delete;
  CallbackSender& operator=(const CallbackSender&) = delete;

  void send(std::string json);

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_TOOLS_SSE_CALLBACK_SENDER_H_
