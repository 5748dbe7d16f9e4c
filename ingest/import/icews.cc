// ICEWS Coded Event Data: tab-parted files with a line of column names (Boschee et al., Harvard
// Dataverse, doi:10.7910/DVN/28075).
#include "base/status.h"
#include "base/strings.h"
#include "ingest/import/formats.h"

namespace entente::ingest {
namespace {

enum Column : size_t {
  kId,
  kDay,
  kSourceName,
  kTargetName,
  kCode,
  kIntensity,
  kSourceSectors,
  kSourceCountry,
  kTargetSectors,
  kTargetCountry,
  kStory,
  kSentence,
  kPublisher,
  kCity,
  kProvince,
  kCountry,
  kLatitude,
  kLongitude
};

constexpr int64_t kMaxSentence = 1'000'000;

class IcewsReader final : public RowReader {
 public:
  explicit IcewsReader(CodeMap* codes) : codes_(codes) {}

  absl::StatusOr<MemberShape> BeginMember(std::string_view first_record) override {
    return columns_.ReadHeader(first_record, /*quoted=*/false);
  }

  absl::Status Read(std::string_view record, ImportedRow* row) override {
    ENTENTE_RETURN_IF_ERROR(columns_.Split(record));
    row->kind = ImportedRow::Kind::kEvent;
    ImportedEvent& event = row->event;
    event = ImportedEvent();
    ENTENTE_RETURN_IF_ERROR(ReadWhatAndWhen(&event));
    AddActor(columns_[kSourceName], columns_[kSourceSectors], columns_[kSourceCountry], true,
             &event);
    AddActor(columns_[kTargetName], columns_[kTargetSectors], columns_[kTargetCountry], false,
             &event);
    if (event.participant_count == 0) return InvalidArgument("names no actor");
    ENTENTE_RETURN_IF_ERROR(ReadStory(&event.mention));
    event.mention.report_time_micros = event.report_time_micros;
    return ReadPlace(&event.place);
  }

 private:
  absl::Status ReadWhatAndWhen(ImportedEvent* event) {
    int64_t number = 0;
    if (!ReadInteger(columns_[kId], 0, INT64_MAX, &number)) {
      return BadField("Event ID", columns_[kId], "is no number");
    }
    source_id_.assign("icews:").append(columns_[kId]);
    event->source_id = source_id_;
    if (!ReadDate(columns_[kDay], &event->first_day)) {
      return BadField("Event Date", columns_[kDay], "is no date (YYYY-MM-DD)");
    }
    event->last_day = event->first_day;
    // ICEWS dates an event by its story.
    event->date_inferred = true;
    event->report_time_micros = event->first_day.Micros();
    const std::optional<KindIndex> kind = codes_->KindOfCameo(columns_[kCode]);
    if (!kind) return BadField("CAMEO Code", columns_[kCode], "is no CAMEO code");
    event->kind = *kind;
    event->goldstein = codes_->kind(*kind).goldstein;
    if (columns_[kIntensity].empty()) return absl::OkStatus();
    if (ReadNumber(columns_[kIntensity], -10, 10, &event->goldstein)) return absl::OkStatus();
    return BadField("Intensity", columns_[kIntensity], "is no number from -10 to 10");
  }

  void AddActor(std::string_view name, std::string_view sectors, std::string_view country,
                bool source, ImportedEvent* event) {
    if (name.empty()) return;
    CodeMap::NamedActor actor;
    actor.name = Shortened(name, kMaxImportedNameBytes / 2);
    actor.country = codes_->CountryOfName(country);
    actor.sector = codes_->SectorOfIcews(sectors);
    event->AddParticipant(codes_->ByName(actor), source);
  }

  absl::Status ReadStory(ImportedMention* mention) {
    if (columns_[kStory].empty()) return absl::OkStatus();
    citation_ = Cat("icews-story:", columns_[kStory]);
    if (!columns_[kPublisher].empty()) citation_ += Cat(" (", columns_[kPublisher], ")");
    mention->url = citation_;
    ENTENTE_RETURN_IF_ERROR(CheckUrl("Story ID with Publisher", mention->url));
    if (columns_[kSentence].empty()) return absl::OkStatus();
    int64_t sentence = 0;
    if (!ReadInteger(columns_[kSentence], 0, kMaxSentence, &sentence)) {
      return BadField("Sentence Number", columns_[kSentence], "is no number of a sentence");
    }
    mention->sentence_number = static_cast<uint32_t>(sentence);
    return absl::OkStatus();
  }

  absl::Status ReadPlace(ImportedPlace* place) {
    constexpr std::pair<Column, std::string_view> kFinestFirst[] = {
        {kCity, "city"}, {kProvince, "region"}, {kCountry, "country"}};
    for (const auto& [column, precision] : kFinestFirst) {
      if (columns_[column].empty()) continue;
      place->name = Shortened(columns_[column], kMaxImportedNameBytes);
      place->precision = precision;
      break;
    }
    if (place->name.empty()) return absl::OkStatus();
    place->country = codes_->CountryOfName(columns_[kCountry]);
    return ReadCoordinates(columns_[kLatitude], columns_[kLongitude], place);
  }

  CodeMap* const codes_;
  NamedColumns columns_{"ICEWS",
                        {"event_id", "event_date", "source_name", "target_name", "cameo_code"},
                        {"intensity", "source_sectors", "source_country", "target_sectors",
                         "target_country", "story_id", "sentence_number", "publisher", "city",
                         "province", "country", "latitude", "longitude"}};
  std::string source_id_;
  std::string citation_;
};

}  // namespace

std::unique_ptr<RowReader> MakeIcewsReader(CodeMap* codes) {
  return std::make_unique<IcewsReader>(codes);
}

}  // namespace entente::ingest
