// Goal: what stands before a line's first sentence goes, and no word of a sentence does. Method:
// lines with a "|" where the sentence begins; at the very beginning if nothing may go.
#include "ingest/coder/lead_in.h"

#include <string>

#include "gtest/gtest.h"

namespace entente::coder {
namespace {

TEST(LeadInTest, EndsWhereTheSentenceBegins) {
  for (const std::string marked : {
           "KABUL (Pajhwok) : |The council met.",
           "UNITED NATIONS: |Russia and China vetoed a resolution.",
           "SAN FRANCISCO - |A court ruled.",
           "ALBUQUERQUE, N.M. (AP) -- |A judge ruled.",
           "Seoul (Yonhap) — |The minister left.",
           "REUTERS/A. Photographer/File Photo |Iraqi forces arrest a man.",
           "|SEOUL, Sept. 22 (Yonhap) — The minister left.",
           "|NATO: Russia must withdraw.",
           "|AL-SHABAB attacked a base.",
           "|Putin (left) met Xi.",
           "|France and Germany - both members - agreed.",
           "|REUTERS reported a blast.",
           "|REUTERS/A. Photographer Iraqi forces arrest a man.",
           "|The meeting was short: nobody came.",
           "|IRAN",
           "|",
       }) {
    const size_t bar = marked.find('|');
    const std::string line = marked.substr(0, bar) + marked.substr(bar + 1);
    EXPECT_EQ(LeadInLength(line), bar) << line;
  }
}

TEST(LeadInTest, NoByteMoves) {
  const std::string text =
      "KABUL (Pajhwok) : The council met.\nIt was long.\nRABAT - A court ruled.";
  const std::string blanked = BlankLeadIns(text);
  EXPECT_EQ(blanked, std::string(18, ' ') + "The council met.\nIt was long.\n" +
                         std::string(8, ' ') + "A court ruled.");
}

}  // namespace
}  // namespace entente::coder
