// What the lines of a text are, before any grammar: headlines, datelines, paragraphs of running
// text (also when they are hard-wrapped), captions, bullets and furniture.
//
//   std::vector<Block> blocks;
//   FindBlocks(units, &blocks);
//
// A paragraph ends at a blank line or at a line end, unless the lines are wrapped at a common
// width: then a line is joined to the next one where the next one's first word would not have
// fitted. A dateline ("SEOUL, Sept. 22 (Yonhap) —") is a block of its own before its paragraph's
// body. Linear. Thread safety: pure.
#ifndef ENTENTE_INGEST_NLP_LAYOUT_H_
#define ENTENTE_INGEST_NLP_LAYOUT_H_

#include <cstdint>
#include <vector>

#include "ingest/nlp/document.h"
#include "ingest/nlp/text_units.h"

namespace entente::nlp {

// Units [begin, end), without white space at either side; never empty.
struct Block {
  uint32_t begin = 0;
  uint32_t end = 0;
  BlockKind kind = BlockKind::kBody;
  int32_t paragraph = 0;
};

// Replaces `*blocks` by the blocks of `units` (with sentinel), in order.
void FindBlocks(const std::vector<TextUnit>& units, std::vector<Block>* blocks);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_LAYOUT_H_
