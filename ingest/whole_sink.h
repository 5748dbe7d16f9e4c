// Takes events of Entente's own export into a store, with everything that they have: typed details,
// all participants, mentions with their words, status history.
//
// The store takes events by the article that reports them, so the events of a job are held in
// memory until the last was read, and are then stored article by article. Those without mentions go
// in groups under a made-up article.
//
// Private to ingest: import_job.h is the front. Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_WHOLE_SINK_H_
#define ENTENTE_INGEST_WHOLE_SINK_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "entente/v1/event.pb.h"
#include "graph/store.h"

namespace entente::ingest {

class WholeSink {
 public:
  struct Counts {
    int64_t events = 0;
    int64_t known_events = 0;
    int64_t mentions = 0;
    int64_t known_mentions = 0;
  };

  // `store` must outlive the sink.
  explicit WholeSink(graph::Store* store) : store_(store) {}

  // Keeps the event for Finish. INVALID_ARGUMENT: it is to be quarantined. RESOURCE_EXHAUSTED: more
  // than kMaxBytes of events. REQUIRES: it has a source_id.
  absl::Status Add(const v1::Event& event);

  // Stores everything. `stop` is asked between articles; true ends it with CANCELLED, and what is
  // stored stays. Errors: as Store::AddArticle.
  absl::Status Finish(const std::function<bool()>& stop);

  const Counts& counts() const { return counts_; }

  static constexpr size_t kMaxBytes = size_t{2} << 30;
  static constexpr size_t kGroup = 1000;  // events without mentions, to a made-up article

 private:
  absl::Status StoreArticle(const std::string& article, const std::vector<size_t>& events);

  graph::Store* const store_;
  std::vector<v1::Event> events_;
  std::unordered_set<std::string> source_ids_;
  size_t bytes_ = 0;
  std::map<std::string, std::vector<size_t>> by_article_;  // indices into events_
  std::vector<bool> stored_;                               // by event: under an earlier article
  Counts counts_;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_WHOLE_SINK_H_
