// Goal: the model of pairs says what its weights say, its features are those of the sentence, and
// what it adds stays within what the rules for it allow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/coder/pair_model.h"
#include "ingest/coder/pair_reader.h"
#include "ingest/coder/rule_coder.h"
#include "ingest/nlp/word_table.h"

namespace entente::coder {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::vector<PairFeature> Features(const std::vector<std::pair<std::string, float>>& named) {
  std::vector<PairFeature> features;
  for (const auto& [name, value] : named) {
    features.push_back({nlp::HashBytes(name), value, name.starts_with("top=")});
  }
  return features;
}

TEST(PairModelTest, SaysWhatItsWeightsSay) {
  const auto model = PairModel::Parse(
      "p.tsv",
      "# a comment\nfeature\trelated\troots\nconstant\t-1\t\ntop=help\t2.5\tAID:3 ASSAULT:-2\n");
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->size(), 2u);
  const auto help = Features({{"constant", 1}, {"top=help", 1}, {"never seen", 1}});
  EXPECT_NEAR(model->Related(help), 1 / (1 + std::exp(-1.5)), 1e-9);
  EXPECT_NEAR(model->Related(Features({{"constant", 1}, {"top=help", 2}})), 1 / (1 + std::exp(-4)),
              1e-9);
  const PairRootNumbers roots = model->Roots(help);
  EXPECT_NEAR(std::accumulate(roots.begin(), roots.end(), 0.0), 1, 1e-9);
  const size_t aid = PairRootIndex("AID");
  EXPECT_EQ(std::max_element(roots.begin(), roots.end()) - roots.begin(), static_cast<int>(aid));
  EXPECT_LT(roots[PairRootIndex("ASSAULT")], roots[PairRootIndex("COERCE")]);
  EXPECT_NEAR(model->WordsFor(aid, help), 3, 1e-6);
  EXPECT_EQ(model->WordsFor(aid, Features({{"constant", 1}})), 0);
  EXPECT_NEAR(model->RelatedWeight(nlp::HashBytes("constant")), -1, 1e-6);
  EXPECT_EQ(model->RelatedWeight(nlp::HashBytes("never seen")), 0);
}

TEST(PairModelTest, RootsOfGoldAndOfTheOntologyMeet) {
  EXPECT_EQ(kPairRoots[PairRootIndex("CONCEDE")], "YIELD");
  EXPECT_EQ(kPairRoots[PairRootIndex("RETREAT")], "YIELD");
  EXPECT_EQ(PairRootIndex("YIELD"), PairRootIndex("RETREAT"));
  EXPECT_EQ(PairRootIndex("NONSENSE"), kPairRoots.size());
}

TEST(PairModelTest, WhatIsWrittenIsRead) {
  PairWeights one{"constant", -1.25F, {}};
  PairWeights two{"top=say|nsubj", 0.001F, {}};  // says next to nothing
  PairWeights three{"word=bomb", 0.5F, {}};
  three.roots[PairRootIndex("ASSAULT")] = 2.5F;
  const std::string text = PairModel::Write("made\n\nof nothing", {one, two, three});
  EXPECT_THAT(text, HasSubstr("# made\n#\n# of nothing\nfeature\trelated\troots\n"));
  EXPECT_THAT(text, Not(HasSubstr("say")));
  const auto model = PairModel::Parse("p.tsv", text);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_EQ(model->size(), 2u);
  EXPECT_NEAR(model->WordsFor(PairRootIndex("ASSAULT"), {}), 0, 1e-9);
  EXPECT_NEAR(model->RelatedWeight(nlp::HashBytes("word=bomb")), 0.5, 1e-6);
}

TEST(PairModelTest, TellsFaultsOfTheFile) {
  const std::string head = "feature\trelated\troots\n";
  const std::pair<std::string, std::string> cases[] = {
      {"", "no features"},
      {head, "no features"},
      {"feature\tweight\n", "p.tsv:1:1: expected the columns"},
      {head + "a\t1\n", "p.tsv:2:1: expected three columns, found 2"},
      {head + "a\tx\t\n", "p.tsv:2:3: expected a number"},
      {head + "a\tnan\t\n", "p.tsv:2:3: expected a number"},
      {head + "a\t101\t\n", "p.tsv:2:3: expected a number"},
      {head + "a\t1\tAID\n", "p.tsv:2:5: expected ROOT:number"},
      {head + "a\t1\tHELP:2\n", "found \"HELP:2\""},
      {head + "a\t1\tAID:x\n", "found \"AID:x\""},
      {head + "a\t1\t\na\t1\t\n", "p.tsv:3:1: the feature \"a\" came before"},
  };
  for (const auto& [contents, part] : cases) {
    const auto model = PairModel::Parse("p.tsv", contents);
    ASSERT_FALSE(model.ok()) << contents;
    EXPECT_THAT(std::string(MessageOf(model.status())), HasSubstr(part)) << contents;
  }
  EXPECT_EQ(PairModel::Load("/nowhere").status().code(), absl::StatusCode::kNotFound);
}

TEST(PairRulesTest, AreCheckedWithTheirPlace) {
  const std::pair<std::string, std::string> cases[] = {
      {"pair {giver} HELP {recipient}", "\"HELP\" is no root of the model of pairs"},
      {"pair {giver} AID", "a pair's pattern is pair {role} ROOT {role}"},
      {"pair {giver} AID to {recipient}", "a pair's pattern is pair {role} ROOT {role}"},
  };
  for (const auto& [pattern, part] : cases) {
    const auto rules = RuleSet::Parse({{"x.rules", Cat("[aid]\nodd: ", pattern, "\n")}});
    ASSERT_TRUE(rules.ok()) << rules.status();
    const absl::Status status = CheckPairRules(**rules);
    EXPECT_THAT(std::string(MessageOf(status)), HasSubstr(part));
    EXPECT_THAT(std::string(MessageOf(status)), HasSubstr("x.rules:2"));
  }
  const auto good =
      RuleSet::Parse({{"x.rules", "[aid]\npair-aid: pair {giver/-COP} AID {recipient}\n"}});
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_TRUE(CheckPairRules(**good).ok());
}

class PairsOfTextTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto coder = RuleCoder::Load(ENTENTE_DATA_DIR);
    ASSERT_TRUE(coder.ok()) << coder.status();
    coder_ = coder->release();
  }
  static void TearDownTestSuite() { delete coder_; }

  static std::vector<PairInText> Pairs(const std::string& text) {
    v1::Article article;
    article.set_text(text);
    const auto pairs = coder_->PairsOf(article);
    EXPECT_TRUE(pairs.ok()) << pairs.status();
    return pairs.ok() ? *pairs : std::vector<PairInText>();
  }
  static v1::CodedArticle Code(const std::string& text, bool explain = false) {
    v1::Article article;
    article.set_id("a");
    article.set_text(text);
    CodeOptions options;
    options.explain = explain;
    const auto coded = coder_->Code(article, options);
    EXPECT_TRUE(coded.ok()) << coded.status();
    return coded.ok() ? *coded : v1::CodedArticle();
  }
  static RuleCoder* coder_;
};
RuleCoder* PairsOfTextTest::coder_ = nullptr;

TEST_F(PairsOfTextTest, AreOrderedAndDescribed) {
  const std::string text = "France condemned Iran.";
  const std::vector<PairInText> pairs = Pairs(text);
  ASSERT_EQ(pairs.size(), 2u);
  const PairInText& forth = pairs[0].source.begin == 0 ? pairs[0] : pairs[1];
  EXPECT_EQ(text.substr(forth.target.begin, forth.target.size()), "Iran");
  EXPECT_EQ(forth.names.size(), forth.features.size());
  for (const char* name :
       {"constant", "who=state>state", "top=condemn", "top frame=condemn|nsubj|obj",
        "path=nsubj/^obj/", "source first", "between=0", "target is next behind top"}) {
    EXPECT_THAT(forth.names, Contains(name));
  }
  for (size_t i = 0; i < forth.names.size(); ++i) {
    EXPECT_EQ(forth.features[i].key, nlp::HashBytes(forth.names[i]));
  }
  EXPECT_THAT(Pairs("France will not help Iran, Chile or Peru.").front().names,
              Contains("modal=will"));
}

TEST_F(PairsOfTextTest, NobodyIsPairedWithHimselfOrAlone) {
  EXPECT_TRUE(Pairs("France voted.").empty());
  EXPECT_TRUE(Pairs("").empty());
  EXPECT_TRUE(Pairs("The rain went on all day.").empty());
}

// A sentence of many actors is read in bounded time: the first ones are paired.
TEST_F(PairsOfTextTest, OfVeryManyActorsTheFirstArePaired) {
  std::string text = "France";
  for (int i = 0; i < 30; ++i) text += ", Chile, Peru, Mali, Kenya, Norway";
  text += " and Iran signed the text.";
  EXPECT_LE(Pairs(text).size(), PairFeatures::kMentionsMax * (PairFeatures::kMentionsMax - 1));
}

// What no rule has words for is told by the model alone, and says so.
TEST_F(PairsOfTextTest, AnEventOfTheModelExplainsItself) {
  const v1::CodedArticle coded = Code("Kenya this week relaxed visa rules for Nigerians.", true);
  ASSERT_EQ(coded.events_size(), 1);
  const v1::Mention& mention = coded.events(0).mentions(0);
  EXPECT_EQ(mention.rule(), "pair-yield");
  EXPECT_GT(mention.explanation().pair_features_size(), 3);
  EXPECT_EQ(mention.explanation().pair_source(), "Kenya");
  EXPECT_EQ(mention.explanation().pair_target(), "Nigerians");
  EXPECT_EQ(Code("Kenya this week relaxed visa rules for Nigerians.")
                .events(0)
                .mentions(0)
                .explanation()
                .pair_features_size(),
            0);
}

// A rule's own finding has the model's opinion too; a rule that silences a word keeps the model
// from reading anything into it.
TEST_F(PairsOfTextTest, RulesComeFirst) {
  const v1::CodedArticle coded = Code("France condemned Iran.", true);
  ASSERT_EQ(coded.events_size(), 1);
  EXPECT_EQ(coded.events(0).mentions(0).rule(), "condemn");
  EXPECT_GT(coded.events(0).mentions(0).explanation().pair_features_size(), 3);
  EXPECT_EQ(Code("Italy defeated England on penalties at Wembley.").events_size(), 0);
}

// A word tells of one event by each rule, so that what is known of how an event was found is known
// by its word and rule; over every thirtieth sentence of the model's own.
TEST_F(PairsOfTextTest, AWordTellsOfOneEventByEachRule) {
  std::ifstream lines(std::string(ENTENTE_SOURCE_DIR) + "/tools/pairs/sentences.jsonl");
  int number = 0;
  int mentions = 0;
  for (std::string line; std::getline(lines, line); ++number) {
    if (number % 30 != 0) continue;
    v1::Article article;
    article.set_id("a");
    article.set_text(nlohmann::json::parse(line).at("text").get<std::string>());
    MentionFeatures features;
    const auto coded = coder_->CodeWithFeatures(article, &features);
    ASSERT_TRUE(coded.ok()) << coded.status();
    size_t count = 0;
    for (const v1::Event& event : coded->events()) {
      count += static_cast<size_t>(event.mentions_size());
    }
    EXPECT_EQ(count, features.size()) << article.text();
    mentions += static_cast<int>(count);
  }
  EXPECT_GT(mentions, 200);
}

}  // namespace
}  // namespace entente::coder
