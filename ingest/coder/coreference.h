// Coreference within a document: surnames, titles, "the minister", pronouns, "the two leaders",
// acronyms in brackets; and who speaks where a quotation runs on into the next sentences.
//
//   Coreference coreference(&resolver, &document, date);
//   for (…each sentence in order…) coreference.AddSentence(sentence, text, std::move(found));
//   DocumentActors actors = coreference.Finish();
//
// A rule system in the manner of the multi-pass sieve (Lee et al. 2013), most certain links first.
// Looks back over a bounded number of mentions. Not thread-safe; one object a document.
#ifndef ENTENTE_INGEST_CODER_COREFERENCE_H_
#define ENTENTE_INGEST_CODER_COREFERENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/actor_resolver.h"
#include "ingest/coder/chunker.h"
#include "ingest/coder/mention_finder.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

class Coreference {
 public:
  // All must outlive the object.
  Coreference(const ActorResolver* resolver, const nlp::Document* document,
              std::optional<Date> date)
      : resolver_(resolver), document_(document), date_(date) {}

  // Takes the mentions of the next sentence. REQUIRES: called once a sentence, in order.
  void AddSentence(int32_t sentence, const ChunkedTokens& text, std::vector<FoundMention> found);

  // Links everything and gives the result. REQUIRES: called once, after the last sentence.
  DocumentActors Finish();

 private:
  struct Acronym {
    std::string text;
    int32_t mention;
  };

  void NoteAcronyms(const ChunkedTokens& text, size_t begin);
  std::string_view NameBefore(const ActorMention& m, int32_t bracket) const;
  void SetParents(size_t begin);

  void LinkSentence(int32_t sentence);
  bool LinkAcronym(size_t mention);
  bool LinkShortName(size_t mention);
  bool LinkOffice(size_t mention);
  bool LinkNominal(size_t mention);
  std::string CountryOfPlace(const FoundMention& m) const;
  bool LinkPair(size_t mention);
  bool LinkCountry(size_t mention);
  void LinkPronoun(size_t mention);
  void InheritFromPossessor(size_t mention, size_t end);
  void ShareKnowledge();

  // The speaker of sentence `s` by its own words: a mention, or -1.
  int32_t OwnSpeaker(int32_t s) const;
  int32_t InheritedSpeaker(int32_t s);
  bool BeginsInQuote(int32_t s) const;

  bool IsSubject(const FoundMention& m) const;
  bool SameClause(const FoundMention& a, const FoundMention& b) const;
  bool IsSubjectOver(const FoundMention& subject, const FoundMention& object) const;
  void Refer(size_t mention, size_t antecedent, float certainty);
  std::string LowerText(const FoundMention& m) const;

  const ActorResolver* resolver_;
  const nlp::Document* document_;
  std::optional<Date> date_;
  std::vector<FoundMention> found_;
  std::vector<size_t> sentence_begin_;  // sentence → its first mention
  std::vector<Acronym> acronyms_;
  std::vector<int32_t> speaker_;      // inherited, per sentence
  std::vector<int32_t> own_speaker_;  // by its own words, per sentence
  std::vector<char> quote_open_;      // the sentence begins within quotation marks
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_COREFERENCE_H_
