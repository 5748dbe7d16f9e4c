#include "ingest/coder/event_builder.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "ingest/nlp/conllu.h"

namespace entente::coder {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kHistoricalDays = 365;  // what ended longer ago than this is background, not news
constexpr uint32_t kDetailBytesMax = 300;
constexpr size_t kEventsMax = 2000;  // of one article

// The message of `type`'s typed detail, by the name of its field in Event.
const FieldDescriptor* DetailField(const v1::EventType& type) {
  return v1::Event::descriptor()->FindFieldByName(type.detail());
}

// A field of a typed detail that words can fill: text, a list of texts, or an enumeration.
const FieldDescriptor* TextField(const Descriptor& detail, const std::string& name) {
  const FieldDescriptor* field = detail.FindFieldByName(name);
  if (field == nullptr) return nullptr;
  const bool fits =
      field->type() == FieldDescriptor::TYPE_STRING || field->type() == FieldDescriptor::TYPE_ENUM;
  return fits && !field->is_map() ? field : nullptr;
}

void SetField(const std::string& name, const std::string& value, Message* detail) {
  if (const size_t dot = name.find('.'); dot != std::string::npos) {
    const FieldDescriptor* part = detail->GetDescriptor()->FindFieldByName(name.substr(0, dot));
    SetField(name.substr(dot + 1), value, detail->GetReflection()->MutableMessage(detail, part));
    return;
  }
  const FieldDescriptor* field = TextField(*detail->GetDescriptor(), name);
  if (field == nullptr) return;
  const google::protobuf::Reflection& reflection = *detail->GetReflection();
  if (field->type() == FieldDescriptor::TYPE_ENUM) {
    const EnumValueDescriptor* constant = field->enum_type()->FindValueByName(value);
    if (constant != nullptr) reflection.SetEnum(detail, field, constant);
  } else if (!field->is_repeated()) {
    if (reflection.GetString(*detail, field).empty()) reflection.SetString(detail, field, value);
  } else {
    for (int i = 0; i < reflection.FieldSize(*detail, field); ++i) {
      if (reflection.GetRepeatedString(*detail, field, i) == value) return;
    }
    reflection.AddString(detail, field, value);
  }
}

bool IsPlain(v1::EventStatus status) { return status == v1::OCCURRED || status == v1::ONGOING; }

// Statuses under which an event may have taken place: mentions of one event may differ in them.
bool IsFactual(v1::EventStatus status) {
  return IsPlain(status) || status == v1::ALLEGED || status == v1::DENIED ||
         status == v1::HISTORICAL;
}

// A state and its government are one actor when mentions are compared: "Moscow" and "Russia".
std::string Comparable(const v1::Participant& participant) {
  const bool government = participant.actor() == participant.country() + ".GOV";
  return participant.kind() == v1::STATE || government ? participant.country()
                                                       : participant.actor();
}

std::map<std::string, std::set<std::string>> ByRole(const v1::Event& event) {
  std::map<std::string, std::set<std::string>> roles;
  for (const v1::Participant& participant : event.participants()) {
    roles[participant.role()].insert(Comparable(participant));
  }
  return roles;
}

bool IsSubset(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::includes(b.begin(), b.end(), a.begin(), a.end());
}

// Whether the two have the same actors in every role that both fill, and share one at all.
bool SameParticipants(const v1::Event& a, const v1::Event& b) {
  const auto roles_a = ByRole(a);
  const auto roles_b = ByRole(b);
  bool any = false;
  for (const auto& [role, actors] : roles_a) {
    const auto other = roles_b.find(role);
    if (other == roles_b.end()) continue;
    if (!IsSubset(actors, other->second) && !IsSubset(other->second, actors)) return false;
    any = true;
  }
  return any;
}

bool DatesMeet(const v1::EventDate& a, const v1::EventDate& b) {
  if (a.inferred() || b.inferred() || a.start().empty() || b.start().empty()) return true;
  return a.start() <= b.end() && b.start() <= a.end();
}

bool SameEvent(const v1::Event& a, const v1::Event& b) {
  if (a.type() != b.type()) return false;
  if (!a.subtype().empty() && !b.subtype().empty() && a.subtype() != b.subtype()) return false;
  const bool comparable =
      a.status() == b.status() || (IsFactual(a.status()) && IsFactual(b.status()));
  return comparable && DatesMeet(a.date(), b.date()) && SameParticipants(a, b);
}

void CopyCodes(const v1::Event& from, v1::Event* to) {
  to->set_cameo(from.cameo());
  to->set_plover(from.plover());
  to->set_plover_mode(from.plover_mode());
  *to->mutable_plover_contexts() = from.plover_contexts();
  to->set_goldstein(from.goldstein());
  to->set_quad_class(from.quad_class());
}

// Fills in what `to`'s typed detail leaves open with what `from`'s says.
void AddDetails(const v1::Event& from, v1::Event* to) {
  const FieldDescriptor* field =
      v1::Event::descriptor()->FindFieldByNumber(static_cast<int>(from.detail_case()));
  if (field == nullptr || from.detail_case() != to->detail_case()) return;
  const Message& source = from.GetReflection()->GetMessage(from, field);
  Message* target = to->GetReflection()->MutableMessage(to, field);
  std::vector<const FieldDescriptor*> set;
  source.GetReflection()->ListFields(source, &set);
  for (const FieldDescriptor* part : set) {
    const google::protobuf::Reflection& reflection = *source.GetReflection();
    if (part->type() != FieldDescriptor::TYPE_STRING) continue;
    if (!part->is_repeated()) SetField(part->name(), reflection.GetString(source, part), target);
    for (int i = 0; part->is_repeated() && i < reflection.FieldSize(source, part); ++i) {
      SetField(part->name(), reflection.GetRepeatedString(source, part, i), target);
    }
  }
}

// The title before the text, then by position.
bool IsEarlier(const v1::Mention& a, const v1::Mention& b) {
  if (a.section() != b.section()) return a.section() == v1::TITLE;
  return a.trigger().begin() < b.trigger().begin();
}

absl::Status CheckRule(const Rule& rule, const knowledge::Ontology& ontology) {
  const auto error = [&](const std::string& what) {
    return InvalidArgument(Cat(rule.source, ": rule \"", rule.id, "\": ", what));
  };
  const v1::EventType* type = ontology.FindType(rule.type);
  if (type == nullptr) return error(Cat("no event type \"", rule.type, "\""));
  if (!rule.subtype.empty() && knowledge::Ontology::FindSubtype(*type, rule.subtype) == nullptr) {
    return error(Cat("type \"", rule.type, "\" has no sub-type \"", rule.subtype, "\""));
  }
  if (!rule.cameo.empty() && ontology.FindCameo(rule.cameo) == nullptr) {
    return error(Cat("no CAMEO code \"", rule.cameo, "\""));
  }
  std::set<std::string> filled;
  std::vector<std::string> fields;
  for (const Slot& slot : rule.slots) {
    if (!slot.role.empty() && knowledge::Ontology::FindRole(*type, slot.role) == nullptr) {
      return error(Cat("type \"", rule.type, "\" has no role \"", slot.role, "\""));
    }
    filled.insert(slot.role);
    if (!slot.detail.empty()) fields.push_back(slot.detail);
  }
  for (const v1::Role& role : type->roles()) {
    if (role.required() && filled.count(role.id()) == 0) {
      return error(Cat("nothing fills the role \"", role.id(), "\" that the type requires"));
    }
  }
  for (const auto& [field, value] : rule.detail) fields.push_back(field);
  for (const std::string& field : fields) {
    if (TextField(*DetailField(*type)->message_type(), field) == nullptr) {
      return error(Cat("the detail \"", type->detail(), "\" has no text field \"", field, "\""));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRules(const RuleSet& rules, const knowledge::Ontology& ontology) {
  for (const Rule& rule : rules.rules()) ENTENTE_RETURN_IF_ERROR(CheckRule(rule, ontology));
  return absl::OkStatus();
}

EventBuilder::EventBuilder(const knowledge::Ontology* ontology, const knowledge::Lexicon* lexicon,
                           const ConfidenceModel* confidence, const v1::Article* article,
                           std::optional<Date> published, const CodeOptions& options,
                           std::string version)
    : ontology_(ontology),
      lexicon_(lexicon),
      confidence_(confidence),
      article_(article),
      published_(published),
      options_(options),
      version_(std::move(version)) {}

void EventBuilder::AddParticipant(const v1::Role& role, const ActorRef& actor, bool mutual,
                                  v1::Event* event) {
  for (const v1::Participant& known : event->participants()) {
    // Two of one role may face each other: a court and a lawyer are both the judiciary.
    const bool other_one = actor.kind == v1::UNNAMED_ROLE && known.role() != role.id();
    if (known.actor() == actor.id && !other_one) return;
  }
  actors_.emplace(actor.id, actor);
  v1::Participant* participant = event->add_participants();
  participant->set_role(role.id());
  participant->set_actor(actor.id);
  participant->set_display_name(actor.display_name);
  participant->set_code(actor.code);
  participant->set_country(actor.country);
  participant->set_kind(actor.kind);
  const bool on_both = mutual && role.side() != v1::DYAD_SIDE_UNSPECIFIED;
  participant->set_side(on_both ? v1::BOTH : role.side());
}

void EventBuilder::AddParticipants(const Candidate& candidate, const DocumentActors& actors,
                                   v1::Event* event) {
  const v1::EventType* type = ontology_->FindType(event->type());
  for (const v1::Role& role : type->roles()) {
    for (const RoleFiller& filler : candidate.fillers) {
      if (filler.role != role.id()) continue;
      for (const ActorRef& actor : actors.mentions[filler.mention].actors) {
        AddParticipant(role, actor, candidate.mutual, event);
      }
    }
  }
}

// What one side says of the other is its claim; what it says of itself is taken as said.
v1::EventStatus EventBuilder::StatusOf(const Candidate& candidate, const v1::Event& event,
                                       const ActorRef* speaker) const {
  v1::EventStatus status = candidate.assertion.status;
  const bool past = published_.has_value() && candidate.when.has_value() &&
                    candidate.when->end.days < published_->days - kHistoricalDays;
  if (past && IsPlain(status)) return v1::HISTORICAL;
  // "is ready to retaliate": force is not offered but threatened.
  const v1::CodeSet* offered = ontology_->CodesFor(event.type(), event.subtype(), v1::PLANNED);
  if (status == v1::OFFERED && offered != nullptr && offered->plover() == "THREATEN") {
    return v1::PLANNED;
  }
  if (speaker == nullptr || !IsPlain(status) || speaker->country.empty()) return status;
  const v1::CodeSet* codes = ontology_->CodesFor(event.type(), event.subtype(), status);
  if (codes != nullptr && codes->quad_class() == v1::VERBAL_COOPERATION) return status;
  for (const v1::Participant& participant : event.participants()) {
    if (participant.actor() == speaker->id || participant.country() == speaker->country) {
      return status;
    }
  }
  return v1::ALLEGED;
}

void EventBuilder::SetCodes(const Rule& rule, v1::Event* event) const {
  const v1::CodeSet* codes = CodesOf(rule, event->status(), *ontology_);
  if (codes == nullptr) return;
  event->set_cameo(codes->cameo());
  event->set_plover(codes->plover());
  event->set_plover_mode(codes->plover_mode());
  *event->mutable_plover_contexts() = codes->plover_contexts();
  event->set_goldstein(codes->goldstein());
  event->set_quad_class(codes->quad_class());
}

void EventBuilder::SetPlace(const ActorMention& mention, const nlp::Document& document,
                            v1::Event* event) const {
  v1::Place* place = event->mutable_place();
  if (mention.place >= 0) {
    const knowledge::Place& known = lexicon_->places()[mention.place];
    place->set_name(known.name);
    place->set_country(known.country);
    place->set_latitude(known.latitude);
    place->set_longitude(known.longitude);
    place->set_has_coordinates(true);
    place->set_precision(known.kind);
    return;
  }
  place->set_name(std::string(document.Text(mention.span)));
  if (mention.actors.empty()) return;
  place->set_country(mention.actors.front().country);
  if (mention.actors.front().kind == v1::STATE) place->set_precision("country");
}

namespace {

void SetSpan(nlp::Span span, v1::TextSpan* out) {
  out->set_begin(span.begin);
  out->set_end(span.end);
}

void ExplainRole(const RoleFiller& filler, const nlp::Document& document,
                 const DocumentActors& actors, v1::RolePath* path) {
  const ActorMention& mention = actors.mentions[filler.mention];
  path->set_role(filler.role);
  path->set_path(filler.path);
  SetSpan(mention.span, path->mutable_span());
  path->set_text(std::string(document.Text(mention.span)));
  path->set_confidence(mention.confidence);
  for (const ActorRef& actor : mention.actors) {
    path->set_resolution(
        Cat(path->resolution(), path->resolution().empty() ? "" : "; ", actor.how));
    v1::ResolvedActor* resolved = path->add_actors();
    resolved->set_actor(actor.id);
    resolved->set_display_name(actor.display_name);
    resolved->set_code(actor.code);
    resolved->set_resolution(actor.how);
    resolved->set_discovered(actor.discovered);
  }
}

void ExplainParse(const nlp::Document& document, const nlp::Sentence& sentence,
                  v1::Explanation* explanation) {
  nlp::Document alone;
  alone.text = document.text;
  alone.sentences = {sentence};
  explanation->set_parse(nlp::WriteConllu(alone));
  for (const nlp::Token& token : sentence.tokens) {
    v1::ParsedToken* parsed = explanation->add_tokens();
    parsed->set_text(std::string(document.Text(token.span)));
    parsed->set_lemma(token.lemma);
    parsed->set_upos(std::string(nlp::UposName(token.upos)));
    parsed->set_head(token.head + 1);
    parsed->set_deprel(std::string(nlp::DeprelName(token.deprel)));
    SetSpan(token.span, parsed->mutable_span());
  }
}

// "coder/10_verbal_cooperation.rules:42": where the data folder lies is the server's affair.
std::string ShownSource(const std::string& source) {
  const size_t folder = source.rfind("/coder/");
  return folder == std::string::npos ? source : source.substr(folder + 1);
}

v1::Explanation Explain(const Candidate& candidate, const nlp::Document& document,
                        const DocumentActors& actors, const ConfidenceFeatures& features,
                        const ConfidenceModel& model) {
  v1::Explanation explanation;
  explanation.set_rule(candidate.rule->id);
  explanation.set_rule_source(ShownSource(candidate.rule->source));
  explanation.set_rule_text(candidate.rule->text);
  SetSpan(candidate.trigger_span, explanation.mutable_trigger());
  explanation.set_trigger_text(std::string(document.Text(candidate.trigger_span)));
  for (const RoleFiller& filler : candidate.fillers) {
    ExplainRole(filler, document, actors, explanation.add_paths());
  }
  for (const std::string& reason : candidate.assertion.reasons) {
    explanation.add_status_reasons(reason);
  }
  ExplainParse(document, document.sentences[candidate.sentence], &explanation);
  explanation.set_confidence(model.Probability(features));
  for (size_t i = 0; i < features.size(); ++i) {
    v1::ConfidenceFeature* feature = explanation.add_features();
    feature->set_name(std::string(kConfidenceFeatures[i]));
    feature->set_value(features[i]);
    feature->set_weight(model.coefficients()[i]);
  }
  if (!candidate.opinion.has_value()) return explanation;
  const ActorPair& pair = candidate.opinion->pair;
  explanation.set_pair_source(std::string(document.Text(actors.mentions[pair.source].span)));
  explanation.set_pair_target(std::string(document.Text(actors.mentions[pair.target].span)));
  for (const PairReason& reason : candidate.reasons) {
    v1::ConfidenceFeature* feature = explanation.add_pair_features();
    feature->set_name(reason.feature);
    feature->set_value(reason.value);
    feature->set_weight(reason.weight);
  }
  return explanation;
}

const ActorMention& Named(const ActorMention& mention, const DocumentActors& actors) {
  const ActorMention* named = &mention;
  while (named->form == MentionForm::kPronoun && named->antecedent >= 0) {
    const ActorMention* earlier = &actors.mentions[named->antecedent];
    // One that stands behind ("We urge …," the minister said) is named there itself; another
    // pronoun would go in circles.
    if (earlier >= named && earlier->form == MentionForm::kPronoun) break;
    named = earlier;
  }
  return *named;
}

}  // namespace

v1::Mention EventBuilder::MakeMention(const Candidate& candidate, const nlp::Document& document,
                                      const DocumentActors& actors, v1::TextSection section,
                                      const v1::Event& event, const ActorRef* speaker,
                                      const ConfidenceFeatures& features) const {
  const nlp::Sentence& sentence = document.sentences[candidate.sentence];
  v1::Mention mention;
  mention.set_article(article_->id());
  mention.set_section(section);
  SetSpan(sentence.span, mention.mutable_sentence());
  SetSpan(candidate.trigger_span, mention.mutable_trigger());
  for (const RoleFiller& filler : candidate.fillers) {
    // A pronoun shows whom it stands for by the phrase that it refers back to.
    const ActorMention& phrase = Named(actors.mentions[filler.mention], actors);
    for (const ActorRef& actor : phrase.actors) {
      v1::MentionParticipant* participant = mention.add_participants();
      participant->set_role(filler.role);
      participant->set_actor(actor.id);
      const nlp::Span span = actor.span.size() > 0 ? actor.span : phrase.span;
      SetSpan(span, participant->mutable_span());
      participant->set_text(std::string(document.Text(span)));
    }
  }
  mention.set_status(event.status());
  if (speaker != nullptr) mention.set_speaker(speaker->id);
  mention.set_rule(candidate.rule->id);
  mention.set_coder(version_);
  mention.set_confidence(event.confidence());
  mention.set_sentence_text(std::string(document.Text(sentence.span)));
  if (published_.has_value()) mention.set_report_time_micros(published_->Micros());
  *mention.mutable_date() = event.date();
  if (options_.explain) {
    *mention.mutable_explanation() = Explain(candidate, document, actors, features, *confidence_);
  }
  return mention;
}

void EventBuilder::MergeOrKeep(v1::Event event, double estimate) {
  for (size_t i = 0; i < events_.size(); ++i) {
    v1::Event& known = events_[i];
    if (!SameEvent(known, event)) continue;
    // What the surer mention says stands, and the other fills in what it leaves open. Surer by the
    // matcher's estimate, so that fitting the confidence anew changes nothing of what is coded.
    if (estimate > estimates_[i]) {
      std::swap(event, known);
      std::swap(estimate, estimates_[i]);
    }
    known.set_confidence(std::max(known.confidence(), event.confidence()));
    for (const v1::Participant& participant : event.participants()) {
      const bool has = std::any_of(
          known.participants().begin(), known.participants().end(),
          [&](const v1::Participant& p) { return Comparable(p) == Comparable(participant); });
      if (!has) *known.add_participants() = participant;
    }
    if (known.date().inferred() && !event.date().inferred()) *known.mutable_date() = event.date();
    if (!known.has_place() && event.has_place()) *known.mutable_place() = event.place();
    if (known.subtype().empty() && !event.subtype().empty()) {
      known.set_subtype(event.subtype());
      CopyCodes(event, &known);
    }
    AddDetails(event, &known);
    known.mutable_mentions()->MergeFrom(event.mentions());
    // The earlier mention first, whichever was the surer.
    std::stable_sort(known.mutable_mentions()->begin(), known.mutable_mentions()->end(), IsEarlier);
    return;
  }
  if (events_.size() >= kEventsMax) return;
  events_.push_back(std::move(event));
  estimates_.push_back(estimate);
}

void EventBuilder::Add(const Candidate& candidate, const nlp::Document& document,
                       const DocumentActors& actors, v1::TextSection section) {
  const Rule& rule = *candidate.rule;
  v1::Event event;
  event.set_type(rule.type);
  event.set_subtype(rule.subtype);
  AddParticipants(candidate, actors, &event);
  const ActorRef* speaker = nullptr;
  if (candidate.speaker_mention >= 0 &&
      !actors.mentions[candidate.speaker_mention].actors.empty()) {
    speaker = &actors.mentions[candidate.speaker_mention].actors.front();
    actors_.emplace(speaker->id, *speaker);
  }
  event.set_status(StatusOf(candidate, event, speaker));
  const bool future = !IsFactual(event.status());
  *event.mutable_date() = candidate.when.has_value() ? candidate.when->Resolve(future, document)
                                                     : InferredDate(published_);
  if (candidate.place >= 0) SetPlace(actors.mentions[candidate.place], document, &event);
  SetCodes(rule, &event);
  const FieldDescriptor* field = DetailField(*ontology_->FindType(rule.type));
  Message* detail = event.GetReflection()->MutableMessage(&event, field);
  for (const DetailText& text : candidate.details) {
    if (!text.value.empty()) {
      SetField(text.field, text.value, detail);
      continue;
    }
    nlp::Span span = text.span;
    span.end = std::min(span.end, span.begin + kDetailBytesMax);
    SetField(text.field, std::string(document.Text(span)), detail);
  }
  for (const auto& [name, value] : rule.detail) SetField(name, value, detail);
  if (candidate.money.has_value()) {
    const FieldDescriptor* value = detail->GetDescriptor()->FindFieldByName("value");
    detail->GetReflection()->MutableMessage(detail, value)->CopyFrom(*candidate.money);
  }
  const ConfidenceFeatures features = FeaturesOf(candidate, document, actors, event.status());
  features_[{section, candidate.trigger_span.begin, candidate.rule->id}] = features;
  event.set_confidence(confidence_->Probability(features));
  if (published_.has_value()) event.set_report_time_micros(published_->Micros());
  *event.add_mentions() =
      MakeMention(candidate, document, actors, section, event, speaker, features);
  MergeOrKeep(std::move(event), candidate.confidence);
}

v1::CodedArticle EventBuilder::Finish() {
  v1::CodedArticle coded;
  coded.set_article(article_->id());
  coded.set_coder(version_);
  std::set<std::string> used;
  for (v1::Event& event : events_) {
    if (event.confidence() < options_.min_confidence) continue;
    v1::StatusReport* report = event.add_status_history();
    report->set_status(event.status());
    report->set_report_time_micros(event.report_time_micros());
    report->set_article(article_->id());
    for (const v1::Participant& participant : event.participants()) {
      used.insert(participant.actor());
    }
    for (const v1::Mention& mention : event.mentions()) used.insert(mention.speaker());
    *coded.add_events() = std::move(event);
  }
  for (const auto& [id, ref] : actors_) {
    if (used.count(id) == 0) continue;
    v1::Actor* actor = coded.add_actors();
    actor->set_id(ref.id);
    actor->set_kind(ref.kind);
    actor->set_display_name(ref.display_name);
    actor->set_country(ref.country);
    actor->set_sector(ref.sector);
    actor->set_discovered(ref.discovered);
  }
  return coded;
}

}  // namespace entente::coder
