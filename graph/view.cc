#include "graph/view.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"
#include "graph/families.h"

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

absl::StatusOr<ActorNumber> View::FindActor(std::string_view id) const {
  const std::string key = Key(kIdTag).Text(id).str();
  ENTENTE_ASSIGN_OR_RETURN(const std::optional<std::string> value, Get(kName, key));
  if (!value) return ActorNumber{0};
  if (value->size() != 8) return DamagedRecord(kName, key);
  return ReadU64(*value, 0);
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
    if (it->key().size() == prefix.size() + 8) found.push_back(ReadU64(it->key(), prefix.size()));
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
  return words_->imports().Decode(*db_, snapshot_.get(), ReadU64(key, 0), record, event);
}

absl::Status View::ReadMentions(EventNumber event, v1::Event* out) const {
  const auto it = ScanPrefix(kMention, Key().U64(event));
  std::vector<v1::Mention> mentions;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (!DecodeMention(it->value(), &mentions.emplace_back())) {
      return DamagedRecord(kMention, it->key());
    }
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  std::stable_sort(mentions.begin(), mentions.end(), [](const auto& a, const auto& b) {
    return a.report_time_micros() < b.report_time_micros();
  });
  for (v1::Mention& mention : mentions) *out->add_mentions() = std::move(mention);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<v1::Event>> View::ReadEvents(std::span<const EventNumber> events,
                                                        bool include_mentions) const {
  std::vector<std::string> keys;
  keys.reserve(events.size());
  for (const EventNumber event : events) keys.push_back(Key().U64(event).str());
  ENTENTE_ASSIGN_OR_RETURN(const auto records, MultiGet(kEvent, keys));
  std::vector<v1::Event> out(events.size());
  ENTENTE_RETURN_IF_ERROR(words_->imports().DecodeAll(*db_, snapshot_.get(), events, records, out));
  for (size_t i = 0; i < events.size(); ++i) {
    out[i].set_id(std::to_string(events[i]));
    if (include_mentions) ENTENTE_RETURN_IF_ERROR(ReadMentions(events[i], &out[i]));
  }
  return out;
}

}  // namespace entente::graph
