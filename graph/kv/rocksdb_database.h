// The key-value seam on RocksDB 7.8, set up around what was measured of it:
//
// - Its own LOG file aborts the process on a full disk, so it gets a logger that drops everything.
// - The default recovery of the write-ahead log drops what follows a damaged record and says OK;
// the
//   mode used here refuses to open, and only tolerates a last record cut short by a crash.
// - A MANIFEST cut short opens short in every mode, and the tables that it no longer names are
// deleted.
//   So FileMark() records the MANIFEST's name, length and checksum, and Open compares them first.
// - No async_io, DeleteRange, secondary instances or atomic flush.
//
//   RocksDbOptions options;
//   options.path = "store/db";
//   options.families = {{.name = "events", .point_reads = true}};
//   options.create = true;
//   ENTENTE_ASSIGN_OR_RETURN(std::unique_ptr<Database> db, OpenRocksDb(options));
//
// No header of RocksDB is included here: each costs seconds a translation unit.
#ifndef ENTENTE_GRAPH_KV_ROCKSDB_DATABASE_H_
#define ENTENTE_GRAPH_KV_ROCKSDB_DATABASE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "graph/kv/database.h"

namespace entente::graph::kv {

struct RocksDbOptions {
  std::string path;  // the directory of RocksDB's files; its parent must exist
  std::vector<FamilyOptions> families;

  // Makes the database and families that are missing. Off for a database that should be there, so
  // that a lost CURRENT file is an error and not a new, empty database. Default: false.
  bool create = false;

  // Adds families that are missing to a database that is there. Default: false.
  bool add_families = false;

  // What FileMark() returned last; empty: nothing is known. Default: empty.
  std::string expected_mark;

  size_t cache_bytes = size_t{256} << 20;        // see StoreOptions
  size_t write_buffer_bytes = size_t{64} << 20;  // see StoreOptions
};

// Errors: FAILED_PRECONDITION (in use by another process), DATA_LOSS (damaged, or files are
// missing), RESOURCE_EXHAUSTED, PERMISSION_DENIED, UNAVAILABLE.
absl::StatusOr<std::unique_ptr<Database>> OpenRocksDb(const RocksDbOptions& options);

}  // namespace entente::graph::kv

#endif  // ENTENTE_GRAPH_KV_ROCKSDB_DATABASE_H_
