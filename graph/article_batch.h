// Turns one coded article into the one batch that stores it: checks it, gives numbers, finds the
// events that it repeats, and writes records, indexes and roll-ups together.
//
//   ArticleBatch batch(db, words, redirects, counters, &known_actors, NowMicros());
//   ENTENTE_RETURN_IF_ERROR(batch.Prepare(article, coded));
//   if (batch.already_stored()) return batch.response();
//   ENTENTE_RETURN_IF_ERROR(db->Write(batch.batch(), sync));
//   batch.Publish();                                   // new words, new counters
//
// Thread safety: one at a time, under the store's writer lock, since numbers and the search for
// repeated events need the last state.
#ifndef ENTENTE_GRAPH_ARTICLE_BATCH_H_
#define ENTENTE_GRAPH_ARTICLE_BATCH_H_

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"
#include "entente/v1/ingest.pb.h"
#include "graph/event_reports.h"
#include "graph/event_rows.h"
#include "graph/event_text.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/projection.h"
#include "graph/records.h"
#include "graph/redirects.h"
#include "graph/rollup.h"
#include "graph/vocabulary.h"

namespace entente::graph {

// Numbers of committed actors by id, so that an import does not look each up again. Bounded.
class ActorCache {
 public:
  ActorNumber Find(const std::string& id) const {
    const auto it = numbers_.find(id);
    return it == numbers_.end() ? 0 : it->second;
  }
  void Add(const std::string& id, ActorNumber number) {
    if (numbers_.size() >= kEntriesMax) numbers_.clear();
    numbers_[id] = number;
  }

 private:
  static constexpr size_t kEntriesMax = 200'000;
  std::unordered_map<std::string, ActorNumber> numbers_;
};

// The keys under which an article is recognised when it comes again.
std::vector<std::string> DedupeKeys(const v1::Article& article);

// The keys under which later copies of an article's text find it, in the dedupe family:
// 's' · band1 · hash4 · article8, a row for each band of near_duplicates.h.
std::vector<std::string> SimilarKeys(const v1::Article& article, ArticleNumber number);

class ArticleBatch {
 public:
  // All pointers must outlive this. `now_micros` is the time of collection and of the commit.
  ArticleBatch(const kv::Database* db, Vocabulary* words, const Redirects* redirects,
               const Counters& counters, ActorCache* actors, int64_t now_micros)
      : db_(db),
        words_(words),
        redirects_(redirects),
        counters_(counters),
        actors_(actors),
        now_micros_(now_micros),
        texts_(db, nullptr) {}

  // Errors: see Store::AddArticle. After an error nothing has changed.
  absl::Status Prepare(const v1::Article& article, const v1::CodedArticle& coded);

  // REQUIRES of all below: Prepare succeeded.
  bool already_stored() const { return already_stored_; }
  const kv::WriteBatch& batch() const { return batch_; }
  const Counters& counters() const { return counters_; }
  const v1::IngestArticleResponse& response() const { return response_; }
  // After the batch was written: makes new words and actors known in memory.
  void Publish();

 private:
  // An actor's record before this batch (empty: new) and after it.
  struct ActorUpdate {
    v1::Actor before;
    v1::Actor after;
  };
  struct Repeated {
    EventNumber number = 0;  // 0: the report is of a new event
    v1::Event event;
  };

  absl::Status FindStored(const v1::Article& article);
  absl::Status FindGroup();
  absl::StatusOr<std::vector<ArticleNumber>> SimilarArticles(const std::vector<uint32_t>& bands);
  absl::StatusOr<ActorNumber> InternActor(const v1::Actor& actor);
  absl::StatusOr<ActorNumber> NumberOf(const std::string& id);  // 0: not known
  void WriteActors();
  absl::Status PrepareEvent(const v1::Event& coded_event);
  absl::StatusOr<Repeated> FindImported(const std::string& source_key);
  absl::StatusOr<Repeated> FindRepeated(const std::string& event_key, const v1::Event& report);
  absl::StatusOr<bool> GroupReported(const Repeated& repeated);
  absl::StatusOr<ArticleNumber> GroupOf(ArticleNumber article);
  void StoreNew(EventNumber number, const v1::Event& report, const std::string& event_key,
                const Projection& projection, WordNumber type, EventText* text);
  absl::Status AddReport(const v1::Event& report, Repeated repeated, EventText* text_before,
                         EventText* text_after);
  absl::Status KeepFirstApart(EventNumber number, v1::Event* event);
  absl::StatusOr<EventRows> RowsOf(const v1::Event& event, const v1::Event* uncorrected);
  absl::StatusOr<std::vector<NumberedParticipant>> Number(const v1::Event& event);
  void WriteMentions(EventNumber number, const v1::Event& coded_event);
  Terms TermsOf(const v1::Event& coded_event) const;
  absl::Status WriteText(EventNumber number, EventText before, EventText after,
                         const v1::Event& coded_event);
  void WriteArticle();
  v1::Event Complete(const v1::Event& coded_event) const;
  WordNumber WordOf(std::string_view word);

  const kv::Database* db_;
  Vocabulary* words_;
  const Redirects* redirects_;
  Counters counters_;
  ActorCache* actors_;
  const int64_t now_micros_;
  EventTextReader texts_;

  v1::Article article_;
  ArticleNumber article_number_ = 0;
  ArticleNumber group_ = 0;            // of its copies; itself if it is none
  EventNumber last_event_before_ = 0;  // the batch
  int64_t report_time_micros_ = 0;
  kv::WriteBatch batch_;
  RollupDeltas deltas_;
  ArticleRecord record_;
  Change change_;
  std::map<std::string, WordNumber, std::less<>> new_words_;
  std::map<std::string, ActorNumber> batch_actors_;  // every actor that this article names
  std::map<ActorNumber, ActorUpdate> actor_updates_;
  std::set<EventNumber> touched_;
  bool already_stored_ = false;
  v1::IngestArticleResponse response_;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ARTICLE_BATCH_H_
