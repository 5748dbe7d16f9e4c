// One format of event data: makes an ImportedRow of each record. The formats, and what goes where,
// are in docs/import.md.
//
//   std::unique_ptr<RowReader> reader = MakeRowReader(ImportFormat::kGdelt, codes.get());
//   ENTENTE_ASSIGN_OR_RETURN(const MemberShape shape, reader->BeginMember(first_record));
//   const absl::Status wrong = reader->Read(record.text, &row);   // to the quarantine if not OK
//
// Readers never touch disk or clock. Thread safety: one thread at a time.
#ifndef ENTENTE_INGEST_IMPORT_ROW_READER_H_
#define ENTENTE_INGEST_IMPORT_ROW_READER_H_

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/import/code_map.h"
#include "ingest/import/fields.h"
#include "ingest/import/imported_event.h"
#include "ingest/import/record_reader.h"

namespace entente::ingest {

enum class ImportFormat { kGdelt, kGdeltMentions, kIcews, kPolecat, kAcled, kUcdpGed, kJsonl };

// "gdelt", "gdelt-mentions", "icews", "polecat", "acled", "ucdp-ged", "jsonl".
std::string_view NameOf(ImportFormat format);
std::optional<ImportFormat> FormatOfName(std::string_view name);
// What the ids of its events begin with; mentions of GDELT belong to the events of GDELT.
std::string_view SourceOf(ImportFormat format);

// What the first record of a file tells of the others.
struct MemberShape {
  RecordShape records;
  bool header = false;  // the record is a line of column names and no row
};

class RowReader {
 public:
  virtual ~RowReader() = default;

  // Looks at the first record of a file or of a member of an archive. INVALID_ARGUMENT if the file
  // cannot be of this format.
  virtual absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) = 0;

  // Reads a row; `record` is UTF-8. INVALID_ARGUMENT says which column is wrong and how.
  virtual absl::Status Read(std::string_view record, ImportedRow* row) = 0;

  // How the first record is to be cut; quotes are heeded where the format has them.
  virtual RecordShape FirstShape() const { return {}; }
};

// `codes` must outlive the reader; a kJsonl reader does without.
std::unique_ptr<RowReader> MakeRowReader(ImportFormat format, CodeMap* codes);

// Limits of one row, as graph/store.h and graph/bulk_loader.h have them.
inline constexpr size_t kMaxImportedUrlBytes = 4096;
inline constexpr size_t kMaxImportedNameBytes = 512;
inline constexpr size_t kMaxImportedTextBytes = 16 << 10;
inline constexpr int64_t kMaxImportedCount = 1'000'000'000;

// --- for the readers ---

// A file with a line of column names: columns are found by name, in any order, and may be more than
// are used.
class NamedColumns {
 public:
  // `required` must be there; `optional` may be. Positions count through both.
  NamedColumns(std::string_view format, std::initializer_list<const char*> required,
               std::initializer_list<const char*> optional);

  // Cuts by commas or tabs, whichever the line has more of. INVALID_ARGUMENT names what is missing.
  absl::StatusOr<MemberShape> ReadHeader(std::string_view record, bool quoted);
  // Cuts a row. INVALID_ARGUMENT if it has another number of columns than the header.
  absl::Status Split(std::string_view record);

  // The field of the column at that position, trimmed; empty if the file has no such column, and
  // where it says "NA", "NULL" or "None".
  std::string_view operator[](size_t position) const;

 private:
  const std::string_view format_;
  std::vector<const char*> names_;
  const size_t required_count_;
  std::vector<size_t> indices_;
  size_t column_count_ = 0;
  MemberShape shape_;
  Fields fields_;
};

// "EVENT_DATE '2019-13-01' is no date".
absl::Status BadField(std::string_view column, std::string_view field, std::string_view fault);

// Reads latitude and longitude into a place; empty fields leave it without.
absl::Status ReadCoordinates(std::string_view latitude, std::string_view longitude,
                             ImportedPlace* place);
// Cuts at the limit, at the beginning of a character.
std::string_view Shortened(std::string_view text, size_t bytes_max);
// INVALID_ARGUMENT for an address that is too long or has control characters.
absl::Status CheckUrl(std::string_view column, std::string_view url);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_ROW_READER_H_
