// A multi-class linear model over hashed features, small in memory and quick to score.
//
//   std::array<int32_t, LinearModel::kClassesMax> scores{};
//   model.Add(keys, scores.data());          // scores[c] += the sum over keys of weight[key][c]
//
// A feature is a 32-bit key (FeatureKey). Its row holds only the classes whose weight survived
// pruning, side by side, two bytes each: the class and an 8-bit code of the weight. Codes are
// logarithmic (Companding below), so that small weights keep their precision beside large ones.
// Rows are found by open addressing on the upper bits of the key; Add first prefetches the slots,
// then the rows, so that the cache misses of a batch overlap. Two features share a key by chance
// once in 2^32; the training program sees the same keys, so the model learns around it.
//
// Scores are integers: exact, and the same on every machine. Immutable; safe to share.
#ifndef ENTENTE_INGEST_NLP_LINEAR_MODEL_H_
#define ENTENTE_INGEST_NLP_LINEAR_MODEL_H_

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "base/huge_pages.h"

namespace entente::nlp {

// The key of a feature: a template's number and up to four atoms (hashes of words, tags, …).
inline uint32_t FeatureKey(uint32_t feature_template, uint64_t a, uint64_t b = 0, uint64_t c = 0,
                           uint64_t d = 0) {
  uint64_t hash = a * 0x9E3779B97F4A7C15u + b * 0xC2B2AE3D27D4EB4Fu + c * 0x165667B19E3779F9u +
                  d * 0xD6E8FEB86659FD93u + feature_template * 0xA0761D6478BD642Fu;
  hash ^= hash >> 32;
  hash *= 0xE7037ED1A0B428DBu;
  const auto key = static_cast<uint32_t>(hash >> 32);
  return key == 0 ? 1 : key;  // 0 marks an empty slot
}

// The keys of one decision's features, kept on the stack. Keys beyond the capacity are dropped.
class KeyBuffer {
 public:
  static constexpr size_t kCapacity = 192;

  void Clear() { size_ = 0; }
  void Add(uint32_t key) {
    if (size_ < kCapacity) keys_[size_++] = key;
  }
  operator std::span<const uint32_t>() const { return {keys_.data(), size_}; }  // NOLINT

 private:
  size_t size_ = 0;
  std::array<uint32_t, kCapacity> keys_;
};

// What scores features: LinearModel when a text is analysed, the learner's own table in training.
class FeatureScorer {
 public:
  virtual ~FeatureScorer() = default;
  // Adds the weights of every key to scores[0 … classes). REQUIRES: keys.size() <=
  // KeyBuffer::kCapacity.
  virtual void Add(std::span<const uint32_t> keys, int32_t* scores) const = 0;
};

// A weight as the learner hands it over.
struct FeatureWeight {
  uint32_t key = 0;
  uint8_t class_index = 0;
  float weight = 0;
};

class LinearModel final : public FeatureScorer {
 public:
  static constexpr int kClassesMax = 128;

  LinearModel() = default;
  // Quantises weights; those with a magnitude under `prune_below` are left out. REQUIRES: every
  // class_index < kClassesMax and no (key, class) twice.
  static LinearModel FromWeights(std::vector<FeatureWeight> weights, float prune_below);

  // DATA_LOSS if the bytes are not what Serialize wrote.
  static absl::StatusOr<LinearModel> Parse(std::string_view bytes);
  std::string Serialize() const;

  // The same model without the weights under `prune_below`.
  LinearModel Pruned(float prune_below) const;

  void Add(std::span<const uint32_t> keys, int32_t* scores) const override;

  size_t feature_count() const { return feature_count_; }
  size_t weight_count() const { return entries_.size(); }
  size_t memory_bytes() const { return slots_.size() * sizeof(Slot) + entries_.size() * 2; }

 private:
  static constexpr int kRowEntriesMax = 127;
  static constexpr uint32_t kCountBits = 7;

  struct Slot {
    uint32_t key = 0;
    uint32_t row = 0;  // first entry << kCountBits | number of entries
  };
  struct Entry {
    uint8_t class_index;
    uint8_t code;
  };

  void Reserve(size_t features);
  void Insert(uint32_t key, size_t begin, size_t count);
  void FillDecoder();
  size_t Home(uint32_t key) const { return key >> shift_; }

  int shift_ = 31;  // a key's home slot is its upper bits
  size_t feature_count_ = 0;
  float largest_ = 0;                      // the magnitude that code 127 stands for
  std::array<int16_t, 256> decoder_ = {};  // code → fixed-point weight
  std::vector<Slot, HugePageAllocator<Slot>> slots_;
  std::vector<Entry, HugePageAllocator<Entry>> entries_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_LINEAR_MODEL_H_
