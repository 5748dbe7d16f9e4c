// What a bulk loader needs of the store that it loads into.
//
// Thread safety: the methods may be called from the loader's thread while readers read.
#ifndef ENTENTE_GRAPH_BULK_HOST_H_
#define ENTENTE_GRAPH_BULK_HOST_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "graph/bulk_loader.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/redirects.h"
#include "graph/vocabulary.h"

namespace entente::graph {

class BulkHost {
 public:
  virtual ~BulkHost() = default;
  virtual const kv::Database& database() const = 0;
  virtual Vocabulary* vocabulary() = 0;
  virtual Counters counters() const = 0;
  // Merges of actors; they do not change while the loader lives.
  virtual const Redirects& redirects() const = 0;
  // The time to put into the next commit's record in the log.
  virtual int64_t CommitTime() const = 0;

  // Writes a checkpoint and makes it durable; `after` are the counters that it contains. After
  // RESOURCE_EXHAUSTED nothing is written and it may be tried again.
  virtual absl::Status Commit(std::vector<kv::SortedRows> rows, int threads,
                              const Counters& after) = 0;

  // Lets other writers in again.
  virtual void EndBulkLoad() = 0;
};

// REQUIRES: `host` outlives the loader and has no other writer until EndBulkLoad, which the loader
// calls in Finish or when it is destroyed. INVALID_ARGUMENT (options), DATA_LOSS; EndBulkLoad was
// not called then.
absl::StatusOr<std::unique_ptr<BulkLoader>> MakeBulkLoader(BulkHost* host,
                                                           const BulkLoadOptions& options);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_BULK_HOST_H_
