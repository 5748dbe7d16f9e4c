// Numbers for tests of the networks' arithmetic, and the plain definition of what it computes.
#ifndef ENTENTE_TESTS_INGEST_NLP_RANDOM_NUMBERS_H_
#define ENTENTE_TESTS_INGEST_NLP_RANDOM_NUMBERS_H_

#include <cmath>
#include <cstddef>
#include <vector>

#include "ingest/nlp/train/treebank.h"

namespace entente::nlp {

// Between -1 and 1.
inline std::vector<float> RandomNumbers(size_t count, train::Random* random) {
  std::vector<float> numbers(count);
  for (float& number : numbers) {
    number = static_cast<float>(random->Below(2001)) / 1000.0F - 1.0F;
  }
  return numbers;
}

inline double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace entente::nlp

#endif  // ENTENTE_TESTS_INGEST_NLP_RANDOM_NUMBERS_H_
