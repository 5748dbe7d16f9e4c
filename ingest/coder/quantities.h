// What numbers and ranks say of an event, beside the words that rules take: how many missiles, what
// they cost, how many were killed, how large a crowd, how high a meeting.
//
//   AddQuantities(tree, rules, "attack", mentions_of_fillers, &candidate);
//
// Knows the classes killed, wounded, dead_or_wounded, count_word, currency_xxx (ISO 4217) and
// level_… of the rule files. Pure.
#ifndef ENTENTE_INGEST_CODER_QUANTITIES_H_
#define ENTENTE_INGEST_CODER_QUANTITIES_H_

#include <optional>
#include <string_view>

#include "entente/v1/event.pb.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/clause.h"
#include "ingest/coder/candidate.h"
#include "ingest/coder/rule_set.h"

namespace entente::coder {

// Adds to `candidate` what the typed detail named `detail` ("arms_deal", as in the ontology) has
// room for: quantity, value, casualties.killed, casualties.wounded, size, level. Numbers stay as
// they are written, "at least" included. Linear in the sentence.
void AddQuantities(const SentenceTree& tree, const RuleSet& rules, std::string_view detail,
                   const DocumentActors& actors, Candidate* candidate);

// The first sum of money among tokens [first, last]: "$3.5 billion", "400 million euros". None if
// there is none, or its currency is not known.
std::optional<v1::Money> FindMoney(const SentenceTree& tree, const RuleSet& rules, int first,
                                   int last);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_QUANTITIES_H_
