// A network that scores the labels of names: an encoder (encoder.h) with a layer of 13 labels on
// top, and the scores of a label after another one, as a conditional random field (Lafferty et al.
// 2001; Lample et al. 2016).
//
//   std::vector<uint32_t> rows;
//   vocabulary.Find(input, corpus, &rows);
//   network.AddScores(rows, lengths, &scratch, emissions);   // then BestNameLabels finds the
//   labels
//
// Immutable; safe to share; a scratch is not. Linear in the sentence.
#ifndef ENTENTE_INGEST_NLP_NAME_NETWORK_H_
#define ENTENTE_INGEST_NLP_NAME_NETWORK_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "ingest/nlp/encoder.h"
#include "ingest/nlp/matrix.h"
#include "ingest/nlp/name_labels.h"
#include "ingest/nlp/parser.h"

namespace entente::nlp {

// What is known of a word, as rows of the table of embeddings. Shared by inference and training.
class NameVocabulary {
 public:
  // The first slots are those of WordVocabulary, with the same keys.
  enum Slot : uint32_t {
    kCased = WordVocabulary::kSlotCount,
    kPrefix2,
    kPrefix4,
    kCluster4,
    kCapitals,  // of the whole sentence
    kCorpus,    // whose guidelines the labels follow
    kMarks,     // in which lists, together
    kList0,     // in this list: begins or goes on
    kSlotCount = kList0 + NameLists::kListsMax
  };

  NameVocabulary() = default;
  // Rows are numbered by the order of the keys; the first kSlotCount rows are for what is unknown.
  // REQUIRES: sorted, each once, none 0.
  explicit NameVocabulary(std::vector<uint32_t> keys) : keys_(std::move(keys), kSlotCount) {}

  // The keys of all words' properties, kSlotCount a word, one word after the other.
  static void KeysOf(const NameInput& input, uint32_t corpus, std::vector<uint32_t>* keys);
  // Turns such keys into rows, in place: for a key that is not there the slot's own row.
  void KeysToRows(std::vector<uint32_t>* keys) const;

  const KeyRows& keys() const { return keys_; }
  size_t rows() const { return keys_.keys().size() + kSlotCount; }

 private:
  KeyRows keys_;
};

// An encoder's layout, then the blocks of a network for names.
struct NameLayout : EncoderLayout {
  static constexpr size_t kColumns = PaddedColumns(kNameLabelCount);

  Block Labels() const;  // from the last layer to a score for each label
  Block LabelBias() const;
  Block Transitions() const;  // from a label to the next
  std::vector<Block> All() const;
  size_t size() const;
};

class NameNetwork {
 public:
  struct Scratch {
    Encoder::Scratch encoder;
    FixedPointRows rounded;
    std::vector<float> scores;
  };

  NameNetwork() = default;
  // REQUIRES: numbers.size() == layout.size().
  NameNetwork(const NameLayout& layout, const std::vector<float>& numbers);

  // Adds the network's scores in units of 1 / kScoreUnit for the words of several sentences, whose
  // numbers of words are `lengths`. REQUIRES: a row of emissions a word.
  static constexpr float kScoreUnit = 1024;
  void AddScores(std::span<const uint32_t> rows, std::span<const size_t> lengths, Scratch* scratch,
                 std::span<LabelScores> emissions) const;
  void AddTransitions(LabelTransitions* transitions) const;

 private:
  Encoder encoder_;
  FixedPointMatrix labels_;
  std::vector<float> label_bias_;
  LabelTransitions transitions_ = {};
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_NAME_NETWORK_H_
