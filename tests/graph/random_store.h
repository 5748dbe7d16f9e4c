// What the tests share that put random things into a store: the store itself, in memory or on disk
// as the parameter says, and numbers that are the same in every run.
//
//   class MyTest : public RandomStoreTest {
//    protected:
//     MyTest() : RandomStoreTest(/*seed=*/17) {}
//     void SetUp() override { RandomStoreTest::SetUp(); Fill(); }      // if more is to be there
//   };
//   TEST_P(MyTest, …) { store_->AddArticle(…, Coded({One(events_)})); }
//   INSTANTIATE_TEST_SUITE_P(Both, MyTest, testing::Bool(), MemoryOrDisk);
#ifndef ENTENTE_TESTS_GRAPH_RANDOM_STORE_H_
#define ENTENTE_TESTS_GRAPH_RANDOM_STORE_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "graph/store.h"
#include "tests/graph/temp_folder.h"
#include "tests/graph/test_support.h"

namespace entente::graph {

// The parameter: true for a store on disk.
class RandomStoreTest : public testing::TestWithParam<bool> {
 protected:
  explicit RandomStoreTest(uint32_t seed) : random_(seed) {}

  void SetUp() override {
    options_ = DiskOptions(folder_.Path("store"));
    options_.in_memory = !GetParam();
    store_ = OpenOrDie(options_);
  }

  // Of 0 to n - 1. REQUIRES: n > 0.
  size_t Below(size_t n) { return random_() % n; }
  // REQUIRES: there is one. Valid as long as `from` does not change.
  template <typename T>
  const T& One(const std::vector<T>& from) {
    return from[Below(from.size())];
  }

  const TempFolder folder_;
  StoreOptions options_;
  std::unique_ptr<Store> store_;
  std::mt19937 random_;
};

// Names the instances of a suite.
inline std::string MemoryOrDisk(const testing::TestParamInfo<bool>& info) {
  return info.param ? "RocksDb" : "Memory";
}

}  // namespace entente::graph

#endif  // ENTENTE_TESTS_GRAPH_RANDOM_STORE_H_
