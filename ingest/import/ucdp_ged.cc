// UCDP Georeferenced Event Dataset: CSV with a line of column names (Högbladh, "UCDP GED Codebook
// version 23.1", 2023).
#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

enum Column : size_t {
  kId,
  kViolence,
  kSideA,
  kSideB,
  kDateStart,
  kDateEnd,
  kCountry,
  kDatePrecision,
  kWherePrecision,
  kWhere,
  kAdm1,
  kLatitude,
  kLongitude,
  kBest,
  kLow,
  kHigh,
  kSources,
  kSourceArticle,
  kHeadline
};

class UcdpGedReader final : public RowReader {
 public:
  explicit UcdpGedReader(CodeMap* codes) : codes_(codes) {}

  RecordShape FirstShape() const override { return {.quoted = true, .delimiter = ','}; }

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    return columns_.ReadHeader(first_record, /*quoted=*/true);
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    ENTENTE_RETURN_IF_ERROR(columns_.Split(record));
    row->kind = ImportedRow::Kind::kEvent;
    ImportedEvent& event = row->event;
    event = ImportedEvent();
    int64_t id = 0;
    if (!ReadInteger(columns_[kId], 0, INT64_MAX, &id)) {
      return BadField("id", columns_[kId], "is no number");
    }
    source_id_.assign("ucdp-ged:").append(columns_[kId]);
    event.source_id = source_id_;
    ENTENTE_RETURN_IF_ERROR(ReadDates(&event));
    ENTENTE_RETURN_IF_ERROR(ReadKindAndSides(&event));
    ENTENTE_RETURN_IF_ERROR(ReadCounts(&event.counts));
    ENTENTE_RETURN_IF_ERROR(ReadSource(&event));
    return ReadPlace(&event.place);
  }

 private:
  // date_prec: 1 the day, 2 two to six days, 3 the week, 4 the month or 8 to 30 days, 5 up to a
  // year.
  absl::Status ReadDates(ImportedEvent* event) {
    if (!ReadDate(columns_[kDateStart], &event->first_day)) {
      return BadField("date_start", columns_[kDateStart], "is no date (YYYY-MM-DD)");
    }
    if (!ReadDate(columns_[kDateEnd], &event->last_day)) {
      return BadField("date_end", columns_[kDateEnd], "is no date (YYYY-MM-DD)");
    }
    if (event->last_day < event->first_day) {
      return BadField("date_end", columns_[kDateEnd],
                      Cat("is before date_start ", columns_[kDateStart]));
    }
    event->report_time_micros = event->last_day.Micros();
    int64_t precision = 1;
    if (!columns_[kDatePrecision].empty() &&
        !ReadInteger(columns_[kDatePrecision], 1, 5, &precision)) {
      return BadField("date_prec", columns_[kDatePrecision], "is none of 1 to 5");
    }
    constexpr v1::DatePrecision kPrecisions[] = {v1::DAY, v1::INTERVAL, v1::WEEK, v1::MONTH,
                                                 v1::INTERVAL};
    event->date_precision = kPrecisions[precision - 1];
    const bool one_day = event->first_day == event->last_day;
    if (event->date_precision == v1::DAY && !one_day) event->date_precision = v1::INTERVAL;
    if (event->date_precision == v1::INTERVAL && one_day) event->date_precision = v1::DAY;
    return absl::OkStatus();
  }

  absl::Status ReadKindAndSides(ImportedEvent* event) {
    std::string_view sector;
    const std::optional<KindIndex> kind = codes_->KindOfViolence(columns_[kViolence], &sector);
    if (!kind) return BadField("type_of_violence", columns_[kViolence], "is none of 1, 2, 3");
    event->kind = *kind;
    event->goldstein = codes_->kind(*kind).goldstein;
    for (const Column side : {kSideA, kSideB}) {
      if (columns_[side].empty()) continue;
      CodeMap::NamedActor actor;
      actor.name = Shortened(columns_[side], kMaxImportedNameBytes / 2);
      actor.country = codes_->CountryOfName(columns_[kCountry]);
      actor.sector = sector;
      actor.kind = v1::ARMED_GROUP;
      event->AddParticipant(codes_->ByName(actor), side == kSideA);
    }
    return event->participant_count > 0 ? absl::OkStatus() : InvalidArgument("names no actor");
  }

  absl::Status ReadCounts(ImportedCounts* counts) {
    const std::pair<Column, int64_t*> columns[] = {{kBest, &counts->fatalities},
                                                   {kLow, &counts->fatalities_low},
                                                   {kHigh, &counts->fatalities_high},
                                                   {kSources, &counts->sources}};
    for (const auto& [column, count] : columns) {
      const std::string_view field = columns_[column];
      // number_of_sources is -1 before 2013, where it was not counted.
      if (field.empty() || (column == kSources && field == "-1")) continue;
      if (!ReadInteger(field, 0, kMaxImportedCount, count)) {
        return BadField(column == kSources ? "number_of_sources" : "the number of deaths", field,
                        "is no count");
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadSource(ImportedEvent* event) {
    ImportedMention& mention = event->mention;
    mention.url = Shortened(columns_[kSourceArticle], kMaxImportedUrlBytes);
    mention.text = Shortened(columns_[kHeadline], kMaxImportedTextBytes);
    mention.report_time_micros = event->report_time_micros;
    return CheckUrl("source_article", mention.url);
  }

  // where_prec: 1 the place, 2 within 25 km, 3 the district, 4 the province, 5 between places, 6
  // the country, 7 the sea or the air.
  absl::Status ReadPlace(ImportedPlace* place) {
    const std::string_view precision = columns_[kWherePrecision];
    const bool place_known = precision.empty() || precision == "1" || precision == "2";
    place->precision = place_known ? "city" : precision == "6" ? "country" : "region";
    place->country = codes_->CountryOfName(columns_[kCountry]);
    for (const Column column : {kWhere, kAdm1, kCountry}) {
      if (!place->name.empty() || columns_[column].empty()) continue;
      place->name = Shortened(columns_[column], kMaxImportedNameBytes);
    }
    if (place->name.empty()) place->precision = {};
    return ReadCoordinates(columns_[kLatitude], columns_[kLongitude], place);
  }

  CodeMap* const codes_;
  NamedColumns columns_{
      "UCDP GED",
      {"id", "type_of_violence", "side_a", "side_b", "date_start", "date_end", "country"},
      {"date_prec", "where_prec", "where_coordinates", "adm_1", "latitude", "longitude", "best",
       "low", "high", "number_of_sources", "source_article", "source_headline"}};
  std::string source_id_;
};

}  // namespace

std::unique_ptr<RowReader> MakeUcdpGedReader(CodeMap* codes) {
  return std::make_unique<UcdpGedReader>(codes);
}

}  // namespace entente::ingest
