// CoNLL-U, the ten-column format of Universal Dependencies: reads and writes nlp::Document.
//
//   absl::StatusOr<Document> gold = ReadConllu(bytes, "en_ewt-ud-test.conllu");
//   std::string text = WriteConllu(*gold);
//
// Reading rebuilds the text: surface forms with the spaces that SpaceAfter=No does not forbid, one
// space between sentences, a blank line before `# newpar` and `# newdoc`. The words of a multiword
// token ("don't" = "do" + "n't") get their own parts of its surface form, so that spans stay exact
// and never overlap; empty nodes (8.1) are passed over. Thread safety: pure functions.
// Format: https://universaldependencies.org/format.html
#ifndef ENTENTE_INGEST_NLP_CONLLU_H_
#define ENTENTE_INGEST_NLP_CONLLU_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"

namespace entente::nlp {

struct ConlluLimits {
  size_t bytes_max = size_t{1} << 30;      // of the whole input. Default: 1 GiB
  size_t words_per_sentence_max = 100000;  // Default: 100,000
};

// Parses `bytes`; `name` stands before the line number in messages. Relations are mapped by
// DeprelFromName. A head or relation "_" reads as not parsed. `# block = headline` and Name=B-PER
// in the last column, which WriteConllu writes, are read back. Errors: INVALID_ARGUMENT "name:line:
// …" (columns, numbering, unknown tag or relation, head out of range), RESOURCE_EXHAUSTED (a
// limit).
absl::StatusOr<Document> ReadConllu(std::string_view bytes, std::string_view name,
                                    const ConlluLimits& limits = {});

// The document with one word a line, `# newpar` where paragraphs begin, `# block` for sentences
// that are not body text, and names as Name=B-PER, I-PER in the last column. Contractions are
// written as words without a multiword line. White space inside a form or text is written as one
// space.
std::string WriteConllu(const Document& document);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_CONLLU_H_
