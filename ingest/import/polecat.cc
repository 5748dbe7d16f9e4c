// POLECAT (Halterman et al., Harvard Dataverse, doi:10.7910/DVN/AJGVIT): events in PLOVER, with a
// line of column names; parted by tabs or commas. A field may hold several actors with ';' between
// them.
#include <algorithm>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

enum Column : size_t {
  kId,
  kDay,
  kType,
  kActorName,
  kRecipientName,
  kMode,
  kContexts,
  kIntensity,
  kActorCountry,
  kActorSector,
  kRecipientCountry,
  kRecipientSector,
  kPlacename,
  kCity,
  kProvince,
  kCountry,
  kLatitude,
  kLongitude,
  kSource,
  kPublicationDate
};

// The parts of a field that holds several, without the empty ones' white space.
std::vector<std::string_view> Parts(std::string_view field) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : Split(field, ';')) parts.push_back(Trim(part));
  return parts;
}

// What stands for the i-th of `count` actors: its own part, or the only one.
std::string_view PartFor(const std::vector<std::string_view>& parts, size_t i, size_t count) {
  std::string_view part;
  if (parts.size() == count) part = parts[i];
  if (parts.size() == 1) part = parts[0];
  return part == "None" ? std::string_view() : part;
}

class PolecatReader final : public RowReader {
 public:
  explicit PolecatReader(CodeMap* codes) : codes_(codes) {}

  RecordShape FirstShape() const override { return {.quoted = true, .delimiter = ','}; }

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    return columns_.ReadHeader(first_record, /*quoted=*/true);
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    ENTENTE_RETURN_IF_ERROR(columns_.Split(record));
    row->kind = ImportedRow::Kind::kEvent;
    ImportedEvent& event = row->event;
    event = ImportedEvent();
    ENTENTE_RETURN_IF_ERROR(ReadWhatAndWhen(&event));
    ENTENTE_RETURN_IF_ERROR(AddActors(columns_[kActorName], columns_[kActorCountry],
                                      columns_[kActorSector], true, &event));
    ENTENTE_RETURN_IF_ERROR(AddActors(columns_[kRecipientName], columns_[kRecipientCountry],
                                      columns_[kRecipientSector], false, &event));
    if (event.participant_count == 0) return InvalidArgument("names no actor");
    ENTENTE_RETURN_IF_ERROR(ReadSource(&event));
    return ReadPlace(&event.place);
  }

 private:
  absl::Status ReadWhatAndWhen(ImportedEvent* event) {
    const std::string_view id = columns_[kId];
    if (id.empty() || id.size() > 256 || HasControl(id)) {
      return BadField("Event ID", id, "is no id");
    }
    source_id_.assign("polecat:").append(id);
    event->source_id = source_id_;
    if (!ReadDate(columns_[kDay], &event->first_day)) {
      return BadField("Event Date", columns_[kDay], "is no date (YYYY-MM-DD)");
    }
    event->last_day = event->first_day;
    event->report_time_micros = event->first_day.Micros();
    const std::optional<KindIndex> kind =
        codes_->KindOfPlover(columns_[kType], columns_[kMode], columns_[kContexts]);
    if (!kind) return BadField("Event Type", columns_[kType], "is no type of PLOVER");
    event->kind = *kind;
    event->goldstein = codes_->kind(*kind).goldstein;
    if (columns_[kIntensity].empty()) return absl::OkStatus();
    if (ReadNumber(columns_[kIntensity], -10, 10, &event->goldstein)) return absl::OkStatus();
    return BadField("Intensity", columns_[kIntensity], "is no number from -10 to 10");
  }

  // An actor without a name is the sector of its country, or the country.
  absl::Status AddActors(std::string_view names, std::string_view countries,
                         std::string_view sectors, bool source, ImportedEvent* event) {
    const std::vector<std::string_view> name_parts = Parts(names);
    const std::vector<std::string_view> country_parts = Parts(countries);
    const std::vector<std::string_view> sector_parts = Parts(sectors);
    const size_t count = names.empty() ? country_parts.size() : name_parts.size();
    if (event->participant_count + count > ImportedEvent::kMaxParticipants) {
      return InvalidArgument(Cat("names more than ", ImportedEvent::kMaxParticipants, " actors"));
    }
    for (size_t i = 0; i < count; ++i) {
      CodeMap::NamedActor actor;
      actor.name =
          names.empty() ? std::string_view() : Shortened(name_parts[i], kMaxImportedNameBytes / 2);
      if (actor.name == "None") actor.name = {};
      actor.country = codes_->CountryOfName(PartFor(country_parts, i, count));
      actor.sector = codes_->SectorOfPolecat(PartFor(sector_parts, i, count));
      if (actor.name.empty() && actor.country.empty() && actor.sector.empty()) continue;
      event->AddParticipant(codes_->ByName(actor), source);
    }
    return absl::OkStatus();
  }

  absl::Status ReadSource(ImportedEvent* event) {
    Date day;
    if (!columns_[kPublicationDate].empty()) {
      if (!ReadDate(columns_[kPublicationDate], &day)) {
        return BadField("Publication Date", columns_[kPublicationDate], "is no date (YYYY-MM-DD)");
      }
      event->report_time_micros = day.Micros();
    }
    event->mention.report_time_micros = event->report_time_micros;
    event->mention.url = columns_[kSource];
    return CheckUrl("Source", event->mention.url);
  }

  absl::Status ReadPlace(ImportedPlace* place) {
    constexpr std::pair<Column, std::string_view> kFinestFirst[] = {
        {kPlacename, "city"}, {kCity, "city"}, {kProvince, "region"}, {kCountry, "country"}};
    for (const auto& [column, precision] : kFinestFirst) {
      if (columns_[column].empty()) continue;
      place->name = Shortened(columns_[column], kMaxImportedNameBytes);
      place->precision = precision;
      break;
    }
    if (place->name.empty()) return absl::OkStatus();
    // A place name that is all there is says the country: "Ukraine" in Placename is no city.
    if (!codes_->CountryOfName(place->name).empty()) place->precision = "country";
    place->country = codes_->CountryOfName(columns_[kCountry]);
    return ReadCoordinates(columns_[kLatitude], columns_[kLongitude], place);
  }

  CodeMap* const codes_;
  NamedColumns columns_{
      "POLECAT",
      {"event_id", "event_date", "event_type", "actor_name", "recipient_name"},
      {"event_mode", "contexts", "intensity", "actor_country", "primary_actor_sector",
       "recipient_country", "primary_recipient_sector", "placename", "city", "province", "country",
       "latitude", "longitude", "source", "publication_date"}};
  std::string source_id_;
};

}  // namespace

std::unique_ptr<RowReader> MakePolecatReader(CodeMap* codes) {
  return std::make_unique<PolecatReader>(codes);
}

}  // namespace entente::ingest
