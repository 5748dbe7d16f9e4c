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
    store_.reset();
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

TEST_F(DiskFullTest, ABulkLoadIsTriedAgainOnceThereIsSpace) {
  Open(0);
  ASSERT_TRUE(Add(0).ok());
  BulkLoadOptions options;
  options.source = "t";
  auto loader = *store_->StartBulkLoad(options);
  v1::Event kind;
  kind.set_type("meeting");
  v1::Actor actor;
  actor.set_id("RUS");
  BulkParticipant participant;
  participant.actor = *loader->InternActor(actor);
  participant.role = *loader->InternRole("participant");
  BulkMention mention;
  BulkEvent event;
  event.kind = *loader->InternKind(kind);
  event.participants = {&participant, 1};
  event.mention = &mention;
  uint64_t random = 1;
  for (int i = 0; i < 500; ++i) {
    std::string url = "http://x.org/";  // of words that do not compress
    while (url.size() < 4000) url += std::to_string(random = random * 6364136223846793005u + 1);
    const std::string id = Cat("t:", i);
    mention.url = url;
    event.source_id = id;
    ASSERT_TRUE(loader->Add(event).ok());
  }
  Fill("ballast");
  const absl::Status refused = loader->Checkpoint("all").status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted) << refused;
  EXPECT_EQ(Events(), 1);  // reads go on, and nothing of the load is seen
  std::filesystem::remove(mount_point_ + "/ballast");
  const auto counts = loader->Finish("all");
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->events, 500);
  EXPECT_EQ(counts->mentions, 500);
  EXPECT_EQ(Events(), 501);
  loader.reset();
  EXPECT_TRUE(Add(1).ok());
  EXPECT_TRUE(store_->Verify().ok()) << store_->Verify();
  Open(0);
  EXPECT_EQ(Events(), 502);
}

}  // namespace
}  // namespace entente::graph
