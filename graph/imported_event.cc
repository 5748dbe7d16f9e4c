#include "graph/imported_event.h"

#include <cmath>
#include <mutex>

#include "base/strings.h"
#include "graph/codec.h"
#include "graph/records.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr size_t kDigitsMax = 18;
constexpr char kNumberMark = '\x01';
constexpr double kToneSteps = 1000;

enum FactsMask : uint8_t {
  kHasFacts = 1,
  kHasCounts = 2,
  kHasTone = 4,
  kRootEvent = 8,
  kHasFatalities = 16,
  kHasFatalitiesLow = 32,
  kHasFatalitiesHigh = 64,
};

void AppendFacts(const v1::ImportedFacts& facts, bool has_facts, std::string* out) {
  uint8_t mask = has_facts ? kHasFacts : 0;
  const bool counts =
      facts.mention_count() != 0 || facts.source_count() != 0 || facts.article_count() != 0;
  if (counts) mask |= kHasCounts;
  if (facts.has_tone()) mask |= kHasTone;
  if (facts.root_event()) mask |= kRootEvent;
  if (facts.has_fatalities()) mask |= kHasFatalities;
  if (facts.has_fatalities_low()) mask |= kHasFatalitiesLow;
  if (facts.has_fatalities_high()) mask |= kHasFatalitiesHigh;
  out->push_back(static_cast<char>(mask));
  if (counts) {
    PutVarint(static_cast<uint64_t>(facts.mention_count()), out);
    PutVarint(static_cast<uint64_t>(facts.source_count()), out);
    PutVarint(static_cast<uint64_t>(facts.article_count()), out);
  }
  if (facts.has_tone()) PutSigned(std::llround(facts.tone() * kToneSteps), out);
  if (facts.has_fatalities()) PutVarint(static_cast<uint64_t>(facts.fatalities()), out);
  if (facts.has_fatalities_low()) PutVarint(static_cast<uint64_t>(facts.fatalities_low()), out);
  if (facts.has_fatalities_high()) PutVarint(static_cast<uint64_t>(facts.fatalities_high()), out);
}

bool ReadCount(Decoder* in, int64_t* count) {
  uint64_t value = 0;
  if (!in->Varint(&value)) return false;
  *count = static_cast<int64_t>(value);
  return *count >= 0;
}

bool ReadFacts(Decoder* in, v1::ImportedFacts* facts, bool* has_facts) {
  std::string_view byte;
  if (!in->Bytes(1, &byte)) return false;
  const auto mask = static_cast<uint8_t>(byte[0]);
  *has_facts = (mask & kHasFacts) != 0;
  int64_t value = 0;
  if (mask & kHasCounts) {
    if (!ReadCount(in, &value)) return false;
    facts->set_mention_count(value);
    if (!ReadCount(in, &value)) return false;
    facts->set_source_count(value);
    if (!ReadCount(in, &value)) return false;
    facts->set_article_count(value);
  }
  if (mask & kHasTone) {
    if (!in->Signed(&value)) return false;
    facts->set_tone(static_cast<double>(value) / kToneSteps);
  }
  if (mask & kRootEvent) facts->set_root_event(true);
  if (mask & kHasFatalities) {
    if (!ReadCount(in, &value)) return false;
    facts->set_fatalities(value);
  }
  if (mask & kHasFatalitiesLow) {
    if (!ReadCount(in, &value)) return false;
    facts->set_fatalities_low(value);
  }
  if (mask & kHasFatalitiesHigh) {
    if (!ReadCount(in, &value)) return false;
    facts->set_fatalities_high(value);
  }
  return mask < 0x80;
}

bool ReadId(Decoder* in, std::string* rest) {
  uint64_t number = 0, size = 0;
  std::string_view text;
  if (!in->Varint(&number)) return false;
  if (number > 0) {
    *rest = std::to_string(number - 1);
    return true;
  }
  if (!in->Varint(&size) || !in->Bytes(size, &text)) return false;
  *rest = std::string(text);
  return true;
}

std::string_view DigitsAtEnd(std::string_view text) {
  size_t begin = text.size();
  while (begin > 0 && text[begin - 1] >= '0' && text[begin - 1] <= '9') --begin;
  return text.substr(begin);
}

}  // namespace

SourceIdParts SplitSourceId(std::string_view source_id) {
  const std::string_view digits = DigitsAtEnd(source_id);
  const bool canonical =
      !digits.empty() && digits.size() <= kDigitsMax && (digits[0] != '0' || digits.size() == 1);
  uint64_t number = 0;
  if (!canonical || !ParseUint64(digits, &number)) return {source_id, std::nullopt};
  return {source_id.substr(0, source_id.size() - digits.size()), number};
}

std::string SourceKey(std::string_view source_id) {
  const SourceIdParts parts = SplitSourceId(source_id);
  if (!parts.number) return std::string(source_id);
  return Key().Text(parts.prefix).U8(kNumberMark).U64(*parts.number).str();
}

std::optional<std::string_view> NumberPrefix(std::string_view source_key) {
  const size_t mark = source_key.find(kNumberMark);  // the first: the number may have such a byte
  if (mark == std::string_view::npos) return std::nullopt;
  return source_key.substr(0, mark);
}

void ImportedEvent::AppendTo(std::string* out) const {
  out->push_back(kImportedRecord);
  PutVarint(template_number, out);
  PutSigned(start.days, out);
  PutVarint(further_days, out);
  PutSigned(report_seconds - start.days * kSecondsPerDay, out);
  PutSigned(intensity_milli, out);
  PutVarint(confidence_steps, out);
  for (const auto& [actor, state] : parties) {
    PutVarint(actor, out);
    PutVarint(state == 0 ? 0 : state == actor ? 1 : state + 1, out);
  }
  PutVarint(place, out);
  const SourceIdParts rest = SplitSourceId(source_id_rest);
  if (rest.number && rest.prefix.empty()) {
    PutVarint(*rest.number + 1, out);
  } else {
    PutVarint(0, out);
    PutVarint(source_id_rest.size(), out);
    *out += source_id_rest;
  }
  AppendFacts(facts, has_facts, out);
}

std::optional<uint32_t> ImportedEvent::TemplateOf(std::string_view bytes) {
  if (!IsImportedRecord(bytes)) return std::nullopt;
  Decoder in(bytes.substr(1));
  uint64_t number = 0;
  if (!in.Varint(&number) || number > UINT32_MAX) return std::nullopt;
  return static_cast<uint32_t>(number);
}

bool ImportedEvent::Decode(std::string_view bytes, size_t party_count) {
  if (!IsImportedRecord(bytes)) return false;
  Decoder in(bytes.substr(1));
  uint64_t number = 0, days = 0, confidence = 0;
  int64_t first = 0, seconds = 0, intensity = 0;
  if (!in.Varint(&number) || !in.Signed(&first) || !in.Varint(&days) || !in.Signed(&seconds) ||
      !in.Signed(&intensity) || !in.Varint(&confidence)) {
    return false;
  }
  if (number > UINT32_MAX || std::abs(first) > INT32_MAX || days > INT32_MAX ||
      std::abs(intensity) > 10'000 || confidence > 10'000) {
    return false;
  }
  template_number = static_cast<uint32_t>(number);
  start = Date{static_cast<int32_t>(first)};
  further_days = static_cast<uint32_t>(days);
  report_seconds = seconds + first * kSecondsPerDay;
  intensity_milli = static_cast<int32_t>(intensity);
  confidence_steps = static_cast<uint32_t>(confidence);
  parties.resize(party_count);
  for (auto& [actor, state] : parties) {
    if (!in.Varint(&actor) || !in.Varint(&state)) return false;
    if (state != 0) state = state == 1 ? actor : state - 1;
  }
  facts.Clear();
  return in.Varint(&place) && ReadId(&in, &source_id_rest) && ReadFacts(&in, &facts, &has_facts) &&
         in.Done();
}

void ImportedMention::AppendTo(std::string* out) const {
  out->push_back(kImportedRecord);
  PutSigned(report_seconds, out);
  out->push_back(static_cast<char>(status));
  PutVarint(confidence_steps, out);
  PutVarint(sentence_number, out);
  PutVarint(url.size(), out);
  *out += url;
  *out += sentence_text;
}

bool DecodeMention(std::string_view bytes, v1::Mention* mention) {
  if (!IsImportedRecord(bytes)) {
    return mention->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }
  Decoder in(bytes.substr(1));
  int64_t seconds = 0;
  uint64_t confidence = 0, sentence = 0, url_size = 0;
  std::string_view status, url;
  if (!in.Signed(&seconds) || !in.Bytes(1, &status) || !in.Varint(&confidence) ||
      !in.Varint(&sentence) || !in.Varint(&url_size) || !in.Bytes(url_size, &url)) {
    return false;
  }
  const auto asserted = static_cast<unsigned char>(status[0]);
  if (!v1::EventStatus_IsValid(asserted) || confidence > 10'000 || sentence > INT32_MAX) {
    return false;
  }
  mention->Clear();
  mention->set_report_time_micros(seconds * kMicrosPerSecond);
  mention->set_status(static_cast<v1::EventStatus>(asserted));
  mention->set_confidence(ConfidenceOf(static_cast<uint32_t>(confidence)));
  mention->set_sentence_number(static_cast<int32_t>(sentence));
  mention->set_url(std::string(url));
  mention->set_sentence_text(std::string(in.Rest()));
  return true;
}

void ImportTables::AddTemplate(uint32_t number, Template added) {
  const std::unique_lock lock(mutex_);
  if (templates_.size() <= number) templates_.resize(size_t{number} + 1);
  templates_[number] = std::make_unique<const Template>(std::move(added));
}

const ImportTables::Template* ImportTables::FindTemplate(uint32_t number) const {
  const std::shared_lock lock(mutex_);
  return number < templates_.size() ? templates_[number].get() : nullptr;
}

uint32_t ImportTables::last_template() const {
  const std::shared_lock lock(mutex_);
  return templates_.empty() ? 0 : static_cast<uint32_t>(templates_.size() - 1);
}

ImportTables::Label ImportTables::LabelOf(const v1::Actor& actor) {
  return {actor.id(), actor.display_name(), actor.code(), actor.kind()};
}

void ImportTables::NoteActor(ActorNumber number, const v1::Actor& actor) {
  const std::unique_lock lock(mutex_);
  ++generation_;
  if (labels_.Find(number) != nullptr) labels_.Add(number, LabelOf(actor));
}

const ImportTables::Label* ImportTables::FindLabel(ActorNumber actor, const Names& read) const {
  if (const Label* cached = labels_.Find(actor); cached != nullptr) return cached;
  const auto it = read.actors.find(actor);
  return it == read.actors.end() ? nullptr : &it->second;
}

absl::Status ImportTables::Fill(const ImportedEvent& parsed, const Names& read,
                                v1::Event* event) const {
  *event = templates_[parsed.template_number]->event;
  event->mutable_source_id()->append(parsed.source_id_rest);
  v1::EventDate* date = event->mutable_date();
  date->set_start(FormatDate(parsed.start));
  date->set_end(parsed.further_days == 0
                    ? date->start()
                    : FormatDate(parsed.start.AddDays(static_cast<int>(parsed.further_days))));
  event->set_goldstein(IntensityOf(parsed.intensity_milli));
  event->set_confidence(ConfidenceOf(parsed.confidence_steps));
  event->set_report_time_micros(parsed.report_seconds * kMicrosPerSecond);
  v1::StatusReport* report = event->add_status_history();
  report->set_status(event->status());
  report->set_report_time_micros(event->report_time_micros());
  for (size_t i = 0; i < parsed.parties.size(); ++i) {
    const auto& [actor, state] = parsed.parties[i];
    v1::Participant* participant = event->mutable_participants(static_cast<int>(i));
    const Label* label = FindLabel(actor, read);
    if (label == nullptr) return DamagedRecord(kActor, Key().U64(actor));
    participant->set_actor(label->id);
    participant->set_display_name(label->display_name);
    participant->set_code(label->code);
    participant->set_kind(label->kind);
    if (state == 0) continue;
    label = FindLabel(state, read);
    if (label == nullptr) return DamagedRecord(kActor, Key().U64(state));
    participant->set_country(label->id);
  }
  if (parsed.place != 0) {
    const v1::Place* place = places_.Find(parsed.place);
    if (place == nullptr) {
      const auto it = read.places.find(parsed.place);
      if (it == read.places.end()) return DamagedRecord(kPlace, Key().U64(parsed.place));
      place = &it->second;
    }
    *event->mutable_place() = *place;
  }
  if (parsed.has_facts) *event->mutable_imported() = parsed.facts;
  return absl::OkStatus();
}

absl::StatusOr<ImportTables::Names> ImportTables::ReadMissing(
    const kv::Database& db, const kv::Snapshot* snapshot,
    std::span<const ImportedEvent> parsed) const {
  Names read;
  std::vector<ActorNumber> actors;
  std::vector<uint64_t> places;
  uint64_t generation = 0;
  {
    const std::shared_lock lock(mutex_);
    generation = generation_;
    const auto want = [&](ActorNumber actor) {
      if (actor == 0 || labels_.Find(actor) != nullptr) return;
      if (read.actors.try_emplace(actor).second) actors.push_back(actor);
    };
    for (const ImportedEvent& event : parsed) {
      for (const auto& [actor, state] : event.parties) {
        want(actor);
        want(state);
      }
      if (event.place == 0 || places_.Find(event.place) != nullptr) continue;
      if (read.places.try_emplace(event.place).second) places.push_back(event.place);
    }
  }
  if (actors.empty() && places.empty()) return read;
  std::vector<std::string> keys;
  for (const ActorNumber actor : actors) keys.push_back(Key().U64(actor).str());
  ENTENTE_ASSIGN_OR_RETURN(const auto actor_records, db.MultiGet(kActor, keys, snapshot));
  for (size_t i = 0; i < actors.size(); ++i) {
    v1::Actor actor;
    if (!actor_records[i] || !actor.ParseFromString(*actor_records[i])) {
      return DamagedRecord(kActor, keys[i]);
    }
    read.actors[actors[i]] = LabelOf(actor);
  }
  keys.clear();
  for (const uint64_t place : places) keys.push_back(Key().U64(place).str());
  ENTENTE_ASSIGN_OR_RETURN(const auto place_records, db.MultiGet(kPlace, keys, snapshot));
  for (size_t i = 0; i < places.size(); ++i) {
    if (!place_records[i] || !read.places[places[i]].ParseFromString(*place_records[i])) {
      return DamagedRecord(kPlace, keys[i]);
    }
  }
  const std::unique_lock lock(mutex_);
  if (generation == generation_) {
    for (const auto& [number, label] : read.actors) labels_.Add(number, label);
  }
  for (const auto& [number, place] : read.places) places_.Add(number, place);
  return read;
}

absl::Status ImportTables::Decode(const kv::Database& db, const kv::Snapshot* snapshot,
                                  EventNumber number, std::string_view bytes,
                                  v1::Event* event) const {
  Batch batch(this, 1);
  ENTENTE_RETURN_IF_ERROR(batch.Add(number, bytes, event));
  return batch.Finish(db, snapshot);
}

absl::Status ImportTables::Batch::Add(EventNumber number, std::string_view bytes,
                                      v1::Event* event) {
  if (!IsImportedRecord(bytes)) {
    return event->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
               ? absl::OkStatus()
               : DamagedRecord(kEvent, Key().U64(number));
  }
  const std::optional<uint32_t> form = ImportedEvent::TemplateOf(bytes);
  const Template* common = form ? tables_->FindTemplate(*form) : nullptr;
  if (common == nullptr || !parsed_.emplace_back().Decode(
                               bytes, static_cast<size_t>(common->event.participants_size()))) {
    return DamagedRecord(kEvent, Key().U64(number));
  }
  events_.push_back(event);
  return absl::OkStatus();
}

absl::Status ImportTables::Batch::Finish(const kv::Database& db, const kv::Snapshot* snapshot) {
  if (parsed_.empty()) return absl::OkStatus();
  ENTENTE_ASSIGN_OR_RETURN(const Names read, tables_->ReadMissing(db, snapshot, parsed_));
  const std::shared_lock lock(tables_->mutex_);
  for (size_t i = 0; i < parsed_.size(); ++i) {
    ENTENTE_RETURN_IF_ERROR(tables_->Fill(parsed_[i], read, events_[i]));
  }
  return absl::OkStatus();
}

}  // namespace entente::graph
