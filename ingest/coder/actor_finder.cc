#include "ingest/coder/actor_finder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "ingest/coder/actor_resolver.h"
#include "ingest/coder/chunker.h"
#include "ingest/coder/coreference.h"
#include "ingest/coder/mention_finder.h"

namespace entente::coder {
namespace {

using knowledge::EntryKind;
using knowledge::Lexicon;
using knowledge::Match;

// How often the document speaks of each country in words that mean no other.
struct Evidence {
  std::map<std::string, int> any;     // its name, demonym, capital or places
  std::map<std::string, int> places;  // its places, states' names and capitals apart
};

Evidence CountryEvidence(const Lexicon& lexicon, const std::vector<ChunkedTokens>& texts) {
  Evidence evidence;
  for (const ChunkedTokens& text : texts) {
    for (const Chunk& chunk : text.chunks) {
      std::string country;
      bool one = true;
      for (const Match& m : chunk.readings) {
        std::string code;
        if (m.kind == EntryKind::kStateName || m.kind == EntryKind::kDemonym ||
            m.kind == EntryKind::kCapital) {
          code = lexicon.states()[m.index].code;
        } else if (m.kind == EntryKind::kPlace) {
          code = lexicon.places()[m.index].country;
        }
        if (code.empty()) continue;
        one = one && (country.empty() || country == code);
        country = code;
      }
      if (!one || country.empty()) continue;
      ++evidence.any[country];
      const bool place = chunk.Is(EntryKind::kPlace) && !chunk.Is(EntryKind::kStateName) &&
                         !chunk.Is(EntryKind::kDemonym) && !chunk.Is(EntryKind::kCapital);
      if (place) ++evidence.places[country];
    }
  }
  return evidence;
}

// "Georgia" is a state's name and a place in another one: it is the place where the document speaks
// of other places there and not otherwise of the state. That it speaks of the other country does
// not do: "China warned Taiwan".
void DropUnlikelyStates(const Lexicon& lexicon, const Evidence& evidence, Chunk* chunk) {
  const Match* state = chunk->As(EntryKind::kStateName);
  if (state == nullptr || !chunk->Is(EntryKind::kPlace)) return;
  const std::string& code = lexicon.states()[state->index].code;
  bool elsewhere = false;
  for (const Match& m : chunk->readings) {
    if (m.kind != EntryKind::kPlace) continue;
    const std::string& country = lexicon.places()[m.index].country;
    elsewhere = elsewhere || (country != code && evidence.places.contains(country));
  }
  if (!elsewhere || evidence.any.contains(code)) return;
  const auto is_state = [](const Match& m) { return m.kind == EntryKind::kStateName; };
  chunk->readings.erase(std::remove_if(chunk->readings.begin(), chunk->readings.end(), is_state),
                        chunk->readings.end());
}

std::vector<std::optional<nlp::NameKind>> NameKinds(const nlp::Sentence& sentence) {
  std::vector<std::optional<nlp::NameKind>> kinds(sentence.tokens.size());
  for (const nlp::Name& name : sentence.names) {
    for (int32_t t = name.first; t <= name.last; ++t) kinds[t] = name.kind;
  }
  return kinds;
}

}  // namespace

DocumentActors ActorFinder::Find(const nlp::Document& document, std::optional<Date> date) const {
  const ActorResolver resolver(lexicon_);
  std::vector<ChunkedTokens> texts;
  texts.reserve(document.sentences.size());
  for (const nlp::Sentence& sentence : document.sentences) {
    texts.push_back(ChunkSentence(*lexicon_, document, sentence));
  }
  const Evidence evidence = CountryEvidence(*lexicon_, texts);
  ResolveContext context;
  context.date = date;
  if (evidence.any.contains("PRK") || evidence.any.contains("KOR")) {
    context.local_states = {{"north", "PRK"}, {"south", "KOR"}};
  }
  Coreference coreference(&resolver, &document, date);
  for (size_t s = 0; s < texts.size(); ++s) {
    for (Chunk& chunk : texts[s].chunks) DropUnlikelyStates(*lexicon_, evidence, &chunk);
    context.name_kinds = NameKinds(document.sentences[s]);
    const int32_t index = static_cast<int32_t>(s);
    coreference.AddSentence(index, texts[s],
                            FindMentions(resolver, document, index, texts[s], context));
  }
  return coreference.Finish();
}

}  // namespace entente::coder
