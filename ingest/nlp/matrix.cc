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

// As many numbers as a register has. Wider vectors than the processor's would be taken apart by the
// compiler at a great cost, so that every kernel is a template over these.
struct Wide {
  using Lanes = float __attribute__((vector_size(64), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(64), aligned(4), may_alias));
};
struct Middle {
  using Lanes = float __attribute__((vector_size(32), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(32), aligned(4), may_alias));
};
struct Narrow {
  using Lanes = float __attribute__((vector_size(16), aligned(4), may_alias));
  using Ints = int32_t __attribute__((vector_size(16), aligned(4), may_alias));
};
template <typename Width>
constexpr size_t kLanesOf = sizeof(typename Width::Lanes) / sizeof(float);

template <typename Width>
ENTENTE_INLINE const typename Width::Lanes& At(const float* values) {
  return *reinterpret_cast<const typename Width::Lanes*>(values);
}
template <typename Width>
ENTENTE_INLINE typename Width::Lanes& At(float* values) {
  return *reinterpret_cast<typename Width::Lanes*>(values);
}

template <typename Width>
ENTENTE_INLINE void Clamp(typename Width::Lanes* x, float low, float high) {
  const typename Width::Lanes lows = typename Width::Lanes{} + low;
  const typename Width::Lanes highs = typename Width::Lanes{} + high;
  *x = *x < lows ? lows : *x;
  *x = *x > highs ? highs : *x;
}

// e^x by 2^n · p(r), |r| ≤ ln 2 / 2 (Cephes' polynomial), to about 1e-7.
template <typename Width>
ENTENTE_INLINE void Exponential(typename Width::Lanes* x) {
  using Lanes = typename Width::Lanes;
  Clamp<Width>(x, -87.0F, 87.0F);
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
  typename Width::Ints bits;
  std::memcpy(&bits, &shifted, sizeof(bits));
  bits = (bits + 127) << 23;  // the low bits of `shifted` are n
  Lanes power;
  std::memcpy(&power, &bits, sizeof(power));
  *x = p * power;
}

template <typename Width>
ENTENTE_INLINE void Sigmoid(typename Width::Lanes* x) {
  *x = -*x;
  Exponential<Width>(x);
  *x = 1.0F / (1.0F + *x);
}

template <typename Width>
ENTENTE_INLINE void Tanh(typename Width::Lanes* x) {
  *x = *x * 2.0F;
  Sigmoid<Width>(x);
  *x = *x * 2.0F - 1.0F;
}

// Rows × kPanelColumns sums of a product, two registers of each row at a time.
template <typename Width, size_t kRows>
ENTENTE_INLINE void MultiplyPanel(const float* left, size_t row_stride, size_t step,
                                  const float* panel, size_t depth, float* out, size_t out_stride) {
  using Lanes = typename Width::Lanes;
  constexpr size_t kLanes = kLanesOf<Width>;
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
ENTENTE_INLINE void Cell(size_t units, float* gates, const float* cell_before, float* cell,
                         float* squashed, float* out) {
  using Lanes = typename Width::Lanes;
  for (size_t i = 0; i < units; i += kLanesOf<Width>) {
    Lanes in = At<Width>(gates + i), forget = At<Width>(gates + units + i),
          open = At<Width>(gates + 2 * units + i), candidate = At<Width>(gates + 3 * units + i);
    Sigmoid<Width>(&in);
    Sigmoid<Width>(&forget);
    Sigmoid<Width>(&open);
    Tanh<Width>(&candidate);
    At<Width>(gates + i) = in;
    At<Width>(gates + units + i) = forget;
    At<Width>(gates + 2 * units + i) = open;
    At<Width>(gates + 3 * units + i) = candidate;
    Lanes state = forget * At<Width>(cell_before + i) + in * candidate;
    At<Width>(cell + i) = state;
    Tanh<Width>(&state);
    At<Width>(squashed + i) = state;
    At<Width>(out + i) = open * state;
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
ENTENTE_INLINE void RunLstmWith(const PackedMatrix& recurrent, size_t words, bool backwards,
                                float* gates, float* cell, float* out, size_t out_stride) {
  const size_t units = recurrent.rows();
  std::fill_n(cell, 2 * units, 0.0F);
  const float* before = nullptr;
  for (size_t step = 0; step < words; ++step) {
    const size_t word = backwards ? words - 1 - step : step;
    float* sums = gates + word * 4 * units;
    for (size_t begin = 0; before != nullptr && begin < 4 * units; begin += kPanelColumns) {
      MultiplyPanel<Width, 1>(before, 0, 1, recurrent.panel(begin / kPanelColumns), units,
                              sums + begin, 0);
    }
    float* now = out + word * out_stride;
    Cell<Width>(units, sums, cell, cell, cell + units, now);
    before = now;
  }
}

template <typename Width>
ENTENTE_INLINE void LstmCellWith(size_t units, float* gates, const float* cell_before, float* cell,
                                 float* squashed, float* out) {
  Cell<Width>(units, gates, cell_before, cell, squashed, out);
}

template <typename Width>
ENTENTE_INLINE void LstmCellGradientWith(size_t units, const float* gates, const float* cell_before,
                                         const float* squashed, const float* out_gradient,
                                         float* cell_gradient, float* gates_gradient) {
  for (size_t i = 0; i < units; i += kLanesOf<Width>) {
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

enum class Processor { kNarrow, kMiddle, kWide };

Processor ThisProcessor() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return Processor::kWide;
  if (__builtin_cpu_supports("avx2")) return Processor::kMiddle;
#endif
  return Processor::kNarrow;
}

// Runs a kernel on the widest vectors that this processor has.
#if defined(__x86_64__)
#define ENTENTE_DISPATCH(kernel, arguments)                                                 \
  switch (ThisProcessor()) {                                                                \
    case Processor::kWide:                                                                  \
      return [&]() __attribute__((target("avx512f"), noinline)) { kernel<Wide> arguments; } \
      ();                                                                                   \
    case Processor::kMiddle:                                                                \
      return [&]() __attribute__((target("avx2"), noinline)) { kernel<Middle> arguments; }  \
      ();                                                                                   \
    case Processor::kNarrow:                                                                \
      return kernel<Narrow> arguments;                                                      \
  }
#else
#define ENTENTE_DISPATCH(kernel, arguments) kernel<Narrow> arguments
#endif

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

void RunLstm(const PackedMatrix& recurrent, size_t words, bool backwards, float* gates, float* cell,
             float* out, size_t out_stride) {
  ENTENTE_DISPATCH(RunLstmWith, (recurrent, words, backwards, gates, cell, out, out_stride));
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

void RectifiedSum(const float* a, const float* b, size_t count, float* out) {
  for (size_t i = 0; i < count; ++i) out[i] = std::max(a[i] + b[i], 0.0F);
}

void Softmax(float* scores, size_t count) {
  const float best = *std::max_element(scores, scores + count);
  constexpr size_t kLanes = kLanesOf<Narrow>;
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
