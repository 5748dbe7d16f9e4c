#include "graph/bulk_loader.h"

#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/utf8.h"
#include "graph/actor_record.h"
#include "graph/article_batch.h"
#include "graph/bulk_host.h"
#include "graph/check_input.h"
#include "graph/event_merge.h"
#include "graph/sha256.h"
#include "graph/store.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr size_t kMemoryBytesMin = 1 << 20;
constexpr size_t kSourceBytesMax = 64;
constexpr int kThreadsMax = 64;
constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr ArticleNumber kNoArticle = 0;

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

int64_t WholeSeconds(int64_t micros) {
  return micros - ((micros % kMicrosPerSecond) + kMicrosPerSecond) % kMicrosPerSecond;
}

v1::Mention MentionOf(const BulkMention& from) {
  v1::Mention mention;
  mention.set_url(std::string(from.url));
  mention.set_status(from.status);
  mention.set_confidence(ConfidenceOf(ConfidenceSteps(from.confidence)));
  mention.set_sentence_text(std::string(from.sentence_text));
  mention.set_sentence_number(static_cast<int32_t>(from.sentence_number));
  mention.set_report_time_micros(WholeSeconds(from.report_time_micros));
  return mention;
}

// What an imported mention is recognised by: 64 bits of a hash, in place of an article's number.
// The highest bit is set, which no article's number has.
ArticleNumber MentionNumber(const v1::Mention& mention) {
  const std::string text = Key().Text(mention.url()).Zero().str();
  const std::string hash = Sha256(Cat(text, mention.sentence_number()));
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
    Pending pending;
    pending.kind = event.kind;
    pending.participants.assign(event.participants.begin(), event.participants.end());
    pending.event = EventOf(event);
    if (event.mention != nullptr) pending.mention = MentionOf(*event.mention);
    pending.has_mention = event.mention != nullptr;
    used_bytes_ += sizeof(Pending) + 2 * pending.event.ByteSizeLong() + 1000;
    pending_.push_back(std::move(pending));
    return absl::OkStatus();
  }

  absl::Status AddMention(std::string_view source_id, const BulkMention& mention) override {
    ENTENTE_RETURN_IF_ERROR(CheckRoom());
    ENTENTE_RETURN_IF_ERROR(CheckId(source_id, "source_id"));
    ENTENTE_RETURN_IF_ERROR(CheckMention(mention));
    mentions_.emplace_back(std::string(source_id), MentionOf(mention));
    used_bytes_ += mention.url.size() + mention.sentence_text.size() + 500;
    return absl::OkStatus();
  }

  bool Full() const override { return used_bytes_ >= options_.memory_bytes; }

  absl::StatusOr<BulkCounts> Checkpoint(std::string_view resume_token) override {
    if (finished_) return FailedPrecondition("the load is finished");
    if (resume_token.size() > kMaxTokenBytes) {
      return InvalidArgument(Cat("the resume token is longer than ", kMaxTokenBytes, " bytes"));
    }
    Counters after = counters_;
    BulkCounts counts;
    kv::WriteBatch batch;
    ENTENTE_RETURN_IF_ERROR(Collect(&batch, &after, &counts));
    batch.Put(kMeta, TokenKey(), resume_token);
    batch.Put(kMeta, kHeadKey, after.Encode());
    ENTENTE_RETURN_IF_ERROR(host_->Commit(batch, after));
    for (const auto& [word, number] : new_words_) host_->vocabulary()->Add(number, word);
    new_words_.clear();
    actor_updates_.clear();
    pending_.clear();
    mentions_.clear();
    used_bytes_ = 0;
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
  struct Pending {
    KindHandle kind = 0;
    std::vector<BulkParticipant> participants;
    v1::Event event;
    bool has_mention = false;
    v1::Mention mention;
  };

  std::string TokenKey() const { return Key(kTokenTag).Text(options_.source).str(); }

  absl::Status CheckRoom() const {
    if (finished_) return FailedPrecondition("the load is finished");
    if (used_bytes_ < 2 * options_.memory_bytes) return absl::OkStatus();
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
    ENTENTE_RETURN_IF_ERROR(CheckPlace(event.place));
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
  std::string WordText(WordNumber number) const {
    for (const auto& [word, n] : new_words_) {
      if (n == number) return word;
    }
    return host_->vocabulary()->Word(number);
  }

  absl::StatusOr<v1::Actor> ActorOf(ActorNumber number) const {
    if (const auto it = actor_updates_.find(number); it != actor_updates_.end()) {
      return it->second.after;
    }
    const std::string key = Key().U64(number).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kActor, key, nullptr));
    v1::Actor actor;
    if (!bytes || !actor.ParseFromString(*bytes)) return DamagedRecord(kActor, key);
    return actor;
  }

  v1::Event EventOf(const BulkEvent& from) const {
    v1::Event event = kinds_[from.kind - 1].event;
    event.set_source_id(std::string(from.source_id));
    event.set_status(from.status);
    event.set_goldstein(IntensityOf(IntensityMilli(from.goldstein)));
    event.set_confidence(ConfidenceOf(ConfidenceSteps(from.confidence)));
    event.mutable_date()->set_start(FormatDate(from.start));
    event.mutable_date()->set_end(FormatDate(from.end));
    event.mutable_date()->set_precision(from.date_precision);
    event.mutable_date()->set_inferred(from.date_inferred);
    if (!from.place.name.empty() || !from.place.country.empty()) {
      v1::Place* place = event.mutable_place();
      place->set_name(std::string(from.place.name));
      place->set_country(std::string(from.place.country));
      place->set_precision(std::string(from.place.precision));
      place->set_has_coordinates(from.place.has_coordinates);
      if (from.place.has_coordinates) {
        place->set_latitude(from.place.latitude);
        place->set_longitude(from.place.longitude);
      }
    }
    event.set_report_time_micros(WholeSeconds(from.report_time_micros));
    v1::StatusReport* report = event.add_status_history();
    report->set_status(from.status);
    report->set_report_time_micros(event.report_time_micros());
    if (from.facts.ByteSizeLong() != 0) *event.mutable_imported() = from.facts;
    return event;
  }

  // The number of the event with this source_id, of this checkpoint or stored; 0: none.
  absl::StatusOr<EventNumber> NumberOf(
      const std::string& source_id,
      const std::unordered_map<std::string, EventNumber>& added) const {
    if (const auto it = added.find(source_id); it != added.end()) return it->second;
    v1::Event event;
    event.set_source_id(source_id);
    const std::string key = EventKey(event, {});
    const auto it = db_.NewIterator(kEventKey, key, PrefixEnd(key), nullptr);
    it->SeekToFirst();
    ENTENTE_RETURN_IF_ERROR(it->status());
    return it->Valid() && it->key().size() == key.size() + 8 ? ReadU64(it->key(), key.size()) : 0;
  }

  absl::Status Collect(kv::WriteBatch* batch, Counters* after, BulkCounts* counts) {
    std::unordered_map<std::string, EventNumber> added;
    RollupDeltas deltas;
    Change change;
    for (Pending& pending : pending_) {
      ENTENTE_ASSIGN_OR_RETURN(const EventNumber stored,
                               NumberOf(pending.event.source_id(), added));
      if (stored != 0) {
        ++counts->events_skipped;
        continue;
      }
      ++after->event_count;
      ++counts->events;
      added[pending.event.source_id()] = ++after->last_event;
      change.created.push_back(after->last_event);
      ENTENTE_RETURN_IF_ERROR(CollectEvent(&pending, after->last_event, batch, &deltas));
      if (!pending.has_mention) continue;
      batch->Put(kMention, Key().U64(after->last_event).U64(kNoArticle).U32(0),
                 pending.mention.SerializeAsString());
      ++after->mention_count;
      ++counts->mentions;
    }
    deltas.MergeInto(batch);
    ENTENTE_RETURN_IF_ERROR(CollectMentions(added, batch, after, counts, &change));
    for (const auto& [number, update] : actor_updates_) {
      PutActorRows(number, update.before, update.after, batch);
    }
    for (const auto& [word, number] : new_words_) {
      batch->Put(kMeta, Key(kWordTag).Text(word), Key().U32(number));
    }
    change.commit_time_micros = NowMicros();
    batch->Put(kLog, Key().U64(++after->revision), change.Encode());
    return absl::OkStatus();
  }

  absl::Status CollectEvent(Pending* pending, EventNumber number, kv::WriteBatch* batch,
                            RollupDeltas* deltas) {
    const Kind& kind = kinds_[pending->kind - 1];
    std::vector<NumberedParticipant> numbered;
    pending->event.clear_participants();  // an earlier try may have filled them
    for (const BulkParticipant& p : pending->participants) {
      numbered.push_back({p.actor, p.state, p.side});
      ENTENTE_ASSIGN_OR_RETURN(const v1::Actor actor, ActorOf(p.actor));
      v1::Participant* participant = pending->event.add_participants();
      participant->set_role(WordText(p.role));
      participant->set_actor(actor.id());
      participant->set_display_name(actor.display_name());
      participant->set_code(actor.code());
      participant->set_kind(actor.kind());
      participant->set_side(p.side);
      if (p.state == 0) continue;
      ENTENTE_ASSIGN_OR_RETURN(const v1::Actor state, ActorOf(p.state));
      participant->set_country(state.id());
    }
    const Projection projection = Project(numbered);
    const EventRow row = RowOf(pending->event, kind.type);
    const Date day = DayOf(pending->event);
    PutIndexRows(number, day, row, projection, batch);
    deltas->Add(day, row, projection, +1);
    batch->Put(kEventKey, Key().Text(EventKey(pending->event, {})).U64(number), "");
    batch->Put(kEvent, Key().U64(number), pending->event.SerializeAsString());
    return absl::OkStatus();
  }

  absl::Status CollectMentions(const std::unordered_map<std::string, EventNumber>& added,
                               kv::WriteBatch* batch, Counters* after, BulkCounts* counts,
                               Change* change) {
    std::set<std::string> keys;
    std::set<EventNumber> changed;
    for (const auto& [source_id, mention] : mentions_) {
      ENTENTE_ASSIGN_OR_RETURN(const EventNumber event, NumberOf(source_id, added));
      if (event == 0) {
        ++counts->mentions_orphaned;
        continue;
      }
      const std::string key = Key().U64(event).U64(MentionNumber(mention)).U32(0).str();
      ENTENTE_ASSIGN_OR_RETURN(const auto stored, db_.Get(kMention, key, nullptr));
      if (stored || !keys.insert(key).second) {
        ++counts->mentions_skipped;
        continue;
      }
      batch->Put(kMention, key, mention.SerializeAsString());
      ++after->mention_count;
      ++counts->mentions;
      if (event <= counters_.last_event) changed.insert(event);
    }
    change->changed.assign(changed.begin(), changed.end());
    return absl::OkStatus();
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

  std::vector<Pending> pending_;
  std::vector<std::pair<std::string, v1::Mention>> mentions_;
  size_t used_bytes_ = 0;
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
