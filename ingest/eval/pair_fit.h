// Fits the model of pairs (coder/pair_model.h) to pairs of actors of gold sentences: whether the
// gold has the two, and under which root. L2-regularised logistic regression by LIBLINEAR (Fan et
// al. 2008), one root against all others; the same pairs give the same weights.
//
//   PairFit fit;
//   for (…) fit.Add(names, features, root);
//   ENTENTE_ASSIGN_OR_RETURN(std::vector<coder::PairWeights> weights, fit.Fit({}));
//
// Thread safety: one thread an object.
#ifndef ENTENTE_INGEST_EVAL_PAIR_FIT_H_
#define ENTENTE_INGEST_EVAL_PAIR_FIT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/coder/pair_features.h"
#include "ingest/coder/pair_model.h"

namespace entente::eval {

struct PairFitOptions {
  int count_min = 2;          // features of fewer pairs are left out
  double related_cost = 0.2;  // LIBLINEAR's C: how much an error counts beside large weights
  double root_cost = 1.0;
};

// Fewest related pairs, and fewest unrelated ones, that a fit needs.
inline constexpr size_t kPairsMin = 100;

class PairFit {
 public:
  // A pair of a sentence, as PairFeatures::Describe gives it. `root`: of coder::kPairRoots;
  // kPairRoots.size() if the gold does not have the two. REQUIRES: as many names as features.
  void Add(std::span<const std::string> names, std::span<const coder::PairFeature> features,
           size_t root);

  size_t pairs() const { return examples_.size(); }
  size_t related() const { return related_; }

  // The weights, sorted by feature. FAILED_PRECONDITION with under kPairsMin pairs of either kind.
  absl::StatusOr<std::vector<coder::PairWeights>> Fit(const PairFitOptions& options) const;

 private:
  struct Example {
    std::vector<std::pair<int, float>> features;  // index into names_, value
    size_t root = 0;
  };
  std::unordered_map<std::string, int> index_;
  std::vector<std::string> names_;
  std::vector<int> counts_;  // of pairs that a feature holds of
  std::vector<Example> examples_;
  size_t related_ = 0;
};

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_PAIR_FIT_H_
