#include "services/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <thread>
#include <vector>

namespace entente::services {
namespace {

TEST(LogTest, WritesOneLineWithTimeAndLevel) {
  std::ostringstream out;
  Log(&out).Warning("disk nearly full");
  EXPECT_THAT(out.str(),
              ::testing::MatchesRegex("[0-9]+-[0-9]+-[0-9]+T[0-9:]+Z WARNING disk nearly full\n"));
}

TEST(LogTest, TextFromOutsideCannotForgeALine) {
  std::ostringstream out;
  Log(&out).Info("query 'x\n2026-01-01T00:00:00Z ERROR forged\x1b[2J'");
  const std::string line = out.str();
  EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
  EXPECT_THAT(line, ::testing::HasSubstr("x\\n2026"));
  EXPECT_THAT(line, ::testing::HasSubstr("\\x1b[2J"));
}

TEST(LogTest, LongMessagesAreCut) {
  EXPECT_EQ(LogSafe(std::string(kMaxLogMessageBytes + 1, 'a')).size(), kMaxLogMessageBytes + 3);
  EXPECT_EQ(LogSafe(std::string(kMaxLogMessageBytes, 'a')).size(), kMaxLogMessageBytes);
}

TEST(LogTest, LinesOfManyThreadsDoNotMix) {
  std::ostringstream out;
  Log log(&out);
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log] {
        for (int i = 0; i < 100; ++i) log.Info("0123456789");
      });
    }
  }
  std::istringstream lines(out.str());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(line.ends_with(" INFO 0123456789")) << line;
  }
  EXPECT_EQ(count, 400);
}

TEST(LogTest, NullWritesNothing) { Log(nullptr).Error("nobody listens"); }

}  // namespace
}  // namespace entente::services
