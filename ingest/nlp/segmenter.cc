#include "ingest/nlp/segmenter.h"

#include <utility>

#include "ingest/nlp/sentence_splitter.h"

namespace entente::nlp {

void Segmenter::Segment(Document* document) {
  document->sentences.clear();
  const std::string_view text = std::string_view(document->text).substr(0, kTextBytesMax);
  DecodeUnits(text, &units_);
  FindBlocks(units_, &blocks_);
  for (const Block& block : blocks_) {
    words_.clear();
    ends_.clear();
    TokenizeUnits(units_, block.begin, block.end, &words_);
    SplitSentences(text, units_, words_, &ends_);
    uint32_t begin = 0;
    for (const uint32_t end : ends_) {
      AddSentence(block, begin, end, document);
      begin = end;
    }
  }
}

void Segmenter::AddSentence(const Block& block, uint32_t begin, uint32_t end,
                            Document* document) const {
  Sentence sentence;
  sentence.kind = block.kind;
  sentence.paragraph = block.paragraph;
  sentence.tokens.resize(end - begin);
  for (uint32_t i = begin; i < end; ++i) {
    Token& token = sentence.tokens[i - begin];
    token.span = {units_[words_[i].begin].begin, units_[words_[i].end].begin};
    token.space_after = words_[i].space_after;
  }
  sentence.span = {sentence.tokens.front().span.begin, sentence.tokens.back().span.end};
  document->sentences.push_back(std::move(sentence));
}

}  // namespace entente::nlp
