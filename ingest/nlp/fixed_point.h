// Products and LSTM layers of a network that has been learnt, in whole numbers: several times as
// fast as in floating point (matrix.h), which learning uses, and in half the memory.
//
//   const FixedPointMatrix weights = FixedPointMatrix::Of(numbers, 256, 512);   // once
//   FixedPointRows inputs;                                                       // reused
//   inputs.Set(values, 256, words, 256);
//   MultiplyAdd(inputs, weights, outputs, 512);                // outputs += inputs · weights
//
// A number is a short times the unit of its row (left) or of its column (right). Units are the
// finest with which no sum of products can leave 32 bits: a left-hand number has 12 bits and a
// sign, a right-hand one up to 15, so that an error is of the order of 1/8000 of the row's largest
// number and of 1/10000 of the column's. The sums are exact, hence the same bits on every x86-64
// whatever the width of the vectors, and whichever rows are multiplied together. Pure functions.
#ifndef ENTENTE_INGEST_NLP_FIXED_POINT_H_
#define ENTENTE_INGEST_NLP_FIXED_POINT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace entente::nlp {

// The right-hand side of a product. Columns are padded to a multiple of kPanelColumns (matrix.h).
class FixedPointMatrix {
 public:
  // The columns of a panel, which is as much as is multiplied at a time; of the last one, half if
  // no more are needed.
  static constexpr size_t kPanel = 64;

  FixedPointMatrix() = default;
  // Of rows × columns finite values, row by row.
  static FixedPointMatrix Of(const float* values, size_t rows, size_t columns);

  size_t rows() const { return rows_; }
  size_t pairs() const { return (rows_ + 1) / 2; }  // of rows that stand beside each other
  size_t columns() const { return units_.size(); }  // padded
  // The numbers of columns begin … begin + kPanel − 1: for each pair of rows the two of each
  // column.
  const int16_t* panel(size_t begin) const { return values_.data() + begin * 2 * pairs(); }
  const float* units() const { return units_.data(); }

 private:
  size_t rows_ = 0;
  std::vector<int16_t> values_;
  std::vector<float> units_;
};

// The left-hand side.
class FixedPointRows {
 public:
  // The largest number in size that a row has.
  static constexpr float kLargest = 4096;

  // Takes rows × columns finite values whose rows are `stride` apart. REQUIRES: columns a multiple
  // of 16.
  void Set(const float* values, size_t stride, size_t rows, size_t columns);

  size_t rows() const { return units_.size(); }
  const int16_t* row(size_t row) const { return values_.data() + row * stride_; }
  float unit(size_t row) const { return units_[row]; }

 private:
  size_t stride_ = 0;
  std::vector<int16_t> values_;
  std::vector<float> units_;
};

// out += left · right; the rows of `out` are `out_stride` apart. REQUIRES: as many columns in
// `left` as rows in `right`.
void MultiplyAdd(const FixedPointRows& left, const FixedPointMatrix& right, float* out,
                 size_t out_stride);

// One direction of an LSTM layer (Hochreiter and Schmidhuber 1997; Gers et al. 2000) of H units
// over several sentences at once, whose words stand one after the other: for word t of each
// sentence, out row t = h(gates row t + h(t−1) · recurrent), forwards or backwards.
struct LstmScratch {
  std::vector<size_t> order, begins;
  std::vector<int16_t> states;
  std::vector<float> cells;
};
// `gates` holds the inputs' share, a row of 4H a word (input, forget, output, candidate), and is
// used up. `lengths`: the words of each sentence, at least one. REQUIRES: H a multiple of 32. The
// result of a sentence does not depend on the others. Linear in the words; quicker for sentences of
// like lengths.
void RunLstm(const FixedPointMatrix& recurrent, std::span<const size_t> lengths, bool backwards,
             float* gates, LstmScratch* scratch, float* out, size_t out_stride);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_FIXED_POINT_H_
