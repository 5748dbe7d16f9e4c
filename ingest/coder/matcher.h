// Applies the rules to one sentence: finds the triggers, fills the roles with actor mentions, and
// says what is asserted. What comes out are candidates in terms of tokens and mentions; making
// events of them is EventBuilder's part (event_builder.h).
//
//   const Matcher matcher(&rules, &ontology);
//   std::vector<Candidate> candidates = matcher.Match(document, sentence, actors, date);
//
// Thread safety: const; rules and ontology must outlive it.
#ifndef ENTENTE_INGEST_CODER_MATCHER_H_
#define ENTENTE_INGEST_CODER_MATCHER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/candidate.h"
#include "ingest/coder/pair_model.h"
#include "ingest/coder/rule_set.h"
#include "ingest/knowledge/ontology.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

class Matcher {
 public:
  // All must outlive the matcher. Without a model of pairs the rules are the only reader.
  Matcher(const RuleSet* rules, const knowledge::Ontology* ontology, const PairModel* pairs)
      : rules_(rules), ontology_(ontology), pairs_(pairs) {}

  // The events of `document.sentences[sentence]`, in the order of their triggers; at most one a
  // trigger of a rule. With `explain` they have the reasons of the model of pairs. Time: linear in
  // the tokens times the rules of a trigger word.
  std::vector<Candidate> Match(const nlp::Document& document, int32_t sentence,
                               const DocumentActors& actors, std::optional<Date> published,
                               bool explain = false) const;

 private:
  const RuleSet* rules_;
  const knowledge::Ontology* ontology_;
  const PairModel* pairs_;  // may be null
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_MATCHER_H_
