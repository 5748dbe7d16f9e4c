// One row of somebody else's event data, read and checked, on its way into the store. The same
// struct serves every format; which column goes where is in docs/import.md.
//
// Text is views: of a row they live until the reader is asked for the next one. What rows repeat
// (the codes of a kind of event, an actor) is interned and stands as a number of a CodeMap
// (code_map.h).
//
// Plain data.
#ifndef ENTENTE_INGEST_IMPORT_IMPORTED_EVENT_H_
#define ENTENTE_INGEST_IMPORT_IMPORTED_EVENT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/time.h"
#include "entente/v1/event.pb.h"

namespace entente::ingest {

// Indices into CodeMap.
using KindIndex = uint32_t;
using ActorIndex = uint32_t;

struct ImportedParticipant {
  ActorIndex actor = 0;
  bool source = true;  // else target. With a symmetric role it makes no difference
};

struct ImportedPlace {
  std::string_view name;
  std::string_view country;  // ISO 3166 alpha-3; may be empty
  double latitude = 0;       // degrees, WGS 84
  double longitude = 0;
  bool has_coordinates = false;
  std::string_view precision;  // "city", "region", "country", or empty
};

// Fatalities are -1 where the data set says nothing of them.
struct ImportedCounts {
  int64_t mentions = 0;
  int64_t sources = 0;
  int64_t articles = 0;
  double tone = 0;
  bool has_tone = false;
  bool root_event = false;
  int64_t fatalities = -1;
  int64_t fatalities_low = -1;
  int64_t fatalities_high = -1;
};

// Where the data set says that it read of the event.
struct ImportedMention {
  std::string_view url;            // or a citation; empty: the data set does not say
  std::string_view text;           // headline, or the data set's own words on the event
  uint32_t sentence_number = 0;    // in the report, from 1; 0: not said
  int64_t report_time_micros = 0;  // UTC; 0: not said
  double confidence = 1;           // 0 to 1

  bool empty() const { return url.empty() && text.empty(); }
};

struct ImportedEvent {
  // A summit in POLECAT has a dozen actors; more are left out by the reader, which says so.
  static constexpr size_t kMaxParticipants = 32;

  std::string_view source_id;  // "gdelt:881990832"
  KindIndex kind = 0;
  std::array<ImportedParticipant, kMaxParticipants> participants;
  size_t participant_count = 0;
  Date first_day;
  Date last_day;
  v1::DatePrecision date_precision = v1::DAY;
  bool date_inferred = false;
  int64_t report_time_micros = 0;  // UTC; 0: not said, the event's day stands for it
  double goldstein = 0;            // -10 to 10
  double confidence = 1;           // 0 to 1
  ImportedPlace place;
  ImportedCounts counts;
  ImportedMention mention;

  void AddParticipant(ActorIndex actor, bool source) {
    if (participant_count < kMaxParticipants) participants[participant_count++] = {actor, source};
  }
};

// What a row of a file was.
struct ImportedRow {
  enum class Kind {
    kNothing,  // an empty line, a header
    kEvent,    // `event`
    kMention,  // `event.mention` is a mention of the event `event.source_id`, which is elsewhere
    kWhole,    // `whole`, an event of Entente's own making with everything that it has
  };
  Kind kind = Kind::kNothing;
  ImportedEvent event;
  v1::Event whole;
};

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_IMPORTED_EVENT_H_
