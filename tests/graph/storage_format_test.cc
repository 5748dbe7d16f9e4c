// Goal: the bytes on disk are what docs/storage_format.md says. Method: the page's worked example
// is read from the page and compared with what storing its article writes; records have known
// bytes, and bytes that no encoder writes are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "graph/article_batch.h"
#include "graph/codec.h"
#include "graph/event_merge.h"
#include "graph/families.h"
#include "graph/head_file.h"
#include "graph/kv/memory_database.h"
#include "graph/page_token.h"
#include "tests/graph/test_support.h"

namespace entente::graph {
namespace {

using testing::ElementsAre;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 0xF]);
  }
  return out;
}

// The article of the worked example.
void Example(v1::Article* article, v1::CodedArticle* coded) {
  *article = MakeArticle("a1", "2023-09-14");
  article->clear_text();
  article->set_url("http://x.org/1");
  v1::Event event = MakeEvent("meeting", v1::OCCURRED, "2023-09-13",
                              {{"participant", "PRK", "PRK"}, {"participant", "RUS", "RUS"}});
  event.set_goldstein(2.8);
  event.set_quad_class(v1::VERBAL_COOPERATION);
  *coded = Coded({event});
}

// "family key value", in the order of the batch; protocol buffers are named, not spelled out.
std::vector<std::string> ExampleRows() {
  v1::Article article;
  v1::CodedArticle coded;
  Example(&article, &coded);
  const auto db = kv::OpenMemoryDatabase(StoreFamilies());
  Vocabulary words;
  ActorCache actors;
  const Redirects redirects;
  ArticleBatch batch(db.get(), &words, &redirects, Counters(), &actors, 1'700'000'000'000'000);
  EXPECT_TRUE(batch.Prepare(article, coded).ok());
  std::vector<std::string> rows;
  for (size_t i = 0; i < batch.batch().size(); ++i) {
    const kv::WriteBatch::Operation o = batch.batch().operation(i);
    std::string value = o.value.empty() ? "-" : Hex(o.value);
    if (o.family == kEvent) value = "v1.Event";
    if (o.family == kMention) value = "v1.Mention";
    if (o.family == kActor) value = "v1.Actor";
    if (o.family == kArticle) value = "ArticleRecord";
    rows.push_back(
        Cat(FamilyName(static_cast<StoreFamily>(o.family)), " ", Hex(o.key), " ", value));
  }
  return rows;
}

TEST(StorageFormatTest, ThePagesExampleIsTrue) {
  const auto page = ReadFile(std::string(ENTENTE_SOURCE_DIR) + "/docs/storage_format.md", 1 << 20);
  ASSERT_TRUE(page.ok()) << page.status();
  const size_t begin = page->find("```example\n");
  ASSERT_NE(begin, std::string::npos);
  const size_t from = page->find('\n', begin) + 1;
  const size_t end = page->find("```", from);
  const std::string example = page->substr(from, end - from);
  std::vector<std::string> documented;
  for (const std::string_view line : Split(example, '\n')) {
    // Columns are aligned with blanks; anything after two slashes is explanation.
    std::string row;
    for (const std::string_view word : Split(line.substr(0, line.find("//")), ' ')) {
      if (!word.empty()) row += Cat(row.empty() ? "" : " ", word);
    }
    if (!row.empty()) documented.push_back(row);
  }
  EXPECT_EQ(documented, ExampleRows());
}

TEST(StorageFormatTest, KeysOrderAsTheirNumbersDo) {
  EXPECT_EQ(Hex(Key().U64(1).Time(0).U64(258)), "000000000000000180000000000000000000000000000102");
  EXPECT_LT(Key().Time(-1).str(), Key().Time(0).str());
  EXPECT_LT(Key().Day(Date{-1}).str(), Key().Day(Date{0}).str());
  EXPECT_EQ(ReadTime(Key().Time(-5), 0), -5);
  EXPECT_EQ(ReadDay(Key().Day(Date{-5}), 0).days, -5);
  EXPECT_EQ(PrefixEnd("a\xff"), "b");
  EXPECT_EQ(PrefixEnd("\xff\xff"), "");
}

TEST(StorageFormatTest, EventRow) {
  EventRow row;
  row.type = 300;
  row.status = v1::ALLEGED;
  row.quad_class = v1::MATERIAL_CONFLICT;
  row.direction = kBackward;
  row.intensity_milli = -10'000;
  row.confidence_steps = 9'999;
  EXPECT_EQ(Hex(row.Encode()), "ac02470258f0270f");
  EventRow back;
  ASSERT_TRUE(back.Decode(row.Encode()));
  EXPECT_EQ(back, row);
  // Every truncation, an extra byte, and values out of range are refused.
  for (size_t size = 0; size < row.Encode().size(); ++size) {
    EXPECT_FALSE(back.Decode(row.Encode().substr(0, size))) << size;
  }
  EXPECT_FALSE(back.Decode(row.Encode() + "x"));
  EXPECT_FALSE(back.Decode(std::string("\x01\x0f\x00\x80\x00\x00\x00", 7)));  // no such status
  EXPECT_FALSE(back.Decode(std::string("\x01\x71\x00\x80\x00\x00\x00", 7)));  // no such quad class
  EXPECT_FALSE(back.Decode(std::string("\x01\x11\x04\x80\x00\x00\x00", 7)));  // no such direction
  EXPECT_FALSE(back.Decode(std::string("\x01\x11\x00\xff\xff\x00\x00", 7)));  // intensity 32.767
}

TEST(StorageFormatTest, RollupsAddUpAndNeverLie) {
  EventRow row;
  row.type = 1;
  row.status = v1::OCCURRED;
  row.quad_class = v1::VERBAL_COOPERATION;
  row.direction = kForward;
  row.intensity_milli = 2800;
  Rollup one;
  one.Add(row, 1);
  EXPECT_EQ(Hex(one.Encode()), "a50402e02b");
  Rollup minus;
  minus.Add(row, -1);
  Rollup sum = one;
  sum.Add(one);
  EXPECT_EQ(sum.count(), 2);
  EXPECT_EQ(sum.intensity_milli_sum(), 5600);
  sum.Add(minus);
  EXPECT_EQ(sum, one);
  sum.Add(minus);
  EXPECT_EQ(sum.Encode(), "");

  // In any grouping, the operator gives the same; damage stays visible for ever.
  const std::string a = one.Encode(), b = minus.Encode();
  const std::vector<std::string_view> ab = {a, b}, aab = {a, a, b};
  EXPECT_EQ(RollupMerge()->Merge(std::nullopt, ab), "");
  EXPECT_EQ(RollupMerge()->Merge(a, ab), a);
  EXPECT_EQ(RollupMerge()->Merge(std::nullopt, aab), a);
  const std::vector<std::string_view> bad = {a, "\x80"};
  const std::string damaged = RollupMerge()->Merge(a, bad);
  EXPECT_EQ(Hex(damaged), "ff");
  EXPECT_EQ(Hex(RollupMerge()->Merge(damaged, ab)), "ff");
  Rollup read;
  EXPECT_FALSE(read.Decode(damaged));
  EXPECT_FALSE(read.Decode(a + a));  // keys must increase
}

TEST(StorageFormatTest, OtherRecordsComeBack) {
  Counters counters{1, 2, 3, 4, 5, 600, 7, 8};
  EXPECT_EQ(Hex(counters.Encode()), "0102030405d8040708");
  Counters back;
  ASSERT_TRUE(back.Decode(counters.Encode()));
  EXPECT_EQ(back, counters);
  EXPECT_FALSE(back.Decode(counters.Encode() + "x"));
  EXPECT_FALSE(back.Decode(""));

  Change change;
  change.article = 9;
  change.created_count = 2;
  change.last_event = 300;
  change.last_actor = 4;
  change.last_article = 9;
  change.changed = {7};
  change.commit_time_micros = -2;
  EXPECT_EQ(Hex(change.Encode()), "0902ac020409010703");
  Change same;
  ASSERT_TRUE(same.Decode(change.Encode()));
  EXPECT_EQ(same.created_count, 2u);
  EXPECT_EQ(same.last_event, 300u);
  EXPECT_EQ(same.commit_time_micros, -2);
  EXPECT_FALSE(same.Decode(change.Encode() + "x"));

  Report report;
  report.retracted = true;
  report.event = MakeEvent("meeting", v1::OCCURRED, "2023-01-01", {{"party", "AAA", "AAA"}});
  Report report_back;
  ASSERT_TRUE(report_back.Decode(report.Encode()));
  EXPECT_TRUE(report_back.retracted);
  EXPECT_EQ(report_back.event.SerializeAsString(), report.event.SerializeAsString());
  EXPECT_FALSE(report_back.Decode(""));
  EXPECT_FALSE(report_back.Decode("\x02"));

  OldVersion old;
  EXPECT_EQ(Hex(old.Encode()), "00");
  old.event = report.event;
  old.mentions.emplace().push_back({3, 1, report.event.mentions(0)});
  OldVersion old_back;
  ASSERT_TRUE(old_back.Decode(old.Encode()));
  EXPECT_EQ(old_back.event->type(), "meeting");
  ASSERT_EQ(old_back.mentions->size(), 1u);
  EXPECT_EQ((*old_back.mentions)[0].article, 3u);
  EXPECT_EQ((*old_back.mentions)[0].mention.sentence_text(), "They met.");
  for (size_t size = 0; size < old.Encode().size(); ++size) {
    EXPECT_FALSE(old_back.Decode(old.Encode().substr(0, size))) << size;
  }

  ArticleRecord record;
  record.article = MakeArticle("a", "2023-01-01");
  record.events = {5, 6};
  ArticleRecord read;
  ASSERT_TRUE(read.Decode(record.Encode()));
  EXPECT_EQ(read.article.id(), "a");
  EXPECT_THAT(read.events, ElementsAre(5, 6));
  for (size_t size = 0; size < record.Encode().size(); ++size) {
    EXPECT_FALSE(read.Decode(record.Encode().substr(0, size))) << size;
  }
}

TEST(StorageFormatTest, TheHeadFileKeepsTheNewestWholeSlot) {
  const TempFolder folder;
  const std::string path = folder.Path("HEAD");
  ASSERT_TRUE(HeadFile::Create(path, HeadRecord()).ok());
  {
    auto head = HeadFile::Open(path);
    ASSERT_TRUE(head.ok()) << head.status();
    for (uint64_t revision = 1; revision <= 3; ++revision) {
      HeadRecord record;
      record.counters.revision = revision;
      record.file_mark = "5 100 7";
      ASSERT_TRUE((*head)->Write(record).ok());
    }
  }
  const std::string bytes = *ReadFile(path, 1 << 20);
  ASSERT_EQ(bytes.size(), 8192u);
  EXPECT_EQ((*HeadFile::Open(path))->record().counters.revision, 3u);
  EXPECT_EQ((*HeadFile::Open(path))->record().file_mark, "5 100 7");
  // Whichever slot is damaged, the other is used; revisions 2 and 3 are in them.
  for (const size_t at : {size_t{20}, size_t{4096 + 20}}) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    ASSERT_TRUE(WriteFileAtomically(path, damaged).ok());
    const auto head = HeadFile::Open(path);
    ASSERT_TRUE(head.ok()) << head.status();
    EXPECT_GE((*head)->record().counters.revision, 2u);
    damaged[(at + 4096) % 8192] ^= 0x10;
    ASSERT_TRUE(WriteFileAtomically(path, damaged).ok());
    EXPECT_EQ(HeadFile::Open(path).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(StorageFormatTest, StatusHistoryKeepsTheEndsOfRuns) {
  v1::Event event;
  const auto report = [&](v1::EventStatus status, int64_t time) {
    v1::StatusReport* r = event.add_status_history();
    r->set_status(status);
    r->set_report_time_micros(time);
  };
  report(v1::OCCURRED, 5);
  report(v1::OCCURRED, 3);
  report(v1::ALLEGED, 1);
  report(v1::OCCURRED, 4);
  NormalizeHistory(&event);
  ASSERT_EQ(event.status_history_size(), 3);
  EXPECT_EQ(event.status_history(1).report_time_micros(), 3);
  EXPECT_EQ(event.status_history(2).report_time_micros(), 5);
  report(v1::DENIED, 4);  // late news from between
  NormalizeHistory(&event);
  EXPECT_EQ(event.status(), v1::OCCURRED);
  EXPECT_EQ(event.status_history_size(), 4);
}

}  // namespace
}  // namespace entente::graph
