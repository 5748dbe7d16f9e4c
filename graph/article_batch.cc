#include "graph/article_batch.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "graph/actor_record.h"
#include "graph/check_input.h"
#include "graph/event_merge.h"
#include "graph/near_duplicates.h"
#include "graph/row_runs.h"
#include "graph/sha256.h"
#include "graph/store.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

// How many events with the same key, and different places, are looked at.
constexpr int kRepeatCandidatesMax = 64;

constexpr char kSimilarTag = 's';       // in the dedupe family
constexpr int kSimilarPerBandMax = 16;  // articles of a band that are counted
constexpr size_t kSimilarReadMax = 8;   // articles that are read and compared

std::string Normalized(const std::string& date) {
  return FormatDate(ParseDate(date).value_or(Date{}));
}

void CompleteDate(Date report_day, v1::EventDate* date) {
  if (date->start().empty()) {
    date->set_start(FormatDate(report_day));
    date->set_end(FormatDate(report_day));
    date->set_precision(v1::DAY);
    date->set_inferred(true);
    return;
  }
  date->set_start(Normalized(date->start()));
  date->set_end(date->end().empty() ? date->start() : Normalized(date->end()));
  if (date->precision() == v1::DATE_PRECISION_UNSPECIFIED) {
    date->set_precision(date->start() == date->end() ? v1::DAY : v1::INTERVAL);
  }
}

// What the store says and the coder does not.
void ClearOutputOnly(v1::Event* event) {
  event->clear_article_count();
  event->clear_independent_count();
  event->clear_corrections();
  event->clear_retracted_revision();
  event->clear_origin();
  for (v1::Participant& participant : *event->mutable_participants()) {
    participant.clear_coded_actor();
  }
}

}  // namespace

std::vector<std::string> DedupeKeys(const v1::Article& article) {
  std::vector<std::string> keys = {Key(kIdTag).Text(article.id()).str()};
  if (!article.url().empty()) keys.push_back(Key(kUrlTag).Text(article.url()).str());
  if (!article.text().empty()) {
    const Key content = Key().Text(article.source()).Zero().Text(article.title()).Zero();
    keys.push_back(Key(kContentTag).Text(Sha256(content.str() + article.text())).str());
  }
  return keys;
}

std::vector<std::string> SimilarKeys(const v1::Article& article, ArticleNumber number) {
  std::vector<std::string> keys;
  const std::vector<uint32_t> bands = BandsOf(ShinglesOf(article.text()));
  for (size_t band = 0; band < bands.size(); ++band) {
    keys.push_back(
        Key(kSimilarTag).U8(static_cast<uint8_t>(band)).U32(bands[band]).U64(number).str());
  }
  return keys;
}

absl::Status ArticleBatch::Prepare(const v1::Article& article, const v1::CodedArticle& coded) {
  ENTENTE_RETURN_IF_ERROR(CheckInput(article, coded));
  ENTENTE_RETURN_IF_ERROR(FindStored(article));
  if (already_stored_) return absl::OkStatus();

  article_ = article;
  if (article_.collect_time_micros() == 0) article_.set_collect_time_micros(now_micros_);
  if (!article_.publish_date().empty()) {
    article_.set_publish_date(Normalized(article_.publish_date()));
  }
  article_.set_content_hash(Sha256(article_.text()));
  report_time_micros_ = article_.publish_date().empty()
                            ? article_.collect_time_micros()
                            : ParseDate(article_.publish_date())->Micros();
  article_.clear_copy_of();
  article_.clear_retracted_revision();
  last_event_before_ = counters_.last_event;
  article_number_ = ++counters_.last_article;
  group_ = article_number_;
  ENTENTE_RETURN_IF_ERROR(FindGroup());
  for (const v1::Actor& actor : coded.actors()) {
    ENTENTE_RETURN_IF_ERROR(InternActor(actor).status());
  }
  for (const v1::Event& event : coded.events()) ENTENTE_RETURN_IF_ERROR(PrepareEvent(event));
  WriteActors();
  deltas_.MergeInto(&batch_);
  WriteArticle();
  return TakeRunsApart(*db_, last_event_before_, &batch_);
}

void ArticleBatch::WriteArticle() {
  ++counters_.revision;
  ++counters_.article_count;
  record_.article = article_;
  record_.group = group_;
  batch_.Put(kArticle, Key().U64(article_number_), record_.Encode());
  for (const std::string& key : DedupeKeys(article_)) {
    batch_.Put(kDedupe, key, Key().U64(article_number_));
  }
  for (const std::string& key : SimilarKeys(article_, article_number_)) {
    batch_.Put(kDedupe, key, "");
  }
  for (const auto& [word, number] : new_words_) {
    batch_.Put(kMeta, Key(kWordTag).Text(word), Key().U32(number));
  }
  change_.article = article_number_;
  change_.last_event = counters_.last_event;
  change_.last_actor = counters_.last_actor;
  change_.last_article = counters_.last_article;
  change_.commit_time_micros = now_micros_;
  batch_.Put(kLog, Key().U64(counters_.revision), change_.Encode());
  batch_.Put(kMeta, kHeadKey, counters_.Encode());

  response_.set_article(article_.id());
  response_.set_outcome(v1::STORED);
  for (const EventNumber event : record_.events) response_.add_event_ids(std::to_string(event));
  response_.set_new_event_count(static_cast<int32_t>(change_.created_count));
  response_.set_revision(static_cast<int64_t>(counters_.revision));
}

absl::Status ArticleBatch::FindStored(const v1::Article& article) {
  for (const std::string& key : DedupeKeys(article)) {
    ENTENTE_ASSIGN_OR_RETURN(const auto number, db_->Get(kDedupe, key, nullptr));
    if (!number) continue;
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kArticle, *number, nullptr));
    ArticleRecord stored;
    if (!bytes || !stored.Decode(*bytes)) return DamagedRecord(kArticle, *number);
    already_stored_ = true;
    response_.set_article(stored.article.id());
    response_.set_outcome(v1::ALREADY_STORED);
    for (const EventNumber event : stored.events) {
      response_.add_event_ids(std::to_string(event));
    }
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

// The articles that share most bands, of which the first ones are worth a closer look.
absl::StatusOr<std::vector<ArticleNumber>> ArticleBatch::SimilarArticles(
    const std::vector<uint32_t>& bands) {
  std::map<ArticleNumber, int> shared;
  for (size_t band = 0; band < bands.size(); ++band) {
    const std::string prefix =
        Key(kSimilarTag).U8(static_cast<uint8_t>(band)).U32(bands[band]).str();
    const auto it = db_->NewIterator(kDedupe, prefix, PrefixEnd(prefix), nullptr);
    int seen = 0;
    // The newest first: copies come soon.
    for (it->SeekToLast(); it->Valid() && seen < kSimilarPerBandMax; it->Prev(), ++seen) {
      if (it->key().size() != prefix.size() + 8) return DamagedRecord(kDedupe, it->key());
      ++shared[ReadU64(it->key(), prefix.size())];
    }
    ENTENTE_RETURN_IF_ERROR(it->status());
  }
  std::vector<std::pair<int, ArticleNumber>> ranked;
  for (const auto& [article, count] : shared) ranked.emplace_back(-count, article);
  std::sort(ranked.begin(), ranked.end());
  std::vector<ArticleNumber> out;
  for (size_t i = 0; i < ranked.size() && i < kSimilarReadMax; ++i) out.push_back(ranked[i].second);
  return out;
}

// Joins the group of the article of which this one is a near copy, if there is one.
absl::Status ArticleBatch::FindGroup() {
  const std::vector<uint64_t> shingles = ShinglesOf(article_.text());
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<ArticleNumber> similar,
                           SimilarArticles(BandsOf(shingles)));
  const Date day = Date::FromMicros(report_time_micros_);
  for (const ArticleNumber number : similar) {
    const std::string key = Key().U64(number).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kArticle, key, nullptr));
    ArticleRecord other;
    if (!bytes || !other.Decode(*bytes)) return DamagedRecord(kArticle, key);
    const Date other_day = other.article.publish_date().empty()
                               ? Date::FromMicros(other.article.collect_time_micros())
                               : ParseDate(other.article.publish_date()).value_or(Date{});
    if (std::abs(day.days - other_day.days) > kCopyDays) continue;
    if (Containment(shingles, ShinglesOf(other.article.text())) < kCopyContainment) continue;
    group_ = other.group;
    const bool is_first = other.article.copy_of().empty();
    article_.set_copy_of(is_first ? other.article.id() : other.article.copy_of());
    break;
  }
  return absl::OkStatus();
}

WordNumber ArticleBatch::WordOf(std::string_view word) {
  if (word.empty()) return 0;
  if (const WordNumber known = words_->Find(word); known != 0) return known;
  const auto it = new_words_.find(word);
  if (it != new_words_.end()) return it->second;
  const auto number = static_cast<WordNumber>(++counters_.last_word);
  new_words_.emplace(word, number);
  return number;
}

absl::StatusOr<ActorNumber> ArticleBatch::NumberOf(const std::string& id) {
  if (const auto it = batch_actors_.find(id); it != batch_actors_.end()) return it->second;
  ActorNumber number = actors_->Find(id);
  if (number == 0) {
    const std::string key = Key(kIdTag).Text(id).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto value, db_->Get(kName, key, nullptr));
    if (!value) return ActorNumber{0};
    if (value->size() != 8) return DamagedRecord(kName, key);
    number = ReadU64(*value, 0);
  }
  batch_actors_[id] = number;
  return number;
}

absl::StatusOr<ActorNumber> ArticleBatch::InternActor(const v1::Actor& actor) {
  ENTENTE_ASSIGN_OR_RETURN(ActorNumber number, NumberOf(actor.id()));
  if (number == 0) {
    number = ++counters_.last_actor;
    batch_actors_[actor.id()] = number;
    actor_updates_[number].after = NewActor(actor);
    return number;
  }
  const auto [update, inserted] = actor_updates_.try_emplace(number);
  if (inserted) {
    const std::string key = Key().U64(number).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kActor, key, nullptr));
    v1::Actor& before = update->second.before;
    if (!bytes || !before.ParseFromString(*bytes)) return DamagedRecord(kActor, key);
    update->second.after = before;
  }
  MergeActor(actor, &update->second.after);
  return number;
}

void ArticleBatch::WriteActors() {
  for (const auto& [number, update] : actor_updates_) {
    PutActorRows(number, update.before, update.after, &batch_);
  }
}

absl::StatusOr<std::vector<NumberedParticipant>> ArticleBatch::Number(const v1::Event& event) {
  std::vector<NumberedParticipant> out;
  for (const v1::Participant& participant : event.participants()) {
    NumberedParticipant numbered;
    numbered.side = participant.side();
    ENTENTE_ASSIGN_OR_RETURN(numbered.actor, NumberOf(participant.actor()));
    if (numbered.actor == 0) {
      v1::Actor minted;
      minted.set_id(participant.actor());
      minted.set_kind(participant.kind());
      minted.set_display_name(participant.display_name());
      minted.set_country(participant.country());
      minted.set_discovered(true);
      ENTENTE_ASSIGN_OR_RETURN(numbered.actor, InternActor(minted));
    }
    if (!participant.country().empty()) {
      ENTENTE_ASSIGN_OR_RETURN(numbered.state, NumberOf(participant.country()));
      if (numbered.state == 0) {
        v1::Actor state;
        state.set_id(participant.country());
        state.set_kind(v1::STATE);
        state.set_country(participant.country());
        ENTENTE_ASSIGN_OR_RETURN(numbered.state, InternActor(state));
      }
    }
    numbered.actor = redirects_->Resolve(numbered.actor);
    numbered.state = redirects_->Resolve(numbered.state);
    out.push_back(numbered);
  }
  return out;
}

v1::Event ArticleBatch::Complete(const v1::Event& coded_event) const {
  v1::Event event = coded_event;
  event.clear_mentions();
  ClearOutputOnly(&event);
  CompleteDate(Date::FromMicros(report_time_micros_), event.mutable_date());
  event.set_goldstein(IntensityOf(IntensityMilli(event.goldstein())));
  event.set_confidence(ConfidenceOf(ConfidenceSteps(event.confidence())));
  if (event.report_time_micros() == 0) event.set_report_time_micros(report_time_micros_);
  if (event.status_history().empty()) event.add_status_history()->set_status(event.status());
  for (v1::StatusReport& report : *event.mutable_status_history()) {
    if (report.report_time_micros() == 0) report.set_report_time_micros(report_time_micros_);
    if (report.article().empty()) report.set_article(article_.id());
  }
  NormalizeHistory(&event);
  return event;
}

absl::StatusOr<ArticleBatch::Repeated> ArticleBatch::FindImported(const std::string& source_key) {
  Repeated repeated;
  ENTENTE_ASSIGN_OR_RETURN(const auto number, db_->Get(kSource, source_key, nullptr));
  if (!number) return repeated;
  if (number->size() != 8) return DamagedRecord(kSource, source_key);
  repeated.number = ReadU64(*number, 0);
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kEvent, *number, nullptr));
  if (!bytes) return DamagedRecord(kEvent, *number);
  ENTENTE_RETURN_IF_ERROR(
      words_->imports().Decode(*db_, nullptr, repeated.number, *bytes, &repeated.event));
  return repeated;
}

absl::StatusOr<ArticleBatch::Repeated> ArticleBatch::FindRepeated(const std::string& event_key,
                                                                  const v1::Event& report) {
  const auto it = db_->NewIterator(kEventKey, event_key, PrefixEnd(event_key), nullptr);
  int seen = 0;
  Repeated first;
  for (it->SeekToFirst(); it->Valid() && seen < kRepeatCandidatesMax; it->Next()) {
    if (it->key().size() != event_key.size() + 8) continue;  // a longer key with this beginning
    ++seen;
    Repeated repeated;
    repeated.number = ReadU64(it->key(), event_key.size());
    if (touched_.contains(repeated.number)) continue;
    const std::string key = Key().U64(repeated.number).str();
    ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kEvent, key, nullptr));
    if (!bytes) return DamagedRecord(kEvent, key);
    ENTENTE_RETURN_IF_ERROR(
        words_->imports().Decode(*db_, nullptr, repeated.number, *bytes, &repeated.event));
    if (!PlacesAgree(repeated.event, report)) continue;
    // What a curator took apart stays apart: a copy follows the article that it is a copy of.
    const bool is_copy = group_ != article_number_;
    if (!is_copy) return repeated;
    ENTENTE_ASSIGN_OR_RETURN(const bool same_group, GroupReported(repeated));
    if (same_group) return repeated;
    if (first.number == 0) first = std::move(repeated);
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return first;
}

// True if a copy of this article reports the event already.
absl::StatusOr<bool> ArticleBatch::GroupReported(const Repeated& repeated) {
  if (repeated.event.origin() != 0) {
    ENTENTE_ASSIGN_OR_RETURN(const ArticleNumber group, GroupOf(repeated.event.origin()));
    return group == group_;
  }
  const std::string prefix = Key().U64(repeated.number).U64(group_).str();
  const auto it = db_->NewIterator(kReport, prefix, PrefixEnd(prefix), nullptr);
  Report report;
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (!report.Decode(it->value())) return DamagedRecord(kReport, it->key());
    if (!report.retracted) return true;
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return false;
}

absl::StatusOr<ArticleNumber> ArticleBatch::GroupOf(ArticleNumber article) {
  const std::string key = Key().U64(article).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_->Get(kArticle, key, nullptr));
  ArticleRecord record;
  if (!bytes || !record.Decode(*bytes)) return DamagedRecord(kArticle, key);
  return record.group;
}

absl::Status ArticleBatch::PrepareEvent(const v1::Event& coded_event) {
  const v1::Event report = Complete(coded_event);
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<NumberedParticipant> participants, Number(report));
  EventKeyParts parts;
  parts.type = WordOf(report.type());
  parts.subtype = WordOf(report.subtype());
  for (int i = 0; i < report.participants_size(); ++i) {
    parts.roles.emplace_back(WordOf(report.participants(i).role()), participants[i].actor);
  }
  const bool imported = !report.source_id().empty();
  const std::string event_key = imported ? SourceKey(report.source_id()) : EventKey(report, parts);
  ENTENTE_ASSIGN_OR_RETURN(Repeated repeated,
                           imported ? FindImported(event_key) : FindRepeated(event_key, report));
  EventNumber number = repeated.number;
  EventText text_before, text_after;
  if (number == 0) {
    number = ++counters_.last_event;
    ++counters_.event_count;
    ++change_.created_count;
    StoreNew(number, report, event_key, Project(participants), parts.type, &text_after);
  } else {
    change_.changed.push_back(number);
    ENTENTE_RETURN_IF_ERROR(AddReport(report, std::move(repeated), &text_before, &text_after));
  }
  ENTENTE_RETURN_IF_ERROR(
      WriteText(number, std::move(text_before), std::move(text_after), coded_event));
  WriteMentions(number, coded_event);
  touched_.insert(number);
  record_.events.push_back(number);
  return absl::OkStatus();
}

void ArticleBatch::StoreNew(EventNumber number, const v1::Event& report,
                            const std::string& event_key, const Projection& projection,
                            WordNumber type, EventText* text) {
  const EventRow row = RowOf(report, type);
  PutEventKey(report, event_key, number, &batch_);
  deltas_.Add(DayOf(report), row, projection, +1);
  PutIndexRows(number, DayOf(report), row, projection, &batch_);
  v1::Event event = report;
  event.set_article_count(1);
  event.set_independent_count(1);
  event.set_origin(static_cast<int64_t>(article_number_));
  batch_.Put(kEvent, Key().U64(number), event.SerializeAsString());
  text->counts = true;
  text->time_micros = report.report_time_micros();
  text->row = {DayOf(report), row};
}

absl::Status ArticleBatch::AddReport(const v1::Event& report, Repeated repeated,
                                     EventText* text_before, EventText* text_after) {
  ENTENTE_ASSIGN_OR_RETURN(const bool same_group, GroupReported(repeated));
  OldVersion old;
  old.event = repeated.event;
  batch_.Put(kHistory, Key().U64(counters_.revision + 1).U64(repeated.number), old.Encode());

  KeptReport kept{group_, article_number_, {false, report}};
  v1::Event event = repeated.event;
  ENTENTE_RETURN_IF_ERROR(KeepFirstApart(repeated.number, &event));
  EventRows before, after;
  // An imported event that was retracted is found by its source_id, and comes back.
  const bool retracted = event.retracted_revision() != 0;
  if (retracted) ++counters_.event_count;
  const bool corrected = event.corrections_size() > 0 || retracted;
  if (corrected) {
    ENTENTE_ASSIGN_OR_RETURN(std::vector<KeptReport> reports,
                             ReadReports(*db_, nullptr, repeated.number));
    const v1::Event said_before = retracted ? v1::Event() : Fold(reports);
    reports.push_back(kept);
    const v1::Event said = Fold(reports);
    event = said;
    ApplyCorrections(repeated.event.corrections(), &event);
    ENTENTE_ASSIGN_OR_RETURN(before, RowsOf(repeated.event, &said_before));
    ENTENTE_ASSIGN_OR_RETURN(after, RowsOf(event, &said));
  } else {
    MergeReport(report, &event);
    event.set_article_count(event.article_count() + 1);
    event.set_independent_count(event.independent_count() + (same_group ? 0 : 1));
    ENTENTE_ASSIGN_OR_RETURN(before, RowsOf(repeated.event, nullptr));
    ENTENTE_ASSIGN_OR_RETURN(after, RowsOf(event, nullptr));
  }
  if (corrected || before.row != after.row) {
    ReplaceEventRows(repeated.number, before, after, &batch_, &deltas_);
  }
  batch_.Put(kReport, ReportKey(repeated.number, kept), kept.report.Encode());
  batch_.Put(kEvent, Key().U64(repeated.number), event.SerializeAsString());
  *text_before = EventText::HeadOf(repeated.event, before);
  *text_after = EventText::HeadOf(event, after);
  return absl::OkStatus();
}

// From its second report on, the reports of an event are kept beside it.
absl::Status ArticleBatch::KeepFirstApart(EventNumber number, v1::Event* event) {
  KeptReport first;
  if (event->origin() != 0) {
    first.article = static_cast<ArticleNumber>(event->origin());
    ENTENTE_ASSIGN_OR_RETURN(first.group, GroupOf(first.article));
  } else {
    // Neither an origin nor reports: it was imported without an article.
    const std::string prefix = Key().U64(number).str();
    const auto it = db_->NewIterator(kReport, prefix, PrefixEnd(prefix), nullptr);
    it->SeekToFirst();
    ENTENTE_RETURN_IF_ERROR(it->status());
    if (it->Valid()) return absl::OkStatus();
    event->set_article_count(1);
    event->set_independent_count(1);
  }
  first.report.event = OwnReport(*event);
  batch_.Put(kReport, ReportKey(number, first), first.report.Encode());
  event->clear_origin();
  return absl::OkStatus();
}

absl::StatusOr<EventRows> ArticleBatch::RowsOf(const v1::Event& event,
                                               const v1::Event* uncorrected) {
  return MakeEventRows(
      event, uncorrected, [this](std::string_view word) { return WordOf(word); },
      [this](const std::string& id) -> absl::StatusOr<ActorNumber> {
        ENTENTE_ASSIGN_OR_RETURN(const ActorNumber number, NumberOf(id));
        return redirects_->Resolve(number);
      });
}

// What this article says of the event.
Terms ArticleBatch::TermsOf(const v1::Event& coded_event) const {
  if (coded_event.mentions().empty()) return {};
  std::vector<std::string_view> sentences;
  for (const v1::Mention& mention : coded_event.mentions()) {
    sentences.push_back(mention.sentence_text());
  }
  return texts_.indexer().Index(article_.title(), sentences);
}

absl::Status ArticleBatch::WriteText(EventNumber number, EventText before, EventText after,
                                     const v1::Event& coded_event) {
  Terms terms = TermsOf(coded_event);
  const bool is_new = !before.counts && number > last_event_before_;
  if (!is_new && before.SamePlace(after)) {
    ENTENTE_RETURN_IF_ERROR(UpdateTextRow(*db_, number, before, after, &batch_));
  } else if (!is_new) {  // an earlier publication date, or it comes back: all postings move
    ENTENTE_ASSIGN_OR_RETURN(before.reports, texts_.Read(number));
    after.reports = before.reports;
    if (!terms.empty()) after.reports[article_number_] = std::move(terms);
    ReplaceEventText(number, before, after, &batch_);
    return absl::OkStatus();
  }
  if (terms.empty()) return absl::OkStatus();
  after.reports[article_number_] = std::move(terms);
  after.Put(number, &batch_);
  return absl::OkStatus();
}

void ArticleBatch::WriteMentions(EventNumber number, const v1::Event& coded_event) {
  for (int i = 0; i < coded_event.mentions_size(); ++i) {
    v1::Mention mention = coded_event.mentions(i);
    mention.set_article(article_.id());
    mention.clear_explanation();
    if (mention.report_time_micros() == 0) mention.set_report_time_micros(report_time_micros_);
    batch_.Put(kMention, Key().U64(number).U64(article_number_).U32(static_cast<uint32_t>(i)),
               mention.SerializeAsString());
    ++counters_.mention_count;
  }
}

void ArticleBatch::Publish() {
  for (const auto& [word, number] : new_words_) words_->Add(number, word);
  for (const auto& [id, number] : batch_actors_) actors_->Add(id, number);
  for (const auto& [number, update] : actor_updates_) {
    words_->imports().NoteActor(number, update.after);
  }
}

}  // namespace entente::graph
