// Goal: readers of an index whose rows stand in runs see what they would see of single rows,
// whatever the bounds, and writers may change any row. Method: random changes, some packed, in both
// databases; random walks within random bounds beside a map of the rows; values that are no runs.
#include "graph/row_runs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>
#include <vector>

#include "graph/families.h"
#include "graph/kv/memory_database.h"
#include "graph/kv/rocksdb_database.h"
#include "tests/graph/temp_folder.h"

namespace entente::graph {
namespace {

using Rows = std::map<std::string, std::string>;

EventRow RowOfType(WordNumber type) {
  EventRow row;
  row.type = type;
  row.status = v1::OCCURRED;
  row.intensity_milli = -2800;
  row.confidence_steps = 6000;
  return row;
}

std::string KeyOf(StoreFamily family, uint64_t owner, int day, EventNumber event) {
  Key key;
  if (family == kTypeTime) {
    key.U32(static_cast<uint32_t>(owner));
  } else {
    key.U64(owner);
  }
  if (family == kPairTime) key.U64(owner + 1);
  return key.Time(Date{day}.Micros()).U64(event).str();
}

class RowRunsTest : public testing::TestWithParam<std::tuple<bool, StoreFamily>> {
 protected:
  void SetUp() override {
    if (!std::get<0>(GetParam())) {
      db_ = kv::OpenMemoryDatabase(StoreFamilies());
      return;
    }
    kv::RocksDbOptions options;
    options.path = folder_.Path("db");
    options.families = StoreFamilies();
    options.create = true;
    auto opened = kv::OpenRocksDb(options);
    ASSERT_TRUE(opened.ok()) << opened.status();
    db_ = *std::move(opened);
  }

  size_t Below(size_t n) { return random_() % n; }
  StoreFamily family() const { return std::get<1>(GetParam()); }

  void Write(kv::WriteBatch* batch) {
    const absl::Status apart = TakeRunsApart(*db_, last_event_, batch);
    ASSERT_TRUE(apart.ok()) << apart;
    ASSERT_TRUE(db_->Write(*batch, false).ok());
  }

  // New rows, and changes of old ones.
  void Change() {
    kv::WriteBatch batch;
    EventNumber newest = last_event_;
    for (size_t i = Below(150); i > 0; --i) {
      const std::string key =
          KeyOf(family(), 1 + Below(3), static_cast<int>(Below(3)) - 1, ++newest);
      rows_[key] = RowOfType(static_cast<WordNumber>(1 + Below(300))).Encode();
      batch.Put(family(), key, rows_[key]);
    }
    for (size_t i = Below(8); i > 0 && last_event_ > 0; --i) {
      auto row = std::next(rows_.begin(), static_cast<ptrdiff_t>(Below(rows_.size())));
      if (ReadU64(row->first, row->first.size() - 8) > last_event_) continue;
      if (Below(2) == 0) {
        batch.Delete(family(), row->first);
        rows_.erase(row);
      } else {
        row->second = RowOfType(7).Encode();
        batch.Put(family(), row->first, row->second);
      }
      // An old event comes to an owner and a day that it was not counted for.
      const std::string moved =
          KeyOf(family(), 1 + Below(3), static_cast<int>(Below(3)) - 1, 1 + Below(last_event_));
      rows_[moved] = RowOfType(9).Encode();
      batch.Put(family(), moved, rows_[moved]);
    }
    Write(&batch);
    last_event_ = newest;
  }

  // A place near a row, or at a day's or an owner's edge.
  std::string Place() {
    if (rows_.empty() || Below(8) == 0) return "";
    const std::string key =
        std::next(rows_.begin(), static_cast<ptrdiff_t>(Below(rows_.size())))->first;
    switch (Below(4)) {
      case 0:
        return key;
      case 1:
        return key + '\0';
      case 2:
        return key.substr(0, key.size() - 8);
      default:
        return key.substr(0, key.size() - 16);
    }
  }

  // Some steps through the rows in [lower, upper), held against the same steps through the map.
  void Walk() {
    const std::string lower = Place(), upper = Place();
    std::vector<std::pair<std::string, std::string>> within;
    for (const auto& row : rows_) {
      if (row.first >= lower && (upper.empty() || row.first < upper)) within.push_back(row);
    }
    const auto size = static_cast<ptrdiff_t>(within.size());
    const auto it = ScanRows(*db_, family(), lower, upper, nullptr);
    ptrdiff_t at = -1;  // where it must stand; -1 and `size`: nowhere
    for (int step = 0; step < 60; ++step) {
      const size_t kind = at >= 0 && at < size ? Below(16) : Below(4);
      const std::string target = Place();
      if (kind == 0) {
        it->SeekToFirst();
        at = 0;
      } else if (kind == 1) {
        it->SeekToLast();
        at = size - 1;
      } else if (kind == 2) {
        it->Seek(target);
        for (at = 0; at < size && within[static_cast<size_t>(at)].first < target;) ++at;
      } else if (kind == 3) {
        it->SeekForPrev(target);
        for (at = size - 1; at >= 0 && within[static_cast<size_t>(at)].first > target;) --at;
      } else if (kind < 10) {
        it->Next();
        ++at;
      } else {
        it->Prev();
        --at;
      }
      const bool stands = at >= 0 && at < size;
      ASSERT_TRUE(it->status().ok()) << it->status();
      ASSERT_EQ(it->Valid(), stands) << "step " << step << " of kind " << kind;
      if (!stands) continue;
      ASSERT_EQ(it->key(), within[static_cast<size_t>(at)].first)
          << "step " << step << ", " << kind;
      ASSERT_EQ(it->value(), within[static_cast<size_t>(at)].second);
    }
  }

  size_t KeysKept() const {
    size_t count = 0;
    const auto it = db_->NewIterator(family(), "", "", nullptr);
    for (it->SeekToFirst(); it->Valid(); it->Next()) ++count;
    return count;
  }

  const TempFolder folder_;
  std::unique_ptr<kv::Database> db_;
  std::mt19937 random_{31};
  Rows rows_;
  EventNumber last_event_ = 0;
};

TEST_P(RowRunsTest, AreReadAndChangedLikeSingleRows) {
  for (int round = 0; round < 40; ++round) {
    Change();
    if (Below(2) == 0) {
      ASSERT_TRUE(PackRows(db_.get(), family()).ok());
      ASSERT_LT(KeysKept(), 60 + rows_.size() / 2);
    }
    for (int walk = 0; walk < 10; ++walk) {
      Walk();
      if (HasFatalFailure()) FAIL() << "in round " << round;
    }
  }
}

TEST_P(RowRunsTest, OthersMayStandBeforeAndBehindARunButNotInIt) {
  kv::WriteBatch batch;
  for (const EventNumber event : {10, 11, 12}) {
    batch.Put(family(), KeyOf(family(), 1, 0, event), RowOfType(1).Encode());
  }
  last_event_ = 12;
  Write(&batch);
  ASSERT_TRUE(PackRows(db_.get(), family()).ok());
  ASSERT_EQ(KeysKept(), 1u);
  for (const auto& [event, kept] :
       std::vector<std::pair<EventNumber, size_t>>{{9, 2}, {13, 3}, {11, 5}}) {
    kv::WriteBatch one;
    last_event_ = 13;
    one.Put(family(), KeyOf(family(), 1, 0, event), RowOfType(2).Encode());
    Write(&one);
    EXPECT_EQ(KeysKept(), kept) << event;
  }
}

TEST_P(RowRunsTest, DamageIsAnErrorAndNoEnd) {
  RunBuilder run;
  run.Add(5, RowOfType(1));
  run.Add(9, RowOfType(400));
  const std::string sound(run.value());
  std::vector<std::string> damaged = {sound.substr(0, 1), sound + '\0', sound.substr(0, 8)};
  for (size_t size = 9; size < sound.size(); ++size) damaged.push_back(sound.substr(0, size));
  std::string longer = sound;
  for (size_t i = 1; i < kRunRowsMax; ++i) longer += sound.substr(8);
  damaged.push_back(longer);
  std::string standing = sound;
  standing[8] = '\0';  // the second event is the first
  damaged.push_back(standing);
  for (const std::string& value : damaged) {
    kv::WriteBatch batch;
    batch.Put(family(), KeyOf(family(), 1, 0, 5), value);
    ASSERT_TRUE(db_->Write(batch, false).ok());
    const auto it = ScanRows(*db_, family(), "", "", nullptr);
    it->SeekToFirst();
    EXPECT_FALSE(it->Valid()) << testing::PrintToString(value);
    EXPECT_EQ(it->status().code(), absl::StatusCode::kDataLoss);
    kv::WriteBatch touching;
    touching.Delete(family(), KeyOf(family(), 1, 0, 5));
    EXPECT_EQ(TakeRunsApart(*db_, 9, &touching).code(), absl::StatusCode::kDataLoss);
  }
}

INSTANTIATE_TEST_SUITE_P(Databases, RowRunsTest,
                         testing::Combine(testing::Bool(),
                                          testing::Values(kActorTime, kPairTime, kTypeTime)),
                         [](const auto& one) {
                           return Cat(std::get<0>(one.param) ? "Disk_" : "Memory_",
                                      FamilyName(std::get<1>(one.param)));
                         });

}  // namespace
}  // namespace entente::graph
