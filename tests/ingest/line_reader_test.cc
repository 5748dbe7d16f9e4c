// Goal: lines come whole, in order, with their places, and a huge one does no harm.
#include "ingest/line_reader.h"

#include <optional>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::HasSubstr;

std::vector<LineReader::Line> ReadLines(const std::string& path, size_t limit) {
  std::vector<LineReader::Line> lines;
  auto reader = LineReader::Open(path, limit);
  EXPECT_TRUE(reader.ok()) << reader.status();
  while (reader.ok()) {
    auto line = (*reader)->Next();
    EXPECT_TRUE(line.ok()) << line.status();
    if (!line.ok() || !line->has_value()) break;
    lines.push_back(std::move(**line));
  }
  return lines;
}

TEST(LineReaderTest, LinesHaveNumbersAndOffsets) {
  const TempFolder folder;
  const auto lines = ReadLines(folder.Write("f", "one\n\nthree\r\nlast"), 100);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].text, "one");
  EXPECT_EQ(lines[1].text, "");
  EXPECT_EQ(lines[1].offset, 4);
  EXPECT_EQ(lines[2].text, "three\r");
  EXPECT_EQ(lines[3].text, "last");
  EXPECT_EQ(lines[3].number, 4);
  EXPECT_EQ(lines[3].offset, 12);
}

TEST(LineReaderTest, ALastLineBreakMakesNoLine) {
  const TempFolder folder;
  EXPECT_EQ(ReadLines(folder.Write("a", ""), 100).size(), 0u);
  EXPECT_EQ(ReadLines(folder.Write("b", "one\n"), 100).size(), 1u);
  EXPECT_EQ(ReadLines(folder.Write("c", "\n"), 100).size(), 1u);
}

TEST(LineReaderTest, LinesLongerThanTheBufferAreWhole) {
  const TempFolder folder;
  for (const size_t size : {65'535, 65'536, 65'537, 200'000}) {
    const std::string line(size, 'x');
    const auto lines = ReadLines(folder.Write("f", line + "\n" + line), 1'000'000);
    ASSERT_EQ(lines.size(), 2u) << size;
    EXPECT_EQ(lines[0].text, line);
    EXPECT_EQ(lines[1].text, line);
    EXPECT_FALSE(lines[0].oversized());
  }
}

TEST(LineReaderTest, OfAnOversizedLineTheBeginningIsKept) {
  const TempFolder folder;
  const auto lines =
      ReadLines(folder.Write("f", std::string(1'000'000, 'x') + "\nnext\n"), 200'000);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_TRUE(lines[0].oversized());
  EXPECT_EQ(lines[0].bytes, 1'000'000);
  EXPECT_EQ(lines[0].text, std::string(LineReader::kKeptBytes, 'x'));
  EXPECT_EQ(lines[1].text, "next");
  EXPECT_EQ(lines[1].offset, 1'000'001);
}

TEST(LineReaderTest, ALimitBelowWhatIsKeptIsALimitToo) {
  const TempFolder folder;
  const auto lines = ReadLines(folder.Write("f", "123456\n12345\n"), 5);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].bytes, 6);
  EXPECT_FALSE(lines[1].oversized());
}

TEST(LineReaderTest, WhatIsNoFileIsAnError) {
  const TempFolder folder;
  const absl::Status missing = LineReader::Open(folder.Path("none"), 10).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(MessageOf(missing)), HasSubstr(folder.Path("none")));
  EXPECT_EQ(LineReader::Open(folder.Path(""), 10).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace entente::ingest
