// Finds the phrases of a document that can act and resolves each to an actor at the document's
// date: names and aliases, offices ("the Russian president" in 2005 and in 2010 are two people),
// metonyms, demonyms with role nouns, and coreference within the document.
//
//   const ActorFinder finder(&lexicon);
//   std::vector<ActorMention> mentions = finder.Find(document, date);
//
// Pure; safe to share between threads.
#ifndef ENTENTE_INGEST_CODER_ACTOR_FINDER_H_
#define ENTENTE_INGEST_CODER_ACTOR_FINDER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ingest/coder/mention.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

class ActorFinder {
 public:
  // `lexicon` must outlive the finder.
  explicit ActorFinder(const knowledge::Lexicon* lexicon) : lexicon_(lexicon) {}

  // All mentions, sorted by sentence and first token; a parent stands before its children. Without
  // a date, offices are resolved to their latest holder, with lower confidence.
  std::vector<ActorMention> Find(const nlp::Document& document, std::optional<Date> date) const;

 private:
  const knowledge::Lexicon* lexicon_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_ACTOR_FINDER_H_
