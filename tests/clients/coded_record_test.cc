#include "clients/cli/coded_record.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "ingest/coder/dyads.h"

namespace entente::cli {
namespace {

using coder::Dyad;
using coder::DyadsOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

v1::Event EventOf(const std::string& text) {
  v1::Event event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

// The dyads as "PRK 0-3 > RUS 8-14".
std::vector<std::string> Dyads(const v1::Event& event, bool both_directions = false) {
  std::vector<std::string> texts;
  for (const Dyad& dyad : DyadsOf(event, both_directions)) {
    const auto side = [](const coder::DyadSideMention& s) {
      return s.participant->actor() + " " + std::to_string(s.mention->span().begin()) + "-" +
             std::to_string(s.mention->span().end());
    };
    texts.push_back(side(dyad.source) + " > " + side(dyad.target));
  }
  return texts;
}

constexpr char kMeeting[] = R"(
  participants { role: "participant" actor: "PRK" side: BOTH }
  participants { role: "participant" actor: "RUS" side: BOTH }
  participants { role: "host" actor: "CHN" }
  mentions {
    participants { role: "participant" actor: "RUS" span { begin: 8 end: 14 } }
    participants { role: "participant" actor: "PRK" span { begin: 0 end: 3 } }
    participants { role: "host" actor: "CHN" span { begin: 20 end: 25 } }
  })";

TEST(DyadsOfTest, EqualPartiesOnceInTheOrderOfTheText) {
  EXPECT_THAT(Dyads(EventOf(kMeeting)), ElementsAre("PRK 0-3 > RUS 8-14"));
}

TEST(DyadsOfTest, OrBothWaysIfAskedFor) {
  EXPECT_THAT(Dyads(EventOf(kMeeting), true),
              ElementsAre("RUS 8-14 > PRK 0-3", "PRK 0-3 > RUS 8-14"));
}

TEST(DyadsOfTest, EachSourceWithEachTarget) {
  EXPECT_THAT(Dyads(EventOf(R"(
      participants { role: "s" actor: "A" side: SOURCE }
      participants { role: "s" actor: "B" side: SOURCE }
      participants { role: "t" actor: "C" side: TARGET }
      mentions {
        participants { role: "t" actor: "C" span { begin: 9 end: 10 } }
        participants { role: "s" actor: "A" span { begin: 0 end: 1 } }
        participants { role: "s" actor: "B" span { begin: 2 end: 3 } }
      })")),
              ElementsAre("A 0-1 > C 9-10", "B 2-3 > C 9-10"));
}

TEST(DyadsOfTest, OnePhraseForBothIsADyadOnce) {
  EXPECT_THAT(Dyads(EventOf(R"(
      participants { role: "p" actor: "A" side: BOTH }
      participants { role: "p" actor: "B" side: BOTH }
      mentions {
        participants { role: "p" actor: "A" span { begin: 0 end: 15 } }
        participants { role: "p" actor: "B" span { begin: 0 end: 15 } }
      })")),
              ElementsAre("A 0-15 > B 0-15"));
}

TEST(DyadsOfTest, NobodyStandsToHimselfAndNothingComesTwice) {
  EXPECT_THAT(Dyads(EventOf(R"(
      participants { role: "s" actor: "A" side: SOURCE }
      participants { role: "t" actor: "A" side: TARGET }
      mentions {
        participants { role: "s" actor: "A" span { end: 1 } }
        participants { role: "t" actor: "A" span { begin: 2 end: 3 } }
      })")),
              IsEmpty());
  v1::Event twice = EventOf(kMeeting);
  *twice.add_mentions() = twice.mentions(0);
  EXPECT_THAT(Dyads(twice), ElementsAre("PRK 0-3 > RUS 8-14"));
}

TEST(DyadsOfTest, WhatIsOnlyCalledForIsNoDyad) {
  v1::Event event = EventOf(kMeeting);
  for (const v1::EventStatus status : {v1::CALLED_FOR, v1::HYPOTHETICAL, v1::DENIED}) {
    event.set_status(status);
    EXPECT_THAT(Dyads(event), IsEmpty()) << v1::EventStatus_Name(status);
  }
  event.set_status(v1::PLANNED);
  EXPECT_THAT(Dyads(event), ElementsAre("PRK 0-3 > RUS 8-14"));
}

TEST(CodedRecordLineTest, IsOneObjectWithWhatScorersRead) {
  v1::CodedArticle coded;
  v1::Event* event = coded.add_events();
  *event = EventOf(kMeeting);
  event->set_type("meeting");
  event->set_status(v1::OCCURRED);
  event->set_plover("CONSULT");
  event->set_cameo("040");
  event->set_confidence(0.5);
  event->mutable_participants(0)->set_code("PRKGOV");
  const std::string line = CodedRecordLine(coded, "r\"1", 0, false);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto record = nlohmann::json::parse(line);
  EXPECT_EQ(record["id"], "r\"1");
  const auto& dyad = record["events"][0]["dyads"][0];
  EXPECT_EQ(dyad["source"]["code"], "PRKGOV");
  EXPECT_EQ(dyad["source"]["start"], 0);
  EXPECT_EQ(dyad["target"]["end"], 14);
  EXPECT_EQ(record["events"][0]["plover"], "CONSULT");
  EXPECT_EQ(record["events"][0]["status"], "OCCURRED");
}

TEST(CodedRecordLineTest, LeavesOutWhatIsNotSureEnough) {
  v1::CodedArticle coded;
  coded.add_events()->set_confidence(0.4);
  coded.add_events()->set_confidence(0.6);
  const auto record = nlohmann::json::parse(CodedRecordLine(coded, "x", 0.5, false));
  EXPECT_EQ(record["events"].size(), 1U);
}

}  // namespace
}  // namespace entente::cli
