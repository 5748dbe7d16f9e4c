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

// An article and the events of which it is evidence.
//
//   size varint · v1.Article · count varint · event numbers, each a varint
struct ArticleRecord {
  v1::Article article;
  std::vector<EventNumber> events;  // in the order in which the article reports them

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

// What a revision changed.
//
//   article varint · count varint · new events, varints · count varint · changed events, varints
//   · time in microseconds since 1970, signed varint
struct Change {
  ArticleNumber article = 0;
  std::vector<EventNumber> created;
  std::vector<EventNumber> changed;  // events of earlier articles that gained mentions
  int64_t commit_time_micros = 0;    // UTC, by the clock of the machine that committed

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_RECORDS_H_
