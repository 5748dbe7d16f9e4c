// When to give up: a deadline and a way to ask whether the caller still wants the answer. Every
// long loop of the store asks it every few hundred steps.
//
//   Stop stop;
//   stop.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
//   stop.cancelled = [context] { return context->IsCancelled(); };
//   auto page = store->ListEvents(request, stop);   // DEADLINE_EXCEEDED or CANCELLED when it stops
//
// Thread safety: Check may be called from several threads if `cancelled` may.
#ifndef ENTENTE_GRAPH_STOP_H_
#define ENTENTE_GRAPH_STOP_H_

#include <chrono>
#include <functional>

#include "base/status.h"

namespace entente::graph {

struct Stop {
  // Default: never.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  // True once nobody waits any more. Default: never.
  std::function<bool()> cancelled;

  // OK, DEADLINE_EXCEEDED or CANCELLED.
  absl::Status Check() const {
    if (cancelled && cancelled()) {
      return MakeStatus(absl::StatusCode::kCancelled, "the caller cancelled the request");
    }
    if (deadline != std::chrono::steady_clock::time_point::max() &&
        std::chrono::steady_clock::now() >= deadline) {
      return MakeStatus(absl::StatusCode::kDeadlineExceeded,
                        "the deadline passed; narrow the window or allow more time");
    }
    return absl::OkStatus();
  }
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_STOP_H_
