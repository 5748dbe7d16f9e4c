// The learner: an averaged multi-class perceptron over hashed features (Collins 2002).
//
//   Perceptron learner;
//   learner.Add(keys, scores);                        // as a FeatureScorer: the current weights
//   learner.Update(keys, gold, +1);  learner.Update(keys, predicted, -1);
//   learner.NextExample();                            // advances the clock of the average
//   LinearModel model = LinearModel::FromWeights(learner.Averaged(), 1.0F);
//
// Weights are whole numbers, so a run with the same data and seed gives the same model. Each
// weight's running total is kept as (weight · time) corrections, so an update costs O(1) whatever
// the number of examples (Daumé 2006, figure 2.3). Not thread-safe.
#ifndef ENTENTE_INGEST_NLP_TRAIN_PERCEPTRON_H_
#define ENTENTE_INGEST_NLP_TRAIN_PERCEPTRON_H_

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "ingest/nlp/linear_model.h"

namespace entente::nlp::train {

class Perceptron final : public FeatureScorer {
 public:
  Perceptron();

  void Add(std::span<const uint32_t> keys, int32_t* scores) const override;
  // Adds `delta` to the weight of each key for one class. A key may occur several times.
  void Update(std::span<const uint32_t> keys, int class_index, int delta);
  void NextExample() { ++time_; }

  // The average of the weights over all examples so far, in no particular order.
  std::vector<FeatureWeight> Averaged() const;
  size_t feature_count() const { return feature_count_; }

 private:
  struct Slot {
    uint32_t key = 0;
    uint32_t row = 0;  // first entry in pool_
    uint16_t size = 0;
    uint16_t capacity = 0;
  };
  struct Entry {
    int32_t class_index;
    int32_t weight;
    int64_t correction;  // Σ delta · time; the average is weight − correction / time
  };

  Slot* FindOrInsert(uint32_t key);
  void Rehash();
  Entry* GrowRow(Slot* slot);

  int shift_;
  size_t feature_count_ = 0;
  int64_t time_ = 1;
  std::vector<Slot> slots_;
  std::vector<Entry> pool_;
  std::array<std::vector<uint32_t>, 8> free_rows_;  // by the logarithm of the capacity
};

}  // namespace entente::nlp::train

#endif  // ENTENTE_INGEST_NLP_TRAIN_PERCEPTRON_H_
