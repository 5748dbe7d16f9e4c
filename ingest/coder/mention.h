// Actor mentions: the phrases of a document that can act, each resolved to an actor. This is the
// seam between finding actors (actor_finder.h) and coding events (event rules): the former fills
// these, the latter reads them.
//
// Plain data.
#ifndef ENTENTE_INGEST_CODER_MENTION_H_
#define ENTENTE_INGEST_CODER_MENTION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "entente/v1/actor.pb.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// What a mention stands for at the document's date.
struct ActorRef {
  std::string id;  // "PRK", "PRK.GOV", "person:kim-jong-un", "org:un-security-council"
  v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED;
  std::string display_name;  // "Kim Jong Un"
  std::string country;       // ISO 3166 alpha-3, "EUR", "IGO", …; empty if none
  std::string sector;        // "GOV", "MIL", …; empty for a state as such
  std::string code;          // "PRKGOV": country then sector
  bool discovered = false;   // no lexicon knows it
  std::string how;           // explanation: "office: head of state of RUS on 2023-09-22"
  // Of several in one mention, the bytes that name this one: "British" and "EU negotiators" in
  // "British and EU negotiators". Empty: the whole mention.
  nlp::Span span;
};

enum class MentionForm : uint8_t {
  kName,     // "Kim Jong-Un", "Russia", "NATO", with title and appositions where they are there
  kNominal,  // "the minister", "seven French soldiers", "opposition lawmakers"
  kPronoun,  // "he", "they"
  kDemonym,  // an adjective that names a state inside another phrase: "a *Russian* invasion"
};

// A phrase that can act. Tokens are indices into Document::sentences[sentence].tokens.
struct ActorMention {
  int32_t sentence = 0;
  int32_t first = 0;  // first and last token of the phrase, without relative clauses
  int32_t last = 0;   // inclusive
  int32_t head = 0;   // syntactic head of the phrase
  nlp::Span span;     // bytes of [first, last]
  MentionForm form = MentionForm::kName;
  // Whom it stands for: one for most; several for "the two leaders", "both sides", "they".
  std::vector<ActorRef> actors;
  // The mention that encloses this one ("Russia" in "Russia's foreign minister"); -1 if none. An
  // enclosed mention that merely tells the state of its parent is not an actor of its own.
  int32_t parent = -1;
  // The earlier mention that this one refers back to; -1 if it was resolved by itself.
  int32_t antecedent = -1;
  // A place as a place ("in Seoul", "to Geneva"): not somebody who acts.
  bool is_place = false;
  // Index into Lexicon::places() where the words name a place of the gazetteer; -1 if they do not.
  int32_t place = -1;
  float confidence = 1.0f;  // 0 to 1, of the resolution
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_MENTION_H_
