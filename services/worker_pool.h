// A fixed number of threads that run tasks in the order in which they were given.
//
//   WorkerPool pool(2);
//   pool.Submit([] { … });
//
// gRPC's own threads must not block, so whatever touches the store or codes text runs here. The
// queue itself has no limit: callers bound what they submit (a call submits one task at a time or a
// bounded window, and CallGate bounds the calls). Thread safety: Submit may be called from any
// thread.
#ifndef ENTENTE_SERVICES_WORKER_POOL_H_
#define ENTENTE_SERVICES_WORKER_POOL_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace entente::services {

class WorkerPool {
 public:
  // REQUIRES: thread_count >= 1.
  explicit WorkerPool(int thread_count);
  // Runs every task that was submitted, then ends the threads.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `task` on one of the threads, some time. The task must not throw. REQUIRES: not called
  // after the destructor began, other than from a task.
  void Submit(std::function<void()> task);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> tasks_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_WORKER_POOL_H_
