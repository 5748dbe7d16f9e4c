// GDELT 2.0's mentions: which articles speak of an event. Columns: "The GDELT Event Database Data
// Format Codebook" V2.0 (2015), mentions table, 16 columns without a line of names, or with one as
// database exports have it.
#include <array>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

enum Column : size_t { kId, kTime, kIdentifier, kSentence, kConfidence, kColumnCount };
constexpr std::array<std::string_view, kColumnCount> kNames = {
    "globaleventid", "mentiontimedate", "mentionidentifier", "sentenceid", "confidence"};
constexpr std::array<size_t, kColumnCount> kPlain = {0, 2, 5, 6, 11};
constexpr size_t kColumnsMin = 14;  // the last two are often left out when they are empty
constexpr size_t kColumnsMax = 16;
constexpr int64_t kMaxSentence = 1'000'000;

class GdeltMentionsReader final : public RowReader {
 public:
  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    shape_ = MemberShape();
    layout_ = kPlain;
    if (Header::Normalized(first_record.substr(0, 14)).starts_with("globaleventid")) {
      return ReadNames(first_record);
    }
    column_count_ = fields_.SplitTabs(first_record) ? fields_.size() : Fields::kMaxFields + 1;
    if (column_count_ >= kColumnsMin && column_count_ <= kColumnsMax) return shape_;
    return InvalidArgument(Cat("the first line has ", column_count_,
                               " columns parted by tabs; mentions of GDELT 2.0 have 16"));
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    const bool cut = shape_.records.quoted ? fields_.SplitQuoted(record, shape_.records.delimiter)
                                           : fields_.SplitTabs(record);
    if (!cut) return InvalidArgument("has a quote out of place, or too many columns");
    if (fields_.size() != column_count_ &&
        (fields_.size() < kColumnsMin || fields_.size() > kColumnsMax)) {
      return InvalidArgument(
          Cat("has ", fields_.size(), " columns where the file has ", column_count_));
    }
    row->kind = ImportedRow::Kind::kMention;
    row->event = ImportedEvent();
    return ReadMention(&row->event);
  }

 private:
  absl::StatusOr<MemberShape> ReadNames(std::string_view record) {
    shape_.header = true;
    shape_.records.delimiter = record.find('\t') == std::string_view::npos ? ',' : '\t';
    shape_.records.quoted = shape_.records.delimiter == ',';
    const bool cut =
        shape_.records.quoted ? fields_.SplitQuoted(record, ',') : fields_.SplitTabs(record);
    if (!cut) return InvalidArgument("the line of column names has too many columns");
    const Header header(fields_);
    column_count_ = header.size();
    for (size_t i = 0; i < kColumnCount; ++i) {
      layout_[i] = header.Find(kNames[i]);
      if (layout_[i] == Header::kAbsent) {
        return InvalidArgument(Cat("the line of column names lacks ", kNames[i]));
      }
    }
    return shape_;
  }

  std::string_view Field(Column column) const { return fields_.At(layout_[column]); }

  absl::Status ReadMention(ImportedEvent* event) {
    int64_t number = 0;
    if (!ReadInteger(Field(kId), 0, INT64_MAX, &number)) {
      return BadField("GLOBALEVENTID", Field(kId), "is no number");
    }
    source_id_.assign("gdelt:").append(Field(kId));
    event->source_id = source_id_;
    ImportedMention& mention = event->mention;
    if (!ReadTimestamp(Field(kTime), &mention.report_time_micros)) {
      return BadField("MentionTimeDate", Field(kTime), "is no time (YYYYMMDDHHMMSS)");
    }
    mention.url = Field(kIdentifier);
    if (mention.url.empty()) return InvalidArgument("MentionIdentifier is empty");
    ENTENTE_RETURN_IF_ERROR(CheckUrl("MentionIdentifier", mention.url));
    if (!ReadInteger(Field(kSentence), 0, kMaxSentence, &number)) {
      return BadField("SentenceID", Field(kSentence), "is no number of a sentence");
    }
    mention.sentence_number = static_cast<uint32_t>(number);
    if (!ReadInteger(Field(kConfidence), 0, 100, &number)) {
      return BadField("Confidence", Field(kConfidence), "is no percentage");
    }
    mention.confidence = static_cast<double>(number) / 100;
    return absl::OkStatus();
  }

  Fields fields_;
  std::array<size_t, kColumnCount> layout_ = kPlain;
  size_t column_count_ = 0;
  MemberShape shape_;
  std::string source_id_;
};

}  // namespace

std::unique_ptr<RowReader> MakeGdeltMentionsReader() {
  return std::make_unique<GdeltMentionsReader>();
}

}  // namespace entente::ingest
