// Goal: an event's confidence is what data/coder/confidence.tsv says of how it was found, and a
// fault of that file is told.
#include "ingest/coder/confidence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/coder/rule_coder.h"

namespace entente::coder {
namespace {

using ::testing::HasSubstr;

std::string File(const std::string& changed = "", const std::string& coefficient = "") {
  std::string text = "# a test\nfeature\tcoefficient\n";
  for (const std::string_view name : kConfidenceFeatures) {
    text += Cat(name, "\t", name == changed ? coefficient : "0", "\n");
  }
  return text;
}

TEST(ConfidenceModelTest, IsALogisticFunction) {
  const auto model = ConfidenceModel::Parse("c.tsv", File("rule_weight", "2.5"));
  ASSERT_TRUE(model.ok()) << model.status();
  ConfidenceFeatures features{};
  EXPECT_DOUBLE_EQ(model->Probability(features), 0.5);
  features[1] = 0.8;
  EXPECT_DOUBLE_EQ(model->Probability(features), 1 / (1 + std::exp(-2.0)));
}

TEST(ConfidenceModelTest, TellsFaultsOfTheFile) {
  const std::pair<std::string, std::string> cases[] = {
      {"", "no line of column names"},
      {"feature\tvalue\n", "columns should be feature, coefficient"},
      {"feature\tcoefficient\nconstant\t0\n", "no coefficient for \"rule_weight\""},
      {File() + "constant\t1\n", "c.tsv:23:1: \"constant\" came before"},
      {File() + "luck\t1\n", "c.tsv:23:1: no feature \"luck\""},
      {File("path_cost", "x"), "c.tsv:6:11"},
      {File("path_cost", "nan"), "c.tsv:6:11"},
      {File("path_cost", "5000"), "c.tsv:6:11"},
      {File("path_cost", ""), "c.tsv:6:11"},
  };
  for (const auto& [contents, part] : cases) {
    const auto model = ConfidenceModel::Parse("c.tsv", contents);
    ASSERT_FALSE(model.ok()) << contents;
    EXPECT_THAT(std::string(MessageOf(model.status())), HasSubstr(part)) << contents;
  }
  EXPECT_EQ(ConfidenceModel::Load("/nowhere").status().code(), absl::StatusCode::kNotFound);
}

class CodedConfidenceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto coder = RuleCoder::Load(ENTENTE_DATA_DIR);
    ASSERT_TRUE(coder.ok()) << coder.status();
    coder_ = coder->release();
  }
  static void TearDownTestSuite() { delete coder_; }

  // The features of the only event of the text.
  static ConfidenceFeatures Only(const std::string& text) {
    v1::Article article;
    article.set_id("a");
    article.set_text(text);
    MentionFeatures features;
    const auto coded = coder_->CodeWithFeatures(article, &features);
    EXPECT_TRUE(coded.ok()) << coded.status();
    EXPECT_EQ(coded->events_size(), 1) << text;
    if (coded->events_size() != 1) return {};
    const v1::Mention& mention = coded->events(0).mentions(0);
    const auto at = features.find({mention.section(), mention.trigger().begin(), mention.rule()});
    EXPECT_NE(at, features.end()) << text;
    if (at == features.end()) return {};
    const auto model = ConfidenceModel::Load(ENTENTE_DATA_DIR);
    EXPECT_DOUBLE_EQ(mention.confidence(), model->Probability(at->second)) << text;
    EXPECT_EQ(coded->events(0).confidence(), mention.confidence()) << text;
    return at->second;
  }
  static double Value(const std::string& text, std::string_view feature) {
    const auto at = std::find(kConfidenceFeatures.begin(), kConfidenceFeatures.end(), feature);
    EXPECT_NE(at, kConfidenceFeatures.end()) << feature;
    return Only(text)[static_cast<size_t>(at - kConfidenceFeatures.begin())];
  }

  static RuleCoder* coder_;
};
RuleCoder* CodedConfidenceTest::coder_ = nullptr;

TEST_F(CodedConfidenceTest, FeaturesSayHowItWasFound) {
  const std::string plain = "France condemned Iran.";
  EXPECT_EQ(Value(plain, "constant"), 1);
  EXPECT_EQ(Value(plain, "noun_trigger"), 0);
  EXPECT_EQ(Value(plain, "not_factual"), 0);
  EXPECT_EQ(Value(plain, "trigger_depth"), 0);
  EXPECT_NEAR(Value(plain, "sentence_length"), 4 / 40.0, 1e-12);
  EXPECT_EQ(Value("France will visit Iran.", "not_factual"), 1);
  EXPECT_EQ(Value("France's invasion of Iran continued.", "noun_trigger"), 1);
}

// What was found with inferred steps is less sure than what was not.
TEST_F(CodedConfidenceTest, TheShippedModelDoubtsInferredSteps) {
  const auto model = ConfidenceModel::Load(ENTENTE_DATA_DIR);
  ASSERT_TRUE(model.ok()) << model.status();
  ConfidenceFeatures sure = Only("France condemned Iran.");
  ConfidenceFeatures doubtful = sure;
  doubtful[2] *= 0.5;  // the estimate
  doubtful[3] = 0.7;   // the cost of its path
  EXPECT_GT(model->Probability(sure), model->Probability(doubtful));
}

}  // namespace
}  // namespace entente::coder
