#include "ingest/nlp/lemmatizer.h"

#include <gtest/gtest.h>

#include <string>

#include "ingest/nlp/conllu.h"
#include "ingest/nlp/train/lemma_trainer.h"

namespace entente::nlp {
namespace {

// A treebank of one sentence with these words: form, lemma, UPOS, XPOS.
std::string Treebank(const std::vector<std::array<std::string, 4>>& words) {
  std::string text;
  int number = 0;
  for (const auto& [form, lemma, upos, xpos] : words) {
    text += std::to_string(++number) + "\t" + form + "\t" + lemma + "\t" + upos + "\t" + xpos +
            "\t_\t_\t_\t_\t_\n";
  }
  return text;
}

Lemmatizer Train() {
  train::LemmaTrainer trainer;
  trainer.Add(*ReadConllu(Treebank({{"talks", "talk", "NOUN", "NNS"},
                                    {"weapons", "weapon", "NOUN", "NNS"},
                                    {"parties", "party", "NOUN", "NNS"},
                                    {"countries", "country", "NOUN", "NNS"},
                                    {"men", "man", "NOUN", "NNS"},
                                    {"went", "go", "VERB", "VBD"},
                                    {"walked", "walk", "VERB", "VBD"},
                                    {"talked", "talk", "VERB", "VBD"},
                                    {"States", "State", "PROPN", "NNPS"},
                                    {"n't", "not", "PART", "RB"}}),
                          "treebank"));
  return *Lemmatizer::Parse(Lemmatizer::Serialize(trainer.Rules()));
}

std::string Lemma(const Lemmatizer& lemmatizer, std::string_view form, Upos upos,
                  std::string_view xpos) {
  std::string lemma;
  lemmatizer.Lemmatize(form, upos, xpos, &lemma);
  return lemma;
}

TEST(Lemmatizer, AppliesEndingsToUnseenWords) {
  const Lemmatizer lemmatizer = Train();
  EXPECT_EQ(Lemma(lemmatizer, "Ministers", Upos::kNoun, "NNS"), "minister");
  EXPECT_EQ(Lemma(lemmatizer, "armies", Upos::kNoun, "NNS"), "army");
  EXPECT_EQ(Lemma(lemmatizer, "attacked", Upos::kVerb, "VBD"), "attack");
}

TEST(Lemmatizer, KnowsExceptions) {
  const Lemmatizer lemmatizer = Train();
  EXPECT_EQ(Lemma(lemmatizer, "men", Upos::kNoun, "NNS"), "man");
  EXPECT_EQ(Lemma(lemmatizer, "went", Upos::kVerb, "VBD"), "go");
  EXPECT_EQ(Lemma(lemmatizer, "N’T", Upos::kPart, "RB"), "not");
}

TEST(Lemmatizer, KeepsTheCaseOfProperNouns) {
  const Lemmatizer lemmatizer = Train();
  EXPECT_EQ(Lemma(lemmatizer, "States", Upos::kPropn, "NNPS"), "State");
  EXPECT_EQ(Lemma(lemmatizer, "Éire", Upos::kPropn, "NNP"), "Éire");
  EXPECT_EQ(Lemma(lemmatizer, "ÉTAT", Upos::kNoun, "NN"), "état");
}

TEST(Lemmatizer, RefusesDamagedBytes) {
  const std::string bytes = Lemmatizer::Serialize({{"NNS", "s", false, {1, ""}}});
  EXPECT_TRUE(Lemmatizer::Parse(bytes).ok());
  EXPECT_FALSE(Lemmatizer::Parse(bytes.substr(0, bytes.size() - 1)).ok());
  EXPECT_FALSE(Lemmatizer::Parse(bytes + "x").ok());
}

TEST(Lemmatizer, NeverGivesAnEmptyLemma) {
  const Lemmatizer lemmatizer({{"X", "", false, {3, ""}}});
  EXPECT_EQ(Lemma(lemmatizer, "abc", Upos::kX, "X"), "abc");
  EXPECT_EQ(Lemma(lemmatizer, "ab", Upos::kX, "X"), "ab");
}

}  // namespace
}  // namespace entente::nlp
