// Any bytes through the whole language core: no crash, spans in order, trees within bounds.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "ingest/nlp/conllu.h"
#include "ingest/nlp/pipeline.h"
#include "ingest/nlp/render.h"

namespace {

constexpr size_t kBytesMax = 4096;

void Check(bool holds) {
  if (!holds) std::abort();
}

const entente::nlp::Pipeline& Shared() {
  static const std::unique_ptr<entente::nlp::Pipeline> pipeline = [] {
    auto loaded = entente::nlp::Pipeline::Load(ENTENTE_DATA_DIR);
    Check(loaded.ok());
    return *std::move(loaded);
  }();
  return *pipeline;
}

void CheckDocument(const entente::nlp::Document& document) {
  uint32_t position = 0;
  for (const entente::nlp::Sentence& sentence : document.sentences) {
    const auto count = static_cast<int32_t>(sentence.tokens.size());
    Check(count > 0);
    for (const entente::nlp::Token& token : sentence.tokens) {
      Check(token.span.begin >= position && token.span.begin < token.span.end);
      Check(token.span.end <= document.text.size());
      Check(token.head >= -1 && token.head < count);
      Check(!token.lemma.empty());
      position = token.span.end;
    }
    for (const entente::nlp::Name& name : sentence.names) {
      Check(name.first >= 0 && name.first <= name.last && name.last < count);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), std::min(size, kBytesMax));
  const entente::nlp::Document document = Shared().Analyze(text);
  CheckDocument(document);
  Check(!entente::nlp::WriteConllu(document).empty() || document.sentences.empty());
  Check(!entente::nlp::RenderDocument(document).empty() || document.sentences.empty());
  return 0;
}
