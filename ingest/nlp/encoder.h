// The part that our networks share: it turns each word of a sentence into a vector that knows the
// words around it.
//
//   Encoder encoder(layout, numbers);
//   Encoder::Scratch scratch;                                    // one per thread, reused
//   const std::vector<float>& states =
//       encoder.Run(rows, 12, lengths, &scratch);               // 12 properties a word
//
// A word is the sum of the embeddings of what is known of it; a bidirectional LSTM of several
// layers reads the sentence. Several sentences are read at once, which is quicker, each as if it
// were alone. The parser (parser.h) and the name tagger (names.h) put layers of their own on top.
// The same bits on every x86-64 (matrix.h). Immutable; safe to share; a scratch is not.
#ifndef ENTENTE_INGEST_NLP_ENCODER_H_
#define ENTENTE_INGEST_NLP_ENCODER_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ingest/nlp/byte_coding.h"
#include "ingest/nlp/fixed_point.h"

namespace entente::nlp {

// Keys in rows of a table: the first `unknown_rows` rows belong to no key, then come the keys in
// their order.
class KeyRows {
 public:
  KeyRows() = default;
  // REQUIRES: keys sorted, each once, none 0.
  KeyRows(std::vector<uint32_t> keys, size_t unknown_rows);

  // The row of a key, or `otherwise`. O(1).
  uint32_t Find(uint32_t key, uint32_t otherwise) const;
  const std::vector<uint32_t>& keys() const { return keys_; }

  // Sorted keys as differences. DATA_LOSS if they are not what Write wrote, or over a million.
  void Write(ByteWriter* writer) const;
  static absl::Status Read(ByteReader* reader, std::vector<uint32_t>* keys);

 private:
  std::vector<uint32_t> keys_;
  std::vector<std::pair<uint32_t, uint32_t>> slots_;  // open addressing: key, row
  uint32_t mask_ = 0;
};

// A matrix, or a row, among the numbers of a network. Matrices are row by row and stand on the
// right of a product.
struct NetworkBlock {
  size_t offset = 0, rows = 0, columns = 0;
  size_t size() const { return rows * columns; }
};

// The sizes of an encoder and where its numbers stand: at the front of a network's vector.
struct EncoderLayout {
  using Block = NetworkBlock;

  size_t vocabulary = 0;  // rows of embeddings
  size_t width = 128;     // of an embedding
  size_t units = 128;     // of an LSTM layer in one direction
  size_t layers = 2;

  Block Embeddings() const;
  // REQUIRES: layer < layers; direction 0 for forwards, 1 for backwards.
  Block Input(size_t layer, size_t direction) const;
  Block InputBias(size_t layer, size_t direction) const;
  Block Recurrent(size_t layer, size_t direction) const;
  // The blocks in their order.
  std::vector<Block> EncoderBlocks() const;
  size_t encoder_size() const;

  size_t input_width(size_t layer) const { return layer == 0 ? width : 2 * units; }
  size_t output_width() const { return 2 * units; }

  bool operator==(const EncoderLayout&) const = default;
};

// Appends a block after those that are there.
void AddBlock(size_t rows, size_t columns, std::vector<NetworkBlock>* blocks);

// The numbers of a network: the first block a byte a number, the rest two, each row in units of its
// own.
void WriteNetwork(const std::vector<NetworkBlock>& blocks, const std::vector<float>& numbers,
                  ByteWriter* writer);
// REQUIRES: `*numbers` is as long as the blocks. Leaves it alone where the reader runs out of
// bytes.
void ReadNetwork(const std::vector<NetworkBlock>& blocks, ByteReader* reader,
                 std::vector<float>* numbers);

// Sets `*out` to `rows` rows, each of which is `bias`.
void SetRows(const float* bias, size_t rows, size_t columns, std::vector<float>* out);

class Encoder {
 public:
  struct Scratch {
    std::vector<float> inputs, outputs, gates;
    FixedPointRows rounded;
    LstmScratch lstm;
  };

  // The largest sizes that a model may have.
  static constexpr size_t kWidthMax = 1024;
  static constexpr size_t kLayersMax = 4;

  Encoder() = default;
  // `numbers` begin with the encoder's. REQUIRES: widths and units multiples of 32.
  Encoder(const EncoderLayout& layout, const std::vector<float>& numbers);

  // The last layer, a row of 2 · units a word, valid until the scratch is used again. `rows`: for
  // each word of each sentence `slots` rows of embeddings; `lengths`: the words of each sentence.
  // Linear in the words.
  const std::vector<float>& Run(std::span<const uint32_t> rows, size_t slots,
                                std::span<const size_t> lengths, Scratch* scratch) const;

 private:
  EncoderLayout layout_;
  // A byte a number, as models have them: a quarter of the memory that has to be looked at.
  std::vector<int8_t> embeddings_;
  std::vector<float> embedding_units_;  // of each row
  std::vector<std::array<FixedPointMatrix, 2>> input_, recurrent_;
  std::vector<std::array<std::vector<float>, 2>> input_bias_;
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_ENCODER_H_
