#include "graph/rollup.h"

#include <algorithm>

#include "graph/codec.h"

namespace entente::graph {
namespace {

constexpr char kDamaged = '\xff';

class RollupMergeOperator : public kv::MergeOperator {
 public:
  const char* Name() const override { return "entente.Rollup.1"; }

  std::string Merge(std::optional<std::string_view> base,
                    std::span<const std::string_view> operands) const override {
    Rollup sum;
    Rollup part;
    if (base && !sum.Decode(*base)) return std::string(1, kDamaged);
    for (const std::string_view operand : operands) {
      if (!part.Decode(operand)) return std::string(1, kDamaged);
      sum.Add(part);
    }
    return sum.Encode();
  }
};

}  // namespace

void Rollup::AddCell(const RollupCell& cell) {
  const auto at = std::lower_bound(cells_.begin(), cells_.end(), cell.key,
                                   [](const RollupCell& c, uint64_t key) { return c.key < key; });
  if (at == cells_.end() || at->key != cell.key) {
    if (cell.count != 0 || cell.intensity_milli_sum != 0) cells_.insert(at, cell);
    return;
  }
  at->count += cell.count;
  at->intensity_milli_sum += cell.intensity_milli_sum;
  if (at->count == 0 && at->intensity_milli_sum == 0) cells_.erase(at);
}

void Rollup::Add(const EventRow& row, int64_t count) {
  const uint64_t key = uint64_t{row.type} << 9 | static_cast<uint64_t>(row.status) << 5 |
                       static_cast<uint64_t>(row.quad_class) << 2 | row.direction;
  AddCell({key, count, count * row.intensity_milli});
}

void Rollup::AddTotal(const EventRow& row, int64_t count) {
  AddTotal(count, count * row.intensity_milli);
}

void Rollup::AddTotal(int64_t count, int64_t intensity_milli_sum) {
  AddCell({0, count, intensity_milli_sum});
}

void Rollup::Add(const Rollup& other) {
  for (const RollupCell& cell : other.cells_) AddCell(cell);
}

std::string Rollup::Encode() const {
  std::string out;
  for (const RollupCell& cell : cells_) {
    PutVarint(cell.key, &out);
    PutSigned(cell.count, &out);
    PutSigned(cell.intensity_milli_sum, &out);
  }
  return out;
}

bool Rollup::Decode(std::string_view bytes) {
  cells_.clear();
  Decoder in(bytes);
  while (!in.Done()) {
    RollupCell cell;
    if (!in.Varint(&cell.key) || !in.Signed(&cell.count) || !in.Signed(&cell.intensity_milli_sum) ||
        (!cells_.empty() && cell.key <= cells_.back().key)) {
      cells_.clear();
      return false;
    }
    cells_.push_back(cell);
  }
  return true;
}

int64_t Rollup::count() const {
  int64_t sum = 0;
  for (const RollupCell& cell : cells_) sum += cell.count;
  return sum;
}

int64_t Rollup::intensity_milli_sum() const {
  int64_t sum = 0;
  for (const RollupCell& cell : cells_) sum += cell.intensity_milli_sum;
  return sum;
}

Date MonthOf(Date day) { return day.AddDays(1 - day.Day()); }

const kv::MergeOperator* RollupMerge() {
  static const RollupMergeOperator merge;
  return &merge;
}

}  // namespace entente::graph
