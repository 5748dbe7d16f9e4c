#include "graph/curation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/time.h"
#include "base/utf8.h"
#include "graph/actor_record.h"
#include "graph/check_input.h"
#include "graph/imported_event.h"
#include "graph/row_runs.h"
#include "graph/store.h"
#include "graph/timeline.h"

namespace entente::graph {
namespace {

constexpr size_t kAuthorBytesMax = 512;
constexpr size_t kReasonBytesMax = 4096;
constexpr size_t kEventsChangedMax = 100'000;
constexpr size_t kRowsScannedMax = 1'000'000;
constexpr int kSplitEventsMax = 10'000;
constexpr size_t kPageSizeDefault = 100;

absl::Status CheckText(std::string_view text, size_t limit, std::string_view field) {
  if (Trim(text).empty()) return InvalidArgument(Cat(field, " is empty"));
  if (text.size() > limit) {
    return InvalidArgument(
        Cat(field, " has ", text.size(), " bytes; at most ", limit, " are allowed"));
  }
  return IsValidUtf8(text) ? absl::OkStatus() : InvalidArgument(Cat(field, " is not UTF-8"));
}

absl::Status CheckCurator(const v1::Curator& curator) {
  ENTENTE_RETURN_IF_ERROR(CheckText(curator.author(), kAuthorBytesMax, "curator.author"));
  return CheckText(curator.reason(), kReasonBytesMax, "curator.reason");
}

const v1::Curator& CuratorOf(const v1::CurationRecord& act) {
  switch (act.action_case()) {
    case v1::CurationRecord::kMergeActors:
      return act.merge_actors().curator();
    case v1::CurationRecord::kSplitActor:
      return act.split_actor().curator();
    case v1::CurationRecord::kEditNames:
      return act.edit_names().curator();
    case v1::CurationRecord::kCorrectEvent:
      return act.correct_event().curator();
    case v1::CurationRecord::kRetractArticle:
      return act.retract_article().curator();
    case v1::CurationRecord::kDetachReport:
      return act.detach_report().curator();
    case v1::CurationRecord::kUndo:
      return act.undo().curator();
    case v1::CurationRecord::ACTION_NOT_SET:
      break;
  }
  return v1::Curator::default_instance();
}

bool HasName(const v1::Actor& actor, const std::string& text) {
  return std::any_of(actor.names().begin(), actor.names().end(),
                     [&](const v1::ActorName& name) { return name.text() == text; });
}

void RemoveName(const std::string& text, v1::Actor* actor) {
  auto* names = actor->mutable_names();
  names->erase(std::remove_if(names->begin(), names->end(),
                              [&](const v1::ActorName& name) { return name.text() == text; }),
               names->end());
}

void AddName(const std::string& text, v1::Actor* actor) {
  if (!HasName(*actor, text)) actor->add_names()->set_text(text);
  auto* removed = actor->mutable_removed_names();
  removed->erase(std::remove(removed->begin(), removed->end(), text), removed->end());
}

// Removes a name for good: ingestion does not add it again.
void BanName(const std::string& text, v1::Actor* actor) {
  RemoveName(text, actor);
  if (std::find(actor->removed_names().begin(), actor->removed_names().end(), text) ==
      actor->removed_names().end()) {
    actor->add_removed_names(text);
  }
}

KeptReport* ReportOf(ArticleNumber article, std::vector<KeptReport>* reports) {
  for (KeptReport& kept : *reports) {
    if (kept.article == article) return &kept;
  }
  return nullptr;
}

void SortByArticle(std::vector<KeptReport>* reports) {
  std::sort(reports->begin(), reports->end(),
            [](const KeptReport& a, const KeptReport& b) { return a.article < b.article; });
}

void DropMentions(ArticleNumber article, std::vector<OldVersion::OldMention>* mentions) {
  std::erase_if(*mentions, [&](const OldVersion::OldMention& m) { return m.article == article; });
}

std::string MentionKey(EventNumber event, ArticleNumber article, uint32_t n) {
  return Key().U64(event).U64(article).U32(n).str();
}

}  // namespace

absl::Status CurationBatch::Prepare(const v1::CurationRecord& act) {
  record_ = act;
  record_.clear_undone_by_revision();
  record_.clear_created_event_ids();
  record_.set_revision(static_cast<int64_t>(revision_));
  record_.set_commit_time_micros(now_micros_);
  if (act.action_case() == v1::CurationRecord::ACTION_NOT_SET) {
    return InvalidArgument("the act says nothing to do");
  }
  ENTENTE_RETURN_IF_ERROR(CheckCurator(CuratorOf(act)));
  v1::CurationRecord copy;
  if (!copy.ParseFromString(act.SerializeAsString())) {
    return InvalidArgument("the act has a text field that is not UTF-8");
  }
  ENTENTE_RETURN_IF_ERROR(Dispatch());
  return Write();
}

absl::Status CurationBatch::Dispatch() {
  switch (record_.action_case()) {
    case v1::CurationRecord::kMergeActors:
      return MergeActors(record_.mutable_merge_actors());
    case v1::CurationRecord::kSplitActor:
      return SplitActor(record_.mutable_split_actor());
    case v1::CurationRecord::kEditNames:
      return EditNames(record_.mutable_edit_names());
    case v1::CurationRecord::kCorrectEvent:
      return CorrectEvent(record_.mutable_correct_event());
    case v1::CurationRecord::kRetractArticle:
      return RetractArticle(record_.mutable_retract_article());
    case v1::CurationRecord::kDetachReport:
      return DetachReport(record_.mutable_detach_report());
    case v1::CurationRecord::kUndo:
      return Undo(record_.undo());
    case v1::CurationRecord::ACTION_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

// --- actors ------------------------------------------------------------------------------------

absl::Status CurationBatch::MergeActors(v1::MergeActorsRequest* act) {
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber actor, NumberOf(act->actor()));
  if (actor == 0) return NotFound(Cat("actor: no actor '", act->actor(), "'"));
  if (before_.Resolve(actor) != actor) {
    return FailedPrecondition(
        Cat(act->actor(), " is merged into ", before_.Resolve(act->actor()), " already"));
  }
  const std::string into_id = before_.Resolve(act->into_actor());
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber into, NumberOf(into_id));
  if (into == 0) return NotFound(Cat("into_actor: no actor '", act->into_actor(), "'"));
  if (into == actor) return InvalidArgument("actor and into_actor are the same; give two");
  act->set_into_actor(into_id);
  std::vector<Redirects::Merge> merges = before_.merges();
  merges.push_back({actor, into, act->actor(), into_id, revision_, 0});
  return SetMerges(std::move(merges), actor);
}

absl::Status CurationBatch::UndoMerge(const v1::CurationRecord& done) {
  std::vector<Redirects::Merge> merges = before_.merges();
  ActorNumber actor = 0;
  for (Redirects::Merge& merge : merges) {
    if (merge.since != static_cast<uint64_t>(done.revision())) continue;
    merge.until = revision_;
    actor = merge.actor;
  }
  return SetMerges(std::move(merges), before_.Resolve(actor));
}

// Sets the merges, and counts the events of `counted_for` for whom they now count.
absl::Status CurationBatch::SetMerges(std::vector<Redirects::Merge> merges,
                                      ActorNumber counted_for) {
  after_ = Redirects(std::move(merges), std::numeric_limits<uint64_t>::max());
  changes_redirects_ = true;
  const std::string prefix = Key().U64(counted_for).str();
  const auto it = ScanRows(db_, kActorTime, prefix, PrefixEnd(prefix), nullptr);
  size_t scanned = 0;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(Reproject(ReadU64(it->key(), it->key().size() - 8)));
    if (++scanned > kRowsScannedMax || change_.changed.size() > kEventsChangedMax) {
      return ResourceExhausted(Cat("more than ", kEventsChangedMax, " events would change, or ",
                                   kRowsScannedMax,
                                   " would have to be looked at: that is more than one act may"));
    }
  }
  return it->status();
}

// Moves the rows of an event whose record stays.
absl::Status CurationBatch::Reproject(EventNumber number) {
  ENTENTE_ASSIGN_OR_RETURN(const v1::Event event, ReadEvent(number));
  std::vector<KeptReport> reports;
  if (event.corrections_size() > 0) {
    ENTENTE_ASSIGN_OR_RETURN(reports, ReadReports(db_, nullptr, number));
  }
  ENTENTE_ASSIGN_OR_RETURN(const EventRows before, RowsOf(event, reports, before_));
  ENTENTE_ASSIGN_OR_RETURN(const EventRows after, RowsOf(event, reports, after_));
  if (before.projection.actors == after.projection.actors &&
      before.projection.pairs == after.projection.pairs && before.event_keys == after.event_keys) {
    return absl::OkStatus();
  }
  ReplaceEventRows(number, before, after, &batch_, &deltas_);
  batch_.Put(kHistory, Key().U64(revision_).U64(number), OldVersion().Encode());
  change_.changed.push_back(number);
  return absl::OkStatus();
}

absl::Status CurationBatch::EditNames(v1::EditNamesRequest* act) {
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * edit, LoadActor(act->actor()));
  act->set_actor(edit->after.id());
  v1::EditNamesRequest effective;
  for (const std::string& name : act->add()) {
    ENTENTE_RETURN_IF_ERROR(CheckText(name, Store::kMaxNameBytes, "add"));
    if (HasName(edit->after, name) || name == edit->after.display_name()) continue;
    AddName(name, &edit->after);
    effective.add_add(name);
  }
  for (const std::string& name : act->remove()) {
    if (name == edit->after.display_name()) {
      return InvalidArgument(Cat("remove: '", name, "' is the display name, which stays"));
    }
    if (!HasName(edit->after, name)) continue;
    BanName(name, &edit->after);
    effective.add_remove(name);
  }
  if (edit->after.names_size() > Store::kMaxNames) {
    return InvalidArgument(Cat("an actor has at most ", Store::kMaxNames, " names"));
  }
  if (effective.add_size() == 0 && effective.remove_size() == 0) {
    return FailedPrecondition(Cat("the names of ", act->actor(), " are so already"));
  }
  *act->mutable_add() = effective.add();
  *act->mutable_remove() = effective.remove();
  return absl::OkStatus();
}

absl::Status CurationBatch::UndoNames(const v1::EditNamesRequest& done) {
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * edit, LoadActor(done.actor()));
  for (const std::string& name : done.add()) RemoveName(name, &edit->after);
  for (const std::string& name : done.remove()) AddName(name, &edit->after);
  return absl::OkStatus();
}

absl::Status CurationBatch::SplitActor(v1::SplitActorRequest* act) {
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * from, LoadActor(act->actor()));
  act->set_actor(from->after.id());
  ENTENTE_RETURN_IF_ERROR(Annotate(CheckActor(act->new_actor()), "new_actor"));
  if (act->event_ids_size() > kSplitEventsMax || act->names_size() > Store::kMaxNames) {
    return InvalidArgument(Cat("at most ", kSplitEventsMax, " events and ", Store::kMaxNames,
                               " names can be split off in one act"));
  }
  const std::string& id = act->new_actor().id();
  if (before_.Resolve(id) != id || before_.Resolve(id) == from->after.id()) {
    return FailedPrecondition(
        Cat("new_actor: ", id, " leads to ", before_.Resolve(id), "; undo that merge instead"));
  }
  ENTENTE_ASSIGN_OR_RETURN(ActorNumber number, NumberOf(id));
  if (number == 0) {
    number = numbers_[id] = ++counters_.last_actor;
    actors_[number].after = NewActor(act->new_actor());
  }
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * to, LoadActor(id));
  for (const std::string& name : act->names()) {
    if (!HasName(from->after, name)) {
      return NotFound(Cat("names: ", act->actor(), " has no name '", name, "'"));
    }
    BanName(name, &from->after);
    AddName(name, &to->after);
  }
  std::set<std::string> seen;
  for (const std::string& event_id : act->event_ids()) {
    ENTENTE_ASSIGN_OR_RETURN(Edit * edit, Load(event_id));
    if (!seen.insert(event_id).second) continue;
    v1::Correction correction = NewCorrection(act->curator());
    correction.add_fields("participants");
    bool found = false;
    for (v1::Participant participant : edit->record.participants()) {
      if (before_.Resolve(participant.actor()) == act->actor()) {
        participant.set_actor(id);
        participant.set_display_name(to->after.display_name());
        found = true;
      }
      *correction.mutable_values()->add_participants() = participant;
    }
    if (!found) {
      return FailedPrecondition(Cat(act->actor(), " takes no part in event ", event_id));
    }
    *edit->corrections.Add() = correction;
  }
  return absl::OkStatus();
}

absl::Status CurationBatch::UndoSplit(const v1::CurationRecord& done) {
  const v1::SplitActorRequest& act = done.split_actor();
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * from, LoadActor(act.actor()));
  ENTENTE_ASSIGN_OR_RETURN(ActorEdit * to, LoadActor(act.new_actor().id()));
  for (const std::string& name : act.names()) {
    RemoveName(name, &to->after);
    AddName(name, &from->after);
  }
  const std::set<std::string> events(act.event_ids().begin(), act.event_ids().end());
  for (const std::string& event : events) {
    ENTENTE_RETURN_IF_ERROR(DropCorrection(event, done.revision()));
  }
  return absl::OkStatus();
}

// --- events ------------------------------------------------------------------------------------

v1::Correction CurationBatch::NewCorrection(const v1::Curator& curator) const {
  v1::Correction correction;
  correction.set_revision(static_cast<int64_t>(revision_));
  correction.set_author(curator.author());
  correction.set_reason(curator.reason());
  return correction;
}

absl::Status CurationBatch::CheckParticipants(v1::Event* values) {
  if (values->participants_size() == 0 || values->participants_size() > Store::kMaxParticipants) {
    return InvalidArgument(Cat("values.participants must be 1 to ", Store::kMaxParticipants,
                               "; there are ", values->participants_size()));
  }
  for (v1::Participant& p : *values->mutable_participants()) {
    ENTENTE_RETURN_IF_ERROR(CheckId(p.role(), "participant.role"));
    p.clear_coded_actor();
    for (const std::string& id : {p.actor(), p.country()}) {
      if (id.empty() && !p.actor().empty()) continue;  // acts for no state
      ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, NumberOf(id));
      if (number == 0) return NotFound(Cat("participant: no actor '", id, "'"));
    }
    if (!p.display_name().empty()) continue;
    ENTENTE_ASSIGN_OR_RETURN(const ActorEdit* actor, LoadActor(p.actor()));
    p.set_display_name(actor->after.display_name());
    p.set_kind(actor->after.kind());
  }
  return absl::OkStatus();
}

absl::Status CurationBatch::CheckCorrection(v1::CorrectEventRequest* act) {
  v1::Event* values = act->mutable_values();
  if (act->fields_size() == 0) return InvalidArgument("fields is empty; name what is corrected");
  for (const std::string& field : act->fields()) {
    if (!IsCorrectable(field)) {
      return InvalidArgument(Cat("fields: '", field, "' cannot be corrected"));
    }
    if (field == "type") ENTENTE_RETURN_IF_ERROR(CheckId(values->type(), "values.type"));
    if (field == "participants") ENTENTE_RETURN_IF_ERROR(CheckParticipants(values));
    if (field == "status" && (values->status() == v1::EVENT_STATUS_UNSPECIFIED ||
                              !v1::EventStatus_IsValid(values->status()))) {
      return InvalidArgument(Cat("values: no status ", static_cast<int>(values->status())));
    }
    if (field == "quad_class" && !v1::QuadClass_IsValid(values->quad_class())) {
      return InvalidArgument(Cat("values: no quad class ", static_cast<int>(values->quad_class())));
    }
    if (field == "goldstein") {
      if (!(std::abs(values->goldstein()) <= 10)) {
        return InvalidArgument(
            Cat("values.goldstein is ", values->goldstein(), "; it must be from -10 to 10"));
      }
      values->set_goldstein(IntensityOf(IntensityMilli(values->goldstein())));
    }
    if (field == "date") {
      v1::EventDate* date = values->mutable_date();
      ENTENTE_ASSIGN_OR_RETURN(const Date start, ParseDate(date->start()));
      ENTENTE_ASSIGN_OR_RETURN(const Date end,
                               ParseDate(date->end().empty() ? date->start() : date->end()));
      if (end < start) return InvalidArgument("values.date.end is before values.date.start");
      date->set_start(FormatDate(start));
      date->set_end(FormatDate(end));
      if (!v1::DatePrecision_IsValid(date->precision()) ||
          date->precision() == v1::DATE_PRECISION_UNSPECIFIED) {
        date->set_precision(start == end ? v1::DAY : v1::INTERVAL);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CurationBatch::CorrectEvent(v1::CorrectEventRequest* act) {
  ENTENTE_RETURN_IF_ERROR(CheckCorrection(act));
  ENTENTE_ASSIGN_OR_RETURN(Edit * edit, Load(act->event_id()));
  v1::Correction correction = NewCorrection(act->curator());
  *correction.mutable_fields() = act->fields();
  // Nothing but the named fields.
  v1::Correction all;
  *all.mutable_fields() = act->fields();
  *all.mutable_values() = act->values();
  google::protobuf::RepeatedPtrField<v1::Correction> one;
  *one.Add() = all;
  ApplyCorrections(one, correction.mutable_values());
  correction.mutable_values()->clear_corrections();
  *act->mutable_values() = correction.values();
  *edit->corrections.Add() = correction;
  return absl::OkStatus();
}

absl::Status CurationBatch::DropCorrection(const std::string& event_id, int64_t revision) {
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber number, ParseEventId(event_id));
  ENTENTE_ASSIGN_OR_RETURN(Edit * edit, LoadEvent(number));
  auto* corrections = &edit->corrections;
  corrections->erase(
      std::remove_if(corrections->begin(), corrections->end(),
                     [&](const v1::Correction& c) { return c.revision() == revision; }),
      corrections->end());
  return absl::OkStatus();
}

absl::Status CurationBatch::RetractArticle(v1::RetractArticleRequest* act) {
  ENTENTE_ASSIGN_OR_RETURN(Found article, FindArticle(act->article()));
  if (article.record.article.retracted_revision() != 0) {
    return FailedPrecondition(Cat("article ", act->article(), " was retracted at revision ",
                                  article.record.article.retracted_revision(), " already"));
  }
  for (const EventNumber number : article.record.events) {
    ENTENTE_ASSIGN_OR_RETURN(Edit * edit, LoadEvent(number));
    KeptReport* kept = ReportOf(article.number, &edit->reports);
    if (kept == nullptr || kept->report.retracted) return DamagedRecord(kReport, Key().U64(number));
    ENTENTE_RETURN_IF_ERROR(LoadMentions(number, edit));
    kept->report.retracted = true;
    for (const OldVersion::OldMention& old : edit->mentions) {
      if (old.article != article.number) continue;
      *kept->report.event.add_mentions() = old.mention;
      batch_.Delete(kMention, MentionKey(number, old.article, old.n));
      --counters_.mention_count;
    }
    DropMentions(article.number, &edit->mentions_after);
  }
  article.record.article.set_retracted_revision(static_cast<int64_t>(revision_));
  --counters_.article_count;
  PutArticle(article);
  return absl::OkStatus();
}

absl::Status CurationBatch::UndoRetraction(const v1::RetractArticleRequest& done) {
  ENTENTE_ASSIGN_OR_RETURN(Found article, FindArticle(done.article()));
  for (const EventNumber number : article.record.events) {
    ENTENTE_ASSIGN_OR_RETURN(Edit * edit, LoadEvent(number));
    KeptReport* kept = ReportOf(article.number, &edit->reports);
    if (kept == nullptr || !kept->report.retracted) {
      return DamagedRecord(kReport, Key().U64(number));
    }
    ENTENTE_RETURN_IF_ERROR(LoadMentions(number, edit));
    kept->report.retracted = false;
    for (int n = 0; n < kept->report.event.mentions_size(); ++n) {
      batch_.Put(kMention, MentionKey(number, article.number, static_cast<uint32_t>(n)),
                 kept->report.event.mentions(n).SerializeAsString());
      edit->mentions_after.push_back(
          {article.number, static_cast<uint32_t>(n), kept->report.event.mentions(n)});
      ++counters_.mention_count;
    }
    kept->report.event.clear_mentions();
  }
  article.record.article.clear_retracted_revision();
  ++counters_.article_count;
  PutArticle(article);
  return absl::OkStatus();
}

absl::Status CurationBatch::DetachReport(v1::DetachReportRequest* act) {
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber from, ParseEventId(act->event_id()));
  ENTENTE_ASSIGN_OR_RETURN(Edit * edit, Load(act->event_id()));
  ENTENTE_ASSIGN_OR_RETURN(const Found article, FindArticle(act->article()));
  const KeptReport* kept = ReportOf(article.number, &edit->reports);
  if (kept == nullptr || kept->report.retracted) {
    return FailedPrecondition(Cat("article ", act->article(), " does not report event ", from));
  }
  const auto standing = std::count_if(edit->reports.begin(), edit->reports.end(),
                                      [](const KeptReport& r) { return !r.report.retracted; });
  if (standing < 2) {
    return FailedPrecondition(Cat("nobody but article ", act->article(), " reports event ", from));
  }
  const EventNumber to = ++counters_.last_event;
  ++change_.created_count;
  edits_[to].is_new = true;
  record_.add_created_event_ids(std::to_string(to));
  return MoveReport(from, to, article.number);
}

absl::Status CurationBatch::UndoDetach(const v1::CurationRecord& done) {
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber back, ParseEventId(done.detach_report().event_id()));
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber from, ParseEventId(done.created_event_ids(0)));
  ENTENTE_ASSIGN_OR_RETURN(const Found article, FindArticle(done.detach_report().article()));
  ENTENTE_RETURN_IF_ERROR(LoadEvent(back).status());
  ENTENTE_ASSIGN_OR_RETURN(Edit * edit, LoadEvent(from));
  if (ReportOf(article.number, &edit->reports) == nullptr) {
    return FailedPrecondition(Cat("the report was moved on since: undo that first"));
  }
  return MoveReport(from, back, article.number);
}

// REQUIRES: both events are loaded, and `from` has a report of the article.
absl::Status CurationBatch::MoveReport(EventNumber from, EventNumber to, ArticleNumber article) {
  Edit& source = edits_.at(from);
  Edit& target = edits_.at(to);
  target.reports.push_back(*ReportOf(article, &source.reports));
  SortByArticle(&target.reports);
  std::erase_if(source.reports, [&](const KeptReport& r) { return r.article == article; });
  ENTENTE_RETURN_IF_ERROR(LoadMentions(from, &source));
  ENTENTE_RETURN_IF_ERROR(LoadMentions(to, &target));
  for (const OldVersion::OldMention& old : source.mentions) {
    if (old.article != article) continue;
    batch_.Delete(kMention, MentionKey(from, article, old.n));
    batch_.Put(kMention, MentionKey(to, article, old.n), old.mention.SerializeAsString());
    target.mentions_after.push_back(old);
  }
  DropMentions(article, &source.mentions_after);
  const std::string key = Key().U64(article).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kArticle, key, nullptr));
  Found found;
  found.number = article;
  if (!bytes || !found.record.Decode(*bytes)) return DamagedRecord(kArticle, key);
  std::replace(found.record.events.begin(), found.record.events.end(), from, to);
  PutArticle(found);
  return absl::OkStatus();
}

absl::Status CurationBatch::Undo(const v1::UndoRequest& act) {
  const std::string key = Key().U64(static_cast<uint64_t>(act.revision())).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kCuration, key, nullptr));
  if (!bytes) return NotFound(Cat("revision ", act.revision(), " is no act of a curator"));
  v1::CurationRecord done;
  if (!done.ParseFromString(*bytes)) return DamagedRecord(kCuration, key);
  if (done.has_undo()) {
    return FailedPrecondition("the taking back of an act is not taken back: do the act again");
  }
  if (done.undone_by_revision() != 0) {
    return FailedPrecondition(Cat("revision ", act.revision(), " was taken back at revision ",
                                  done.undone_by_revision(), " already"));
  }
  absl::Status status;
  if (done.has_merge_actors()) status = UndoMerge(done);
  if (done.has_split_actor()) status = UndoSplit(done);
  if (done.has_edit_names()) status = UndoNames(done.edit_names());
  if (done.has_correct_event()) {
    status = DropCorrection(done.correct_event().event_id(), done.revision());
  }
  if (done.has_retract_article()) status = UndoRetraction(done.retract_article());
  if (done.has_detach_report()) status = UndoDetach(done);
  ENTENTE_RETURN_IF_ERROR(status);
  done.set_undone_by_revision(static_cast<int64_t>(revision_));
  batch_.Put(kCuration, key, done.SerializeAsString());
  return absl::OkStatus();
}

// --- reading -----------------------------------------------------------------------------------

absl::StatusOr<v1::Event> CurationBatch::ReadEvent(EventNumber event) const {
  const std::string key = Key().U64(event).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kEvent, key, nullptr));
  if (!bytes) return NotFound(Cat("no event ", event));
  v1::Event record;
  ENTENTE_RETURN_IF_ERROR(words_.imports().Decode(db_, nullptr, event, *bytes, &record));
  return record;
}

// An event that stands.
absl::StatusOr<CurationBatch::Edit*> CurationBatch::Load(const std::string& event_id) {
  ENTENTE_ASSIGN_OR_RETURN(const EventNumber number, ParseEventId(event_id));
  ENTENTE_ASSIGN_OR_RETURN(Edit * edit, LoadEvent(number));
  if (edit->record.retracted_revision() != 0) {
    return FailedPrecondition(
        Cat("event ", number, " was retracted at revision ", edit->record.retracted_revision()));
  }
  return edit;
}

absl::StatusOr<CurationBatch::Edit*> CurationBatch::LoadEvent(EventNumber event) {
  if (const auto it = edits_.find(event); it != edits_.end()) return &it->second;
  Edit edit;
  ENTENTE_ASSIGN_OR_RETURN(edit.record, ReadEvent(event));
  ENTENTE_ASSIGN_OR_RETURN(edit.before, ReadReports(db_, nullptr, event));
  if (edit.before.empty() && edit.record.retracted_revision() == 0) {
    KeptReport own;
    own.article = static_cast<ArticleNumber>(edit.record.origin());
    if (own.article != 0) {
      const std::string key = Key().U64(own.article).str();
      ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kArticle, key, nullptr));
      ArticleRecord article;
      if (!bytes || !article.Decode(*bytes)) return DamagedRecord(kArticle, key);
      own.group = article.group;
    }
    own.report.event = OwnReport(edit.record);
    edit.before.push_back(std::move(own));
  }
  edit.reports = edit.before;
  edit.corrections = edit.record.corrections();
  return &edits_.emplace(event, std::move(edit)).first->second;
}

absl::Status CurationBatch::LoadMentions(EventNumber event, Edit* edit) {
  if (edit->mentions_move) return absl::OkStatus();
  edit->mentions_move = true;
  ENTENTE_ASSIGN_OR_RETURN(edit->mentions, ReadEventMentions(db_, nullptr, event));
  edit->mentions_after = edit->mentions;
  return absl::OkStatus();
}

// The record for which an id counts. NOT_FOUND.
absl::StatusOr<CurationBatch::ActorEdit*> CurationBatch::LoadActor(const std::string& id) {
  ENTENTE_ASSIGN_OR_RETURN(const ActorNumber own, NumberOf(id));
  if (own == 0) return NotFound(Cat("no actor '", id, "'"));
  const ActorNumber number = before_.Resolve(own);
  if (const auto it = actors_.find(number); it != actors_.end()) return &it->second;
  const std::string key = Key().U64(number).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kActor, key, nullptr));
  ActorEdit edit;
  if (!bytes || !edit.before.ParseFromString(*bytes)) return DamagedRecord(kActor, key);
  edit.after = edit.before;
  return &actors_.emplace(number, std::move(edit)).first->second;
}

absl::StatusOr<CurationBatch::Found> CurationBatch::FindArticle(const std::string& id) const {
  ENTENTE_ASSIGN_OR_RETURN(const auto number, db_.Get(kDedupe, Key(kIdTag).Text(id), nullptr));
  if (!number || number->size() != 8) return NotFound(Cat("no article '", id, "'"));
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kArticle, *number, nullptr));
  Found found;
  found.number = ReadU64(*number, 0);
  if (!bytes || !found.record.Decode(*bytes)) return DamagedRecord(kArticle, *number);
  return found;
}

// Of the actor itself, merged or not; 0: nobody has the id.
absl::StatusOr<ActorNumber> CurationBatch::NumberOf(const std::string& id) {
  if (const auto it = numbers_.find(id); it != numbers_.end()) return it->second;
  const std::string key = Key(kIdTag).Text(id).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto value, db_.Get(kName, key, nullptr));
  if (!value) return ActorNumber{0};
  if (value->size() != 8) return DamagedRecord(kName, key);
  return numbers_[id] = ReadU64(*value, 0);
}

WordNumber CurationBatch::WordOf(std::string_view word) {
  if (word.empty()) return 0;
  if (const WordNumber known = words_.Find(word); known != 0) return known;
  const auto it = new_words_.find(word);
  if (it != new_words_.end()) return it->second;
  const auto number = static_cast<WordNumber>(++counters_.last_word);
  new_words_.emplace(word, number);
  return number;
}

absl::StatusOr<EventRows> CurationBatch::RowsOf(const v1::Event& event,
                                                const std::vector<KeptReport>& reports,
                                                const Redirects& redirects) {
  std::optional<v1::Event> uncorrected;
  if (event.corrections_size() > 0 && AnyStands(reports)) uncorrected = Fold(reports);
  return MakeEventRows(
      event, uncorrected ? &*uncorrected : nullptr,
      [this](std::string_view word) { return WordOf(word); },
      [&](const std::string& id) -> absl::StatusOr<ActorNumber> {
        ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, NumberOf(id));
        return redirects.Resolve(number);
      });
}

// --- writing -----------------------------------------------------------------------------------

// What the event is after the act.
v1::Event CurationBatch::Made(const Edit& edit) const {
  if (AnyStands(edit.reports)) {
    v1::Event event = Fold(edit.reports);
    ApplyCorrections(edit.corrections, &event);
    return event;
  }
  // Kept as it was last, for as-of reads and for the day when a report comes back.
  v1::Event event = edit.record;
  event.clear_origin();
  *event.mutable_corrections() = edit.corrections;
  if (event.retracted_revision() == 0) {
    event.set_retracted_revision(static_cast<int64_t>(revision_));
  }
  return event;
}

absl::Status CurationBatch::WriteText(EventNumber number, const Edit& edit, EventText before,
                                      EventText after) {
  if (edit.mentions_move) {
    ENTENTE_ASSIGN_OR_RETURN(before.reports, texts_.Make(edit.mentions));
    ENTENTE_ASSIGN_OR_RETURN(after.reports, texts_.Make(edit.mentions_after));
  } else if (before.SamePlace(after)) {
    return UpdateTextRow(db_, number, before, after, &batch_);
  } else {
    ENTENTE_ASSIGN_OR_RETURN(before.reports, texts_.Read(number));
    after.reports = before.reports;
  }
  ReplaceEventText(number, before, after, &batch_);
  return absl::OkStatus();
}

absl::Status CurationBatch::WriteEdit(EventNumber number, const Edit& edit) {
  const v1::Event event = Made(edit);
  EventRows before;
  if (!edit.is_new) {
    ENTENTE_ASSIGN_OR_RETURN(before, RowsOf(edit.record, edit.before, before_));
    OldVersion old;
    old.event = edit.record;
    if (edit.mentions_move) old.mentions = edit.mentions;
    batch_.Put(kHistory, Key().U64(revision_).U64(number), old.Encode());
    change_.changed.push_back(number);
  }
  ENTENTE_ASSIGN_OR_RETURN(const EventRows after, RowsOf(event, edit.reports, after_));
  ReplaceEventRows(number, before, after, &batch_, &deltas_);
  ENTENTE_RETURN_IF_ERROR(WriteText(number, edit, EventText::HeadOf(edit.record, before),
                                    EventText::HeadOf(event, after)));
  counters_.event_count += after.counts ? 1 : 0;
  counters_.event_count -= before.counts ? 1 : 0;
  for (const KeptReport& kept : edit.before) batch_.Delete(kReport, ReportKey(number, kept));
  for (const KeptReport& kept : edit.reports) {
    batch_.Put(kReport, ReportKey(number, kept), kept.report.Encode());
  }
  batch_.Put(kEvent, Key().U64(number), event.SerializeAsString());
  return absl::OkStatus();
}

void CurationBatch::WriteActor(ActorNumber number, const ActorEdit& edit) {
  PutActorRows(number, edit.before, edit.after, &batch_);
  std::set<std::string> kept;
  for (const std::string& name : NamesOf(edit.after)) {
    for (std::string& key : NameKeys(name, number)) kept.insert(std::move(key));
  }
  for (const std::string& name : NamesOf(edit.before)) {
    for (const std::string& key : NameKeys(name, number)) {
      if (!kept.contains(key)) batch_.Delete(kName, key);
    }
  }
}

void CurationBatch::PutArticle(const Found& found) {
  batch_.Put(kArticle, Key().U64(found.number), found.record.Encode());
}

absl::Status CurationBatch::Write() {
  for (const auto& [number, edit] : edits_) ENTENTE_RETURN_IF_ERROR(WriteEdit(number, edit));
  for (const auto& [number, edit] : actors_) WriteActor(number, edit);
  deltas_.MergeInto(&batch_);
  for (const auto& [word, number] : new_words_) {
    batch_.Put(kMeta, Key(kWordTag).Text(word), Key().U32(number));
  }
  std::sort(change_.changed.begin(), change_.changed.end());
  ++counters_.revision;
  change_.last_event = counters_.last_event;
  change_.last_actor = counters_.last_actor;
  change_.last_article = counters_.last_article;
  change_.commit_time_micros = now_micros_;
  record_.set_changed_event_count(static_cast<int64_t>(change_.changed.size()));
  batch_.Put(kCuration, Key().U64(revision_), record_.SerializeAsString());
  batch_.Put(kLog, Key().U64(revision_), change_.Encode());
  batch_.Put(kMeta, kHeadKey, counters_.Encode());
  return TakeRunsApart(db_, counters_.last_event, &batch_);
}

void CurationBatch::Publish(Vocabulary* words) const {
  for (const auto& [word, number] : new_words_) words->Add(number, word);
}

absl::StatusOr<int64_t> RetractionAsOf(const View& view, const std::string& article) {
  int64_t found = 0;
  const auto it = view.Scan(kCuration, "", "");
  for (it->SeekToFirst(); it->Valid() && ReadU64(it->key(), 0) <= view.revision(); it->Next()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    v1::CurationRecord record;
    if (!record.ParseFromArray(it->value().data(), static_cast<int>(it->value().size()))) {
      return DamagedRecord(kCuration, it->key());
    }
    const bool undone = record.undone_by_revision() != 0 &&
                        static_cast<uint64_t>(record.undone_by_revision()) <= view.revision();
    if (record.retract_article().article() == article && !undone) found = record.revision();
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return found;
}

absl::StatusOr<v1::ListCurationsResponse> ListCurations(const View& view,
                                                        const v1::ListCurationsRequest& request) {
  ENTENTE_ASSIGN_OR_RETURN(const size_t page_size, PageSize(request.page_size(), kPageSizeDefault));
  if (request.before_revision() < 0) {
    return InvalidArgument("before_revision must not be negative");
  }
  const std::string upper = request.before_revision() == 0
                                ? std::string()
                                : Key().U64(static_cast<uint64_t>(request.before_revision())).str();
  const auto it = view.Scan(kCuration, "", upper);
  v1::ListCurationsResponse response;
  for (it->SeekToLast(); it->Valid() && static_cast<size_t>(response.curations_size()) < page_size;
       it->Prev()) {
    ENTENTE_RETURN_IF_ERROR(view.Tick());
    if (!response.add_curations()->ParseFromArray(it->value().data(),
                                                  static_cast<int>(it->value().size()))) {
      return DamagedRecord(kCuration, it->key());
    }
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return response;
}

}  // namespace entente::graph
