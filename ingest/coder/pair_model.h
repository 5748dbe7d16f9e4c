// How likely a sentence tells that one of its actors does something to another, and what: two
// log-linear models over features of the pair (pair_features.h), fitted to gold sentences
// (`entente eval GOLD --fit-pairs`). They read what no rule has words for, and doubt what a rule
// found where a reader would not; pair_reader.h does both.
//
//   ENTENTE_ASSIGN_OR_RETURN(PairModel model, PairModel::Load(data_dir));
//   const double related = model.Related(features);
//
// Thread safety: immutable once loaded.
#ifndef ENTENTE_INGEST_CODER_PAIR_MODEL_H_
#define ENTENTE_INGEST_CODER_PAIR_MODEL_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/coder/pair_features.h"

namespace entente::coder {

// What the one does to the other: PLOVER's roots (Halterman et al. 2023), CONCEDE and RETREAT as
// one, as in the gold records that there are.
inline constexpr std::array<std::string_view, 15> kPairRoots = {
    "AGREE",  "CONSULT",  "SUPPORT", "COOPERATE", "AID",      "YIELD",  "REQUEST", "ACCUSE",
    "REJECT", "THREATEN", "PROTEST", "SANCTION",  "MOBILIZE", "COERCE", "ASSAULT"};

// One for each of kPairRoots.
using PairRootNumbers = std::array<double, kPairRoots.size()>;

// The place of a PLOVER root in kPairRoots; kPairRoots.size() for any other word.
size_t PairRootIndex(std::string_view plover);

// What one feature counts.
struct PairWeights {
  std::string feature;
  float related = 0;                             // for the two having to do with each other
  std::array<float, kPairRoots.size()> roots{};  // for what
};

class PairModel {
 public:
  // Reads `data_dir`/coder/pairs.tsv. Errors: NOT_FOUND, INVALID_ARGUMENT "file:line:column: what".
  static absl::StatusOr<PairModel> Load(const std::string& data_dir);
  // The same from memory; `path` is shown in errors.
  static absl::StatusOr<PairModel> Parse(std::string_view path, std::string_view contents);
  // The file of these weights, under lines of comment. What would change little is left out.
  static std::string Write(std::string_view comment, const std::vector<PairWeights>& weights);

  // That the sentence tells something of the two, 0 to 1. Linear in the features.
  double Related(std::span<const PairFeature> features) const;
  // Given that it does, what: they sum to 1. Linear in the features times the roots.
  PairRootNumbers Roots(std::span<const PairFeature> features) const;
  // What the words alone say for a root of that place in kPairRoots, in log-odds: without any, a
  // root is a guess from who the two are.
  double WordsFor(size_t root, std::span<const PairFeature> features) const;
  // What a feature of value 1 counts for the two being related, in log-odds; 0 if unknown.
  double RelatedWeight(uint64_t key) const;

  size_t size() const { return related_.size(); }  // features

 private:
  // Index of a feature; -1 if the model does not know it.
  int32_t Find(uint64_t key) const;
  void Insert(uint64_t key, int32_t index);

  struct Slot {
    uint64_t key = 0;
    int32_t index = -1;
  };
  std::vector<Slot> slots_;  // open addressing; as many as a power of two
  std::vector<float> related_;
  std::vector<std::array<float, kPairRoots.size()>> roots_;
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_PAIR_MODEL_H_
