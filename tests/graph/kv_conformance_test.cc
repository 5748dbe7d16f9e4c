// Goal: both implementations of the key-value seam do the same. Method: one suite for both, and
// random operations on both at once, compared after each batch, with flushes, compactions and
// reopenings of RocksDB in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "base/file.h"
#include "graph/kv/crc32c.h"
#include "graph/kv/memory_database.h"
#include "graph/kv/rocksdb_database.h"
#include "tests/graph/temp_folder.h"

namespace entente::graph::kv {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Appends operands, which is associative but not commutative: their order shows.
class Append : public MergeOperator {
 public:
  const char* Name() const override { return "test.Append"; }
  std::string Merge(std::optional<std::string_view> base,
                    std::span<const std::string_view> operands) const override {
    std::string out(base.value_or(""));
    for (const std::string_view operand : operands) out += operand;
    return out;
  }
};

constexpr Family kPlain = 0;
constexpr Family kMerged = 1;

std::vector<FamilyOptions> Families() {
  static const Append append;
  return {{"plain", true, false, nullptr}, {"merged", false, true, &append}};
}

RocksDbOptions RocksOptions(const std::string& path) {
  RocksDbOptions options;
  options.path = path;
  options.families = Families();
  options.create = true;
  options.cache_bytes = 1 << 20;
  options.write_buffer_bytes = 1 << 20;
  return options;
}

std::vector<std::string> Forward(Iterator* it) {
  std::vector<std::string> rows;
  for (it->SeekToFirst(); it->Valid(); it->Next()) rows.push_back(Cat(it->key(), "=", it->value()));
  EXPECT_TRUE(it->status().ok()) << it->status();
  return rows;
}

std::vector<std::string> Backward(Iterator* it) {
  std::vector<std::string> rows;
  for (it->SeekToLast(); it->Valid(); it->Prev()) rows.push_back(Cat(it->key(), "=", it->value()));
  EXPECT_TRUE(it->status().ok()) << it->status();
  return rows;
}

class ConformanceTest : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) {
      auto db = OpenRocksDb(RocksOptions(folder_.Path("db")));
      ASSERT_TRUE(db.ok()) << db.status();
      db_ = *std::move(db);
    } else {
      db_ = OpenMemoryDatabase(Families());
    }
  }
  void Put(std::string_view key, std::string_view value) {
    WriteBatch batch;
    batch.Put(kPlain, key, value);
    ASSERT_TRUE(db_->Write(batch, false).ok());
  }
  std::string Get(Family family, std::string_view key, const Snapshot* snapshot = nullptr) {
    const auto value = db_->Get(family, key, snapshot);
    EXPECT_TRUE(value.ok()) << value.status();
    return value->value_or("(none)");
  }

  TempFolder folder_;
  std::unique_ptr<Database> db_;
};

TEST_P(ConformanceTest, KeysAreUnsignedBytes) {
  const std::string high("\xff\x00z", 3);
  Put(high, "3");
  Put(std::string("\0", 1), "0");
  Put("a", "1");
  Put("\x7f", "2");
  EXPECT_THAT(Forward(db_->NewIterator(kPlain, "", "", nullptr).get()),
              ElementsAre(std::string("\0=0", 3), "a=1", "\x7f=2", high + "=3"));
  EXPECT_EQ(Get(kPlain, high), "3");
  EXPECT_EQ(Get(kPlain, "b"), "(none)");
  EXPECT_EQ(Get(kMerged, "a"), "(none)");
}

TEST_P(ConformanceTest, BoundsAreHalfOpenInBothDirections) {
  for (const char* key : {"a", "b", "bb", "c", "d"}) Put(key, "");
  const auto it = db_->NewIterator(kPlain, "b", "d", nullptr);
  EXPECT_THAT(Forward(it.get()), ElementsAre("b=", "bb=", "c="));
  EXPECT_THAT(Backward(it.get()), ElementsAre("c=", "bb=", "b="));
  it->Seek("ba");
  EXPECT_EQ(it->key(), "bb");
  it->SeekForPrev("ba");
  EXPECT_EQ(it->key(), "b");
  it->Prev();
  EXPECT_FALSE(it->Valid());
  it->Seek("a");
  EXPECT_EQ(it->key(), "b");
  it->Seek("d");
  EXPECT_FALSE(it->Valid());
  EXPECT_THAT(Forward(db_->NewIterator(kPlain, "e", "f", nullptr).get()), IsEmpty());
  EXPECT_THAT(Backward(db_->NewIterator(kPlain, "c", "", nullptr).get()), ElementsAre("d=", "c="));
}

TEST_P(ConformanceTest, LaterChangesOfABatchWin) {
  WriteBatch batch;
  batch.Put(kPlain, "k", "1");
  batch.Delete(kPlain, "k");
  batch.Put(kPlain, "k", "2");
  batch.Put(kPlain, "gone", "x");
  batch.Delete(kPlain, "gone");
  batch.Merge(kMerged, "m", "a");
  batch.Merge(kMerged, "m", "b");
  ASSERT_TRUE(db_->Write(batch, true).ok());
  EXPECT_EQ(Get(kPlain, "k"), "2");
  EXPECT_EQ(Get(kPlain, "gone"), "(none)");
  EXPECT_EQ(Get(kMerged, "m"), "ab");
}

TEST_P(ConformanceTest, MergesInOrderAcrossFlushesAndDeletes) {
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    WriteBatch batch;
    batch.Merge(kMerged, "m", Cat(i, ","));
    if (i == 7) {
      batch.Delete(kMerged, "m");
      expected.clear();
    } else {
      expected += Cat(i, ",");
    }
    ASSERT_TRUE(db_->Write(batch, false).ok());
    if (i % 3 == 0) {
      ASSERT_TRUE(db_->Flush().ok());
    }
    ASSERT_EQ(Get(kMerged, "m"), expected.empty() ? "(none)" : expected);
  }
  ASSERT_TRUE(db_->Compact().ok());
  EXPECT_EQ(Get(kMerged, "m"), expected);
}

TEST_P(ConformanceTest, MergeWithoutOperatorChangesNothing) {
  WriteBatch batch;
  batch.Put(kPlain, "a", "1");
  batch.Merge(kPlain, "b", "2");
  EXPECT_EQ(db_->Write(batch, false).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(Get(kPlain, "a"), "(none)");
}

TEST_P(ConformanceTest, SnapshotsAndIteratorsSeeThePast) {
  Put("a", "1");
  Put("b", "1");
  const auto snapshot = db_->GetSnapshot();
  const auto it = db_->NewIterator(kPlain, "", "", nullptr);
  Put("a", "2");
  Put("c", "2");
  WriteBatch batch;
  batch.Delete(kPlain, "b");
  ASSERT_TRUE(db_->Write(batch, false).ok());
  EXPECT_EQ(Get(kPlain, "a", snapshot.get()), "1");
  EXPECT_EQ(Get(kPlain, "b", snapshot.get()), "1");
  EXPECT_EQ(Get(kPlain, "c", snapshot.get()), "(none)");
  EXPECT_THAT(Forward(it.get()), ElementsAre("a=1", "b=1"));
  EXPECT_THAT(Forward(db_->NewIterator(kPlain, "", "", snapshot.get()).get()),
              ElementsAre("a=1", "b=1"));
  EXPECT_THAT(Forward(db_->NewIterator(kPlain, "", "", nullptr).get()), ElementsAre("a=2", "c=2"));
}

TEST_P(ConformanceTest, MultiGetKeepsTheOrder) {
  Put("a", "1");
  Put("c", "3");
  const std::vector<std::string> keys = {"c", "b", "a", "c"};
  const auto values = db_->MultiGet(kPlain, keys, nullptr);
  ASSERT_TRUE(values.ok());
  EXPECT_THAT(*values, ElementsAre("3", std::nullopt, "1", "3"));
  EXPECT_THAT(*db_->MultiGet(kPlain, {}, nullptr), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Both, ConformanceTest, testing::Values(false, true),
                         [](const auto& param) { return param.param ? "RocksDb" : "Memory"; });

TEST(RandomOperationsTest, RocksDbIsLikeTheModel) {
  const TempFolder folder;
  const auto open = [&] {
    auto db = OpenRocksDb(RocksOptions(folder.Path("db")));
    EXPECT_TRUE(db.ok()) << db.status();
    return *std::move(db);
  };
  std::unique_ptr<Database> rocks = open();
  const std::unique_ptr<Database> model = OpenMemoryDatabase(Families());
  std::mt19937 random(20260101);
  const auto key = [&] {
    return std::string(1 + random() % 2, static_cast<char>('a' + random() % 9));
  };
  for (int round = 0; round < 400; ++round) {
    WriteBatch batch;
    for (size_t i = random() % 6; i > 0; --i) {
      const int what = static_cast<int>(random() % 4);
      if (what == 0) batch.Put(kPlain, key(), Cat(round, ".", i));
      if (what == 1) batch.Delete(kPlain, key());
      if (what == 2) batch.Merge(kMerged, key(), Cat(round, "."));
      if (what == 3) batch.Put(kMerged, key(), "P");
    }
    ASSERT_TRUE(rocks->Write(batch, round % 50 == 0).ok());
    ASSERT_TRUE(model->Write(batch, false).ok());
    if (random() % 40 == 0) {
      ASSERT_TRUE(rocks->Flush().ok());
    }
    if (random() % 100 == 0) {
      ASSERT_TRUE(rocks->Compact().ok());
    }
    if (random() % 60 == 0) {
      rocks.reset();
      rocks = open();
    }
    std::string lower = key(), upper = key();
    if (upper < lower) std::swap(lower, upper);
    for (const Family family : {kPlain, kMerged}) {
      const auto a = rocks->NewIterator(family, lower, upper, nullptr);
      const auto b = model->NewIterator(family, lower, upper, nullptr);
      ASSERT_EQ(Forward(a.get()), Forward(b.get())) << "round " << round;
      ASSERT_EQ(Backward(a.get()), Backward(b.get())) << "round " << round;
      const std::string target = key();
      a->SeekForPrev(target);
      b->SeekForPrev(target);
      ASSERT_EQ(a->Valid(), b->Valid()) << "round " << round << " target " << target;
      if (a->Valid()) {
        ASSERT_EQ(a->key(), b->key());
      }
    }
  }
}

TEST(RocksDbTest, ACheckpointIsWhole) {
  const TempFolder folder;
  auto db = OpenRocksDb(RocksOptions(folder.Path("db")));
  ASSERT_TRUE(db.ok());
  WriteBatch batch;
  batch.Put(kPlain, "a", "1");
  ASSERT_TRUE((*db)->Write(batch, false).ok());
  ASSERT_TRUE((*db)->Checkpoint(folder.Path("copy")).ok());
  RocksDbOptions options = RocksOptions(folder.Path("copy"));
  options.create = false;
  const auto copy = OpenRocksDb(options);
  ASSERT_TRUE(copy.ok()) << copy.status();
  EXPECT_EQ((*copy)->Get(kPlain, "a", nullptr)->value_or(""), "1");
}

TEST(RocksDbTest, AFileMarkSurvivesReopeningAndRefusesAShorterManifest) {
  const TempFolder folder;
  std::string mark;
  {
    auto db = OpenRocksDb(RocksOptions(folder.Path("db")));
    ASSERT_TRUE(db.ok());
    WriteBatch batch;
    batch.Put(kPlain, "a", "1");
    ASSERT_TRUE((*db)->Write(batch, false).ok());
    ASSERT_TRUE((*db)->Flush().ok());
    mark = *(*db)->FileMark();
    EXPECT_EQ(*(*db)->FileMark(), mark);
  }
  const std::string manifest =
      folder.Path("db/" + std::string(Trim(*ReadFile(folder.Path("db/CURRENT"), 100))));
  const std::string bytes = *ReadFile(manifest, 1 << 20);
  RocksDbOptions options = RocksOptions(folder.Path("db"));
  options.create = false;
  options.expected_mark = mark;
  ASSERT_TRUE(WriteFileAtomically(manifest, bytes.substr(0, bytes.size() - 20)).ok());
  EXPECT_EQ(OpenRocksDb(options).status().code(), absl::StatusCode::kDataLoss);
  ASSERT_TRUE(WriteFileAtomically(manifest, bytes).ok());
  const auto reopened = OpenRocksDb(options);
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ((*reopened)->Get(kPlain, "a", nullptr)->value_or(""), "1");
}

TEST(RocksDbTest, ASecondOpeningSaysInUse) {
  const TempFolder folder;
  const auto db = OpenRocksDb(RocksOptions(folder.Path("db")));
  ASSERT_TRUE(db.ok());
  EXPECT_EQ(OpenRocksDb(RocksOptions(folder.Path("db"))).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST(Crc32cTest, KnownValues) {
  EXPECT_EQ(Crc32c(""), 0u);
  EXPECT_EQ(Crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(Crc32c(std::string(32, '\0')), 0x8A9136AAu);  // RFC 3720, B.4
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), Crc32c("123456789"));
}

}  // namespace
}  // namespace entente::graph::kv
