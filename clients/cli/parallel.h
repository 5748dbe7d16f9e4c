// Work on many things at once.
//
//   ForEachInParallel(ThreadCount(flags.threads), batch.size(), [&](size_t i) { Code(&batch[i]);
//   });
#ifndef ENTENTE_CLIENTS_CLI_PARALLEL_H_
#define ENTENTE_CLIENTS_CLI_PARALLEL_H_

#include <cstddef>
#include <functional>

namespace entente::cli {

inline constexpr int kMaxThreads = 256;

// `wanted`, or one thread a core if that is 0.
int ThreadCount(int wanted);

// Calls `work` once for each of 0 … count - 1, in no particular order, on at most `threads`
// threads, the caller's among them; returns when all is done. `work` must not throw. REQUIRES:
// threads >= 1.
void ForEachInParallel(int threads, size_t count, const std::function<void(size_t)>& work);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_PARALLEL_H_
