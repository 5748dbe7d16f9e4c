// Treebanks as the learners see them.
//
//   absl::StatusOr<Treebank> train = ReadTreebanks({"ewt-train.conllu", "gum-train.conllu"});
//   TagSet tags = CollectTags(*train);
//
// Thread safety: plain data and pure functions.
#ifndef ENTENTE_INGEST_NLP_TRAIN_TREEBANK_H_
#define ENTENTE_INGEST_NLP_TRAIN_TREEBANK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/nlp/tagger.h"
#include "ingest/nlp/tree.h"
#include "ingest/nlp/word_table.h"

namespace entente::nlp::train {

struct TreebankSentence {
  std::vector<std::string> forms;
  std::vector<Upos> upos;
  std::vector<std::string> xpos;
  Tree tree;          // the root's head is the number of words
  size_t origin = 0;  // number in the treebank; a variant has that of its original
  bool variant = false;
};

using Treebank = std::vector<TreebankSentence>;

// Reads CoNLL-U files one after the other. Errors: those of ReadFile and ReadConllu.
absl::StatusOr<Treebank> ReadTreebanks(const std::vector<std::string>& paths);

// The pairs of UPOS and XPOS, commonest first; pairs seen fewer than five times are left out.
TagSet CollectTags(const Treebank& treebank);

// The ids of a sentence's gold tags.
std::vector<TagId> GoldTags(const TreebankSentence& sentence, const TagSet& tag_set);

std::vector<WordFeatures> DescribeWords(const TreebankSentence& sentence, const WordTable& table);

// Makes a tree projective by lifting: while an arc crosses another, the shortest such arc is
// attached one head higher (Nivre and Nilsson 2005, without marking the lifted arcs).
void Projectivize(Tree* tree);

// Sentences in the manner of headlines and of careless typing, made from a treebank: the final full
// stop goes, articles and auxiliaries go, words begin in capitals or are all capitals or all lower
// case. One sentence in `every` is so copied, in ways that `seed` decides.
Treebank MakeVariants(const Treebank& treebank, int every, uint64_t seed);

// A small generator whose sequence is the same everywhere (SplitMix64, Steele et al. 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Next();
  // Uniform in [0, bound). REQUIRES: bound > 0.
  size_t Below(size_t bound) { return static_cast<size_t>(Next() % bound); }
  // The numbers 0 … count-1 in random order.
  std::vector<size_t> Permutation(size_t count);

 private:
  uint64_t state_;
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_TREEBANK_H_
