#include "ingest/resume_point.h"

#include <gtest/gtest.h>

#include "tests/ingest/temp_folder.h"

namespace entente::ingest {
namespace {

TEST(ResumePointTest, ReadsBackWhatItWrote) {
  const ResumePoint point{"gdelt", UINT64_MAX, 12, 3, INT64_MAX};
  EXPECT_EQ(ResumePoint::Decode(point.Encode()), point);
  for (const char* bad : {"", "1", "2 gdelt 1 2 3 4", "1 gdelt 1 2 3", "1 gdelt 1 -2 3 4",
                          "1 gdelt x 2 3 4", "1 gdelt 1 2 3 4 5"}) {
    EXPECT_FALSE(ResumePoint::Decode(bad)) << bad;
  }
}

TEST(ResumePointTest, AFingerprintIsOfNamesSizesAndOrder) {
  const TempFolder folder;
  const std::string a = folder.Write("a", "1");
  const std::string b = folder.Write("b", "1");
  const uint64_t both = Fingerprint(Fingerprint(kNoInputs, a), b);
  EXPECT_EQ(Fingerprint(Fingerprint(kNoInputs, a), b), both);
  EXPECT_NE(Fingerprint(Fingerprint(kNoInputs, b), a), both);
  folder.Write("b", "12");
  EXPECT_NE(Fingerprint(Fingerprint(kNoInputs, a), b), both);
  EXPECT_EQ(Fingerprint(kNoInputs, "-"), 0u);
  EXPECT_EQ(Fingerprint(Fingerprint(kNoInputs, "-"), a), 0u);
  EXPECT_EQ(Fingerprint(kNoInputs, folder.Path("missing")), 0u);
}

}  // namespace
}  // namespace entente::ingest
