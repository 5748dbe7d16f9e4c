// Goal: the figures are those that docs/evaluation.md defines.
//
// Method: a small gold with predictions in tests/testdata/eval, its figures worked out by hand; and
// random records against an oracle that follows the definitions one by one.
#include "ingest/eval/score.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "ingest/eval/report.h"

namespace entente::eval {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

constexpr double kExact = 1e-12;

const std::set<std::string> kRoots = {"ACCUSE", "AGREE",   "AID",    "CONCEDE",
                                      "REJECT", "REQUEST", "RETREAT"};

std::vector<std::string> Lines(const std::string& name) {
  std::ifstream in(std::string(ENTENTE_TESTDATA_DIR) + "/eval/" + name);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  EXPECT_FALSE(lines.empty()) << name;
  return lines;
}

std::vector<GoldRecord> SmallGold() {
  std::vector<GoldRecord> records;
  for (const std::string& line : Lines("gold.jsonl")) {
    auto record = ParseGoldRecord(line, kRoots);
    EXPECT_TRUE(record.ok()) << record.status();
    records.push_back(*std::move(record));
  }
  return records;
}

std::vector<Prediction> SmallPredictions() {
  std::vector<Prediction> predictions;
  for (const std::string& line : Lines("predictions.jsonl")) {
    auto prediction = ParsePrediction(line);
    EXPECT_TRUE(prediction.ok()) << prediction.status();
    predictions.push_back(*std::move(prediction));
  }
  return predictions;
}

TEST(ScoreTest, Pairs) {
  const Scores scores = Score(SmallGold(), SmallPredictions(), 10);
  ASSERT_TRUE(scores.pair.has_value());
  const PairFigures& pair = *scores.pair;
  EXPECT_EQ(pair.pairs, 5);
  // p1 by its second event, p2, and p4, whose two roots are one; p3 is answered by its surest.
  EXPECT_EQ(pair.right, 3);
  EXPECT_EQ(pair.covered, 4);
  // Only the first record of a text counts for extras: India against Japan in p2.
  EXPECT_EQ(pair.extra, 1);
  ASSERT_THAT(pair.per_root, SizeIs(4));
  EXPECT_THAT(pair.per_root.at("ACCUSE").Precision(), DoubleNear(1, kExact));
  EXPECT_THAT(pair.per_root.at("ACCUSE").Recall(), DoubleNear(0.5, kExact));
  EXPECT_THAT(pair.per_root.at("AGREE").F1(), DoubleNear(1, kExact));
  EXPECT_THAT(pair.per_root.at("YIELD").F1(), DoubleNear(1, kExact));
  EXPECT_THAT(pair.per_root.at("REQUEST").F1(), DoubleNear(0, kExact));
  EXPECT_THAT(pair.MacroF1(), DoubleNear((2.0 / 3 + 1 + 1 + 0) / 4, kExact));
  EXPECT_EQ(scores.missing, 1);
}

TEST(ScoreTest, TriplesAndCodes) {
  const Scores scores = Score(SmallGold(), SmallPredictions(), 10);
  ASSERT_TRUE(scores.triple.has_value());
  EXPECT_EQ(scores.triple->records, 2);
  EXPECT_EQ(scores.triple->records_right, 1);
  EXPECT_THAT(scores.triple->exact.Precision(), DoubleNear(0.5, kExact));
  EXPECT_THAT(scores.triple->exact.Recall(), DoubleNear(1, kExact));
  EXPECT_THAT(scores.triple->country_root.F1(), DoubleNear(1, kExact));
  ASSERT_TRUE(scores.code.has_value());
  EXPECT_EQ(scores.code->codes, 2);
  EXPECT_EQ(scores.code->full, 1);
  EXPECT_EQ(scores.code->root, 2);
}

TEST(ScoreTest, MissesInOrderAndLimited) {
  const auto ids = [](const Scores& scores) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const Miss& miss : scores.misses) out.emplace_back(miss.id, miss.got);
    return out;
  };
  EXPECT_THAT(ids(Score(SmallGold(), SmallPredictions(), 10)),
              ElementsAre(Pair("p3", "REJECT"), Pair("p5", "nothing"),
                          Pair("t1", "NORGOV > UKR 072; NORMIL > UKR 072")));
  EXPECT_THAT(Score(SmallGold(), SmallPredictions(), 1).misses, SizeIs(1));
  EXPECT_THAT(Score(SmallGold(), SmallPredictions(), 0).misses, IsEmpty());
}

TEST(ScoreTest, EveryDyadOfATextIsJudgedOnce) {
  const Scores scores = Score(SmallGold(), SmallPredictions(), 0);
  std::vector<std::pair<std::string, bool>> judged;
  const std::vector<GoldRecord> gold = SmallGold();
  for (const JudgedDyad& dyad : scores.judged) {
    judged.emplace_back(gold[dyad.record].id, dyad.sample.right);
  }
  EXPECT_THAT(judged, ElementsAre(Pair("p1", false), Pair("p1", true), Pair("p2", true),
                                  Pair("p2", true), Pair("p2", false), Pair("p4", true),
                                  Pair("t1", true), Pair("t1", false)));
}

TEST(ScoreTest, JsonHasTheFigures) {
  const Scores scores = Score(SmallGold(), SmallPredictions(), 1);
  const auto json = nlohmann::json::parse(JsonOf(scores, ReliabilityOf({{0.5, true}}, 2)));
  EXPECT_EQ(json["pair"]["pairs"], 5);
  EXPECT_EQ(json["pair"]["per_root"]["ACCUSE"]["gold"], 2);
  EXPECT_EQ(json["code"]["root_code"], 1.0);
  EXPECT_EQ(json["records_missing"], 1);
  EXPECT_EQ(json["reliability"]["bins"][1]["dyads"], 1);
  EXPECT_EQ(json["errors"][0]["id"], "p3");
}

TEST(ScoreTest, NothingAtAll) {
  const Scores scores = Score({}, {}, 5);
  EXPECT_FALSE(scores.pair.has_value() || scores.triple.has_value() || scores.code.has_value());
  EXPECT_EQ(JsonOf(scores, ReliabilityOf({}, 3)), R"({"records":0,"records_missing":0})");
}

// --- against an oracle ------------------------------------------------------------------------

struct Random {
  std::mt19937 generator{7};
  int Below(int n) { return std::uniform_int_distribution<int>(0, n - 1)(generator); }
  ByteSpan Span() {
    const int begin = Below(30);
    return {begin, begin + 1 + Below(6)};
  }
  std::string Root() { return std::vector<std::string>{"ACCUSE", "AID", "YIELD"}[Below(3)]; }
};

bool Meet(const ByteSpan& a, const ByteSpan& b) {
  for (int64_t i = a.begin; i < a.end; ++i) {
    if (i >= b.begin && i < b.end) return true;
  }
  return false;
}

TEST(ScoreTest, AgreesWithAnOracle) {
  Random random;
  for (int round = 0; round < 200; ++round) {
    std::vector<GoldRecord> gold;
    std::vector<Prediction> predictions;
    for (int r = 0; r < 5; ++r) {
      GoldRecord record{"r" + std::to_string(r),
                        "text " + std::to_string(random.Below(3)),
                        "",
                        GoldKind::kPair,
                        {}};
      for (int i = random.Below(3); i >= 0; --i) {
        record.items.push_back({random.Span(), random.Span(), random.Root(), "", "", ""});
      }
      gold.push_back(record);
      Prediction prediction{record.id, {}};
      for (int i = random.Below(4); i > 0; --i) {
        PredictedEvent event{random.Root(), "", random.Below(100) / 100.0, {}};
        for (int d = random.Below(3); d > 0; --d) {
          event.dyads.push_back({"", "", random.Span(), random.Span()});
        }
        prediction.events.push_back(event);
      }
      if (random.Below(5) > 0) predictions.push_back(prediction);
    }
    int64_t right = 0, covered = 0, extra = 0;
    std::set<std::string> texts;
    for (const GoldRecord& record : gold) {
      const auto found = std::find_if(predictions.begin(), predictions.end(),
                                      [&](const Prediction& p) { return p.id == record.id; });
      const Prediction none{};
      const Prediction& prediction = found == predictions.end() ? none : *found;
      for (const GoldItem& pair : record.items) {
        bool any = false, same = false;
        for (const PredictedEvent& event : prediction.events) {
          for (const PredictedDyad& dyad : event.dyads) {
            if (!Meet(dyad.source, pair.source_span) || !Meet(dyad.target, pair.target_span)) {
              continue;
            }
            any = true;
            same = same || event.root == pair.root;
          }
        }
        covered += any;
        right += same;
      }
      if (!texts.insert(record.text).second) continue;
      for (const PredictedEvent& event : prediction.events) {
        for (const PredictedDyad& dyad : event.dyads) {
          bool any = false;
          for (const GoldRecord& other : gold) {
            if (other.text != record.text) continue;
            for (const GoldItem& pair : other.items) {
              any = any ||
                    (Meet(dyad.source, pair.source_span) && Meet(dyad.target, pair.target_span));
            }
          }
          extra += !any;
        }
      }
    }
    const Scores scores = Score(gold, predictions, 0);
    ASSERT_TRUE(scores.pair.has_value());
    EXPECT_EQ(scores.pair->right, right) << round;
    EXPECT_EQ(scores.pair->covered, covered) << round;
    EXPECT_EQ(scores.pair->extra, extra) << round;
  }
}

}  // namespace
}  // namespace entente::eval
