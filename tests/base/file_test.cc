#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "base/status.h"

namespace entente {
namespace {

using testing::HasSubstr;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / Cat("entente_file_", getpid());
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  std::filesystem::path folder_;
};

TEST_F(FileTest, ReadsWhatWasWritten) {
  const std::string bytes("a\0b\n", 4);
  ASSERT_TRUE(WriteFileAtomically(Path("x"), bytes).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("x"), bytes + bytes).ok());
  EXPECT_EQ(*ReadFile(Path("x"), 100), bytes + bytes);
  // Nothing is left beside it.
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(FileTest, ErrorsNameThePath) {
  const auto missing = ReadFile(Path("none"), 100);
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(missing.status().message()), HasSubstr(Path("none")));
  EXPECT_EQ(ReadFile(folder_.string(), 100).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(WriteFileAtomically(Path("big"), std::string(200, 'x')).ok());
  EXPECT_EQ(ReadFile(Path("big"), 100).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_FALSE(WriteFileAtomically(Path("no/such/folder"), "x").ok());
}

}  // namespace
}  // namespace entente
