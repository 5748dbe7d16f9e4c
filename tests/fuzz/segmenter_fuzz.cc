// Any bytes through layout, tokeniser and sentence splitter: spans are in order, never empty, and
// what lies between them is white space, tags or invisible characters only.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/nlp/normalize.h"
#include "ingest/nlp/segmenter.h"
#include "ingest/nlp/text_units.h"

namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  entente::nlp::Document document;
  document.text.assign(reinterpret_cast<const char*>(data), size);
  entente::nlp::Segmenter segmenter;
  segmenter.Segment(&document);
  std::vector<bool> covered(size, false);
  uint32_t position = 0;
  for (const entente::nlp::Sentence& sentence : document.sentences) {
    Check(!sentence.tokens.empty());
    for (const entente::nlp::Token& token : sentence.tokens) {
      Check(token.span.begin >= position && token.span.begin < token.span.end);
      Check(token.span.end <= size);
      Check(!entente::nlp::NormalizedForm(document.Text(token.span)).empty());
      position = token.span.end;
      for (uint32_t i = token.span.begin; i < token.span.end; ++i) covered[i] = true;
    }
  }
  std::vector<entente::nlp::TextUnit> units;
  entente::nlp::DecodeUnits(document.text, &units);
  for (size_t i = 0; i + 1 < units.size(); ++i) {
    const bool skipped = units[i].IsSpace() || units[i].cls == entente::nlp::UnitClass::kInvisible;
    Check(covered[units[i].begin] || skipped);
  }
  return 0;
}
