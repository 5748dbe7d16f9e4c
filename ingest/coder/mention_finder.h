// Finds the phrases of one sentence that may act, without looking at any other sentence: from the
// parse, and again from the lexicon and the name tagger, since parses are often wrong.
//
//   std::vector<FoundMention> found = FindMentions(resolver, document, 3, context);
//
// Pure.
#ifndef ENTENTE_INGEST_CODER_MENTION_FINDER_H_
#define ENTENTE_INGEST_CODER_MENTION_FINDER_H_

#include <cstdint>
#include <vector>

#include "ingest/coder/actor_resolver.h"
#include "ingest/coder/chunker.h"
#include "ingest/coder/mention.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// A mention with what coreference needs to know about it. `mention.parent` is not set yet.
struct FoundMention {
  ActorMention mention;
  Resolution resolution;
};

// A sentence's tokens, chunked once for all who read them. The views are into the document.
ChunkedTokens ChunkSentence(const knowledge::Lexicon& lexicon, const nlp::Document& document,
                            const nlp::Sentence& sentence);

// Sorted by first token, the longer first; no two have the same tokens. Pronouns have no actors
// yet. Besides actors there are things that belong to one (kThing), with low confidence.
std::vector<FoundMention> FindMentions(const ActorResolver& resolver, const nlp::Document& document,
                                       int32_t sentence, const ChunkedTokens& text,
                                       const ResolveContext& context);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_MENTION_FINDER_H_
