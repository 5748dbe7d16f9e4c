#include "clients/cli/event_view.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace entente::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

v1::Event EventOf(const std::string& text) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

TEST(WhoTextTest, EqualPartiesStandSideBySide) {
  EXPECT_EQ(WhoText(EventOf(R"(
              participants { display_name: "Kim Jong Un" country: "PRK" kind: PERSON side: BOTH }
              participants { display_name: "Russia" country: "RUS" kind: STATE side: BOTH })")),
            "Kim Jong Un (PRK) – Russia");
}

TEST(WhoTextTest, SourcesPointAtTargets) {
  EXPECT_EQ(WhoText(EventOf(R"(
              participants { display_name: "North Korea" kind: STATE side: SOURCE }
              participants { display_name: "Russia" kind: STATE side: TARGET }
              participants { role: "transit_state" display_name: "China" kind: STATE })")),
            "North Korea → Russia (transit state: China)");
}

TEST(WhoTextTest, WithoutSidesAllAreListed) {
  EXPECT_EQ(WhoText(EventOf("participants { actor: 'A' } participants { actor: 'B' }")), "A, B");
}

TEST(WhoTextTest, NamesFromArticlesCannotSteerTheTerminal) {
  EXPECT_EQ(WhoText(EventOf("participants { display_name: 'x\\033[2J' }")), "x\uFFFD[2J");
}

TEST(WhenTextTest, FollowsThePrecision) {
  const auto when = [](const std::string& date) { return WhenText(EventOf(date).date()); };
  EXPECT_EQ(when("date { start: '2023-09-13' end: '2023-09-13' precision: DAY }"), "2023-09-13");
  EXPECT_EQ(when("date { start: '2023-09-01' end: '2023-09-30' precision: MONTH }"), "2023-09");
  EXPECT_EQ(when("date { start: '2023-01-01' end: '2023-12-31' precision: YEAR }"), "2023");
  EXPECT_EQ(when("date { start: '2023-09-11' end: '2023-09-17' precision: WEEK }"),
            "2023-09-11 to 2023-09-17");
  EXPECT_EQ(when(""), "unknown");
}

TEST(MarkedSentenceTest, MarksTheWordsThatCount) {
  const v1::Event event = EventOf(R"(mentions {
      sentence { begin: 100 end: 127 } sentence_text: "On Monday Kim met Putin in R"
      trigger { begin: 114 end: 117 }
      participants { span { begin: 110 end: 113 } }
      participants { span { begin: 118 end: 123 } }
      participants { span { begin: 10 end: 13 } } })");
  EXPECT_EQ(MarkedSentence(event.mentions(0), false), "On Monday [Kim] »met« [Putin] in R");
  EXPECT_EQ(MarkedSentence(event.mentions(0), true),
            "On Monday \x1b[36mKim\x1b[0m \x1b[1;33mmet\x1b[0m \x1b[36mPutin\x1b[0m in R");
}

TEST(MarkedSentenceTest, OfOverlappingMarksTheFirstStands) {
  const v1::Event event = EventOf(R"(mentions { sentence_text: "arms deal"
      trigger { begin: 0 end: 9 } participants { span { begin: 5 end: 9 } } })");
  EXPECT_EQ(MarkedSentence(event.mentions(0), false), "»arms deal«");
}

TEST(MarkedSentenceTest, SpansOutsideTheSentenceAreLeftOut) {
  const v1::Event event = EventOf(R"(mentions { sentence_text: "short"
      trigger { begin: 2 end: 4000000000 } participants { span { begin: 4 end: 1 } } })");
  EXPECT_EQ(MarkedSentence(event.mentions(0), false), "short");
}

TEST(DetailTextsTest, GivesEveryFieldThatIsSet) {
  EXPECT_THAT(DetailTexts(EventOf(R"(arms_deal { materiel: "ammunition" materiel: "rockets"
                                     value { amount: 5 text: "$5" } })")),
              ElementsAre(Pair("Materiel", "ammunition, rockets"), Pair("Value", "$5")));
  EXPECT_THAT(DetailTexts(EventOf(R"(attack { weapon: "drone" casualties { killed: "two" } })")),
              ElementsAre(Pair("Weapon", "drone"), Pair("Killed", "two")));
  EXPECT_THAT(DetailTexts(EventOf("sanctions_statement { stance: OPPOSE }")),
              ElementsAre(Pair("Stance", "oppose")));
  EXPECT_THAT(DetailTexts(EventOf(R"(general { attributes { key: "size" value: "big" } })")),
              ElementsAre(Pair("Size", "big")));
}

TEST(ImportedTextTest, SaysWhatTheDataSetSays) {
  const auto text = [](const std::string& facts) {
    return ImportedText(EventOf("imported {" + facts + "}").imported());
  };
  EXPECT_EQ(text(""), "");
  EXPECT_EQ(text("mention_count: 3 source_count: 1 article_count: 2 tone: -1.46 root_event: true"),
            "3 mentions · 1 publisher · 2 articles · tone -1.5 · in the lead paragraph");
  EXPECT_EQ(text("tone: 0 fatalities: 0"), "tone 0.0 · fatalities 0");
  EXPECT_EQ(text("fatalities: 4 fatalities_low: 2 fatalities_high: 9"), "fatalities 4 (2 to 9)");
}

TEST(EventCsvTest, HasAFieldForEachColumn) {
  const std::vector<std::string> fields = EventCsvFields(EventOf(R"(
      id: "7" type: "arms_deal" status: ALLEGED goldstein: 5.2 confidence: 0.5
      participants { role: "supplier" actor: "PRK" code: "PRK" side: SOURCE }
      participants { role: "recipient" actor: "RUS" code: "RUS" side: TARGET })"));
  const std::vector<std::string> columns = EventCsvColumns();
  ASSERT_EQ(fields.size(), columns.size());
  const auto at = [&](const std::string& column) {
    return fields[std::find(columns.begin(), columns.end(), column) - columns.begin()];
  };
  EXPECT_EQ(at("id"), "7");
  EXPECT_EQ(at("source"), "PRK");
  EXPECT_EQ(at("target"), "RUS");
  EXPECT_EQ(at("participants"), "supplier=PRK;recipient=RUS");
  EXPECT_EQ(at("status"), "ALLEGED");
  EXPECT_EQ(at("goldstein"), "5.2");
}

TEST(EventCsvTest, EqualPartiesAreOnBothSides) {
  const std::vector<std::string> fields = EventCsvFields(
      EventOf("participants { code: 'PRK' side: BOTH } participants { code: 'RUS' side: BOTH }"));
  EXPECT_EQ(fields[7], "PRK;RUS");
  EXPECT_EQ(fields[8], "PRK;RUS");
}

TEST(JsonLineTest, KeepsTheNamesOfTheSchema) {
  EXPECT_EQ(JsonLine(EventOf("plover_mode: 'visit'")), "{\"plover_mode\":\"visit\"}\n");
}

}  // namespace
}  // namespace entente::cli
