// The whole language core behind one call: text in, analysed Document out.
//
//   absl::StatusOr<std::unique_ptr<nlp::Pipeline>> pipeline = nlp::Pipeline::Load(data_dir);
//   nlp::Document document = (*pipeline)->Analyze(article_text);
//
// Pure once loaded: no disk, network, clock or randomness, so the same text always gives the same
// document. A Pipeline is immutable and may be shared by any number of threads; per-call working
// memory is pooled inside. Any bytes are accepted.
#ifndef ENTENTE_INGEST_NLP_PIPELINE_H_
#define ENTENTE_INGEST_NLP_PIPELINE_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"

namespace entente::nlp {

class Pipeline {
 public:
  // Loads the model from `data_dir`/model. Errors: NOT_FOUND (no model file), DATA_LOSS (checksum),
  // FAILED_PRECONDITION (a model of another format version). The message names the file.
  static absl::StatusOr<std::unique_ptr<Pipeline>> Load(const std::string& data_dir);
  virtual ~Pipeline() = default;

  // Splits, tags, lemmatises, parses and finds names. Time is linear in the text but for a bounded
  // factor on very long sentences, which are cut for parsing at a fixed number of tokens.
  virtual Document Analyze(std::string_view text) const = 0;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_PIPELINE_H_
