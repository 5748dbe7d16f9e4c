// Goal: dictionaries become the tables that their authors mean, everything that is not understood
// is told, and what is made can be loaded and resolves names at the date of the text. Method: cases
// in tests/testdata/dictionary, run with the shipped lexicon beside them; random times against a
// naive oracle that looks at each day; random bytes.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/coder/actor_resolver.h"
#include "ingest/dictionary/lexicon_check.h"
#include "ingest/dictionary/lexicon_maker.h"
#include "ingest/dictionary/own_table.h"
#include "ingest/dictionary/petrarch.h"
#include "ingest/knowledge/ontology.h"
#include "tests/ingest/temp_folder.h"

namespace entente::dictionary {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What an import made.
struct Made {
  std::vector<std::string> rows;  // "offices.tsv cell | cell"
  std::vector<Refusal> refusals;
  MakerCounts counts;
  std::vector<knowledge::LexiconFile> tables;
};

// The shipped tables, loaded once.
struct Ours {
  std::unique_ptr<const knowledge::Ontology> ontology;
  std::unique_ptr<knowledge::Lexicon> lexicon;
  std::unique_ptr<ingest::CodeTables> tables;
  std::unique_ptr<ActorCodes> codes;
};
const Ours& Shipped() {
  static const Ours* const kOurs = [] {
    auto* ours = new Ours;
    ours->ontology = *knowledge::Ontology::Load(ENTENTE_DATA_DIR);
    ours->lexicon = *knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
    ours->tables = std::make_unique<ingest::CodeTables>(
        *ingest::CodeTables::Load(ENTENTE_DATA_DIR, *ours->ontology, *ours->lexicon));
    ours->codes = std::make_unique<ActorCodes>(ours->tables.get(), ours->lexicon.get());
    return ours;
  }();
  return *kOurs;
}

std::vector<std::string> RowsOf(const std::vector<knowledge::LexiconFile>& tables) {
  std::vector<std::string> rows;
  for (const knowledge::LexiconFile& table : tables) {
    bool columns = false;
    for (const std::string_view line : Split(table.contents, '\n')) {
      if (line.empty() || line.starts_with('#')) continue;
      if (!std::exchange(columns, true)) continue;
      std::string row = table.path;
      for (const std::string_view cell : Split(line, '\t')) {
        row += Cat(row == table.path ? " " : " | ", cell);
      }
      rows.emplace_back(Trim(row));
    }
  }
  return rows;
}

Made Import(const DictionaryFile& file) {
  Made made;
  std::vector<Entry> entries;
  (LooksLikeOwnTable(file) ? ReadOwnTable : ReadPetrarch)(file, &entries, &made.refusals);
  LexiconMaker maker(Shipped().lexicon.get(), Shipped().codes.get());
  for (const Entry& entry : entries) maker.Add(entry);
  made.tables = maker.Finish("made by a test");
  made.rows = RowsOf(made.tables);
  made.counts = maker.counts();
  made.refusals.insert(made.refusals.end(), maker.refusals().begin(), maker.refusals().end());
  return made;
}

// --- the cases of the data files --------------------------------------------------------------

struct Case {
  std::string name;
  std::string input;
  std::vector<std::string> rows;
  std::vector<std::string> findings;  // "line:column: part of the message"
  int64_t known = 0;
};

std::vector<Case> ReadCases() {
  std::vector<std::string> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(ENTENTE_TESTDATA_DIR "/dictionary")) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Case> cases;
  for (const std::string& path : paths) {
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
      if (line.starts_with("## ")) {
        cases.push_back({Cat(std::filesystem::path(path).stem().string(), ": ", line.substr(3)),
                         {},
                         {},
                         {},
                         0});
      } else if (line.starts_with("<")) {
        std::string text = line.size() > 2 ? line.substr(2) : "";
        for (size_t at; (at = text.find("\\t")) != std::string::npos;) text.replace(at, 2, "\t");
        cases.back().input += text + "\n";
      } else if (line.starts_with("+ ")) {
        cases.back().rows.emplace_back(Trim(line.substr(2)));
      } else if (line.starts_with("- ")) {
        cases.back().findings.push_back(line.substr(2));
      } else if (line.starts_with("known: ")) {
        EXPECT_TRUE(ParseInt64(line.substr(7), &cases.back().known)) << line;
      } else {
        EXPECT_TRUE(line.empty()) << path << ": " << line;
      }
    }
  }
  return cases;
}

TEST(DictionaryCorpusTest, EveryCaseComesOutAsItIsWritten) {
  const std::vector<Case> cases = ReadCases();
  ASSERT_GT(cases.size(), 10U);
  for (const Case& test : cases) {
    SCOPED_TRACE(test.name);
    const DictionaryFile file{"d.txt", test.input};
    const Made made = Import(file);
    EXPECT_THAT(made.rows, ElementsAreArray(test.rows));
    EXPECT_EQ(made.counts.known, test.known);
    EXPECT_EQ(made.refusals.size(), test.findings.size());
    for (size_t i = 0; i < made.refusals.size(); ++i) {
      const std::string text = Cat(made.refusals[i].at.Text(), ": ", made.refusals[i].what);
      if (i >= test.findings.size()) {
        ADD_FAILURE() << "not expected: " << text;
        continue;
      }
      const size_t space = test.findings[i].find(' ');
      EXPECT_THAT(text, HasSubstr(Cat("d.txt:", test.findings[i].substr(0, space))));
      EXPECT_THAT(text, HasSubstr(test.findings[i].substr(space + 1)));
    }
  }
}

TEST(DictionaryCorpusTest, WhatIsMadeHasNoErrors) {
  for (const Case& test : ReadCases()) {
    const DictionaryFile file{"d.txt", test.input};
    for (const Finding& finding : CheckLexicon(Import(file).tables, *Shipped().lexicon, false)) {
      EXPECT_TRUE(finding.warning) << test.name << ": " << finding.Text();
    }
  }
}

// --- beside our tables ------------------------------------------------------------------------

class BesideOursTest : public ::testing::Test {
 protected:
  void Load(std::string_view dictionary) {
    file_ = {"d.txt", std::string(dictionary)};
    made_ = Import(file_);
    for (const knowledge::LexiconFile& table : made_.tables) {
      folder_.Write(table.path, table.contents);
    }
    auto lexicon = knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {folder_.Path("")});
    ASSERT_TRUE(lexicon.ok()) << lexicon.status();
    lexicon_ = *std::move(lexicon);
  }
  // "id code" of the phrase at the date.
  std::string Resolve(std::string_view phrase, std::string_view date) const {
    const coder::ActorResolver resolver(lexicon_.get());
    const coder::Resolution found = resolver.Resolve(phrase, "", *ParseDate(date));
    return Cat(found.actor.id, " ", found.actor.code);
  }

  ingest::TempFolder folder_;
  DictionaryFile file_;
  Made made_;
  std::unique_ptr<knowledge::Lexicon> lexicon_;
};

TEST_F(BesideOursTest, ANameResolvesAtTheDateOfTheText) {
  Load("JANE_EXAMPLESON_\n\t[FRAELI 990101-051231]\n\t[FRAGOV >060101]\n");
  EXPECT_EQ(Resolve("Jane Exampleson", "2003-05-01"), "person:jane-exampleson FRAELI");
  EXPECT_EQ(Resolve("Jane Exampleson", "2010-05-01"), "person:jane-exampleson FRAGOV");
}

// Our tables tell one organisation of that name more than once.
TEST_F(BesideOursTest, ARowIsWrittenOnce) {
  Load("PESHMERGA_\n+PESH_MERGA_SAMPLE_\n\t[IRQMIL]\n");
  EXPECT_EQ(std::set<std::string>(made_.rows.begin(), made_.rows.end()).size(), made_.rows.size());
  EXPECT_EQ(Resolve("Pesh Merga Sample", "2015-06-01"), "org:peshmerga IRQMIL");
}

TEST_F(BesideOursTest, TheUsersCodeWinsOverOurs) {
  const std::string before = [] {
    const coder::ActorResolver resolver(Shipped().lexicon.get());
    return resolver.Resolve("Greenpeace", "", *ParseDate("2015-01-01")).actor.code;
  }();
  EXPECT_EQ(before, "NGO");
  Load("name\tcode\ttype\nGreenpeace\tNLDNGO\torganization\n");
  EXPECT_EQ(Resolve("Greenpeace", "2015-01-01"), "org:greenpeace-nld NLDNGO");
}

// Ours says that she was head of government; the dictionary, that she was in the government and
// that she was of the elite before and after.
TEST_F(BesideOursTest, OfficesThatAgreeStayAndOthersGiveWay) {
  Load("ANGELA_MERKEL_\n+MERKELINA_SAMPLE\n\t[DEUGOV 051122-211208]\n\t[DEUELI]\n");
  EXPECT_EQ(Resolve("Angela Merkel", "2015-06-01"), "person:angela-merkel DEUGOV");
  EXPECT_EQ(Resolve("Merkelina Sample", "2015-06-01"), "person:angela-merkel DEUGOV");
  EXPECT_EQ(Resolve("Angela Merkel", "2023-06-01"), "person:angela-merkel DEUELI");
  EXPECT_EQ(Resolve("the German chancellor", "2015-06-01"), "person:angela-merkel DEUGOV");
  EXPECT_THAT(made_.rows, ::testing::Contains(HasSubstr("| head of government |")));
}

TEST_F(BesideOursTest, WhatOursSaysAsWellIsNotWritten) {
  Load("SWEDEN_ [SWE]\n+SWEDISH_\n");
  EXPECT_THAT(made_.rows, IsEmpty());
  EXPECT_EQ(made_.counts.known, 2);
}

// A role of the user's that is somebody's given name must not swallow his name.
TEST_F(BesideOursTest, AGivenNameStaysOne) {
  Load("ANGELA [~REL]\n");
  EXPECT_EQ(Resolve("Angela Merkel", "2015-06-01"), "person:angela-merkel DEUGOV");
  EXPECT_EQ(Resolve("Angela Unheardofwoman", "2015-06-01"), "person:angela-unheardofwoman ");
}

// --- properties -------------------------------------------------------------------------------

struct RandomCode {
  int sector = 0;
  int first = -1;  // day of the year 2000; negative: undated
  int last = -1;
};

constexpr const char* kSectors[] = {"GOV", "ELI", "MIL", "REB"};

// What PETRARCH would say: the first dated code that holds, else the first without dates.
std::string OracleAt(const std::vector<RandomCode>& codes, int day) {
  for (const RandomCode& code : codes) {
    if (code.first >= 0 && code.first <= day && day <= code.last) return kSectors[code.sector];
  }
  for (const RandomCode& code : codes) {
    if (code.first < 0) return kSectors[code.sector];
  }
  return "";
}

TEST(DictionaryPropertyTest, AtAnyDayANameHasTheCodeOfANaiveReading) {
  std::mt19937 random(20261129);
  const Date year = Date::FromCivil(2000, 1, 1);
  const auto compact = [&](int day) {
    std::string text = FormatDate(year.AddDays(day));
    std::erase(text, '-');
    return text;
  };
  for (int round = 0; round < 200; ++round) {
    std::vector<RandomCode> codes(1 + random() % 5);
    std::string dictionary = "JANE_EXAMPLESON_\n";
    for (RandomCode& code : codes) {
      code.sector = static_cast<int>(random() % 4);
      dictionary += Cat("\t[FRA", kSectors[code.sector]);
      if (random() % 4 != 0) {
        code.first = static_cast<int>(random() % 300);
        code.last = code.first + static_cast<int>(random() % 60);
        dictionary += Cat(" ", compact(code.first), "-", compact(code.last));
      }
      dictionary += "]\n";
    }
    const DictionaryFile file{"d.txt", dictionary};
    const Made made = Import(file);
    for (int day = 0; day < 366; day += 1 + static_cast<int>(random() % 3)) {
      const std::string date = FormatDate(year.AddDays(day));
      std::string found;
      int rows = 0;
      for (const std::string& row : made.rows) {
        const std::vector<std::string_view> cells = Split(row, '|');
        const std::string from(cells.size() > 6 ? Trim(cells[6]) : "");
        const std::string to(cells.size() > 7 ? Trim(cells[7]) : "");
        if ((!from.empty() && date < from) || (!to.empty() && date > to)) continue;
        found = std::string(Trim(cells[4]));
        ++rows;
      }
      ASSERT_LE(rows, 1) << dictionary << date;
      ASSERT_EQ(found, OracleAt(codes, day)) << dictionary << date;
    }
  }
}

TEST(DictionaryPropertyTest, WhateverIsReadCanBeLoaded) {
  std::mt19937 random(7);
  const std::vector<std::string> pieces = {"NAME_",
                                           "+ALIAS",
                                           "[USAGOV",
                                           " 010101-020202]",
                                           "[~MIL]",
                                           "\t",
                                           "\n",
                                           "\n",
                                           "{PLU}",
                                           "!X!",
                                           "!X! = A, B\n",
                                           "]",
                                           "[",
                                           "|",
                                           "\xff",
                                           "é",
                                           "-",
                                           "name\tcode\n",
                                           "USAGOV",
                                           "person",
                                           ";",
                                           "#",
                                           "> 040101]",
                                           "[FRA]",
                                           " ",
                                           "_",
                                           "the ",
                                           "...",
                                           "[IGOUNO]",
                                           "\r\n",
                                           "1",
                                           "A B C D E F G H I J K L M N O P Q R S"};
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (size_t i = random() % 60; i > 0; --i) text += pieces[random() % pieces.size()];
    const DictionaryFile file{"d.txt", text};
    Made made = Import(file);
    std::string states =
        "code\tname\tnames\tdemonyms\tcapital\tcapital_names\tfrom\tto\n"
        "USA\tUnited States\tUnited States\tAmerican\tWashington\t\t\t\n";
    made.tables.push_back({"states.tsv", states, 0});
    const auto lexicon = knowledge::Lexicon::Parse(made.tables);
    ASSERT_TRUE(lexicon.ok()) << text << "\n" << lexicon.status();
  }
}

TEST(DictionaryLimitsTest, LongLinesAndManyExpansionsAreRefused) {
  const DictionaryFile file{
      "d.txt",
      Cat(std::string(5000, 'A'), " [USAGOV]\n",
          "!X! = A, B, C, D, E, F, G, H, I, J\nX!X!!X!!X! [~GOV]\nPAT_SAMPLEBERG [SWEGOV]\n")};
  const Made made = Import(file);
  ASSERT_EQ(made.refusals.size(), 2U);
  EXPECT_EQ(made.refusals[0].at.Text(), "d.txt:1:1");
  EXPECT_EQ(made.refusals[0].reason, Reason::kTooLong);
  EXPECT_EQ(made.refusals[1].at.Text(), "d.txt:3:1");
  EXPECT_EQ(made.refusals[1].reason, Reason::kTooLong);
  EXPECT_EQ(made.rows.size(), 1U);
}

}  // namespace
}  // namespace entente::dictionary
