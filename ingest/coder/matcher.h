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
#include <string>
#include <vector>

#include "base/time.h"
#include "entente/v1/event.pb.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/assertion.h"
#include "ingest/coder/clause.h"
#include "ingest/coder/dates.h"
#include "ingest/coder/rule_set.h"
#include "ingest/knowledge/ontology.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// A mention in a role.
struct RoleFiller {
  std::string role;
  int32_t mention = -1;  // index into DocumentActors::mentions
  std::string path;      // "nsubj", "obj>nmod:poss"
  double cost = 0;       // of the path
};

// Words for a field of the typed detail.
struct DetailText {
  std::string field;  // "topic"; "casualties.killed" for a field of a message
  nlp::Span span;
  std::string value;  // instead of the words of the span, if not empty
};

struct Candidate {
  const Rule* rule = nullptr;
  int32_t sentence = 0;
  int32_t trigger = 0;     // token
  nlp::Span trigger_span;  // with particle, modifier or light verb's object
  std::vector<RoleFiller> fillers;
  std::vector<DetailText> details;
  std::optional<v1::Money> money;  // for the detail's value
  Assertion assertion;
  std::optional<DateExpression> when;  // said of this event
  bool mutual = false;                 // all sides do it to each other
  int32_t speaker_mention = -1;        // who is reported to say it; -1: the article itself
  int32_t place = -1;                  // mention of the place where it happened; -1: not said
  double confidence = 0;               // 0 to 1
};

class Matcher {
 public:
  Matcher(const RuleSet* rules, const knowledge::Ontology* ontology)
      : rules_(rules), ontology_(ontology) {}

  // The events of `document.sentences[sentence]`, in the order of their triggers; at most one a
  // trigger. Time: linear in the tokens times the rules of a trigger word.
  std::vector<Candidate> Match(const nlp::Document& document, int32_t sentence,
                               const DocumentActors& actors, std::optional<Date> published) const;

 private:
  const RuleSet* rules_;
  const knowledge::Ontology* ontology_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_MATCHER_H_
