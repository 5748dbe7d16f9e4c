// The name tagger: labels, lists, decoding against an exhaustive search, and learning.
#include "ingest/nlp/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <set>
#include <string>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/train/gum_names.h"
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
  const NameLists lists(*NameLists::ParseEntries(bytes));
  std::vector<uint16_t> marks;
  lists.Mark(Describe({"The", "New", "York", "Times", "in", "York"}), &marks);
  EXPECT_THAT(marks, ElementsAre(0, 1, 2 | 4, 2, 0, 4));
  EXPECT_FALSE(NameLists::ParseEntries(bytes.substr(1)).ok());
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

TEST(ReadNames, KnowsWhichSentencesAreOfOneText) {
  train::NameCorpus corpus;
  for (const char* bytes : {"# newdoc id = a\nKim B-PER\n\nmet O\n\n# newdoc id = b\nKim B-PER\n",
                            "Kim B-PER\n\nmet O\n"}) {
    const TempFile file(bytes);
    ASSERT_TRUE(train::ReadNames(file.path(), &corpus).ok());
  }
  ASSERT_EQ(corpus.size(), 5);
  EXPECT_EQ(corpus[0].document, corpus[1].document);
  for (size_t i = 1; i + 1 < corpus.size(); ++i) {
    EXPECT_NE(corpus[i].document, corpus[i + 1].document) << i;
  }
}

TEST(ReadNames, NamesTheLineOfAFault) {
  const TempFile file("The O\nHague PLACE\n");
  train::NameCorpus corpus;
  EXPECT_THAT(std::string(MessageOf(train::ReadNames(file.path(), &corpus))),
              HasSubstr(file.path() + ":2: "));
}

TEST(GumNames, AreTheCapitalisedWordsOfTheSmallestSpans) {
  const std::string tail = "\t0\troot\t_\t";
  const auto word = [&](int number, const std::string& form, const std::string& upos,
                        const std::string& xpos, const std::string& entity) {
    return std::to_string(number) + "\t" + form + "\t_\t" + upos + "\t" + xpos + "\t_" + tail +
           (entity.empty() ? "_" : "Entity=" + entity) + "\n";
  };
  const std::string text =
      "# sent_id = 1\n" +
      word(1, "The", "DET", "DT", "(1-person-new-nnnnn-cf1-2,3,4-sgl-Jan_Maas") +
      word(2, "painter", "NOUN", "NN", "") + word(3, "Jan", "PROPN", "NNP", "") +
      word(4, "Maas", "PROPN", "NNP", "1)") + "5-6\tleftfor\t_\t_\t_\t_\t_\t_\t_\t_\n" +
      word(5, "left", "VERB", "VBD", "") +
      word(6, "the", "DET", "DT", "(2-organization-new-nnnnn-cf2-2,3,4-sgl-University_of_Oslo") +
      word(7, "University", "PROPN", "NNP", "") + word(8, "of", "ADP", "IN", "") +
      word(9, "Oslo", "PROPN", "NNP", "(3-place-new-nnnnn-cf3-1-sgl-Oslo)2)") +
      word(10, "Afghans", "PROPN", "NNPS", "(4-person-new-nnnnn-cf4-1-sgl)") +
      word(11, "he", "PRON", "PRP", "(1-person-giv:act-nnnnn-cf1-1-ana-Jan_Maas)") + "\n";
  train::NameCorpus corpus;
  ASSERT_TRUE(train::ParseGumNames(text, "gum.conllu", &corpus).ok());
  ASSERT_EQ(corpus.size(), 1);
  std::vector<Name> names;
  NamesOfLabels(corpus[0].labels, &names);
  ASSERT_EQ(names.size(), 2);
  EXPECT_THAT((std::vector<int>{names[0].first, names[0].last, names[1].first, names[1].last}),
              ElementsAre(2, 3, 6, 8));
  EXPECT_EQ(names[0].kind, NameKind::kPerson);
  EXPECT_EQ(names[1].kind, NameKind::kOrganization);
  // Brackets that do not match lose their entity and nothing else.
  train::NameCorpus broken;
  const std::string odd = word(1, "Oslo", "PROPN", "NNP", "7)(8-place)9)(") + "\n";
  EXPECT_TRUE(train::ParseGumNames(odd, "gum.conllu", &broken).ok());
  EXPECT_THAT(std::string(MessageOf(train::ParseGumNames("1\tOslo\n", "gum.conllu", &broken))),
              HasSubstr("gum.conllu:1: "));
}

// The loss by summing over every sequence of labels.
double SlowNameLoss(const std::vector<float>& emissions, const std::vector<float>& transitions,
                    const std::vector<NameLabel>& gold) {
  const size_t words = gold.size();
  double all = 0, own = 0;
  std::vector<NameLabel> labels(words);
  size_t codes = 1;
  for (size_t i = 0; i < words; ++i) codes *= kNameLabelCount;
  for (size_t code = 0; code < codes; ++code) {
    size_t rest = code;
    double score = 0;
    bool may = true;
    NameLabel previous = kOutside;
    for (size_t i = 0; i < words; ++i, rest /= kNameLabelCount) {
      labels[i] = static_cast<NameLabel>(rest % kNameLabelCount);
      may = may && MayFollow(previous, labels[i]);
      score += emissions[i * kNameLabelCount + labels[i]] +
               transitions[previous * kNameLabelCount + labels[i]];
      previous = labels[i];
    }
    if (!may || !MayFollow(previous, kOutside)) continue;
    all += std::exp(score);
    if (labels == gold) own = std::exp(score);
  }
  return std::log(all) - std::log(own);
}

TEST(NameLoss, IsThatOfAllSequencesAndItsGradientIsTheSlope) {
  train::Random random(5);
  const std::vector<NameLabel> gold = {kUnitPer, kBeginOrg, kLastOrg, kOutside};
  std::vector<float> emissions(gold.size() * kNameLabelCount);
  std::vector<float> transitions(kNameLabelCount * kNameLabelCount);
  for (float& score : emissions) score = static_cast<float>(random.Below(4001)) / 1000 - 2;
  for (float& score : transitions) score = static_cast<float>(random.Below(4001)) / 1000 - 2;
  std::vector<float> by_emission(emissions.size()), by_transition(transitions.size());
  constexpr float kShare = 0.5F;
  const float loss = train::NameLoss(emissions.data(), kNameLabelCount, transitions.data(), gold,
                                     kShare, by_emission.data(), by_transition.data());
  EXPECT_NEAR(loss, SlowNameLoss(emissions, transitions, gold), 1e-4);
  constexpr float kStep = 0.01F;
  const auto slope = [&](float* score) {
    const float before = *score;
    *score = before + kStep;
    const double up = SlowNameLoss(emissions, transitions, gold);
    *score = before - kStep;
    const double down = SlowNameLoss(emissions, transitions, gold);
    *score = before;
    return (up - down) / (2 * kStep);
  };
  for (size_t i = 0; i < emissions.size(); i += 3) {
    EXPECT_NEAR(by_emission[i], kShare * slope(&emissions[i]), 2e-4);
  }
  for (size_t i = 0; i < transitions.size(); i += 5) {
    EXPECT_NEAR(by_transition[i], kShare * slope(&transitions[i]), 2e-4);
  }
}

struct SmallCorpus {
  TagSet tags{{{Upos::kNoun, "NN"}}};
  train::NameCorpus sentences;
  std::vector<std::vector<TagId>> sentence_tags;

  SmallCorpus() {
    for (const std::string name : {"Kim", "Lee", "Putin", "Merkel", "Obama", "Sisi"}) {
      sentences.push_back({{"President", name, "spoke", "."}, {0, kUnitPer, 0, 0}});
      sentences.push_back({{"they", "spoke", "."}, {0, 0, 0}});
    }
    for (const auto& sentence : sentences) sentence_tags.emplace_back(sentence.forms.size(), 0);
  }
};

const train::Progress kSilent = [](const std::string&) {};

// What a tagger finds in "President Macron spoke."; "PER 1-1" if all is well.
std::string FindPresident(const NameTagger& tagger, const TagSet& tags) {
  NameTagger::Scratch scratch;
  std::vector<std::vector<Name>> names;
  const std::vector<WordFeatures> words = Describe({"President", "Macron", "spoke", "."});
  const std::vector<TagId> word_tags(4, 0);
  const TaggedWords sentence{words, word_tags, &tags};
  NameTagger::Text text;
  tagger.Read(std::span(&sentence, 1), &scratch, &text);
  tagger.Decide(&text, &names);
  std::string found;
  for (const Name& name : names[0]) {
    EXPECT_GT(name.score, 0.0F);
    EXPECT_LE(name.score, 1.0F);
    found += (name.kind == NameKind::kPerson ? "PER " : "other ") + std::to_string(name.first) +
             "-" + std::to_string(name.last);
  }
  return found;
}

TEST(NameTagger, LearnsFromContextAndSurvivesSerialization) {
  const SmallCorpus corpus;
  const auto train_once = [&] {
    NameModel model;
    model.lists = {{"new york", 1}};
    model.linear = train::TrainLinearNames(
        corpus.sentences, corpus.sentence_tags, WordTable(), corpus.tags, NameLists(model.lists),
        {.iterations = 5, .prune_below = 0, .dropout = 0.5}, kSilent);
    return NameTagger::Serialize(model);
  };
  const std::string bytes = train_once();
  EXPECT_EQ(bytes, train_once());  // deterministic
  EXPECT_EQ(bytes, NameTagger::Serialize(*NameTagger::ParseModel(bytes)));
  EXPECT_EQ(FindPresident(*NameTagger::Parse(bytes), corpus.tags), "PER 1-1");
  for (size_t size = 0; size < bytes.size(); size += 7) {
    EXPECT_FALSE(NameTagger::Parse(bytes.substr(0, size)).ok()) << size;
  }
}

// A tagger that knows "saba" by what stands before it alone.
TEST(NameTagger, JudgesAWordByAllItsPlacesInTheText) {
  const auto hash = [](const char* word) { return HashBytes(word); };
  const NameLabel person = MakeNameLabel(NamePart::kUnit, NameKind::kPerson);
  NameModel model;
  model.linear = LinearModel::FromWeights(
      {{FeatureKey(19, hash("mr."), hash("saba")), person, 9.0F},   // after "Mr."
       {FeatureKey(3, hash("saba")), kOutside, 1.0F},               // elsewhere rather not
       {FeatureKey(19, hash("a"), hash("saba")), kOutside, 9.0F}},  // and never after "a"
      0);
  const NameTagger tagger(std::move(model));
  const TagSet tags{{{Upos::kPropn, "NNP"}, {Upos::kVerb, "VBD"}}};
  const auto names_of = [&](const std::vector<std::vector<std::string>>& sentences) {
    std::vector<std::vector<WordFeatures>> words;
    for (const auto& sentence : sentences) words.push_back(Describe(sentence));
    const std::vector<TagId> tag_ids(9, 0);
    NameTagger::Scratch scratch;
    NameTagger::Text text;
    for (const auto& sentence : words) {  // read one by one, as long texts are
      const TaggedWords tagged{sentence, std::span(tag_ids).first(sentence.size()), &tags};
      tagger.Read(std::span(&tagged, 1), &scratch, &text);
    }
    std::vector<std::vector<Name>> names;
    tagger.Decide(&text, &names);
    std::vector<size_t> counts;
    for (const auto& found : names) counts.push_back(found.size());
    return counts;
  };
  EXPECT_THAT(names_of({{"Saba", "spoke"}}), ElementsAre(0));
  EXPECT_THAT(names_of({{"Mr.", "Saba"}, {"Saba", "spoke"}}), ElementsAre(1, 1));
  EXPECT_THAT(names_of({{"Mr.", "Saba"}, {"a", "saba"}}), ElementsAre(1, 0));
  EXPECT_THAT(names_of({{"Saba", "spoke"}, {"a", "saba"}, {"Saba", "left"}}), ElementsAre(0, 0, 0));
}

TEST(NameTagger, LearnsNetworksThatAreTheSameEachTime) {
  const SmallCorpus corpus;
  const NameLists lists;
  const train::NameNetworkData data = train::PrepareNameNetwork(
      corpus.sentences, corpus.sentence_tags, WordTable(), corpus.tags, lists);
  train::NameNetworkOptions options;
  options.iterations = 60;
  options.width = options.units = 32;
  options.plain_share = 1;
  options.batch_words = 14;
  options.rate = 0.01F;
  options.average_share = 0.02F;
  NameModel model;
  model.linear_share = 0;
  model.vocabulary = data.vocabulary;
  model.layout.vocabulary = data.vocabulary.rows();
  model.layout.width = model.layout.units = 32;
  model.layout.layers = 1;
  const auto train_once = [&] {
    model.networks = {train::TrainNameNetwork(data.examples, data.vocabulary, model.layout, {},
                                              options, kSilent, nullptr)};
    return NameTagger::Serialize(model);
  };
  const std::string bytes = train_once();
  EXPECT_EQ(bytes, train_once());
  const NameTagger tagger = *NameTagger::Parse(bytes);
  EXPECT_EQ(tagger.network_count(), 1);
  EXPECT_EQ(FindPresident(tagger, corpus.tags), "PER 1-1");
  // A sentence of any length has a name wherever a president stands.
  std::vector<std::string> forms;
  for (int i = 0; i < 400; ++i) forms.insert(forms.end(), {"President", "Lee", "spoke", "."});
  NameTagger::Scratch scratch;
  std::vector<std::vector<Name>> names;
  const std::vector<WordFeatures> words = Describe(forms);
  const std::vector<TagId> tags(forms.size(), 0);
  const std::span<const WordFeatures> all = words;
  // Together with others, one of which has no words.
  const std::vector<TaggedWords> sentences = {
      {all, tags, &corpus.tags},
      {{}, {}, &corpus.tags},
      {all.first(4), std::span(tags).first(4), &corpus.tags}};
  NameTagger::Text text;
  tagger.Read(sentences, &scratch, &text);
  tagger.Decide(&text, &names);
  ASSERT_EQ(names.size(), 3);
  EXPECT_EQ(names[0].size(), 400);
  EXPECT_TRUE(names[1].empty());
  EXPECT_EQ(names[2].size(), 1);
  tagger.Decide(&text, &names);
  EXPECT_TRUE(names.empty());
  EXPECT_FALSE(NameTagger::Parse(bytes.substr(0, bytes.size() - 1)).ok());
}

TEST(NameVariantsTest, AreCopiesInAnotherCaseOfSentencesWithNames) {
  const std::vector<NameLabel> labels = {kOutside,
                                         MakeNameLabel(NamePart::kBegin, NameKind::kPerson),
                                         MakeNameLabel(NamePart::kLast, NameKind::kPerson)};
  const train::NameCorpus corpus(100, {{"Tell", "Ann", "O'Neil"}, labels, /*corpus=*/3});
  std::set<std::string> seen;
  for (const train::NameSentence& variant : train::MakeNameVariants(corpus, 1, 1)) {
    EXPECT_EQ(variant.labels, corpus[0].labels);
    EXPECT_EQ(variant.corpus, 3);
    seen.insert(Cat(variant.forms[0], " ", variant.forms[1], " ", variant.forms[2]));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"tell ann o'neil", "Tell ann o'neil", "TELL ANN O'NEIL"}));
  EXPECT_LT(train::MakeNameVariants(corpus, 10, 1).size(), 30);
  EXPECT_TRUE(train::MakeNameVariants({{{"Nobody"}, {kOutside}}}, 1, 1).empty());
}

}  // namespace
}  // namespace entente::nlp
