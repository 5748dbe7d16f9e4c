// Reads a noun phrase shallowly: possessor, core, complements, apposition; and collects what its
// chunks say. The inner half of ActorResolver.
//
//   const PhraseFacts facts = ReadPhrase(lexicon, text, first, last, context);
//
// Pure.
#ifndef ENTENTE_INGEST_CODER_PHRASE_READER_H_
#define ENTENTE_INGEST_CODER_PHRASE_READER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/coder/actor_resolver.h"
#include "ingest/coder/chunker.h"
#include "ingest/knowledge/lexicon.h"

namespace entente::coder {

// What the words of a phrase tell, before it is decided whom it stands for. Indices are -1 and
// strings empty where they tell nothing.
struct PhraseFacts {
  PhraseKind kind = PhraseKind::kNothing;
  int32_t state = -1;            // kState, kPeople: into states()
  bool capital = false;          // kState: said as its capital
  std::vector<int32_t> persons;  // kName: who of persons() the name may mean
  bool full_name = false;        // … by more than a surname
  int32_t organization = -1;     // kName: into organizations()
  int32_t metonym = -1;          // kState: into metonyms()
  int32_t place = -1;            // kPlace, or where the phrase is located: into places()
  int32_t name_first = -1;       // tokens of a person's or an unknown name
  int32_t name_last = -1;
  bool unknown_name = false;  // a name that the lexicon does not have
  bool institution = false;   // an unknown name that holds "Ministry", "Party", "Bank", …
  std::string country;
  // How near to the head the country stands; a nearer one wins. 0: none.
  int country_weight = 0;
  std::string sector;
  std::string office;
  bool generic = false;  // the role noun tells little by itself: "members", "spokesman"
  bool person = false;   // one human being
  bool plural = false;
  bool titled = false;  // a title or office stands before the name
  bool former = false;
  bool owner_behind =
      false;  // kThing: its owner stands behind it ("talks in Seoul"), or not at all
  // The office is shared by many, or somebody stands below its holder: it does not tell who it is.
  bool shared_office = false;
};

// Reads tokens [first, last]. REQUIRES: they are within the text.
PhraseFacts ReadPhrase(const knowledge::Lexicon& lexicon, const ChunkedTokens& text, int32_t first,
                       int32_t last, const ResolveContext& context);

// Whether the noun (lower case) is for somebody who stands beside or against whoever owns the
// phrase, and so need not be of his state: "Ukraine's allies", "Indonesia's donors", "his
// counterpart".
bool IsCounterpart(std::string_view noun);

// The folded words of tokens [first, last]: {"kim", "jong", "un"}.
std::vector<std::string> FoldedWords(const ChunkedTokens& text, int32_t first, int32_t last);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_PHRASE_READER_H_
