// The dictionary form of a word, from the word and its part of speech.
//
//   std::string lemma;
//   lemmatizer.Lemmatize("went", Upos::kVerb, "VBD", &lemma);     // "go"
//
// For each Penn tag the model has endings with what to cut and what to add ("-ies" → "-y"), learnt
// from treebanks (train/lemma_trainer.h); the longest ending that the word has decides, and whole
// words are the longest endings of all, which is how exceptions are kept. The lemma is lower case
// but for proper nouns and words that the treebanks write otherwise. Time is linear in the word.
// Immutable; safe to share.
#ifndef ENTENTE_INGEST_NLP_LEMMATIZER_H_
#define ENTENTE_INGEST_NLP_LEMMATIZER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// What to do with a word's end: cut `cut` bytes, then add `add`.
struct LemmaEdit {
  uint8_t cut = 0;
  std::string add;
  bool operator==(const LemmaEdit&) const = default;
  auto operator<=>(const LemmaEdit&) const = default;
};

// One rule. `ending` is the end of the word; if `whole`, it is all of it.
struct LemmaRule {
  std::string xpos;
  std::string ending;
  bool whole = false;
  LemmaEdit edit;
};

// The form that rules apply to: the shadow form (normalize.h), in lower case unless the word is a
// proper noun by either tag. Replaces `*out`.
void LemmaBase(std::string_view form, Upos upos, std::string_view xpos, std::string* out);

// Mends the lemma of a verb form in "-ed" or "-ing" (VBD, VBN, VBG) that is no word, if adding a
// final "e" to it makes a verb of `words`: "conced" → "concede". Other lemmas stay.
void MendVerbLemma(const WordTable& words, std::string_view xpos, std::string* lemma);

class Lemmatizer {
 public:
  // Longer endings are not looked up, but for whole words up to kWholeBytesMax.
  static constexpr size_t kEndingBytesMax = 6;
  static constexpr size_t kWholeBytesMax = 24;

  Lemmatizer() = default;  // without rules: the lemma is LemmaBase
  explicit Lemmatizer(const std::vector<LemmaRule>& rules);

  // The model's "lemmas" section: a count, then rules (xpos, ending, whole, cut, add).
  // DATA_LOSS if the bytes are not that.
  static absl::StatusOr<Lemmatizer> Parse(std::string_view bytes);
  static std::string Serialize(const std::vector<LemmaRule>& rules);

  // Replaces `*lemma`, which is never empty for a form that is not.
  void Lemmatize(std::string_view form, Upos upos, std::string_view xpos, std::string* lemma) const;

 private:
  struct Slot {
    uint64_t key = 0;  // of tag and ending; 0: free
    uint32_t edit = 0;
  };

  void Insert(uint64_t key, uint32_t edit);
  const LemmaEdit* Find(uint64_t key) const;
  const LemmaEdit* LongestMatch(std::string_view base, std::string_view xpos) const;

  std::vector<LemmaEdit> edits_;
  std::vector<Slot> slots_ = {Slot{}};
  uint64_t mask_ = 0;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_LEMMATIZER_H_
