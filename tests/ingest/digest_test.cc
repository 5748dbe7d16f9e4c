// Goal: the digest is SHA-256. Method: the examples of FIPS 180-4.
#include "ingest/digest.h"

#include <string>

#include "gtest/gtest.h"

namespace entente::ingest {
namespace {

TEST(DigestTest, Sha256OfTheStandardsExamples) {
  EXPECT_EQ(HexOf(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(HexOf(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(HexOf(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(DigestTest, HexHasTwoFiguresAByte) {
  EXPECT_EQ(HexOf(std::string("\x00\x0f\xff", 3)), "000fff");
}

}  // namespace
}  // namespace entente::ingest
