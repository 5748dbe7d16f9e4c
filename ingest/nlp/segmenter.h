// Text to sentences and words: layout, tokeniser and sentence splitter in one call. What it returns
// has spans, block kinds and paragraphs; tags, trees and names come after.
//
//   Segmenter segmenter;                       // keeps its working memory; one a thread
//   Document document;
//   document.text = text;
//   segmenter.Segment(&document);
//
// Any bytes are accepted. Linear in the text. Not safe to share between threads.
#ifndef ENTENTE_INGEST_NLP_SEGMENTER_H_
#define ENTENTE_INGEST_NLP_SEGMENTER_H_

#include <cstdint>
#include <vector>

#include "ingest/nlp/document.h"
#include "ingest/nlp/layout.h"
#include "ingest/nlp/text_units.h"
#include "ingest/nlp/tokenizer.h"

namespace entente::nlp {

// Only the first bytes of a longer text are analysed. Unit: bytes.
inline constexpr size_t kTextBytesMax = size_t{256} << 20;

class Segmenter {
 public:
  // Replaces document->sentences by the sentences and tokens of document->text.
  void Segment(Document* document);

 private:
  void AddSentence(const Block& block, uint32_t begin, uint32_t end, Document* document) const;

  std::vector<TextUnit> units_;
  std::vector<Block> blocks_;
  std::vector<WordSpan> words_;
  std::vector<uint32_t> ends_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_SEGMENTER_H_
