#include "hq/server/outcome_intake.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace xsell::hq {

using offline_cache::StorageError;

namespace {

struct Arrival {
  std::shared_ptr<const Device> device;
  std::string bytes;
  OutcomeIntake::Done done;
  IncomingBatch batch;
  OutcomeIntake::Taken taken;

  bool is_for_the_store() const { return taken.bad_batch.empty() && taken.failure.empty(); }
};

void read(Arrival& arrival) {
  try {
    const sync::DecodedBatch decoded = sync::decode_batch(arrival.bytes);
    arrival.bytes = {};
    if (!decoded.batch) {
      arrival.taken.bad_batch = decoded.error;
      arrival.taken.is_too_large = decoded.is_too_large;
      return;
    }
    arrival.batch = read_records(*decoded.batch);
    arrival.taken.epoch = arrival.batch.epoch;
  } catch (const std::exception& error) {
    arrival.taken.failure = error.what();
  }
}

}  // namespace

class OutcomeIntake::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(boost::asio::io_context& io, HqStore& store, Clock now_s, Beside beside, Limits limits)
      : io_(io),
        store_(store),
        outcomes_(store),
        now_s_(std::move(now_s)),
        beside_(std::move(beside)),
        limits_(limits) {}

  void start() {
    reader_ = std::thread([this] { read_all(); });
  }

  bool take(Arrival arrival) {
    {
      const std::lock_guard lock(mutex_);
      if (is_stopped_ || waiting_bytes_ + arrival.bytes.size() > limits_.waiting_bytes)
        return false;
      waiting_bytes_ += arrival.bytes.size();
      waiting_.push_back(std::move(arrival));
    }
    changed_.notify_one();
    return true;
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopped_ = true;
    }
    changed_.notify_one();
    if (reader_.joinable()) reader_.join();
  }

  std::uint64_t commits() const { return commits_; }

  std::size_t batches_ready() const {
    const std::lock_guard lock(mutex_);
    return read_.size();
  }

 private:
  void read_all() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] {
        return is_stopped_ || (!waiting_.empty() && read_.size() < limits_.batches_a_commit);
      });
      if (is_stopped_) return;
      Arrival arrival = std::move(waiting_.front());
      waiting_.pop_front();
      waiting_bytes_ -= arrival.bytes.size();
      lock.unlock();
      read(arrival);
      lock.lock();
      read_.push_back(std::move(arrival));
      if (std::exchange(is_store_asked_, true)) continue;
      boost::asio::post(io_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->store_all();
      });
    }
  }

  void store_all() {
    std::deque<Arrival> group;
    {
      const std::lock_guard lock(mutex_);
      is_store_asked_ = false;
      if (is_stopped_) return;
      group.swap(read_);
    }
    changed_.notify_one();
    store(group);
    for (Arrival& arrival : group) arrival.done(arrival.taken);
  }

  void store(std::deque<Arrival>& group) {
    std::vector<Arrival*> sound;
    for (Arrival& arrival : group) {
      if (arrival.is_for_the_store()) sound.push_back(&arrival);
    }
    if (sound.empty()) return;
    try {
      store_together(sound);
      return;
    } catch (const StorageError& error) {
      // A disk that is full or in use would only be asked again.
      if (error.kind() != StorageError::Kind::kConstraint) return fail(sound, error);
    } catch (const std::exception&) {
    }
    for (Arrival* const arrival : sound) {
      try {
        store_together({&arrival, 1});
      } catch (const std::exception& error) {
        fail({&arrival, 1}, error);
      }
    }
  }

  void store_together(std::span<Arrival* const> arrivals) {
    offline_cache::Transaction transaction(store_.database());
    for (Arrival* const arrival : arrivals) {
      arrival->taken.result =
          outcomes_.append_within(transaction, arrival->device->device, arrival->batch, now_s_());
      beside_(*arrival->device);
    }
    transaction.commit();
    ++commits_;
  }

  static void fail(std::span<Arrival* const> arrivals, const std::exception& error) {
    for (Arrival* const arrival : arrivals) arrival->taken.failure = error.what();
  }

  boost::asio::io_context& io_;
  HqStore& store_;
  OutcomeStore outcomes_;
  const Clock now_s_;
  const Beside beside_;
  const Limits limits_;
  std::uint64_t commits_ = 0;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::deque<Arrival> waiting_;  // to be read
  std::deque<Arrival> read_;     // to be stored
  std::size_t waiting_bytes_ = 0;
  bool is_store_asked_ = false;
  bool is_stopped_ = false;
  std::thread reader_;
};

OutcomeIntake::OutcomeIntake(boost::asio::io_context& io, HqStore& store, Clock now_s,
                             Beside beside, Limits limits)
    : core_(std::make_shared<Core>(io, store, std::move(now_s), std::move(beside), limits)) {
  core_->start();
}

OutcomeIntake::~OutcomeIntake() { core_->stop(); }

bool OutcomeIntake::take(std::shared_ptr<const Device> device, std::string bytes, Done done) {
  return core_->take({std::move(device), std::move(bytes), std::move(done), {}, {}});
}

void OutcomeIntake::stop() { core_->stop(); }

std::uint64_t OutcomeIntake::commits() const { return core_->commits(); }

std::size_t OutcomeIntake::batches_ready() const { return core_->batches_ready(); }

}  // namespace xsell::hq
