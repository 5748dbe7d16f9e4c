// What the matcher and the reader of pairs make of a sentence: events in terms of tokens and
// mentions, of which event_builder.h makes events of actors and codes.
//
// Plain data, and a pure function of it.
#ifndef ENTENTE_INGEST_CODER_CANDIDATE_H_
#define ENTENTE_INGEST_CODER_CANDIDATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "entente/v1/event.pb.h"
#include "ingest/coder/assertion.h"
#include "ingest/coder/dates.h"
#include "ingest/coder/pair_features.h"
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

// How likely two of an event's actors are related at all, and if so by such an event; 0 to 1.
struct PairOpinion {
  double related = 0;
  double root_share = 0;
  ActorPair pair;  // the two that it is surest of
};

// What a feature of a pair says for its being related.
struct PairReason {
  std::string feature;
  double value = 0;
  double weight = 0;  // log-odds for each unit of the value
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
  // What the model of pairs thinks of it (pair_reader.h); not set where it names one side only.
  std::optional<PairOpinion> opinion;
  std::vector<PairReason> reasons;  // for it, if they were asked for
};

// The codes of an event of that rule and status: the rule's own, or those of its type; null if the
// ontology has none.
const v1::CodeSet* CodesOf(const Rule& rule, v1::EventStatus status,
                           const knowledge::Ontology& ontology);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_CANDIDATE_H_
