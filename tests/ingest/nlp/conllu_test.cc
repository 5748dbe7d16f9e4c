#include "ingest/nlp/conllu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status.h"

namespace entente::nlp {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kSample =
    "# newdoc id = one\n"
    "# sent_id = 1\n"
    "1\tKim\tKim\tPROPN\tNNP\t_\t4\tnsubj\t_\tName=B-PER\n"
    "2-3\tdoesn’t\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "2\tdoes\tdo\tAUX\tVBZ\t_\t4\taux\t_\t_\n"
    "3\tn’t\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_\n"
    "3.1\tleft\tleave\tVERB\tVBD\t_\t_\t_\t0:root\t_\n"
    "4\tgo\tgo\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No\n"
    "5\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_\n"
    "\n"
    "# newpar\n"
    "1-2\tIts\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
    "1\tIt\tit\tPRON\tPRP\t_\t0\troot\t_\t_\n"
    "2\tis\tbe\tAUX\tVBZ\t_\t1\tnmod:npmod\t_\t_\n"
    "3\t!\t!\tPUNCT\t.\t_\t1\tpunct\t_\t_\n";

Document Read(std::string_view text) {
  absl::StatusOr<Document> document = ReadConllu(text, "sample");
  EXPECT_TRUE(document.ok()) << document.status();
  return document.ok() ? *std::move(document) : Document();
}

TEST(Conllu, RebuildsTheText) {
  const Document document = Read(kSample);
  EXPECT_EQ(document.text, "Kim doesn’t go.\n\nIts!");
  ASSERT_EQ(document.sentences.size(), 2);
  EXPECT_EQ(document.sentences[0].paragraph, 0);
  EXPECT_EQ(document.sentences[1].paragraph, 1);
}

TEST(Conllu, GivesTheWordsOfAMultiwordTokenTheirParts) {
  const Document document = Read(kSample);
  const std::vector<Token>& first = document.sentences[0].tokens;
  ASSERT_EQ(first.size(), 5);
  EXPECT_EQ(document.Text(first[1].span), "does");
  EXPECT_EQ(document.Text(first[2].span), "n’t");
  EXPECT_FALSE(first[1].space_after);
  EXPECT_TRUE(first[2].space_after);
  EXPECT_EQ(first[2].head, 3);
  EXPECT_EQ(first[3].head, -1);
  EXPECT_EQ(first[3].deprel, Deprel::kRoot);
  const std::vector<Token>& second = document.sentences[1].tokens;
  EXPECT_EQ(document.Text(second[0].span), "It");
  EXPECT_EQ(document.Text(second[1].span), "s");  // "is" is not in the surface form
  EXPECT_EQ(second[1].deprel, Deprel::kNmod);
  ASSERT_EQ(document.sentences[0].names.size(), 1);
  EXPECT_EQ(document.sentences[0].names[0].kind, NameKind::kPerson);
}

TEST(Conllu, WritesWhatItReads) {
  Document document = Read(kSample);
  document.sentences[0].kind = BlockKind::kHeadline;
  const std::string written = WriteConllu(document);
  EXPECT_THAT(written, HasSubstr("# block = headline\n"));
  EXPECT_THAT(written, HasSubstr("\tName=B-PER\n"));
  const Document again = Read(written);
  EXPECT_EQ(again.text, document.text);
  EXPECT_EQ(again.sentences[0].kind, BlockKind::kHeadline);
  EXPECT_EQ(WriteConllu(again), written);
}

std::string ErrorOf(std::string_view text, const ConlluLimits& limits = {}) {
  const absl::StatusOr<Document> document = ReadConllu(text, "bad.conllu", limits);
  return document.ok() ? "no error" : std::string(MessageOf(document.status()));
}

TEST(Conllu, NamesLineAndFaultOfBadInput) {
  EXPECT_THAT(ErrorOf("1\tword\n"), HasSubstr("bad.conllu:1: a CoNLL-U line has 10 columns"));
  EXPECT_THAT(ErrorOf("\n\n2\ta\ta\tNOUN\tNN\t_\t0\troot\t_\t_\n"),
              HasSubstr("bad.conllu:3: the word is numbered \"2\", expected 1"));
  EXPECT_THAT(ErrorOf("1\ta\ta\tNOUNS\tNN\t_\t0\troot\t_\t_\n"), HasSubstr("NOUNS"));
  EXPECT_THAT(ErrorOf("1\ta\ta\tNOUN\tNN\t_\t0\tsubject\t_\t_\n"), HasSubstr("subject"));
  EXPECT_THAT(ErrorOf("1\ta\ta\tNOUN\tNN\t_\t7\troot\t_\t_\n"), HasSubstr("the head 7"));
  EXPECT_THAT(ErrorOf("1\ta\ta\tNOUN\tNN\t_\tx\troot\t_\t_\n"), HasSubstr("column 7"));
  EXPECT_THAT(ErrorOf("1\t\ta\tNOUN\tNN\t_\t0\troot\t_\t_\n"), HasSubstr("column 2"));
  EXPECT_THAT(ErrorOf("1-3\tab\t_\t_\t_\t_\t_\t_\t_\t_\n"), HasSubstr("inside a multiword"));
  EXPECT_THAT(ErrorOf("# block = title\n"), HasSubstr("\"title\""));
  EXPECT_THAT(ErrorOf("1\ta\ta\tNOUN\tNN\t_\t0\troot\t_\tName=I-PER\n"),
              HasSubstr("continues no name"));
}

TEST(Conllu, KeepsItsLimits) {
  EXPECT_THAT(ErrorOf(kSample, {.bytes_max = 10}), HasSubstr("limit of 10"));
  EXPECT_THAT(ErrorOf(kSample, {.words_per_sentence_max = 3}), HasSubstr("more than 3 words"));
}

TEST(Conllu, ReadsUnparsedWords) {
  const Document document = Read("1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n");
  EXPECT_EQ(document.sentences[0].tokens[0].head, -1);
  EXPECT_EQ(document.sentences[0].tokens[0].deprel, Deprel::kNone);
}

}  // namespace
}  // namespace entente::nlp
