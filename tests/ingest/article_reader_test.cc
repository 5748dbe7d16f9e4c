// Goal: articles come out of files as they are, each record accounted for, whatever the files are.
#include "ingest/article_reader.h"

#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/validation.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr char kProse[] = "The two ministers met in Oslo on Monday and signed an agreement.";

std::vector<SourceRecord> ReadAll(const std::string& path, const ReaderOptions& options = {}) {
  std::vector<SourceRecord> records;
  auto reader = OpenArticles(path, options);
  EXPECT_TRUE(reader.ok()) << reader.status();
  while (reader.ok()) {
    auto record = (*reader)->Next();
    EXPECT_TRUE(record.ok()) << record.status();
    if (!record.ok() || !record->has_value()) break;
    records.push_back(std::move(**record));
  }
  return records;
}

std::string ErrorOf(const SourceRecord& record) {
  return std::string(MessageOf(record.article.status()));
}

TEST(JsonLinesTest, ReadsFieldsAndIgnoresOthers) {
  const TempFolder folder;
  const auto records = ReadAll(folder.Write(
      "a.jsonl", R"({"id": "r1", "url": "http://e.org/1", "title": "T", "text": "Some text.",)"
                 R"( "date": "2023-09-22", "source": "S", "language": "en", "kind": "pair",)"
                 R"( "gold": [{"id": "not this", "text": ["nor this"]}], "score": 0.5, "ok": true})"
                 "\n"));
  ASSERT_EQ(records.size(), 1u);
  ASSERT_TRUE(records[0].article.ok()) << records[0].article.status();
  const v1::Article& article = *records[0].article;
  EXPECT_EQ(article.id(), "r1");
  EXPECT_EQ(article.url(), "http://e.org/1");
  EXPECT_EQ(article.title(), "T");
  EXPECT_EQ(article.text(), "Some text.");
  EXPECT_EQ(article.publish_date(), "2023-09-22");
  EXPECT_EQ(article.source(), "S");
  EXPECT_EQ(records[0].line, 1);
  EXPECT_EQ(records[0].raw, "");
}

TEST(JsonLinesTest, NullAndMissingFieldsAreEmptyAndNumbersServeAsIdsAndDates) {
  const TempFolder folder;
  const auto records =
      ReadAll(folder.Write("a.jsonl", R"({"id": 7, "date": 20230922, "text": "x"})"
                                      "\n\n"
                                      R"({"title": null, "date": null, "text": "x"})"));
  ASSERT_EQ(records.size(), 2u);
  ASSERT_TRUE(records[0].article.ok()) << records[0].article.status();
  EXPECT_EQ(records[0].article->id(), "7");
  EXPECT_EQ(records[0].article->publish_date(), "2023-09-22");
  ASSERT_TRUE(records[1].article.ok()) << records[1].article.status();
  EXPECT_EQ(records[1].article->publish_date(), "");
  EXPECT_EQ(records[1].line, 3);
}

TEST(JsonLinesTest, ARecordsOwnDateAndSourceWinOverTheDefaults) {
  const TempFolder folder;
  ReaderOptions options;
  options.default_date = "20200101";
  options.default_source = "Default";
  const auto records =
      ReadAll(folder.Write("a.jsonl", R"({"text": "x", "date": "2023-09-22", "source": "Own"})"
                                      "\n"
                                      R"({"text": "x"})"),
              options);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].article->publish_date(), "2023-09-22");
  EXPECT_EQ(records[0].article->source(), "Own");
  EXPECT_EQ(records[1].article->publish_date(), "2020-01-01");
  EXPECT_EQ(records[1].article->source(), "Default");
}

TEST(JsonLinesTest, BadLinesAreRecordsWithFileLineAndReason) {
  const TempFolder folder;
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"text": "x")", "not JSON"},
      {R"({"text": "x"} {})", "not JSON"},
      {R"({"text": 5})", "the field \"text\" is a number; a string is expected"},
      {R"({"text": ["x"]})", "the field \"text\" is a list"},
      {R"({"text": {"a": 1}})", "the field \"text\" is an object"},
      {R"({"text": "x", "title": true})", "the field \"title\" is a boolean"},
      {R"({"text": "x", "date": 1.5})", "the field \"date\" is a fraction"},
      {R"({"title": "x"})", "there is no text"},
      {R"({"text": "x", "date": "soon"})", "the date \"soon\""},
      {R"(["text"])", "is a list; an object is expected"},
      {R"("text")", "is a string; an object is expected"},
      {"null", "is null; an object is expected"},
      {"5", "is a number; an object is expected"},
  };
  std::string file;
  for (const auto& [line, reason] : cases) file += line + "\n";
  file += R"({"text": "good"})";
  const std::string path = folder.Write("a.jsonl", file);
  const auto records = ReadAll(path);
  ASSERT_EQ(records.size(), cases.size() + 1);
  for (size_t i = 0; i < cases.size(); ++i) {
    ASSERT_FALSE(records[i].article.ok()) << cases[i].first;
    EXPECT_THAT(ErrorOf(records[i]), StartsWith(Cat(path, ":", i + 1, ": ")));
    EXPECT_THAT(ErrorOf(records[i]), HasSubstr(cases[i].second));
    EXPECT_EQ(records[i].raw, cases[i].first);
  }
  EXPECT_TRUE(records.back().article.ok());
}

TEST(JsonLinesTest, ALineOverTheLimitDoesNotStopTheNext) {
  const TempFolder folder;
  const auto records =
      ReadAll(folder.Write("a.jsonl", Cat("{\"text\": \"", std::string(kMaxRecordBytes, 'x'),
                                          "\"}\n", R"({"text": "next"})")));
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].article.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(records[1].article.ok());
}

TEST(JsonLinesTest, DeepNestingIsPassedOver) {
  const TempFolder folder;
  const std::string deep = Cat(std::string(100'000, '['), std::string(100'000, ']'));
  const auto records =
      ReadAll(folder.Write("a.jsonl", Cat("{\"text\": \"x\", \"other\": ", deep, "}")));
  ASSERT_EQ(records.size(), 1u);
  EXPECT_TRUE(records[0].article.ok()) << records[0].article.status();
}

TEST(JsonLinesTest, BytesThatAreNotUtf8AreRepaired) {
  const TempFolder folder;
  const auto records = ReadAll(folder.Write("a.jsonl", "{\"text\": \"Troms\xf8 is cold.\"}"));
  ASSERT_EQ(records.size(), 1u);
  ASSERT_TRUE(records[0].article.ok()) << records[0].article.status();
  EXPECT_EQ(records[0].article->text(), "Troms\xef\xbf\xbd is cold.");
}

TEST(TextTest, AHeaderGivesTheFields) {
  const TempFolder folder;
  const auto records = ReadAll(folder.Write(
      "a.txt", Cat("\xef\xbb\xbfTitle: Ministers meet\nDate: 2023-09-22\nsource: Wire\n"
                   "URL: http://e.org\n\n",
                   kProse, "\n")));
  ASSERT_EQ(records.size(), 1u);
  ASSERT_TRUE(records[0].article.ok()) << records[0].article.status();
  EXPECT_EQ(records[0].article->title(), "Ministers meet");
  EXPECT_EQ(records[0].article->publish_date(), "2023-09-22");
  EXPECT_EQ(records[0].article->source(), "Wire");
  EXPECT_EQ(records[0].article->url(), "http://e.org");
  EXPECT_EQ(records[0].article->text(), Cat(kProse, "\n"));
  EXPECT_EQ(records[0].line, 0);
}

TEST(TextTest, TheHeadersDateMayBeWritten) {
  EXPECT_EQ(ParseTextArticle(Cat("Date: 22 September 2023\n\n", kProse), {}).publish_date(),
            "2023-09-22");
}

TEST(TextTest, WhatOnlyBeginsLikeAHeaderIsText) {
  const std::string text = Cat("Source: unnamed officials said so.\n", kProse);
  EXPECT_EQ(ParseTextArticle(text, {}).text(), text);
  EXPECT_EQ(ParseTextArticle("Title: only this", {}).text(), "Title: only this");
}

TEST(TextTest, AFirstLineThatLooksLikeAHeadlineIsTheTitle) {
  const v1::Article article =
      ParseTextArticle(Cat("Norway and Iceland sign fishing deal\n\n", kProse), {});
  EXPECT_EQ(article.title(), "Norway and Iceland sign fishing deal");
  EXPECT_EQ(article.text(), kProse);
  EXPECT_EQ(ParseTextArticle(kProse, {}).title(), "");
  EXPECT_EQ(ParseTextArticle("Norway and Iceland sign fishing deal", {}).title(), "");
}

TEST(TextTest, TheDateIsTheHeadersOrTheDefaultOrThatOfADateLine) {
  ReaderOptions options;
  const std::string dated = Cat("Wednesday, April 17, 2024\n\n", kProse);
  EXPECT_EQ(ParseTextArticle(dated, options).publish_date(), "2024-04-17");
  EXPECT_EQ(ParseTextArticle(kProse, options).publish_date(), "");
  options.default_date = "2023-09-22";
  EXPECT_EQ(ParseTextArticle(dated, options).publish_date(), "2023-09-22");
  EXPECT_EQ(ParseTextArticle(Cat("Date: 2021-01-01\n\n", dated), options).publish_date(),
            "2021-01-01");
}

TEST(TextTest, BadFilesAreRecordsWithTheirReason) {
  const TempFolder folder;
  const std::string empty = folder.Write("empty.txt", "");
  EXPECT_EQ(ErrorOf(ReadAll(empty).at(0)), Cat(empty, ": there is no text"));
  const std::string binary = folder.Write("binary.txt", std::string("\x7f"
                                                                    "ELF\0\0\0",
                                                                    7));
  EXPECT_THAT(ErrorOf(ReadAll(binary).at(0)), HasSubstr("looks like a binary file"));
  const std::string large = folder.Write("large.txt", std::string(3 * kMaxTextBytes, 'x'));
  EXPECT_EQ(ReadAll(large).at(0).article.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(OpenArticlesTest, TellsJsonLinesByNameOrByTheFirstCharacter) {
  const TempFolder folder;
  const std::string json = R"({"text": "x"})";
  EXPECT_EQ(ReadAll(folder.Write("a.dat", " " + json))[0].line, 1);
  EXPECT_EQ(ReadAll(folder.Write("a.ndjson", "x"))[0].line, 1);
  EXPECT_EQ(ReadAll(folder.Write("a.txt", kProse))[0].line, 0);
  ReaderOptions text;
  text.format = InputFormat::kText;
  EXPECT_EQ(ReadAll(folder.Write("b.jsonl", json), text)[0].line, 0);
}

TEST(OpenArticlesTest, Errors) {
  const TempFolder folder;
  EXPECT_EQ(OpenArticles(folder.Path("none"), {}).status().code(), absl::StatusCode::kNotFound);
  ReaderOptions options;
  options.default_date = "2023-13-01";
  EXPECT_EQ(OpenArticles(folder.Write("a.txt", "x"), options).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace entente::ingest
