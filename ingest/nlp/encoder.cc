#include "ingest/nlp/encoder.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/status.h"
#include "ingest/nlp/matrix.h"

namespace entente::nlp {
namespace {

constexpr size_t kKeysMax = size_t{1} << 20;

// A row in units of its own, which it returns.
template <typename Int>
float RoundRow(const float* values, size_t count, Int* out) {
  constexpr float kLargest = std::numeric_limits<Int>::max();
  float largest = 0;
  for (size_t i = 0; i < count; ++i) largest = std::max(largest, std::fabs(values[i]));
  const float scale = largest == 0 ? 0 : kLargest / largest;
  for (size_t i = 0; i < count; ++i) {
    const float scaled = values[i] * scale;
    out[i] = static_cast<Int>(scaled + std::copysign(0.5F, scaled));
  }
  return largest / kLargest;
}

template <typename Int>
void WriteRows(const float* values, const NetworkBlock& block, ByteWriter* writer) {
  std::string numbers;
  std::vector<Int> rounded(block.columns);
  for (size_t row = 0; row < block.rows; ++row, values += block.columns) {
    writer->F32(RoundRow(values, block.columns, rounded.data()));
    for (const Int value : rounded) {
      const auto number = static_cast<uint16_t>(value);
      numbers.push_back(static_cast<char>(number & 0xFF));
      if (sizeof(Int) == 2) numbers.push_back(static_cast<char>(number >> 8));
    }
  }
  writer->Raw(numbers);
}

template <typename Int>
void ReadRows(const NetworkBlock& block, ByteReader* reader, float* values) {
  std::vector<float> units(block.rows);
  for (float& unit : units) unit = reader->F32();
  const std::string_view numbers = reader->Raw(block.size() * sizeof(Int));
  if (!reader->ok()) return;
  const char* from = numbers.data();
  for (const float unit : units) {
    for (size_t i = 0; i < block.columns; ++i, from += sizeof(Int)) {
      uint16_t number = static_cast<uint8_t>(from[0]);
      if (sizeof(Int) == 2) number |= static_cast<uint16_t>(static_cast<uint8_t>(from[1]) << 8);
      *values++ = static_cast<float>(static_cast<Int>(number)) * unit;
    }
  }
}

}  // namespace

// --- Keys

KeyRows::KeyRows(std::vector<uint32_t> keys, size_t unknown_rows) : keys_(std::move(keys)) {
  size_t slots = 16;
  while (slots < 2 * keys_.size()) slots *= 2;
  slots_.assign(slots, {0, 0});
  mask_ = static_cast<uint32_t>(slots - 1);
  for (size_t i = 0; i < keys_.size(); ++i) {
    uint32_t slot = keys_[i] & mask_;
    while (slots_[slot].first != 0) slot = (slot + 1) & mask_;
    slots_[slot] = {keys_[i], static_cast<uint32_t>(i + unknown_rows)};
  }
}

uint32_t KeyRows::Find(uint32_t key, uint32_t otherwise) const {
  if (slots_.empty()) return otherwise;
  for (uint32_t at = key & mask_; slots_[at].first != 0; at = (at + 1) & mask_) {
    if (slots_[at].first == key) return slots_[at].second;
  }
  return otherwise;
}

void KeyRows::Write(ByteWriter* writer) const {
  writer->Varint(keys_.size());
  uint32_t previous = 0;
  for (const uint32_t key : keys_) {
    writer->Varint(key - previous);
    previous = key;
  }
}

absl::Status KeyRows::Read(ByteReader* reader, std::vector<uint32_t>* keys) {
  const uint64_t count = reader->Varint();
  if (count > kKeysMax) return DataLoss("a network's list of words is damaged");
  keys->resize(count);
  uint64_t key = 0;
  for (uint32_t& next : *keys) {
    const uint64_t delta = reader->Varint();
    key += delta;
    if (delta == 0 || delta > UINT32_MAX || key > UINT32_MAX) {
      return DataLoss("a network's list of words is damaged");
    }
    next = static_cast<uint32_t>(key);
  }
  return absl::OkStatus();
}

// --- Layout

void AddBlock(size_t rows, size_t columns, std::vector<NetworkBlock>* blocks) {
  const size_t offset = blocks->empty() ? 0 : blocks->back().offset + blocks->back().size();
  blocks->push_back({offset, rows, columns});
}

std::vector<NetworkBlock> EncoderLayout::EncoderBlocks() const {
  std::vector<Block> blocks;
  AddBlock(vocabulary, width, &blocks);
  for (size_t layer = 0; layer < layers; ++layer) {
    for (int direction = 0; direction < 2; ++direction) {
      AddBlock(input_width(layer), 4 * units, &blocks);
      AddBlock(1, 4 * units, &blocks);
      AddBlock(units, 4 * units, &blocks);
    }
  }
  return blocks;
}

size_t EncoderLayout::encoder_size() const {
  const Block last = EncoderBlocks().back();
  return last.offset + last.size();
}

NetworkBlock EncoderLayout::Embeddings() const { return EncoderBlocks()[0]; }
NetworkBlock EncoderLayout::Input(size_t layer, size_t direction) const {
  return EncoderBlocks()[1 + 6 * layer + 3 * direction];
}
NetworkBlock EncoderLayout::InputBias(size_t layer, size_t direction) const {
  return EncoderBlocks()[2 + 6 * layer + 3 * direction];
}
NetworkBlock EncoderLayout::Recurrent(size_t layer, size_t direction) const {
  return EncoderBlocks()[3 + 6 * layer + 3 * direction];
}

void WriteNetwork(const std::vector<NetworkBlock>& blocks, const std::vector<float>& numbers,
                  ByteWriter* writer) {
  for (const NetworkBlock& block : blocks) {
    if (block.offset == 0) {
      WriteRows<int8_t>(numbers.data(), block, writer);
    } else {
      WriteRows<int16_t>(numbers.data() + block.offset, block, writer);
    }
  }
}

void ReadNetwork(const std::vector<NetworkBlock>& blocks, ByteReader* reader,
                 std::vector<float>* numbers) {
  for (const NetworkBlock& block : blocks) {
    if (block.offset == 0) {
      ReadRows<int8_t>(block, reader, numbers->data());
    } else {
      ReadRows<int16_t>(block, reader, numbers->data() + block.offset);
    }
  }
}

// --- Running

void SetRows(const float* bias, size_t rows, size_t columns, std::vector<float>* out) {
  out->resize(rows * columns);
  for (size_t row = 0; row < rows; ++row) std::copy_n(bias, columns, out->data() + row * columns);
}

Encoder::Encoder(const EncoderLayout& layout, const std::vector<float>& numbers) : layout_(layout) {
  const auto values = [&](const NetworkBlock& block) {
    return std::vector<float>(numbers.begin() + block.offset,
                              numbers.begin() + block.offset + block.size());
  };
  const auto matrix = [&](const NetworkBlock& block) {
    return FixedPointMatrix::Of(numbers.data() + block.offset, block.rows, block.columns);
  };
  const NetworkBlock embeddings = layout.Embeddings();
  embeddings_.resize(embeddings.size());
  for (size_t row = 0; row < embeddings.rows; ++row) {
    embedding_units_.push_back(RoundToBytes(numbers.data() + row * embeddings.columns,
                                            embeddings.columns,
                                            embeddings_.data() + row * embeddings.columns));
  }
  for (size_t layer = 0; layer < layout.layers; ++layer) {
    input_.push_back({matrix(layout.Input(layer, 0)), matrix(layout.Input(layer, 1))});
    recurrent_.push_back({matrix(layout.Recurrent(layer, 0)), matrix(layout.Recurrent(layer, 1))});
    input_bias_.push_back({values(layout.InputBias(layer, 0)), values(layout.InputBias(layer, 1))});
  }
}

const std::vector<float>& Encoder::Run(std::span<const uint32_t> rows, size_t slots,
                                       std::span<const size_t> lengths, Scratch* scratch) const {
  const size_t width = layout_.width, units = layout_.units, words = rows.size() / slots;
  scratch->inputs.assign(words * width, 0.0F);
  for (size_t i = 0; i < rows.size(); ++i) {
    AddScaled(embeddings_.data() + rows[i] * width, embedding_units_[rows[i]], width,
              scratch->inputs.data() + i / slots * width);
  }
  for (size_t layer = 0; layer < layout_.layers; ++layer) {
    const size_t in = layout_.input_width(layer);
    scratch->outputs.resize(words * 2 * units);
    scratch->rounded.Set(scratch->inputs.data(), in, words, in);
    for (const size_t direction : {0, 1}) {
      SetRows(input_bias_[layer][direction].data(), words, 4 * units, &scratch->gates);
      MultiplyAdd(scratch->rounded, input_[layer][direction], scratch->gates.data(), 4 * units);
      RunLstm(recurrent_[layer][direction], lengths, direction == 1, scratch->gates.data(),
              &scratch->lstm, scratch->outputs.data() + direction * units, 2 * units);
    }
    scratch->inputs.swap(scratch->outputs);
  }
  return scratch->inputs;
}

}  // namespace entente::nlp
