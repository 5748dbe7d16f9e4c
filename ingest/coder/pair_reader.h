// The second reader of a sentence beside the rules: by the model of pairs (pair_model.h) it says
// how likely what a rule found is, and adds events of pairs of actors that no rule has words for.
//
//   PairReader reader(model, rules, ontology, tree, mentions, sentence, &candidates);
//   reader.ScoreCandidates();
//   reader.AddCandidates();
//
// Which event type a PLOVER root of the model stands for is said by rules of the kind "pair"
// (docs/coding.md). Thread safety: one thread an object.
#ifndef ENTENTE_INGEST_CODER_PAIR_READER_H_
#define ENTENTE_INGEST_CODER_PAIR_READER_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "ingest/coder/candidate.h"
#include "ingest/coder/mention_table.h"
#include "ingest/coder/pair_features.h"
#include "ingest/coder/pair_model.h"
#include "ingest/coder/rule_set.h"
#include "ingest/knowledge/ontology.h"

namespace entente::coder {

// Checks that the trigger of every rule of the kind "pair" is a root of the model, and that it has
// a subject and an object and nothing else. Errors: INVALID_ARGUMENT "file:line: what".
absl::Status CheckPairRules(const RuleSet& rules);

class PairReader {
 public:
  // All must outlive the reader. `candidates`: those of the sentence.
  PairReader(const PairModel& model, const RuleSet& rules, const knowledge::Ontology& ontology,
             const SentenceTree& tree, const MentionTable& mentions, int32_t sentence,
             std::vector<Candidate>* candidates);

  // Gives each candidate with two sides the model's opinion of it.
  void ScoreCandidates();
  // Adds candidates, without speaker, date or place, of pairs that are related by the model and
  // that no candidate has; or gives the pair's other side to a candidate that lacks one.
  // `silenced`: the tokens of which a rule says that they tell of no event.
  void AddCandidates(const std::vector<bool>& silenced);
  // Gives the candidates the reasons for the model's opinions.
  void Explain();

 private:
  struct Reading {
    ActorPair pair;
    double related = 0;
    size_t root = 0;  // the likeliest
    double root_share = 0;
  };
  // The outermost mention that can act around a mention.
  int32_t Outermost(int32_t mention) const;
  // Whether the mention shares words with one of the others, or stands for the same.
  bool IsAmong(int32_t mention, const std::vector<int32_t>& others) const;
  // The mentions on one side of a candidate.
  std::vector<int32_t> SideOf(const Candidate& candidate, v1::DyadSide side) const;
  size_t RootOf(const Candidate& candidate) const;
  // Gives the candidate, of that root, the model's opinion of the pair, if that is surer of it.
  void Judge(const ActorPair& pair, size_t root, Candidate* candidate);
  bool Has(const Candidate& candidate, int32_t source, int32_t target) const;
  bool IsDoerBelow(int top, int t) const;
  // Whether an event of the pair may be added at all.
  bool MayAdd(const Reading& reading) const;
  // Whether the reading tells nothing that the candidates do not; completes one of them if that
  // lacks a side.
  bool IsTold(const Reading& reading);
  void Add(const Reading& reading);
  bool JoinTold(const Reading& reading, const Rule& rule);

  const PairModel* model_;
  const RuleSet* rules_;
  const knowledge::Ontology* ontology_;
  const SentenceTree* tree_;
  const MentionTable* mentions_;
  int32_t sentence_;
  std::vector<Candidate>* candidates_;
  PairFeatures features_;
  std::vector<PairFeature> described_;  // reused
};

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_PAIR_READER_H_
