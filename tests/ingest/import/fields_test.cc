#include "ingest/import/fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace entente::ingest {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> List(const Fields& fields) {
  std::vector<std::string> list;
  for (size_t i = 0; i < fields.size(); ++i) list.emplace_back(fields[i]);
  return list;
}

TEST(FieldsTest, CutsAtTabs) {
  Fields fields;
  ASSERT_TRUE(fields.SplitTabs("a\t\tb\t"));
  EXPECT_THAT(List(fields), ElementsAre("a", "", "b", ""));
  ASSERT_TRUE(fields.SplitTabs(""));
  EXPECT_THAT(List(fields), ElementsAre(""));
  EXPECT_TRUE(fields.SplitTabs(std::string(Fields::kMaxFields - 1, '\t')));
  EXPECT_FALSE(fields.SplitTabs(std::string(Fields::kMaxFields, '\t')));
}

// Property: records are read eight bytes at a time, and yet cut at every tab and nowhere else. The
// bytes are those that differ from a tab by one bit, and their neighbours.
TEST(FieldsTest, CutsAtTabsWhereverTheyStand) {
  const std::string bytes = "\t\x08\x0a\x01\x19\x49\x89\x0b\xff\x80 a";
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string record;
    std::vector<std::string> expected(1);
    for (size_t i = random() % 40; i > 0; --i) {
      const char c = random() % 3 == 0 ? '\t' : bytes[random() % bytes.size()];
      record.push_back(c);
      if (c == '\t') {
        expected.emplace_back();
      } else {
        expected.back().push_back(c);
      }
    }
    Fields fields;
    ASSERT_TRUE(fields.SplitTabs(record));
    ASSERT_EQ(List(fields), expected);
  }
}

TEST(FieldsTest, QuotesHoldDelimitersQuotesAndLineBreaks) {
  Fields fields;
  ASSERT_TRUE(fields.SplitQuoted("a,\"b,\"\"c\"\"\nd\",,\"\"", ','));
  EXPECT_THAT(List(fields), ElementsAre("a", "b,\"c\"\nd", "", ""));
  ASSERT_TRUE(fields.SplitQuoted("the 6\" gun,b", ','));
  EXPECT_THAT(List(fields), ElementsAre("the 6\" gun", "b"));
  ASSERT_TRUE(fields.SplitQuoted("\"x\"\"\",\"\"\"y\"", ','));
  EXPECT_THAT(List(fields), ElementsAre("x\"", "\"y"));
  EXPECT_FALSE(fields.SplitQuoted("\"a\"b,c", ','));
  EXPECT_FALSE(fields.SplitQuoted("\"a", ','));
  EXPECT_FALSE(fields.SplitQuoted("\"", ','));
  EXPECT_FALSE(fields.SplitQuoted(std::string(Fields::kMaxFields, ','), ','));
}

TEST(FieldsTest, NumbersAreReadWhole) {
  int64_t number = 0;
  EXPECT_TRUE(ReadInteger("42", 0, 100, &number));
  EXPECT_EQ(number, 42);
  for (const char* bad :
       {"", " 1", "1 ", "+1", "1.0", "0x1", "101", "-1", "99999999999999999999"}) {
    EXPECT_FALSE(ReadInteger(bad, 0, 100, &number)) << bad;
  }
  double value = 0;
  EXPECT_TRUE(ReadNumber("-4.5", -10, 10, &value));
  EXPECT_EQ(value, -4.5);
  for (const char* bad : {"", "nan", "inf", "11", "1,5", "--1"}) {
    EXPECT_FALSE(ReadNumber(bad, -10, 10, &value)) << bad;
  }
}

TEST(FieldsTest, Dates) {
  Date date;
  for (const char* form : {"20191024", "2019-10-24", "2019-10-24 00:00:00.000",
                           "2019-10-24T01:02:03", "24 October 2019", "24 Oct 2019"}) {
    ASSERT_TRUE(ReadDate(form, &date)) << form;
    EXPECT_EQ(FormatDate(date), "2019-10-24") << form;
  }
  for (const char* bad : {"", "20191324", "2019-02-30", "24/10/2019", "2019-10-24x", "0 May 2020",
                          "2019 May 3", "1 Ma 2020", "201910", "2019-1-2"}) {
    EXPECT_FALSE(ReadDate(bad, &date)) << bad;
  }
  int64_t micros = 0;
  ASSERT_TRUE(ReadTimestamp("20191024143001", &micros));
  EXPECT_EQ(FormatTimestampMicros(micros), "2019-10-24T14:30:01Z");
  EXPECT_FALSE(ReadTimestamp("20191024246001", &micros));
  EXPECT_FALSE(ReadTimestamp("2019102414300", &micros));
}

TEST(FieldsTest, BytesAreLookedAtWhereverTheyStand) {
  for (size_t at = 0; at < 20; ++at) {
    std::string text(20, 'a');
    EXPECT_TRUE(IsAscii(text));
    EXPECT_FALSE(HasControl(text));
    text[at] = '\x80';
    EXPECT_FALSE(IsAscii(text)) << at;
    text[at] = '\x1f';
    EXPECT_TRUE(HasControl(text)) << at;
  }
}

TEST(FieldsTest, ColumnsAreFoundHoweverTheyAreWritten) {
  Fields fields;
  ASSERT_TRUE(fields.SplitTabs("Event ID\t(CAMEO) Code\tevent_date"));
  const Header header(fields);
  EXPECT_EQ(header.Find("event_id"), 0u);
  EXPECT_EQ(header.Find("cameo_code"), 1u);
  EXPECT_EQ(header.Find("event_date"), 2u);
  EXPECT_EQ(header.Find("event"), Header::kAbsent);
}

}  // namespace
}  // namespace entente::ingest
