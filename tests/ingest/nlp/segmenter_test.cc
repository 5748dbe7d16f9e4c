// Words, sentences and blocks from text. Every test also checks what holds for any text: spans lie
// in the text in order, without overlap, and are never empty.
#include "ingest/nlp/segmenter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "ingest/nlp/normalize.h"
#include "ingest/nlp/sentence_splitter.h"
#include "ingest/nlp/tokenizer.h"

namespace entente::nlp {
namespace {

using ::testing::ElementsAre;

Document Segment(std::string_view text) {
  Document document;
  document.text = std::string(text);
  Segmenter segmenter;
  segmenter.Segment(&document);
  uint32_t position = 0;
  int32_t paragraph = 0;
  for (const Sentence& sentence : document.sentences) {
    EXPECT_FALSE(sentence.tokens.empty());
    EXPECT_LE(sentence.tokens.size(), kSentenceWordsMax);
    EXPECT_GE(sentence.paragraph, paragraph);
    paragraph = sentence.paragraph;
    EXPECT_EQ(sentence.span.begin, sentence.tokens.front().span.begin);
    EXPECT_EQ(sentence.span.end, sentence.tokens.back().span.end);
    for (const Token& token : sentence.tokens) {
      EXPECT_GE(token.span.begin, position);
      EXPECT_LT(token.span.begin, token.span.end);
      EXPECT_LE(token.span.end, document.text.size());
      position = token.span.end;
    }
  }
  return document;
}

// Words parted by spaces, sentences by " / ".
std::string Words(std::string_view text) {
  const Document document = Segment(text);
  std::string out;
  for (const Sentence& sentence : document.sentences) {
    if (!out.empty()) out += " /";
    for (const Token& token : sentence.tokens) {
      if (!out.empty()) out += " ";
      out += document.Text(token.span);
    }
  }
  return out;
}

std::vector<std::string> Sentences(std::string_view text) {
  const Document document = Segment(text);
  std::vector<std::string> sentences;
  for (const Sentence& sentence : document.sentences) {
    sentences.emplace_back(document.Text(sentence.span));
  }
  return sentences;
}

std::vector<BlockKind> Kinds(std::string_view text) {
  std::vector<BlockKind> kinds;
  for (const Sentence& sentence : Segment(text).sentences) kinds.push_back(sentence.kind);
  return kinds;
}

TEST(Layout, CutsDatelinesOfEverySort) {
  for (const auto& [dateline, body] : std::vector<std::pair<std::string, std::string>>{
           {"KABUL (Pajhwok):", "President Ghani has held talks in Herat."},
           {"MOSCOW (Sputnik) -", "A court has fined the firm."},
           {"SAN FRANCISCO -", "The ACLU is suing the FBI."},
           {"JERUSALEM (AP) --", "A Saudi dissident was detained."}}) {
    const std::string text = dateline + " " + body;
    EXPECT_THAT(Sentences(text), ElementsAre(dateline, body));
    EXPECT_THAT(Kinds(text), ElementsAre(BlockKind::kDateline, BlockKind::kBody));
  }
  EXPECT_THAT(Sentences("President Moon (again): No deal is near."),
              ElementsAre("President Moon (again): No deal is near."));
}

TEST(Tokenizer, CutsCliticsOff) {
  EXPECT_EQ(Words("I don't think it's Korea's."), "I do n't think it 's Korea 's .");
  EXPECT_EQ(Words("We can’t, they’ll, you’ve"), "We ca n’t , they ’ll , you ’ve");
  EXPECT_EQ(Words("He cannot; she's gonna"), "He can not ; she 's gon na");
  EXPECT_EQ(Words("the ministers' talks"), "the ministers ' talks");
  EXPECT_EQ(Words("They shouldn't've gone in the 1960's"),
            "They should n't 've gone in the 1960's");
  EXPECT_EQ(Words("O'Brien of the coup d'etat at 5 o'clock"),
            "O'Brien of the coup d'etat at 5 o'clock");
}

TEST(Tokenizer, CutsHyphensButForPrefixesAndGivenNames) {
  EXPECT_EQ(Words("a state-owned search-engine"), "a state - owned search - engine");
  EXPECT_EQ(Words("inter-Korean non-proliferation and co-operation"),
            "inter-Korean non-proliferation and co-operation");
  EXPECT_EQ(Words("Kim Jong-un and Kim Yung-ho met Tsai Ing-wen"),
            "Kim Jong-un and Kim Yung-ho met Tsai Ing-wen");
  EXPECT_EQ(Words("al-Qaeda, F-16s"), "al - Qaeda , F - 16s");
}

TEST(Tokenizer, KeepsAbbreviationsWithTheirFullStop) {
  EXPECT_EQ(Words("Gen. Smith of the U.S. met N. Korea's Dr. Lee."),
            "Gen. Smith of the U.S. met N. Korea 's Dr. Lee .");
  EXPECT_EQ(Words("J. R. Smith, No. 5, at 3 p.m. on Sept. 22"),
            "J. R. Smith , No. 5 , at 3 p.m. on Sept. 22");
  EXPECT_EQ(Words("He said no. Mr.Lee, N.Korea"), "He said no . / Mr. Lee , N. Korea");
  EXPECT_EQ(Words("Springfield, Mass. is old"), "Springfield , Mass. is old");
}

TEST(Tokenizer, CutsMoneyAndUnits) {
  EXPECT_EQ(Words("$1,234,567.50 or US$5m, 35mm, 7:30PM, 50%, £2bn"),
            "$ 1,234,567.50 or US$ 5 m , 35 mm , 7:30 PM , 50 % , £ 2 bn");
  EXPECT_EQ(Words("call 713-853-3989 on 2001-11-20 or 9/11"),
            "call 713-853-3989 on 2001-11-20 or 9/11");
  EXPECT_EQ(Words("2010–2012 and 3-4"), "2010 – 2012 and 3 - 4");
}

TEST(Tokenizer, KeepsWebThingsWhole) {
  EXPECT_EQ(Words("See https://example.org/a-b?c=d, mail a.b@c.org, www.x.com or bbc.co.uk/news."),
            "See https://example.org/a-b?c=d , mail a.b@c.org , www.x.com or bbc.co.uk/news .");
  EXPECT_EQ(Words("@POTUS said #peace :-)"), "@POTUS said #peace :-)");
}

TEST(Tokenizer, TakesRunsOfMarksAsOne) {
  EXPECT_EQ(Words("Wait... what?! -- no"), "Wait ... what ?! -- no");
  EXPECT_EQ(Words("“Yes,” he said—twice."), "“ Yes , ” he said — twice .");
}

TEST(Tokenizer, ReadsHtmlLeftOvers) {
  EXPECT_EQ(Words("AT&amp;T doesn&rsquo;t&nbsp;pay"), "AT&amp;T does n&rsquo;t pay");
  EXPECT_EQ(Words("a <b>bold</b> <i>word</i>"), "a bold word");
  EXPECT_EQ(Words("a < b and c &unknown; d"), "a < b and c & unknown ; d");
  EXPECT_EQ(NormalizedForm("n&rsquo;t"), "n't");
}

TEST(Tokenizer, KeepsOddCharactersInOrder) {
  EXPECT_EQ(Words("caf\xE9 na\xC3\xAFve"), "caf\xE9 na\xC3\xAFve");
  EXPECT_EQ(Words("zero\xE2\x80\x8Bwidth \xE2\x80\x8Fmark\xE2\x80\x8F"),
            "zero\xE2\x80\x8Bwidth mark");
  EXPECT_EQ(Words("ok 👍🏽 🇰🇷 👩‍🚀!"), "ok 👍🏽 🇰🇷 👩‍🚀 !");
  EXPECT_EQ(Words(std::string_view("a\0b\x01 c", 6)), "a b c");
  EXPECT_EQ(Words(""), "");
  EXPECT_EQ(Words("\xE2\x80\x8B \n\t"), "");
}

TEST(SentenceSplitter, EndsAtMarksWithTheirClosers) {
  EXPECT_THAT(Sentences("He left. She stayed! Why? No one knows."),
              ElementsAre("He left.", "She stayed!", "Why?", "No one knows."));
  EXPECT_THAT(Sentences("“We will act.” He left. (It was late.) Then night fell."),
              ElementsAre("“We will act.”", "He left.", "(It was late.)", "Then night fell."));
}

TEST(SentenceSplitter, GoesOnAfterAbbreviationsAndInitials) {
  EXPECT_THAT(Sentences("Gen. Kim met U.S. President George W. Bush at 5 p.m. Tuesday."),
              ElementsAre("Gen. Kim met U.S. President George W. Bush at 5 p.m. Tuesday."));
  EXPECT_THAT(Sentences("He went to the U.S. The visit ended at 5 p.m. He then left."),
              ElementsAre("He went to the U.S.", "The visit ended at 5 p.m.", "He then left."));
  EXPECT_THAT(Sentences("It grew by 3.5 percent to No. 2 in Inc. magazine."),
              ElementsAre("It grew by 3.5 percent to No. 2 in Inc. magazine."));
}

TEST(SentenceSplitter, GoesOnAfterAQuotedQuestion) {
  EXPECT_THAT(Sentences("“Will he come?” asked Kim. “Never!” Mr. Putin said."),
              ElementsAre("“Will he come?” asked Kim.", "“Never!” Mr. Putin said."));
}

TEST(SentenceSplitter, CutsWhatIsTooLong) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "word, ";
  const Document document = Segment(text);
  EXPECT_GE(document.sentences.size(), 10000 / kSentenceWordsMax);
}

TEST(Layout, TellsHeadlinesBodyAndFurniture) {
  EXPECT_THAT(Kinds("Putin, Kim meet at spaceport\n\nThe two leaders met on Wednesday.\n\n"
                    "Most Popular"),
              ElementsAre(BlockKind::kHeadline, BlockKind::kBody, BlockKind::kOther));
  EXPECT_THAT(Kinds("Wednesday, April 17, 2024\nBy Jane Doe\nThe army fired two shells.\n"
                    "• first point of the list\nPhoto: a tank in Kyiv"),
              ElementsAre(BlockKind::kOther, BlockKind::kOther, BlockKind::kBody, BlockKind::kOther,
                          BlockKind::kOther));
  EXPECT_THAT(Kinds("the army fired two shells"), ElementsAre(BlockKind::kBody));
}

TEST(Layout, FindsDatelines) {
  EXPECT_THAT(Sentences("SEOUL, Sept. 22 (Yonhap) — The minister met him."),
              ElementsAre("SEOUL, Sept. 22 (Yonhap) —", "The minister met him."));
  EXPECT_THAT(Sentences("Kyiv (Reuters) - Ukraine said so."),
              ElementsAre("Kyiv (Reuters) -", "Ukraine said so."));
  EXPECT_THAT(Kinds("WASHINGTON — Talks began."),
              ElementsAre(BlockKind::kDateline, BlockKind::kBody));
  EXPECT_THAT(Kinds("NATO — the alliance of 31 — met."), ElementsAre(BlockKind::kBody));
  EXPECT_THAT(Kinds("Kim – the leader – met Putin."), ElementsAre(BlockKind::kBody));
}

TEST(Layout, JoinsHardWrappedLines) {
  const std::string text =
      "The foreign minister of the republic said on Friday that the\n"
      "talks would go on for as long as both sides saw reason to\n"
      "hope for an end of the war, and that he would travel again.\n"
      "Nobody else spoke.\n\n"
      "His deputy said that a second round might be held in October\n"
      "in the same town.\n";
  EXPECT_EQ(Sentences(text).size(), 3);
}

TEST(Layout, EndsParagraphsAtLineEndsOfOtherText) {
  const Document document = Segment("He claimed:\n\nAll members must act.\n<p>Next one.</p>Last.");
  ASSERT_EQ(document.sentences.size(), 4);
  EXPECT_EQ(document.sentences[3].paragraph, 3);
}

// Time must grow in proportion to the text. The bound is generous: quadratic time would take
// minutes.
TEST(Segmenter, IsLinearOnHostileText) {
  constexpr size_t kBytes = 1 << 18;
  for (const std::string_view piece : {"a",
                                       "a-",
                                       "a.",
                                       "a,",
                                       "a;",
                                       "1,",
                                       "1-",
                                       "'",
                                       "’s",
                                       "<a",
                                       "<!--",
                                       "&",
                                       "&#",
                                       "a@",
                                       "://a",
                                       "\"",
                                       "(",
                                       ". ",
                                       "\n",
                                       "- \n",
                                       "A ",
                                       "SEOUL — ",
                                       "\xFF",
                                       "👍",
                                       "\xE2\x80\x8B",
                                       "字",
                                       "...",
                                       "Mr.",
                                       "a:",
                                       "http://",
                                       "x/y",
                                       "word word word word word word\n"}) {
    std::string text;
    while (text.size() < kBytes) text += piece;
    const auto start = std::chrono::steady_clock::now();
    Segment(text);
    const auto spent = std::chrono::steady_clock::now() - start;
    EXPECT_LT(spent, std::chrono::seconds(5)) << piece;
  }
}

TEST(Segmenter, CutsWordsWithoutEnd) {
  const Document document = Segment(std::string(5000, 'x'));
  ASSERT_EQ(document.sentences.size(), 1);
  EXPECT_EQ(document.sentences[0].tokens.size(), 5000 / kWordUnitsMax);
}

}  // namespace
}  // namespace entente::nlp
