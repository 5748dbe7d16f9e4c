#include "ingest/import/to_event.h"

#include <string>

#include "base/time.h"

namespace entente::ingest {
namespace {

void FillParticipant(const ImportedParticipant& from, const ImportedKind& kind,
                     const CodeMap& codes, v1::Participant* to) {
  const ImportedActor& actor = codes.actor(from.actor);
  to->set_role(from.source ? kind.source_role : kind.target_role);
  to->set_side(from.source ? kind.source_side : kind.target_side);
  to->set_actor(actor.actor.id());
  to->set_display_name(actor.actor.display_name());
  to->set_code(actor.code);
  to->set_country(actor.country);
  to->set_kind(actor.actor.kind());
}

void FillPlace(const ImportedPlace& from, v1::Place* to) {
  to->set_name(std::string(from.name));
  to->set_country(std::string(from.country));
  to->set_precision(std::string(from.precision));
  to->set_has_coordinates(from.has_coordinates);
  if (!from.has_coordinates) return;
  to->set_latitude(from.latitude);
  to->set_longitude(from.longitude);
}

}  // namespace

void FillFacts(const ImportedCounts& counts, v1::ImportedFacts* facts) {
  facts->Clear();
  facts->set_mention_count(counts.mentions);
  facts->set_source_count(counts.sources);
  facts->set_article_count(counts.articles);
  if (counts.has_tone) facts->set_tone(counts.tone);
  facts->set_root_event(counts.root_event);
  if (counts.fatalities >= 0) facts->set_fatalities(counts.fatalities);
  if (counts.fatalities_low >= 0) facts->set_fatalities_low(counts.fatalities_low);
  if (counts.fatalities_high >= 0) facts->set_fatalities_high(counts.fatalities_high);
}

v1::Event ToEvent(const ImportedEvent& event, const CodeMap& codes) {
  const ImportedKind& kind = codes.kind(event.kind);
  v1::Event out = kind.codes;
  out.set_source_id(std::string(event.source_id));
  out.set_status(v1::OCCURRED);
  for (size_t i = 0; i < event.participant_count; ++i) {
    FillParticipant(event.participants[i], kind, codes, out.add_participants());
  }
  out.mutable_date()->set_start(FormatDate(event.first_day));
  out.mutable_date()->set_end(FormatDate(event.last_day));
  out.mutable_date()->set_precision(event.date_precision);
  out.mutable_date()->set_inferred(event.date_inferred);
  if (!event.place.name.empty() || !event.place.country.empty()) {
    FillPlace(event.place, out.mutable_place());
  }
  out.set_goldstein(event.goldstein);
  out.set_confidence(event.confidence);
  out.set_report_time_micros(event.report_time_micros);
  FillFacts(event.counts, out.mutable_imported());
  if (event.mention.empty()) return out;
  v1::Mention* mention = out.add_mentions();
  mention->set_url(std::string(event.mention.url));
  mention->set_sentence_number(static_cast<int32_t>(event.mention.sentence_number));
  mention->set_sentence_text(std::string(event.mention.text));
  mention->set_status(v1::OCCURRED);
  mention->set_confidence(event.mention.confidence);
  mention->set_report_time_micros(event.mention.report_time_micros);
  return out;
}

}  // namespace entente::ingest
