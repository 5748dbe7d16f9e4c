// The actor mentions of one sentence by the tokens that head them, and the actors that a phrase
// leads to where it is none itself: "Iran's missile test".
//
//   const MentionTable mentions(tree, sentence, actors, rules);
//   for (const Found& found : mentions.InPhrase(token, /*subject=*/false, /*place=*/true)) { … }
//
// Thread safety: const once built; tree, actors and rules must outlive it.
#ifndef ENTENTE_INGEST_CODER_MENTION_TABLE_H_
#define ENTENTE_INGEST_CODER_MENTION_TABLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/coder/actor_finder.h"
#include "ingest/coder/clause.h"
#include "ingest/coder/rule_set.h"

namespace entente::coder {

inline constexpr double kReachCost = 0.1;   // an actor inside a phrase that is none itself
inline constexpr double kPlaceCost = 0.15;  // a place where an actor is wanted

// An actor mention found for a slot.
struct Found {
  int32_t mention = -1;
  std::string path;
  double cost = 0;
};

// The mentions of one sentence by token.
class MentionTable {
 public:
  MentionTable(const SentenceTree& tree, int32_t sentence, const DocumentActors& actors,
               const RuleSet& rules);

  // The outermost mention headed by `t` that stands for somebody or names a place; -1 if there is
  // none.
  int32_t AtHead(int t) const { return at_head_[t]; }
  const ActorMention& mention(int32_t m) const { return actors_->mentions[m]; }
  // Whether it stands inside a mention that is an actor itself.
  bool IsNested(int32_t m) const {
    return mention(m).parent >= 0 && !mention(mention(m).parent).actors.empty();
  }
  // The outermost mentions of the sentence, in order.
  const std::vector<int32_t>& outermost() const { return outermost_; }

  // The actors of the phrase headed by `t`, its conjuncts included. A phrase that is no actor is
  // searched for one inside, unless `direct`: "Iran's missile test". Whoever does something is
  // looked for in possessors, modifiers and agents only; whoever it is done to in any of its
  // phrases.
  std::vector<Found> InPhrase(int t, bool subject, bool place, bool direct = false) const;

 private:
  void Reach(int t, bool subject, bool place, const std::string& path, int depth,
             std::vector<Found>* found) const;
  void ReachAgent(int t, const std::string& path, int depth, std::vector<Found>* found) const;
  bool ReachContents(int t, const std::string& path, int depth, std::vector<Found>* found) const;
  void ReachPartner(int t, bool place, const std::string& path, int depth,
                    std::vector<Found>* found) const;
  void ReachClause(int t, bool place, const std::string& path, int depth,
                   std::vector<Found>* found) const;
  // "the Paris Agreement" is not France's.
  bool IsPartOfName(int t) const;
  bool Usable(int32_t m, bool place) const {
    return m >= 0 && !mention(m).actors.empty() && (place || !mention(m).is_place);
  }

  const SentenceTree* tree_;
  const DocumentActors* actors_;
  const RuleSet* rules_;
  std::vector<int32_t> at_head_;
  std::vector<int32_t> outermost_;
};

// Whether the two may be the same. Two phrases of whom nothing but the kind is known ("officials",
// "people") need not be.
bool SameActor(const ActorMention& a, const ActorMention& b);

// A role of which not even the state is known: "the military".
bool IsUnknown(const ActorMention& mention);

// A name of which nothing is known, which may be no actor at all: "Cyclone Yasa".
bool IsAnybody(const ActorMention& mention);

// Whether an actor of the mention is of a kind that the slot allows.
bool IsOfKind(const Slot& slot, const ActorMention& mention);

// "condemned the attack on the weekly": nothing was done to the weekly by who condemns it.
bool IsVictim(const SentenceTree& tree, const RuleSet& rules, int t);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_MENTION_TABLE_H_
