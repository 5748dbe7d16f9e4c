// Measures the language core on a treebank, as the CoNLL 2018 shared task did.
//
//   Evaluation e = CompareDocuments(gold, system);
//   e.las.F1();
//
// Words are aligned by their place among the characters of the text that are not white space
// (Zeman et al. 2018, section 4); with gold words precision, recall and F1 are all accuracy.
#ifndef ENTENTE_INGEST_NLP_TRAIN_EVALUATION_H_
#define ENTENTE_INGEST_NLP_TRAIN_EVALUATION_H_

#include <cstddef>

#include "ingest/nlp/document.h"

namespace entente::nlp::train {

struct Score {
  size_t gold = 0;
  size_t system = 0;
  size_t right = 0;
  // The harmonic mean of precision and recall, in percent; 0 if nothing was right.
  double F1() const;
};

struct Evaluation {
  Score words;
  Score sentences;
  Score upos;
  Score xpos;
  Score lemmas;
  Score uas;
  Score las;
};

// REQUIRES: both documents have the same characters but for white space.
Evaluation CompareDocuments(const Document& gold, const Document& system);

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_EVALUATION_H_
