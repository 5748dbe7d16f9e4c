#include "ingest/nlp/fixed_point.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

#include "ingest/nlp/lanes.h"
#include "ingest/nlp/matrix.h"

namespace entente::nlp {
namespace {

constexpr size_t kPanel = FixedPointMatrix::kPanel;
constexpr float kNothing = 1e-30F;  // a row or column without a larger number counts as zeros

// Some rows of a product: where they come from and where they go.
template <size_t kRows>
struct RowBlock {
  const int16_t* left[kRows];
  float unit[kRows];
  float* out[kRows];
};

// Two shorts that stand beside each other, as a lane has them.
ENTENTE_INLINE int32_t PairAt(const int16_t* values) {
  int32_t pair;
  std::memcpy(&pair, values, sizeof(pair));
  return pair;
}

// kRows rows of a panel that is `kColumns` wide, as many registers at a time as fit.
template <typename Width, size_t kRows, size_t kColumns>
ENTENTE_INLINE void MultiplyPanel(const RowBlock<kRows>& rows, const int16_t* panel, size_t pairs,
                                  const float* units, size_t column) {
  using Ints = typename Width::Ints;
  using Lanes = typename Width::Lanes;
  constexpr size_t kLanes = Width::kLanes;
  constexpr size_t kVectorsMax = kRows > 2 && kLanes < 16 ? 2 : 4;
  constexpr size_t kVectors = std::min(kVectorsMax, kColumns / kLanes);
  for (size_t begin = 0; begin < kColumns; begin += kVectors * kLanes) {
    Ints sums[kRows][kVectors] = {};
    const int16_t* at = panel + 2 * begin;
    for (size_t pair = 0; pair < pairs; ++pair, at += 2 * kColumns) {
      Ints weights[kVectors];
      for (size_t v = 0; v < kVectors; ++v) {
        weights[v] = *reinterpret_cast<const Ints*>(at + 2 * v * kLanes);
      }
      for (size_t r = 0; r < kRows; ++r) {
        const Ints both = Ints{} + PairAt(rows.left[r] + 2 * pair);
        for (size_t v = 0; v < kVectors; ++v) {
          sums[r][v] = Width::AddPairs(sums[r][v], weights[v], both);
        }
      }
    }
    for (size_t r = 0; r < kRows; ++r) {
      for (size_t v = 0; v < kVectors; ++v) {
        const size_t first = begin + v * kLanes;
        const Lanes unit = At<Width>(units + first) * rows.unit[r];
        At<Width>(rows.out[r] + column + first) +=
            __builtin_convertvector(sums[r][v], Lanes) * unit;
      }
    }
  }
}

// A block of rows by columns column … column + kPanel − 1 of `right`, or as many as there are.
template <typename Width, size_t kRows>
ENTENTE_INLINE void MultiplyBlock(const RowBlock<kRows>& rows, const FixedPointMatrix& right,
                                  size_t column) {
  const int16_t* panel = right.panel(column);
  const float* units = right.units() + column;
  if (right.columns() - column >= kPanel) {
    MultiplyPanel<Width, kRows, kPanel>(rows, panel, right.pairs(), units, column);
  } else {
    MultiplyPanel<Width, kRows, kPanelColumns>(rows, panel, right.pairs(), units, column);
  }
}

// out(i) += left(i) · right for i < rows, where `block` gives the rows from i on. Panel by panel,
// so that a panel stays in the nearest cache for all rows.
template <typename Width, typename BlockOf>
ENTENTE_INLINE void MultiplyRows(const FixedPointMatrix& right, size_t rows,
                                 const BlockOf& fill_block) {
  for (size_t column = 0; column < right.columns(); column += kPanel) {
    size_t row = 0;
    for (; row + 4 <= rows; row += 4) {
      RowBlock<4> block;
      for (size_t r = 0; r < 4; ++r) {
        fill_block(row + r, &block.left[r], &block.unit[r], &block.out[r]);
      }
      MultiplyBlock<Width>(block, right, column);
    }
    for (; row < rows; ++row) {
      RowBlock<1> block;
      fill_block(row, &block.left[0], &block.unit[0], &block.out[0]);
      MultiplyBlock<Width>(block, right, column);
    }
  }
}

template <typename Width>
ENTENTE_INLINE void MultiplyAddWith(const FixedPointRows& left, const FixedPointMatrix& right,
                                    float* out, size_t out_stride) {
  MultiplyRows<Width>(
      right, left.rows(),
      [&](size_t row, const int16_t** values, float* unit, float** to)
          __attribute__((always_inline)) {
            *values = left.row(row);
            *unit = left.unit(row);
            *to = out + row * out_stride;
          });
}

// Lanes of |x| < 2^15 as shorts.
template <typename Width>
ENTENTE_INLINE void StoreRounded(const typename Width::Lanes& x, int16_t* out) {
  const typename Width::Lanes shifted = x + kRounder;
  typename Width::Ints bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  *reinterpret_cast<typename Width::Shorts*>(out) =
      __builtin_convertvector(bits, typename Width::Shorts);
}

// Shorts of `count` values, a multiple of the lanes; returns their unit.
template <typename Width>
ENTENTE_INLINE void RoundRow(const float* values, size_t count, int16_t* out, float* unit) {
  using Lanes = typename Width::Lanes;
  Lanes largest = {};
  for (size_t i = 0; i < count; i += Width::kLanes) {
    const Lanes x = At<Width>(values + i);
    const Lanes size = x < 0 ? -x : x;
    largest = size > largest ? size : largest;
  }
  float most = 0;
  for (size_t i = 0; i < Width::kLanes; ++i) most = std::max(most, largest[i]);
  const float scale = most < kNothing ? 0 : FixedPointRows::kLargest / most;
  *unit = most < kNothing ? 0 : most / FixedPointRows::kLargest;
  for (size_t i = 0; i < count; i += Width::kLanes) {
    StoreRounded<Width>(At<Width>(values + i) * scale, out + i);
  }
}

template <typename Width>
ENTENTE_INLINE void RoundRows(const float* values, size_t stride, size_t rows, size_t columns,
                              int16_t* out, float* units) {
  for (size_t row = 0; row < rows; ++row) {
    RoundRow<Width>(values + row * stride, columns, out + row * columns, units + row);
  }
}

// One step of a sentence: from the gates' sums to the new cell and output.
template <typename Width>
ENTENTE_INLINE void RunCell(size_t units, const float* gates, float* cell, int16_t* state,
                            float* out) {
  using Lanes = typename Width::Lanes;
  for (size_t i = 0; i < units; i += Width::kLanes) {
    CellGates<Width> at;
    at.Load(gates, units, i);
    at.Activate();
    Lanes now = at.forget * At<Width>(cell + i) + at.in * at.candidate;
    At<Width>(cell + i) = now;
    Tanh<Width>(&now);
    now *= at.open;
    At<Width>(out + i) = now;
    StoreRounded<Width>(now * FixedPointRows::kLargest, state + i);
  }
}

template <typename Width>
ENTENTE_INLINE void RunLstmWith(const FixedPointMatrix& recurrent, std::span<const size_t> lengths,
                                bool backwards, float* gates, LstmScratch* scratch, float* out,
                                size_t out_stride) {
  const size_t units = recurrent.rows();
  size_t active = lengths.size();
  for (size_t step = 0; active > 0; ++step) {
    while (active > 0 && lengths[scratch->order[active - 1]] <= step) --active;
    const auto word = [&](size_t at) __attribute__((always_inline)) {
      const size_t sentence = scratch->order[at];
      return scratch->begins[sentence] + (backwards ? lengths[sentence] - 1 - step : step);
    };
    if (step > 0) {  // before the first word there is nothing
      MultiplyRows<Width>(
          recurrent, active,
          [&](size_t at, const int16_t** values, float* unit, float** to)
              __attribute__((always_inline)) {
                *values = scratch->states.data() + at * units;
                *unit = 1 / FixedPointRows::kLargest;
                *to = gates + word(at) * 4 * units;
              });
    }
    for (size_t at = 0; at < active; ++at) {
      RunCell<Width>(units, gates + word(at) * 4 * units, scratch->cells.data() + at * units,
                     scratch->states.data() + at * units, out + word(at) * out_stride);
    }
  }
}

}  // namespace

FixedPointMatrix FixedPointMatrix::Of(const float* values, size_t rows, size_t columns) {
  // What the sizes of a column's numbers may add up to, rounding included.
  const float sum_max =
      static_cast<float>(std::numeric_limits<int32_t>::max()) / FixedPointRows::kLargest -
      static_cast<float>(rows) / 2 - 2;
  FixedPointMatrix matrix;
  matrix.rows_ = rows;
  matrix.units_.assign(PaddedColumns(columns), 0.0F);
  std::vector<float> largest(columns, 0.0F), sums(columns, 0.0F), scales(columns, 0.0F);
  for (size_t row = 0; row < rows; ++row) {
    for (size_t column = 0; column < columns; ++column) {
      const float size = std::fabs(values[row * columns + column]);
      largest[column] = std::max(largest[column], size);
      sums[column] += size;
    }
  }
  for (size_t column = 0; column < columns; ++column) {
    if (largest[column] < kNothing) continue;
    scales[column] =
        std::min(std::numeric_limits<int16_t>::max() / largest[column], sum_max / sums[column]);
    matrix.units_[column] = 1 / scales[column];
  }
  matrix.values_.assign(2 * matrix.pairs() * matrix.columns(), 0);
  for (size_t begin = 0; begin < columns; begin += kPanel) {
    const size_t width = std::min(kPanel, matrix.columns() - begin);
    int16_t* const panel = matrix.values_.data() + begin * 2 * matrix.pairs();
    for (size_t row = 0; row < rows; ++row) {
      for (size_t column = begin; column < std::min(begin + width, columns); ++column) {
        panel[(row / 2 * width + column - begin) * 2 + row % 2] =
            static_cast<int16_t>(std::lrint(values[row * columns + column] * scales[column]));
      }
    }
  }
  return matrix;
}

void FixedPointRows::Set(const float* values, size_t stride, size_t rows, size_t columns) {
  stride_ = columns;
  values_.resize(rows * columns);
  units_.resize(rows);
  ENTENTE_DISPATCH(RoundRows, (values, stride, rows, columns, values_.data(), units_.data()));
}

void MultiplyAdd(const FixedPointRows& left, const FixedPointMatrix& right, float* out,
                 size_t out_stride) {
  ENTENTE_DISPATCH(MultiplyAddWith, (left, right, out, out_stride));
}

void RunLstm(const FixedPointMatrix& recurrent, std::span<const size_t> lengths, bool backwards,
             float* gates, LstmScratch* scratch, float* out, size_t out_stride) {
  const size_t sentences = lengths.size(), units = recurrent.rows();
  scratch->begins.resize(sentences);
  std::exclusive_scan(lengths.begin(), lengths.end(), scratch->begins.begin(), size_t{0});
  scratch->order.resize(sentences);
  std::iota(scratch->order.begin(), scratch->order.end(), size_t{0});
  std::stable_sort(scratch->order.begin(), scratch->order.end(),
                   [&](size_t a, size_t b) { return lengths[a] > lengths[b]; });
  scratch->states.resize(sentences * units);
  scratch->cells.assign(sentences * units, 0.0F);
  ENTENTE_DISPATCH(RunLstmWith, (recurrent, lengths, backwards, gates, scratch, out, out_stride));
}

}  // namespace entente::nlp
