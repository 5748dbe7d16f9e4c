// Whether an event is asserted to have happened, and by whom: from auxiliaries, negation, adverbs
// and adjectives ("alleged"), the words that govern it ("refused to", "threat of", "denies that"),
// conditions, and reporting verbs.
//
//   const std::optional<Assertion> assertion = AssertionOf(tree, token, kind, rules);
//   if (!assertion.has_value()) …                 // said not to have happened: no event
//
// The words are data: the tables "embed", "modifier", "modal" and the classes of the rule files.
// Pure functions.
#ifndef ENTENTE_INGEST_CODER_ASSERTION_H_
#define ENTENTE_INGEST_CODER_ASSERTION_H_

#include <optional>
#include <string>
#include <vector>

#include "entente/v1/event.pb.h"
#include "ingest/coder/clause.h"
#include "ingest/coder/rule_set.h"

namespace entente::coder {

struct Assertion {
  v1::EventStatus status = v1::OCCURRED;
  bool negated = false;              // of an auxiliary: "must not"; else negation is in the status
  int speaker = -1;                  // head token of who is reported to say it; -1: nobody
  std::vector<std::string> reasons;  // "alleged ← amod(deal, alleged)"
};

// What the sentence says of the event of trigger `t`; nullopt if it says that there was none.
std::optional<Assertion> AssertionOf(const SentenceTree& tree, int t, TriggerKind kind,
                                     const RuleSet& rules);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_ASSERTION_H_
