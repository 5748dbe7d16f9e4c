// Finds the phrases of a document that can act and resolves each to an actor at the document's
// date: names and aliases, offices ("the Russian president" in 2005 and in 2010 are two people),
// metonyms, demonyms with role nouns, and coreference within the document.
//
//   const ActorFinder finder(&lexicon);
//   DocumentActors actors = finder.Find(document, date);
//   for (const ActorMention& mention : actors.mentions) { … }
//
// Pure; safe to share between threads.
#ifndef ENTENTE_INGEST_CODER_ACTOR_FINDER_H_
#define ENTENTE_INGEST_CODER_ACTOR_FINDER_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"
#include "ingest/coder/mention.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// Everybody in a document.
struct DocumentActors {
  // Sorted by sentence, then first token, then the longer first: a parent stands before its
  // children.
  std::vector<ActorMention> mentions;
  // For each sentence the mention (an index into `mentions`, of this or an earlier sentence) who
  // says all of it, where the sentence itself does not tell: the paragraphs after "He said:", and
  // the later sentences of a quotation. -1 where there is none.
  std::vector<int32_t> sentence_speaker;
};

class ActorFinder {
 public:
  // `lexicon` must outlive the finder.
  explicit ActorFinder(const knowledge::Lexicon* lexicon) : lexicon_(lexicon) {}

  // All mentions and speakers. Without a date, offices are resolved to their latest holder, with
  // lower confidence. Time is linear in the text but for coreference, which looks back over a
  // bounded number of mentions.
  DocumentActors Find(const nlp::Document& document, std::optional<Date> date) const;

 private:
  const knowledge::Lexicon* lexicon_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_ACTOR_FINDER_H_
