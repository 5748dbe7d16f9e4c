#include "graph/view.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/utf8.h"
#include "graph/as_of.h"
#include "graph/families.h"
#include "graph/overlay_iterator.h"
#include "graph/row_runs.h"

namespace entente::graph {
namespace {

constexpr int64_t kTicksBetweenChecks = 256;
constexpr size_t kCandidatesNamed = 10;

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    out.push_back(kDigits[static_cast<unsigned char>(c) & 0xF]);
  }
  return out;
}

}  // namespace

bool IsSomebody(const v1::Actor& actor) {
  return actor.kind() != v1::UNNAMED_ROLE || !actor.country().empty();
}

absl::Status DamagedRecord(StoreFamily family, std::string_view key) {
  return DataLoss(Cat("family ", FamilyName(family), ", key ", Hex(key),
                      ": the record is missing or damaged; run verify"));
}

absl::Status DecodeRow(StoreFamily family, const kv::Iterator& it, EventRow* row) {
  return row->Decode(it.value()) ? absl::OkStatus() : DamagedRecord(family, it.key());
}

absl::Status DecodeRollup(StoreFamily family, const kv::Iterator& it, Rollup* rollup) {
  return rollup->Decode(it.value()) ? absl::OkStatus() : DamagedRecord(family, it.key());
}

absl::StatusOr<EventNumber> ParseEventId(std::string_view id) {
  std::string_view digits = id;
  if (digits.substr(0, 7) == "events/") digits.remove_prefix(7);
  uint64_t number = 0;
  if (!ParseUint64(digits, &number) || number == 0) {
    return InvalidArgument(Cat("not an event id: '", id, "'; write a number, like 1234"));
  }
  return number;
}

std::vector<std::string> NameKeys(std::string_view name, ActorNumber actor) {
  std::vector<std::string> keys;
  const std::string folded = FoldName(name);
  if (folded.empty()) return keys;
  keys.push_back(Key(kNameTag).Text(folded).Zero().U64(actor).str());
  for (size_t space = folded.find(' '); space != std::string::npos;
       space = folded.find(' ', space + 1)) {
    const std::string_view rest = std::string_view(folded).substr(space + 1);
    keys.push_back(Key(kNameRestTag).Text(rest).Zero().U64(actor).str());
  }
  return keys;
}

std::vector<std::string> NamesOf(const v1::Actor& actor) {
  std::vector<std::string> names = {actor.id(), actor.display_name()};
  for (const v1::ActorName& name : actor.names()) names.push_back(name.text());
  return names;
}

absl::Status View::Tick() const {
  if (scanned_++ % kTicksBetweenChecks == 0) ENTENTE_RETURN_IF_ERROR(stop_.Check());
  if (scan_limit_ > 0 && scanned_ > scan_limit_) {
    return ResourceExhausted(Cat("looked at ", scan_limit_,
                                 " index keys, the limit of one call; narrow the dates or name an "
                                 "actor"));
  }
  return absl::OkStatus();
}

View::View(const kv::Database* db, const Vocabulary* words, std::shared_ptr<AsOf> then,
           const Stop& stop, int64_t scan_limit)
    : db_(db),
      words_(words),
      stop_(stop),
      scan_limit_(scan_limit),
      then_(std::move(then)),
      redirects_(&then_->redirects()),
      snapshot_(then_->snapshot()) {}

absl::StatusOr<std::optional<std::string>> View::Get(StoreFamily family,
                                                     std::string_view key) const {
  if (IsTimeIndex(family)) {  // may be one of a run
    const auto it = Scan(family, key, Key().Text(key).Zero());
    it->SeekToFirst();
    if (it->Valid()) return std::optional<std::string>(it->value());
    ENTENTE_RETURN_IF_ERROR(it->status());
    return std::optional<std::string>();
  }
  absl::StatusOr<std::optional<std::string>> today = db_->Get(family, key, snapshot_);
  if (then_ == nullptr || !AsOf::IsRollup(family) || !today.ok()) return today;
  return then_->Correct(family, std::string(key), *std::move(today), stop_);
}

absl::StatusOr<std::vector<std::optional<std::string>>> View::MultiGet(
    StoreFamily family, std::span<const std::string> keys) const {
  auto values = db_->MultiGet(family, keys, snapshot_);
  if (then_ == nullptr || !AsOf::IsRollup(family) || !values.ok()) return values;
  for (size_t i = 0; i < keys.size(); ++i) {
    ENTENTE_ASSIGN_OR_RETURN((*values)[i],
                             then_->Correct(family, keys[i], std::move((*values)[i]), stop_));
  }
  return values;
}

std::unique_ptr<kv::Iterator> View::Scan(StoreFamily family, std::string_view lower,
                                         std::string_view upper) const {
  std::unique_ptr<kv::Iterator> today = ScanRows(*db_, family, lower, upper, snapshot_);
  if (then_ == nullptr || !(AsOf::IsIndex(family) || AsOf::IsRollup(family))) return today;
  auto wrapped = then_->Wrap(
      family, lower, upper, std::move(today), [this] { return Tick(); }, stop_);
  if (!wrapped.ok()) return std::make_unique<FailedIterator>(wrapped.status());
  return *std::move(wrapped);
}

ActorNumber View::CountsFor(ActorNumber number) const {
  if (then_ != nullptr && !then_->HasActor(number)) return 0;
  return redirects_->Resolve(number);
}

bool View::HasArticle(ArticleNumber article) const {
  // Mentions of imports without articles have 0 or a hash with the highest bit: always there.
  return article >> 63 != 0 || then_ == nullptr || then_->HasArticle(article);
}

uint64_t View::revision() const {
  return then_ == nullptr ? std::numeric_limits<uint64_t>::max() : then_->revision();
}

absl::StatusOr<ActorNumber> View::FindActor(std::string_view id) const {
  const std::string key = Key(kIdTag).Text(id).str();
  ENTENTE_ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(kName, key));
  if (!value) return ActorNumber{0};
  if (value->size() != 8) return DamagedRecord(kName, key);
  return CountsFor(ReadU64(*value, 0));
}

absl::StatusOr<ActorNumber> View::ResolveActor(std::string_view argument,
                                               std::string_view field) const {
  if (Trim(argument).empty()) {
    return InvalidArgument(Cat(field, " is empty; give an actor's id or name"));
  }
  const bool is_resource = argument.substr(0, 7) == "actors/";
  const std::string_view id = is_resource ? argument.substr(7) : argument;
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, FindActor(id));
  if (number != 0) return number;
  const absl::Status unknown =
      NotFound(Cat(field, ": no actor '", argument, "'; search for the beginning of its name"));
  const std::string folded = FoldName(id);
  if (is_resource || folded.empty()) return unknown;

  const std::string prefix = Key(kNameTag).Text(folded).Zero().str();
  std::vector<ActorNumber> found;
  const auto it = ScanPrefix(kName, prefix);
  for (it->SeekToFirst(); it->Valid() && found.size() <= kCandidatesNamed; it->Next()) {
    ENTENTE_RETURN_IF_ERROR(Tick());
    if (it->key().size() != prefix.size() + 8) continue;
    const ActorNumber actor = CountsFor(ReadU64(it->key(), prefix.size()));
    const bool known = std::find(found.begin(), found.end(), actor) != found.end();
    if (actor != 0 && !known) found.push_back(actor);
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  if (found.empty()) return unknown;
  if (found.size() == 1) return found[0];

  ENTENTE_ASSIGN_OR_RETURN(const std::vector<v1::Actor> actors, ReadActors(found));
  std::string candidates;
  for (size_t i = 0; i < actors.size() && i < kCandidatesNamed; ++i) {
    candidates += Cat(i == 0 ? "" : ", ", actors[i].id(), " (", actors[i].display_name(), ")");
  }
  if (actors.size() > kCandidatesNamed) candidates += ", …";
  return InvalidArgument(
      Cat(field, ": several actors are called '", argument, "': ", candidates, "; give an id"));
}

absl::StatusOr<std::vector<v1::Actor>> View::ReadActors(std::span<const ActorNumber> actors) const {
  std::vector<std::string> keys, totals;
  for (const ActorNumber actor : actors) {
    keys.push_back(Key().U64(actor).str());
    totals.push_back(Key().U64(actor).U64(0).str());
  }
  ENTENTE_ASSIGN_OR_RETURN(const auto records, MultiGet(kActor, keys));
  ENTENTE_ASSIGN_OR_RETURN(const auto counts, MultiGet(kNeighbor, totals));
  std::vector<v1::Actor> out(actors.size());
  for (size_t i = 0; i < actors.size(); ++i) {
    if (!records[i] || !out[i].ParseFromString(*records[i])) return DamagedRecord(kActor, keys[i]);
    Rollup total;
    if (counts[i] && !total.Decode(*counts[i])) return DamagedRecord(kNeighbor, totals[i]);
    out[i].set_event_count(total.count());
    for (std::string& merged : redirects_->LeadingTo(out[i].id())) {
      out[i].add_merged_actors(std::move(merged));
    }
  }
  return out;
}

absl::StatusOr<v1::Actor> View::ReadActor(ActorNumber actor) const {
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Actor> actors, ReadActors({&actor, 1}));
  return std::move(actors[0]);
}

absl::Status View::DecodeEvent(std::string_view key, std::string_view record,
                               v1::Event* event) const {
  if (key.size() != 8) return DamagedRecord(kEvent, key);
  return words_->imports().Decode(*db_, snapshot_, ReadU64(key, 0), record, event);
}

absl::StatusOr<std::vector<v1::Mention>> View::MentionsOf(EventNumber event) const {
  std::vector<v1::Mention> mentions;
  const AsOf::Version* version = then_ == nullptr ? nullptr : then_->Changed(event);
  if (version != nullptr && version->mentions_revision != 0) {
    const std::string key = Key().U64(version->mentions_revision).U64(event).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kHistory, key, snapshot_));
    OldVersion old;
    if (!bytes || !old.Decode(*bytes) || !old.mentions) return DamagedRecord(kHistory, key);
    for (OldVersion::OldMention& kept : *old.mentions) {
      if (HasArticle(kept.article)) mentions.push_back(std::move(kept.mention));
    }
    return mentions;
  }
  const auto it = ScanPrefix(kMention, Key().U64(event));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (it->key().size() != 20) return DamagedRecord(kMention, it->key());
    if (!HasArticle(ReadU64(it->key(), 8))) continue;
    if (!DecodeMention(it->value(), &mentions.emplace_back())) {
      return DamagedRecord(kMention, it->key());
    }
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return mentions;
}

absl::Status View::ReadMentions(EventNumber event, v1::Event* out) const {
  ENTENTE_ASSIGN_OR_RETURN(std::vector<v1::Mention> mentions, MentionsOf(event));
  std::stable_sort(mentions.begin(), mentions.end(), [](const auto& a, const auto& b) {
    return a.report_time_micros() < b.report_time_micros();
  });
  for (v1::Mention& mention : mentions) *out->add_mentions() = std::move(mention);
  return absl::OkStatus();
}

// The event as it was, `record` being what it is.
absl::StatusOr<std::optional<v1::Event>> View::ReadVersion(
    EventNumber event, std::optional<std::string> record) const {
  if (then_ != nullptr && !then_->Has(event)) return std::optional<v1::Event>();
  const AsOf::Version* version = then_ == nullptr ? nullptr : then_->Changed(event);
  if (version != nullptr && version->event_revision != 0) {
    const std::string key = Key().U64(version->event_revision).U64(event).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kHistory, key, snapshot_));
    OldVersion old;
    if (!bytes || !old.Decode(*bytes) || !old.event) return DamagedRecord(kHistory, key);
    return std::move(old.event);
  }
  if (!record) return std::optional<v1::Event>();
  std::optional<v1::Event> out(std::in_place);
  ENTENTE_RETURN_IF_ERROR(DecodeEvent(Key().U64(event), *record, &*out));
  return out;
}

// Fills what a reader sees and the record does not have.
void View::Present(EventNumber number, v1::Event* event) const {
  event->set_id(std::to_string(number));
  event->clear_origin();
  if (redirects_->empty()) return;
  for (v1::Participant& participant : *event->mutable_participants()) {
    const std::string& actor = redirects_->Resolve(participant.actor());
    if (actor != participant.actor()) {
      participant.set_coded_actor(participant.actor());
      participant.set_actor(actor);
    }
    participant.set_country(redirects_->Resolve(participant.country()));
  }
}

absl::StatusOr<std::optional<v1::Event>> View::FindEvent(EventNumber event,
                                                         bool include_mentions) const {
  ENTENTE_ASSIGN_OR_RETURN(auto record, Get(kEvent, Key().U64(event)));
  ENTENTE_ASSIGN_OR_RETURN(std::optional<v1::Event> out, ReadVersion(event, std::move(record)));
  if (!out) return out;
  Present(event, &*out);
  if (include_mentions) ENTENTE_RETURN_IF_ERROR(ReadMentions(event, &*out));
  return out;
}

absl::StatusOr<std::vector<v1::Event>> View::ReadEvents(std::span<const EventNumber> events,
                                                        bool include_mentions) const {
  google::protobuf::RepeatedPtrField<v1::Event> read;
  ENTENTE_RETURN_IF_ERROR(AppendEvents(events, include_mentions, &read));
  std::vector<v1::Event> out(events.size());
  for (size_t i = 0; i < out.size(); ++i) out[i].Swap(&read[static_cast<int>(i)]);
  return out;
}

absl::Status View::AppendEvents(std::span<const EventNumber> events, bool include_mentions,
                                google::protobuf::RepeatedPtrField<v1::Event>* out) const {
  const int begin = out->size();
  out->Reserve(begin + static_cast<int>(events.size()));
  std::vector<std::string> keys;
  keys.reserve(events.size());
  for (const EventNumber event : events) {
    keys.push_back(Key().U64(event).str());
    out->Add();
  }
  ENTENTE_RETURN_IF_ERROR(then_ == nullptr ? ReadRecords(events, keys, begin, out)
                                           : ReadVersions(events, keys, begin, out));
  for (size_t i = 0; i < events.size(); ++i) {
    v1::Event* event = out->Mutable(begin + static_cast<int>(i));
    Present(events[i], event);
    if (include_mentions) ENTENTE_RETURN_IF_ERROR(ReadMentions(events[i], event));
  }
  return absl::OkStatus();
}

// Fills the events of `out` from `begin` with what they are now.
absl::Status View::ReadRecords(std::span<const EventNumber> events,
                               std::span<const std::string> keys, int begin,
                               google::protobuf::RepeatedPtrField<v1::Event>* out) const {
  ImportTables::Batch batch(&words_->imports(), events.size());
  ENTENTE_RETURN_IF_ERROR(db_->MultiRead(
      kEvent, keys, snapshot_, [&](size_t i, std::optional<std::string_view> record) {
        if (!record) return DamagedRecord(kEvent, keys[i]);
        return batch.Add(events[i], *record, out->Mutable(begin + static_cast<int>(i)));
      }));
  return batch.Finish(*db_, snapshot_);
}

// Fills them with what they were.
absl::Status View::ReadVersions(std::span<const EventNumber> events,
                                std::span<const std::string> keys, int begin,
                                google::protobuf::RepeatedPtrField<v1::Event>* out) const {
  ENTENTE_ASSIGN_OR_RETURN(auto records, MultiGet(kEvent, keys));
  for (size_t i = 0; i < events.size(); ++i) {
    ENTENTE_ASSIGN_OR_RETURN(std::optional<v1::Event> event,
                             ReadVersion(events[i], std::move(records[i])));
    if (!event) return DamagedRecord(kEvent, keys[i]);
    *out->Mutable(begin + static_cast<int>(i)) = *std::move(event);
  }
  return absl::OkStatus();
}

}  // namespace entente::graph
