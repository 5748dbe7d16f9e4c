#include "clients/cli/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace entente::cli {

int ThreadCount(int wanted) {
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  return wanted > 0 ? wanted : std::max(1, cores);
}

void ForEachInParallel(int threads, size_t count, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next{0};
  const auto run = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> helpers;
  for (int i = 1; i < threads && static_cast<size_t>(i) < count; ++i) helpers.emplace_back(run);
  run();
}

}  // namespace entente::cli
