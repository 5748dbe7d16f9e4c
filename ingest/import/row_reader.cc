#include "ingest/import/row_reader.h"

#include <algorithm>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

struct FormatName {
  ImportFormat format;
  std::string_view name;
  std::string_view source;
};

constexpr FormatName kFormats[] = {
    {ImportFormat::kGdelt, "gdelt", "gdelt"},
    {ImportFormat::kGdeltMentions, "gdelt-mentions", "gdelt"},
    {ImportFormat::kIcews, "icews", "icews"},
    {ImportFormat::kPolecat, "polecat", "polecat"},
    {ImportFormat::kAcled, "acled", "acled"},
    {ImportFormat::kUcdpGed, "ucdp-ged", "ucdp-ged"},
    {ImportFormat::kJsonl, "jsonl", "entente"},
};

constexpr size_t kFieldShownBytes = 60;

}  // namespace

std::string_view NameOf(ImportFormat format) { return kFormats[static_cast<size_t>(format)].name; }

std::string_view SourceOf(ImportFormat format) {
  return kFormats[static_cast<size_t>(format)].source;
}

std::optional<ImportFormat> FormatOfName(std::string_view name) {
  for (const FormatName& known : kFormats) {
    if (known.name == name) return known.format;
  }
  return std::nullopt;
}

std::unique_ptr<RowReader> MakeRowReader(ImportFormat format, CodeMap* codes) {
  switch (format) {
    case ImportFormat::kGdelt:
      return MakeGdeltReader(codes);
    case ImportFormat::kGdeltMentions:
      return MakeGdeltMentionsReader();
    case ImportFormat::kIcews:
      return MakeIcewsReader(codes);
    case ImportFormat::kPolecat:
      return MakePolecatReader(codes);
    case ImportFormat::kAcled:
      return MakeAcledReader(codes);
    case ImportFormat::kUcdpGed:
      return MakeUcdpGedReader(codes);
    case ImportFormat::kJsonl:
      return MakeJsonlReader();
  }
  return nullptr;
}

NamedColumns::NamedColumns(std::string_view format, std::initializer_list<const char*> required,
                           std::initializer_list<const char*> optional)
    : format_(format), names_(required), required_count_(required.size()) {
  names_.insert(names_.end(), optional);
}

absl::StatusOr<MemberShape> NamedColumns::ReadHeader(std::string_view record, bool quoted) {
  const auto tabs = std::count(record.begin(), record.end(), '\t');
  const auto commas = std::count(record.begin(), record.end(), ',');
  const auto semicolons = std::count(record.begin(), record.end(), ';');
  shape_.header = true;
  shape_.records.delimiter = tabs >= commas && tabs >= semicolons ? '\t'
                             : commas >= semicolons               ? ','
                                                                  : ';';
  shape_.records.quoted = quoted;
  const bool cut =
      quoted ? fields_.SplitQuoted(record, shape_.records.delimiter) : fields_.SplitTabs(record);
  if (!cut) {
    return InvalidArgument(
        Cat("the line of column names cannot be cut into columns: it has more than ",
            Fields::kMaxFields, ", or a quote out of place"));
  }
  const Header header(fields_);
  column_count_ = header.size();
  indices_.clear();
  std::string missing;
  for (const char* name : names_) {
    indices_.push_back(header.Find(name));
    const bool required = indices_.size() <= required_count_;
    if (required && indices_.back() == Header::kAbsent)
      missing += Cat(missing.empty() ? "" : ", ", name);
  }
  if (missing.empty()) return shape_;
  return InvalidArgument(
      Cat("the first line is not that of ", format_, ": it lacks the columns ", missing));
}

absl::Status NamedColumns::Split(std::string_view record) {
  const bool cut = shape_.records.quoted ? fields_.SplitQuoted(record, shape_.records.delimiter)
                                         : fields_.SplitTabs(record);
  if (!cut) return InvalidArgument("has a quote out of place, or too many columns");
  if (fields_.size() == column_count_) return absl::OkStatus();
  return InvalidArgument(
      Cat("has ", fields_.size(), " columns where the first line names ", column_count_));
}

std::string_view NamedColumns::operator[](size_t position) const {
  const std::string_view field = Trim(fields_.At(indices_[position]));
  if (field == "NA" || field == "NULL" || field == "None" || field == "nan") return {};
  return field;
}

absl::Status BadField(std::string_view column, std::string_view field, std::string_view fault) {
  const std::string_view shown = Shortened(field, kFieldShownBytes);
  return InvalidArgument(
      Cat(column, " '", shown, shown.size() < field.size() ? "…" : "", "' ", fault));
}

absl::Status ReadCoordinates(std::string_view latitude, std::string_view longitude,
                             ImportedPlace* place) {
  if (latitude.empty() || longitude.empty()) return absl::OkStatus();
  if (!ReadNumber(latitude, -90, 90, &place->latitude)) {
    return BadField("the latitude", latitude, "is no number from -90 to 90");
  }
  if (!ReadNumber(longitude, -180, 180, &place->longitude)) {
    return BadField("the longitude", longitude, "is no number from -180 to 180");
  }
  place->has_coordinates = true;
  return absl::OkStatus();
}

std::string_view Shortened(std::string_view text, size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  while (bytes_max > 0 && (static_cast<unsigned char>(text[bytes_max]) & 0xC0) == 0x80) --bytes_max;
  return text.substr(0, bytes_max);
}

absl::Status CheckUrl(std::string_view column, std::string_view url) {
  if (url.size() > kMaxImportedUrlBytes) {
    return BadField(column, url, Cat("has more than ", kMaxImportedUrlBytes, " bytes"));
  }
  return HasControl(url) ? BadField(column, url, "has control characters") : absl::OkStatus();
}

}  // namespace entente::ingest
