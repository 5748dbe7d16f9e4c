// The labels of names, lists of known names, and the search for the best sequence of labels.
//
//   lists.Mark(words, &marks);
//   BestNameLabels(scores, &labels);                     // by the Viterbi algorithm
//   NamesOfLabels(labels, &names);
//
// Each word has a label of the BILOU scheme (Ratinov and Roth 2009): it begins, is inside, ends or
// is all of a name of a kind, or is outside. Pure functions and immutable data; safe to share.
#ifndef ENTENTE_INGEST_NLP_NAME_LABELS_H_
#define ENTENTE_INGEST_NLP_NAME_LABELS_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// Labels: 0 is outside; then for PER, ORG and LOC: begin, inside, last, unit.
using NameLabel = uint8_t;
inline constexpr int kNameLabelCount = 13;
inline constexpr NameLabel kOutside = 0;
enum class NamePart : uint8_t { kBegin, kInside, kLast, kUnit };

NameLabel MakeNameLabel(NamePart part, NameKind kind);  // REQUIRES: kind is not kOther
NamePart NamePartOf(NameLabel label);                   // REQUIRES: label != kOutside
NameKind NameKindOf(NameLabel label);                   // REQUIRES: label != kOutside
// Whether `next` may follow `label`; kOutside stands for both ends of a sentence.
bool MayFollow(NameLabel label, NameLabel next);

// Lists of known names. A phrase may be in several lists; lists are numbered from 0.
class NameLists {
 public:
  static constexpr int kListsMax = 8;
  static constexpr size_t kPhraseWordsMax = 6;

  struct Entry {
    std::string phrase;  // words parted by one space, in WordTable's lower form
    uint8_t lists = 0;   // bit l: in list l
  };

  NameLists() = default;
  explicit NameLists(const std::vector<Entry>& entries);
  // DATA_LOSS if the bytes are not what Serialize wrote.
  static absl::StatusOr<std::vector<Entry>> ParseEntries(std::string_view bytes);
  static std::string Serialize(std::vector<Entry> entries);

  // For each word bits 2l (it begins a phrase of list l) and 2l + 1 (it goes on in one). At each
  // place and for each list the longest phrase counts. Digits and punctuation begin none.
  void Mark(std::span<const WordFeatures> words, std::vector<uint16_t>* marks) const;

  bool empty() const { return size_ == 0; }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint8_t lists = 0;   // lists in which the words so far are a phrase
    uint8_t longer = 0;  // 1 if a longer phrase begins with them
  };

  void Insert(uint64_t hash, uint8_t lists, uint8_t longer);
  const Slot* Find(uint64_t hash) const;

  size_t size_ = 0;
  uint64_t mask_ = 0;
  std::vector<Slot> slots_ = {Slot{}};
};

// The sentence as the name tagger sees it.
struct NameInput {
  std::span<const WordFeatures> words;
  std::span<const TagId> tags;  // as many as words
  const TagSet* tag_set = nullptr;
  std::span<const uint16_t> marks;  // as many as words, from NameLists::Mark
};

// A score for each label; and of each label after each other one, by the one before.
using LabelScores = std::array<int32_t, kNameLabelCount>;
using LabelTransitions = std::array<LabelScores, kNameLabelCount>;

// Scores of labels of a sentence: emissions one row a word, and transitions.
struct NameScores {
  std::vector<LabelScores> emissions;
  LabelTransitions transitions;
};

// The best consistent sequence; ties go to the lower label.
void BestNameLabels(const NameScores& scores, std::vector<NameLabel>* labels);

// The names that a sequence of labels spells, without scores.
void NamesOfLabels(std::span<const NameLabel> labels, std::vector<Name>* names);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_NAME_LABELS_H_
