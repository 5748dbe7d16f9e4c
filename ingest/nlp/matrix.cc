#include "ingest/nlp/matrix.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

// Compiled for several processors, of which the loader takes the best. Sanitizers do not bear the
// loader's choice, and clang writes it otherwise.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define ENTENTE_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define ENTENTE_FOR_EACH_PROCESSOR
#endif
#define ENTENTE_INLINE inline __attribute__((always_inline))

namespace entente::nlp {
namespace {

// Sixteen numbers: one register, two or four, as the processor has it.
using Lanes = float __attribute__((vector_size(64), aligned(4), may_alias));
using IntLanes = int32_t __attribute__((vector_size(64), aligned(4), may_alias));
constexpr size_t kLanes = 16;

ENTENTE_INLINE const Lanes& At(const float* values) {
  return *reinterpret_cast<const Lanes*>(values);
}
ENTENTE_INLINE Lanes& At(float* values) { return *reinterpret_cast<Lanes*>(values); }

ENTENTE_INLINE void Clamp(Lanes* x, float low, float high) {
  const Lanes lows = Lanes{} + low, highs = Lanes{} + high;
  *x = *x < lows ? lows : *x;
  *x = *x > highs ? highs : *x;
}

// e^x by 2^n · p(r), |r| ≤ ln 2 / 2 (Cephes' polynomial), to about 1e-7.
ENTENTE_INLINE void Exponential(Lanes* x) {
  Clamp(x, -87.0F, 87.0F);
  constexpr float kRounder = 12582912.0F;  // 1.5 · 2^23: adding it rounds to a whole number
  const Lanes shifted = *x * 1.44269504F + kRounder;
  const Lanes whole = shifted - kRounder;
  const Lanes r = (*x - whole * 0.693359375F) + whole * 2.12194440e-4F;
  Lanes p = r * 1.9875691500e-4F + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * (r * r) + r + 1.0F;
  IntLanes bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits + 127) << 23;  // the low bits of `shifted` are n
  Lanes power;
  std::memcpy(&power, &bits, sizeof(power));
  *x = p * power;
}

ENTENTE_INLINE void Sigmoid(Lanes* x) {
  *x = -*x;
  Exponential(x);
  *x = 1.0F / (1.0F + *x);
}

ENTENTE_INLINE void Tanh(Lanes* x) {
  *x = *x * 2.0F;
  Sigmoid(x);
  *x = *x * 2.0F - 1.0F;
}

// Rows × kPanelColumns sums of a product.
template <size_t kRows>
ENTENTE_INLINE void MultiplyPanel(const float* left, size_t row_stride, size_t step,
                                  const float* panel, size_t depth, float* out, size_t out_stride) {
  Lanes sums[kRows][2];
  for (size_t r = 0; r < kRows; ++r) {
    sums[r][0] = At(out + r * out_stride);
    sums[r][1] = At(out + r * out_stride + kLanes);
  }
  for (size_t k = 0; k < depth; ++k) {
    const Lanes a = At(panel + k * kPanelColumns), b = At(panel + k * kPanelColumns + kLanes);
    for (size_t r = 0; r < kRows; ++r) {
      const float x = left[r * row_stride + k * step];
      sums[r][0] += a * x;
      sums[r][1] += b * x;
    }
  }
  for (size_t r = 0; r < kRows; ++r) {
    At(out + r * out_stride) = sums[r][0];
    At(out + r * out_stride + kLanes) = sums[r][1];
  }
}

ENTENTE_INLINE void Cell(size_t units, float* gates, const float* cell_before, float* cell,
                         float* squashed, float* out) {
  for (size_t i = 0; i < units; i += kLanes) {
    Lanes in = At(gates + i), forget = At(gates + units + i), open = At(gates + 2 * units + i),
          candidate = At(gates + 3 * units + i);
    Sigmoid(&in);
    Sigmoid(&forget);
    Sigmoid(&open);
    Tanh(&candidate);
    At(gates + i) = in;
    At(gates + units + i) = forget;
    At(gates + 2 * units + i) = open;
    At(gates + 3 * units + i) = candidate;
    Lanes state = forget * At(cell_before + i) + in * candidate;
    At(cell + i) = state;
    Tanh(&state);
    At(squashed + i) = state;
    At(out + i) = open * state;
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

ENTENTE_FOR_EACH_PROCESSOR
void MultiplyAdd(const MatrixView& left, size_t rows, const PackedMatrix& right, float* out,
                 size_t out_stride) {
  for (size_t begin = 0; begin < right.columns(); begin += kPanelColumns) {
    const float* panel = right.panel(begin / kPanelColumns);
    size_t row = 0;
    for (; row + 4 <= rows; row += 4) {
      MultiplyPanel<4>(left.values + row * left.row_stride, left.row_stride, left.step, panel,
                       right.rows(), out + row * out_stride + begin, out_stride);
    }
    for (; row < rows; ++row) {
      MultiplyPanel<1>(left.values + row * left.row_stride, left.row_stride, left.step, panel,
                       right.rows(), out + row * out_stride + begin, out_stride);
    }
  }
}

ENTENTE_FOR_EACH_PROCESSOR
void RunLstm(const PackedMatrix& recurrent, size_t words, bool backwards, float* gates, float* cell,
             float* out, size_t out_stride) {
  const size_t units = recurrent.rows();
  std::fill_n(cell, 2 * units, 0.0F);
  const float* before = nullptr;
  for (size_t step = 0; step < words; ++step) {
    const size_t word = backwards ? words - 1 - step : step;
    float* sums = gates + word * 4 * units;
    for (size_t begin = 0; before != nullptr && begin < 4 * units; begin += kPanelColumns) {
      MultiplyPanel<1>(before, 0, 1, recurrent.panel(begin / kPanelColumns), units, sums + begin,
                       0);
    }
    float* now = out + word * out_stride;
    Cell(units, sums, cell, cell, cell + units, now);
    before = now;
  }
}

ENTENTE_FOR_EACH_PROCESSOR
void LstmCell(size_t units, float* gates, const float* cell_before, float* cell, float* squashed,
              float* out) {
  Cell(units, gates, cell_before, cell, squashed, out);
}

ENTENTE_FOR_EACH_PROCESSOR
void LstmCellGradient(size_t units, const float* gates, const float* cell_before,
                      const float* squashed, const float* out_gradient, float* cell_gradient,
                      float* gates_gradient) {
  for (size_t i = 0; i < units; i += kLanes) {
    const Lanes in = At(gates + i), forget = At(gates + units + i),
                open = At(gates + 2 * units + i), candidate = At(gates + 3 * units + i);
    const Lanes tanh = At(squashed + i), d_out = At(out_gradient + i);
    const Lanes d_cell = At(cell_gradient + i) + d_out * open * (1.0F - tanh * tanh);
    At(gates_gradient + i) = d_cell * candidate * in * (1.0F - in);
    At(gates_gradient + units + i) = d_cell * At(cell_before + i) * forget * (1.0F - forget);
    At(gates_gradient + 2 * units + i) = d_out * tanh * open * (1.0F - open);
    At(gates_gradient + 3 * units + i) = d_cell * in * (1.0F - candidate * candidate);
    At(cell_gradient + i) = d_cell * forget;
  }
}

void Rectify(float* values, size_t count) {
  for (size_t i = 0; i < count; ++i) values[i] = std::max(values[i], 0.0F);
}

ENTENTE_FOR_EACH_PROCESSOR
void AddTo(const float* from, size_t count, float* into) {
  for (size_t i = 0; i < count; ++i) into[i] += from[i];
}

void RectifiedSum(const float* a, const float* b, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) out[i] = std::max(a[i] + b[i], 0.0F);
}

void Softmax(float* scores, size_t count) {
  const float best = *std::max_element(scores, scores + count);
  float sum = 0;
  for (size_t begin = 0; begin < count; begin += kLanes) {
    const size_t size = std::min(kLanes, count - begin);
    Lanes lanes = {};
    for (size_t i = 0; i < size; ++i) lanes[i] = scores[begin + i] - best;
    Exponential(&lanes);
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
