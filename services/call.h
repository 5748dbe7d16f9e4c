// What every handler shares: admission, the thread pools, the error map; and the unary call.
//
//   grpc::ServerUnaryReactor* GetEvent(grpc::CallbackServerContext* context,
//                                      const v1::GetEventRequest* request,
//                                      v1::Event* response) override {
//     return StartUnary(context, runtime_, runtime_.queries, "EventGraph.GetEvent", response,
//                       [=](const graph::Stop&) { return store_->GetEvent(*request); });
//   }
//
// gRPC calls handlers on its own threads, which must not block; the work runs on a pool, and
// cancellation by the client, its deadline or a shutdown ends it through graph::Stop.
//
// Private to services: includes grpc++ headers.
#ifndef ENTENTE_SERVICES_CALL_H_
#define ENTENTE_SERVICES_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status.h"
#include "graph/stop.h"
#include "services/error_map.h"
#include "services/worker_pool.h"

namespace entente::services {

// Counts the calls that are under way and refuses those above a limit. Thread safety: any thread.
class CallGate {
 public:
  // `what` are the calls it counts, a literal: "calls", "streams".
  CallGate(std::string_view what, int max_calls) : what_(what), max_calls_(max_calls) {}

  // RESOURCE_EXHAUSTED when `max_calls` are under way. Each OK needs one Leave().
  absl::Status Enter() {
    if (active_.fetch_add(1, std::memory_order_relaxed) < max_calls_) return absl::OkStatus();
    active_.fetch_sub(1, std::memory_order_relaxed);
    return ResourceExhausted(
        Cat("the server is busy with ", max_calls_, ' ', what_, ", its limit: try again later"));
  }
  void Leave() { active_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  const std::string_view what_;
  const int max_calls_;
  std::atomic<int> active_{0};
};

// Owned by the server; outlives every call. Three pools, so that neither ingestion nor a client
// that reads an export slowly keeps short queries waiting.
struct Runtime {
  ErrorMap* errors;
  CallGate* gate;         // every call
  CallGate* stream_gate;  // streams, each of which holds a thread of `streams`
  WorkerPool* queries;    // unary reads of the store
  WorkerPool* streams;
  WorkerPool* coders;     // coding and writing
  double min_confidence;  // of events, where a request says nothing
};

// The call's deadline on the clock that graph::Stop uses; the far future if it has none.
inline std::chrono::steady_clock::time_point DeadlineOf(
    const grpc::CallbackServerContext& context) {
  using std::chrono::steady_clock;
  using std::chrono::system_clock;
  const system_clock::time_point deadline = context.deadline();
  // A call without a deadline has one that no duration can reach.
  if (deadline - std::chrono::hours(24 * 365) > system_clock::now()) {
    return steady_clock::time_point::max();
  }
  return steady_clock::now() +
         std::chrono::duration_cast<steady_clock::duration>(deadline - system_clock::now());
}

// `cancelled` must outlive the result.
inline graph::Stop StopOf(std::chrono::steady_clock::time_point deadline,
                          const std::atomic<bool>* cancelled) {
  graph::Stop stop;
  stop.deadline = deadline;
  stop.cancelled = [cancelled] { return cancelled->load(std::memory_order_relaxed); };
  return stop;
}

// One unary call. Owns itself: gRPC's OnDone deletes it.
template <typename Response>
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  using Work = std::function<absl::StatusOr<Response>(const graph::Stop&)>;

  UnaryCall(grpc::CallbackServerContext* context, const Runtime& runtime, std::string_view method,
            Response* response)
      : runtime_(runtime), method_(method), response_(response), deadline_(DeadlineOf(*context)) {}

  // Admits the call and has `work` run on `pool`; Finish follows from there.
  void Start(WorkerPool* pool, Work work) {
    if (absl::Status status = runtime_.gate->Enter(); !status.ok()) {
      Finish(runtime_.errors->ToGrpc(status, method_));
      return;
    }
    entered_ = true;
    pool->Submit([this, work = std::move(work)] { Run(work); });
  }

  void OnCancel() override { cancelled_.store(true, std::memory_order_relaxed); }

  void OnDone() override {
    if (entered_) runtime_.gate->Leave();
    delete this;
  }

 private:
  void Run(const Work& work) {
    const graph::Stop stop = StopOf(deadline_, &cancelled_);
    absl::Status begin = stop.Check();
    absl::StatusOr<Response> result = begin.ok() ? work(stop) : absl::StatusOr<Response>(begin);
    const grpc::Status status = runtime_.errors->ToGrpc(result.status(), method_);
    if (result.ok()) *response_ = *std::move(result);
    Finish(status);  // from here on OnDone may delete this call
  }

  const Runtime runtime_;
  const std::string_view method_;  // a literal
  Response* const response_;
  const std::chrono::steady_clock::time_point deadline_;
  std::atomic<bool> cancelled_{false};
  bool entered_ = false;
};

// `method` must be a literal; `work` may use the request until it returns.
template <typename Response, typename Work>
grpc::ServerUnaryReactor* StartUnary(grpc::CallbackServerContext* context, const Runtime& runtime,
                                     WorkerPool* pool, std::string_view method, Response* response,
                                     Work work) {
  auto* call = new UnaryCall<Response>(context, runtime, method, response);
  call->Start(pool, std::move(work));
  return call;
}

}  // namespace entente::services

#endif  // ENTENTE_SERVICES_CALL_H_
