#include "ingest/nlp/matrix.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "ingest/nlp/lanes.h"

namespace entente::nlp {
namespace {

// Rows × kPanelColumns sums of a product, two registers of each row at a time.
template <typename Width, size_t kRows>
ENTENTE_INLINE void MultiplyPanel(const float* left, size_t row_stride, size_t step,
                                  const float* panel, size_t depth, float* out, size_t out_stride) {
  using Lanes = typename Width::Lanes;
  constexpr size_t kLanes = Width::kLanes;
  for (size_t begin = 0; begin < kPanelColumns; begin += 2 * kLanes, out += 2 * kLanes) {
    Lanes sums[kRows][2];
    for (size_t r = 0; r < kRows; ++r) {
      sums[r][0] = At<Width>(out + r * out_stride);
      sums[r][1] = At<Width>(out + r * out_stride + kLanes);
    }
    for (size_t k = 0; k < depth; ++k) {
      const float* columns = panel + k * kPanelColumns + begin;
      const Lanes a = At<Width>(columns), b = At<Width>(columns + kLanes);
      for (size_t r = 0; r < kRows; ++r) {
        const float x = left[r * row_stride + k * step];
        sums[r][0] += a * x;
        sums[r][1] += b * x;
      }
    }
    for (size_t r = 0; r < kRows; ++r) {
      At<Width>(out + r * out_stride) = sums[r][0];
      At<Width>(out + r * out_stride + kLanes) = sums[r][1];
    }
  }
}

template <typename Width>
ENTENTE_INLINE void LstmCellWith(size_t units, float* gates, const float* cell_before, float* cell,
                                 float* squashed, float* out) {
  using Lanes = typename Width::Lanes;
  for (size_t i = 0; i < units; i += Width::kLanes) {
    CellGates<Width> at;
    at.Load(gates, units, i);
    at.Activate();
    At<Width>(gates + i) = at.in;
    At<Width>(gates + units + i) = at.forget;
    At<Width>(gates + 2 * units + i) = at.open;
    At<Width>(gates + 3 * units + i) = at.candidate;
    Lanes state = at.forget * At<Width>(cell_before + i) + at.in * at.candidate;
    At<Width>(cell + i) = state;
    Tanh<Width>(&state);
    At<Width>(squashed + i) = state;
    At<Width>(out + i) = at.open * state;
  }
}

template <typename Width>
ENTENTE_INLINE void MultiplyAddWith(const MatrixView& left, size_t rows, const PackedMatrix& right,
                                    float* out, size_t out_stride) {
  for (size_t begin = 0; begin < right.columns(); begin += kPanelColumns) {
    const float* panel = right.panel(begin / kPanelColumns);
    size_t row = 0;
    for (; row + 4 <= rows; row += 4) {
      MultiplyPanel<Width, 4>(left.values + row * left.row_stride, left.row_stride, left.step,
                              panel, right.rows(), out + row * out_stride + begin, out_stride);
    }
    for (; row < rows; ++row) {
      MultiplyPanel<Width, 1>(left.values + row * left.row_stride, left.row_stride, left.step,
                              panel, right.rows(), out + row * out_stride + begin, out_stride);
    }
  }
}

template <typename Width>
ENTENTE_INLINE void LstmCellGradientWith(size_t units, const float* gates, const float* cell_before,
                                         const float* squashed, const float* out_gradient,
                                         float* cell_gradient, float* gates_gradient) {
  for (size_t i = 0; i < units; i += Width::kLanes) {
    const typename Width::Lanes in = At<Width>(gates + i), forget = At<Width>(gates + units + i),
                                open = At<Width>(gates + 2 * units + i),
                                candidate = At<Width>(gates + 3 * units + i);
    const typename Width::Lanes tanh = At<Width>(squashed + i), d_out = At<Width>(out_gradient + i);
    const typename Width::Lanes d_cell =
        At<Width>(cell_gradient + i) + d_out * open * (1.0F - tanh * tanh);
    At<Width>(gates_gradient + i) = d_cell * candidate * in * (1.0F - in);
    At<Width>(gates_gradient + units + i) =
        d_cell * At<Width>(cell_before + i) * forget * (1.0F - forget);
    At<Width>(gates_gradient + 2 * units + i) = d_out * tanh * open * (1.0F - open);
    At<Width>(gates_gradient + 3 * units + i) = d_cell * in * (1.0F - candidate * candidate);
    At<Width>(cell_gradient + i) = d_cell * forget;
  }
}

}  // namespace

void PackedMatrix::Resize(size_t rows, size_t columns) {
  rows_ = rows;
  columns_ = PaddedColumns(columns);
  values_.assign(rows_ * columns_, 0.0F);
}

void PackedMatrix::Pack(const float* values, size_t stride, size_t rows, size_t columns) {
  Resize(rows, columns);
  for (size_t begin = 0; begin < columns; begin += kPanelColumns) {
    float* out = values_.data() + begin * rows;
    const size_t width = std::min(kPanelColumns, columns - begin);
    for (size_t row = 0; row < rows; ++row, out += kPanelColumns) {
      std::copy_n(values + row * stride + begin, width, out);
    }
  }
}

void PackedMatrix::PackTransposed(const float* values, size_t stride, size_t rows, size_t columns) {
  Resize(rows, columns);
  for (size_t column = 0; column < columns; ++column) {
    float* out =
        values_.data() + column / kPanelColumns * kPanelColumns * rows + column % kPanelColumns;
    const float* from = values + column * stride;
    for (size_t row = 0; row < rows; ++row) out[row * kPanelColumns] = from[row];
  }
}

void MultiplyAdd(const MatrixView& left, size_t rows, const PackedMatrix& right, float* out,
                 size_t out_stride) {
  ENTENTE_DISPATCH(MultiplyAddWith, (left, rows, right, out, out_stride));
}

void LstmCell(size_t units, float* gates, const float* cell_before, float* cell, float* squashed,
              float* out) {
  ENTENTE_DISPATCH(LstmCellWith, (units, gates, cell_before, cell, squashed, out));
}

void LstmCellGradient(size_t units, const float* gates, const float* cell_before,
                      const float* squashed, const float* out_gradient, float* cell_gradient,
                      float* gates_gradient) {
  ENTENTE_DISPATCH(LstmCellGradientWith, (units, gates, cell_before, squashed, out_gradient,
                                          cell_gradient, gates_gradient));
}

void Rectify(float* values, size_t count) {
  for (size_t i = 0; i < count; ++i) values[i] = std::max(values[i], 0.0F);
}

ENTENTE_FOR_EACH_PROCESSOR
void AddTo(const float* from, size_t count, float* into) {
  for (size_t i = 0; i < count; ++i) into[i] += from[i];
}

ENTENTE_FOR_EACH_PROCESSOR
float RoundToBytes(const float* values, size_t count, int8_t* out) {
  // Bits of numbers without their signs are ordered as the numbers are, and vectors can take the
  // largest of whole numbers.
  uint32_t bits = 0;
  for (size_t i = 0; i < count; ++i) {
    bits = std::max(bits, std::bit_cast<uint32_t>(values[i]) & 0x7FFFFFFFU);
  }
  constexpr float kLargest = 127;
  const float largest = std::bit_cast<float>(bits);
  const float scale = largest == 0 ? 0 : kLargest / largest;
  for (size_t i = 0; i < count; ++i) {
    const float scaled = values[i] * scale;
    out[i] = static_cast<int8_t>(scaled + std::copysign(0.5F, scaled));
  }
  return largest / kLargest;
}

ENTENTE_FOR_EACH_PROCESSOR
void AddScaled(const int8_t* from, float unit, size_t count, float* into) {
  for (size_t i = 0; i < count; ++i) into[i] += static_cast<float>(from[i]) * unit;
}

void RectifiedSum(const float* a, const float* b, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) out[i] = std::max(a[i] + b[i], 0.0F);
}

void Softmax(float* scores, size_t count) {
  const float best = *std::max_element(scores, scores + count);
  constexpr size_t kLanes = Narrow::kLanes;
  float sum = 0;
  for (size_t begin = 0; begin < count; begin += kLanes) {
    const size_t size = std::min(kLanes, count - begin);
    Narrow::Lanes lanes = {};
    for (size_t i = 0; i < size; ++i) lanes[i] = scores[begin + i] - best;
    Exponential<Narrow>(&lanes);
    for (size_t i = 0; i < size; ++i) sum += scores[begin + i] = lanes[i];
  }
  for (size_t i = 0; i < count; ++i) scores[i] /= sum;
}

ENTENTE_FOR_EACH_PROCESSOR
void Adam(const AdamStep& step, const float* gradient, size_t count, float* first, float* second,
          float* weights) {
  const AdamStep s = step;
  for (size_t i = 0; i < count; ++i) {
    first[i] += (1.0F - s.beta1) * (gradient[i] - first[i]);
    second[i] += (1.0F - s.beta2) * (gradient[i] * gradient[i] - second[i]);
    weights[i] -= s.rate * first[i] / (std::sqrt(second[i]) + s.epsilon);
  }
}

ENTENTE_FOR_EACH_PROCESSOR
void MoveAverage(float share, const float* weights, size_t count, float* average) {
  for (size_t i = 0; i < count; ++i) average[i] += share * (weights[i] - average[i]);
}

}  // namespace entente::nlp
