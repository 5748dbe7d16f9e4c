#include "graph/maintenance.h"

#include <google/protobuf/util/message_differencer.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "graph/article_batch.h"
#include "graph/event_reports.h"
#include "graph/event_rows.h"
#include "graph/event_text.h"
#include "graph/families.h"
#include "graph/rollup.h"
#include "graph/row_runs.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

constexpr int64_t kDifferencesNamed = 5;
constexpr size_t kRebuildBatchRows = 20'000;
constexpr size_t kActorsHeld = 100'000;  // by Verify; it looks the others up

using ActorNumbers = std::unordered_map<std::string, ActorNumber>;

// Calls `use` with each key and value of a family, in order.
absl::Status ForEach(const View& view, StoreFamily family, std::string_view prefix,
                     const std::function<absl::Status(std::string_view, std::string_view)>& use) {
  const auto it = view.ScanPrefix(family, prefix);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    ENTENTE_RETURN_IF_ERROR(use(it->key(), it->value()));
  }
  return it->status();
}

template <typename Message>
absl::Status Parse(StoreFamily family, std::string_view key, std::string_view value,
                   Message* message) {
  if (key.size() == 8 && message->ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return absl::OkStatus();
  }
  return DamagedRecord(family, key);
}

// The rows that an actor has in `name`, each once.
void IndexActor(ActorNumber number, const v1::Actor& actor, kv::WriteBatch* rows) {
  rows->Put(kName, Key(kIdTag).Text(actor.id()), Key().U64(number));
  std::set<std::string> keys;
  for (const std::string& name : NamesOf(actor)) {
    for (std::string& key : NameKeys(name, number)) keys.insert(std::move(key));
  }
  for (const std::string& key : keys) rows->Put(kName, key, "");
}

void IndexArticle(ArticleNumber number, const v1::Article& article, kv::WriteBatch* rows) {
  for (const std::string& key : DedupeKeys(article)) rows->Put(kDedupe, key, Key().U64(number));
  for (const std::string& key : SimilarKeys(article, number)) rows->Put(kDedupe, key, "");
}

// Derives the rows of events from their records, reports and the merges of actors.
class EventDeriver {
 public:
  EventDeriver(const View* view, ActorFinder actor_of)
      : view_(view), actor_of_(std::move(actor_of)) {}

  // DATA_LOSS: a participant or a word that no record knows.
  absl::StatusOr<EventRows> RowsOf(EventNumber number, const v1::Event& event) const {
    std::optional<v1::Event> uncorrected;
    if (event.corrections_size() > 0) {
      ENTENTE_ASSIGN_OR_RETURN(const std::vector<KeptReport> reports,
                               ReadReports(view_->db(), view_->snapshot(), number));
      uncorrected = Fold(reports);
    }
    absl::StatusOr<EventRows> rows = MakeEventRows(
        event, uncorrected ? &*uncorrected : nullptr,
        [this](std::string_view word) { return view_->words().Find(word); }, actor_of_);
    if (!rows.ok()) return Annotate(rows.status(), Cat("event ", number));
    return rows;
  }

 private:
  const View* view_;
  const ActorFinder actor_of_;
};

// Rows, added up, so that two sets of them can be compared without holding either: how many there
// are, and the sum of a hash of each, which does not depend on their order. Sets that differ by
// accident have equal sums with a probability of 2^-64.
struct RowSum {
  int64_t count = 0;
  uint64_t hash_sum = 0;

  void Add(std::string_view key, std::string_view value) {
    constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio
    const std::hash<std::string_view> hash;
    uint64_t mixed = hash(key) ^ (hash(value) * kOdd);
    mixed = (mixed ^ mixed >> 32) * kOdd;
    hash_sum += mixed ^ mixed >> 29;
    ++count;
  }
  bool operator==(const RowSum&) const = default;
};

// Tells which events have reports of their own, asked in the order of their numbers.
class ReportCursor {
 public:
  explicit ReportCursor(const View& view) : rows_(view.Scan(kReport, "", "")) {
    rows_->SeekToFirst();
  }
  absl::StatusOr<bool> HasReports(EventNumber event) {
    while (rows_->Valid()) {
      if (rows_->key().size() != 24) return DamagedRecord(kReport, rows_->key());
      const EventNumber next = ReadU64(rows_->key(), 0);
      if (next >= event) return next == event;
      rows_->Seek(Key().U64(event));
    }
    ENTENTE_RETURN_IF_ERROR(rows_->status());
    return false;
  }

 private:
  const std::unique_ptr<kv::Iterator> rows_;
};

// The mentions of events, asked for in rising order, and the text that they make.
class TextDeriver {
 public:
  explicit TextDeriver(const View& view)
      : reader_(&view.db(), view.snapshot()), mentions_(view.Scan(kMention, "", "")) {
    mentions_->SeekToFirst();
  }

  // DATA_LOSS.
  absl::StatusOr<EventText> TextOf(EventNumber number, const v1::Event& event,
                                   const EventRows& rows) {
    EventText text = EventText::HeadOf(event, rows);
    ENTENTE_ASSIGN_OR_RETURN(const auto mentions, MentionsOf(number));
    if (text.counts) {
      ENTENTE_ASSIGN_OR_RETURN(text.reports, reader_.Make(mentions));
    }
    return text;
  }

 private:
  absl::StatusOr<std::vector<OldVersion::OldMention>> MentionsOf(EventNumber event) {
    std::vector<OldVersion::OldMention> mentions;
    for (; mentions_->Valid(); mentions_->Next()) {
      const std::string_view key = mentions_->key();
      if (key.size() != 20) return DamagedRecord(kMention, key);
      if (ReadU64(key, 0) > event) break;
      if (ReadU64(key, 0) < event) continue;
      OldVersion::OldMention& old = mentions.emplace_back();
      if (!DecodeMention(mentions_->value(), &old.mention)) return DamagedRecord(kMention, key);
      old.article = ReadU64(key, 8);
      old.n = ReadU32(key, 16);
    }
    ENTENTE_RETURN_IF_ERROR(mentions_->status());
    return mentions;
  }

  EventTextReader reader_;
  const std::unique_ptr<kv::Iterator> mentions_;
};

// First adds up what every index should hold and what it holds, in scans in the order of keys. Only
// the indexes whose sums differ are then looked up row by row, to name what is wrong.
class Verifier {
 public:
  explicit Verifier(const View& view)
      : view_(view), events_(&view_, [this](const std::string& id) { return ActorOf(id); }) {}

  absl::Status Run() {
    ENTENTE_RETURN_IF_ERROR(CheckActors());
    ENTENTE_RETURN_IF_ERROR(CheckEvents());
    ENTENTE_RETURN_IF_ERROR(CheckArticles());
    ENTENTE_RETURN_IF_ERROR(CompareSums());
    ENTENTE_RETURN_IF_ERROR(CheckDays(kActorTime, kActorDay, kActorMonth, 8));
    ENTENTE_RETURN_IF_ERROR(CheckDays(kPairTime, kPairDay, kPairMonth, 16));
    ENTENTE_RETURN_IF_ERROR(CheckNeighbors());
    ENTENTE_RETURN_IF_ERROR(CheckCounters());
    if (difference_count_ == 0) return absl::OkStatus();
    return DataLoss(Cat(difference_count_, " differences; the first: ", differences_,
                        "; `entente rebuild` makes the indexes again; else restore a backup"));
  }

 private:
  void Differ(std::string_view what) {
    if (++difference_count_ <= kDifferencesNamed) {
      differences_ += Cat(differences_.empty() ? "" : "; ", what);
    }
  }

  // What an id in an event stands for; 0: no such actor.
  absl::StatusOr<ActorNumber> ActorOf(const std::string& id) const {
    const auto held = actors_.find(id);
    if (held != actors_.end()) return view_.redirects().Resolve(held->second);
    if (actor_count_ == actors_.size()) return ActorNumber{0};  // all are held
    return view_.FindActor(id);
  }

  // Adds the rows that the records make to the sums; while naming, looks those up that are of a
  // family in doubt.
  absl::Status Expect(const kv::WriteBatch& rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      const kv::WriteBatch::Operation o = rows.operation(i);
      const auto family = static_cast<StoreFamily>(o.family);
      if (!naming_) {
        expected_rows_[family].Add(o.key, o.value);
        continue;
      }
      if (!in_doubt_.contains(family)) continue;
      ENTENTE_ASSIGN_OR_RETURN(const auto value, view_.Get(family, o.key));
      if (!value || *value != o.value) Differ(MessageOf(DamagedRecord(family, o.key)));
    }
    return absl::OkStatus();
  }

  absl::Status CheckActors() {
    return ForEach(view_, kActor, "", [&](std::string_view key, std::string_view value) {
      v1::Actor actor;
      ENTENTE_RETURN_IF_ERROR(Parse(kActor, key, value, &actor));
      if (!naming_) {
        ++actor_count_;
        if (actors_.size() < kActorsHeld) actors_[actor.id()] = ReadU64(key, 0);
      }
      kv::WriteBatch rows;
      IndexActor(ReadU64(key, 0), actor, &rows);
      return Expect(rows);
    });
  }

  absl::Status CheckEvents() {
    ReportCursor reports(view_);
    TextDeriver texts(view_);
    return ForEach(view_, kEvent, "", [&](std::string_view key, std::string_view value) {
      v1::Event event;
      ENTENTE_RETURN_IF_ERROR(view_.DecodeEvent(key, value, &event));
      const EventNumber number = ReadU64(key, 0);
      if (!naming_) {
        if (event.retracted_revision() == 0) ++event_count_;
        ENTENTE_ASSIGN_OR_RETURN(const bool has_reports, reports.HasReports(number));
        ENTENTE_RETURN_IF_ERROR(CheckReports(number, event, has_reports));
      }
      kv::WriteBatch rows;
      const absl::StatusOr<EventRows> derived = events_.RowsOf(number, event);
      if (derived.ok()) {
        derived->Put(number, &rows);
        ENTENTE_ASSIGN_OR_RETURN(const EventText text, texts.TextOf(number, event, *derived));
        text.Put(number, &rows);
      } else if (!naming_) {
        Differ(MessageOf(derived.status()));
      }
      return Expect(rows);
    });
  }

  // An event is what its reports and corrections make it.
  absl::Status CheckReports(EventNumber number, const v1::Event& event, bool has_reports) {
    std::vector<KeptReport> reports;
    if (has_reports) {
      ENTENTE_ASSIGN_OR_RETURN(reports, ReadReports(view_.db(), view_.snapshot(), number));
    }
    report_count_ += static_cast<int64_t>(reports.size());
    if (event.retracted_revision() != 0) {
      if (AnyStands(reports)) Differ(Cat("event ", number, ": is retracted, but reported"));
      return absl::OkStatus();
    }
    if (reports.empty() || event.origin() != 0) {
      const bool fits = event.origin() != 0 ? reports.empty() : event.corrections_size() == 0;
      if (!fits) Differ(Cat("event ", number, ": its reports are not those that it counts"));
      return absl::OkStatus();
    }
    if (!AnyStands(reports)) {
      Differ(Cat("event ", number, ": nothing reports it"));
      return absl::OkStatus();
    }
    v1::Event made = Fold(reports);
    ApplyCorrections(event.corrections(), &made);
    if (!google::protobuf::util::MessageDifferencer::Equals(made, event)) {
      Differ(Cat("event ", number, ": is not what its reports make"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckArticles() {
    return ForEach(view_, kArticle, "", [&](std::string_view key, std::string_view value) {
      ArticleRecord record;
      if (key.size() != 8 || !record.Decode(value)) return DamagedRecord(kArticle, key);
      if (!naming_) ENTENTE_RETURN_IF_ERROR(CheckArticle(record));
      kv::WriteBatch rows;
      IndexArticle(ReadU64(key, 0), record.article, &rows);
      return Expect(rows);
    });
  }

  absl::Status CheckArticle(const ArticleRecord& record) {
    if (record.article.retracted_revision() == 0) ++article_count_;
    for (const EventNumber event : record.events) {
      const std::string key = Key().U64(event).str();
      ENTENTE_ASSIGN_OR_RETURN(const auto found, view_.Get(kEvent, key));
      if (!found) Differ(MessageOf(DamagedRecord(kEvent, key)));
    }
    return absl::OkStatus();
  }

  // The indexes hold what is expected of them and nothing else, or the differences are named.
  absl::Status CompareSums() {
    std::map<StoreFamily, int64_t> miscounted;
    for (const StoreFamily family :
         {kName, kDedupe, kEventKey, kSource, kActorTime, kPairTime, kTypeTime, kText}) {
      ENTENTE_ASSIGN_OR_RETURN(const RowSum stored, SumOf(family));
      const RowSum& expected = expected_rows_[family];
      if (stored == expected) continue;
      in_doubt_.insert(family);
      if (stored.count != expected.count) miscounted[family] = stored.count;
    }
    if (in_doubt_.empty()) return absl::OkStatus();
    ENTENTE_RETURN_IF_ERROR(NameDifferences());
    for (const auto& [family, count] : miscounted) {
      Differ(Cat("family ", FamilyName(family), " has ", count, " rows, not ",
                 expected_rows_[family].count));
    }
    // Rows that no lookup finds fault with add up to something else only if the sums are wrong.
    if (difference_count_ == 0) return Internal("the sums of rows differ, and no row does");
    return absl::OkStatus();
  }

  // Derives everything once more and looks up the rows of the families in doubt.
  absl::Status NameDifferences() {
    naming_ = true;
    ENTENTE_RETURN_IF_ERROR(CheckActors());
    ENTENTE_RETURN_IF_ERROR(CheckEvents());
    ENTENTE_RETURN_IF_ERROR(CheckArticles());
    naming_ = false;
    return absl::OkStatus();
  }

  absl::StatusOr<RowSum> SumOf(StoreFamily family) {
    RowSum sum;
    std::string last;
    ENTENTE_RETURN_IF_ERROR(
        ForEach(view_, family, "", [&](std::string_view key, std::string_view value) {
          sum.Add(key, value);
          // Keys come in order, but a run may be longer than it should be.
          if (sum.count > 1 && key <= last) {
            Differ(Cat(MessageOf(DamagedRecord(family, key)), " (out of order)"));
          }
          last.assign(key);
          return absl::OkStatus();
        }));
    return sum;
  }

  absl::StatusOr<int64_t> CountRows(StoreFamily family) const {
    int64_t rows = 0;
    ENTENTE_RETURN_IF_ERROR(ForEach(view_, family, "", [&](std::string_view, std::string_view) {
      ++rows;
      return absl::OkStatus();
    }));
    return rows;
  }

  // Adds a time index up by days, which come in the order of the roll-up's keys, and compares.
  // So are the months, of which each is the sum of its days.
  absl::Status CheckDays(StoreFamily time_family, StoreFamily day_family, StoreFamily month_family,
                         size_t prefix_bytes) {
    std::string day_key;
    Rollup expected;
    int64_t days = 0;
    month_family_ = month_family;
    month_rows_ = 0;
    const auto add = [&](std::string_view key, std::string_view value) -> absl::Status {
      EventRow row;
      if (!row.Decode(value)) return DamagedRecord(time_family, key);
      const Date day = Date::FromMicros(ReadTime(key, prefix_bytes));
      const std::string next = Key().Text(key.substr(0, prefix_bytes)).Day(day).str();
      if (next != day_key) {
        ENTENTE_RETURN_IF_ERROR(CheckDay(day_family, day_key, expected));
        ++days;
        day_key = next;
        expected = Rollup();
      }
      if (time_family == kActorTime) row.direction = kNoDirection;
      expected.Add(row, 1);
      return absl::OkStatus();
    };
    const absl::Status added = ForEach(view_, time_family, "", add);
    ENTENTE_RETURN_IF_ERROR(added);
    ENTENTE_RETURN_IF_ERROR(CheckDay(day_family, day_key, expected));
    ENTENTE_RETURN_IF_ERROR(FlushTotals(""));
    ENTENTE_RETURN_IF_ERROR(CheckMonth(""));
    ENTENTE_RETURN_IF_ERROR(CheckNoOthers(day_family, days));
    return CheckNoOthers(month_family, month_rows_);
  }

  // Compares one day, and adds it to its month and to the total of its actor or pair.
  absl::Status CheckDay(StoreFamily family, const std::string& key, const Rollup& expected) {
    if (key.empty()) return absl::OkStatus();
    ENTENTE_RETURN_IF_ERROR(CompareRollup(family, key, expected));
    const std::string owner = key.substr(0, key.size() - 4);
    const Date month = MonthOf(ReadDay(key, owner.size()));
    ENTENTE_RETURN_IF_ERROR(CheckMonth(Key().Text(owner).Day(month)));
    month_.Add(expected);
    AddTo(family == kPairDay ? &pair_totals_ : &actor_totals_, owner, expected);
    return FlushTotals(owner);
  }

  // Compares the month that was added up, unless it is `current`, and begins that.
  absl::Status CheckMonth(std::string_view current) {
    if (month_key_ == current) return absl::OkStatus();
    if (!month_key_.empty()) {
      ++month_rows_;
      ENTENTE_RETURN_IF_ERROR(CompareRollup(month_family_, month_key_, month_));
    }
    month_key_ = std::string(current);
    month_ = Rollup();
    return absl::OkStatus();
  }

  absl::Status CompareRollup(StoreFamily family, const std::string& key, const Rollup& expected) {
    ENTENTE_ASSIGN_OR_RETURN(const auto value, view_.Get(family, key));
    Rollup stored;
    if (!value || !stored.Decode(*value) || stored != expected) {
      Differ(MessageOf(DamagedRecord(family, key)));
    }
    return absl::OkStatus();
  }

  // Rows that add up to nothing may remain where everything was taken back.
  absl::Status CheckNoOthers(StoreFamily family, int64_t expected_rows) {
    int64_t rows = 0;
    ENTENTE_RETURN_IF_ERROR(
        ForEach(view_, family, "", [&](std::string_view key, std::string_view value) {
          Rollup rollup;
          if (!rollup.Decode(value)) return DamagedRecord(family, key);
          if (!rollup.cells().empty()) ++rows;
          return absl::OkStatus();
        }));
    if (rows != expected_rows) {
      Differ(Cat("family ", FamilyName(family), " has ", rows, " rows, not ", expected_rows));
    }
    return absl::OkStatus();
  }

  using Totals = std::map<std::string, Rollup>;

  static void AddTo(Totals* totals, const std::string& key, const Rollup& day) {
    (*totals)[key].AddTotal(day.count(), day.intensity_milli_sum());
  }

  // Compares and forgets the totals of all actors or pairs but the current one.
  absl::Status FlushTotals(const std::string& current) {
    for (auto it = actor_totals_.begin(); it != actor_totals_.end();) {
      if (it->first == current) break;
      ++neighbor_rows_;
      ENTENTE_RETURN_IF_ERROR(
          CompareRollup(kNeighbor, Key().Text(it->first).U64(0).str(), it->second));
      it = actor_totals_.erase(it);
    }
    for (auto it = pair_totals_.begin(); it != pair_totals_.end();) {
      if (it->first == current) break;
      neighbor_rows_ += 2;
      const std::string reversed = it->first.substr(8) + it->first.substr(0, 8);
      ENTENTE_RETURN_IF_ERROR(CompareRollup(kNeighbor, it->first, it->second));
      ENTENTE_RETURN_IF_ERROR(CompareRollup(kNeighbor, reversed, it->second));
      it = pair_totals_.erase(it);
    }
    return absl::OkStatus();
  }

  absl::Status CheckNeighbors() { return CheckNoOthers(kNeighbor, neighbor_rows_); }

  absl::Status CheckCounters() {
    ENTENTE_ASSIGN_OR_RETURN(const auto value, view_.Get(kMeta, kHeadKey));
    Counters counters;
    if (value && !counters.Decode(*value)) return DamagedRecord(kMeta, kHeadKey);
    ENTENTE_ASSIGN_OR_RETURN(const int64_t mentions, CountRows(kMention));
    ENTENTE_ASSIGN_OR_RETURN(const int64_t revisions, CountRows(kLog));
    CompareCount("events", event_count_, counters.event_count);
    CompareCount("articles", article_count_, counters.article_count);
    CompareCount("mentions", static_cast<uint64_t>(mentions), counters.mention_count);
    CompareCount("revisions", static_cast<uint64_t>(revisions), counters.revision);
    CompareCount("actors", actor_count_, counters.last_actor);
    ENTENTE_ASSIGN_OR_RETURN(const int64_t reports, CountRows(kReport));
    CompareCount("reports", static_cast<uint64_t>(reports), static_cast<uint64_t>(report_count_));
    return absl::OkStatus();
  }

  void CompareCount(std::string_view what, uint64_t found, uint64_t expected) {
    if (found != expected) Differ(Cat("there are ", found, " ", what, ", not ", expected));
  }

  const View& view_;
  ActorNumbers actors_;  // the first kActorsHeld
  uint64_t actor_count_ = 0;
  const EventDeriver events_;
  int64_t report_count_ = 0;
  std::map<StoreFamily, RowSum> expected_rows_;
  std::set<StoreFamily> in_doubt_;  // whose sums differ
  bool naming_ = false;             // the second time round, in which nothing is counted again
  StoreFamily month_family_ = kActorMonth;
  std::string month_key_;  // of the month that is being added up
  Rollup month_;
  int64_t month_rows_ = 0;
  Totals actor_totals_;  // of the actor, or the pair, that is being added up
  Totals pair_totals_;
  int64_t neighbor_rows_ = 0;
  uint64_t event_count_ = 0;
  uint64_t article_count_ = 0;
  int64_t difference_count_ = 0;
  std::string differences_;
};

class Rebuilder {
 public:
  Rebuilder(kv::Database* db, const View& view, std::set<StoreFamily> families)
      : db_(db),
        view_(view),
        families_(std::move(families)),
        events_(&view_,
                [this](const std::string& id) -> absl::StatusOr<ActorNumber> {
                  const auto it = actors_.find(id);
                  return it == actors_.end() ? 0 : view_.redirects().Resolve(it->second);
                }),
        texts_(view) {}

  absl::Status Run() {
    kv::WriteBatch begin;
    begin.Put(kMeta, kRebuildKey, EncodeFamilies(families_));
    ENTENTE_RETURN_IF_ERROR(db_->Write(begin, /*sync=*/true));
    for (const StoreFamily family : families_) ENTENTE_RETURN_IF_ERROR(Drop(family));
    ENTENTE_RETURN_IF_ERROR(MakeActors());  // events name them
    if (families_.contains(kDedupe)) ENTENTE_RETURN_IF_ERROR(MakeArticles());
    ENTENTE_RETURN_IF_ERROR(MakeEvents());
    ENTENTE_RETURN_IF_ERROR(Write(/*sync=*/false));
    for (const StoreFamily family : families_) {
      if (IsTimeIndex(family)) ENTENTE_RETURN_IF_ERROR(PackRows(db_, family));
    }
    rows_.Delete(kMeta, kRebuildKey);
    return Write(/*sync=*/true);
  }

 private:
  absl::Status Write(bool sync) {
    deltas_.MergeInto(&rows_);
    kv::WriteBatch wanted;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const kv::WriteBatch::Operation o = rows_.operation(i);
      const auto family = static_cast<StoreFamily>(o.family);
      if (family != kMeta && !families_.contains(family)) continue;
      if (o.kind == kv::WriteBatch::Kind::kPut) wanted.Put(o.family, o.key, o.value);
      if (o.kind == kv::WriteBatch::Kind::kDelete) wanted.Delete(o.family, o.key);
      if (o.kind == kv::WriteBatch::Kind::kMerge) wanted.Merge(o.family, o.key, o.value);
    }
    const absl::Status status = db_->Write(wanted, sync);
    rows_.Clear();
    deltas_ = RollupDeltas();
    return status;
  }
  absl::Status WriteIfLarge() {
    return rows_.size() < kRebuildBatchRows ? absl::OkStatus() : Write(/*sync=*/false);
  }

  absl::Status Drop(StoreFamily family) {
    // As the database has them: rows of a run have no keys of their own.
    const auto it = db_->NewIterator(family, "", "", view_.snapshot());
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      ENTENTE_RETURN_IF_ERROR(view_.Tick());
      rows_.Delete(family, it->key());
      ENTENTE_RETURN_IF_ERROR(WriteIfLarge());
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
    return Write(/*sync=*/false);
  }

  absl::Status MakeActors() {
    return ForEach(view_, kActor, "", [&](std::string_view key, std::string_view value) {
      v1::Actor actor;
      ENTENTE_RETURN_IF_ERROR(Parse(kActor, key, value, &actor));
      actors_[actor.id()] = ReadU64(key, 0);
      IndexActor(ReadU64(key, 0), actor, &rows_);
      return WriteIfLarge();
    });
  }

  absl::Status MakeArticles() {
    return ForEach(view_, kArticle, "", [&](std::string_view key, std::string_view value) {
      ArticleRecord record;
      if (key.size() != 8 || !record.Decode(value)) return DamagedRecord(kArticle, key);
      IndexArticle(ReadU64(key, 0), record.article, &rows_);
      return WriteIfLarge();
    });
  }

  absl::Status MakeEvents() {
    return ForEach(view_, kEvent, "", [&](std::string_view key, std::string_view value) {
      v1::Event event;
      ENTENTE_RETURN_IF_ERROR(view_.DecodeEvent(key, value, &event));
      ENTENTE_ASSIGN_OR_RETURN(const EventRows rows, events_.RowsOf(ReadU64(key, 0), event));
      rows.Put(ReadU64(key, 0), &rows_);
      rows.AddTo(&deltas_, +1);
      if (families_.contains(kText)) {
        ENTENTE_ASSIGN_OR_RETURN(const EventText text, texts_.TextOf(ReadU64(key, 0), event, rows));
        text.Put(ReadU64(key, 0), &rows_);
      }
      return WriteIfLarge();
    });
  }

  kv::Database* db_;
  const View& view_;  // of the records, which do not change
  const std::set<StoreFamily> families_;
  ActorNumbers actors_;
  const EventDeriver events_;
  TextDeriver texts_;
  kv::WriteBatch rows_;
  RollupDeltas deltas_;
};

}  // namespace

absl::Status VerifyStore(const View& view) { return Verifier(view).Run(); }

std::string EncodeFamilies(const std::set<StoreFamily>& families) {
  std::string out;
  for (const StoreFamily family : families) out.push_back(static_cast<char>(family));
  return out;
}

absl::StatusOr<std::set<StoreFamily>> DecodeFamilies(std::string_view bytes) {
  if (bytes.empty()) return DerivedFamilies();
  std::set<StoreFamily> families;
  for (const char byte : bytes) {
    const auto family = static_cast<StoreFamily>(static_cast<unsigned char>(byte));
    if (!DerivedFamilies().contains(family)) return DamagedRecord(kMeta, kRebuildKey);
    families.insert(family);
  }
  return families;
}

std::set<StoreFamily> DerivedFamilies() {
  return {std::begin(kDerivedFamilies), std::end(kDerivedFamilies)};
}

absl::Status RebuildStore(kv::Database* db, const View& view,
                          const std::set<StoreFamily>& families) {
  return Rebuilder(db, view, families).Run();
}

}  // namespace entente::graph
