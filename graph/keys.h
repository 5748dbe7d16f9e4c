// The key grammar of the whole store, in one place. docs/storage_format.md draws every record and
// works through an example; a change here is a new kFormatVersion.
//
// Numbers in keys are big-endian, so that bytes order as numbers do. A time is microseconds since
// 1970 UTC with the sign bit flipped, a day is days since 1970 likewise, so that years before 1970
// come first. "·" joins fields, the digit behind a field is its width in bytes.
//
//   family      key                                      value
//   ----------- ---------------------------------------- -----------------------------------------
//   meta        "head"                                   Counters (records.h)
//               "rebuild"                                which families are being remade;
//                                                        empty: all derived (maintenance.h)
//               'v' · word                               word4: number of a type, sub-type, role
//               'b' · source of a bulk load              its resume token
//               't' · number4                            v1.Event: template of imported events
//               "history"                                revision8: the oldest that can be asked
//   event       event8                                   v1.Event without id and mentions, or an
//                                                        imported record (imported_event.h)
//   mention     event8 · article8 · n4                   v1.Mention; of imports: article8 is 0 for
//                                                        the data set's own reference, else the
//                                                        top bit and a hash; an imported record
//   actor       actor8                                   v1.Actor without output-only fields
//   article     article8                                 ArticleRecord (records.h)
//   log         revision8                                Change (records.h)
//   place       place8                                   v1.Place of imported events
//   history     revision8 · event8                       OldVersion (records.h): until it
//   report      event8 · group8 · article8               Report (records.h); event_reports.h
//   curation    revision8                                v1.CurationRecord
//   ----------- what follows can be made again from what stands above (Store::Rebuild) ------------
//   name        'i' · actor id                           actor8
//               'n' · folded name · 0x00 · actor8        empty; whole names and ids
//               'w' · folded rest · 0x00 · actor8        empty; names from their 2nd, 3rd, … word
//   dedupe      'i' · article id                         article8
//               'u' · URL                                article8
//               'h' · SHA-256 of source, title, text     article8; 's': see SimilarKeys
//   event_key   EventKey (event_merge.h) · event8        empty; finds what an article repeats
//   source      SourceKey (imported_event.h)             event8; of events with a source_id
//   actor_time  actor8 · time8 · event8                  EventRow (records.h) or a run of them
//                                                        that follow each other (row_runs.h)
//   pair_time   low8 · high8 · time8 · event8            likewise; low8 < high8 are actors
//   type_time   word4 · time8 · event8                   likewise
//   actor_day   actor8 · day4                            Rollup (rollup.h)
//   pair_day    low8 · high8 · day4                      Rollup
//   neighbor    actor8 · other8                          Rollup of one cell; other8 = 0: all events
//   actor_month actor8 · day4                            Rollup; day4 is the month's first day
//   pair_month  low8 · high8 · day4                      Rollup
//   text        term · 00 · ~time8 · ~event8 · article8  positions (event_text.h)
//               00 · ~time8 · ~event8                    TextRow (event_text.h)
//
// Actors, events and articles are numbered from 1 in the order in which they came; 0 is nobody.
//
// Pure functions.
#ifndef ENTENTE_GRAPH_KEYS_H_
#define ENTENTE_GRAPH_KEYS_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/time.h"
#include "graph/kv/database.h"

namespace entente::graph {

// Version of everything in this header, records.h, rollup.h and row_runs.h. A program opens only
// stores of its own version; Store::Upgrade brings those from kOldestFormatUpgradable on to it.
inline constexpr uint32_t kFormatVersion = 5;
inline constexpr uint32_t kFormatWithoutRuns = 4;
inline constexpr uint32_t kFormatWithoutMonths = 3;
inline constexpr uint32_t kOldestFormatUpgradable = kFormatWithoutMonths;

// In the order in which the families are given to the database; new ones go to the end.
enum StoreFamily : kv::Family {
  kMeta,
  kEvent,
  kMention,
  kActor,
  kArticle,
  kLog,
  kName,
  kDedupe,
  kEventKey,
  kActorTime,
  kPairTime,
  kTypeTime,
  kActorDay,
  kPairDay,
  kNeighbor,
  kPlace,
  kSource,
  kHistory,
  kReport,
  kCuration,
  kActorMonth,
  kPairMonth,
  kText,
  kFamilyCount,
};

// The families that kFormatWithoutMonths does not have.
inline constexpr StoreFamily kAddedFamilies[] = {kActorMonth, kPairMonth, kText};

// The families that Rebuild drops and makes again.
inline constexpr StoreFamily kDerivedFamilies[] = {
    kName,    kDedupe,   kEventKey, kActorTime,  kPairTime,  kTypeTime, kActorDay,
    kPairDay, kNeighbor, kSource,   kActorMonth, kPairMonth, kText};

using ActorNumber = uint64_t;
using EventNumber = uint64_t;
using ArticleNumber = uint64_t;
using WordNumber = uint32_t;

inline constexpr std::string_view kHeadKey = "head";
inline constexpr std::string_view kRebuildKey = "rebuild";
inline constexpr std::string_view kHistoryKey = "history";
inline constexpr char kWordTag = 'v';
inline constexpr char kTokenTag = 'b';
inline constexpr char kTemplateTag = 't';
inline constexpr char kIdTag = 'i';
inline constexpr char kNameTag = 'n';
inline constexpr char kNameRestTag = 'w';
inline constexpr char kUrlTag = 'u';
inline constexpr char kContentTag = 'h';

// Appends the fields of a key: Key().U64(actor).Time(micros).U64(event).
class Key {
 public:
  Key() = default;
  explicit Key(char tag) : bytes_(1, tag) {}

  Key& U8(uint8_t value) { return Fixed(value, 1); }
  Key& U32(uint32_t value) { return Fixed(value, 4); }
  Key& U64(uint64_t value) { return Fixed(value, 8); }
  Key& Time(int64_t micros) { return U64(static_cast<uint64_t>(micros) ^ (uint64_t{1} << 63)); }
  Key& Day(Date day) { return U32(static_cast<uint32_t>(day.days) ^ (uint32_t{1} << 31)); }
  Key& Text(std::string_view text) {
    bytes_.append(text);
    return *this;
  }
  Key& Zero() {
    bytes_.push_back('\0');
    return *this;
  }

  const std::string& str() const { return bytes_; }
  operator std::string_view() const { return bytes_; }

 private:
  Key& Fixed(uint64_t value, int width) {
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>(value >> shift));
    }
    return *this;
  }

  std::string bytes_;
};

// Reads big-endian fields back. REQUIRES: `at` + width <= key.size().
inline uint64_t ReadFixed(std::string_view key, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = 0; i < width; ++i) value = (value << 8) | static_cast<unsigned char>(key[at + i]);
  return value;
}
inline uint64_t ReadU64(std::string_view key, size_t at) { return ReadFixed(key, at, 8); }
inline uint32_t ReadU32(std::string_view key, size_t at) {
  return static_cast<uint32_t>(ReadFixed(key, at, 4));
}
inline int64_t ReadTime(std::string_view key, size_t at) {
  return static_cast<int64_t>(ReadU64(key, at) ^ (uint64_t{1} << 63));
}
inline Date ReadDay(std::string_view key, size_t at) {
  return Date{static_cast<int32_t>(ReadU32(key, at) ^ (uint32_t{1} << 31))};
}

// The smallest key that is greater than all keys with the prefix; empty if there is none.
inline std::string PrefixEnd(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && end.back() == '\xff') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_KEYS_H_
