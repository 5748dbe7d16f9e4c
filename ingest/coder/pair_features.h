// What a sentence's tree says of two of its actors, as features of the model of pairs
// (pair_model.h): the path between them, the words on it, who they are, and where they stand
// among the sentence's actors.
//
//   PairFeatures features(tree, mentions);
//   for (const ActorPair& pair : features.pairs()) {
//     features.Describe(pair, &described);
//     const double log_odds = model.RelatedLogOdds(described);
//   }
//
// The features are those that relation extraction has used since Zelenko et al. (2003) and Zhou et
// al. (2005): dependency paths, their words and entity types. Thread safety: one thread an object.
#ifndef ENTENTE_INGEST_CODER_PAIR_FEATURES_H_
#define ENTENTE_INGEST_CODER_PAIR_FEATURES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/coder/clause.h"
#include "ingest/coder/mention_table.h"

namespace entente::coder {

// Two mentions of one sentence of which the first may do something to the second.
struct ActorPair {
  int32_t source = -1;  // index into DocumentActors::mentions
  int32_t target = -1;
  int top = -1;  // the word that both depend on: the verb or noun that would tell of the two
};

// The feature that holds of every pair.
inline constexpr std::string_view kConstantFeature = "constant";

// A feature that holds of a pair, by the hash of its name.
struct PairFeature {
  uint64_t key = 0;
  float value = 1;
  bool lexical = false;  // a word of the sentence, rather than who and where the two are
};

class PairFeatures {
 public:
  // Both must outlive the object.
  PairFeatures(const SentenceTree& tree, const MentionTable& mentions);

  // All ordered pairs of the sentence's outermost mentions of which the first can act and the two
  // are not the same, in order. Of more than kMentionsMax mentions the first ones.
  const std::vector<ActorPair>& pairs() const { return pairs_; }

  // The features of a pair, made of `pairs()` or not; `names`, if not null, takes what they are
  // called, in the same order: "top=condemn". Linear in the path.
  void Describe(const ActorPair& pair, std::vector<PairFeature>* features,
                std::vector<std::string>* names = nullptr);

  // The pair of the two mentions; `top` is -1 where no word connects them closely enough.
  ActorPair Pair(int32_t source, int32_t target) const;

  static constexpr size_t kMentionsMax = 24;

 private:
  // The ways from the two heads up to the lowest word above both.
  struct Path {
    std::vector<int> up;    // from the source's head, without the word above both
    std::vector<int> down;  // to the target's head, without it
    int above = -1;
  };
  bool FindPath(int source, int target, Path* path) const;
  int TopOf(const Path& path, int source, int target) const;
  void AppendStep(int t, std::string* text) const;
  void WriteSteps(const std::vector<int>& steps);
  void DescribeWho(const ActorMention& source, const ActorMention& target);
  void DescribePath(const Path& path, const ActorPair& pair, int source, int target);
  void DescribePredicate(int t);
  void DescribePlaces(const ActorPair& pair);
  // Adds the feature that these parts make the name of.
  template <typename... Parts>
  void Add(float value, bool lexical, const Parts&... parts);

  const SentenceTree* tree_;
  const MentionTable* mentions_;
  std::vector<int32_t> actors_;  // the outermost mentions that can be in a pair, by head
  std::vector<ActorPair> pairs_;
  // Of the pair that is being described.
  std::vector<PairFeature>* features_ = nullptr;
  std::vector<std::string>* names_ = nullptr;
  std::string text_;   // the feature's name
  std::string steps_;  // written by WriteSteps and AppendStep
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_PAIR_FEATURES_H_
