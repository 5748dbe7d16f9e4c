// Turns one act of a curator into the one batch that stores it: merges and splits of actors, names,
// corrections, retractions, detached reports, and taking any of them back.
//
//   CurationBatch batch(db, words, redirects, counters, now);
//   ENTENTE_RETURN_IF_ERROR(batch.Prepare(act));
//   ENTENTE_RETURN_IF_ERROR(db->Write(batch.batch(), sync));
//   batch.Publish(words);                               // new words; then redirects(), counters()
//
// An event is a function of its reports, the corrections in force, and the merges of actors (see
// event_reports.h): each act changes one of the three, and the event is made again from them. So
// acts can be taken back in any order.
//
// Thread safety: one at a time, under the store's writer lock.
#ifndef ENTENTE_GRAPH_CURATION_H_
#define ENTENTE_GRAPH_CURATION_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/curation.pb.h"
#include "graph/event_reports.h"
#include "graph/event_rows.h"
#include "graph/event_text.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/redirects.h"
#include "graph/view.h"
#include "graph/vocabulary.h"

namespace entente::graph {

class CurationBatch {
 public:
  // All pointers must outlive this. `now_micros` is the time of the commit.
  CurationBatch(const kv::Database* db, const Vocabulary* words, const Redirects* redirects,
                const Counters& counters, int64_t now_micros)
      : db_(*db),
        words_(*words),
        before_(*redirects),
        after_(*redirects),
        counters_(counters),
        revision_(counters.revision + 1),
        now_micros_(now_micros),
        texts_(db, nullptr) {}

  // Codes: see service v1.Curation. After an error nothing has changed.
  absl::Status Prepare(const v1::CurationRecord& act);

  // REQUIRES of all below: Prepare succeeded.
  const kv::WriteBatch& batch() const { return batch_; }
  const Counters& counters() const { return counters_; }
  const v1::CurationRecord& record() const { return record_; }
  // Merges as they stand after the act.
  const Redirects& redirects() const { return after_; }
  bool changes_redirects() const { return changes_redirects_; }
  // After the batch was written: makes new words known in memory.
  void Publish(Vocabulary* words) const;

 private:
  // An event that changes.
  struct Edit {
    bool is_new = false;
    v1::Event record;                 // before
    std::vector<KeptReport> before;   // its reports, kept apart or not
    std::vector<KeptReport> reports;  // after
    google::protobuf::RepeatedPtrField<v1::Correction> corrections;  // after
    bool mentions_move = false;
    std::vector<OldVersion::OldMention> mentions;        // before, if they move
    std::vector<OldVersion::OldMention> mentions_after;  // likewise
  };
  struct ActorEdit {
    v1::Actor before;
    v1::Actor after;
  };
  struct Found {
    ArticleNumber number = 0;
    ArticleRecord record;
  };

  absl::Status Dispatch();
  absl::Status MergeActors(v1::MergeActorsRequest* act);
  absl::Status SplitActor(v1::SplitActorRequest* act);
  absl::Status EditNames(v1::EditNamesRequest* act);
  absl::Status CorrectEvent(v1::CorrectEventRequest* act);
  absl::Status RetractArticle(v1::RetractArticleRequest* act);
  absl::Status DetachReport(v1::DetachReportRequest* act);
  absl::Status Undo(const v1::UndoRequest& act);
  absl::Status UndoMerge(const v1::CurationRecord& done);
  absl::Status UndoSplit(const v1::CurationRecord& done);
  absl::Status UndoNames(const v1::EditNamesRequest& done);
  absl::Status UndoRetraction(const v1::RetractArticleRequest& done);
  absl::Status UndoDetach(const v1::CurationRecord& done);
  absl::Status DropCorrection(const std::string& event_id, int64_t revision);

  absl::Status CheckCorrection(v1::CorrectEventRequest* act);
  absl::Status CheckParticipants(v1::Event* values);
  absl::Status SetMerges(std::vector<Redirects::Merge> merges, ActorNumber counted_for);
  absl::Status Reproject(EventNumber event);
  absl::Status MoveReport(EventNumber from, EventNumber to, ArticleNumber article);

  absl::StatusOr<Edit*> Load(const std::string& event_id);
  absl::StatusOr<Edit*> LoadEvent(EventNumber event);
  absl::Status LoadMentions(EventNumber event, Edit* edit);
  absl::StatusOr<ActorEdit*> LoadActor(const std::string& id);
  absl::StatusOr<Found> FindArticle(const std::string& id) const;
  absl::StatusOr<v1::Event> ReadEvent(EventNumber event) const;
  absl::StatusOr<ActorNumber> NumberOf(const std::string& id);
  WordNumber WordOf(std::string_view word);
  absl::StatusOr<EventRows> RowsOf(const v1::Event& event, const std::vector<KeptReport>& reports,
                                   const Redirects& redirects);

  v1::Correction NewCorrection(const v1::Curator& curator) const;
  v1::Event Made(const Edit& edit) const;
  void PutArticle(const Found& found);
  absl::Status WriteEdit(EventNumber number, const Edit& edit);
  absl::Status WriteText(EventNumber number, const Edit& edit, EventText before, EventText after);
  void WriteActor(ActorNumber number, const ActorEdit& edit);
  absl::Status Write();

  const kv::Database& db_;
  const Vocabulary& words_;
  const Redirects before_;
  Redirects after_;
  Counters counters_;
  const uint64_t revision_;
  const int64_t now_micros_;
  EventTextReader texts_;

  v1::CurationRecord record_;
  bool changes_redirects_ = false;
  kv::WriteBatch batch_;
  RollupDeltas deltas_;
  Change change_;
  std::map<EventNumber, Edit> edits_;
  std::map<ActorNumber, ActorEdit> actors_;
  std::map<std::string, ActorNumber> numbers_;  // unmerged, by id
  std::map<std::string, WordNumber, std::less<>> new_words_;
};

// The act that had retracted an article, and was not taken back, by the view's revision; 0: none.
// Reads all acts.
absl::StatusOr<int64_t> RetractionAsOf(const View& view, const std::string& article);

// The acts of a page, newest first. INVALID_ARGUMENT.
absl::StatusOr<v1::ListCurationsResponse> ListCurations(const View& view,
                                                        const v1::ListCurationsRequest& request);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_CURATION_H_
