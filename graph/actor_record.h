// Actor records: what the store keeps of an actor that is named for the first time or again.
//
//   v1::Actor record = NewActor(said);
//   MergeActor(said_later, &record);
//   PutActorRows(number, before, record, &batch);
//
// Pure.
#ifndef ENTENTE_GRAPH_ACTOR_RECORD_H_
#define ENTENTE_GRAPH_ACTOR_RECORD_H_

#include "entente/v1/actor.pb.h"
#include "graph/keys.h"
#include "graph/kv/database.h"

namespace entente::graph {

// The record of an actor that is named for the first time.
v1::Actor NewActor(const v1::Actor& said);

// Adds what is said of an actor to its record: names, affiliations, and what was not known.
void MergeActor(const v1::Actor& said, v1::Actor* actor);

// Puts the record and the rows of `name` that `before` (empty: new) did not have. Nothing if both
// are equal.
void PutActorRows(ActorNumber number, const v1::Actor& before, const v1::Actor& after,
                  kv::WriteBatch* batch);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ACTOR_RECORD_H_
