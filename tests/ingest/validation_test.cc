// Goal: what passes can be coded and stored; what does not is refused with its reason.
#include "ingest/validation.h"

#include <functional>
#include <string>

#include "base/status.h"
#include "base/utf8.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/digest.h"

namespace entente::ingest {
namespace {

using ::testing::HasSubstr;

v1::Article Good() {
  v1::Article article;
  article.set_text("The ministers met in Oslo.");
  article.set_title("Ministers meet");
  article.set_publish_date("2023-09-22");
  return article;
}

// The status after `change` of a good article.
absl::Status After(const std::function<void(v1::Article*)>& change) {
  v1::Article article = Good();
  change(&article);
  return PrepareArticle(&article);
}

TEST(PrepareArticleTest, CompletesIdAndHash) {
  v1::Article article = Good();
  ASSERT_TRUE(PrepareArticle(&article).ok());
  EXPECT_EQ(article.content_hash(), Sha256(article.text()));
  EXPECT_EQ(article.id(), ArticleId(Good()));
  EXPECT_EQ(article.id().substr(0, 7), "sha256:");
  EXPECT_EQ(article.id().size(), 7u + 64u);
  EXPECT_EQ(article.text(), Good().text());
}

TEST(PrepareArticleTest, IsIdempotent) {
  v1::Article article = Good();
  ASSERT_TRUE(PrepareArticle(&article).ok());
  v1::Article again = article;
  ASSERT_TRUE(PrepareArticle(&again).ok());
  EXPECT_EQ(again.SerializeAsString(), article.SerializeAsString());
}

TEST(PrepareArticleTest, KeepsAGivenId) {
  v1::Article article = Good();
  article.set_id("yna-1");
  ASSERT_TRUE(PrepareArticle(&article).ok());
  EXPECT_EQ(article.id(), "yna-1");
}

TEST(PrepareArticleTest, RepairsUtf8) {
  v1::Article article = Good();
  article.set_text("The ministers met in Troms\xf8 on Monday and signed.");
  article.set_title("\xff");
  ASSERT_TRUE(PrepareArticle(&article).ok());
  EXPECT_EQ(article.text(), "The ministers met in Troms\xef\xbf\xbd on Monday and signed.");
  EXPECT_TRUE(IsValidUtf8(article.title()));
}

TEST(PrepareArticleTest, RefusesTextsThatAreNone) {
  const absl::Status empty = After([](v1::Article* a) { a->set_text(" \n\t"); });
  EXPECT_EQ(empty.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(MessageOf(empty)), HasSubstr("no text"));
  const absl::Status binary =
      After([](v1::Article* a) { a->set_text(std::string("PK\x03\x04\0\0", 6)); });
  EXPECT_EQ(binary.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(MessageOf(binary)), HasSubstr("binary"));
}

TEST(PrepareArticleTest, HoldsItsLimits) {
  EXPECT_TRUE(After([](v1::Article* a) { a->set_text(std::string(kMaxTextBytes, 'x')); }).ok());
  EXPECT_EQ(After([](v1::Article* a) { a->set_text(std::string(kMaxTextBytes + 1, 'x')); }).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(After([](v1::Article* a) { a->set_title(std::string(kMaxTitleBytes, 'x')); }).ok());
  for (const auto& change : std::initializer_list<std::function<void(v1::Article*)>>{
           [](v1::Article* a) { a->set_title(std::string(kMaxTitleBytes + 1, 'x')); },
           [](v1::Article* a) { a->set_id(std::string(kMaxIdBytes + 1, 'x')); },
           [](v1::Article* a) { a->set_url(std::string(kMaxUrlBytes + 1, 'x')); },
           [](v1::Article* a) { a->set_source(std::string(kMaxSourceBytes + 1, 'x')); },
           [](v1::Article* a) { a->set_language(std::string(kMaxLanguageBytes + 1, 'x')); },
           [](v1::Article* a) { a->set_id("a\nb"); }}) {
    EXPECT_EQ(After(change).code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(PrepareArticleTest, OnlyEnglishIsCoded) {
  for (const char* language : {"", "en", "EN", "en-GB", "eng"}) {
    EXPECT_TRUE(After([&](v1::Article* a) { a->set_language(language); }).ok()) << language;
  }
  for (const char* language : {"ko", "e", "enx", "de-CH"}) {
    EXPECT_FALSE(After([&](v1::Article* a) { a->set_language(language); }).ok()) << language;
  }
}

TEST(NormalizeDateTest, UnderstandsDaysAndTimes) {
  EXPECT_EQ(*NormalizeDate("2023-09-22"), "2023-09-22");
  EXPECT_EQ(*NormalizeDate(" 20230922 "), "2023-09-22");
  EXPECT_EQ(*NormalizeDate("2023-09-22T23:30:00Z"), "2023-09-22");
  EXPECT_EQ(*NormalizeDate("2023-09-22T23:30:00-05:00"), "2023-09-22");
}

TEST(NormalizeDateTest, SaysWhatIsWrong) {
  for (const char* date :
       {"", "yesterday", "2023-02-30", "2023-9-22", "22.09.2023", "2023-09-22T"}) {
    const absl::StatusOr<std::string> result = NormalizeDate(date);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << date;
    EXPECT_THAT(std::string(MessageOf(result.status())), HasSubstr(date));
  }
}

TEST(ArticleIdTest, EveryPartCountsAndSoDoesTheirCut) {
  v1::Article article = Good();
  const std::string id = ArticleId(article);
  EXPECT_EQ(ArticleId(Good()), id);
  article.set_publish_date("2023-09-23");
  EXPECT_NE(ArticleId(article), id);
  v1::Article left;
  left.set_title("ab");
  left.set_text("c");
  v1::Article right;
  right.set_title("a");
  right.set_text("bc");
  EXPECT_NE(ArticleId(left), ArticleId(right));
}

}  // namespace
}  // namespace entente::ingest
