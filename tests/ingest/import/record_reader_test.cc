#include "ingest/import/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::ElementsAre;

// Each record as "line:text", faults as "line!fault".
std::vector<std::string> Records(const std::string& text, const RecordShape& shape) {
  TempFolder folder;
  auto stream = BlockStream::Open(folder.Write("data", text), {});
  EXPECT_TRUE(stream.ok()) << stream.status();
  RecordReader reader(stream->get(), shape);
  std::vector<std::string> records;
  Record record;
  for (;;) {
    const absl::StatusOr<bool> more = reader.Next(&record);
    EXPECT_TRUE(more.ok()) << more.status();
    if (!more.ok() || !*more) return records;
    records.push_back(record.fault == nullptr ? Cat(record.line, ":", record.text)
                                              : Cat(record.line, "!", record.fault));
  }
}

constexpr RecordShape kCsv{.quoted = true, .delimiter = ','};

TEST(RecordReaderTest, LinesWithAndWithoutTheirBreak) {
  EXPECT_THAT(Records("a\nb\r\n\n\r\nc", {}), ElementsAre("1:a", "2:b", "5:c"));
  EXPECT_THAT(Records("", {}), ElementsAre());
  EXPECT_THAT(Records("\xEF\xBB\xBF"
                      "a\n",
                      {}),
              ElementsAre("1:a"));
}

TEST(RecordReaderTest, QuotesHoldLineBreaks) {
  EXPECT_THAT(Records("a,\"b\nc\"\"\n\",d\ne\n", kCsv), ElementsAre("1:a,\"b\nc\"\"\n\",d", "4:e"));
  // A quote within a field is a character like any other.
  EXPECT_THAT(Records("the 6\" gun,b\nc\n", kCsv), ElementsAre("1:the 6\" gun,b", "2:c"));
}

TEST(RecordReaderTest, AQuoteThatIsNeverClosedSpoilsItsLineOnly) {
  EXPECT_THAT(Records("a,\"b\nc\nd\n", kCsv),
              ElementsAre("1!has a quote that is never closed", "2:c", "3:d"));
  EXPECT_THAT(Records("a,\"b", kCsv), ElementsAre("1!has a quote that is never closed"));
  RecordShape small = kCsv;
  small.limit_bytes = 64;
  std::string text = "a,\"b\n";
  for (int i = 0; i < 100; ++i) text += "row,row\n";
  const std::vector<std::string> records = Records(text, small);
  ASSERT_EQ(records.size(), 101u);
  EXPECT_EQ(records[0], "1!has a quote that is never closed");
  EXPECT_EQ(records[100], "101:row,row");
}

TEST(RecordReaderTest, LinesThatAreTooLongArePassedOver) {
  RecordShape small;
  small.limit_bytes = 10;
  const std::string huge(3 * BlockStream::kBlockBytes, 'x');
  EXPECT_THAT(Records("a\n" + huge + "\nb\n01234567890\n0123456789\n", small),
              ElementsAre("1:a", "2!is longer than a row may be", "3:b",
                          "4!is longer than a row may be", "5:0123456789"));
  EXPECT_THAT(Records(huge, small), ElementsAre("1!is longer than a row may be"));
}

// Against the obvious: the same text cut whole, in memory.
TEST(RecordReaderTest, BlocksMakeNoDifference) {
  std::mt19937 random(7);
  std::string text;
  std::vector<std::string> expected;
  int line = 1;
  while (text.size() < 3 * BlockStream::kBlockBytes) {
    std::string record = Cat("f", std::string(random() % 3000, 'a'));
    if (random() % 3 == 0) record += ",\"x\ny\"\"z\"";
    expected.push_back(Cat(line, ":", record));
    for (const char c : record) line += c == '\n' ? 1 : 0;
    ++line;
    text += record + "\n";
  }
  EXPECT_EQ(Records(text, kCsv), expected);
}

}  // namespace
}  // namespace entente::ingest
