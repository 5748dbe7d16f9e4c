// The name tagger: labels, lists, decoding against an exhaustive search, and learning.
#include "ingest/nlp/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/status.h"
#include "ingest/nlp/train/name_trainer.h"

namespace entente::nlp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const NameLabel kUnitPer = MakeNameLabel(NamePart::kUnit, NameKind::kPerson);
const NameLabel kBeginOrg = MakeNameLabel(NamePart::kBegin, NameKind::kOrganization);
const NameLabel kInsideOrg = MakeNameLabel(NamePart::kInside, NameKind::kOrganization);
const NameLabel kLastOrg = MakeNameLabel(NamePart::kLast, NameKind::kOrganization);
const NameLabel kLastLoc = MakeNameLabel(NamePart::kLast, NameKind::kLocation);

TEST(NameLabels, FollowOneAnotherOnlyWithinAName) {
  EXPECT_TRUE(MayFollow(kOutside, kBeginOrg));
  EXPECT_TRUE(MayFollow(kBeginOrg, kInsideOrg));
  EXPECT_TRUE(MayFollow(kInsideOrg, kLastOrg));
  EXPECT_TRUE(MayFollow(kLastOrg, kUnitPer));
  EXPECT_FALSE(MayFollow(kBeginOrg, kOutside));
  EXPECT_FALSE(MayFollow(kBeginOrg, kLastLoc));
  EXPECT_FALSE(MayFollow(kOutside, kInsideOrg));
}

int64_t ScoreOfSequence(const NameScores& scores, const std::vector<NameLabel>& labels) {
  int64_t score = 0;
  NameLabel previous = kOutside;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (!MayFollow(previous, labels[i])) return INT64_MIN;
    score += scores.transitions[previous][labels[i]] + scores.emissions[i][labels[i]];
    previous = labels[i];
  }
  return MayFollow(previous, kOutside) ? score : INT64_MIN;
}

TEST(NameDecoder, FindsWhatAnExhaustiveSearchFinds) {
  uint32_t seed = 7;
  const auto next = [&seed] {
    seed = seed * 1664525 + 1013904223;
    return static_cast<int32_t>(seed >> 16) % 200 - 100;
  };
  for (int round = 0; round < 50; ++round) {
    NameScores scores;
    scores.emissions.resize(4);
    for (auto& row : scores.emissions) {
      for (int32_t& score : row) score = next();
    }
    for (auto& row : scores.transitions) {
      for (int32_t& score : row) score = next();
    }
    int64_t best = INT64_MIN;
    std::vector<NameLabel> labels(4);
    for (int code = 0; code < 13 * 13 * 13 * 13; ++code) {
      for (int i = 0, rest = code; i < 4; ++i, rest /= 13) labels[i] = rest % 13;
      best = std::max(best, ScoreOfSequence(scores, labels));
    }
    std::vector<NameLabel> found;
    BestNameLabels(scores, &found);
    EXPECT_EQ(ScoreOfSequence(scores, found), best);
  }
}

std::vector<WordFeatures> Describe(const std::vector<std::string>& forms) {
  const WordTable table;
  std::vector<WordFeatures> words(forms.size());
  for (size_t i = 0; i < forms.size(); ++i) table.Describe(forms[i], &words[i]);
  return words;
}

TEST(NameLists, MarkTheLongestPhrase) {
  const std::string bytes =
      NameLists::Serialize({{"new york", 1}, {"new york times", 1}, {"york", 2}});
  const NameLists lists = *NameLists::Parse(bytes);
  std::vector<uint16_t> marks;
  lists.Mark(Describe({"The", "New", "York", "Times", "in", "York"}), &marks);
  EXPECT_THAT(marks, ElementsAre(0, 1, 2 | 4, 2, 0, 4));
  EXPECT_FALSE(NameLists::Parse(bytes.substr(1)).ok());
}

class TempFile {
 public:
  explicit TempFile(std::string_view contents)
      : path_(std::filesystem::temp_directory_path() /
              ("names_test_" + std::to_string(getpid()) + "_" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    EXPECT_TRUE(WriteFileAtomically(path_, contents).ok());
  }
  ~TempFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(ReadNames, ReadsEveryColumnStyle) {
  const TempFile file(
      "# sent_id = 1\n1\tKim\tB-PER\t-\t-\n2\tmet\tO\t-\t-\n\n"
      "United\tB-Organisation\nNations\tI-Organisation\nTuesday\tB-Temporal\n\n"
      "The O\nHague I-LOC\n");
  train::NameCorpus corpus;
  ASSERT_TRUE(train::ReadNames(file.path(), &corpus).ok());
  ASSERT_EQ(corpus.size(), 3);
  EXPECT_THAT(corpus[0].labels, ElementsAre(kUnitPer, kOutside));
  EXPECT_THAT(corpus[1].labels, ElementsAre(kBeginOrg, kLastOrg, kOutside));
  EXPECT_THAT(corpus[2].labels,
              ElementsAre(kOutside, MakeNameLabel(NamePart::kUnit, NameKind::kLocation)));
}

TEST(ReadNames, NamesTheLineOfAFault) {
  const TempFile file("The O\nHague PLACE\n");
  train::NameCorpus corpus;
  EXPECT_THAT(std::string(MessageOf(train::ReadNames(file.path(), &corpus))),
              HasSubstr(file.path() + ":2: "));
}

TEST(NameTagger, LearnsFromContextAndSurvivesSerialization) {
  train::NameCorpus corpus;
  for (const std::string name : {"Kim", "Lee", "Putin", "Merkel", "Obama", "Sisi"}) {
    corpus.push_back({{"President", name, "spoke", "."}, {0, kUnitPer, 0, 0}});
    corpus.push_back({{"they", "spoke", "."}, {0, 0, 0}});
  }
  const TagSet tags({{Upos::kNoun, "NN"}});
  std::vector<std::vector<TagId>> sentence_tags;
  for (const auto& sentence : corpus) sentence_tags.emplace_back(sentence.forms.size(), 0);
  const auto train_once = [&] {
    return train::TrainNames(corpus, sentence_tags, WordTable(), tags, {},
                             {.iterations = 5, .prune_below = 0, .dropout = 0.5},
                             [](const std::string&) {});
  };
  const std::string bytes = train_once().Serialize();
  EXPECT_EQ(bytes, train_once().Serialize());  // deterministic
  const NameTagger tagger = *NameTagger::Parse(bytes);
  NameTagger::Scratch scratch;
  std::vector<Name> names;
  const std::vector<WordFeatures> words = Describe({"President", "Macron", "spoke", "."});
  tagger.Find(words, std::vector<TagId>(4, 0), tags, &scratch, &names);
  ASSERT_EQ(names.size(), 1);
  EXPECT_EQ(names[0].first, 1);
  EXPECT_EQ(names[0].last, 1);
  EXPECT_EQ(names[0].kind, NameKind::kPerson);
  EXPECT_GT(names[0].score, 0.0F);
  EXPECT_LE(names[0].score, 1.0F);
  EXPECT_FALSE(NameTagger::Parse(bytes.substr(0, bytes.size() / 2)).ok());
}

}  // namespace
}  // namespace entente::nlp
