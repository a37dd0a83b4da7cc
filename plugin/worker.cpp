#include "plugin/worker.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <signal.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <vector>

#include "plugin/configuration.h"
#include "plugin/files.h"
#include "plugin/lane.h"
#include "plugin/utc_clock.h"
#include "plugin/version.h"

namespace xsell::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTick{25};
constexpr std::chrono::milliseconds kLongestStart{80};
constexpr int64_t kRetry_ms = 5'000;
constexpr int64_t kEnrolmentRetry_ms = 500;
constexpr size_t kLogLinesATick = 16;

int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now().time_since_epoch())
      .count();
}

}  // namespace

// What lives on the worker's thread, and how the others reach it.
class Worker::Loop {
 public:
  Loop(Worker& worker) : worker_(worker), timer_(io_) {}

  void run() {
    set_up();
    is_settled();
    tick_later();
    io_.run();
    tear_down();
  }

  void stop() {
    boost::asio::post(io_, [this] {
      is_stopping_ = true;
      timer_.cancel();
      if (lane_) lane_->disconnect();
      io_.stop();
    });
  }

  void wait_until_settled() {
    std::unique_lock lock(mutex_);
    settled_.wait_for(lock, kLongestStart, [this] { return is_settled_; });
  }

  void is_settled() {
    {
      const std::lock_guard lock(mutex_);
      is_settled_ = true;
    }
    settled_.notify_all();
  }

 private:
  void set_up() {
    Health health;
    health.state = XSELL_HEALTH_STARTING;
    worker_.board_.set(health);
    int64_t retry_ms = kRetry_ms;
    const ReadConfiguration read = read_configuration(worker_.host_);
    try {
      for (const std::string& error : read.errors) say(error);
      if (read.errors.empty()) {
        auto lane = std::make_unique<Lane>(read.configuration, worker_.host_, worker_.board_,
                                           worker_.log_, io_);
        lane->load_rules();
        lane_ = std::move(lane);
        worker_.session_.store(&lane_->session(), std::memory_order_release);
        lane_->tick(now_ms());
        lane_->connect();
        return;
      }
      health.state = XSELL_HEALTH_DEGRADED;
      health.message = read.errors.front();
    } catch (const Lane::NotEnrolled& wait) {
      health.state = XSELL_HEALTH_NO_RULES;
      health.message = wait.what();
      retry_ms = kEnrolmentRetry_ms;
      say(health.message);
      worker_.board_.set(health);
      write_status(read.configuration.data_folder);
    } catch (const std::exception& error) {
      health.state = XSELL_HEALTH_DEGRADED;
      health.message = error.what();
      say(health.message);
    }
    worker_.board_.set(health);
    next_set_up_ms_ = now_ms() + retry_ms;
  }

  // For `xsell status`, as far as the folder can be written at all.
  void write_status(const std::string& folder) {
    try {
      offline_cache::replace_file(folder + "/" + kStatusFile,
                                  worker_.board_.to_json(kVersion, utc_now_s(worker_.host_)));
    } catch (const offline_cache::StorageError&) {
    }
  }

  // The same trouble is logged once, not with every try.
  void say(const std::string& trouble) {
    if (trouble != last_trouble_) worker_.log_.error(trouble);
    last_trouble_ = trouble;
  }

  void tick_later() {
    timer_.expires_after(kTick);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (error || is_stopping_) return;
      // Armed first: a request that the tick waits for must not stop the ticks.
      tick_later();
      tick();
    });
  }

  void tick() noexcept {
    try {
      worker_.log_.deliver(worker_.host_, kLogLinesATick);
      if (lane_ && !lane_->is_waiting() && lane_->has_new_identity()) {
        leave_lane();
        set_up();
      } else if (lane_) {
        lane_->tick(now_ms());
      } else if (now_ms() >= next_set_up_ms_) {
        set_up();
      }
    } catch (const std::exception& error) {
      say(error.what());
    }
  }

  // No event is on its way any more. All is freed on this thread: libraries keep state by thread.
  void tear_down() {
    worker_.session_.store(nullptr, std::memory_order_release);
    if (lane_) lane_->finish();
    lane_.reset();
    left_sessions_.clear();
    worker_.log_.deliver(worker_.host_, LogQueue::kMaxLines);
  }

  // Another enrolment: the lane is set up anew. Its session may be answering an event, so it stays
  // until the end.
  void leave_lane() {
    worker_.session_.store(nullptr, std::memory_order_release);
    lane_->disconnect();
    lane_->finish();
    left_sessions_.push_back(lane_->take_session());
    lane_.reset();
  }

  Worker& worker_;
  // Without the hint of a single thread: with it, what a handler posts would wait for that
  // handler's end, and a handler that waits for a reply would wait for ever.
  boost::asio::io_context io_;
  boost::asio::steady_timer timer_;
  std::unique_ptr<Lane> lane_;
  std::vector<std::unique_ptr<Session>> left_sessions_;
  int64_t next_set_up_ms_ = 0;
  bool is_stopping_ = false;
  std::string last_trouble_;

  std::mutex mutex_;
  std::condition_variable settled_;
  bool is_settled_ = false;  // guarded by mutex_
};

Worker::Worker(const HostSettings& host, HealthBoard& board, LogQueue& log)
    : host_(host), board_(board), log_(log), loop_(std::make_unique<Loop>(*this)) {}

Worker::~Worker() {
  if (thread_.joinable()) {
    loop_->stop();
    thread_.join();
  }
}

void Worker::start() {
  // The till's signals are not for this thread.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([this] { run(); });
  } catch (...) {
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    throw;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  loop_->wait_until_settled();
}

void Worker::run() noexcept {
  ::pthread_setname_np(::pthread_self(), "xsell-worker");
  // Without an exit handler, which would outlive the library, and without the machine's
  // openssl.cnf.
  ::OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT | OPENSSL_INIT_NO_LOAD_CONFIG, nullptr);
  try {
    loop_->run();
  } catch (const std::exception& error) {
    log_.error(error.what());
    Health health = board_.get();
    health.state = XSELL_HEALTH_DEGRADED;
    health.message = error.what();
    board_.set(health);
    loop_->is_settled();
  }
}

}  // namespace xsell::plugin
