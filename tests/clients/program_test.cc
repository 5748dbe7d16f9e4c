// Goal: the command line teaches, and what is wrong with it is one line and exit code 2.
#include "clients/cli/program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace entente::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

struct Result {
  int code;
  std::string out;
  std::string err;
};

Result RunWith(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Output output(&out, Terminal{});
  const int code = Run(arguments, &output, &err);
  return {code, out.str(), err.str()};
}

void ExpectUsageError(const std::vector<std::string>& arguments, const std::string& part) {
  const Result result = RunWith(arguments);
  EXPECT_EQ(result.code, kExitUsage);
  EXPECT_THAT(result.out, IsEmpty());
  EXPECT_THAT(result.err, StartsWith("entente: "));
  EXPECT_THAT(result.err, HasSubstr(part));
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
}

TEST(ProgramTest, HelpIsAResult) {
  const Result result = RunWith({"--help"});
  EXPECT_EQ(result.code, kExitOk);
  EXPECT_THAT(result.err, IsEmpty());
  EXPECT_THAT(result.out, HasSubstr("timeline"));
  EXPECT_THAT(result.out, HasSubstr("Exit code"));
}

TEST(ProgramTest, EveryCommandTeachesWithAnExample) {
  const std::vector<std::vector<std::string>> commands = {{"serve"},
                                                          {"ingest"},
                                                          {"code"},
                                                          {"parse"},
                                                          {"timeline"},
                                                          {"summary"},
                                                          {"partners"},
                                                          {"relationship"},
                                                          {"path"},
                                                          {"rank"},
                                                          {"communities"},
                                                          {"event"},
                                                          {"article"},
                                                          {"types"},
                                                          {"stats"},
                                                          {"verify"},
                                                          {"rebuild"},
                                                          {"compact"},
                                                          {"upgrade"},
                                                          {"backup"},
                                                          {"restore"},
                                                          {"actors", "search"},
                                                          {"actors", "resolve"},
                                                          {"lexicon", "import"},
                                                          {"lexicon", "check"}};
  for (std::vector<std::string> command : commands) {
    command.push_back("--help");
    const Result result = RunWith(command);
    EXPECT_EQ(result.code, kExitOk) << command[0];
    EXPECT_THAT(result.out, HasSubstr("Example:\n  ")) << command[0];
  }
}

TEST(ProgramTest, Version) { EXPECT_EQ(RunWith({"version"}).out, "entente " ENTENTE_VERSION "\n"); }

TEST(ProgramTest, WrongUsageIsOneLine) {
  ExpectUsageError({}, "a command is missing");
  ExpectUsageError({"frobnicate"}, "no command 'frobnicate'");
  ExpectUsageError({"timelin"}, "did you mean timeline?");
  ExpectUsageError({"timeline"}, "ACTOR");
  ExpectUsageError({"timeline", "PRK", "--limit", "0"}, "limit");
  ExpectUsageError({"timeline", "PRK", "--status", "perhaps"}, "'perhaps' is none of alleged, ");
  ExpectUsageError({"timeline", "PRK", "--status", "4"}, "'4' is none of");
  ExpectUsageError({"timeline", "PRK", "--from", "2023-02-30"}, "--from");
  ExpectUsageError({"timeline", "K\xFF"}, "not UTF-8");
  ExpectUsageError({"partners", "PRK", "--limit", "1001"}, "1 to 1000");
  ExpectUsageError({"summary", "PRK", "--by", "hour"}, "day, month, week, year");
  ExpectUsageError({"timeline", "PRK", "--db", "a", "--server", "b"}, "--db");
  ExpectUsageError({"timeline", "PRK", "--format", "xml"}, "format");
  ExpectUsageError({"path", "A", "B", "--max-hops", "9"}, "max-hops");
  ExpectUsageError({"path", "A", "B", "--order", "best"}, "'best' is none of earliest-arrival, ");
  ExpectUsageError({"rank", "--by", "fame"}, "'fame' is none of betweenness, ");
  ExpectUsageError({"communities", "--resolution", "0"}, "resolution");
  ExpectUsageError({"code"}, "FILE");
  ExpectUsageError({"code", "x.txt", "--date", "2023-13-01"}, "--date");
  ExpectUsageError({"ingest", "x.txt", "--date", "yesterday"}, "--date");
  ExpectUsageError({"ingest", "a.txt", "b.txt", "--title", "T"}, "--title");
  ExpectUsageError({"actors", "resolve"}, "phrase");
}

TEST(ProgramTest, AWrongDataFolderIsNamed) {
  const Result result = RunWith({"types", "--data", "/nowhere"});
  EXPECT_EQ(result.code, kExitError);
  EXPECT_THAT(result.err, HasSubstr("/nowhere"));
}

TEST(ProgramTest, TypesListsTheOntology) {
  const Result result = RunWith({"types", "--data", ENTENTE_DATA_DIR});
  EXPECT_EQ(result.code, kExitOk) << result.err;
  EXPECT_THAT(result.out, HasSubstr("arms_deal"));
  const Result one = RunWith({"types", "arms_deal", "--data", ENTENTE_DATA_DIR});
  EXPECT_THAT(one.out, HasSubstr("supplier"));
  EXPECT_EQ(RunWith({"types", "no_such_type", "--data", ENTENTE_DATA_DIR}).code, kExitError);
}

}  // namespace
}  // namespace entente::cli
