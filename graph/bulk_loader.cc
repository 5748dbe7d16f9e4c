#include "graph/bulk_loader.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "graph/actor_record.h"
#include "graph/bulk_host.h"
#include "graph/bulk_rows.h"
#include "graph/check_input.h"
#include "graph/codec.h"
#include "graph/event_text.h"
#include "graph/imported_event.h"
#include "graph/sha256.h"
#include "graph/store.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr size_t kMemoryBytesMin = 1 << 20;
constexpr size_t kSourceBytesMax = 64;
constexpr int kThreadsMax = 64;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr uint32_t kTemplatesMax = 100'000;
constexpr size_t kKnownActorsMax = 500'000;
constexpr size_t kKnownPlacesMax = 300'000;
constexpr size_t kKeysPerLookup = 4096;
constexpr size_t kBytesPerTextByte = 16;  // of rows that are made of a sentence

absl::Status CheckOptions(const BulkLoadOptions& options) {
  ENTENTE_RETURN_IF_ERROR(CheckId(options.source, "source"));
  if (options.source.size() > kSourceBytesMax) {
    return InvalidArgument(Cat("source is longer than ", kSourceBytesMax, " bytes"));
  }
  if (options.memory_bytes < kMemoryBytesMin) {
    return InvalidArgument(Cat("memory_bytes is ", options.memory_bytes, "; at least ",
                               kMemoryBytesMin, " are needed"));
  }
  if (options.threads < 1 || options.threads > kThreadsMax) {
    return InvalidArgument(
        Cat("threads is ", options.threads, "; it must be from 1 to ", kThreadsMax));
  }
  return absl::OkStatus();
}

absl::Status CheckDates(const BulkEvent& event) {
  const Date first = Date::FromCivil(1, 1, 1), last = Date::FromCivil(9999, 12, 31);
  if (event.start < first || event.end > last) return InvalidArgument("the date is out of range");
  if (event.end < event.start) return InvalidArgument("the date's end is before its start");
  if (!v1::DatePrecision_IsValid(event.date_precision)) return InvalidArgument("no such precision");
  return absl::OkStatus();
}

absl::Status CheckPlace(const BulkPlace& place) {
  for (const auto& [text, field] :
       {std::pair(place.name, "place.name"), std::pair(place.country, "place.country"),
        std::pair(place.precision, "place.precision")}) {
    if (!text.empty()) ENTENTE_RETURN_IF_ERROR(CheckId(text, field));
  }
  if (!place.has_coordinates) return absl::OkStatus();
  if (!(std::abs(place.latitude) <= 90) || !(std::abs(place.longitude) <= 180)) {
    return InvalidArgument(
        Cat("no such coordinates: ", place.latitude, ", ", place.longitude, " degrees"));
  }
  return absl::OkStatus();
}

absl::Status CheckFacts(const v1::ImportedFacts& facts) {
  for (const int64_t count :
       {facts.mention_count(), facts.source_count(), facts.article_count(), facts.fatalities(),
        facts.fatalities_low(), facts.fatalities_high()}) {
    if (count < 0) return InvalidArgument(Cat("a count of the facts is negative: ", count));
  }
  if (!(std::abs(facts.tone()) <= 100)) {
    return InvalidArgument(Cat("tone is ", facts.tone(), "; it must be from -100 to 100"));
  }
  return absl::OkStatus();
}

absl::Status CheckMention(const BulkMention& mention) {
  if (mention.url.size() > Store::kMaxUrlBytes) {
    return InvalidArgument(Cat("the mention's url has ", mention.url.size(), " bytes; at most ",
                               Store::kMaxUrlBytes, " are allowed"));
  }
  if (mention.sentence_text.size() > BulkLoader::kMaxSentenceBytes) {
    return InvalidArgument(
        Cat("the mention's sentence is longer than ", BulkLoader::kMaxSentenceBytes, " bytes"));
  }
  if (!IsValidUtf8(mention.url) || !IsValidUtf8(mention.sentence_text)) {
    return InvalidArgument("the mention is not UTF-8");
  }
  if (!v1::EventStatus_IsValid(mention.status)) {
    return InvalidArgument(Cat("no status ", static_cast<int>(mention.status)));
  }
  if (!(mention.confidence >= 0 && mention.confidence <= 1)) {
    return InvalidArgument(Cat("the mention's confidence is ", mention.confidence));
  }
  if (mention.sentence_number > INT32_MAX) return InvalidArgument("sentence_number is too great");
  return absl::OkStatus();
}

int64_t SecondsOf(int64_t micros) {  // rounds towards the past
  return micros / kMicrosPerSecond - (micros % kMicrosPerSecond < 0 ? 1 : 0);
}

ImportedMention MentionOf(const BulkMention& from) {
  return {.report_seconds = SecondsOf(from.report_time_micros),
          .status = from.status,
          .confidence_steps = ConfidenceSteps(from.confidence),
          .sentence_number = from.sentence_number,
          .url = from.url,
          .sentence_text = from.sentence_text};
}

// What an imported mention is recognised by: 64 bits of a hash, in place of an article's number.
// The highest bit is set, which no article's number has.
uint64_t MentionHash(const BulkMention& mention) {
  const std::string hash =
      Sha256(Key().Text(mention.url).Zero().U32(mention.sentence_number).str());
  return ReadU64(hash, 0) | uint64_t{1} << 63;
}

class Loader : public BulkLoader {
 public:
  Loader(BulkHost* host, const BulkLoadOptions& options)
      : host_(host), options_(options), db_(host->database()), counters_(host->counters()) {}

  ~Loader() override {
    if (!finished_) host_->EndBulkLoad();
  }

  absl::Status Start() {
    ENTENTE_ASSIGN_OR_RETURN(const auto token, db_.Get(kMeta, TokenKey(), nullptr));
    resume_token_ = token.value_or("");
    for (uint32_t i = 1; i <= host_->vocabulary()->imports().last_template(); ++i) {
      const ImportTables::Template* known = host_->vocabulary()->imports().FindTemplate(i);
      if (known == nullptr) continue;
      template_numbers_.emplace(known->event.SerializeAsString(), i);
      last_template_ = i;
    }
    ENTENTE_RETURN_IF_ERROR(LoadPlaces());
    finished_ = false;
    return absl::OkStatus();
  }

  const std::string& resume_token() const override { return resume_token_; }

  absl::StatusOr<ActorHandle> InternActor(const v1::Actor& actor) override {
    ENTENTE_RETURN_IF_ERROR(CheckActor(actor));
    const std::string said = actor.SerializeAsString();
    v1::Actor copy;
    if (!copy.ParseFromString(said)) return InvalidArgument(Cat(actor.id(), ": is not UTF-8"));
    const size_t fingerprint = std::hash<std::string>()(said);
    ENTENTE_ASSIGN_OR_RETURN(ActorHandle number, FindActor(actor.id()));
    KnownActor& known = known_actors_[actor.id()];
    if (number != 0 && known.fingerprints.contains(fingerprint)) return number;
    if (number == 0) {
      if (counters_.last_actor == BulkChunk::kActorMax) {
        return ResourceExhausted("there are too many actors for a bulk load");
      }
      number = ++counters_.last_actor;
      known.number = number;
      actor_updates_[number].after = NewActor(actor);
    } else {
      const auto [update, inserted] = actor_updates_.try_emplace(number);
      if (inserted) {
        const std::string key = Key().U64(number).str();
        ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kActor, key, nullptr));
        v1::Actor& before = update->second.before;
        if (!bytes || !before.ParseFromString(*bytes)) return DamagedRecord(kActor, key);
        update->second.after = before;
      }
      MergeActor(actor, &update->second.after);
    }
    known.fingerprints.insert(fingerprint);
    return number;
  }

  absl::StatusOr<ActorHandle> FindActor(std::string_view id) override {
    const auto known = known_actors_.find(std::string(id));
    if (known != known_actors_.end()) return known->second.number;
    const std::string key = Key(kIdTag).Text(id).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto value, db_.Get(kName, key, nullptr));
    if (!value) return ActorHandle{0};
    if (value->size() != 8) return DamagedRecord(kName, key);
    known_actors_[std::string(id)].number = ReadU64(*value, 0);
    return ReadU64(*value, 0);
  }

  absl::StatusOr<KindHandle> InternKind(const v1::Event& kind) override {
    v1::Event copy;
    std::string bytes = kind.SerializeAsString();
    if (!copy.ParseFromString(bytes)) return InvalidArgument("the kind has text that is not UTF-8");
    ENTENTE_RETURN_IF_ERROR(CheckId(kind.type(), "kind.type"));
    if (!kind.subtype().empty()) ENTENTE_RETURN_IF_ERROR(CheckId(kind.subtype(), "kind.subtype"));
    if (!v1::QuadClass_IsValid(kind.quad_class())) return InvalidArgument("no such quad class");
    copy.clear_type();
    copy.clear_subtype();
    copy.clear_cameo();
    copy.clear_plover();
    copy.clear_plover_mode();
    copy.clear_plover_contexts();
    copy.clear_quad_class();
    copy.clear_detail();
    if (copy.ByteSizeLong() != 0) {
      return InvalidArgument(
          "a kind has a field that belongs to single events (BulkEvent): leave it empty");
    }
    if (const auto known = kind_handles_.find(bytes); known != kind_handles_.end()) {
      return known->second;
    }
    if (kinds_.size() >= kMaxKinds) {
      return InvalidArgument(Cat("there are more than ", kMaxKinds, " kinds of events"));
    }
    kinds_.push_back({kind, WordOf(kind.type()), WordOf(kind.subtype())});
    const auto handle = static_cast<KindHandle>(kinds_.size());
    kind_handles_.emplace(std::move(bytes), handle);
    return handle;
  }

  absl::StatusOr<RoleHandle> InternRole(std::string_view role) override {
    ENTENTE_RETURN_IF_ERROR(CheckId(role, "role"));
    return WordOf(role);
  }

  absl::Status Add(const BulkEvent& event) override {
    ENTENTE_RETURN_IF_ERROR(CheckRoom());
    ENTENTE_RETURN_IF_ERROR(CheckEvent(event));
    const SourceIdParts id = SplitSourceId(event.source_id);
    ENTENTE_ASSIGN_OR_RETURN(imported_.template_number, TemplateOf(event, id));
    ENTENTE_ASSIGN_OR_RETURN(imported_.place, PlaceOf(event.place));
    imported_.start = event.start;
    imported_.further_days = static_cast<uint32_t>(event.end.days - event.start.days);
    imported_.report_seconds = SecondsOf(event.report_time_micros);
    imported_.intensity_milli = IntensityMilli(event.goldstein);
    imported_.confidence_steps = ConfidenceSteps(event.confidence);
    imported_.source_id_rest = event.source_id.substr(id.number ? id.prefix.size() : 0);
    imported_.facts = event.facts;
    imported_.has_facts = event.facts.ByteSizeLong() != 0;
    imported_.parties.clear();
    numbered_.clear();
    for (const BulkParticipant& p : event.participants) {
      imported_.parties.emplace_back(p.actor, p.state);
      numbered_.push_back(
          {host_->redirects().Resolve(p.actor), host_->redirects().Resolve(p.state), p.side});
    }
    const Kind& kind = kinds_[event.kind - 1];
    EventRow row;
    row.type = kind.type;
    row.status = event.status;
    row.quad_class = kind.event.quad_class();
    row.intensity_milli = imported_.intensity_milli;
    row.confidence_steps = imported_.confidence_steps;
    record_.clear();
    imported_.AppendTo(&record_);
    mention_.clear();
    if (event.mention != nullptr) {
      MentionOf(*event.mention).AppendTo(&mention_);
      if (!event.mention->sentence_text.empty()) {
        text_events_.push_back(static_cast<uint32_t>(chunk_->event_count()));
        text_bytes_ += kBytesPerTextByte * event.mention->sentence_text.size();
      }
    }
    Project(numbered_, &projection_);
    chunk_->Add(SourceKey(event.source_id), row, event.start, projection_, record_, mention_);
    return absl::OkStatus();
  }

  absl::Status AddMention(std::string_view source_id, const BulkMention& mention) override {
    ENTENTE_RETURN_IF_ERROR(CheckRoom());
    ENTENTE_RETURN_IF_ERROR(CheckId(source_id, "source_id"));
    ENTENTE_RETURN_IF_ERROR(CheckMention(mention));
    mention_.clear();
    MentionOf(mention).AppendTo(&mention_);
    chunk_->AddReport(SourceKey(source_id), MentionHash(mention), mention_);
    reports_have_text_ |= !mention.sentence_text.empty();
    text_bytes_ += kBytesPerTextByte * mention.sentence_text.size();
    return absl::OkStatus();
  }

  bool Full() const override {
    return chunk_->allocated_bytes() + text_bytes_ >= options_.memory_bytes ||
           chunk_->event_count() >= BulkChunk::kEventsMax / 2;
  }

  absl::StatusOr<BulkCounts> Checkpoint(std::string_view resume_token) override {
    if (finished_) return FailedPrecondition("the load is finished");
    if (resume_token.size() > kMaxTokenBytes) {
      return InvalidArgument(Cat("the resume token is longer than ", kMaxTokenBytes, " bytes"));
    }
    Counters after = counters_;
    BulkCounts counts;
    chunk_->Sort(options_.threads);
    Change change;
    ENTENTE_RETURN_IF_ERROR(NumberEvents(&after, &counts, &change));
    ENTENTE_RETURN_IF_ERROR(PlaceMentions(&after, &counts, &change));
    kv::WriteBatch records;
    CollectRecords(resume_token, change, &after, &records);
    std::vector<kv::SortedRows> rows = chunk_->Rows();
    // Readers must know what the rows name as soon as they see them.
    for (const auto& [word, number] : new_words_) host_->vocabulary()->Add(number, word);
    for (const auto& [number, event] : new_templates_) {
      host_->vocabulary()->AddTemplate(number, event);
    }
    kv::WriteBatch text;
    ENTENTE_RETURN_IF_ERROR(CollectText(&text));
    for (const StoreFamily family : {kMeta, kActor, kName, kPlace, kLog}) {
      rows.push_back({family, kv::WriteBatch::Kind::kPut, SortedBatch(records, family)});
    }
    rows.push_back(
        {kText, kv::WriteBatch::Kind::kPut, SortedBatch(text, kText), false, text.size()});
    ENTENTE_RETURN_IF_ERROR(host_->Commit(std::move(rows), options_.threads, after));
    for (const auto& [number, update] : actor_updates_) {
      host_->vocabulary()->imports().NoteActor(number, update.after);
    }
    new_words_.clear();
    new_templates_.clear();
    new_places_.clear();
    actor_updates_.clear();
    if (known_actors_.size() > kKnownActorsMax) known_actors_.clear();
    if (places_.size() > kKnownPlacesMax) places_.clear();
    if (given_places_.size() > kKnownPlacesMax) given_places_.clear();
    chunk_ = std::make_unique<BulkChunk>();
    text_events_.clear();
    reports_have_text_ = false;
    text_bytes_ = 0;
    counters_ = after;
    resume_token_ = std::string(resume_token);
    counts.revision = after.revision;
    AddTo(counts);
    return counts;
  }

  absl::StatusOr<BulkCounts> Finish(std::string_view resume_token) override {
    ENTENTE_RETURN_IF_ERROR(Checkpoint(resume_token).status());
    finished_ = true;
    host_->EndBulkLoad();
    return total_;
  }

 private:
  struct KnownActor {
    ActorNumber number = 0;
    std::set<size_t> fingerprints;  // of what was said of it in this load
  };
  struct ActorUpdate {
    v1::Actor before;
    v1::Actor after;
  };
  struct Kind {
    v1::Event event;
    WordNumber type;
    WordNumber subtype;
  };
  std::string TokenKey() const { return Key(kTokenTag).Text(options_.source).str(); }

  absl::Status CheckRoom() const {
    if (finished_) return FailedPrecondition("the load is finished");
    if (chunk_->allocated_bytes() + text_bytes_ < 2 * options_.memory_bytes &&
        chunk_->event_count() < BulkChunk::kEventsMax) {
      return absl::OkStatus();
    }
    return ResourceExhausted("the loader's memory is used up; call Checkpoint when it is Full()");
  }

  absl::Status CheckEvent(const BulkEvent& event) const {
    ENTENTE_RETURN_IF_ERROR(CheckId(event.source_id, "source_id"));
    if (event.kind == 0 || event.kind > kinds_.size()) return InvalidArgument("no such kind");
    if (!v1::EventStatus_IsValid(event.status)) {
      return InvalidArgument(Cat("no status ", static_cast<int>(event.status)));
    }
    if (!(std::abs(event.goldstein) <= 10)) {
      return InvalidArgument(Cat("goldstein is ", event.goldstein, "; it must be from -10 to 10"));
    }
    if (!(event.confidence >= 0 && event.confidence <= 1)) {
      return InvalidArgument(Cat("confidence is ", event.confidence, "; it must be from 0 to 1"));
    }
    if (event.participants.empty() || event.participants.size() > Store::kMaxParticipants) {
      return InvalidArgument(Cat("there are ", event.participants.size(), " participants; 1 to ",
                                 Store::kMaxParticipants, " are allowed"));
    }
    for (const BulkParticipant& p : event.participants) {
      if (p.actor == 0 || p.actor > counters_.last_actor || p.state > counters_.last_actor) {
        return InvalidArgument("a participant's actor or state was not interned");
      }
      if (p.role == 0 || p.role > counters_.last_word) {
        return InvalidArgument("a participant's role was not interned");
      }
      if (!v1::DyadSide_IsValid(p.side)) return InvalidArgument("a participant has no such side");
    }
    ENTENTE_RETURN_IF_ERROR(CheckDates(event));
    ENTENTE_RETURN_IF_ERROR(CheckFacts(event.facts));
    return event.mention == nullptr ? absl::OkStatus() : CheckMention(*event.mention);
  }

  WordNumber WordOf(std::string_view word) {
    if (word.empty()) return 0;
    if (const WordNumber known = host_->vocabulary()->Find(word); known != 0) return known;
    const auto it = new_words_.find(word);
    if (it != new_words_.end()) return it->second;
    const auto number = static_cast<WordNumber>(++counters_.last_word);
    new_words_.emplace(word, number);
    return number;
  }
  // The number of what this event has in common with others.
  absl::StatusOr<uint32_t> TemplateOf(const BulkEvent& event, const SourceIdParts& id) {
    template_key_.clear();
    PutVarint(event.kind, &template_key_);
    template_key_.push_back(static_cast<char>(event.status));
    template_key_.push_back(static_cast<char>(event.date_precision));
    template_key_.push_back(event.date_inferred ? 1 : 0);
    for (const BulkParticipant& p : event.participants) {
      PutVarint(p.role, &template_key_);
      template_key_.push_back(static_cast<char>(p.side));
    }
    template_key_.push_back('\0');  // no role
    if (id.number) template_key_ += id.prefix;
    if (const auto it = templates_.find(template_key_); it != templates_.end()) return it->second;
    if (last_template_ >= kTemplatesMax) {
      return InvalidArgument(
          Cat("there are more than ", kTemplatesMax,
              " combinations of kind, status, roles and beginning of the source_id"));
    }
    v1::Event common = kinds_[event.kind - 1].event;
    common.set_status(event.status);
    common.mutable_date()->set_precision(event.date_precision);
    common.mutable_date()->set_inferred(event.date_inferred);
    if (id.number) common.set_source_id(std::string(id.prefix));
    for (const BulkParticipant& p : event.participants) {
      v1::Participant* participant = common.add_participants();
      participant->set_role(WordText(p.role));
      participant->set_side(p.side);
    }
    // An earlier load may have had it.
    const std::string bytes = common.SerializeAsString();
    uint32_t& number = template_numbers_[bytes];
    if (number == 0) {
      number = ++last_template_;
      new_templates_.emplace_back(number, std::move(common));
    }
    templates_.emplace(template_key_, number);
    return number;
  }

  std::string WordText(WordNumber number) const {
    for (const auto& [word, n] : new_words_) {
      if (n == number) return word;
    }
    return host_->vocabulary()->Word(number);
  }

  // Places are found in memory; one that was forgotten gets another number, which does no harm.
  // What was given before is recognised as it stands, without being checked and written again.
  absl::StatusOr<uint64_t> PlaceOf(const BulkPlace& place) {
    if (place.name.empty() && place.country.empty()) return uint64_t{0};
    given_place_.clear();
    for (const std::string_view text : {place.name, place.country, place.precision}) {
      PutVarint(text.size(), &given_place_);
      given_place_ += text;
    }
    if (place.has_coordinates) {
      const double coordinates[] = {place.latitude, place.longitude};
      given_place_.append(reinterpret_cast<const char*>(coordinates), sizeof coordinates);
    }
    if (const auto known = given_places_.find(given_place_); known != given_places_.end()) {
      return known->second;
    }
    ENTENTE_RETURN_IF_ERROR(CheckPlace(place));
    const uint64_t number = NumberPlace(place);
    given_places_.emplace(given_place_, number);
    return number;
  }

  uint64_t NumberPlace(const BulkPlace& place) {
    v1::Place record;
    record.set_name(std::string(place.name));
    record.set_country(std::string(place.country));
    record.set_precision(std::string(place.precision));
    record.set_has_coordinates(place.has_coordinates);
    record.set_latitude(place.has_coordinates ? place.latitude : 0);
    record.set_longitude(place.has_coordinates ? place.longitude : 0);
    const auto [it, is_new] = places_.try_emplace(record.SerializeAsString(), last_place_ + 1);
    if (is_new) new_places_.emplace_back(++last_place_, it->first);
    return it->second;
  }

  absl::Status LoadPlaces() {
    const auto it = db_.NewIterator(kPlace, "", "", nullptr);
    it->SeekToLast();
    if (it->Valid()) last_place_ = ReadU64(it->key(), 0);
    for (; it->Valid() && places_.size() < kKnownPlacesMax / 2; it->Prev()) {
      places_.try_emplace(std::string(it->value()), ReadU64(it->key(), 0));
    }
    return it->status();
  }

  // The highest number that a stored source_id with this prefix has; nullopt if there is none.
  absl::StatusOr<std::optional<uint64_t>> HighestStored(std::string_view prefix) {
    const std::string begin = SourceKey(Cat(prefix, "0")).substr(0, prefix.size() + 1);
    const auto it = db_.NewIterator(kSource, begin, PrefixEnd(begin), nullptr);
    it->SeekToLast();
    ENTENTE_RETURN_IF_ERROR(it->status());
    if (!it->Valid() || it->key().size() != begin.size() + 8) return std::optional<uint64_t>();
    return std::optional<uint64_t>(ReadU64(it->key(), begin.size()));
  }

  // Drops what is stored or comes twice, and numbers the rest. Looks nothing up whose number is
  // above all that are stored, which in data that come in their order is everything.
  absl::Status NumberEvents(Counters* after, BulkCounts* counts, Change* change) {
    std::vector<uint32_t> asked;
    std::vector<std::string> keys;
    std::string_view last_key, last_prefix;
    std::optional<uint64_t> highest;
    bool prefix_known = false;
    absl::Status status;
    const auto ask = [&]() -> absl::Status {
      ENTENTE_ASSIGN_OR_RETURN(const auto found, db_.MultiGet(kSource, keys, nullptr));
      for (size_t i = 0; i < asked.size(); ++i) {
        if (found[i]) chunk_->Drop(asked[i]);
      }
      asked.clear();
      keys.clear();
      return absl::OkStatus();
    };
    chunk_->ForEachSource([&](uint32_t event, std::string_view key) {
      if (!status.ok()) return;
      if (key == last_key) return chunk_->Drop(event);
      last_key = key;
      const std::optional<std::string_view> prefix = NumberPrefix(key);
      if (prefix) {
        if (!prefix_known || *prefix != last_prefix) {
          const auto stored = HighestStored(*prefix);
          status = stored.status();
          if (!status.ok()) return;
          highest = *stored;
          last_prefix = *prefix;
          prefix_known = true;
        }
        if (!highest || ReadU64(key, key.size() - 8) > *highest) return;
      }
      asked.push_back(event);
      keys.emplace_back(key);
      if (keys.size() >= kKeysPerLookup) status = ask();
    });
    ENTENTE_RETURN_IF_ERROR(status);
    ENTENTE_RETURN_IF_ERROR(ask());
    const size_t added = chunk_->Number(after->last_event);
    change->created_count = added;
    after->last_event += added;
    after->event_count += added;
    after->mention_count += chunk_->own_mention_count();
    counts->events = static_cast<int64_t>(added);
    counts->events_skipped = static_cast<int64_t>(chunk_->event_count() - added);
    counts->mentions = static_cast<int64_t>(chunk_->own_mention_count());
    return absl::OkStatus();
  }

  // Finds the events of the mentions that were added apart from them.
  absl::Status PlaceMentions(Counters* after, BulkCounts* counts, Change* change) {
    std::vector<BulkChunk::Report> found;
    const std::vector<BulkChunk::Report>& all = chunk_->reports();
    for (size_t begin = 0; begin < all.size(); begin += kKeysPerLookup) {
      const size_t end = std::min(all.size(), begin + kKeysPerLookup);
      ENTENTE_RETURN_IF_ERROR(FindEvents({all.begin() + begin, all.begin() + end}, &found));
    }
    counts->mentions_orphaned = static_cast<int64_t>(all.size() - found.size());
    ENTENTE_RETURN_IF_ERROR(DropStored(&found));
    const size_t placed = chunk_->PlaceReports(std::move(found));
    after->mention_count += placed;
    counts->mentions += static_cast<int64_t>(placed);
    counts->mentions_skipped =
        static_cast<int64_t>(all.size() - placed) - counts->mentions_orphaned;
    for (const BulkChunk::Report& report : chunk_->placed_reports()) {
      if (report.event > counters_.last_event) break;
      if (change->changed.empty() || change->changed.back() != report.event) {
        change->changed.push_back(report.event);
      }
    }
    return absl::OkStatus();
  }

  // Appends those of `reports` whose events are known.
  absl::Status FindEvents(std::span<const BulkChunk::Report> reports,
                          std::vector<BulkChunk::Report>* found) {
    std::vector<BulkChunk::Report> asked;
    std::vector<std::string> keys;
    for (BulkChunk::Report report : reports) {
      if (const auto event = chunk_->FindEvent(report.source_key)) {
        report.event = chunk_->NumberOf(*event);
        found->push_back(report);
      } else {
        asked.push_back(report);
        keys.emplace_back(report.source_key);
      }
    }
    ENTENTE_ASSIGN_OR_RETURN(const auto stored, db_.MultiGet(kSource, keys, nullptr));
    for (size_t i = 0; i < asked.size(); ++i) {
      if (!stored[i]) continue;
      if (stored[i]->size() != 8) return DamagedRecord(kSource, keys[i]);
      asked[i].event = ReadU64(*stored[i], 0);
      found->push_back(asked[i]);
    }
    return absl::OkStatus();
  }

  // Drops reports of earlier events that are stored.
  absl::Status DropStored(std::vector<BulkChunk::Report>* reports) const {
    std::vector<BulkChunk::Report> kept;
    kept.reserve(reports->size());
    for (size_t begin = 0; begin < reports->size(); begin += kKeysPerLookup) {
      const size_t end = std::min(reports->size(), begin + kKeysPerLookup);
      std::vector<std::string> keys;
      for (size_t i = begin; i < end; ++i) {
        keys.push_back(Key().U64((*reports)[i].event).U64((*reports)[i].hash).U32(0).str());
      }
      ENTENTE_ASSIGN_OR_RETURN(const auto stored, db_.MultiGet(kMention, keys, nullptr));
      for (size_t i = begin; i < end; ++i) {
        if (!stored[i - begin]) kept.push_back((*reports)[i]);
      }
    }
    *reports = std::move(kept);
    return absl::OkStatus();
  }

  // What is not made row by row from events.
  void CollectRecords(std::string_view resume_token, const Change& events, Counters* after,
                      kv::WriteBatch* records) {
    for (const auto& [number, update] : actor_updates_) {
      PutActorRows(number, update.before, update.after, records);
    }
    for (const auto& [word, number] : new_words_) {
      records->Put(kMeta, Key(kWordTag).Text(word), Key().U32(number));
    }
    for (const auto& [number, event] : new_templates_) {
      records->Put(kMeta, Key(kTemplateTag).U32(number), event.SerializeAsString());
    }
    for (const auto& [number, place] : new_places_) {
      records->Put(kPlace, Key().U64(number), place);
    }
    Change change = events;
    change.last_event = after->last_event;
    change.last_actor = after->last_actor;
    change.last_article = after->last_article;
    change.commit_time_micros = host_->CommitTime();
    records->Put(kLog, Key().U64(++after->revision), change.Encode());
    records->Put(kMeta, TokenKey(), resume_token);
    records->Put(kMeta, kHeadKey, after->Encode());
  }

  // The text rows of what came with sentences; nothing for data sets that have none. REQUIRES: the
  // events are numbered, and the vocabulary knows their templates.
  absl::Status CollectText(kv::WriteBatch* batch) {
    std::map<EventNumber, EventText> texts;
    v1::Mention mention;
    for (const uint32_t event : text_events_) {
      const EventNumber number = chunk_->NumberOf(event);
      if (number == 0) continue;
      if (!DecodeMention(chunk_->MentionOf(event), &mention)) return Internal("a bad mention");
      EventText& text = texts[number];
      ENTENTE_ASSIGN_OR_RETURN(text, TextHead(chunk_->RecordOf(event)));
      AddTerms(0, mention, &text);
    }
    if (reports_have_text_) ENTENTE_RETURN_IF_ERROR(CollectReportText(&texts));
    for (const auto& [number, text] : texts) text.Put(number, batch);
    return absl::OkStatus();
  }

  absl::Status CollectReportText(std::map<EventNumber, EventText>* texts) {
    v1::Mention mention;
    for (const BulkChunk::Report& report : chunk_->placed_reports()) {
      if (!DecodeMention(report.record, &mention)) return Internal("a bad mention");
      if (mention.sentence_text().empty()) continue;
      const auto [text, is_new] = texts->try_emplace(report.event);
      if (is_new) {
        if (const auto event = chunk_->FindEvent(report.source_key)) {
          ENTENTE_ASSIGN_OR_RETURN(text->second, TextHead(chunk_->RecordOf(*event)));
        } else {
          const std::string key = Key().U64(report.event).str();
          ENTENTE_ASSIGN_OR_RETURN(const auto record, db_.Get(kEvent, key, nullptr));
          if (!record) return DamagedRecord(kEvent, key);
          ENTENTE_ASSIGN_OR_RETURN(text->second, TextHead(*record));
        }
      }
      AddTerms(report.hash, mention, &text->second);
    }
    return absl::OkStatus();
  }

  void AddTerms(ArticleNumber place, const v1::Mention& mention, EventText* text) const {
    const std::string_view sentence = mention.sentence_text();
    Terms terms = indexer_.Index("", {&sentence, 1});
    if (!terms.empty()) text->reports[place] = std::move(terms);
  }

  // What a record of either form says, without reading whom it names.
  absl::StatusOr<EventText> TextHead(std::string_view record) const {
    EventText text;
    v1::Event event;
    WordNumber type = 0;
    if (const std::optional<uint32_t> number = ImportedEvent::TemplateOf(record)) {
      const auto* common = host_->vocabulary()->imports().FindTemplate(*number);
      ImportedEvent parsed;
      if (common == nullptr || !parsed.Decode(record, common->roles.size())) {
        return DataLoss("an imported event cannot be read; run verify");
      }
      event.set_status(common->event.status());
      event.set_quad_class(common->event.quad_class());
      event.set_goldstein(IntensityOf(parsed.intensity_milli));
      event.set_confidence(ConfidenceOf(parsed.confidence_steps));
      text.time_micros = parsed.report_seconds * kMicrosPerSecond;
      text.row.day = parsed.start;
      type = common->type;
    } else {
      if (!event.ParseFromArray(record.data(), static_cast<int>(record.size()))) {
        return DataLoss("an event cannot be read; run verify");
      }
      text.time_micros = event.report_time_micros();
      text.row.day = DayOf(event);
      type = host_->vocabulary()->Find(event.type());
    }
    text.counts = event.retracted_revision() == 0;
    text.row.row = entente::graph::RowOf(event, type);
    return text;
  }

  void AddTo(const BulkCounts& counts) {
    total_.events += counts.events;
    total_.events_skipped += counts.events_skipped;
    total_.mentions += counts.mentions;
    total_.mentions_skipped += counts.mentions_skipped;
    total_.mentions_orphaned += counts.mentions_orphaned;
    total_.revision = counts.revision;
  }

  BulkHost* host_;
  const BulkLoadOptions options_;
  const kv::Database& db_;
  Counters counters_;  // those of the store, and the numbers given out since
  std::string resume_token_;
  bool finished_ = true;  // until Start succeeds
  BulkCounts total_;

  std::unordered_map<std::string, KnownActor> known_actors_;
  std::map<ActorNumber, ActorUpdate> actor_updates_;  // since the last checkpoint
  std::map<std::string, WordNumber, std::less<>> new_words_;
  std::vector<Kind> kinds_;  // handle - 1
  std::unordered_map<std::string, KindHandle> kind_handles_;

  std::unordered_map<std::string, uint32_t> templates_;         // by what TemplateOf makes a key of
  std::unordered_map<std::string, uint32_t> template_numbers_;  // by their bytes
  std::vector<std::pair<uint32_t, v1::Event>> new_templates_;
  uint32_t last_template_ = 0;

  std::unordered_map<std::string, uint64_t> places_;        // by their bytes
  std::unordered_map<std::string, uint64_t> given_places_;  // by what Add was given
  std::vector<std::pair<uint64_t, std::string>> new_places_;
  uint64_t last_place_ = 0;

  std::unique_ptr<BulkChunk> chunk_ = std::make_unique<BulkChunk>();
  const TextIndexer indexer_;
  std::vector<uint32_t> text_events_;  // of the chunk, that come with a sentence
  bool reports_have_text_ = false;
  size_t text_bytes_ = 0;  // about what the text rows will take

  // Of Add, kept for their memory.
  ImportedEvent imported_;
  std::vector<NumberedParticipant> numbered_;
  Projection projection_;
  std::string template_key_, given_place_, record_, mention_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<BulkLoader>> MakeBulkLoader(BulkHost* host,
                                                           const BulkLoadOptions& options) {
  ENTENTE_RETURN_IF_ERROR(CheckOptions(options));
  auto loader = std::make_unique<Loader>(host, options);
  ENTENTE_RETURN_IF_ERROR(loader->Start());
  return loader;
}

}  // namespace entente::graph
