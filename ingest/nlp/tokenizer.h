// Cuts English text into words by the conventions of the UD English treebanks: clitics apart ("do"
// + "n't", "Korea" + "'s", "can" + "not"), hyphens apart ("arms" "-" "control") but for prefixes
// ("non-proliferation") and given names ("Jong-un"), currency, percent and units apart from
// numbers, abbreviations with their full stop, URLs, addresses, times, dates and decimals whole.
//
//   std::vector<TextUnit> units;
//   DecodeUnits(text, &units);
//   std::vector<WordSpan> words;
//   TokenizeUnits(units, 0, units.size() - 1, &words);
//
// Rules only, over ICU's character classes; linear in the text. Thread safety: pure.
#ifndef ENTENTE_INGEST_NLP_TOKENIZER_H_
#define ENTENTE_INGEST_NLP_TOKENIZER_H_

#include <cstdint>
#include <vector>

#include "ingest/nlp/text_units.h"

namespace entente::nlp {

// A word: units [begin, end). Never empty, never with white space, at most kWordUnitsMax long.
struct WordSpan {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool space_after = true;  // white space (or a tag) follows before the next word
};

// Longer runs without a place to cut (encoded files, noise) are cut here. Unit: characters.
inline constexpr uint32_t kWordUnitsMax = 1000;

// Appends the words among units [begin, end) of `units`, which are one block of text, to `*words`.
// REQUIRES: end < units.size().
void TokenizeUnits(const std::vector<TextUnit>& units, uint32_t begin, uint32_t end,
                   std::vector<WordSpan>* words);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_TOKENIZER_H_
