// Goal: a rejected record is kept byte for byte, with where it came from and why.
#include "ingest/quarantine.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

TEST(QuarantineTest, KeepsRecordsInTheOrderInWhichTheyCame) {
  const TempFolder folder;
  Quarantine quarantine(folder.Path("q.jsonl"));
  ASSERT_TRUE(quarantine.Add("a.jsonl", 3, "not JSON", "{\"text\": \"x\ny").ok());
  ASSERT_TRUE(quarantine.Add("b.txt", 0, "no text", "").ok());
  ASSERT_TRUE(quarantine.Close().ok());
  EXPECT_EQ(folder.Read("q.jsonl"),
            "{\"file\":\"a.jsonl\",\"line\":3,\"reason\":\"not JSON\","
            "\"record\":\"{\\\"text\\\": \\\"x\\ny\"}\n"
            "{\"file\":\"b.txt\",\"line\":0,\"reason\":\"no text\",\"record\":\"\"}\n");
}

TEST(QuarantineTest, AddsToWhatIsThere) {
  const TempFolder folder;
  for (int i = 0; i < 2; ++i) {
    Quarantine quarantine(folder.Path("q"));
    ASSERT_TRUE(quarantine.Add("f", i, "r", "x").ok());
  }
  const std::string all = folder.Read("q");
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 2);
}

TEST(QuarantineTest, BytesThatAreNotTextAreKept) {
  const std::string bytes("\xff\x00\xfe", 3);
  const auto json = nlohmann::json::parse(QuarantineLine("f\xff", 0, "bad \xc3", bytes));
  std::string back;
  ASSERT_TRUE(absl::Base64Unescape(json["record_base64"].get<std::string>(), &back));
  EXPECT_EQ(back, bytes);
  EXPECT_EQ(json["reason"], "bad \xef\xbf\xbd");
  EXPECT_FALSE(json.contains("record"));
}

TEST(QuarantineTest, MakesNoFileForNothing) {
  const TempFolder folder;
  Quarantine quarantine(folder.Path("q"));
  ASSERT_TRUE(quarantine.Close().ok());
  EXPECT_FALSE(std::filesystem::exists(folder.Path("q")));
  Quarantine nowhere("");
  EXPECT_TRUE(nowhere.Add("f", 1, "r", "x").ok());
}

TEST(QuarantineTest, AFileThatCannotBeMadeIsAnError) {
  const TempFolder folder;
  Quarantine quarantine(folder.Path("no/such/folder/q"));
  EXPECT_EQ(quarantine.Add("f", 1, "r", "x").code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace entente::ingest
