// Goal: Verify finds every row of an index or a roll-up that is missing, too many or other than it
// should be, and names its family; Rebuild mends it. Method: a store with articles, corrections and
// imported events is closed; in its database one row of one family is deleted, added or changed;
// then it is opened and verified.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "graph/families.h"
#include "graph/kv/rocksdb_database.h"
#include "graph/rollup.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::HasSubstr;

enum class Damage { kMissing, kAdded, kChanged };

void Import(Store* store) {
  BulkLoadOptions options;
  options.source = "rows";
  const auto loader = store->StartBulkLoad(options);
  ASSERT_TRUE(loader.ok()) << loader.status();
  for (int i = 0; i < 3; ++i) {
    v1::Actor actor;
    actor.set_id(Cat("S", i));
    v1::Event kind;
    kind.set_type("protest");
    BulkParticipant participants[2];
    participants[0].actor = *(*loader)->InternActor(actor);
    actor.set_id("RUS");
    participants[1].actor = *(*loader)->InternActor(actor);
    participants[0].role = participants[1].role = *(*loader)->InternRole("actor");
    BulkEvent event;
    const std::string id = Cat("row:", i);
    event.source_id = id;
    event.kind = *(*loader)->InternKind(kind);
    event.participants = participants;
    event.start = event.end = Date::FromCivil(2023, 1, 1 + i / 2);  // two in a run
    ASSERT_TRUE((*loader)->Add(event).ok());
  }
  ASSERT_TRUE((*loader)->Finish("end").ok());
}

void MakeStore(const std::string& path) {
  const auto store = OpenOrDie(DiskOptions(path));
  for (int i = 0; i < 4; ++i) {
    const v1::Event event =
        MakeEvent("meeting", v1::OCCURRED, Cat("2023-02-0", 1 + i / 2),
                  {{"participant", "person:kim", "PRK"}, {"participant", "person:putin", "RUS"}});
    const auto added = store->AddArticle(MakeArticle(Cat("a", i), "2023-02-09"), Coded({event}));
    ASSERT_TRUE(added.ok()) << added.status();
  }
  Import(store.get());
  ASSERT_TRUE(store->Verify().ok()) << store->Verify();
}

// Damages the row in the middle of a family. False: the family has none.
bool DamageRow(const std::string& path, StoreFamily family, Damage damage) {
  kv::RocksDbOptions options;
  options.path = path + "/db";
  options.families = StoreFamilies();
  const auto db = kv::OpenRocksDb(options);
  EXPECT_TRUE(db.ok()) << db.status();
  std::vector<std::pair<std::string, std::string>> rows;
  const auto it = (*db)->NewIterator(family, "", "", nullptr);
  for (it->SeekToFirst(); it->Valid(); it->Next()) rows.emplace_back(it->key(), it->value());
  if (rows.empty()) return false;
  auto [key, value] = rows[rows.size() / 2];
  kv::WriteBatch batch;
  switch (damage) {
    case Damage::kMissing:
      batch.Delete(family, key);
      break;
    case Damage::kAdded:
      key.back() = static_cast<char>(key.back() ^ 0x40);
      batch.Put(family, key, value);
      break;
    case Damage::kChanged:
      if (Rollup rollup; options.families[family].merge != nullptr) {
        EXPECT_TRUE(rollup.Decode(value));
        rollup.Add(rollup);
        value = rollup.Encode();
      } else if (value.empty()) {
        value = "x";
      } else {
        value.back() = static_cast<char>(value.back() ^ 1);
      }
      batch.Put(family, key, value);
  }
  EXPECT_TRUE((*db)->Write(batch, /*sync=*/true).ok());
  return true;
}

class VerifyTest : public testing::TestWithParam<std::tuple<StoreFamily, Damage>> {};

TEST_P(VerifyTest, DamageIsNamedAndRebuilt) {
  const auto [family, damage] = GetParam();
  const TempFolder folder;
  MakeStore(folder.Path("s"));
  ASSERT_TRUE(DamageRow(folder.Path("s"), family, damage));
  const auto store = OpenOrDie(DiskOptions(folder.Path("s")));
  const absl::Status status = store->Verify();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(Cat("family ", FamilyName(family))));
  ASSERT_TRUE(store->Rebuild().ok());
  EXPECT_TRUE(store->Verify().ok()) << store->Verify();
}

std::string NameOf(const testing::TestParamInfo<std::tuple<StoreFamily, Damage>>& info) {
  static constexpr const char* kDamages[] = {"missing", "added", "changed"};
  return Cat(FamilyName(std::get<0>(info.param)), "_",
             kDamages[static_cast<size_t>(std::get<1>(info.param))]);
}

INSTANTIATE_TEST_SUITE_P(Families, VerifyTest,
                         testing::Combine(testing::ValuesIn(kDerivedFamilies),
                                          testing::Values(Damage::kMissing, Damage::kAdded,
                                                          Damage::kChanged)),
                         NameOf);

}  // namespace
}  // namespace entente::graph
