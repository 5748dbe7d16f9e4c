// The built-in coder: the language core's trees, the actors found in them, and the rules of
// data/coder make events. See docs/coding.md for how a sentence becomes an event.
//
//   absl::StatusOr<std::unique_ptr<RuleCoder>> coder = RuleCoder::Load(data_dir);
//   absl::StatusOr<v1::CodedArticle> coded = (*coder)->Code(article, {});
//
// Thread safety: immutable once loaded; share one between threads.
#ifndef ENTENTE_INGEST_CODER_RULE_CODER_H_
#define ENTENTE_INGEST_CODER_RULE_CODER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/coder/coder.h"
#include "ingest/coder/confidence.h"
#include "ingest/coder/pair_features.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// Two actors of a text with what its tree says of them.
struct PairInText {
  nlp::Span source;  // bytes of the phrases
  nlp::Span target;
  std::vector<PairFeature> features;
  std::vector<std::string> names;  // of the features, in their order
};

class RuleCoder : public Coder {
 public:
  // Loads the language model, the ontology, the lexicon and the rules from `data_dir`, and a user's
  // tables from `lexicon_dirs`, of which a later one wins over an earlier (Lexicon::Load). Errors:
  // those of the loaders, with file, line and column of what is wrong.
  static absl::StatusOr<std::unique_ptr<RuleCoder>> Load(
      const std::string& data_dir, const std::vector<std::string>& lexicon_dirs = {});

  ~RuleCoder() override;
  RuleCoder(const RuleCoder&) = delete;
  RuleCoder& operator=(const RuleCoder&) = delete;

  absl::StatusOr<v1::CodedArticle> Code(const v1::Article& article,
                                        const CodeOptions& options) const override;
  // With a user's tables their fingerprint stands behind it: "entente-rules/0.1+lexicon.5f3a90c2".
  std::string Version() const override;

  // The same as Code, and what the confidence of each mention was made of: for those who fit it to
  // gold.
  absl::StatusOr<v1::CodedArticle> CodeWithFeatures(const v1::Article& article,
                                                    MentionFeatures* features) const;

  // All pairs of actors of the article's text, events or not: for those who fit the model of pairs
  // to gold. Errors: as of Code.
  absl::StatusOr<std::vector<PairInText>> PairsOf(const v1::Article& article) const;

 private:
  struct Parts;
  explicit RuleCoder(std::unique_ptr<const Parts> parts);

  absl::StatusOr<v1::CodedArticle> CodeWith(const v1::Article& article, const CodeOptions& options,
                                            MentionFeatures* features) const;

  std::unique_ptr<const Parts> parts_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_RULE_CODER_H_
