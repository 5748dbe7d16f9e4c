// Goal: a model file comes back as it was written, and no damage to one goes unnoticed.
#include "ingest/nlp/model_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

std::string SmallFile() {
  ModelFileWriter writer;
  writer.AddField("model", "test");
  writer.AddField("licence", "CC BY-SA 4.0: with a colon");
  writer.AddField("trained on", "one");
  writer.AddField("trained on", "two");
  writer.AddSection("words", std::string(5000, 'w'));
  writer.AddSection("empty", "");
  return *writer.Finish();
}

TEST(ModelFileTest, ComesBackAsWritten) {
  const absl::StatusOr<ModelFile> file = ModelFile::Parse(SmallFile(), "small");
  ASSERT_TRUE(file.ok()) << file.status().ToString();
  EXPECT_EQ(file->Field("licence"), "CC BY-SA 4.0: with a colon");
  EXPECT_EQ(file->Field("trained on"), "one");
  EXPECT_EQ(file->fields().size(), 4u);
  EXPECT_EQ(*file->Section("words"), std::string(5000, 'w'));
  EXPECT_EQ(*file->Section("empty"), "");
  EXPECT_EQ(file->Section("parser").status().code(), absl::StatusCode::kNotFound);
}

TEST(ModelFileTest, TheSameContentsGiveTheSameBytes) { EXPECT_EQ(SmallFile(), SmallFile()); }

TEST(ModelFileTest, TheHeaderCanBeReadByPeople) {
  EXPECT_THAT(SmallFile(), testing::HasSubstr("model: test\nlicence: CC BY-SA 4.0"));
}

TEST(ModelFileTest, EveryFlippedByteIsNoticed) {
  const std::string bytes = SmallFile();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    EXPECT_FALSE(ModelFile::Parse(damaged, "damaged").ok()) << "byte " << i;
  }
}

TEST(ModelFileTest, EveryCutIsNoticed) {
  const std::string bytes = SmallFile();
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(ModelFile::Parse(bytes.substr(0, size), "cut").status().code(),
              absl::StatusCode::kDataLoss)
        << size << " bytes";
  }
}

TEST(ModelFileTest, AnotherVersionIsNamed) {
  std::string bytes = SmallFile();
  bytes[8] = 77;
  const absl::Status status = ModelFile::Parse(bytes, "new.entmodel").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(MessageOf(status)),
              testing::HasSubstr("new.entmodel has format version 77"));
}

TEST(ModelFileTest, AMissingFileIsNotFound) {
  EXPECT_EQ(ModelFile::Load("/nonexistent/model").status().code(), absl::StatusCode::kNotFound);
}

TEST(ByteCodingTest, NumbersAndStringsComeBack) {
  ByteWriter writer;
  writer.U8(200);
  writer.U16(60000);
  writer.U32(4000000000u);
  writer.U64(1ull << 63);
  writer.F32(-2.5F);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) {
    writer.Varint(value);
  }
  writer.String("word");
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.U8(), 200);
  EXPECT_EQ(reader.U16(), 60000);
  EXPECT_EQ(reader.U32(), 4000000000u);
  EXPECT_EQ(reader.U64(), 1ull << 63);
  EXPECT_EQ(reader.F32(), -2.5F);
  for (const uint64_t value : {uint64_t{0}, uint64_t{127}, uint64_t{128}, ~uint64_t{0}}) {
    EXPECT_EQ(reader.Varint(), value);
  }
  EXPECT_EQ(reader.String(), "word");
  EXPECT_TRUE(reader.ok());
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(ByteCodingTest, ReadingPastTheEndFailsForGood) {
  ByteReader reader(
      "\x05"
      "ab");
  EXPECT_EQ(reader.String(), "");
  EXPECT_FALSE(reader.ok());
  EXPECT_EQ(reader.U8(), 0);
}

}  // namespace
}  // namespace entente::nlp
