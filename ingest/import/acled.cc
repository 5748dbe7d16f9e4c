// ACLED: CSV with a line of column names (ACLED Codebook, 2023).
#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

enum Column : size_t {
  kId,
  kDay,
  kType,
  kSubtype,
  kActor1,
  kActor2,
  kCountry,
  kTimePrecision,
  kInter1,
  kInter2,
  kLocation,
  kAdmin1,
  kLatitude,
  kLongitude,
  kGeoPrecision,
  kSource,
  kNotes,
  kFatalities
};

class AcledReader final : public RowReader {
 public:
  explicit AcledReader(CodeMap* codes) : codes_(codes) {}

  RecordShape FirstShape() const override { return {.quoted = true, .delimiter = ','}; }

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    return columns_.ReadHeader(first_record, /*quoted=*/true);
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    ENTENTE_RETURN_IF_ERROR(columns_.Split(record));
    row->kind = ImportedRow::Kind::kEvent;
    ImportedEvent& event = row->event;
    event = ImportedEvent();
    const std::string_view id = columns_[kId];
    if (id.empty() || id.size() > 256 || HasControl(id)) {
      return BadField("event_id_cnty", id, "is no id");
    }
    source_id_.assign("acled:").append(id);
    event.source_id = source_id_;
    ENTENTE_RETURN_IF_ERROR(ReadDay(&event));
    ENTENTE_RETURN_IF_ERROR(ReadKindAndActors(&event));
    ENTENTE_RETURN_IF_ERROR(ReadFatalities(&event.counts));
    event.mention.url = columns_[kSource];
    event.mention.text = Shortened(columns_[kNotes], kMaxImportedTextBytes);
    event.mention.report_time_micros = event.report_time_micros;
    ENTENTE_RETURN_IF_ERROR(CheckUrl("source", event.mention.url));
    return ReadPlace(&event.place);
  }

 private:
  // time_precision: 1 the day, 2 the week, 3 the month (Codebook, "Time precision").
  absl::Status ReadDay(ImportedEvent* event) {
    if (!ReadDate(columns_[kDay], &event->first_day)) {
      return BadField("event_date", columns_[kDay], "is no date (YYYY-MM-DD or 24 October 2019)");
    }
    event->last_day = event->first_day;
    event->report_time_micros = event->first_day.Micros();
    const std::string_view precision = columns_[kTimePrecision];
    if (precision == "2") {
      event->date_precision = v1::WEEK;
      event->first_day = event->first_day.AddDays(-event->first_day.Weekday());
      event->last_day = event->first_day.AddDays(6);
    } else if (precision == "3") {
      const Date day = event->first_day;
      event->date_precision = v1::MONTH;
      event->first_day = Date::FromCivil(day.Year(), day.Month(), 1);
      event->last_day =
          Date::FromCivil(day.Year(), day.Month(), DaysInMonth(day.Year(), day.Month()));
    } else if (!precision.empty() && precision != "1") {
      return BadField("time_precision", precision, "is none of 1, 2, 3");
    }
    return absl::OkStatus();
  }

  absl::Status ReadKindAndActors(ImportedEvent* event) {
    bool swapped = false;
    const std::optional<KindIndex> kind =
        codes_->KindOfAcled(columns_[kType], columns_[kSubtype], &swapped);
    if (!kind) {
      return InvalidArgument(Cat("event_type '", columns_[kType], "' with sub_event_type '",
                                 columns_[kSubtype], "' has no type here"));
    }
    event->kind = *kind;
    event->goldstein = codes_->kind(*kind).goldstein;
    AddActor(columns_[kActor1], columns_[kInter1], !swapped, event);
    AddActor(columns_[kActor2], columns_[kInter2], swapped, event);
    return event->participant_count > 0 ? absl::OkStatus() : InvalidArgument("names no actor");
  }

  void AddActor(std::string_view name, std::string_view inter, bool source, ImportedEvent* event) {
    if (name.empty()) return;
    CodeMap::NamedActor actor;
    actor.name = Shortened(name, kMaxImportedNameBytes / 2);
    actor.country = codes_->CountryOfName(columns_[kCountry]);
    actor.sector = codes_->SectorOfInter(inter, &actor.kind);
    // Without INTER: who has a name of its own in ACLED is a group, never a person.
    if (actor.kind == v1::ACTOR_KIND_UNSPECIFIED) actor.kind = v1::ORGANIZATION;
    event->AddParticipant(codes_->ByName(actor), source);
  }

  absl::Status ReadFatalities(ImportedCounts* counts) {
    const std::string_view fatalities = columns_[kFatalities];
    if (fatalities.empty() || ReadInteger(fatalities, 0, kMaxImportedCount, &counts->fatalities)) {
      return absl::OkStatus();
    }
    return BadField("fatalities", fatalities, "is no count");
  }

  // geo_precision: 1 the town, 2 near it or part of a region, 3 the region.
  absl::Status ReadPlace(ImportedPlace* place) {
    place->name = Shortened(columns_[kLocation], kMaxImportedNameBytes);
    place->precision = columns_[kGeoPrecision] == "3" ? "region" : "city";
    if (place->name.empty()) {
      place->name = Shortened(columns_[kAdmin1], kMaxImportedNameBytes);
      place->precision = "region";
    }
    place->country = codes_->CountryOfName(columns_[kCountry]);
    if (place->name.empty()) place->precision = {};
    return ReadCoordinates(columns_[kLatitude], columns_[kLongitude], place);
  }

  CodeMap* const codes_;
  NamedColumns columns_{"ACLED",
                        {"event_id_cnty", "event_date", "event_type", "sub_event_type", "actor1",
                         "actor2", "country"},
                        {"time_precision", "inter1", "inter2", "location", "admin1", "latitude",
                         "longitude", "geo_precision", "source", "notes", "fatalities"}};
  std::string source_id_;
};

}  // namespace

std::unique_ptr<RowReader> MakeAcledReader(CodeMap* codes) {
  return std::make_unique<AcledReader>(codes);
}

}  // namespace entente::ingest
