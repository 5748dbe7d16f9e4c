#include "base/utf8.h"

#include <gtest/gtest.h>

#include <random>

namespace entente {
namespace {

TEST(DecodeUtf8Test, RefusesWhatIsNotUtf8) {
  EXPECT_EQ(DecodeUtf8("é", 0).value, U'é');
  EXPECT_EQ(DecodeUtf8("😀", 0).length, 4u);
  for (const char* bad :
       {"\xC0\x80", "\xED\xA0\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\x80", "\xFF"}) {
    const CodePoint c = DecodeUtf8(bad, 0);
    EXPECT_FALSE(c.valid);
    EXPECT_EQ(c.length, 1u);
    EXPECT_EQ(c.value, char32_t{0xFFFD});
  }
}

// Property: encoding and decoding are inverse for every code point.
TEST(DecodeUtf8Test, RoundTripsAllCodePoints) {
  for (char32_t value = 0; value <= 0x10FFFF; ++value) {
    if (value >= 0xD800 && value <= 0xDFFF) continue;
    std::string bytes;
    AppendUtf8(value, &bytes);
    const CodePoint c = DecodeUtf8(bytes, 0);
    ASSERT_TRUE(c.valid && c.value == value && c.length == bytes.size())
        << static_cast<uint32_t>(value);
  }
}

// Property: what replacing gives is valid, whatever the bytes were.
TEST(ReplaceInvalidUtf8Test, GivesValidTextForAnyBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes;
    for (int i = 0; i < 20; ++i) bytes.push_back(static_cast<char>(random()));
    EXPECT_TRUE(IsValidUtf8(ReplaceInvalidUtf8(bytes)));
  }
}

// Property: text is read eight bytes at a time, and yet judged byte by byte.
TEST(IsValidUtf8Test, LooksAtEveryByte) {
  for (size_t size = 1; size < 40; ++size) {
    for (size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      EXPECT_TRUE(IsValidUtf8(text));
      text[at] = '\xC3';
      EXPECT_FALSE(IsValidUtf8(text)) << size << ' ' << at;
      if (at + 1 == size) continue;
      text[at + 1] = '\xA9';
      EXPECT_TRUE(IsValidUtf8(text)) << size << ' ' << at;
    }
  }
}

TEST(FoldNameTest, FoldsCaseDiacriticsAndPunctuation) {
  EXPECT_EQ(FoldName("Kim Jong-Ŭn"), "kim jong un");
  EXPECT_EQ(FoldName("  Jüri   RATAS "), "juri ratas");
  EXPECT_EQ(FoldName("Mu'ammar al-Qaḏḏāfī"), "muammar al qaddafi");
  EXPECT_EQ(FoldName("U.N."), "u n");
  EXPECT_EQ(FoldName(""), "");
}

TEST(LooksBinaryTest, TellsTextFromBinary) {
  EXPECT_FALSE(LooksBinary("Plain text, with é and 中.\r\n"));
  EXPECT_TRUE(LooksBinary(std::string_view("a\0b", 3)));
  EXPECT_TRUE(LooksBinary("\xFF\xD8\xFF\xE0\x10\x4A\x46"));
}

}  // namespace
}  // namespace entente
