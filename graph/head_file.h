// The head record: how much the store holds for certain, kept outside RocksDB because RocksDB can
// open with data missing and say OK (see kv/rocksdb_database.h). Store::Open compares the two: a
// database that is behind its head record has lost acknowledged writes.
//
// The file has two slots of 512 bytes, at offsets 0 and 4096 (no disk writes both at once), written
// in turn and fsynced, so that a write cut short by a crash leaves the other slot whole. A slot:
//
//   offset 0     "ENTENTE\n"  magic, 8 bytes
//          8     format version, 4 big-endian
//         12     1 if the database was made, else 0
//         13     length of the text, 2 big-endian; then the text:
//                  Counters as bytes, preceded by their length in 1 byte, and the file mark
//        508     CRC-32C of the 508 bytes before it, 4 big-endian
//
//   ENTENTE_ASSIGN_OR_RETURN(HeadFile head, HeadFile::Open("store/HEAD"));
//   ENTENTE_RETURN_IF_ERROR(head.Write(record));       // durable when it returns
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_GRAPH_HEAD_FILE_H_
#define ENTENTE_GRAPH_HEAD_FILE_H_

#include <memory>
#include <string>
#include <string_view>

#include "base/status.h"
#include "graph/records.h"

namespace entente::graph {

struct HeadRecord {
  uint32_t format_version = kFormatVersion;  // or an older one, of what Decode read
  bool database_made = false;  // false between the making of the directory and that of the database
  Counters counters;
  std::string file_mark;  // kv::Database::FileMark()

  std::string Encode() const;  // one slot; empty if the record does not fit
  // FAILED_PRECONDITION: another format version; DATA_LOSS: not what Encode wrote.
  static absl::StatusOr<HeadRecord> Decode(std::string_view slot);
};

class HeadFile {
 public:
  // Makes the file with `record`. REQUIRES: there is none.
  static absl::Status Create(const std::string& path, const HeadRecord& record);
  // Reads the newest whole slot; of two versions, the later is newer. DATA_LOSS: neither is whole;
  // FAILED_PRECONDITION: another format version, or no head record at all; NOT_FOUND: no such file.
  static absl::StatusOr<std::unique_ptr<HeadFile>> Open(const std::string& path);
  ~HeadFile();
  HeadFile(const HeadFile&) = delete;
  HeadFile& operator=(const HeadFile&) = delete;

  const HeadRecord& record() const { return record_; }

  // Writes the slot that holds the older record, and fsyncs. After an error the record is as
  // before.
  absl::Status Write(const HeadRecord& record);

 private:
  HeadFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_;
  int next_slot_ = 0;
  HeadRecord record_;
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_HEAD_FILE_H_
