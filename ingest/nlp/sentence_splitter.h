// Cuts a block of words into sentences: at full stops, question and exclamation marks and ellipses,
// with the closing quotes and brackets that follow them, unless the next word, an abbreviation or
// an initial says that the sentence goes on.
//
//   std::vector<uint32_t> ends;
//   SplitSentences(text, units, words, &ends);     // indexes into words, one past each sentence
//
// Rules only; linear. Thread safety: pure.
#ifndef ENTENTE_INGEST_NLP_SENTENCE_SPLITTER_H_
#define ENTENTE_INGEST_NLP_SENTENCE_SPLITTER_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/nlp/text_units.h"
#include "ingest/nlp/tokenizer.h"

namespace entente::nlp {

// Longer sentences (lists, tables, text without full stops) are cut at a semicolon, dash or comma
// in their second half, or else at this length, so that everything after works on bounded
// sentences.
inline constexpr uint32_t kSentenceWordsMax = 400;

// Appends the ends of the sentences of `words`, which are one block. The last end is words.size();
// nothing is appended for no words.
void SplitSentences(std::string_view text, const std::vector<TextUnit>& units,
                    std::span<const WordSpan> words, std::vector<uint32_t>* ends);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_SENTENCE_SPLITTER_H_
