#include "graph/projection.h"

#include <algorithm>
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

// Sorts what was noted of one event, and unites what is of the same.
template <typename Item, typename KeyOf>
void Unite(std::vector<Item>* items, const KeyOf& key) {
  const auto less = [&](const Item& a, const Item& b) { return key(a) < key(b); };
  if (!std::is_sorted(items->begin(), items->end(), less)) {
    std::sort(items->begin(), items->end(), less);
  }
  size_t kept = 0;
  for (size_t i = 0; i < items->size(); ++i) {
    Item& item = (*items)[i];
    if (kept > 0 && key((*items)[kept - 1]) == key(item)) {
      uint8_t& known = (*items)[kept - 1].direction;
      known = static_cast<uint8_t>(known | item.direction);
    } else {
      (*items)[kept++] = item;
    }
  }
  items->resize(kept);
}

// True if one of the two acts for the other somewhere in the event.
bool IsOwnState(std::span<const NumberedParticipant> participants, ActorNumber a, ActorNumber b) {
  return std::any_of(participants.begin(), participants.end(), [&](const auto& p) {
    return (p.actor == a && p.state == b) || (p.actor == b && p.state == a);
  });
}

}  // namespace

Projection Project(std::span<const NumberedParticipant> participants) {
  Projection out;
  Project(participants, &out);
  return out;
}

void Project(std::span<const NumberedParticipant> participants, Projection* out) {
  out->actors.clear();
  out->pairs.clear();
  bool any_side = false;
  for (const NumberedParticipant& p : participants) {
    any_side = any_side || p.side != v1::DYAD_SIDE_UNSPECIFIED;
    for (const ActorNumber actor : {p.actor, p.state}) {
      if (actor != 0) out->actors.push_back({actor, SidesOf(p.side)});
    }
  }
  Unite(&out->actors, [](const ProjectedActor& actor) { return actor.actor; });

  const auto join = [&](ActorNumber a, ActorNumber b, uint8_t direction) {
    if (a == 0 || b == 0 || a == b || IsOwnState(participants, a, b)) return;
    out->pairs.push_back(a < b ? ProjectedPair{a, b, direction}
                               : ProjectedPair{b, a, Reversed(direction)});
  };
  for (size_t i = 0; i < participants.size(); ++i) {
    for (size_t j = i + 1; j < participants.size(); ++j) {
      const NumberedParticipant& p = participants[i];
      const NumberedParticipant& q = participants[j];
      const bool forward = IsSource(p.side) && IsTarget(q.side);
      const bool backward = IsSource(q.side) && IsTarget(p.side);
      if (any_side && !forward && !backward) continue;
      const auto direction =
          static_cast<uint8_t>((forward ? kForward : 0) | (backward ? kBackward : 0));
      for (const ActorNumber a : {p.actor, p.state}) {
        for (const ActorNumber b : {q.actor, q.state}) join(a, b, direction);
      }
    }
  }
  Unite(&out->pairs, [](const ProjectedPair& pair) { return std::pair(pair.low, pair.high); });
}

}  // namespace entente::graph
