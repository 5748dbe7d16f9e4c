// Roll-ups: how many events of each kind a day or a month has, and the sum of their intensities,
// kept up by merging small differences, so that a summary of ten years reads months and not events.
//
//   Rollup day;
//   day.Add(row, +1);                                  // an event came
//   batch.Merge(kPairDay, key, day.Encode());
//
// A cell is a kind of event: type, status, quad class and direction. Counts may be taken back by
// negative differences; a cell of count 0 and sum 0 is left out.
//
//   Rollup  := cell*                                   in increasing order of their keys
//   cell    := key varint · count signed varint · intensity sum in thousandths, signed varint
//   key     := type << 9 | status << 5 | quad class << 2 | direction
//
// Bytes that are no Rollup merge into the single byte ff, which is no Rollup either, so that damage
// is seen by whoever reads it and never becomes a wrong number.
#ifndef ENTENTE_GRAPH_ROLLUP_H_
#define ENTENTE_GRAPH_ROLLUP_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "graph/kv/database.h"
#include "graph/records.h"

namespace entente::graph {

struct RollupCell {
  uint64_t key = 0;
  int64_t count = 0;
  int64_t intensity_milli_sum = 0;

  WordNumber type() const { return static_cast<WordNumber>(key >> 9); }
  v1::EventStatus status() const { return static_cast<v1::EventStatus>((key >> 5) & 0xF); }
  v1::QuadClass quad_class() const { return static_cast<v1::QuadClass>((key >> 2) & 0x7); }
  uint8_t direction() const { return key & 0x3; }
  bool operator==(const RollupCell&) const = default;
};

class Rollup {
 public:
  // Adds `count` events like `row` (negative: takes them back).
  void Add(const EventRow& row, int64_t count);
  // Adds to a single cell, of key 0: totals, in which kinds do not matter.
  void AddTotal(const EventRow& row, int64_t count);
  void AddTotal(int64_t count, int64_t intensity_milli_sum);
  void Add(const Rollup& other);

  std::string Encode() const;
  bool Decode(std::string_view bytes);

  const std::vector<RollupCell>& cells() const { return cells_; }
  int64_t count() const;                // of all cells
  int64_t intensity_milli_sum() const;  // of all cells
  bool operator==(const Rollup&) const = default;

 private:
  void AddCell(const RollupCell& cell);

  std::vector<RollupCell> cells_;  // by key, none empty
};

// The first day of the month, at which the roll-ups of months stand.
Date MonthOf(Date day);

// Adds Rollups up. Thread safe; lives for ever.
const kv::MergeOperator* RollupMerge();

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_ROLLUP_H_
