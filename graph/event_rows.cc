#include "graph/event_rows.h"

#include <vector>

#include "graph/event_merge.h"
#include "graph/imported_event.h"

namespace entente::graph {
namespace {

// The participants with their numbers, and what goes into the event's key.
struct Numbered {
  std::vector<NumberedParticipant> participants;
  EventKeyParts parts;
};

absl::StatusOr<Numbered> NumberEvent(const v1::Event& event, const WordFinder& word_of,
                                     const ActorFinder& actor_of) {
  Numbered out;
  out.parts.type = word_of(event.type());
  out.parts.subtype = event.subtype().empty() ? 0 : word_of(event.subtype());
  if (out.parts.type == 0) return DataLoss(Cat("unknown type ", event.type()));
  for (const v1::Participant& p : event.participants()) {
    NumberedParticipant numbered;
    numbered.side = p.side();
    ENTENTE_ASSIGN_OR_RETURN(numbered.actor, actor_of(p.actor()));
    if (!p.country().empty()) {
      ENTENTE_ASSIGN_OR_RETURN(numbered.state, actor_of(p.country()));
    }
    if (numbered.actor == 0 || (!p.country().empty() && numbered.state == 0)) {
      return DataLoss(Cat("no record of actor ", p.actor(), " or its state"));
    }
    out.parts.roles.emplace_back(word_of(p.role()), numbered.actor);
    out.participants.push_back(numbered);
  }
  return out;
}

using Rows = std::map<std::pair<kv::Family, std::string>, std::string>;

Rows RowsOf(EventNumber event, const EventRows& rows) {
  kv::WriteBatch batch;
  rows.Put(event, &batch);
  Rows out;
  for (size_t i = 0; i < batch.size(); ++i) {
    const kv::WriteBatch::Operation o = batch.operation(i);
    out[{o.family, std::string(o.key)}] = std::string(o.value);
  }
  return out;
}

}  // namespace

void RollupDeltas::Add(Date day, const EventRow& row, const Projection& projection, int64_t count) {
  EventRow kind = row;
  kind.direction = kNoDirection;
  const Date month = MonthOf(day);
  for (const ProjectedActor& actor : projection.actors) {
    deltas_[{kActorDay, Key().U64(actor.actor).Day(day).str()}].Add(kind, count);
    deltas_[{kActorMonth, Key().U64(actor.actor).Day(month).str()}].Add(kind, count);
    deltas_[{kNeighbor, Key().U64(actor.actor).U64(0).str()}].AddTotal(kind, count);
  }
  for (const ProjectedPair& pair : projection.pairs) {
    kind.direction = pair.direction;
    deltas_[{kPairDay, Key().U64(pair.low).U64(pair.high).Day(day).str()}].Add(kind, count);
    deltas_[{kPairMonth, Key().U64(pair.low).U64(pair.high).Day(month).str()}].Add(kind, count);
    deltas_[{kNeighbor, Key().U64(pair.low).U64(pair.high).str()}].AddTotal(kind, count);
    deltas_[{kNeighbor, Key().U64(pair.high).U64(pair.low).str()}].AddTotal(kind, count);
  }
}

void RollupDeltas::MergeInto(kv::WriteBatch* batch) const {
  for (const auto& [place, delta] : deltas_) {
    if (!delta.cells().empty()) batch->Merge(place.first, place.second, delta.Encode());
  }
}

void PutIndexRows(EventNumber event, Date day, const EventRow& row, const Projection& projection,
                  kv::WriteBatch* batch) {
  EventRow indexed = row;
  indexed.direction = kNoDirection;
  batch->Put(kTypeTime, Key().U32(row.type).Time(day.Micros()).U64(event), indexed.Encode());
  for (const ProjectedActor& actor : projection.actors) {
    indexed.direction = actor.direction;
    batch->Put(kActorTime, Key().U64(actor.actor).Time(day.Micros()).U64(event), indexed.Encode());
  }
  for (const ProjectedPair& pair : projection.pairs) {
    indexed.direction = pair.direction;
    batch->Put(kPairTime, Key().U64(pair.low).U64(pair.high).Time(day.Micros()).U64(event),
               indexed.Encode());
  }
}

void PutEventKey(const v1::Event& event, std::string_view key, EventNumber number,
                 kv::WriteBatch* batch) {
  if (event.source_id().empty()) {
    batch->Put(kEventKey, Key().Text(key).U64(number), "");
  } else {
    batch->Put(kSource, key, Key().U64(number));
  }
}

void EventRows::Put(EventNumber event, kv::WriteBatch* batch) const {
  if (!source_key.empty()) batch->Put(kSource, source_key, Key().U64(event));
  if (!counts) return;
  for (const std::string& key : event_keys) batch->Put(kEventKey, Key().Text(key).U64(event), "");
  PutIndexRows(event, day, row, projection, batch);
}

void EventRows::AddTo(RollupDeltas* deltas, int64_t count) const {
  if (counts) deltas->Add(day, row, projection, count);
}

absl::StatusOr<EventRows> MakeEventRows(const v1::Event& event, const v1::Event* uncorrected,
                                        const WordFinder& word_of, const ActorFinder& actor_of) {
  EventRows out;
  const bool imported = !event.source_id().empty();
  if (imported) out.source_key = SourceKey(event.source_id());
  if (event.retracted_revision() != 0) return out;
  ENTENTE_ASSIGN_OR_RETURN(const Numbered numbered, NumberEvent(event, word_of, actor_of));
  out.counts = true;
  out.day = DayOf(event);
  out.row = RowOf(event, numbered.parts.type);
  out.projection = Project(numbered.participants);
  if (imported) return out;
  out.event_keys.insert(EventKey(event, numbered.parts));
  if (uncorrected != nullptr) {
    // Reports that make the same mistake again are of this event too.
    ENTENTE_ASSIGN_OR_RETURN(const Numbered said, NumberEvent(*uncorrected, word_of, actor_of));
    out.event_keys.insert(EventKey(*uncorrected, said.parts));
  }
  return out;
}

void ReplaceEventRows(EventNumber event, const EventRows& before, const EventRows& after,
                      kv::WriteBatch* batch, RollupDeltas* deltas) {
  const Rows old_rows = RowsOf(event, before);
  const Rows new_rows = RowsOf(event, after);
  for (const auto& [place, value] : old_rows) {
    if (!new_rows.contains(place)) batch->Delete(place.first, place.second);
  }
  for (const auto& [place, value] : new_rows) {
    const auto old = old_rows.find(place);
    if (old == old_rows.end() || old->second != value) {
      batch->Put(place.first, place.second, value);
    }
  }
  before.AddTo(deltas, -1);
  after.AddTo(deltas, +1);
}

}  // namespace entente::graph
