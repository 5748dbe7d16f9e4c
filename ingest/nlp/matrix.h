// The arithmetic of small neural networks: products of matrices, LSTM cells.
//
//   PackedMatrix packed = PackedMatrix::Of(weights, 256, 512);       // once
//   MultiplyAdd({input, 256}, words, packed, output, 512);            // output += input · weights
//
// Every function gives the same bits on every x86-64: loops run over the columns of a result, so
// that each sum is taken in the same order whatever the width of the vectors, products and sums are
// never contracted, and the exponential is ours. The widest vectors that the processor has are
// chosen when the program starts. Widths (columns) are multiples of kPanelColumns. Pure functions.
#ifndef ENTENTE_INGEST_NLP_MATRIX_H_
#define ENTENTE_INGEST_NLP_MATRIX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace entente::nlp {

inline constexpr size_t kPanelColumns = 32;

// The next multiple of kPanelColumns.
inline constexpr size_t PaddedColumns(size_t columns) {
  return (columns + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

// The right-hand side of a product, laid out in panels of kPanelColumns columns, so that a product
// reads it from front to back.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  static PackedMatrix Of(const float* values, size_t rows, size_t columns) {
    PackedMatrix packed;
    packed.Pack(values, columns, rows, columns);
    return packed;
  }

  // Takes rows × columns values whose rows are `stride` apart; columns are padded with zeros.
  void Pack(const float* values, size_t stride, size_t rows, size_t columns);
  // Takes the transpose of columns × rows values whose rows are `stride` apart.
  void PackTransposed(const float* values, size_t stride, size_t rows, size_t columns);

  size_t rows() const { return rows_; }
  size_t columns() const { return columns_; }  // padded
  const float* panel(size_t number) const {
    return values_.data() + number * rows_ * kPanelColumns;
  }

 private:
  void Resize(size_t rows, size_t columns);

  size_t rows_ = 0, columns_ = 0;
  std::vector<float> values_;
};

// The left-hand side: element (i, k) is values[i * row_stride + k * step].
struct MatrixView {
  const float* values = nullptr;
  size_t row_stride = 0;
  size_t step = 1;
};

// out += left · right for `rows` rows of `left`; the rows of `out` are `out_stride` apart.
void MultiplyAdd(const MatrixView& left, size_t rows, const PackedMatrix& right, float* out,
                 size_t out_stride);

// The gates of an LSTM cell (Hochreiter and Schmidhuber 1997; Gers et al. 2000) of H units stand
// side by side, H each: input, forget, output, candidate.

// One cell, keeping what the derivative needs. `gates` (4H) are sums and become activations; `cell`
// becomes the new cell, `squashed` its tanh, `out` the output. `cell_before` may be `cell`.
void LstmCell(size_t units, float* gates, const float* cell_before, float* cell, float* squashed,
              float* out);
// The derivative: of the loss by `out` and by the new cell (`cell_gradient`, which becomes that by
// the cell before) to `gates_gradient`.
void LstmCellGradient(size_t units, const float* gates, const float* cell_before,
                      const float* squashed, const float* out_gradient, float* cell_gradient,
                      float* gates_gradient);

// max(0, x), in place.
void Rectify(float* values, size_t count);
// into[i] += from[i].
void AddTo(const float* from, size_t count, float* into);
// out[i] = values[i] in units of a 127th of the largest in size; returns the unit, 0 of zeros.
// REQUIRES: all are finite.
float RoundToBytes(const float* values, size_t count, int8_t* out);
// into[i] += from[i] · unit.
void AddScaled(const int8_t* from, float unit, size_t count, float* into);
// out[i] = max(0, a[i] + b[i]).
void RectifiedSum(const float* a, const float* b, size_t count, float* out);
// Turns scores into probabilities; returns nothing of them lost: all are > 0 but for underflow.
void Softmax(float* scores, size_t count);

// One step of Adam (Kingma and Ba 2015): `rate` carries the corrections of the bias.
struct AdamStep {
  float rate, beta1, beta2, epsilon;
};
void Adam(const AdamStep& step, const float* gradient, size_t count, float* first, float* second,
          float* weights);

// average[i] += share · (weights[i] − average[i]).
void MoveAverage(float share, const float* weights, size_t count, float* average);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_MATRIX_H_
