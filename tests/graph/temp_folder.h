// A temporary folder of a test.
#ifndef ENTENTE_TESTS_GRAPH_TEMP_FOLDER_H_
#define ENTENTE_TESTS_GRAPH_TEMP_FOLDER_H_

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/strings.h"

namespace entente::graph {

// A folder that is there until the end of the scope.
class TempFolder {
 public:
  TempFolder() {
    static std::atomic<int> next{0};
    path_ = std::filesystem::path(testing::TempDir()) /
            Cat("entente_graph_", getpid(), "_", next.fetch_add(1));
    std::filesystem::create_directories(path_);
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  std::string Path(std::string_view name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace entente::graph

#endif  // ENTENTE_TESTS_GRAPH_TEMP_FOLDER_H_
