#include "ingest/coder/foreign_coding.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"

namespace entente::coder {
namespace {

absl::Status Fault(std::string_view where, std::string_view what) {
  return InvalidArgument(Cat(where, ": ", what));
}

absl::Status CheckCount(std::string_view where, int count, int most) {
  if (count <= most) return absl::OkStatus();
  return Fault(where, Cat("has ", count, " elements; at most ", most, " are taken"));
}

absl::Status CheckName(std::string_view where, const std::string& text, bool required) {
  if (required && text.empty()) return Fault(where, "is empty");
  if (text.size() <= static_cast<size_t>(kForeignNameBytesMax)) return absl::OkStatus();
  return Fault(where, Cat("has over ", kForeignNameBytesMax, " bytes"));
}

absl::Status CheckConfidence(std::string_view where, double confidence) {
  if (confidence >= 0 && confidence <= 1) return absl::OkStatus();
  return Fault(where, Cat("is ", confidence, "; it must be 0 to 1"));
}

// What a message shows of a name from outside.
std::string Shown(const std::string& name) { return name.substr(0, 60); }

bool IsBoundary(std::string_view text, uint32_t at) {
  return at == text.size() || (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
}

absl::Status CheckSpan(std::string_view where, std::string_view text, const v1::TextSpan& span) {
  const std::string shown = Cat('[', span.begin(), ", ", span.end(), ')');
  if (span.begin() >= span.end()) return Fault(where, Cat(shown, " is empty"));
  if (span.end() > text.size()) {
    return Fault(where, Cat(shown, " is outside of the text, which has ", text.size(), " bytes"));
  }
  if (!IsBoundary(text, span.begin()) || !IsBoundary(text, span.end())) {
    return Fault(where, Cat(shown, " cuts a character in two: spans count bytes of UTF-8"));
  }
  return absl::OkStatus();
}

std::string Words(std::string_view text, const v1::TextSpan& span) {
  return std::string(text.substr(span.begin(), span.end() - span.begin()));
}

class Completion {
 public:
  Completion(const v1::Article& article, const knowledge::Ontology& ontology, std::string_view name,
             v1::CodedArticle* coded)
      : article_(article), ontology_(ontology), name_(name), coded_(*coded) {}

  absl::Status Run();

 private:
  absl::Status CompleteEvent(const std::string& where, v1::Event* event);
  absl::Status CompleteParticipants(const std::string& where, const v1::EventType& type,
                                    v1::Event* event);
  absl::Status CompleteDate(const std::string& where, v1::EventDate* date);
  void SetCodes(v1::Event* event) const;
  absl::Status CompleteMention(const std::string& where, const v1::Event& event,
                               v1::Mention* mention);
  absl::Status CompleteActors();
  void AddUnlisted(const v1::Participant& participant);

  const v1::Article& article_;
  const knowledge::Ontology& ontology_;
  const std::string_view name_;
  v1::CodedArticle& coded_;
  std::optional<Date> published_;
  std::set<std::string> listed_;  // ids of coded_.actors
};

absl::Status Completion::CompleteActors() {
  ENTENTE_RETURN_IF_ERROR(CheckCount("actors", coded_.actors_size(), kForeignActorsMax));
  for (int i = 0; i < coded_.actors_size(); ++i) {
    const v1::Actor& actor = coded_.actors(i);
    const std::string where = Cat("actors[", i, ']');
    ENTENTE_RETURN_IF_ERROR(CheckName(where + ".id", actor.id(), true));
    ENTENTE_RETURN_IF_ERROR(CheckName(where + ".display_name", actor.display_name(), false));
    if (!v1::ActorKind_IsValid(actor.kind())) return Fault(where + ".kind", "is unknown");
    if (!listed_.insert(actor.id()).second) {
      return Fault(where + ".id", Cat('"', actor.id(), "\" came before"));
    }
  }
  return absl::OkStatus();
}

void Completion::AddUnlisted(const v1::Participant& participant) {
  if (!listed_.insert(participant.actor()).second) return;
  v1::Actor* actor = coded_.add_actors();
  actor->set_id(participant.actor());
  actor->set_kind(participant.kind());
  actor->set_display_name(participant.display_name());
  actor->set_country(participant.country());
  actor->set_discovered(true);
}

absl::Status Completion::CompleteParticipants(const std::string& where, const v1::EventType& type,
                                              v1::Event* event) {
  ENTENTE_RETURN_IF_ERROR(
      CheckCount(where + ".participants", event->participants_size(), kForeignParticipantsMax));
  std::set<std::string> filled;
  for (int i = 0; i < event->participants_size(); ++i) {
    v1::Participant* participant = event->mutable_participants(i);
    const std::string at = Cat(where, ".participants[", i, ']');
    const v1::Role* role = knowledge::Ontology::FindRole(type, participant->role());
    if (role == nullptr) {
      return Fault(at + ".role", Cat("the type \"", type.id(), "\" has no role \"",
                                     Shown(participant->role()), '"'));
    }
    ENTENTE_RETURN_IF_ERROR(CheckName(at + ".actor", participant->actor(), true));
    ENTENTE_RETURN_IF_ERROR(CheckName(at + ".display_name", participant->display_name(), false));
    ENTENTE_RETURN_IF_ERROR(CheckName(at + ".code", participant->code(), false));
    ENTENTE_RETURN_IF_ERROR(CheckName(at + ".country", participant->country(), false));
    if (!v1::ActorKind_IsValid(participant->kind())) return Fault(at + ".kind", "is unknown");
    if (participant->display_name().empty()) participant->set_display_name(participant->actor());
    participant->set_side(role->side());
    filled.insert(role->id());
    AddUnlisted(*participant);
  }
  for (const v1::Role& role : type.roles()) {
    if (!role.required() || filled.count(role.id()) > 0) continue;
    return Fault(where, Cat("nobody is in the role \"", role.id(), "\" that the type requires"));
  }
  return absl::OkStatus();
}

absl::Status Completion::CompleteDate(const std::string& where, v1::EventDate* date) {
  if (date->start().empty()) {
    if (!date->end().empty()) return Fault(where + ".end", "is given without a start");
    if (!published_.has_value()) return absl::OkStatus();
    date->set_start(FormatDate(*published_));
    date->set_end(date->start());
    date->set_precision(v1::DAY);
    date->set_inferred(true);
    return absl::OkStatus();
  }
  if (date->end().empty()) date->set_end(date->start());
  const absl::StatusOr<Date> start = ParseDate(date->start());
  const absl::StatusOr<Date> end = ParseDate(date->end());
  if (!start.ok()) return Annotate(start.status(), where + ".start");
  if (!end.ok()) return Annotate(end.status(), where + ".end");
  if (*end < *start) return Fault(where + ".end", "is before the start");
  if (!v1::DatePrecision_IsValid(date->precision())) return Fault(where, "no such precision");
  if (date->precision() == v1::DATE_PRECISION_UNSPECIFIED) {
    date->set_precision(*start == *end ? v1::DAY : v1::INTERVAL);
  }
  return absl::OkStatus();
}

// The ontology's, whatever the coder says: codes that contradict the type would be found under one
// and not under the other.
void Completion::SetCodes(v1::Event* event) const {
  const v1::CodeSet* codes = ontology_.CodesFor(event->type(), event->subtype(), event->status());
  if (codes == nullptr) return;
  event->set_cameo(codes->cameo());
  event->set_plover(codes->plover());
  event->set_plover_mode(codes->plover_mode());
  *event->mutable_plover_contexts() = codes->plover_contexts();
  event->set_goldstein(codes->goldstein());
  event->set_quad_class(codes->quad_class());
}

absl::Status Completion::CompleteMention(const std::string& where, const v1::Event& event,
                                         v1::Mention* mention) {
  if (!v1::TextSection_IsValid(mention->section())) return Fault(where + ".section", "is unknown");
  const std::string& text = mention->section() == v1::TITLE ? article_.title() : article_.text();
  ENTENTE_RETURN_IF_ERROR(CheckSpan(where + ".sentence", text, mention->sentence()));
  ENTENTE_RETURN_IF_ERROR(CheckSpan(where + ".trigger", text, mention->trigger()));
  ENTENTE_RETURN_IF_ERROR(
      CheckCount(where + ".participants", mention->participants_size(), kForeignParticipantsMax));
  std::set<std::pair<std::string, std::string>> known;
  for (const v1::Participant& participant : event.participants()) {
    known.emplace(participant.role(), participant.actor());
  }
  for (int i = 0; i < mention->participants_size(); ++i) {
    v1::MentionParticipant* participant = mention->mutable_participants(i);
    const std::string at = Cat(where, ".participants[", i, ']');
    if (known.count({participant->role(), participant->actor()}) == 0) {
      return Fault(at, "is no participant of the event in that role");
    }
    ENTENTE_RETURN_IF_ERROR(CheckSpan(at + ".span", text, participant->span()));
    participant->set_text(Words(text, participant->span()));
  }
  ENTENTE_RETURN_IF_ERROR(CheckName(where + ".rule", mention->rule(), false));
  ENTENTE_RETURN_IF_ERROR(CheckName(where + ".speaker", mention->speaker(), false));
  ENTENTE_RETURN_IF_ERROR(CheckConfidence(where + ".confidence", mention->confidence()));
  if (!v1::EventStatus_IsValid(mention->status())) return Fault(where + ".status", "is unknown");
  mention->mutable_explanation()->clear_parse();
  if (mention->explanation().ByteSizeLong() > static_cast<size_t>(kForeignReasonBytesMax)) {
    return Fault(where + ".explanation", Cat("has over ", kForeignReasonBytesMax, " bytes"));
  }
  if (mention->explanation().ByteSizeLong() == 0) mention->clear_explanation();
  if (mention->status() == v1::EVENT_STATUS_UNSPECIFIED) mention->set_status(event.status());
  if (mention->confidence() == 0) mention->set_confidence(event.confidence());
  if (mention->date().start().empty()) *mention->mutable_date() = event.date();
  ENTENTE_RETURN_IF_ERROR(CompleteDate(where + ".date", mention->mutable_date()));
  mention->set_article(article_.id());
  mention->set_coder(coded_.coder());
  mention->set_sentence_text(Words(text, mention->sentence()));
  if (published_.has_value()) mention->set_report_time_micros(published_->Micros());
  return absl::OkStatus();
}

absl::Status Completion::CompleteEvent(const std::string& where, v1::Event* event) {
  const v1::EventType* type = ontology_.FindType(event->type());
  if (type == nullptr) {
    return Fault(where + ".type", Cat("no event type \"", Shown(event->type()), '"'));
  }
  if (!event->subtype().empty() &&
      knowledge::Ontology::FindSubtype(*type, event->subtype()) == nullptr) {
    return Fault(where + ".subtype", Cat("the type \"", type->id(), "\" has no sub-type \"",
                                         Shown(event->subtype()), '"'));
  }
  if (!v1::EventStatus_IsValid(event->status())) return Fault(where + ".status", "is unknown");
  if (event->status() == v1::EVENT_STATUS_UNSPECIFIED) event->set_status(v1::OCCURRED);
  ENTENTE_RETURN_IF_ERROR(CheckConfidence(where + ".confidence", event->confidence()));
  ENTENTE_RETURN_IF_ERROR(CompleteParticipants(where, *type, event));
  ENTENTE_RETURN_IF_ERROR(CompleteDate(where + ".date", event->mutable_date()));
  event->clear_id();
  SetCodes(event);
  if (event->mentions_size() == 0) return Fault(where, "has no mention: an event needs evidence");
  ENTENTE_RETURN_IF_ERROR(
      CheckCount(where + ".mentions", event->mentions_size(), kForeignMentionsMax));
  for (int i = 0; i < event->mentions_size(); ++i) {
    ENTENTE_RETURN_IF_ERROR(
        CompleteMention(Cat(where, ".mentions[", i, ']'), *event, event->mutable_mentions(i)));
  }
  event->clear_status_history();
  v1::StatusReport* report = event->add_status_history();
  report->set_status(event->status());
  report->set_article(article_.id());
  if (published_.has_value()) {
    event->set_report_time_micros(published_->Micros());
    report->set_report_time_micros(published_->Micros());
  }
  return absl::OkStatus();
}

absl::Status Completion::Run() {
  if (!article_.publish_date().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(published_, ParseDate(article_.publish_date()));
  }
  if (!coded_.article().empty() && coded_.article() != article_.id()) {
    return Fault("article", "is another one than was asked about");
  }
  coded_.set_article(article_.id());
  ENTENTE_RETURN_IF_ERROR(CheckName("coder", coded_.coder(), false));
  if (coded_.coder().empty()) coded_.set_coder(std::string(name_));
  ENTENTE_RETURN_IF_ERROR(CheckCount("events", coded_.events_size(), kForeignEventsMax));
  ENTENTE_RETURN_IF_ERROR(CompleteActors());
  for (int i = 0; i < coded_.events_size(); ++i) {
    ENTENTE_RETURN_IF_ERROR(CompleteEvent(Cat("events[", i, ']'), coded_.mutable_events(i)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CompleteForeignCoding(const v1::Article& article, const knowledge::Ontology& ontology,
                                   std::string_view name, v1::CodedArticle* coded) {
  return Completion(article, ontology, name, coded).Run();
}

}  // namespace entente::coder
