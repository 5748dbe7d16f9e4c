// The store's own records: those whose bytes are not a protocol buffer's. Each has Encode and
// Decode; Decode returns false for bytes that Encode cannot have written. Drawn in
// docs/storage_format.md.
//
//   EventRow row = RowOf(event, type);
//   const std::string bytes = row.Encode();
//   EventRow back;
//   if (!back.Decode(bytes)) return DataLoss("…");
//
// Plain data and pure functions.
#ifndef ENTENTE_GRAPH_RECORDS_H_
#define ENTENTE_GRAPH_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "entente/v1/article.pb.h"
#include "entente/v1/event.pb.h"
#include "graph/keys.h"

namespace entente::graph {

// Intensity and confidence are stored in fixed point, so that sums are exact in any order. The
// store rounds an event's own numbers to the same steps when it takes it in.
inline constexpr double kIntensityUnit = 0.001;  // of the Goldstein scale
inline constexpr double kConfidenceUnit = 0.0001;
int32_t IntensityMilli(double goldstein);     // REQUIRES: -10 <= goldstein <= 10
uint32_t ConfidenceSteps(double confidence);  // REQUIRES: 0 <= confidence <= 1
inline double IntensityOf(int64_t milli) { return static_cast<double>(milli) / 1000; }
inline double ConfidenceOf(uint32_t steps) { return static_cast<double>(steps) / 10000; }

// How an event joins a pair of actors (low, high), or, in actor_time, on which sides an actor
// stands.
enum Direction : uint8_t {
  kNoDirection = 0,
  kForward = 1,   // low is source, high is target; in actor_time: the actor is a source
  kBackward = 2,  // the reverse; in actor_time: the actor is a target
};

// What an index row knows of its event: enough for every filter of the API.
//
//   type varint · status (bits 0-3) | quad class (bits 4-6) · direction 1
//   · intensity + 32768, 2 big-endian · confidence 2 big-endian
struct EventRow {
  WordNumber type = 0;
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
  v1::QuadClass quad_class = v1::QUAD_CLASS_UNSPECIFIED;
  uint8_t direction = kNoDirection;  // Direction flags
  int32_t intensity_milli = 0;       // -10,000 to 10,000
  uint32_t confidence_steps = 0;     // 0 to 10,000

  std::string Encode() const;
  void AppendTo(std::string* out) const;
  bool Decode(std::string_view bytes);
  bool operator==(const EventRow&) const = default;
};

// The row of `event` in the indexes, without direction. `type` is the number of event.type().
EventRow RowOf(const v1::Event& event, WordNumber type);

// The day at which the indexes hold an event. REQUIRES: the store filled event.date().
Date DayOf(const v1::Event& event);

// The store's state after a revision, written in the batch of each.
//
//   eight varints in the order of the fields
struct Counters {
  uint64_t revision = 0;    // of the last committed batch; the first is 1
  uint64_t last_event = 0;  // the highest numbers in use
  uint64_t last_actor = 0;
  uint64_t last_article = 0;
  uint64_t last_word = 0;
  uint64_t event_count = 0;
  uint64_t mention_count = 0;
  uint64_t article_count = 0;

  std::string Encode() const;
  bool Decode(std::string_view bytes);
  bool operator==(const Counters&) const = default;
};

// An article, the group of copies that it belongs to, and the events of which it is evidence.
//
//   size varint · v1.Article · group varint · count varint · event numbers, each a varint
struct ArticleRecord {
  v1::Article article;
  ArticleNumber group = 0;          // number of the first article of its copies; often its own
  std::vector<EventNumber> events;  // in the order in which the article reports them

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

// What a revision changed, and the highest numbers in use after it. New events are numbered without
// gaps up to last_event.
//
//   article varint · count of new events varint · last event varint · last actor varint
//   · last article varint · count varint · changed events, varints
//   · time in microseconds since 1970, signed varint
struct Change {
  ArticleNumber article = 0;   // that came; 0: none
  uint64_t created_count = 0;  // events
  uint64_t last_event = 0;
  uint64_t last_actor = 0;
  uint64_t last_article = 0;
  std::vector<EventNumber> changed;  // older events that are not as they were
  int64_t commit_time_micros = 0;    // UTC, never before that of the revision before

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

// What an event was until a revision changed it.
//
//   flags 1 (bit 0: the event, bit 1: the mentions) · size varint · v1.Event
//   · count varint · (article varint · n varint · size varint · v1.Mention)*
struct OldVersion {
  struct OldMention {
    ArticleNumber article = 0;
    uint32_t n = 0;
    v1::Mention mention;
  };

  // Absent: the record stayed, but an actor of it was merged or split.
  std::optional<v1::Event> event;
  // Absent: no mention was taken away or moved here; those of later articles are the difference.
  std::optional<std::vector<OldMention>> mentions;

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

// What one article said of an event, as the store completed it.
//
//   flags 1 (bit 0: retracted) · v1.Event, with the article's mentions only if retracted
struct Report {
  bool retracted = false;
  v1::Event event;

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_RECORDS_H_
