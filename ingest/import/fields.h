// Cuts a record into fields and reads numbers and dates from them, without allocating.
//
//   Fields fields;
//   if (!fields.SplitTabs(record.text)) …             // too many
//   int64_t count;
//   if (!ReadInteger(fields[31], 0, kMost, &count)) …
//
// Pure, but for the memory that Fields keeps.
#ifndef ENTENTE_INGEST_IMPORT_FIELDS_H_
#define ENTENTE_INGEST_IMPORT_FIELDS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace entente::ingest {

class Fields {
 public:
  static constexpr size_t kMaxFields = 256;

  // Cuts at every tab. False if there are more than kMaxFields.
  bool SplitTabs(std::string_view record);
  // Cuts at every delimiter outside quotes and takes the quotes away. False if there are too many
  // fields, or if anything but a delimiter follows a closing quote.
  bool SplitQuoted(std::string_view record, char delimiter);

  size_t size() const { return count_; }
  // REQUIRES: i < size(). Lives as long as the record, and until the next split.
  std::string_view operator[](size_t i) const { return fields_[i]; }
  // Empty for a field that is not there.
  std::string_view At(size_t i) const { return i < count_ ? fields_[i] : std::string_view(); }

 private:
  std::string_view Unquoted(std::string_view inside);

  std::array<std::string_view, kMaxFields> fields_;
  size_t count_ = 0;
  std::string unquoted_;  // fields in which a quote stood doubled
};

// Columns by name, from a header line.
class Header {
 public:
  static constexpr size_t kAbsent = SIZE_MAX;

  explicit Header(const Fields& names);
  Header() = default;

  // The column with that name; case, spaces and punctuation do not count ("Event ID" is
  // "event_id"). kAbsent if there is none.
  size_t Find(std::string_view name) const;
  size_t size() const { return names_.size(); }

  // "Event ID" → "event_id".
  static std::string Normalized(std::string_view name);

 private:
  std::vector<std::string> names_;
};

// Each reads the whole field; false if it is not in form or not within [least, most].
bool ReadInteger(std::string_view field, int64_t least, int64_t most, int64_t* value);
bool ReadNumber(std::string_view field, double least, double most, double* value);
// "20191024", "2019-10-24", the date in "2019-10-24 00:00:00.000", and "24 October 2019".
bool ReadDate(std::string_view field, Date* date);
// "20191024143000" (UTC) as GDELT has it.
bool ReadTimestamp(std::string_view field, int64_t* micros);

// True if no byte has its high bit set; reads eight bytes at a time.
bool IsAscii(std::string_view text);
// True if a byte is below 0x20 or 0x7f.
bool HasControl(std::string_view text);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_FIELDS_H_
