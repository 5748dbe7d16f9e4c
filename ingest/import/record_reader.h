// Cuts the bytes of a file into records: lines, or rows of CSV whose quoted fields may hold line
// breaks (RFC 4180).
//
//   RecordReader records(stream.get(), {.quoted = true});
//   Record record;
//   for (;;) {
//     ENTENTE_ASSIGN_OR_RETURN(const bool more, records.Next(&record));
//     if (!more) break;
//   }
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_IMPORT_RECORD_READER_H_
#define ENTENTE_INGEST_IMPORT_RECORD_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/import/block_stream.h"

namespace entente::ingest {

struct RecordShape {
  // A double quote at the beginning of a field takes everything up to the next single one with it.
  bool quoted = false;
  char delimiter = '\t';
  // Longer records are faults, kept only in part. Default: 1 MiB.
  size_t limit_bytes = size_t{1} << 20;
};

struct Record {
  std::string_view text;        // without its line break; lives until the next Next
  int64_t line = 0;             // in the member at which it begins, from 1
  const char* fault = nullptr;  // why it is no record: too long, or a quote that never ends
  bool begins_member = false;   // the first of a member
};

class RecordReader {
 public:
  // `stream` must outlive the reader.
  RecordReader(BlockStream* stream, const RecordShape& shape) : stream_(stream), shape_(shape) {}

  // The next record that is not empty; false at the end. A quote that is not closed within the
  // limit spoils only the line that it is in. Errors: as BlockStream::Next.
  absl::StatusOr<bool> Next(Record* record);

  // The shape may be set anew when a member began, before its next record is asked for.
  void set_shape(const RecordShape& shape) { shape_ = shape; }

  const std::string& member() const { return member_; }
  int64_t member_count() const { return member_count_; }  // begun so far
  int64_t record_count() const { return record_count_; }  // given so far, in the member
  int64_t packed_position() const { return packed_position_; }
  int64_t packed_size() const { return stream_->packed_size(); }

  static constexpr size_t kKeptBytes = size_t{64} << 10;  // of a record that is too long

 private:
  // Appends a block to the buffer; false if the member or the file ends here.
  absl::StatusOr<bool> Fill();
  absl::StatusOr<bool> BeginMember();
  // The end of the record that begins at begin_: the position of its line break, or npos. `lines`
  // counts its line breaks; `quote_open` tells that the buffer ends within a quote.
  size_t FindEnd(int64_t* lines, bool* quote_open) const;
  size_t FindQuotedEnd(int64_t* lines, bool* quote_open) const;
  void Give(size_t end, int64_t lines, const char* fault, Record* record);
  absl::StatusOr<bool> SkipLongLine(Record* record);
  bool OverLimit() const { return buffer_.size() - begin_ > shape_.limit_bytes; }

  BlockStream* const stream_;
  RecordShape shape_;
  std::string buffer_;
  size_t begin_ = 0;
  std::string kept_;  // the beginning of a record that is too long
  std::string next_bytes_;
  bool member_waits_ = false;  // next_bytes_ begins another member
  bool member_over_ = true;
  bool stream_over_ = false;
  std::string member_;
  std::string next_member_;
  int64_t member_count_ = 0;
  int64_t record_count_ = 0;
  int64_t line_ = 1;
  int64_t packed_position_ = 0;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_RECORD_READER_H_
