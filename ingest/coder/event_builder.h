// Makes an article's events of the matcher's candidates: participants with their codes, status,
// date, place, typed detail, codes of CAMEO and PLOVER; and merges what is one event told several
// times.
//
//   EventBuilder builder(&ontology, &lexicon, &confidence, article, published, options, version);
//   builder.Add(candidate, document, actors, v1::BODY);
//   v1::CodedArticle coded = builder.Finish();
//
// Thread safety: one thread a builder.
#ifndef ENTENTE_INGEST_CODER_EVENT_BUILDER_H_
#define ENTENTE_INGEST_CODER_EVENT_BUILDER_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/time.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/candidate.h"
#include "ingest/coder/coder.h"
#include "ingest/coder/confidence.h"
#include "ingest/coder/rule_set.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"

namespace entente::coder {

// Checks that every rule's type, sub-type, code, roles and fields of the typed detail exist, and
// that it can fill each role that its type requires. Errors: INVALID_ARGUMENT "file:line: …".
absl::Status CheckRules(const RuleSet& rules, const knowledge::Ontology& ontology);

class EventBuilder {
 public:
  // All must outlive the builder. `published` empty: the article has no date.
  EventBuilder(const knowledge::Ontology* ontology, const knowledge::Lexicon* lexicon,
               const ConfidenceModel* confidence, const v1::Article* article,
               std::optional<Date> published, const CodeOptions& options, std::string version);

  // Adds what `candidate` reports, as a new event or as one more mention of an earlier one.
  void Add(const Candidate& candidate, const nlp::Document& document, const DocumentActors& actors,
           v1::TextSection section);

  // Of every mention that was added, by where its words are.
  const MentionFeatures& features() const { return features_; }

  // The article's events, in the order of their first mentions, and their actors. The builder is
  // spent afterwards.
  v1::CodedArticle Finish();

 private:
  void AddParticipants(const Candidate& candidate, const DocumentActors& actors, v1::Event* event);
  void AddParticipant(const v1::Role& role, const ActorRef& actor, bool mutual, v1::Event* event);
  v1::EventStatus StatusOf(const Candidate& candidate, const v1::Event& event,
                           const ActorRef* speaker) const;
  void SetCodes(const Rule& rule, v1::Event* event) const;
  void SetPlace(const ActorMention& mention, const nlp::Document& document, v1::Event* event) const;
  v1::Mention MakeMention(const Candidate& candidate, const nlp::Document& document,
                          const DocumentActors& actors, v1::TextSection section,
                          const v1::Event& event, const ActorRef* speaker,
                          const ConfidenceFeatures& features) const;
  void MergeOrKeep(v1::Event event, double estimate);

  const knowledge::Ontology* ontology_;
  const knowledge::Lexicon* lexicon_;
  const ConfidenceModel* confidence_;
  const v1::Article* article_;
  std::optional<Date> published_;
  CodeOptions options_;
  std::string version_;
  std::vector<v1::Event> events_;
  std::vector<double> estimates_;           // of the mention that stands for each event
  std::map<std::string, ActorRef> actors_;  // by id
  MentionFeatures features_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_EVENT_BUILDER_H_
