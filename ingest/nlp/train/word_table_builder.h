// Makes the model's table of words: clusters from raw text, senses from WordNet, and the tags that
// words bear in the treebanks.
//
// Thread safety: pure functions. Deterministic.
#ifndef ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_
#define ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "ingest/nlp/train/clusters.h"
#include "ingest/nlp/train/treebank.h"
#include "ingest/nlp/train/wordnet.h"

namespace entente::nlp::train {

// Appends the words of a treebank, or of raw text cut by the project's own tokeniser, as table
// forms, with "" after each sentence.
void AppendWords(const Treebank& treebank, std::vector<std::string>* words);
void AppendWords(std::string_view text, std::vector<std::string>* words);

// The bytes of the "words" section.
std::string BuildWordTable(const WordClusters& clusters, const WordNet& wordnet,
                           const Treebank& treebank);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_WORD_TABLE_BUILDER_H_
