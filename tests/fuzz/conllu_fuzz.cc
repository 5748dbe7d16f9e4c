// Any bytes through the CoNLL-U reader: an error or a document, and what is written of a document
// reads back as the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "ingest/nlp/conllu.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<entente::nlp::Document> document = entente::nlp::ReadConllu(bytes, "fuzz");
  if (!document.ok()) return 0;
  const std::string written = entente::nlp::WriteConllu(*document);
  const absl::StatusOr<entente::nlp::Document> again = entente::nlp::ReadConllu(written, "again");
  if (!again.ok() || again->sentences.size() != document->sentences.size()) std::abort();
  return 0;
}
