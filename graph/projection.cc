#include "graph/projection.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace entente::graph {
namespace {

bool IsSource(v1::DyadSide side) { return side == v1::SOURCE || side == v1::BOTH; }
bool IsTarget(v1::DyadSide side) { return side == v1::TARGET || side == v1::BOTH; }

uint8_t SidesOf(v1::DyadSide side) {
  return static_cast<uint8_t>((IsSource(side) ? kForward : 0) | (IsTarget(side) ? kBackward : 0));
}

uint8_t Reversed(uint8_t direction) {
  return static_cast<uint8_t>(((direction & kForward) ? kBackward : 0) |
                              ((direction & kBackward) ? kForward : 0));
}

// The dyads of one event, collected pair by pair.
class PairCollector {
 public:
  explicit PairCollector(std::span<const NumberedParticipant> participants) {
    for (const NumberedParticipant& p : participants) own_state_.emplace(p.actor, p.state);
  }

  void Join(const NumberedParticipant& p, const NumberedParticipant& q, uint8_t direction) {
    for (const ActorNumber a : {p.actor, p.state}) {
      for (const ActorNumber b : {q.actor, q.state}) JoinTwo(a, b, direction);
    }
  }

  std::vector<ProjectedPair> Take() const {
    std::vector<ProjectedPair> out;
    out.reserve(pairs_.size());
    for (const auto& [pair, direction] : pairs_)
      out.push_back({pair.first, pair.second, direction});
    return out;
  }

 private:
  void JoinTwo(ActorNumber a, ActorNumber b, uint8_t direction) {
    if (a == 0 || b == 0 || a == b) return;
    if (own_state_.contains({a, b}) || own_state_.contains({b, a})) return;
    if (a > b) {
      std::swap(a, b);
      direction = Reversed(direction);
    }
    uint8_t& known = pairs_[{a, b}];
    known = static_cast<uint8_t>(known | direction);
  }

  std::set<std::pair<ActorNumber, ActorNumber>> own_state_;
  std::map<std::pair<ActorNumber, ActorNumber>, uint8_t> pairs_;
};

}  // namespace

Projection Project(std::span<const NumberedParticipant> participants) {
  Projection out;
  std::map<ActorNumber, uint8_t> actors;
  bool any_side = false;
  for (const NumberedParticipant& p : participants) {
    any_side = any_side || p.side != v1::DYAD_SIDE_UNSPECIFIED;
    for (const ActorNumber actor : {p.actor, p.state}) {
      if (actor == 0) continue;
      uint8_t& sides = actors[actor];
      sides = static_cast<uint8_t>(sides | SidesOf(p.side));
    }
  }
  for (const auto& [actor, sides] : actors) out.actors.push_back({actor, sides});

  PairCollector pairs(participants);
  for (size_t i = 0; i < participants.size(); ++i) {
    for (size_t j = i + 1; j < participants.size(); ++j) {
      const NumberedParticipant& p = participants[i];
      const NumberedParticipant& q = participants[j];
      const bool forward = IsSource(p.side) && IsTarget(q.side);
      const bool backward = IsSource(q.side) && IsTarget(p.side);
      if (any_side && !forward && !backward) continue;
      pairs.Join(p, q, static_cast<uint8_t>((forward ? kForward : 0) | (backward ? kBackward : 0)));
    }
  }
  out.pairs = pairs.Take();
  return out;
}

}  // namespace entente::graph
