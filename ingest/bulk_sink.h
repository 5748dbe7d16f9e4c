// Takes the rows of an import into a store through its bulk loader.
//
// Private to ingest: import_job.h is the front. Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_BULK_SINK_H_
#define ENTENTE_INGEST_BULK_SINK_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/bulk_loader.h"
#include "graph/store.h"
#include "ingest/import/code_map.h"
#include "ingest/import/imported_event.h"

namespace entente::ingest {

class BulkSink {
 public:
  // `codes` and the store behind `loader` must outlive the sink. `codes` may be null if every row
  // is kWhole.
  BulkSink(const CodeMap* codes, std::unique_ptr<graph::BulkLoader> loader)
      : codes_(codes), loader_(std::move(loader)) {}

  // REQUIRES: the row is not kWhole. INVALID_ARGUMENT: it is to be quarantined, the load goes on.
  // Any other error ends it.
  absl::Status Add(const ImportedRow& row);

  graph::BulkLoader& loader() { return *loader_; }

 private:
  absl::Status AddEvent(const ImportedEvent& event);

  // Of a kind: its handle, and those of its roles.
  struct KindHandles {
    graph::KindHandle kind = 0;
    graph::RoleHandle source_role = 0;
    graph::RoleHandle target_role = 0;
  };
  absl::StatusOr<KindHandles> HandlesOf(KindIndex kind);

  struct ActorHandles {
    graph::ActorHandle actor = 0;  // 0: not interned yet
    graph::ActorHandle state = 0;
  };
  absl::StatusOr<ActorHandles> HandlesOf(const ImportedParticipant& participant);

  const CodeMap* const codes_;
  std::unique_ptr<graph::BulkLoader> loader_;
  std::vector<KindHandles> kinds_;    // by KindIndex
  std::vector<ActorHandles> actors_;  // by ActorIndex
  std::vector<graph::BulkParticipant> participants_;
  graph::BulkEvent bulk_;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_BULK_SINK_H_
