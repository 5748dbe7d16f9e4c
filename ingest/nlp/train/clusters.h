// Word clusters from raw text: words that keep the same company share a class.
//
//   std::vector<std::string> text = …;                  // words, "" between sentences
//   WordClusters clusters = ClusterWords(text, options, progress);
//   clusters.paths[clusters.of["peninsula"]];           // "0110100…"
//
// The classes maximise the likelihood of a class bigram model by exchange (Martin, Liermann and Ney
// 1998); the classes are then merged two by two, least loss first, into the tree of Brown et al.
// (1992), whose paths give coarser classes. Deterministic.
#ifndef ENTENTE_INGEST_NLP_TRAIN_CLUSTERS_H_
#define ENTENTE_INGEST_NLP_TRAIN_CLUSTERS_H_

#include <map>
#include <string>
#include <vector>

#include "ingest/nlp/train/tagger_trainer.h"

namespace entente::nlp::train {

struct ClusterOptions {
  int classes = 400;    // Default: 400
  int count_min = 3;    // rarer words get no class. Default: 3
  int iterations = 12;  // passes over the vocabulary. Default: 12
};

struct WordClusters {
  std::vector<std::string> paths;  // by class
  std::map<std::string, int> of;   // class by word
};

WordClusters ClusterWords(const std::vector<std::string>& text, const ClusterOptions& options,
                          const Progress& progress);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_CLUSTERS_H_
