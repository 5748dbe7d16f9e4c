// The whole language core with the model that ships: what must hold for any text, and a few plain
// sentences that it must get right.
#include "ingest/nlp/pipeline.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "ingest/nlp/conllu.h"

namespace entente::nlp {
namespace {

const Pipeline& Shared() {
  static const std::unique_ptr<Pipeline> pipeline = [] {
    absl::StatusOr<std::unique_ptr<Pipeline>> loaded = Pipeline::Load(ENTENTE_DATA_DIR);
    EXPECT_TRUE(loaded.ok()) << loaded.status();
    return *std::move(loaded);
  }();
  return *pipeline;
}

// Every sentence is a tree over its words: one root, heads within it, no cycles; names are sorted
// and lie within it.
void ExpectSound(const Document& document) {
  for (const Sentence& sentence : document.sentences) {
    const auto count = static_cast<int32_t>(sentence.tokens.size());
    int roots = 0;
    for (int32_t i = 0; i < count; ++i) {
      const Token& token = sentence.tokens[i];
      EXPECT_FALSE(token.lemma.empty());
      EXPECT_NE(token.upos, Upos::kNone);
      EXPECT_NE(token.deprel, Deprel::kNone);
      ASSERT_LT(token.head, count);
      roots += token.head == -1;
      int32_t steps = 0;
      for (int32_t at = i; at != -1 && steps <= count; ++steps) at = sentence.tokens[at].head;
      EXPECT_LE(steps, count) << "a cycle";
    }
    EXPECT_EQ(roots, 1);
    int32_t after = -1;
    for (const Name& name : sentence.names) {
      EXPECT_GT(name.first, after);
      EXPECT_LE(name.first, name.last);
      EXPECT_LT(name.last, count);
      after = name.last;
    }
  }
}

std::string RelationOf(const Document& document, std::string_view word) {
  for (const Sentence& sentence : document.sentences) {
    for (const Token& token : sentence.tokens) {
      if (document.Text(token.span) != word) continue;
      const std::string head =
          token.head < 0 ? "ROOT" : std::string(document.Text(sentence.tokens[token.head].span));
      return std::string(DeprelName(token.deprel)) + " of " + head;
    }
  }
  return "no such word";
}

TEST(Pipeline, ParsesAPlainSentence) {
  const Document document = Shared().Analyze("The minister met Philip Goldberg in Seoul.");
  ExpectSound(document);
  EXPECT_EQ(RelationOf(document, "minister"), "nsubj of met");
  EXPECT_EQ(RelationOf(document, "met"), "root of ROOT");
  EXPECT_EQ(RelationOf(document, "Philip"), "obj of met");
  EXPECT_EQ(RelationOf(document, "Goldberg"), "flat of Philip");
  EXPECT_EQ(document.sentences[0].tokens[2].lemma, "meet");
  ASSERT_EQ(document.sentences[0].names.size(), 2);
  EXPECT_EQ(document.sentences[0].names[0].kind, NameKind::kPerson);
  EXPECT_EQ(document.sentences[0].names[1].kind, NameKind::kLocation);
}

TEST(Pipeline, FindsTheVerbOfAHeadline) {
  const Document ban = Shared().Analyze("U.S. Lifts Travel Ban to Lebanon");
  ExpectSound(ban);
  EXPECT_EQ(RelationOf(ban, "Lifts"), "root of ROOT");
  EXPECT_EQ(RelationOf(ban, "U.S."), "nsubj of Lifts");
  EXPECT_EQ(RelationOf(ban, "Ban"), "obj of Lifts");
  const Document putin = Shared().Analyze("Putin Says Russia Will Respond To Sanctions");
  EXPECT_EQ(RelationOf(putin, "Putin"), "nsubj of Says");
  EXPECT_EQ(RelationOf(putin, "Russia"), "nsubj of Respond");
  const Document shouted = Shared().Analyze("RUSSIA CONDEMNS NEW SANCTIONS AGAINST IRAN");
  EXPECT_EQ(RelationOf(shouted, "RUSSIA"), "nsubj of CONDEMNS");
}

TEST(Pipeline, LeavesNamesOfManyWordsAlone) {
  const Document document =
      Shared().Analyze("Ministry of Foreign Affairs of the Russian Federation");
  for (const Token& token : document.sentences[0].tokens) EXPECT_NE(token.upos, Upos::kVerb);
}

TEST(Pipeline, MendsLemmas) {
  const Document document = Shared().Analyze("The government conceded defeat.");
  EXPECT_EQ(document.sentences[0].tokens[2].lemma, "concede");
}

TEST(Pipeline, SeesPastTypography) {
  const Document straight = Shared().Analyze("Russia's army didn't \"withdraw\" - it fled.");
  const Document curly = Shared().Analyze("Russia’s army didn’t “withdraw” - it fled.");
  ASSERT_EQ(straight.sentences.size(), curly.sentences.size());
  const std::vector<Token>& a = straight.sentences[0].tokens;
  const std::vector<Token>& b = curly.sentences[0].tokens;
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].lemma, b[i].lemma);
    EXPECT_EQ(a[i].xpos, b[i].xpos);
    EXPECT_EQ(a[i].head, b[i].head);
  }
}

TEST(Pipeline, IsSoundOnHostileText) {
  std::string long_sentence = "The army";
  for (int i = 0; i < 5000; ++i) long_sentence += " and the navy";
  const std::string line(1 << 20, 'x');
  for (const std::string& text :
       {std::string(), std::string(" \n "), std::string("."), long_sentence, line,
        std::string("PUTIN, KIM MEET AT SPACEPORT"), std::string("\xFF\xFE\x80 \xC3"),
        std::string("한국과 러시아가 만났다. 北朝鮮はロシアと会談した。"),
        std::string("‮gnihtemos‬ zero\xE2\x80\x8Bwidth 👍🏽 \x01\x02"),
        std::string(3000, '('), std::string("a\n\n\n\n\nb")}) {
    ExpectSound(Shared().Analyze(text));
  }
}

TEST(Pipeline, GivesTheSameToEveryThread) {
  const std::string text =
      "Kim Jong Un met Vladimir Putin on Wednesday. They agreed to sign a treaty, officials said.";
  const std::string expected = WriteConllu(Shared().Analyze(text));
  std::vector<std::string> results(8);
  std::vector<std::thread> threads;
  for (std::string& result : results) {
    threads.emplace_back([&result, &text] {
      for (int i = 0; i < 20; ++i) result = WriteConllu(Shared().Analyze(text));
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& result : results) EXPECT_EQ(result, expected);
}

TEST(Pipeline, NamesTheFileThatItCannotLoad) {
  const absl::StatusOr<std::unique_ptr<Pipeline>> missing = Pipeline::Load("/no/such/folder");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound);
  EXPECT_NE(MessageOf(missing.status()).find("/no/such/folder/model/"), std::string_view::npos);
}

}  // namespace
}  // namespace entente::nlp
