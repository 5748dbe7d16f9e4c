// Goal: the shipped model, lexicon, ontology and rules code the corpus of tests/testdata/coding as
// it says, and no known gap is forgotten once it is closed.
// Method: each file is a test; every expectation of every case is looked at, and a failure shows
// the sentence and what was made of it. With ENTENTE_UPDATE_MARKS=1 in the environment the files'
// "?" marks are set to what holds, for a look at the difference with git.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "ingest/coder/rule_coder.h"
#include "tests/ingest/coder/coding_corpus.h"

namespace entente::coder {
namespace {

constexpr char kFolder[] = ENTENTE_TESTDATA_DIR "/coding";

std::vector<std::string> Files() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".test") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class CodingTest : public ::testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<RuleCoder>> coder = RuleCoder::Load(ENTENTE_DATA_DIR);
    ASSERT_TRUE(coder.ok()) << coder.status();
    coder_ = std::move(coder).value();
  }
  static void TearDownTestSuite() { coder_.reset(); }

  static std::unique_ptr<RuleCoder> coder_;
};
std::unique_ptr<RuleCoder> CodingTest::coder_;

// A line of a file with the "?" behind its first word taken off or put on.
std::string Marked(std::string_view line, bool known_gap) {
  const size_t end = std::min(line.find(' '), line.size());
  std::string mark(line.substr(0, end));
  if (!mark.empty() && mark.back() == '?') mark.pop_back();
  return Cat(mark, known_gap ? "?" : "", line.substr(end));
}

// Writes `text` back to `file`, in which the marks of `wrong` expectations are turned round.
absl::Status UpdateMarks(const std::string& file, std::string_view text,
                         const std::vector<Expectation>& wrong) {
  std::vector<std::string> lines;
  for (const std::string_view line : Split(text, '\n')) lines.emplace_back(line);
  for (const Expectation& expectation : wrong) {
    std::string& line = lines[static_cast<size_t>(expectation.line) - 1];
    line = Marked(line, !expectation.known_gap);
  }
  std::string updated;
  for (size_t i = 0; i < lines.size(); ++i) updated += Cat(i == 0 ? "" : "\n", lines[i]);
  return WriteFileAtomically(file, updated);
}

TEST_P(CodingTest, IsCodedAsItSays) {
  const std::string file = Cat(kFolder, "/", GetParam(), ".test");
  const absl::StatusOr<std::string> text = ReadFile(file, 1 << 24);
  ASSERT_TRUE(text.ok()) << text.status();
  const absl::StatusOr<std::vector<CodingCase>> cases = ReadCodingCases(file, *text);
  ASSERT_TRUE(cases.ok()) << cases.status();
  ASSERT_FALSE(cases->empty());
  std::vector<Expectation> wrong;
  for (const CodingCase& one : *cases) {
    const absl::StatusOr<v1::CodedArticle> coded = coder_->Code(one.article, {});
    ASSERT_TRUE(coded.ok()) << one.name << ": " << coded.status();
    for (const Expectation& expectation : one.expectations) {
      const bool holds = Holds(expectation, one.expectations, *coded);
      if (holds != expectation.known_gap) continue;
      wrong.push_back(expectation);
      ADD_FAILURE_AT(file.c_str(), expectation.line)
          << one.article.text() << "\n"
          << (holds ? "holds now, so take the \"?\" off: " : "does not hold: ") << expectation.text
          << "\nWhat was coded:\n"
          << Describe(*coded);
    }
  }
  if (!wrong.empty() && std::getenv("ENTENTE_UPDATE_MARKS") != nullptr) {
    EXPECT_TRUE(UpdateMarks(file, *text, wrong).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, CodingTest, ::testing::ValuesIn(Files()),
                         [](const auto& test) { return test.param; });

// The reader itself.
TEST(CodingCorpusTest, ReadsACase) {
  const auto cases = ReadCodingCases("f", R"(# A comment.

## first
date: 2023-09-22
title: A title
> One line.
>
> Another.
+ aid/military planned giver=USA*,GBR cameo=03*
-? arms_deal *
only
)");
  ASSERT_TRUE(cases.ok()) << cases.status();
  ASSERT_EQ(cases->size(), 1u);
  const CodingCase& one = cases->front();
  EXPECT_EQ(one.article.text(), "One line.\n\nAnother.");
  EXPECT_EQ(one.article.title(), "A title");
  EXPECT_EQ(one.article.publish_date(), "2023-09-22");
  ASSERT_EQ(one.expectations.size(), 3u);
  EXPECT_EQ(one.expectations[0].subtype, "military");
  EXPECT_EQ(one.expectations[0].keys.size(), 2u);
  EXPECT_TRUE(one.expectations[1].known_gap);
  EXPECT_EQ(one.expectations[1].line, 10);
}

TEST(CodingCorpusTest, RefusesWhatItDoesNotKnow) {
  for (const char* bad :
       {"> no case\n", "## a\n> x\n", "## a\n+ aid occurred\n", "## a\n> x\n* aid occurred\n",
        "## a\n> x\n+ aid\n", "## a\n> x\n+ aid happened\n", "## a\n> x\n+ aid occurred giver\n",
        "## a\n> x\nnone at all\n", "## a\n> x\nnone\n## a\n> x\nnone\n"}) {
    EXPECT_FALSE(ReadCodingCases("f", bad).ok()) << bad;
  }
}

TEST(CodingCorpusTest, ComparesEventsWithDescriptions) {
  v1::CodedArticle coded;
  v1::Event* event = coded.add_events();
  event->set_type("arms_deal");
  event->set_status(v1::DENIED);
  event->set_cameo("072");
  event->mutable_arms_deal()->add_materiel("anti-tank missiles");
  v1::Participant* supplier = event->add_participants();
  supplier->set_role("supplier");
  supplier->set_actor("RUS.GOV");
  supplier->set_code("RUSGOV");
  const auto holds = [&](const std::string& line) {
    const auto cases = ReadCodingCases("f", Cat("## a\n> x\n", line, "\n"));
    EXPECT_TRUE(cases.ok()) << cases.status();
    return Holds(cases->at(0).expectations.back(), cases->at(0).expectations, coded);
  };
  EXPECT_TRUE(holds("+ arms_deal denied supplier=RUS* recipient=! cameo=07*"));
  EXPECT_TRUE(holds("+ * * supplier=RUSGOV detail.materiel=tank_missiles"));
  EXPECT_FALSE(holds("+ arms_deal occurred"));
  EXPECT_FALSE(holds("+ arms_deal/sale denied"));
  EXPECT_FALSE(holds("+ arms_deal denied supplier=RUS"));
  EXPECT_FALSE(holds("+ arms_deal denied supplier=RUS*,PRK*"));
  EXPECT_TRUE(holds("- arms_deal occurred"));
  EXPECT_FALSE(holds("none"));
  EXPECT_FALSE(holds("only"));
  EXPECT_TRUE(holds("+ arms_deal denied\nonly"));
}

}  // namespace
}  // namespace entente::coder
