// Goal: each fault of a table is told at its place, a sound table has none, and the shipped tables
// are sound. Method: small tables with one fault each, beside the shipped lexicon.
#include "ingest/dictionary/lexicon_check.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::dictionary {
namespace {

using knowledge::LexiconFile;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const knowledge::Lexicon& Ours() {
  static const auto* const kOurs =
      new std::unique_ptr<knowledge::Lexicon>(*knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {}));
  return **kOurs;
}

std::vector<std::string> Check(const std::string& name, const std::string& rows) {
  std::vector<std::string> texts;
  for (const Finding& finding : CheckLexicon({{name, rows, 1}}, Ours(), false)) {
    texts.push_back(finding.Text());
  }
  return texts;
}

constexpr char kPeople[] = "person\tname\taliases\tcountry\tsector\toffice\tfrom\tto\n";
constexpr char kOrganizations[] = "id\tkind\tcountry\tsector\tname\taliases\tfrom\tto\n";
constexpr char kNames[] = "phrase\tactor\tcountry\tsector\n";
constexpr char kRoles[] = "phrase\tsector\tkind\tnumber\n";

TEST(LexiconCheckTest, ASoundTableHasNoFindings) {
  EXPECT_THAT(Check("offices.tsv", Cat("# ours\n", kPeople,
                                       "person:jane-x\tJane Exampleson\tExampleson\tFRA\tGOV\t\t"
                                       "2001-01-01\t2005-12-31\n"
                                       "person:jane-x\tJane Exampleson\tExampleson\tFRA\tELI\t\t"
                                       "2006-01-01\t\n")),
              IsEmpty());
  EXPECT_THAT(Check("metonyms.tsv",
                    Cat(kNames, "Sample Palace\tFRA.GOV\tFRA\tGOV\n", "Samplestan\tFRA\tFRA\t\n")),
              IsEmpty());
  EXPECT_THAT(Check("role_nouns.tsv", Cat(kRoles, "samplewright\tBUS\tperson\tsg\n")), IsEmpty());
}

TEST(LexiconCheckTest, EachFaultIsToldAtItsPlace) {
  EXPECT_THAT(Check("offices.tsv", "person\tname\n"),
              ElementsAre(HasSubstr("offices.tsv:1:1: error: the columns should be")));
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, "person:x\tX Y\n")),
              ElementsAre(HasSubstr("offices.tsv:2:13: error: 2 cells")));
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, "person:x\tXa Ya\t\tQQQ\tXXX\t\t\t\n")),
              ElementsAre("offices.tsv:2:17: error: \"QQQ\" is no code of a state, nor UNO, EUR or "
                          "IGO",
                          "offices.tsv:2:21: error: \"XXX\" is no sector; docs/lexicon.md lists "
                          "them"));
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, "person:x\tXa Ya\t\tFRA\tGOV\t\t2005\t2004\n")),
              ElementsAre(HasSubstr("offices.tsv:2:31: error: the period ends before it begins")));
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, "person:x\tXa Ya\t...\tFRA\tGOV\t\t\t\n")),
              ElementsAre(HasSubstr("offices.tsv:2:16: error: no text can have \"...\"")));
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, "person:x\tXa Ya\t\tFRA\tGOV\tsamplekeeper\t\t\n")),
              ElementsAre(HasSubstr("offices.tsv:2:25: warning: no phrase names the office")));
  EXPECT_THAT(Check("metonyms.tsv", Cat(kNames, "Sample Palace\tFRAGOV\tFRA\tGOV\n")),
              ElementsAre(HasSubstr("metonyms.tsv:2:15: error: \"FRAGOV\" is no actor")));
  EXPECT_THAT(Check("organizations.tsv", Cat(kOrganizations, "org:x\tCLUB\tFRA\tBUS\tXa\t\t\t\n")),
              ElementsAre(HasSubstr("organizations.tsv:2:7: error: \"CLUB\" is not one of")));
  EXPECT_THAT(Check("role_nouns.tsv", Cat(kRoles, "samplewright\tBUS\tthing\tsg\n")),
              ElementsAre(HasSubstr("role_nouns.tsv:2:18: error: \"thing\" is not one of")));
  EXPECT_THAT(Check("people.tsv", kPeople),
              ElementsAre(HasSubstr("people.tsv:1:1: warning: no table of that name is read")));
}

TEST(LexiconCheckTest, RowsThatRepeatOrContradictEachOther) {
  const std::string row = "person:x\tXa Ya\t\tFRA\tGOV\t\t2001-01-01\t2003-01-01\n";
  EXPECT_THAT(Check("offices.tsv", Cat(kPeople, row, row)),
              ElementsAre("offices.tsv:3:1: error: the same row as line 2"));
  EXPECT_THAT(
      Check("offices.tsv", Cat(kPeople, row, "person:x\tXa Ya\t\tFRA\tELI\t\t2002-01-01\t\n")),
      ElementsAre("offices.tsv:3:1: error: person:x is FRAELI here and FRAGOV in line 2 at "
                  "the same time"));
  EXPECT_THAT(
      Check("offices.tsv", Cat(kPeople, row, "person:y\tXa Ya\t\tSWE\tGOV\t\t2002-01-01\t\n")),
      ElementsAre(HasSubstr("offices.tsv:3:10: warning: \"Xa Ya\" is SWEGOV here and FRAGOV "
                            "(person:x) in line 2")));
  EXPECT_THAT(Check("role_nouns.tsv", Cat(kRoles, "samplewright\tBUS\tperson\tsg\n",
                                          "samplewright\tMIL\tperson\tsg\n")),
              ElementsAre(HasSubstr("role_nouns.tsv:3:1: error: \"samplewright\" is role MIL here "
                                    "and role BUS in line 2")));
}

TEST(LexiconCheckTest, ANameThatHidesOneOfOursIsAWarning) {
  EXPECT_THAT(
      Check("metonyms.tsv", Cat(kNames, "Greenpeace\tFRA\tFRA\t\n")),
      ElementsAre(HasSubstr("metonyms.tsv:2:1: warning: \"Greenpeace\" hides what our tables "
                            "have it for: organisation org:greenpeace")));
  // The same meaning hides nothing.
  EXPECT_THAT(Check("metonyms.tsv", Cat(kNames, "Sweden\tSWE\tSWE\t\n")), IsEmpty());
}

TEST(LexiconCheckTest, AFaultDoesNotHideTheNext) {
  EXPECT_THAT(Check("role_nouns.tsv", Cat(kRoles, "a\n", "\xff\n", std::string(70000, 'x'), "\n",
                                          "samplewright\tXXX\tperson\tsg\n")),
              ElementsAre(HasSubstr(":2:"), HasSubstr(":3:1: error: not UTF-8"),
                          HasSubstr(":4:1: error: the line has 70000 bytes"),
                          HasSubstr(":5:14: error: \"XXX\" is no sector")));
}

TEST(LexiconCheckTest, TheShippedTablesHaveNoErrors) {
  std::vector<LexiconFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(ENTENTE_DATA_DIR "/lexicon")) {
    if (entry.path().extension() != ".tsv") continue;
    std::ostringstream contents;
    contents << std::ifstream(entry.path()).rdbuf();
    files.push_back({entry.path().filename().string(), contents.str(), 0});
  }
  ASSERT_EQ(files.size(), 10U);
  for (const Finding& finding : CheckLexicon(files, Ours(), true)) {
    EXPECT_TRUE(finding.warning) << finding.Text();
  }
}

}  // namespace
}  // namespace entente::dictionary
