// The seam between articles and events: whatever turns one article into coded events.
//
//   absl::StatusOr<v1::CodedArticle> coded = coder.Code(article, {});
//
// Implementations: RuleCoder (ingest/coder/rule_coder.h), the built-in one; and, later, a client of
// the EventCoder gRPC service. A coder never touches the store.
//
// Thread safety: Code may be called from many threads at once.
#ifndef ENTENTE_INGEST_CODER_CODER_H_
#define ENTENTE_INGEST_CODER_CODER_H_

#include <string>

#include "absl/status/statusor.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"

namespace entente::coder {

// Events less sure than this are left out unless asked for: on the development sentences hardly one
// in seven of them was right (docs/coding.md).
inline constexpr double kDefaultMinConfidence = 0.15;

struct CodeOptions {
  // Fill Mention.explanation (rule, paths, resolution, parse). Costs time and space. Default:
  // false.
  bool explain = false;

  // Leave out events of a lower confidence, 0 to 1.
  double min_confidence = kDefaultMinConfidence;
};

class Coder {
 public:
  virtual ~Coder() = default;

  // Codes `article`: its title and its text. The events have no ids (the store gives them) and are
  // merged within the article: one event, many mentions. REQUIRES: the article passed
  // ingest/reader's validation (UTF-8, sizes, a date or none). Errors: INVALID_ARGUMENT (a publish
  // date that is no date); a text without events is not an error.
  virtual absl::StatusOr<v1::CodedArticle> Code(const v1::Article& article,
                                                const CodeOptions& options) const = 0;

  // Name and version, kept in every mention: "entente-rules/0.1".
  virtual std::string Version() const = 0;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_CODER_H_
