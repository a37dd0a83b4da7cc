// Takes in the outcomes of many lanes: batches are read on a thread of its own, and all that have
// been read by the time the store is free are stored in one transaction, whose syncs they share.
// Who sent one is answered after the commit. One batch that cannot be stored takes no other along.
// Threads: the io_context's, which is also the store's; the reading thread touches no store.
// Owns: the reading thread. Fails: by what each batch is told.
#ifndef XSELL_HQ_SERVER_OUTCOME_INTAKE_H_
#define XSELL_HQ_SERVER_OUTCOME_INTAKE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "hq/fleet_store.h"
#include "hq/outcome_store.h"
#include "hq/store.h"

namespace boost::asio {
class io_context;
}

namespace xsell::hq {

class OutcomeIntake {
 public:
  struct Taken {
    std::string bad_batch;  // why the bytes are no batch
    bool is_too_large = false;
    std::string failure;  // why HQ could store nothing of it now
    // When both are empty:
    std::uint64_t epoch = 0;
    AppendResult result;
  };
  using Done = std::function<void(const Taken&)>;
  using Clock = std::function<std::int64_t()>;  // UTC seconds
  // Called for each batch within the transaction, to note what goes with it.
  using Beside = std::function<void(const Device&)>;

  struct Limits {
    std::size_t waiting_bytes = 64 * 1024 * 1024;  // of batches not yet read
    std::size_t batches_a_commit = 16;             // and as many are read ahead at most
  };

  OutcomeIntake(boost::asio::io_context& io, HqStore& store, Clock now_s, Beside beside,
                Limits limits);
  ~OutcomeIntake();
  OutcomeIntake(const OutcomeIntake&) = delete;
  OutcomeIntake& operator=(const OutcomeIntake&) = delete;

  // `done` is called later, from the io_context. False: too much is waiting, nothing was taken.
  bool take(std::shared_ptr<const Device> device, std::string bytes, Done done);

  // What still waits is neither stored nor answered.
  void stop();

  std::uint64_t commits() const;
  std::size_t batches_ready() const;  // read, and not yet stored

 private:
  class Core;
  std::shared_ptr<Core> core_;
};

}  // namespace xsell::hq

#endif  // XSELL_HQ_SERVER_OUTCOME_INTAKE_H_
