// Goal: the sample articles of the demo are what data/samples/README.md promises.
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>

#include "base/time.h"
#include "gtest/gtest.h"
#include "ingest/article_reader.h"

namespace entente::ingest {
namespace {

TEST(SamplesTest, EachHasATitleADateAndItsSource) {
  std::set<std::string> ids;
  std::set<int> years;
  for (const auto& entry : std::filesystem::directory_iterator(ENTENTE_DATA_DIR "/samples")) {
    if (entry.path().extension() != ".txt") continue;
    auto reader = OpenArticles(entry.path().string(), {});
    ASSERT_TRUE(reader.ok()) << reader.status();
    auto record = (*reader)->Next();
    ASSERT_TRUE(record.ok() && record->has_value()) << entry.path();
    ASSERT_TRUE((*record)->article.ok()) << (*record)->article.status();
    const v1::Article& article = *(*record)->article;
    EXPECT_FALSE(article.title().empty()) << entry.path();
    EXPECT_EQ(article.source(), "Entente sample") << entry.path();
    const absl::StatusOr<Date> date = ParseDate(article.publish_date());
    ASSERT_TRUE(date.ok()) << entry.path();
    EXPECT_EQ(entry.path().filename().string().substr(0, 10), article.publish_date());
    years.insert(date->Year());
    ids.insert(article.id());
    const auto spaces = std::count_if(article.text().begin(), article.text().end(),
                                      [](char c) { return c == ' ' || c == '\n'; });
    EXPECT_GE(spaces, 120) << entry.path();
    EXPECT_LE(spaces, 260) << entry.path();
  }
  EXPECT_GE(ids.size(), 12u);
  EXPECT_GE(years.size(), 5u);
}

}  // namespace
}  // namespace entente::ingest
