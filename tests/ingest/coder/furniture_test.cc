// Goal: what is not the article is told apart from it by form and place, and prose is never lost.
// Method: pages in small, with the kind expected of every line; then lines that look like furniture
// and are not.
#include "ingest/coder/furniture.h"

#include <random>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::coder {
namespace {

using ::testing::ElementsAre;

constexpr LineKind kBlank = LineKind::kBlank;
constexpr LineKind kBody = LineKind::kBody;
constexpr LineKind kTitle = LineKind::kTitle;
constexpr LineKind kFurniture = LineKind::kFurniture;
constexpr LineKind kDate = LineKind::kDate;
constexpr LineKind kCaption = LineKind::kCaption;

constexpr char kProse[] = "The two ministers met in Oslo on Monday and signed a fishing agreement.";

std::vector<LineKind> Kinds(const std::vector<std::string>& lines, std::string_view title = "") {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  text.pop_back();
  std::vector<LineKind> kinds;
  for (const TextLine& line : ClassifyLines(text, title)) kinds.push_back(line.kind);
  return kinds;
}

// The kind of a line that stands between two paragraphs.
LineKind KindOf(const std::string& line) { return Kinds({kProse, line, kProse})[1]; }

TEST(FurnitureTest, ACopiedPage) {
  EXPECT_THAT(
      Kinds({"Tuesday, March 5, 2019",
             "HomeWorldEuropeNorway and Iceland sign fishing agreement after two years of...", "",
             "Norway and Iceland sign fishing agreement after two years of talks",
             "By Ada Moe and Jón Karlsson, Example News", "5 min read", "Share on Facebook",
             "The foreign ministers of Norway and Iceland in Oslo. Photo: J. Karlsson/AFP", "",
             kProse, "Read more: Iceland holds election", "“We are satisfied,” she said.", kProse,
             "", "Most Popular", "Volcano erupts in Iceland", "Five killed in avalanche"}),
      ElementsAre(kDate, kFurniture, kBlank, kTitle, kFurniture, kFurniture, kFurniture, kCaption,
                  kBlank, kBody, kFurniture, kBody, kBody, kBlank, kFurniture, kFurniture,
                  kFurniture));
}

TEST(FurnitureTest, SpansCoverTheTextWithoutItsLineBreaks) {
  const std::string text = "One\r\n\nThree";
  const std::vector<TextLine> lines = ClassifyLines(text, "");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].span, (nlp::Span{0, 4}));
  EXPECT_EQ(lines[1].span, (nlp::Span{5, 5}));
  EXPECT_EQ(lines[2].span, (nlp::Span{6, 11}));
}

TEST(FurnitureTest, AnEmptyTextIsOneBlankLine) { EXPECT_THAT(Kinds({""}), ElementsAre(kBlank)); }

TEST(FurnitureTest, AGivenTitleIsNotCodedAgain) {
  const std::string title = "Norway’s minister visits Iceland for talks";
  EXPECT_THAT(Kinds({"Norway's minister visits Iceland for talks", kProse}, title),
              ElementsAre(kFurniture, kBody));
  EXPECT_THAT(Kinds({"NewsNorway's minister visits Icela...", kProse}, title),
              ElementsAre(kFurniture, kBody));
  EXPECT_THAT(Kinds({"Norway's minister leaves Iceland again", kProse}, title),
              ElementsAre(kBody, kBody));
}

TEST(FurnitureTest, ATitleNeedsProseBelow) {
  EXPECT_THAT(Kinds({"Norway and Iceland sign agreement"}), ElementsAre(kBody));
  EXPECT_THAT(Kinds({kProse, "Norway and Iceland sign agreement", kProse}),
              ElementsAre(kBody, kBody, kBody));
  EXPECT_THAT(Kinds({"The ministers said:", kProse}), ElementsAre(kBody, kBody));
}

TEST(FurnitureTest, AListOfOtherHeadlinesEndsWhereProseGoesOn) {
  EXPECT_THAT(Kinds({kProse, "Related articles", "Volcano erupts in Iceland", kProse}),
              ElementsAre(kBody, kFurniture, kFurniture, kBody));
}

TEST(FurnitureTest, AListHeadingInTheMenuDoesNotHideTheTitle) {
  EXPECT_THAT(Kinds({"Latest news", "Norway and Iceland sign agreement", kProse}),
              ElementsAre(kFurniture, kTitle, kBody));
}

TEST(FurnitureTest, LinesOfTheSite) {
  for (const char* line :
       {"Home > World > Asia", "News | Sport | Weather", "Home » Politics", "Advertisement",
        "ADVERTISEMENT:", "Subscribe to our newsletter", "We use cookies to improve your visit.",
        "This website uses cookies. By continuing to browse you agree to their use.",
        "Follow us on Twitter", "All rights reserved.", "© 2021 The Daily Example", "12 comments",
        "By ANA DÍAZ", "By Ana Díaz in Bogotá", "Read more »",
        "(Reporting by A. Moe; Editing by J. Li)", "Reporting by A. Moe; Editing by J. Li",
        "Share this", "Accept all cookies"}) {
    EXPECT_EQ(KindOf(line), kFurniture) << line;
  }
}

TEST(FurnitureTest, Captions) {
  for (const char* line :
       {"FILE - In this May 2, 2018 photo, the president speaks in Lima.", "Photo by A. Moe",
        "Image credit: Ministry of Defence", "Soldiers near the border /Getty Images"}) {
    EXPECT_EQ(KindOf(line), kCaption) << line;
  }
}

TEST(FurnitureTest, ProseThatLooksLikeFurnitureIsBody) {
  for (const char* line :
       {"Share prices fell after the minister announced the sanctions.",
        "By Monday evening, rebels had taken the town and its airport.",
        "Published reports said that the two presidents would meet in Minsk.",
        "Home Secretary Amber Rudd met her French counterpart in Paris.",
        "Homeland security officials arrested three men in Detroit.",
        "Copyright holders sued the government of Peru on Friday in Lima.",
        "World leaders will meet in New York next week", "Sources in Kyiv denied it.",
        "Related to this, the ministry expelled two diplomats.", "He said:", "“No,” she said.",
        "In 2019, Turkey attacked Kurdish forces in Syria."}) {
    EXPECT_EQ(KindOf(line), kBody) << line;
  }
}

TEST(FurnitureTest, LongLinesAreProse) {
  EXPECT_EQ(KindOf(Cat("Share this ", std::string(1000, 'x'))), kBody);
}

TEST(FurnitureTest, AnyBytesAreTaken) {
  EXPECT_THAT(Kinds({"\xff\xfe\x80", std::string("\0\0", 2)}), ElementsAre(kBody, kBody));
}

TEST(FurnitureTest, LinesOfRandomPagesTileTheText) {
  // Pieces of pages and raw bytes in random order: every byte is in one line or is a line break.
  const std::vector<std::string> pieces = {"Home",
                                           "Most Popular",
                                           kProse,
                                           "\n",
                                           "\n",
                                           "...",
                                           " | ",
                                           "By Ana",
                                           "\xe2\x80",
                                           "2023-09-22",
                                           "\r",
                                           "Share this ",
                                           std::string(500, 'x'),
                                           "Norway and Iceland sign deal"};
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) text += pieces[random() % pieces.size()];
    uint32_t next = 0;
    for (const TextLine& line : ClassifyLines(text, round % 2 == 0 ? "" : "Norway signs deal")) {
      ASSERT_EQ(line.span.begin, next);
      ASSERT_EQ(text.substr(line.span.begin, line.span.size()).find('\n'), std::string::npos);
      next = line.span.end + 1;
    }
    ASSERT_EQ(next, text.size() + 1);
  }
}

std::string DateIn(std::string_view line) {
  const std::optional<Date> date = DateOfLine(line);
  return date.has_value() ? FormatDate(*date) : "none";
}

TEST(DateOfLineTest, ReadsDatesWithTheirLabels) {
  EXPECT_EQ(DateIn("Wednesday, April 17, 2024"), "2024-04-17");
  EXPECT_EQ(DateIn("17 April 2024"), "2024-04-17");
  EXPECT_EQ(DateIn("Published: 22 Sept. 2023, 10:15 GMT"), "2023-09-22");
  EXPECT_EQ(DateIn("Last updated on Sep 22nd, 2023 at 4:15 p.m. EDT"), "2023-09-22");
  EXPECT_EQ(DateIn("2023-09-22"), "2023-09-22");
  EXPECT_EQ(DateIn("2023-09-22T10:15:00Z"), "2023-09-22");
  EXPECT_EQ(DateIn("  Posted - May 1 2020 | 4pm \r"), "2020-05-01");
}

TEST(DateOfLineTest, LeavesEverythingElse) {
  EXPECT_EQ(DateIn(""), "none");
  EXPECT_EQ(DateIn("April 17"), "none");
  EXPECT_EQ(DateIn("April 2024"), "none");
  EXPECT_EQ(DateIn("03/04/2023"), "none");
  EXPECT_EQ(DateIn("February 30, 2023"), "none");
  EXPECT_EQ(DateIn("2023-02-30"), "none");
  EXPECT_EQ(DateIn("April 17, 2024 was a Wednesday"), "none");
  EXPECT_EQ(DateIn("17 18 April 2024"), "none");
  EXPECT_EQ(DateIn("2023-09-22 2023-09-23"), "none");
  EXPECT_EQ(DateIn("May 1 2020-09-22"), "none");
}

}  // namespace
}  // namespace entente::coder
