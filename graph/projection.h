// Which actors an n-ary event belongs to, and which pairs of them it joins.
//
//   Actors. An event belongs to each participant's actor and to the state for which the participant
//   acts, each once.
//
//   Pairs. Two participants are joined if one can be the source and the other the target of a dyad:
//   a role of side SOURCE is a source, TARGET a target, BOTH either (a meeting), and one without a
//   side is in no dyad (a venue) unless no participant of the event has one: then all are joined,
//   without direction. Two joined participants join their actors, their states, and each one's
//   actor with the other's state ("Kim Jong Un and Russia"), in the direction of their sides. So a
//   query for any of the four is one scan, at the price of up to four rows. Never joined are an
//   actor with itself or with the state for which it acts in this event, and nothing is joined
//   twice: an event counts once for a pair, with both directions if it has both.
//
// Pure.
#ifndef ENTENTE_GRAPH_PROJECTION_H_
#define ENTENTE_GRAPH_PROJECTION_H_

#include <span>
#include <vector>

#include "entente/v1/ontology.pb.h"
#include "graph/keys.h"
#include "graph/records.h"

namespace entente::graph {

// A participant with its actors' numbers.
struct NumberedParticipant {
  ActorNumber actor = 0;
  ActorNumber state = 0;  // 0: acts for none; may equal actor
  v1::DyadSide side = v1::DYAD_SIDE_UNSPECIFIED;
};

struct ProjectedActor {
  ActorNumber actor = 0;
  uint8_t direction = kNoDirection;  // kForward: is a source somewhere; kBackward: is a target
  bool operator==(const ProjectedActor&) const = default;
};

struct ProjectedPair {
  ActorNumber low = 0;
  ActorNumber high = 0;              // low < high
  uint8_t direction = kNoDirection;  // kForward: low is source, high is target
  bool operator==(const ProjectedPair&) const = default;
};

struct Projection {
  std::vector<ProjectedActor> actors;  // by number
  std::vector<ProjectedPair> pairs;    // by low, then high
};

Projection Project(std::span<const NumberedParticipant> participants);
// The same into `out`, whose memory is used again.
void Project(std::span<const NumberedParticipant> participants, Projection* out);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_PROJECTION_H_
