// Goal: the loader reads the tables, reports where they are wrong, and finds phrases as news text
// writes them. Method: tiny tables of its own, so that an edit of data/lexicon breaks nothing here;
// one test at the end loads the shipped tables and holds them to their time limit.
#include "ingest/knowledge/lexicon.h"

#include <chrono>

#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::knowledge {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kStates[] =
    "# test\n"
    "code\tname\tnames\tdemonyms\tcapital\tcapital_names\tfrom\tto\n"
    "USA\tUnited States\tUnited States of America|US|U.S.|America\tAmerican\tWashington\t\t\t\n"
    "RUS\tRussia\tRussian Federation\tRussian\tMoscow\tMoskva\t\t\n"
    "TUR\tTurkey\tTürkiye\tTurkish|Turk\tAnkara\t\t\t\n"
    "PRK\tNorth Korea\tN. Korea|DPRK\tNorth Korean\tPyongyang\t\t\t\n";

constexpr char kOffices[] =
    "person\tname\taliases\tcountry\tsector\toffice\tfrom\tto\n"
    "person:vladimir-putin\tVladimir Putin\tPutin\tRUS\tGOV\thead of "
    "state\t2000-05-07\t2008-05-07\n"
    "person:dmitry-medvedev\tDmitry Medvedev\tMedvedev\tRUS\tGOV\thead of "
    "state\t2008-05-07\t2012-05-07\n"
    "person:vladimir-putin\tVladimir Putin\tPutin\tRUS\tGOV\thead of state\t2012-05-07\t\n"
    "person:kim-jong-un\tKim Jong Un\tKim Jong-un\tPRK\tGOV\thead of state\t2011-12\t\n"
    "person:bashar-al-assad\tBashar al-Assad\tAssad\tSYR\tGOV\thead of "
    "state\t2000-07-17\t2024-12-08\n";

class LexiconTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto lexicon = Lexicon::Parse({
        {"states.tsv", kStates},
        {"offices.tsv", kOffices},
        {"role_nouns.tsv",
         "phrase\tsector\tkind\tnumber\nsoldier\tMIL\tperson\tsg\nchief of staff\tMIL\tperson\tsg\n"
         "clergyman\tREL\tperson\tsg\npolice\tCOP\tgroup\tmass\n"},
        {"office_terms.tsv",
         "phrase\toffice\tsector\tcountries\nforeign minister\tforeign minister\tGOV\t\n"},
        {"organizations.tsv",
         "id\tkind\tcountry\tsector\tname\taliases\tfrom\tto\n"
         "org:united-nations\tinternational_organization\tIGO\tUNO\tUnited Nations\tUN|U.N.\t\t\n"},
        {"places.tsv",
         "name\tnames\tcountry\tadmin\tlatitude\tlongitude\tpopulation\tkind\n"
         "Vostochny\tVostochny space centre\tRUS\tAmur\t51.88\t128.33\t7000\tcity\n"},
    });
    ASSERT_TRUE(lexicon.ok()) << lexicon.status();
    lexicon_ = std::move(lexicon).value();
  }

  // "kind:name/words" of everything that begins at the phrase's first word.
  std::vector<std::string> FindAt(const WordSequence& words, int32_t first,
                                  CaseRule rule = CaseRule::kStrict) const {
    std::vector<Match> matches;
    lexicon_->Find(words, first, rule, &matches);
    std::vector<std::string> found;
    for (const Match& m : matches) {
      std::string name;
      switch (m.kind) {
        case EntryKind::kStateName:
          name = "state:" + lexicon_->states()[m.index].code;
          break;
        case EntryKind::kDemonym:
          name = "demonym:" + lexicon_->states()[m.index].code;
          break;
        case EntryKind::kCapital:
          name = "capital:" + lexicon_->states()[m.index].code;
          break;
        case EntryKind::kPerson:
          name = lexicon_->persons()[m.index].id;
          break;
        case EntryKind::kOrganization:
          name = lexicon_->organizations()[m.index].id;
          break;
        case EntryKind::kRoleNoun:
          name = "role:" + lexicon_->role_nouns()[m.index].phrase;
          break;
        case EntryKind::kOfficeTerm:
          name = "term:" + lexicon_->office_terms()[m.index].phrase;
          break;
        case EntryKind::kPlace:
          name = "place:" + lexicon_->places()[m.index].name;
          break;
        default:
          name = "other";
          break;
      }
      found.push_back(Cat(name, "/", m.word_count));
    }
    return found;
  }
  std::vector<std::string> Find(std::string_view phrase, CaseRule rule = CaseRule::kStrict) const {
    return FindAt(lexicon_->Words(phrase), 0, rule);
  }

  std::unique_ptr<Lexicon> lexicon_;
};

TEST_F(LexiconTest, FindsNamesHoweverTheyAreWritten) {
  EXPECT_THAT(Find("U.S. troops"), ElementsAre("state:USA/1"));
  EXPECT_THAT(Find("US troops"), ElementsAre("state:USA/1"));
  EXPECT_THAT(Find("US-led"), ElementsAre("state:USA/1"));
  EXPECT_THAT(Find("Turkiye"), ElementsAre("state:TUR/1"));
  EXPECT_THAT(Find("TÜRKİYE"), ElementsAre("state:TUR/1"));
  EXPECT_THAT(Find("Kim Jong-Un"), ElementsAre("person:kim-jong-un/3"));
  EXPECT_THAT(Find("Kim Jong Un"), ElementsAre("person:kim-jong-un/3"));
  EXPECT_THAT(Find("Bashar el-Assad"), ElementsAre("person:bashar-al-assad/3"));
  EXPECT_THAT(Find("United States of America"), ElementsAre("state:USA/2", "state:USA/4"));
}

TEST_F(LexiconTest, FindsNamesOverTokensThatSplitHyphens) {
  const WordSequence words = lexicon_->Words({"Kim", "Jong", "-", "un", ",", "Russia", "'s"});
  EXPECT_THAT(FindAt(words, 0), ElementsAre("person:kim-jong-un/3"));
  EXPECT_EQ(words.token_begin, (std::vector<int32_t>{0, 1, 2, 2, 3, 4, 5, 6}));
  EXPECT_THAT(FindAt(words, words.token_begin[5]), ElementsAre("state:RUS/1"));
}

TEST_F(LexiconTest, CapitalsCount) {
  EXPECT_THAT(Find("us"), IsEmpty());
  EXPECT_THAT(Find("Us"), IsEmpty());
  EXPECT_THAT(Find("turkey"), IsEmpty());
  EXPECT_THAT(Find("TURKEY"), ElementsAre("state:TUR/1"));
  EXPECT_THAT(Find("Soldier"), ElementsAre("role:soldier/1"));
  EXPECT_THAT(Find("turkey", CaseRule::kIgnore), ElementsAre("state:TUR/1"));
}

TEST_F(LexiconTest, PunctuationParts) {
  EXPECT_THAT(Find("United, States"), IsEmpty());
  EXPECT_THAT(FindAt(lexicon_->Words({"United", ",", "States"}), 0), IsEmpty());
}

TEST_F(LexiconTest, MakesPlurals) {
  EXPECT_THAT(Find("soldiers"), ElementsAre("role:soldiers/1"));
  EXPECT_THAT(Find("chiefs of staff"), ElementsAre("role:chiefs of staff/3"));
  EXPECT_THAT(Find("clergymen"), ElementsAre("role:clergymen/1"));
  EXPECT_THAT(Find("polices"), IsEmpty());
  EXPECT_THAT(Find("foreign ministers"), ElementsAre("term:foreign ministers/2"));
  EXPECT_THAT(Find("Russians"), ElementsAre("demonym:RUS/1"));
}

TEST_F(LexiconTest, KnowsWhoHeldAnOfficeWhen) {
  const auto holder = [&](const char* day) -> std::string {
    const Term* term = lexicon_->Holder("RUS", "head of state", *ParseDate(day));
    return term == nullptr ? "" : lexicon_->persons()[term->person].id;
  };
  EXPECT_EQ(holder("2005-01-01"), "person:vladimir-putin");
  EXPECT_EQ(holder("2010-01-01"), "person:dmitry-medvedev");
  EXPECT_EQ(holder("2023-09-22"), "person:vladimir-putin");
  EXPECT_EQ(holder("1999-01-01"), "");
  // On the day of change the new holder counts.
  EXPECT_EQ(holder("2008-05-07"), "person:dmitry-medvedev");
  const Term* latest = lexicon_->Holder("RUS", "head of state", std::nullopt);
  EXPECT_EQ(lexicon_->persons()[latest->person].id, "person:vladimir-putin");
  EXPECT_EQ(lexicon_->FindPerson("person:vladimir-putin")->terms.size(), 2u);
  EXPECT_EQ(lexicon_->TermsOf("PRK", "head of state")[0]->period.from, *ParseDate("2011-12-01"));
}

TEST(LexiconLayersTest, AUsersEntriesWin) {
  auto lexicon = Lexicon::Parse({
      {"states.tsv", kStates},
      {"offices.tsv", kOffices},
      {"mine/offices.tsv",
       "person\tname\taliases\tcountry\tsector\toffice\tfrom\tto\n"
       "person:ann-putin\tAnn Putin\tPutin\tUSA\tBUS\t\t\t\n"
       "person:kim-jong-un\tKim Jong Un\t\tPRK\tELI\thead of state\t2011-12\t\n",
       1},
  });
  ASSERT_TRUE(lexicon.ok()) << lexicon.status();
  std::vector<Match> matches;
  (*lexicon)->Find((*lexicon)->Words("Putin"), 0, &matches);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ((*lexicon)->persons()[matches[0].index].id, "person:ann-putin");
  EXPECT_EQ((*lexicon)->FindPerson("person:kim-jong-un")->terms.size(), 1u);
  EXPECT_EQ((*lexicon)->Holder("PRK", "head of state", std::nullopt)->sector, "ELI");
}

// A user's role "christian" must not make a role of everybody who is called so.
TEST(LexiconLayersTest, AGivenNameStaysOneBesideAUsersEntry) {
  auto lexicon = Lexicon::Parse({
      {"states.tsv", kStates},
      {"given_names.tsv", "name\nChristian\n"},
      {"titles.tsv", "title\tsector\toffice\nChristian\tBUS\t\n"},
      {"mine/role_nouns.tsv", "phrase\tsector\tkind\tnumber\nchristian\tREL\tperson\tsg\n", 1},
  });
  ASSERT_TRUE(lexicon.ok()) << lexicon.status();
  std::vector<Match> matches;
  (*lexicon)->Find((*lexicon)->Words("Christian"), 0, &matches);
  std::vector<EntryKind> kinds;
  for (const Match& match : matches) kinds.push_back(match.kind);
  EXPECT_THAT(kinds, ::testing::UnorderedElementsAre(EntryKind::kRoleNoun, EntryKind::kGivenName));
}

TEST(LexiconLayersTest, AUsersTablesHaveAFingerprint) {
  const auto fingerprint = [](std::vector<LexiconFile> files) {
    const auto lexicon = Lexicon::Parse(files);
    return lexicon.ok() ? (*lexicon)->user_fingerprint() : 1;
  };
  const std::string head = "title\tsector\toffice\n";
  const LexiconFile ours{"titles.tsv", head + "Gen.\tMIL\t\n", 0};
  const uint64_t mine = fingerprint({ours, {"m/titles.tsv", head + "Adm.\tMIL\t\n", 1}});
  EXPECT_EQ(fingerprint({ours}), 0U);
  EXPECT_GT(mine, 1U);
  EXPECT_EQ(fingerprint({ours, {"n/titles.tsv", head + "Adm.\tMIL\t\n", 1}}), mine);
  EXPECT_NE(fingerprint({ours, {"m/titles.tsv", head + "Adm.\tBUS\t\n", 1}}), mine);
}

TEST(LexiconErrorsTest, SayWhere) {
  const auto message = [](std::string path, std::string contents) {
    const auto lexicon = Lexicon::Parse({{std::move(path), std::move(contents)}});
    return lexicon.ok() ? "OK" : std::string(MessageOf(lexicon.status()));
  };
  const std::string head = "person\tname\taliases\tcountry\tsector\toffice\tfrom\tto\n";
  EXPECT_EQ(message("o/offices.tsv", head + "person:a\tA\t\tRUS\tGOV\thead of state\t2023-13\t\n"),
            "o/offices.tsv:2:35: \"2023-13\" is not a date like 2023, 2023-09 or 2023-09-22");
  EXPECT_EQ(message("offices.tsv", head + "person:a\tA\t\tRUS\tGOV\tx\t2023\t2022\n"),
            "offices.tsv:2:28: the period ends before it begins");
  EXPECT_EQ(message("offices.tsv", head + "person:a\t\t\tRUS\tGOV\tx\t\t\n"),
            "offices.tsv:2:10: the name is missing");
  EXPECT_THAT(message("offices.tsv", head + "person:a\tA\n"),
              HasSubstr("offices.tsv:2:11: 2 cells"));
  EXPECT_THAT(message("offices.tsv", "person\tname\n"), HasSubstr(":1:1: the columns should be"));
  EXPECT_THAT(message("offices.tsv", "# only a header\n"), HasSubstr("no line of column names"));
  EXPECT_THAT(message("titles.tsv", "title\tsector\toffice\nGen.\tmil\t\n"),
              HasSubstr("titles.tsv:2:6: the sector \"mil\" is not a code of three capitals"));
  EXPECT_THAT(message("titles.tsv", "title\tsector\toffice\nGen\xFF\tMIL\t\n"),
              HasSubstr("titles.tsv:2:4: not UTF-8"));
  EXPECT_THAT(message("places.tsv",
                      "name\tnames\tcountry\tadmin\tlatitude\tlongitude\tpopulation\tkind\n"
                      "X\t\tRUS\t\t91\t0\t0\tcity\n"),
              HasSubstr("places.tsv:2:9: the latitude \"91\" is not a number from -90 to 90"));
  EXPECT_THAT(message("role_nouns.tsv", "phrase\tsector\tkind\tnumber\nx\tMIL\tthing\tsg\n"),
              HasSubstr("role_nouns.tsv:2:7: \"thing\" is not one of"));
  EXPECT_THAT(message("titles.tsv", Cat("title\tsector\toffice\n", std::string(70000, 'x'), "\n")),
              HasSubstr("titles.tsv:2:1: the line has 70000 bytes; at most 65536 are read"));
  EXPECT_THAT(message("nouns.tsv", "a\nb\n"), HasSubstr("nouns.tsv: no such table"));
  EXPECT_THAT(message("given_names.tsv", "name\na b c d e f g h i j k l m n o p q\n"),
              HasSubstr("given_names.tsv:2:1: the phrase"));
}

TEST(LexiconErrorsTest, NoFolder) {
  const auto lexicon = Lexicon::Load("/nonexistent", {});
  EXPECT_EQ(lexicon.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(MessageOf(lexicon.status())), HasSubstr("/nonexistent/lexicon"));
}

TEST(LexiconShippedTest, LoadsFast) {
  const auto begin = std::chrono::steady_clock::now();
  const auto lexicon = Lexicon::Load(ENTENTE_DATA_DIR, {});
  const auto time = std::chrono::steady_clock::now() - begin;
  ASSERT_TRUE(lexicon.ok()) << lexicon.status();
  EXPECT_GE((*lexicon)->states().size(), 190u);
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
  RecordProperty("load_ms", static_cast<int>(millis));
  // Ten times what it takes, for sanitizers and busy machines.
  EXPECT_LT(millis, 3000);
}

}  // namespace
}  // namespace entente::knowledge
