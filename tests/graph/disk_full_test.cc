// Goal: on a full disk a write fails with one clear error, reads go on, nothing acknowledged is
// lost, and writes resume. Method: a small tmpfs of its own, which needs root; without it the test
// says that it was skipped. The reserve is tested with and without the disk really filling up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

class DiskFullTest : public testing::Test {
 protected:
  void SetUp() override {
    mount_point_ = folder_.Path("mount");
    std::filesystem::create_directories(mount_point_);
    if (mount("tmpfs", mount_point_.c_str(), "tmpfs", 0, "size=24m") != 0) {
      GTEST_SKIP() << "cannot mount a tmpfs (" << std::strerror(errno) << "); run as root";
    }
    mounted_ = true;
  }
  void TearDown() override {
    store_.reset();
    if (mounted_) umount2(mount_point_.c_str(), MNT_DETACH);
  }
  void Open(uint64_t reserve_bytes) {
    StoreOptions options = DiskOptions(mount_point_ + "/store");
    options.free_space_reserve_bytes = reserve_bytes;
    options.write_buffer_bytes = 1 << 20;
    store_ = OpenOrDie(options);
  }
  void Fill(const std::string& name) {
    std::ofstream file(mount_point_ + "/" + name, std::ios::binary);
    const std::string block(64 << 10, 'x');
    while (file.write(block.data(), static_cast<std::streamsize>(block.size())).flush()) {
    }
  }
  absl::Status Add(int number) {
    v1::Article article = MakeArticle(Cat("a", number), "2023-06-01");
    std::string text;
    for (int i = 0; i < 4000; ++i) text += Cat(number * 7919 + i * 104729, " ");
    article.set_text(text);
    return store_
        ->AddArticle(article, Coded({MakeEvent("meeting", v1::OCCURRED, "2023-06-01",
                                               {{"participant", Cat("org:", number), "PRK"},
                                                {"participant", "RUS", "RUS"}})}))
        .status();
  }
  int64_t Events() {
    v1::ListEventsRequest request;
    request.mutable_filter()->set_actor("RUS");
    request.set_page_size(1000);
    const auto page = store_->ListEvents(request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->events_size() : -1;
  }

  TempFolder folder_;
  std::string mount_point_;
  bool mounted_ = false;
  std::unique_ptr<Store> store_;
};

TEST_F(DiskFullTest, TheReserveRefusesWritesAndLetsThemResume) {
  Open(8 << 20);
  ASSERT_TRUE(Add(0).ok());
  Fill("ballast");
  const absl::Status refused = Add(1);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), testing::HasSubstr("reserve"));
  EXPECT_EQ(Events(), 1);
  std::filesystem::remove(mount_point_ + "/ballast");
  EXPECT_TRUE(Add(1).ok());
  EXPECT_EQ(Events(), 2);
}

TEST_F(DiskFullTest, AFullDiskLosesNothingAcknowledged) {
  Fill("ballast");
  std::filesystem::resize_file(mount_point_ + "/ballast", 18 << 20);
  Open(0);
  int acknowledged = 0;
  absl::Status status;
  while (acknowledged < 5000 && (status = Add(acknowledged)).ok()) ++acknowledged;
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_GE(Events(), acknowledged);  // reads go on
  EXPECT_EQ(Add(acknowledged + 1).code(), absl::StatusCode::kUnavailable);
  store_.reset();
  std::filesystem::remove(mount_point_ + "/ballast");
  Open(0);
  // The article whose write failed may be there or not; every acknowledged one is.
  EXPECT_GE(Events(), acknowledged);
  EXPECT_LE(Events(), acknowledged + 1);
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  EXPECT_TRUE(Add(acknowledged + 1).ok());
}

}  // namespace
}  // namespace entente::graph
