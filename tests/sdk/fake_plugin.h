// A plugin without rules, for tests of the wrapper and the lane: tea asks for a mug, pasta for
// sauce and cheese.
#ifndef XSELL_TESTS_SDK_FAKE_PLUGIN_H_
#define XSELL_TESTS_SDK_FAKE_PLUGIN_H_

#include <xsell/xsell.h>

#include <string>
#include <vector>

namespace fake {

// One event as it arrived: the bytes of the struct, and the texts behind its views in reading
// order.
struct Received {
  std::vector<unsigned char> bytes;
  template <class Event>
  const Event& as() const {
    return *reinterpret_cast<const Event*>(bytes.data());
  }
  const xsell_event_header& header() const { return as<xsell_event_header>(); }
};

struct Log {
  std::vector<Received> events;
  std::vector<std::string> calls;  // "create", "start", "stop", "destroy"
  std::string host_name;
};

// Of all instances, newest last. Cleared by the test.
Log& log();

const xsell_entry& entry();

}  // namespace fake

#endif  // XSELL_TESTS_SDK_FAKE_PLUGIN_H_
