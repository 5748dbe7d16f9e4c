// Goal: a store of an older format is refused with what to do, and brought to today's in place with
// every answer as it was. Method: such stores made by code (old_formats.h) beside the one that they
// were copied from. tests/crash/upgrade_kill_loop.cc kills the work in the middle.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/time.h"
#include "tests/graph/history_answers.h"
#include "tests/graph/old_formats.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::HasSubstr;

// The parameter: the format.
class UpgradeTest : public testing::TestWithParam<uint32_t> {
 protected:
  void SetUp() override {
    const StoreOptions options = DiskOptions(folder_.Path("today"));
    const auto store = OpenOrDie(options);
    for (int i = 0; i < 30; ++i) {
      v1::Article article = MakeArticle(Cat("a", i), "2023-02-01");
      article.set_title("Arms and talks");
      v1::Event event =
          MakeEvent(i % 2 == 0 ? "attack" : "meeting", v1::OCCURRED,
                    FormatDate(Date::FromCivil(2023, 1, 1).AddDays(i)),
                    {{"party", "AAA", ""}, {"party", i % 3 == 0 ? "BBB" : "CCC", ""}});
      ASSERT_TRUE(store->AddArticle(article, Coded({event})).ok());
    }
    v1::CurationRecord act;
    act.mutable_retract_article()->set_article("a7");
    act.mutable_retract_article()->mutable_curator()->set_author("ann");
    act.mutable_retract_article()->mutable_curator()->set_reason("because");
    ASSERT_TRUE(store->Curate(act).ok());
    before_ = Ask(*store);
    ASSERT_TRUE(store->Close().ok());
    const absl::Status copied = CopyAsFormat(GetParam(), options.path, folder_.Path("old"));
    ASSERT_TRUE(copied.ok()) << copied;
    old_ = options;
    old_.path = folder_.Path("old");
    old_.create_if_missing = false;
  }

  static Answers Ask(const Store& store) {
    Answers answers = Questions({"AAA", "BBB", "CCC"}, {"a0", "a7"}).Ask(store, 0, 31);
    v1::SearchEventsRequest request;
    request.set_query("arms met");
    answers["search"] = store.SearchEvents(request)->DebugString();
    return answers;
  }

  const TempFolder folder_;
  StoreOptions old_;
  Answers before_;
};

TEST_P(UpgradeTest, ABackupOfAnOldStoreSaysWhatToDo) {
  EXPECT_EQ(Store::Describe(old_.path)->format_version(), std::to_string(GetParam()));
  const absl::Status refused = Store::Restore(old_.path, folder_.Path("restored"));
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("entente upgrade"));
  EXPECT_FALSE(std::filesystem::exists(folder_.Path("restored")));
}

TEST_P(UpgradeTest, AnOldStoreSaysWhatToDo) {
  const absl::Status refused = Store::Open(old_).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr(Cat("has format ", GetParam())));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("entente upgrade --db"));
}

TEST_P(UpgradeTest, UpgradingKeepsEveryAnswerAndMayBeAskedTwice) {
  for (int i = 0; i < 2; ++i) {
    const absl::Status upgraded = Store::Upgrade(old_);
    ASSERT_TRUE(upgraded.ok()) << upgraded;
    const auto store = OpenOrDie(old_);
    EXPECT_TRUE(store->Verify().ok()) << store->Verify();
    EXPECT_EQ(Ask(*store), before_);
    EXPECT_EQ(store->GetStats({})->format_version(), std::to_string(kFormatVersion));
  }
}

TEST_P(UpgradeTest, WhatAnInterruptedUpgradeLeavesIsFinished) {
  // As far as the marker: the head record still has the old format.
  {
    kv::RocksDbOptions options;
    options.path = old_.path + "/db";
    options.families = StoreFamilies();
    options.add_families = true;
    const auto db = kv::OpenRocksDb(options);
    ASSERT_TRUE(db.ok()) << db.status();
    kv::WriteBatch batch;
    batch.Put(kMeta, kRebuildKey, std::string(1, static_cast<char>(kText)));
    batch.Put(kText, "half of a row", "");
    ASSERT_TRUE((*db)->Write(batch, true).ok());
  }
  EXPECT_EQ(Store::Open(old_).status().code(), absl::StatusCode::kFailedPrecondition);
  const absl::Status upgraded = Store::Upgrade(old_);
  ASSERT_TRUE(upgraded.ok()) << upgraded;
  const auto store = OpenOrDie(old_);
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
  EXPECT_EQ(Ask(*store), before_);
}

TEST_P(UpgradeTest, NoStoreAndAStoreInUseAreErrors) {
  StoreOptions options = old_;
  options.path = folder_.Path("nowhere");
  EXPECT_EQ(Store::Upgrade(options).code(), absl::StatusCode::kNotFound);
  options.path = folder_.Path("today");
  const auto open = OpenOrDie(options);
  EXPECT_EQ(Store::Upgrade(options).code(), absl::StatusCode::kFailedPrecondition);
}

INSTANTIATE_TEST_SUITE_P(Formats, UpgradeTest,
                         testing::Values(kFormatWithoutMonths, kFormatWithoutRuns),
                         [](const auto& one) { return Cat("Format", one.param); });

}  // namespace
}  // namespace entente::graph
