#ifndef XSELL_TESTS_OFFLINE_CACHE_OUTSIDE_CALLS_H_
#define XSELL_TESTS_OFFLINE_CACHE_OUTSIDE_CALLS_H_

namespace xsell::tests {

// While one lives, system calls are not told to the CrashDisk: somebody else tells it.
class OutsideCalls {
 public:
  OutsideCalls() { ++depth_; }
  ~OutsideCalls() { --depth_; }
  OutsideCalls(const OutsideCalls&) = delete;
  OutsideCalls& operator=(const OutsideCalls&) = delete;
  static bool is_any() { return depth_ != 0; }

 private:
  inline static int depth_ = 0;
};

}  // namespace xsell::tests

#endif  // XSELL_TESTS_OFFLINE_CACHE_OUTSIDE_CALLS_H_
