#ifndef XSELL_PLUGIN_HANDOVER_H_
#define XSELL_PLUGIN_HANDOVER_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

// What the scan thread and the worker exchange. Nothing here waits, locks or allocates after
// construction.
namespace xsell::plugin {

// One slot for the newest value; an older one that was never taken goes back to the giver.
// Threads: one giver, one taker. Owns: nothing; what is left at the end is the giver's to take
// back.
template <typename T>
class Mailbox {
 public:
  // Returns what lay there untaken, or null.
  T* put(T* value) noexcept { return slot_.exchange(value, std::memory_order_acq_rel); }
  T* take() noexcept {
    if (!slot_.load(std::memory_order_relaxed)) return nullptr;
    return slot_.exchange(nullptr, std::memory_order_acq_rel);
  }

 private:
  std::atomic<T*> slot_{nullptr};
};

// Threads: one producer, one consumer. Requires: Capacity is a power of two.
template <typename T, size_t Capacity>
class Ring {
  static_assert((Capacity & (Capacity - 1)) == 0);

 public:
  // The producer writes without showing it to the consumer until publish(). False: full.
  bool write(const T& value) noexcept {
    if (next_ - tail_.load(std::memory_order_acquire) == Capacity) return false;
    slots_[next_ & (Capacity - 1)] = value;
    ++next_;
    return true;
  }
  void publish() noexcept { head_.store(next_, std::memory_order_release); }
  bool has_unpublished() const noexcept { return head_.load(std::memory_order_relaxed) != next_; }
  bool is_full() const noexcept {
    return next_ - tail_.load(std::memory_order_acquire) == Capacity;
  }

  // The consumer looks at the values, oldest first, then drops some of them.
  size_t readable() const noexcept {
    return static_cast<size_t>(head_.load(std::memory_order_acquire) -
                               tail_.load(std::memory_order_relaxed));
  }
  const T& at(size_t index) const noexcept {
    return slots_[(tail_.load(std::memory_order_relaxed) + index) & (Capacity - 1)];
  }
  void pop(size_t count) noexcept { tail_.fetch_add(count, std::memory_order_release); }

 private:
  alignas(64) std::atomic<uint64_t> head_{0};
  uint64_t next_ = 0;  // the producer's
  alignas(64) std::atomic<uint64_t> tail_{0};
  std::unique_ptr<T[]> slots_ = std::make_unique<T[]>(Capacity);
};

// The newest state of something large: the writer never waits for the reader, who may skip versions
// but never sees half of one. Threads: one writer, one reader.
template <typename T>
class Snapshot {
 public:
  void put(const T& value) noexcept {
    put_by([&](T& buffer) { buffer = value; });
  }
  // write(T&) turns an older state, or none yet, into the new one.
  template <typename Write>
  void put_by(Write write) noexcept {
    write(buffers_[write_]);
    write_ = middle_.exchange(write_ | kFresh, std::memory_order_acq_rel) & kIndex;
  }
  // Null when nothing new came since the last take; the result is the reader's until its next take.
  const T* take() noexcept {
    if ((middle_.load(std::memory_order_relaxed) & kFresh) == 0) return nullptr;
    read_ = middle_.exchange(read_, std::memory_order_acq_rel) & kIndex;
    return &buffers_[read_];
  }

 private:
  static constexpr unsigned kFresh = 4;
  static constexpr unsigned kIndex = 3;

  std::unique_ptr<T[]> buffers_ = std::make_unique<T[]>(3);
  unsigned write_ = 0;
  std::atomic<unsigned> middle_{1};
  unsigned read_ = 2;
};

}  // namespace xsell::plugin

#endif  // XSELL_PLUGIN_HANDOVER_H_
