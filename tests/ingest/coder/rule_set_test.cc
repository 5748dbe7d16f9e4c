// The rule language: what a file means, and what is said about each kind of mistake.
#include "ingest/coder/rule_set.h"

#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/coder/event_builder.h"
#include "ingest/knowledge/ontology.h"

namespace entente::coder {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<std::unique_ptr<RuleSet>> ParseText(const std::string& text) {
  return RuleSet::Parse({{"test.rules", text}});
}

std::string ErrorOf(const std::string& text) {
  const auto rules = ParseText(text);
  return rules.ok() ? "no error" : std::string(rules.status().message());
}

TEST(RuleSetTest, ReadsAVerbRule) {
  const auto rules = ParseText(
      "class weapons = missile, fighter jet\n"
      "[arms_deal] weight=0.8\n"
      "sell: {supplier} sell|supply <materiel:$weapons> to {recipient@?} ; detail.quantity=36\n");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_EQ((*rules)->rules().size(), 1u);
  const Rule& rule = (*rules)->rules()[0];
  EXPECT_EQ(rule.type, "arms_deal");
  EXPECT_EQ(rule.source, "test.rules:3");
  EXPECT_THAT(rule.triggers, ElementsAre("sell", "supply"));
  EXPECT_DOUBLE_EQ(rule.weight, 0.8);
  EXPECT_EQ(rule.detail.at("quantity"), "36");
  ASSERT_EQ(rule.slots.size(), 3u);
  EXPECT_EQ(rule.slots[0].relation, SlotRelation::kSubject);
  EXPECT_EQ(rule.slots[1].detail, "materiel");
  EXPECT_THAT(rule.slots[1].words.Phrases(), ElementsAre("fighter jet", "missile"));
  EXPECT_EQ(rule.slots[2].relation, SlotRelation::kOblique);
  EXPECT_THAT(rule.slots[2].prepositions, ElementsAre("to"));
  EXPECT_TRUE(rule.slots[2].place);
  EXPECT_TRUE(rule.slots[2].optional);
}

TEST(RuleSetTest, TheLastWordOfANounRuleIsItsTrigger) {
  const auto rules =
      ParseText("[arms_deal]\ndeal: noun {supplier}'s arms deal|sale with {recipient}");
  ASSERT_TRUE(rules.ok()) << rules.status();
  const Rule& rule = (*rules)->rules()[0];
  EXPECT_THAT(rule.triggers, ElementsAre("deal", "sale"));
  EXPECT_EQ(rule.slots[0].relation, SlotRelation::kSubject);
  EXPECT_EQ(rule.slots[1].relation, SlotRelation::kModifier);
  EXPECT_EQ(rule.slots[2].relation, SlotRelation::kOblique);
}

TEST(RuleSetTest, FindsRulesByTheVerbOfAPhrasalTrigger) {
  const auto rules = ParseText("[rejection]\nx: {speaker} turn_down {target}");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_NE((*rules)->RulesFor("turn"), nullptr);
  EXPECT_EQ((*rules)->RulesFor("down"), nullptr);
}

TEST(RuleSetTest, IndentedLinesContinueTheOneAbove) {
  const auto rules = ParseText(
      "class light = hold,  # a comment\n  make\nembed refused = refuse\nmodal planned = will\n"
      "[meeting]\nx: {participant} meet {participant}");
  ASSERT_TRUE(rules.ok()) << rules.status();
  EXPECT_TRUE((*rules)->IsLight("make"));
  ASSERT_NE((*rules)->FindEmbedding("refuse"), nullptr);
  EXPECT_EQ((*rules)->FindEmbedding("refuse")->status, v1::REFUSED);
  EXPECT_EQ((*rules)->FindModal("will")->status, v1::PLANNED);
  EXPECT_EQ((*rules)->FindModal("must"), nullptr);
}

TEST(RuleSetTest, ReadsKindsOfActors) {
  const auto rules = ParseText("[meeting]\nx: {p!@/-MIL|REB:general} meet {p/STATE}");
  ASSERT_TRUE(rules.ok()) << rules.status();
  const std::vector<Slot>& slots = (*rules)->rules()[0].slots;
  ASSERT_EQ(slots.size(), 2u);
  EXPECT_EQ(slots[0].role, "p");
  EXPECT_TRUE(slots[0].direct && slots[0].place && slots[0].not_kinds);
  EXPECT_EQ(slots[0].kinds, (std::vector<std::string>{"MIL", "REB"}));
  EXPECT_GT(slots[0].words.MatchEnd({"general"}), 0u);
  EXPECT_EQ(slots[1].kinds, std::vector<std::string>{"STATE"});
  EXPECT_FALSE(slots[1].not_kinds);
}

TEST(RuleSetTest, SaysWhereAMistakeIs) {
  EXPECT_THAT(ErrorOf("[meeting]\nx: {participant meet"), HasSubstr("test.rules:2:4: "));
  EXPECT_THAT(ErrorOf("x: {a} meet {b}"), HasSubstr("test.rules:1:1: a rule before any section"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {participant} meet $nobody"),
              HasSubstr("no class \"nobody\""));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {participant} meet with"),
              HasSubstr("ends without the slot it announces"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {participant} meet with|talks {participant}"),
              HasSubstr("test.rules:2:23: prepositions beside \"talks\""));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {participant}"), HasSubstr("no trigger word"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p} ; colour=red"),
              HasSubstr("test.rules:2:19: unknown key \"colour\""));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p} ; weight=2"), HasSubstr("weight over 0"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p} ; mutual=perhaps"),
              HasSubstr("test.rules:2:26: expected yes or no"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p/army}"),
              HasSubstr("test.rules:2:16: expected kinds of actors such as MIL|REB"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet <topic/MIL>"), HasSubstr("only a role has kinds"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p} ; negated=yes"),
              HasSubstr("test.rules:2:19: only of a modal's rule"));
  EXPECT_THAT(ErrorOf("[meeting]\nx: {p} meet {p}\nx: {p} see {p}"),
              HasSubstr("stands already at test.rules:2"));
  EXPECT_THAT(ErrorOf("embed someday = hope"), HasSubstr("with a status such as"));
  EXPECT_THAT(ErrorOf("embed planned = agree, agree"), HasSubstr("\"agree\" has a status already"));
  EXPECT_THAT(ErrorOf("class weapons = gun,, tank"), HasSubstr("an empty word"));
  EXPECT_THAT(ErrorOf(" class x = y"), HasSubstr("without a line to continue"));
  EXPECT_THAT(ErrorOf("frobnicate"), HasSubstr("expected a section"));
}

TEST(RuleSetTest, ChecksRulesAgainstTheOntology) {
  const auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
  ASSERT_TRUE(ontology.ok()) << ontology.status();
  const auto check = [&](const std::string& text) {
    const auto rules = ParseText(text);
    if (!rules.ok()) return std::string(rules.status().message());
    return std::string(CheckRules(**rules, **ontology).message());
  };
  EXPECT_EQ(check("[visit]\nx: {visitor} visit {host}"), "");
  EXPECT_THAT(check("[picnic]\nx: {visitor} visit {host}"), HasSubstr("no event type \"picnic\""));
  EXPECT_THAT(check("[visit/x]\nx: {visitor} visit {host}"), HasSubstr("no sub-type \"x\""));
  EXPECT_THAT(check("[visit]\nx: {guest} visit {host}"), HasSubstr("no role \"guest\""));
  EXPECT_THAT(check("[visit]\nx: {visitor} visit"), HasSubstr("nothing fills the role \"host\""));
  EXPECT_THAT(check("[visit]\nx: {visitor} visit {host} ; cameo=999"), HasSubstr("no CAMEO code"));
  EXPECT_THAT(check("[visit]\nx: {visitor} visit {host} for <fun>"),
              HasSubstr("no text field \"fun\""));
}

TEST(RuleSetTest, TheShippedRulesFitTheShippedOntology) {
  const auto rules = RuleSet::Load(ENTENTE_DATA_DIR);
  ASSERT_TRUE(rules.ok()) << rules.status();
  const auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
  ASSERT_TRUE(ontology.ok()) << ontology.status();
  EXPECT_EQ(CheckRules(**rules, **ontology), absl::OkStatus());
}

TEST(WordSetTest, MatchesTheLongestPhraseAtTheEnd) {
  WordSet words;
  words.Add("jet");
  words.Add("fighter jet");
  EXPECT_EQ(words.MatchEnd({"new", "fighter", "jet"}), 2);
  EXPECT_EQ(words.MatchEnd({"private", "jet"}), 1);
  EXPECT_EQ(words.MatchEnd({"jet", "fuel"}), 0);
  EXPECT_EQ(words.MatchEnd({}), 0);
}

}  // namespace
}  // namespace entente::coder
