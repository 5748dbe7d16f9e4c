// How likely a coded event is right: a logistic function of a few features of how it was found,
// with coefficients fitted on gold records (data/coder/confidence.tsv; docs/coding.md tells how).
//
//   const ConfidenceFeatures features = FeaturesOf(candidate, document, actors, status);
//   event.set_confidence(model.Probability(features));
//
// Thread safety: pure; a model is immutable once loaded.
#ifndef ENTENTE_INGEST_CODER_CONFIDENCE_H_
#define ENTENTE_INGEST_CODER_CONFIDENCE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "absl/status/statusor.h"
#include "entente/v1/event.pb.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/candidate.h"

namespace entente::coder {

// The features, in the order of ConfidenceFeatures. All but the first lie about between 0 and 2, so
// that their coefficients can be compared.
inline constexpr std::array<std::string_view, 20> kConfidenceFeatures = {
    "constant",           // 1
    "rule_weight",        // how often the rule's words mean this, 0 to 1
    "estimate",           // the matcher's: the weight, lowered by inferred steps and doubts, 0 to 1
    "path_cost",          // of all inferred steps on the way to the roles, at most 1.5
    "through_thing",      // 1: an actor was reached through a thing, "condemned Iran's test"
    "from_context",       // 1: a role was filled with the sentence's only other actor
    "resolution_doubt",   // 1 - certainty of the least certain actor's resolution, 0 to 1
    "discovered_actor",   // 1: an actor is in no lexicon
    "nominal_actor",      // 1: an actor has no name: "the minister", "seven soldiers"
    "pronoun_actor",      // 1: an actor is a pronoun
    "unstated_actor",     // 1: an actor of no state
    "noun_trigger",       // 1: the trigger is an event noun
    "not_factual",        // 1: planned, called for, threatened, refused, hypothetical, …
    "alleged_or_denied",  // 1: told by somebody else than the article's own voice
    "trigger_depth",      // words above the trigger in the tree / 4, at most 2
    "sentence_length",    // tokens / 40, at most 2
    "pair_log_odds",      // that two of its actors are related, by the model of pairs / 4; -1 to 1
    "pair_root_doubt",    // -ln of the share that the model gives the event's PLOVER root / 4, at
                          // most 1
    "pair_unread",        // 1: the model has no opinion, since a side is missing or far away
    "pair_only",          // 1: no rule, the model of pairs alone found it
};
using ConfidenceFeatures = std::array<double, kConfidenceFeatures.size()>;

// The features of an article's mentions, by section, first byte of the trigger and rule: at most
// one event has all three.
using MentionFeatures = std::map<std::tuple<int, uint32_t, std::string>, ConfidenceFeatures>;

// Linear in the sentence and the fillers.
ConfidenceFeatures FeaturesOf(const Candidate& candidate, const nlp::Document& document,
                              const DocumentActors& actors, v1::EventStatus status);

class ConfidenceModel {
 public:
  // Reads `data_dir`/coder/confidence.tsv. Errors: NOT_FOUND, INVALID_ARGUMENT "file:line:column:
  // what".
  static absl::StatusOr<ConfidenceModel> Load(const std::string& data_dir);
  // The same from memory; `path` is shown in errors. Every feature must have one coefficient.
  static absl::StatusOr<ConfidenceModel> Parse(std::string_view path, std::string_view contents);

  // In the order of kConfidenceFeatures.
  const ConfidenceFeatures& coefficients() const { return coefficients_; }

  // That the event is right, 0 to 1.
  double Probability(const ConfidenceFeatures& features) const;

 private:
  ConfidenceFeatures coefficients_{};
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_CONFIDENCE_H_
