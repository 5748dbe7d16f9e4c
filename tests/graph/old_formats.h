// Stores of older formats, copied from a store of today, family by family, under a head record of
// theirs. Format 4 was that of today without runs of index rows (of which the store must have
// none), format 3 that without actor_month, pair_month and text.
#ifndef ENTENTE_TESTS_GRAPH_OLD_FORMATS_H_
#define ENTENTE_TESTS_GRAPH_OLD_FORMATS_H_

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "graph/families.h"
#include "graph/head_file.h"
#include "graph/keys.h"
#include "graph/kv/rocksdb_database.h"

namespace entente::graph {

inline absl::StatusOr<std::unique_ptr<kv::Database>> OpenFamilies(const std::string& store,
                                                                  size_t count, bool create) {
  kv::RocksDbOptions options;
  options.path = store + "/db";
  options.families = StoreFamilies();
  options.families.resize(count);
  options.create = create;
  return kv::OpenRocksDb(options);
}

// Makes the store `to`, which must not exist, of the closed store `from`.
inline absl::Status CopyAsFormat(uint32_t version, const std::string& from, const std::string& to) {
  const kv::Family families = version == kFormatWithoutMonths ? kActorMonth : kFamilyCount;
  std::filesystem::create_directories(to);
  ENTENTE_ASSIGN_OR_RETURN(const auto head, HeadFile::Open(from + "/HEAD"));
  ENTENTE_ASSIGN_OR_RETURN(const auto source, OpenFamilies(from, kFamilyCount, false));
  ENTENTE_ASSIGN_OR_RETURN(const auto target, OpenFamilies(to, families, true));
  for (kv::Family family = 0; family < families; ++family) {
    kv::WriteBatch rows;
    const auto it = source->NewIterator(family, "", "", nullptr);
    for (it->SeekToFirst(); it->Valid(); it->Next()) rows.Put(family, it->key(), it->value());
    ENTENTE_RETURN_IF_ERROR(it->status());
    ENTENTE_RETURN_IF_ERROR(target->Write(rows, /*sync=*/true));
  }
  target->StopBackgroundWork();
  HeadRecord record = head->record();
  record.format_version = version;
  ENTENTE_ASSIGN_OR_RETURN(record.file_mark, target->FileMark());
  return HeadFile::Create(to + "/HEAD", record);
}

}  // namespace entente::graph

#endif  // ENTENTE_TESTS_GRAPH_OLD_FORMATS_H_
