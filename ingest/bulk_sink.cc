#include "ingest/bulk_sink.h"

#include "base/status.h"
#include "base/time.h"
#include "ingest/import/to_event.h"

namespace entente::ingest {
namespace {

graph::BulkMention ToBulk(const ImportedMention& mention) {
  graph::BulkMention bulk;
  bulk.url = mention.url;
  bulk.sentence_text = mention.text;
  bulk.sentence_number = mention.sentence_number;
  bulk.report_time_micros = mention.report_time_micros;
  bulk.confidence = mention.confidence;
  return bulk;
}

graph::BulkPlace ToBulk(const ImportedPlace& place) {
  graph::BulkPlace bulk;
  bulk.name = place.name;
  bulk.country = place.country;
  bulk.precision = place.precision;
  bulk.has_coordinates = place.has_coordinates;
  bulk.latitude = place.latitude;
  bulk.longitude = place.longitude;
  return bulk;
}

}  // namespace

absl::Status BulkSink::Add(const ImportedRow& row) {
  switch (row.kind) {
    case ImportedRow::Kind::kNothing:
      return absl::OkStatus();
    case ImportedRow::Kind::kEvent:
      return AddEvent(row.event);
    case ImportedRow::Kind::kMention:
      return loader_->AddMention(row.event.source_id, ToBulk(row.event.mention));
    case ImportedRow::Kind::kWhole:
      return Internal("whole events go to a WholeSink");
  }
  return Internal("no such kind of row");
}

absl::Status BulkSink::AddEvent(const ImportedEvent& event) {
  ENTENTE_ASSIGN_OR_RETURN(const KindHandles kind, HandlesOf(event.kind));
  const ImportedKind& codes = codes_->kind(event.kind);
  participants_.clear();
  for (size_t i = 0; i < event.participant_count; ++i) {
    const ImportedParticipant& participant = event.participants[i];
    ENTENTE_ASSIGN_OR_RETURN(const ActorHandles handles, HandlesOf(participant));
    const bool source = participant.source;
    participants_.push_back({handles.actor, handles.state,
                             source ? kind.source_role : kind.target_role,
                             source ? codes.source_side : codes.target_side});
  }
  const graph::BulkMention mention = ToBulk(event.mention);
  bulk_.source_id = event.source_id;
  bulk_.kind = kind.kind;
  bulk_.goldstein = event.goldstein;
  bulk_.confidence = event.confidence;
  bulk_.participants = participants_;
  bulk_.start = event.first_day;
  bulk_.end = event.last_day;
  bulk_.date_precision = event.date_precision;
  bulk_.date_inferred = event.date_inferred;
  bulk_.place = ToBulk(event.place);
  bulk_.report_time_micros = event.report_time_micros;
  FillFacts(event.counts, &bulk_.facts);
  bulk_.mention = event.mention.empty() ? nullptr : &mention;
  return loader_->Add(bulk_);
}

absl::StatusOr<BulkSink::KindHandles> BulkSink::HandlesOf(KindIndex kind) {
  if (kinds_.size() <= kind) kinds_.resize(codes_->kind_count());
  KindHandles& handles = kinds_[kind];
  if (handles.kind != 0) return handles;
  const ImportedKind& codes = codes_->kind(kind);
  ENTENTE_ASSIGN_OR_RETURN(handles.source_role, loader_->InternRole(codes.source_role));
  ENTENTE_ASSIGN_OR_RETURN(handles.target_role, loader_->InternRole(codes.target_role));
  ENTENTE_ASSIGN_OR_RETURN(handles.kind, loader_->InternKind(codes.codes));
  return handles;
}

absl::StatusOr<BulkSink::ActorHandles> BulkSink::HandlesOf(const ImportedParticipant& participant) {
  if (actors_.size() <= participant.actor) actors_.resize(codes_->actor_count());
  ActorHandles& handles = actors_[participant.actor];
  if (handles.actor != 0) return handles;
  const ImportedActor& actor = codes_->actor(participant.actor);
  if (!actor.country.empty()) {
    ENTENTE_ASSIGN_OR_RETURN(handles.state, loader_->InternActor(codes_->State(actor.country)));
  }
  ENTENTE_ASSIGN_OR_RETURN(handles.actor, loader_->InternActor(actor.actor));
  return handles;
}

}  // namespace entente::ingest
