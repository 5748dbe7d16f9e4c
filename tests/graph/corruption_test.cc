// Goal: a damaged store never opens silently short. Method: a store with table files and a log is
// made once; then each of its files is, in a fresh copy, cut short or has a bit flipped in many
// places, or is taken away. The store must refuse to open, or hold everything; damage inside a
// table may show later, when it is read, but then as DATA_LOSS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "base/file.h"
#include "base/strings.h"
#include "base/time.h"
#include "graph/head_file.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

namespace fs = std::filesystem;

constexpr int kArticles = 40;

v1::Event Meeting(int day) {
  return MakeEvent("meeting", v1::OCCURRED, FormatDate(Date::FromCivil(2023, 1, 1).AddDays(day)),
                   {{"participant", "person:kim", "PRK"}, {"participant", "person:putin", "RUS"}});
}

StoreOptions Options(const std::string& path) {
  StoreOptions options = DiskOptions(path);
  options.create_if_missing = true;  // must not help a damaged store
  return options;
}

// The store as a crash leaves it: tables from the first opening, the log of the second not flushed.
void MakeStore(const std::string& path) {
  for (int half = 0; half < 2; ++half) {
    const auto store = OpenOrDie(Options(path));
    for (int i = half * kArticles / 2; i < (half + 1) * kArticles / 2; ++i) {
      const auto response =
          store->AddArticle(MakeArticle(Cat("a", i), "2023-06-01"), Coded({Meeting(i)}));
      ASSERT_TRUE(response.ok()) << response.status();
    }
    if (half == 1) break;
    ASSERT_TRUE(store->Compact().ok());
  }
}

// Everything that was acknowledged is there, or an error says that it is not.
absl::Status ReadAll(const std::string& path) {
  absl::StatusOr<std::unique_ptr<Store>> store = Store::Open(Options(path));
  ENTENTE_RETURN_IF_ERROR(store.status());
  ENTENTE_RETURN_IF_ERROR((*store)->Verify());
  const absl::StatusOr<v1::Stats> stats = (*store)->GetStats({});
  ENTENTE_RETURN_IF_ERROR(stats.status());
  EXPECT_EQ(stats->event_count(), kArticles);
  EXPECT_EQ(stats->article_count(), kArticles);
  return absl::OkStatus();
}

void ExpectHonest(const absl::Status& status, const std::string& damage) {
  if (status.ok()) return;  // ReadAll has counted
  EXPECT_TRUE(status.code() == absl::StatusCode::kDataLoss ||
              status.code() == absl::StatusCode::kFailedPrecondition)
      << damage << ": " << status;
}

class CorruptionTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TempFolder;
    MakeStore(folder_->Path("good"));
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }

  // Files of the store whose names begin so, within the store's directory.
  static std::vector<std::string> FilesLike(const std::string& beginning,
                                            const std::string& ending) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder_->Path("good"))) {
      const std::string name = entry.path().filename().string();
      if (entry.is_regular_file() && entry.file_size() > 0 && name.rfind(beginning, 0) == 0 &&
          entry.path().extension() == ending) {
        files.push_back(fs::relative(entry.path(), folder_->Path("good")).string());
      }
    }
    return files;
  }

  // Damages one file of a fresh copy; what reading it all says.
  template <typename Damage>
  static absl::Status Damaged(const std::string& file, const Damage& damage) {
    const std::string copy = folder_->Path("copy");
    fs::remove_all(copy);
    fs::copy(folder_->Path("good"), copy, fs::copy_options::recursive);
    damage(copy + "/" + file);
    return ReadAll(copy);
  }

  // Cuts and flips at `trials` places of each file. Returns how many were refused.
  static int Torture(const std::vector<std::string>& files, int trials) {
    std::mt19937 random(99);
    int refused = 0;
    EXPECT_FALSE(files.empty());
    for (int trial = 0; trial < trials; ++trial) {
      const std::string& file = files[random() % files.size()];
      const size_t size = fs::file_size(folder_->Path("good/" + file));
      const size_t at = random() % size;
      const bool cut = trial % 2 == 0;
      const absl::Status status = Damaged(file, [&](const std::string& path) {
        if (cut) {
          fs::resize_file(path, at);
          return;
        }
        std::string bytes = *ReadFile(path, 64 << 20);
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
        EXPECT_TRUE(WriteFileAtomically(path, bytes).ok());
      });
      ExpectHonest(status, Cat(file, cut ? " cut at " : " flipped at ", at, " of ", size));
      refused += status.ok() ? 0 : 1;
    }
    return refused;
  }

  static TempFolder* folder_;
};

TempFolder* CorruptionTest::folder_ = nullptr;

TEST_F(CorruptionTest, TheUndamagedCopyOpens) {
  EXPECT_TRUE(Damaged("HEAD", [](const std::string&) {}).ok());
}

TEST_F(CorruptionTest, Log) { EXPECT_EQ(Torture(FilesLike("", ".log"), 24), 24); }

TEST_F(CorruptionTest, Manifest) { EXPECT_EQ(Torture(FilesLike("MANIFEST-", ""), 24), 24); }

TEST_F(CorruptionTest, Current) { EXPECT_GT(Torture(FilesLike("CURRENT", ""), 12), 0); }

TEST_F(CorruptionTest, Tables) { EXPECT_GT(Torture(FilesLike("", ".sst"), 24), 12); }

TEST_F(CorruptionTest, HeadRecord) {
  // Two slots: one damaged byte leaves the other slot whole, so these open, with everything there.
  Torture(FilesLike("HEAD", ""), 16);
}

TEST_F(CorruptionTest, MissingFiles) {
  std::vector<std::string> files = FilesLike("", ".log");
  for (const std::string& file : FilesLike("MANIFEST-", "")) files.push_back(file);
  for (const std::string& file : FilesLike("", ".sst")) files.push_back(file);
  files.push_back("HEAD");
  files.push_back("db/CURRENT");
  size_t refused = 0;
  for (const std::string& file : files) {
    const absl::Status status = Damaged(file, [](const std::string& path) { fs::remove(path); });
    // A table that closing left behind is no part of the store: without it everything is there,
    // which ReadAll has counted.
    if (status.ok() && file.ends_with(".sst")) continue;
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << file << ": " << status;
    ++refused;
  }
  EXPECT_GT(refused, files.size() / 2);
}

TEST_F(CorruptionTest, AnotherFormatIsNamed) {
  HeadRecord record;
  record.format_version = kFormatVersion + 1;
  const absl::Status status = Damaged(
      "HEAD", [&](const std::string& path) { ASSERT_TRUE(HeadFile::Create(path, record).ok()); });
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr(Cat("reads format ", kFormatVersion)));
}

}  // namespace
}  // namespace entente::graph
