// Goal: records of people's own files are read as docs/evaluation.md says, and what is wrong with
// one is told so that it can be mended.
#include "ingest/eval/records.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/status.h"

namespace entente::eval {
namespace {

using ::testing::HasSubstr;

const std::set<std::string> kRoots = {"ACCUSE", "RETREAT"};

TEST(ParseGoldRecordTest, TakesAPair) {
  const auto record = ParseGoldRecord(
      R"({"id": "a", "text": "Mali – Niger", "date": null, "kind": "pair", "note": 1,
          "gold": [{"source_span": [0, 4], "target_span": [9, 14], "root": "RETREAT"}]})",
      kRoots);
  ASSERT_TRUE(record.ok()) << record.status();
  EXPECT_EQ(record->id, "a");
  EXPECT_EQ(record->date, "");
  ASSERT_EQ(record->items.size(), 1u);
  EXPECT_EQ(record->items[0].root, kYield);
  EXPECT_EQ(record->items[0].target_span.begin, 9);
}

TEST(ParseGoldRecordTest, SaysWhatIsWrong) {
  const auto pair = [](const std::string& gold) {
    return R"({"id": "a", "text": "Mali – Niger", "kind": "pair", "gold": [)" + gold + "]}";
  };
  const std::pair<std::string, std::string> cases[] = {
      {"{", "not JSON"},
      {"[]", "an object is expected"},
      {"null", "an object is expected"},
      {"{\"id\": \"\xff\"}", "not UTF-8"},
      {"{}", "no \"id\""},
      {R"({"id": 7})", "\"id\" is number; a string is expected"},
      {R"({"id": ")" + std::string(600, 'x') + "\"}", "over 512 bytes"},
      {R"({"id": "a"})", "no \"text\""},
      {R"({"id": "a", "text": "x"})", "no \"kind\""},
      {R"({"id": "a", "text": "x", "kind": "dyad"})", "pair, triple or code"},
      {R"({"id": "a", "text": "x", "kind": "pair"})", "no \"gold\""},
      {R"({"id": "a", "text": "x", "kind": "pair", "gold": {}})", "a list is expected"},
      {pair("1"), "\"gold\" has number in it"},
      {pair("{}"), "\"gold\"[0]: no \"source_span\""},
      {pair(R"({"source_span": [0]})"), "[begin, end] in bytes"},
      {pair(R"({"source_span": [0, -1]})"), "[begin, end] in bytes"},
      {pair(R"({"source_span": [0, 1.5]})"), "[begin, end] in bytes"},
      {pair(R"({"source_span": [3, 3]})"), "is empty"},
      {pair(R"({"source_span": [3, 99]})"), "outside of the text, which has 14 bytes"},
      {pair(R"({"source_span": [0, 6]})"), "cuts a character in two"},
      {pair(R"({"source_span": [0, 4], "target_span": [9, 14], "root": "ACUSE"})"),
       "must be one of YIELD, ACCUSE, RETREAT"},
      {R"({"id": "a", "text": "x", "kind": "code", "gold": [{"cameo": "1a"}]})",
       "2 to 4 figures are expected"},
      {R"({"id": "a", "text": "x", "kind": "triple", "gold": [{"source": "A"}]})", "no \"cameo\""},
  };
  for (const auto& [line, part] : cases) {
    const auto record = ParseGoldRecord(line, kRoots);
    ASSERT_FALSE(record.ok()) << line;
    EXPECT_EQ(record.status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_THAT(std::string(MessageOf(record.status())), HasSubstr(part)) << line;
  }
}

TEST(ParsePredictionTest, TakesWhatItKnows) {
  const auto prediction = ParsePrediction(
      R"({"id": "a", "coder": "x", "events": [{"plover": "CONCEDE", "cameo": "08", "confidence": 1,
          "dyads": [{"source": {"code": "FRA", "start": 1, "end": 4}, "target": {}}, {}]}, {}]})");
  ASSERT_TRUE(prediction.ok()) << prediction.status();
  ASSERT_EQ(prediction->events.size(), 2u);
  EXPECT_EQ(prediction->events[0].root, kYield);
  ASSERT_EQ(prediction->events[0].dyads.size(), 2u);
  EXPECT_EQ(prediction->events[0].dyads[0].source.end, 4);
  EXPECT_TRUE(prediction->events[0].dyads[0].target.empty());
}

TEST(ParsePredictionTest, SaysWhatIsWrong) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"events": []})", "no \"id\""},
      {R"({"id": "a", "events": 3})", "a list is expected"},
      {R"({"id": "a", "events": [{"confidence": 1.5}]})", "not between 0 and 1"},
      {R"({"id": "a", "events": [{}, {"confidence": "x"}]})", "\"events\"[1]"},
      {R"({"id": "a", "events": [{"dyads": [{"source": "FRA"}]}]})", "an object is expected"},
      {R"({"id": "a", "events": [{"dyads": [{"source": {"start": "1", "end": 2}}]}]})",
       "must count bytes"},
  };
  for (const auto& [line, part] : cases) {
    const auto prediction = ParsePrediction(line);
    ASSERT_FALSE(prediction.ok()) << line;
    EXPECT_THAT(std::string(MessageOf(prediction.status())), HasSubstr(part)) << line;
  }
}

TEST(PredictionOfTest, TakesDyadsOfSureEvents) {
  v1::CodedArticle coded;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
      events { plover: "RETREAT" cameo: "0841" confidence: 0.7
        participants { role: "s" actor: "MLI" code: "MLIGOV" side: SOURCE }
        participants { role: "t" actor: "FRA" code: "FRA" side: TARGET }
        mentions { participants { role: "s" actor: "MLI" span { end: 4 } }
                   participants { role: "t" actor: "FRA" span { begin: 6 end: 9 } } } }
      events { plover: "AID" confidence: 0.2 })",
                                                            &coded));
  const Prediction prediction = PredictionOf(coded, "x", 0.5, false);
  ASSERT_EQ(prediction.events.size(), 1u);
  EXPECT_EQ(prediction.events[0].root, kYield);
  ASSERT_EQ(prediction.events[0].dyads.size(), 1u);
  EXPECT_EQ(prediction.events[0].dyads[0].source_code, "MLIGOV");
  EXPECT_EQ(prediction.events[0].dyads[0].target.begin, 6);
  EXPECT_EQ(PredictionOf(coded, "x", 0, false).events.size(), 2u);
}

}  // namespace
}  // namespace entente::eval
