#include "ingest/import/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zip.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

using Members = std::vector<std::pair<std::string, std::string>>;

// Every member with its contents; the names without the folder.
absl::StatusOr<Members> ReadAll(const std::string& path, const UnpackLimits& limits = {}) {
  ENTENTE_ASSIGN_OR_RETURN(const auto source, ByteSource::Open(path, limits));
  Members members;
  for (;;) {
    ENTENTE_ASSIGN_OR_RETURN(const bool more, source->NextMember());
    if (!more) return members;
    const std::string& name = source->name();
    members.emplace_back(name.substr(std::min(path.rfind('/') + 1, name.size())), "");
    char buffer[1000];
    for (;;) {
      ENTENTE_ASSIGN_OR_RETURN(const size_t count, source->Read(buffer, sizeof buffer));
      if (count == 0) break;
      members.back().second.append(buffer, count);
    }
  }
}

std::string Gzip(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string Zip(const TempFolder& folder, const Members& members, bool encrypt = false) {
  const std::string path = folder.Path("made.zip");
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  EXPECT_NE(archive, nullptr);
  for (const auto& [name, text] : members) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    const zip_int64_t index = zip_file_add(archive, name.c_str(), source, ZIP_FL_ENC_UTF_8);
    EXPECT_GE(index, 0);
    if (encrypt) {
      EXPECT_EQ(
          zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, "x"),
          0);
    }
  }
  EXPECT_EQ(zip_close(archive), 0);
  return path;
}

std::string Text() {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += Cat("row ", i * i % 977, "\n");
  return text;
}

std::string ErrorOf(const absl::StatusOr<Members>& result) {
  EXPECT_FALSE(result.ok());
  return result.ok() ? "" : std::string(MessageOf(result.status()));
}

TEST(ByteSourceTest, KindsAreToldByTheirContents) {
  const TempFolder folder;
  const std::string text = Text();
  for (const std::string& packed : {text, Gzip(text), Zstd(text)}) {
    const auto members = ReadAll(folder.Write("data.txt", packed));
    ASSERT_TRUE(members.ok()) << members.status();
    EXPECT_THAT(*members, ElementsAre(Pair("data.txt", text)));
  }
  EXPECT_THAT(*ReadAll(folder.Write("empty", "")), ElementsAre(Pair("empty", "")));
  EXPECT_THAT(*ReadAll(folder.Write("short", "PK")), ElementsAre(Pair("short", "PK")));
}

TEST(ByteSourceTest, SeveralMembersAndFrames) {
  const TempFolder folder;
  const auto gzip =
      ReadAll(folder.Write("a.gz", Gzip("one\n") + Gzip("two\n") + std::string(512, '\0')));
  ASSERT_TRUE(gzip.ok()) << gzip.status();
  EXPECT_THAT(*gzip, ElementsAre(Pair("a.gz", "one\ntwo\n")));
  EXPECT_THAT(*ReadAll(folder.Write("a.zst", Zstd("one\n") + Zstd("two\n"))),
              ElementsAre(Pair("a.zst", "one\ntwo\n")));
  const auto zip =
      ReadAll(Zip(folder, {{"a.csv", Text()}, {"__MACOSX/._a.csv", "x"}, {"d/b.csv", "b"}}));
  ASSERT_TRUE(zip.ok()) << zip.status();
  EXPECT_THAT(*zip, ElementsAre(Pair("made.zip/a.csv", Text()), Pair("made.zip/d/b.csv", "b")));
}

TEST(ByteSourceTest, WhatIsDamagedOrCutOffIsSaid) {
  const TempFolder folder;
  for (const std::string& whole : {Gzip(Text()), Zstd(Text())}) {
    EXPECT_THAT(ErrorOf(ReadAll(folder.Write("cut", whole.substr(0, whole.size() / 2)))),
                HasSubstr("cut off"));
    EXPECT_THAT(ErrorOf(ReadAll(folder.Write("cut", whole.substr(0, whole.size() - 1)))),
                HasSubstr("cut off"));
    std::string flipped = whole;
    flipped[whole.size() / 2] ^= 0x55;
    const auto damaged = ReadAll(folder.Write("flipped", flipped));
    // Zstandard without a checksum may take a flipped bit for another text; never for an end.
    EXPECT_TRUE(damaged.ok() || damaged.status().code() == absl::StatusCode::kDataLoss)
        << damaged.status();
  }
  // The checksum is compared: gzip's stands in its last eight bytes.
  std::string sum = Gzip(Text());
  sum[sum.size() - 6] ^= 1;
  EXPECT_THAT(ErrorOf(ReadAll(folder.Write("sum", sum))), HasSubstr("damaged"));
  std::ifstream in(Zip(folder, {{"a.csv", Text()}}), std::ios::binary);
  std::string zip((std::istreambuf_iterator<char>(in)), {});
  EXPECT_THAT(ErrorOf(ReadAll(folder.Write("cut.zip", zip.substr(0, zip.size() / 2)))),
              HasSubstr("zip"));
  zip[200] ^= 0x55;
  EXPECT_THAT(ErrorOf(ReadAll(folder.Write("bad.zip", zip))), HasSubstr("damaged"));
}

TEST(ByteSourceTest, EncryptedArchivesAreRefusedAtOnce) {
  const TempFolder folder;
  const auto source = ByteSource::Open(Zip(folder, {{"a.csv", "a"}}, /*encrypt=*/true), {});
  ASSERT_FALSE(source.ok());
  EXPECT_THAT(std::string(MessageOf(source.status())), HasSubstr("a.csv: is encrypted"));
}

TEST(ByteSourceTest, BombsAreDefused) {
  const TempFolder folder;
  UnpackLimits limits;
  limits.ratio_from_bytes = 1 << 20;
  const std::string zeros(8 << 20, '0');
  for (const std::string& path :
       {folder.Write("a.gz", Gzip(zeros)), folder.Write("a.zst", Zstd(zeros)),
        Zip(folder, {{"a", zeros}})}) {
    const auto result = ReadAll(path, limits);
    EXPECT_THAT(ErrorOf(result), HasSubstr("times its size")) << path;
    EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  }
  limits = {};
  limits.bytes_max = 1000;
  EXPECT_THAT(ErrorOf(ReadAll(folder.Write("b", std::string(1001, 'x')), limits)),
              HasSubstr("1000 bytes"));
  limits = {};
  limits.members_max = 1;
  EXPECT_THAT(ErrorOf(ReadAll(Zip(folder, {{"a", "1"}, {"b", "2"}}), limits)),
              HasSubstr("2 members"));
}

TEST(ByteSourceTest, FilesThatAreNone) {
  const TempFolder folder;
  EXPECT_EQ(ByteSource::Open(folder.Path("missing"), {}).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(ByteSource::Open(folder.Path(""), {}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace entente::ingest
