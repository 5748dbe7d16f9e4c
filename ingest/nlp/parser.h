// A graph-based dependency parser: a network gives every pair of words a score, and the projective
// tree with the highest sum is the parse.
//
//   Parser::Scratch scratch;                          // one per thread, reused
//   std::vector<ParsedWords> parsed;
//   parser.Parse(sentences, &scratch, &parsed);       // std::vector<TaggedWords> sentences
//
// The network (Kiperwasser and Goldberg 2016; Dozat and Manning 2017): each word is the sum of the
// embeddings of what is known of it (form, tag, affixes, cluster, shape, senses); a bidirectional
// LSTM of several layers reads the sentence; from its output come for each word a vector as a head
// and one as a dependent, whose bilinear form is the score of the arc; a hidden layer on both words
// gives the relation. Eisner's algorithm (1996) finds the best tree with one root in O(n³) for n
// words, of which the network's share is linear and the larger one up to 100 words.
//
// Several networks, learnt from different seeds, add their scores. The same input gives the same
// tree on every x86-64 (matrix.h). Immutable; safe to share; the scratch is not.
#ifndef ENTENTE_INGEST_NLP_PARSER_H_
#define ENTENTE_INGEST_NLP_PARSER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/document.h"
#include "ingest/nlp/encoder.h"
#include "ingest/nlp/fixed_point.h"
#include "ingest/nlp/matrix.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/tree.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp {

// What the parser finds in a sentence.
struct ParsedWords {
  Tree tree;
  std::vector<TagId> tags;  // as the network sees them with the sentence around
};

// What is known of a word, as rows of the table of embeddings. Shared by inference and training.
class WordVocabulary {
 public:
  enum Slot {
    kForm,
    kTag,
    kCluster,
    kCluster6,
    kSuffix2,
    kSuffix3,
    kSuffix4,
    kPrefix3,
    kShape,
    kNounSense,
    kVerbSense,
    kWordNetPos,
    kSlotCount
  };
  using Rows = std::array<uint32_t, kSlotCount>;
  using Keys = std::array<uint32_t, kSlotCount>;

  WordVocabulary() = default;
  // Rows are numbered by the order of the keys; the first kSlotCount rows are for what is unknown.
  // REQUIRES: sorted, each once, none 0.
  explicit WordVocabulary(std::vector<uint32_t> keys);

  // The keys of a word's properties.
  static Keys KeysOf(const WordFeatures& word, const TagSet& tag_set, TagId tag);
  // The rows of a word: for a key that is not there the slot's own row for unknown values.
  Rows Find(const Keys& keys) const;

  const KeyRows& keys() const { return keys_; }
  size_t rows() const { return keys_.keys().size() + kSlotCount; }

 private:
  KeyRows keys_;
};

// The sizes of a network and where its numbers stand in one vector: the encoder's first.
struct NetworkLayout : EncoderLayout {
  size_t hidden = 128;  // width of a word as head, as dependent, and of the relation's layer
  size_t labels = 0;
  size_t tags = 0;

  // From the last layer to four vectors side by side: of the word as head and as dependent, for
  // arcs (rectified) and for relations (not yet).
  Block Projection() const;
  Block ProjectionBias() const;
  Block Root() const;      // the root's two vectors as head
  Block Bilinear() const;  // dependent · Bilinear · head
  Block HeadBias() const;  // HeadBias · head
  Block Labels() const;
  Block LabelBias() const;
  Block Tags() const;  // from the last layer to a score for each tag
  Block TagBias() const;
  // The blocks in their order.
  std::vector<Block> All() const;
  size_t size() const;

  size_t tag_columns() const { return PaddedColumns(tags); }
  size_t label_columns() const { return PaddedColumns(labels); }

  bool operator==(const NetworkLayout&) const = default;
};

// What a parser is made of, for who learns on from it.
struct ParserModel {
  WordVocabulary vocabulary;
  std::vector<Deprel> labels;
  NetworkLayout layout;
  std::vector<std::vector<float>> networks;  // as `layout` has them
};

class Parser {
 public:
  // A sentence, or as much of it as is parsed at a time.
  struct Stretch {
    size_t sentence, begin;  // where it comes from
    size_t row, words;       // where it stands among the words that are parsed together
  };

  struct Scratch {
    Encoder::Scratch encoder;
    std::vector<Stretch> stretches;
    std::vector<size_t> lengths;
    std::vector<uint32_t> rows;  // WordVocabulary::kSlotCount a word
    std::vector<float> hidden, tag_scores;
    FixedPointRows rounded;
    std::vector<std::vector<float>> projections, bilinears;  // of each network
    // Of one stretch:
    PackedMatrix heads;
    std::vector<float> arcs;  // as ArcScores has them
    std::vector<float> label_scores;
    SpanScratch spans;
    std::vector<int32_t> tree;
    std::vector<ParsedWords> one;
  };

  Parser() = default;
  // `networks`: the numbers of each, as `layout` has them. REQUIRES: widths, units, hidden
  // multiples of 32; layout.labels == labels.size().
  Parser(WordVocabulary vocabulary, std::vector<Deprel> labels, const NetworkLayout& layout,
         const std::vector<std::vector<float>>& networks);

  // DATA_LOSS if the bytes are not what Serialize wrote.
  static absl::StatusOr<ParserModel> ReadModel(std::string_view bytes);
  static absl::StatusOr<Parser> Read(std::string_view bytes);
  // Embeddings take a byte a number, the rest two.
  static std::string Serialize(const WordVocabulary& vocabulary, const std::vector<Deprel>& labels,
                               const NetworkLayout& layout,
                               const std::vector<std::vector<float>>& networks);

  // Longer sentences are parsed in stretches of this many words. Unit: words.
  static constexpr size_t kWordsMax = 300;
  // As many words are parsed together at most. Unit: words.
  static constexpr size_t kTogetherMax = 512;

  // Fills (*parsed)[i] for sentences[i]: a projective tree with one root. What a sentence gets does
  // not depend on the others; several at once are parsed faster. REQUIRES: as many tags as words.
  void Parse(std::span<const TaggedWords> sentences, Scratch* scratch,
             std::vector<ParsedWords>* parsed) const;
  // The same for one; valid until the scratch is used again.
  const ParsedWords& Parse(const TaggedWords& sentence, Scratch* scratch) const {
    Parse(std::span(&sentence, 1), scratch, &scratch->one);
    return scratch->one[0];
  }

  size_t network_count() const { return networks_.size(); }
  const NetworkLayout& layout() const { return layout_; }
  size_t memory_bytes() const;

 private:
  // One network's numbers, ready for products.
  struct Network {
    Encoder encoder;
    FixedPointMatrix projection, bilinear, labels, tags;
    std::vector<float> projection_bias, root, head_bias, label_bias, tag_bias;
  };

  void ParseTogether(std::span<const TaggedWords> sentences, std::span<const Stretch> stretches,
                     Scratch* scratch, std::vector<ParsedWords>* parsed) const;
  void Encode(size_t number, size_t words, Scratch* scratch) const;
  void FindHeads(const Stretch& stretch, Scratch* scratch) const;
  void FindLabels(const Stretch& stretch, Scratch* scratch, ParsedWords* parsed) const;
  Deprel BestLabel(const float* scores) const;

  WordVocabulary vocabulary_;
  std::vector<Deprel> labels_;
  NetworkLayout layout_;
  std::vector<Network> networks_;
};

// Leaves one word on the artificial root: of several, the first verb (else the first word); the
// others become its parataxis, or its punct.
void KeepOneRoot(const TaggedWords& sentence, Tree* tree);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_PARSER_H_
