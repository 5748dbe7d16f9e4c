// Goal: the fit of the model of pairs finds which features go with gold pairs and their roots.
#include "ingest/eval/pair_fit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "ingest/nlp/word_table.h"

namespace entente::eval {
namespace {

using coder::kPairRoots;
using coder::PairFeature;
using coder::PairModel;
using coder::PairRootIndex;

void Add(const std::vector<std::string>& names, size_t root, PairFit* fit) {
  std::vector<PairFeature> features;
  for (const std::string& name : names) features.push_back({nlp::HashBytes(name), 1, false});
  fit->Add(names, features, root);
}

PairFit Sample(int rounds) {
  PairFit fit;
  for (int i = 0; i < rounds; ++i) {
    Add({"constant", "top=help"}, PairRootIndex("AID"), &fit);
    Add({"constant", "top=bomb"}, PairRootIndex("ASSAULT"), &fit);
    Add({"constant", "top=border"}, kPairRoots.size(), &fit);
    // One in ten borders is told of all the same.
    Add({"constant", "top=border"}, i % 10 == 0 ? PairRootIndex("AID") : kPairRoots.size(), &fit);
  }
  Add({"constant", "top=once"}, kPairRoots.size(), &fit);
  return fit;
}

TEST(PairFitTest, FindsWhatGoesWithGold) {
  const PairFit fit = Sample(200);
  EXPECT_EQ(fit.pairs(), 801u);
  EXPECT_EQ(fit.related(), 420u);
  const auto weights = fit.Fit({});
  ASSERT_TRUE(weights.ok()) << weights.status();
  const auto model = PairModel::Parse("p.tsv", PairModel::Write("", *weights));
  ASSERT_TRUE(model.ok()) << model.status();
  const auto features = [](const char* top) {
    return std::vector<PairFeature>{{nlp::HashBytes("constant"), 1, false},
                                    {nlp::HashBytes(top), 1, true}};
  };
  EXPECT_GT(model->Related(features("top=help")), 0.9);
  EXPECT_LT(model->Related(features("top=border")), 0.2);
  EXPECT_GT(model->Roots(features("top=bomb"))[PairRootIndex("ASSAULT")], 0.8);
  EXPECT_GT(model->Roots(features("top=help"))[PairRootIndex("AID")], 0.8);
  // A root that no gold has is never the answer.
  EXPECT_LT(model->Roots(features("top=bomb"))[PairRootIndex("SANCTION")], 0.01);
  // A feature of a single pair is left out.
  EXPECT_EQ(model->RelatedWeight(nlp::HashBytes("top=once")), 0);
}

TEST(PairFitTest, TheSamePairsGiveTheSameWeights) {
  const auto one = Sample(150).Fit({});
  const auto other = Sample(150).Fit({});
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_EQ(PairModel::Write("", *one), PairModel::Write("", *other));
}

TEST(PairFitTest, SaysWhenThereIsTooLittle) {
  const auto weights = Sample(20).Fit({});
  EXPECT_EQ(weights.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(MessageOf(weights.status())),
              testing::HasSubstr("of 81 pairs of actors the gold has 42"));
}

}  // namespace
}  // namespace entente::eval
