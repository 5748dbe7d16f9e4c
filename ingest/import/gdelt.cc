// GDELT's event exports. Columns: "The GDELT Event Database Data Format Codebook" V1.03 (2013; 57
// columns, 58 with SOURCEURL) and V2.0 (2015; 61 columns).
#include <array>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

// The columns that are read. Those of an actor stand together in every export.
enum Column : size_t {
  kId,
  kDay,
  kActor1,  // code, name, country, group, ethnic, religion × 2, type × 3
  kActor1Last = kActor1 + 9,
  kActor2,
  kActor2Last = kActor2 + 9,
  kIsRoot,
  kCode,
  kGoldstein,
  kMentions,
  kSources,
  kArticles,
  kTone,
  kGeoType,
  kGeoName,
  kGeoCountry,
  kGeoLatitude,
  kGeoLongitude,
  kAdded,
  kUrl,
  kColumnCount
};

constexpr std::string_view kNames[kColumnCount] = {"globaleventid",
                                                   "sqldate",
                                                   "actor1code",
                                                   "actor1name",
                                                   "actor1countrycode",
                                                   "actor1knowngroupcode",
                                                   "actor1ethniccode",
                                                   "actor1religion1code",
                                                   "actor1religion2code",
                                                   "actor1type1code",
                                                   "actor1type2code",
                                                   "actor1type3code",
                                                   "actor2code",
                                                   "actor2name",
                                                   "actor2countrycode",
                                                   "actor2knowngroupcode",
                                                   "actor2ethniccode",
                                                   "actor2religion1code",
                                                   "actor2religion2code",
                                                   "actor2type1code",
                                                   "actor2type2code",
                                                   "actor2type3code",
                                                   "isrootevent",
                                                   "eventcode",
                                                   "goldsteinscale",
                                                   "nummentions",
                                                   "numsources",
                                                   "numarticles",
                                                   "avgtone",
                                                   "actiongeo_type",
                                                   "actiongeo_fullname",
                                                   "actiongeo_countrycode",
                                                   "actiongeo_lat",
                                                   "actiongeo_long",
                                                   "dateadded",
                                                   "sourceurl"};

using Layout = std::array<size_t, kColumnCount>;

// Where the columns are in an export without a line of names, whose geographic blocks have
// `geo_columns` each.
constexpr Layout MakeLayout(size_t geo_columns) {
  Layout layout{};
  layout[kId] = 0;
  layout[kDay] = 1;
  for (size_t i = 0; i < 10; ++i) {
    layout[kActor1 + i] = 5 + i;
    layout[kActor2 + i] = 15 + i;
  }
  layout[kIsRoot] = 25;
  layout[kCode] = 26;
  layout[kGoldstein] = 30;
  layout[kMentions] = 31;
  layout[kSources] = 32;
  layout[kArticles] = 33;
  layout[kTone] = 34;
  const size_t geo = 35 + 2 * geo_columns;
  layout[kGeoType] = geo;
  layout[kGeoName] = geo + 1;
  layout[kGeoCountry] = geo + 2;
  layout[kGeoLatitude] = geo + geo_columns - 3;
  layout[kGeoLongitude] = geo + geo_columns - 2;
  layout[kAdded] = geo + geo_columns;
  layout[kUrl] = geo + geo_columns + 1;
  return layout;
}

constexpr size_t kColumnsWithoutUrl = 57;  // 1.0, the back-files to 2013
constexpr size_t kColumnsDaily = 58;       // 1.0 since April 2013
constexpr size_t kColumnsV2 = 61;
constexpr Layout kV1 = MakeLayout(7);
constexpr Layout kV2 = MakeLayout(8);

// ActionGeo_Type.
std::string_view PrecisionOf(std::string_view type) {
  if (type == "1") return "country";
  if (type == "2" || type == "5") return "region";
  return "city";
}

class GdeltReader final : public RowReader {
 public:
  explicit GdeltReader(CodeMap* codes) : codes_(codes) {}

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    shape_ = MemberShape();
    if (Header::Normalized(first_record.substr(0, 14)).starts_with("globaleventid")) {
      return ReadNames(first_record);
    }
    column_count_ = fields_.SplitTabs(first_record) ? fields_.size() : Fields::kMaxFields + 1;
    if (column_count_ == kColumnsV2) {
      layout_ = kV2;
    } else if (column_count_ == kColumnsDaily || column_count_ == kColumnsWithoutUrl) {
      layout_ = kV1;
    } else {
      return InvalidArgument(Cat("the first line has ", column_count_,
                                 " columns parted by tabs; exports of GDELT 1.0 have 57 or 58, of "
                                 "GDELT 2.0 61 (mentions: --from gdelt-mentions)"));
    }
    return shape_;
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    const bool cut = shape_.records.quoted ? fields_.SplitQuoted(record, shape_.records.delimiter)
                                           : fields_.SplitTabs(record);
    if (!cut) return InvalidArgument("has a quote out of place, or too many columns");
    if (fields_.size() != column_count_) {
      return InvalidArgument(
          Cat("has ", fields_.size(), " columns where the file has ", column_count_));
    }
    row->kind = ImportedRow::Kind::kEvent;
    ImportedEvent& event = row->event;
    event = ImportedEvent();
    ENTENTE_RETURN_IF_ERROR(ReadWhatAndWhen(&event));
    ENTENTE_RETURN_IF_ERROR(ReadActors(&event));
    ENTENTE_RETURN_IF_ERROR(ReadCounts(&event.counts));
    return ReadPlace(&event.place);
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
      if (layout_[i] == Header::kAbsent && i != kUrl) {
        return InvalidArgument(Cat("the line of column names lacks ", kNames[i]));
      }
    }
    return shape_;
  }

  std::string_view Field(size_t column) const { return fields_.At(layout_[column]); }

  absl::Status ReadWhatAndWhen(ImportedEvent* event) {
    int64_t id = 0;
    if (!ReadInteger(Field(kId), 0, INT64_MAX, &id)) {
      return BadField("GLOBALEVENTID", Field(kId), "is no number");
    }
    source_id_.assign("gdelt:").append(Field(kId));
    event->source_id = source_id_;
    if (!ReadDate(Field(kDay), &event->first_day)) {
      return BadField("SQLDATE", Field(kDay), "is no date (YYYYMMDD)");
    }
    event->last_day = event->first_day;
    const std::optional<KindIndex> kind = codes_->KindOfCameo(Field(kCode));
    if (!kind) return BadField("EventCode", Field(kCode), "is no CAMEO code");
    event->kind = *kind;
    event->goldstein = codes_->kind(*kind).goldstein;
    if (!Field(kGoldstein).empty() && !ReadNumber(Field(kGoldstein), -10, 10, &event->goldstein)) {
      return BadField("GoldsteinScale", Field(kGoldstein), "is no number from -10 to 10");
    }
    return ReadReport(event);
  }

  // The back-files were all added on one day in 2013, which says nothing of when it was reported.
  absl::Status ReadReport(ImportedEvent* event) {
    event->report_time_micros = event->first_day.Micros();
    if (column_count_ != kColumnsWithoutUrl) {
      const std::string_view added = Field(kAdded);
      Date day;
      if (added.size() == 8 && ReadDate(added, &day)) {
        event->report_time_micros = day.Micros();
      } else if (!ReadTimestamp(added, &event->report_time_micros)) {
        return BadField("DATEADDED", added, "is no time (YYYYMMDD or YYYYMMDDHHMMSS)");
      }
    }
    event->mention.url = Field(kUrl);
    event->mention.report_time_micros = event->report_time_micros;
    return CheckUrl("SOURCEURL", event->mention.url);
  }

  absl::Status ReadActors(ImportedEvent* event) {
    for (const size_t first : {kActor1, kActor2}) {
      if (Field(first).empty() && Field(first + 1).empty()) continue;
      event->AddParticipant(ActorAt(first), first == kActor1);
    }
    return event->participant_count > 0 ? absl::OkStatus() : InvalidArgument("names no actor");
  }

  ActorIndex ActorAt(size_t first) {
    std::string_view raw;
    if (layout_[first + 9] == layout_[first] + 9 && !shape_.records.quoted) {
      const char* begin = Field(first).data();
      const std::string_view last = Field(first + 9);
      raw = {begin, static_cast<size_t>(last.data() + last.size() - begin)};
    } else {
      raw_.clear();
      for (size_t i = 0; i < 10; ++i) raw_.append(Field(first + i)).push_back('\t');
      raw = raw_;
    }
    if (const ActorIndex known = codes_->FindRaw(raw); known != CodeMap::kNoActor) return known;
    CodeMap::CameoColumns columns;
    columns.code = Shortened(Field(first), kMaxImportedNameBytes / 2);
    columns.name = Shortened(Field(first + 1), kMaxImportedNameBytes / 2);
    columns.country = Field(first + 2);
    columns.group = Field(first + 3);
    columns.ethnic = Field(first + 4);
    columns.religions = {Field(first + 5), Field(first + 6)};
    columns.roles = {Field(first + 7), Field(first + 8), Field(first + 9)};
    const ActorIndex actor = codes_->CameoActor(columns);
    codes_->AddRaw(raw, actor);
    return actor;
  }

  absl::Status ReadCounts(ImportedCounts* counts) {
    const std::pair<Column, int64_t*> columns[] = {{kMentions, &counts->mentions},
                                                   {kSources, &counts->sources},
                                                   {kArticles, &counts->articles}};
    for (const auto& [column, count] : columns) {
      if (!ReadInteger(Field(column), 0, kMaxImportedCount, count)) {
        return BadField(kNames[column], Field(column), "is no count");
      }
    }
    counts->root_event = Field(kIsRoot) == "1";
    if (Field(kTone).empty()) return absl::OkStatus();
    counts->has_tone = true;
    if (ReadNumber(Field(kTone), -100, 100, &counts->tone)) return absl::OkStatus();
    return BadField("AvgTone", Field(kTone), "is no number from -100 to 100");
  }

  absl::Status ReadPlace(ImportedPlace* place) {
    const std::string_view type = Field(kGeoType);
    if (type.empty() || type == "0") return absl::OkStatus();
    place->name = Shortened(Field(kGeoName), kMaxImportedNameBytes);
    place->country = codes_->CountryOfFips(Field(kGeoCountry));
    place->precision = PrecisionOf(type);
    return ReadCoordinates(Field(kGeoLatitude), Field(kGeoLongitude), place);
  }

  CodeMap* const codes_;
  Fields fields_;
  Layout layout_ = kV2;
  size_t column_count_ = 0;
  MemberShape shape_;
  std::string source_id_;
  std::string raw_;
};

}  // namespace

std::unique_ptr<RowReader> MakeGdeltReader(CodeMap* codes) {
  return std::make_unique<GdeltReader>(codes);
}

}  // namespace entente::ingest
