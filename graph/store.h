// The event graph on disk: articles, the events that they report, and the actors that take part,
// with the indexes and daily roll-ups that answer the EventGraph API without touching event bodies.
//
//   StoreOptions options;
//   options.path = "news.db";
//   options.create_if_missing = true;
//   ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<Store> store, Store::Open(options));
//   ENTENTE_ASSIGN_OR_RETURN(auto stored, store->AddArticle(article, coded));  // durable now
//   v1::ListEventsRequest request;
//   request.mutable_filter()->set_actor("PRK");
//   ENTENTE_ASSIGN_OR_RETURN(auto page, store->ListEvents(request));
//
// An event is found under every participant's actor and under the state for which the participant
// acts (Participant.country), so that the timeline of PRK includes what Kim Jong Un did. Which
// pairs it counts for is said in graph/projection.h, the bytes on disk in graph/keys.h and
// docs/storage_format.md.
//
// Dates: an event stands at the first day of its date; one without a date, at the day of its
// report. An actor argument is an id ("PRK"), a resource name ("actors/PRK"), or a name that
// exactly one actor has; INVALID_ARGUMENT lists the candidates if several do.
//
// Thread safety: every method may be called from any thread, except Close, which must be the last
// call. Writers queue up behind each other and share their fsyncs; readers never wait for them, and
// each call reads from one snapshot.
#ifndef ENTENTE_GRAPH_STORE_H_
#define ENTENTE_GRAPH_STORE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "entente/v1/actor.pb.h"
#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"
#include "entente/v1/event_graph.pb.h"
#include "entente/v1/ingest.pb.h"
#include "graph/bulk_loader.h"
#include "graph/stop.h"
#include "graph/timeline_page.h"

namespace entente::graph {

struct StoreOptions {
  // The store's directory. Required unless in_memory.
  std::string path;

  // Makes a new store if `path` does not exist or is an empty directory. Default: false.
  bool create_if_missing = false;

  // Keeps everything in memory and nothing after Close: for tests and dry runs. Default: false.
  bool in_memory = false;

  // Memory for blocks, indexes and filters read from disk, shared by all families. More serves more
  // queries without the disk. Default: 256 MiB.
  size_t cache_bytes = size_t{256} << 20;

  // Memory for writes that are not yet in table files, over all families. More makes imports faster
  // and a reopening after a crash slower. Default: 64 MiB.
  size_t write_buffer_bytes = size_t{64} << 20;

  // Writes are refused (RESOURCE_EXHAUSTED) while the file system has less free space than this, so
  // that compaction and reads go on on a nearly full disk. Default: 256 MiB.
  uint64_t free_space_reserve_bytes = uint64_t{256} << 20;

  // Index keys that one call may look at before it ends with RESOURCE_EXHAUSTED.
  // Default: 1,000,000.
  int64_t scan_limit_keys = 1'000'000;

  // How many events may have changed since the revision that an as-of read asks about, and how many
  // may have been added where it counts; beyond, it ends with RESOURCE_EXHAUSTED. Each takes about
  // 1 KB while the answer is kept. Default: 200,000.
  uint64_t as_of_limit_events = 200'000;
};

class Store {
 public:
  // Opens or creates a store. Errors:
  //   NOT_FOUND            no such directory, and create_if_missing is off
  //   FAILED_PRECONDITION  not a store; of another format (see Upgrade); in use by another process
  //   DATA_LOSS            files are damaged, or less is there than the head record promises
  //   PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNAVAILABLE   from the file system
  static absl::StatusOr<std::unique_ptr<Store>> Open(const StoreOptions& options);

  // Brings the store in options.path from format 3 or 4 to that of this program, in place: checks
  // it, notes what has to be made, takes the new format, and makes the families that format 3 did
  // not have. Killed at any moment, it can be called again; once the new format is taken, Open ends
  // the work as well. OK for a store that has the format already. From format 3 it takes as long as
  // reading every event once. Errors: as Open; FAILED_PRECONDITION for formats before 3.
  static absl::Status Upgrade(const StoreOptions& options);

  ~Store();  // closes, and drops the error of it
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Waits for writers, makes everything durable and lets go of the directory. Idempotent.
  absl::Status Close();

  // Stores `article` with what a coder made of it, in one atomic batch that is durable when the
  // call returns. Event ids are given here; coded.events must have none. An event that an earlier
  // article reported (same type and sub-type, same actors in the same roles, same date, compatible
  // status and place) is not stored twice: it gains mentions and, maybe, a new status. An article
  // with the same id, the same URL, or the same source and text is ALREADY_STORED: nothing changes,
  // and the response names the stored one with its events. Errors: INVALID_ARGUMENT (article.id
  // empty, coded.article another id, an event without type, date or participants, numbers out of
  // range, a limit below exceeded), RESOURCE_EXHAUSTED (disk), UNAVAILABLE (a write failed earlier;
  // reopen the store), DATA_LOSS.
  absl::StatusOr<v1::IngestArticleResponse> AddArticle(const v1::Article& article,
                                                       const v1::CodedArticle& coded);

  // Begins to take in events that somebody else coded, in bulk; see graph/bulk_loader.h. Until the
  // loader is finished or destroyed, which must be before Close, other writers get
  // FAILED_PRECONDITION, and so does a second call. INVALID_ARGUMENT (options), and the errors of a
  // store that cannot be written.
  absl::StatusOr<std::unique_ptr<BulkLoader>> StartBulkLoad(const BulkLoadOptions& options);

  // The reads: one for each method of v1.EventGraph, with the codes that its comment lists. All
  // validation of requests is here.
  // A request with as_of is answered as the store stood then; see v1.AsOf. The differences of the
  // last few revisions that were asked about are kept, so that the next page is cheap.
  absl::StatusOr<v1::Event> GetEvent(const v1::GetEventRequest& request,
                                     const Stop& stop = {}) const;

  // Rows that the filter rejects are skipped in the index; only rows on the page are read whole.
  absl::StatusOr<v1::ListEventsResponse> ListEvents(const v1::ListEventsRequest& request,
                                                    const Stop& stop = {}) const;

  // The same into `response`, which must be empty and may live on an arena, which
  // saves thousands of small allocations.
  absl::Status ListEvents(const v1::ListEventsRequest& request, v1::ListEventsResponse* response,
                          const Stop& stop = {}) const;

  // The same question, answered from the index alone, in a fraction of the time, by what it has of
  // each event. `request.include_mentions` is ignored; page tokens are those of ListEvents.
  absl::StatusOr<TimelinePage> ListTimeline(const v1::ListEventsRequest& request,
                                            const Stop& stop = {}) const;
  // Joins posting lists; see graph/text_search.h. Only events on the page are read.
  absl::StatusOr<v1::SearchEventsResponse> SearchEvents(const v1::SearchEventsRequest& request,
                                                        const Stop& stop = {}) const;

  // Calls `sink` with up to 256 events at a time, oldest first unless newest_first; a sink that
  // returns false ends the call with CANCELLED. No limit on scanned keys; memory does not grow.
  absl::Status StreamTimeline(const v1::ListEventsRequest& request,
                              const std::function<bool(v1::ListEventsResponse&&)>& sink,
                              const Stop& stop = {}) const;

  // Reads a roll-up row a day, by month and year one a whole month of the window, and no events.
  absl::StatusOr<v1::SummarizeTimelineResponse> SummarizeTimeline(
      const v1::SummarizeTimelineRequest& request, const Stop& stop = {}) const;

  // The same into `response`, which must be empty and may live on an arena.
  absl::Status SummarizeTimeline(const v1::SummarizeTimelineRequest& request,
                                 v1::SummarizeTimelineResponse* response,
                                 const Stop& stop = {}) const;

  absl::StatusOr<v1::Relationship> GetRelationship(const v1::GetRelationshipRequest& request,
                                                   const Stop& stop = {}) const;

  absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
      const v1::ListRelationshipsRequest& request, const Stop& stop = {}) const;

  absl::StatusOr<v1::FindPathResponse> FindPath(const v1::FindPathRequest& request,
                                                const Stop& stop = {}) const;

  // Searches and measures over the whole graph of actors that a filter leaves; see graph/paths.h,
  // graph/analytics.h and graph/communities.h. No limit on scanned keys.
  absl::StatusOr<v1::FindPathsResponse> FindPaths(const v1::FindPathsRequest& request,
                                                  const Stop& stop = {}) const;
  absl::StatusOr<v1::RankActorsResponse> RankActors(const v1::RankActorsRequest& request,
                                                    const Stop& stop = {}) const;
  absl::StatusOr<v1::FindCommunitiesResponse> FindCommunities(
      const v1::FindCommunitiesRequest& request, const Stop& stop = {}) const;

  absl::StatusOr<v1::SearchActorsResponse> SearchActors(const v1::SearchActorsRequest& request,
                                                        const Stop& stop = {}) const;

  absl::StatusOr<v1::Actor> GetActor(const v1::GetActorRequest& request,
                                     const Stop& stop = {}) const;
  absl::StatusOr<v1::Article> GetArticle(const v1::GetArticleRequest& request,
                                         const Stop& stop = {}) const;
  absl::StatusOr<v1::Stats> GetStats(const v1::GetStatsRequest& request) const;

  // A curator's act: one of the actions of v1.CurationRecord, of which only the action is read. It
  // is a revision of its own, durable when the call returns; the record comes back as it is kept.
  // Codes and limits: see service v1.Curation.
  absl::StatusOr<v1::CurationRecord> Curate(const v1::CurationRecord& act);

  // The acts, newest first. INVALID_ARGUMENT.
  absl::StatusOr<v1::ListCurationsResponse> ListCurations(const v1::ListCurationsRequest& request,
                                                          const Stop& stop = {}) const;

  // Durable commits after a revision, in order. INVALID_ARGUMENT.
  absl::StatusOr<v1::ListChangesResponse> ListChanges(const v1::ListChangesRequest& request,
                                                      const Stop& stop = {}) const;

  // Gives `sink` what was committed after request.after_revision and, with request.follow, every
  // later commit soon after it is durable, until the sink returns false (CANCELLED) or `stop` says
  // so. `request.page_size` is ignored.
  absl::Status WatchChanges(const v1::ListChangesRequest& request,
                            const std::function<bool(v1::ListChangesResponse&&)>& sink,
                            const Stop& stop = {}) const;

  // Deletes what only reads as of a revision before `revision` need; writers wait. After it those
  // reads are OUT_OF_RANGE. Returns the oldest revision that can be asked, which never goes back.
  // OUT_OF_RANGE: not committed yet.
  absl::StatusOr<uint64_t> ForgetHistory(uint64_t revision);
  // The same for what was committed before a moment: the last revision at or before it stays.
  absl::StatusOr<uint64_t> ForgetHistoryBefore(int64_t time_micros);

  // Recounts every index, roll-up and counter from the events and compares, and compares the head
  // record. OK, or DATA_LOSS that names the first differences; the others as for reads. Reads all.
  absl::Status Verify(const Stop& stop = {}) const;

  // Drops every index and roll-up and makes them again from events, mentions, actors and articles.
  // Writers wait. After a crash in the middle, the store says so when it is opened and does it
  // again.
  absl::Status Rebuild(const Stop& stop = {});

  // Merges all table files into their final, smallest form. Takes long on a large store.
  absl::Status Compact();

  // Makes a store in the directory `path`, which must not exist, that holds what is committed now.
  // Table files are hard links where `path` is on the same file system, so that it takes little
  // space and time; writers wait meanwhile. After a crash in the middle, `path` is missing; what
  // was begun is named `path`.unfinished, and the next attempt removes it. UNIMPLEMENTED in memory,
  // ALREADY_EXISTS, INVALID_ARGUMENT (within the store), RESOURCE_EXHAUSTED, UNAVAILABLE.
  absl::Status Backup(const std::string& path);

  // Makes the store `path` from a backup: copies it beside its place (`path`.unfinished), opens,
  // verifies and syncs the copy, and only then gives it its name, in one step of the file system.
  // `path` must not exist, unless `replace` is set: then it may be a store, sound or damaged, that
  // nobody has open, and is deleted once the copy has taken its place. After a crash `path` is what
  // it was or the whole copy. The backup is not changed. NOT_FOUND, ALREADY_EXISTS,
  // FAILED_PRECONDITION (not a backup, or one of an earlier format; not a store, or one in use, to
  // be replaced), INVALID_ARGUMENT (one lies within the other), DATA_LOSS (the backup is damaged),
  // UNIMPLEMENTED (a file system that cannot replace a directory in one step), and as Open.
  static absl::Status Restore(const std::string& backup, const std::string& path,
                              bool replace = false);

  // What the head record of a store or backup says, without opening it: revision, format, counts;
  // and the bytes of its files, hard links counted in full. Nothing else is checked. NOT_FOUND,
  // FAILED_PRECONDITION (not a store, or of a format that cannot even be upgraded), DATA_LOSS.
  static absl::StatusOr<v1::Stats> Describe(const std::string& path);

  // Limits of one article.
  static constexpr int kMaxEvents = 10'000;
  static constexpr int kMaxParticipants = 64;  // of one event
  static constexpr int kMaxMentions = 10'000;  // of one event in one article
  static constexpr int kMaxNames = 1'000;      // of one actor
  static constexpr size_t kMaxIdBytes = 512;   // of actor ids, article ids, roles, types
  static constexpr size_t kMaxNameBytes = 512;
  static constexpr size_t kMaxUrlBytes = 4096;

 private:
  class Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_STORE_H_
