#include "ingest/nlp/linear_model.h"

#include <algorithm>
#include <cmath>

#include "base/status.h"
#include "ingest/nlp/byte_coding.h"

namespace entente::nlp {
namespace {

// Companding: code c in 1 … 127 stands for (e^(c·step) − 1)·kKnee with code 127 the largest weight.
// kKnee is where the scale turns from nearly linear to logarithmic.
constexpr float kKnee = 4.0F;
constexpr int kCodeMax = 127;
constexpr int kFixedPointMax = 32000;

float CodeStep(float largest) { return std::log1p(largest / kKnee) / kCodeMax; }

uint8_t EncodeWeight(float weight, float largest) {
  const float code = std::round(std::log1p(std::fabs(weight) / kKnee) / CodeStep(largest));
  const int magnitude = std::clamp(static_cast<int>(code), 0, kCodeMax);
  return static_cast<uint8_t>(weight < 0 ? 128 + magnitude : magnitude);
}

}  // namespace

void LinearModel::FillDecoder() {
  if (largest_ <= 0) return;
  for (int code = 0; code <= kCodeMax; ++code) {
    const float weight = std::expm1(static_cast<float>(code) * CodeStep(largest_)) * kKnee;
    const auto fixed = static_cast<int16_t>(std::lround(weight / largest_ * kFixedPointMax));
    decoder_[code] = fixed;
    decoder_[128 + code] = static_cast<int16_t>(-fixed);
  }
}

void LinearModel::Reserve(size_t features) {
  int bits = 4;
  while ((size_t{1} << bits) < features + features / 2) ++bits;
  shift_ = 32 - bits;
  // Probing runs past the end rather than around it, so some slots follow the last home.
  slots_.assign((size_t{1} << bits) + 1024, Slot{});
}

void LinearModel::Insert(uint32_t key, size_t begin, size_t count) {
  size_t slot = Home(key);
  while (slots_[slot].key != 0) ++slot;
  if (slot + 2 >= slots_.size()) slots_.resize(slots_.size() + 1024);
  slots_[slot] = {key, static_cast<uint32_t>(begin << kCountBits | count)};
  ++feature_count_;
}

LinearModel LinearModel::FromWeights(std::vector<FeatureWeight> weights, float prune_below) {
  std::erase_if(weights, [&](const FeatureWeight& weight) {
    return weight.weight == 0 || std::fabs(weight.weight) < prune_below;
  });
  std::sort(weights.begin(), weights.end(), [](const FeatureWeight& a, const FeatureWeight& b) {
    return a.key != b.key ? a.key < b.key : a.class_index < b.class_index;
  });
  LinearModel model;
  for (const FeatureWeight& weight : weights) {
    model.largest_ = std::max(model.largest_, std::fabs(weight.weight));
  }
  model.FillDecoder();
  size_t features = 0;
  for (size_t i = 0; i < weights.size(); ++i) {
    if (i == 0 || weights[i].key != weights[i - 1].key) ++features;
  }
  model.Reserve(features);
  for (size_t i = 0; i < weights.size();) {
    const size_t begin = model.entries_.size();
    size_t next = i;
    for (; next < weights.size() && weights[next].key == weights[i].key; ++next) {
      if (next - i >= kRowEntriesMax) continue;
      model.entries_.push_back(
          {weights[next].class_index, EncodeWeight(weights[next].weight, model.largest_)});
    }
    model.Insert(weights[i].key, begin, model.entries_.size() - begin);
    i = next;
  }
  return model;
}

std::string LinearModel::Serialize() const {
  // Five streams, each of one kind of number, compress far better than interleaved records.
  std::vector<Slot> rows;
  for (const Slot& slot : slots_) {
    if (slot.key != 0) rows.push_back(slot);
  }
  std::sort(rows.begin(), rows.end(), [](const Slot& a, const Slot& b) { return a.key < b.key; });
  ByteWriter keys;
  std::string counts, classes, codes;
  uint32_t previous = 0;
  for (const Slot& row : rows) {
    keys.Varint(row.key - previous);
    previous = row.key;
    const size_t begin = row.row >> kCountBits;
    const size_t count = row.row & ((1U << kCountBits) - 1);
    counts.push_back(static_cast<char>(count));
    for (size_t i = begin; i < begin + count; ++i) {
      classes.push_back(static_cast<char>(entries_[i].class_index));
      codes.push_back(static_cast<char>(entries_[i].code));
    }
  }
  ByteWriter writer;
  writer.F32(largest_);
  writer.Varint(rows.size());
  writer.String(keys.bytes());
  writer.String(counts);
  writer.String(classes);
  writer.String(codes);
  return writer.Release();
}

absl::StatusOr<LinearModel> LinearModel::Parse(std::string_view bytes) {
  ByteReader reader(bytes);
  LinearModel model;
  model.largest_ = reader.F32();
  const uint64_t features = reader.Varint();
  ByteReader keys(reader.String());
  const std::string_view counts = reader.String();
  const std::string_view classes = reader.String();
  const std::string_view codes = reader.String();
  if (!reader.ok() || counts.size() != features || classes.size() != codes.size() ||
      classes.size() >= (size_t{1} << (32 - kCountBits)) || !(model.largest_ >= 0)) {
    return DataLoss("a table of weights is cut off or its streams do not agree");
  }
  model.FillDecoder();
  model.Reserve(features);
  model.entries_.reserve(classes.size());
  uint32_t key = 0;
  for (const char count_byte : counts) {
    const uint64_t delta = keys.Varint();
    const size_t count = static_cast<uint8_t>(count_byte);
    const size_t begin = model.entries_.size();
    if (!keys.ok() || delta == 0 || delta > UINT32_MAX - key || count > kRowEntriesMax ||
        count > classes.size() - begin) {
      return DataLoss(Cat("the row of feature ", model.feature_count_, " of ", features,
                          " in a table of weights is damaged"));
    }
    key += static_cast<uint32_t>(delta);
    for (size_t i = begin; i < begin + count; ++i) {
      const auto class_index = static_cast<uint8_t>(classes[i]);
      if (class_index >= kClassesMax) return DataLoss("a table of weights has a class too many");
      model.entries_.push_back({class_index, static_cast<uint8_t>(codes[i])});
    }
    model.Insert(key, begin, count);
  }
  return model;
}

LinearModel LinearModel::Pruned(float prune_below) const {
  std::vector<FeatureWeight> weights;
  for (const Slot& slot : slots_) {
    const size_t begin = slot.row >> kCountBits;
    const size_t count = slot.row & ((1U << kCountBits) - 1);
    for (size_t i = begin; slot.key != 0 && i < begin + count; ++i) {
      const float weight = static_cast<float>(decoder_[entries_[i].code]) * largest_;
      weights.push_back({slot.key, entries_[i].class_index, weight / kFixedPointMax});
    }
  }
  return FromWeights(std::move(weights), prune_below);
}

void LinearModel::Add(std::span<const uint32_t> keys, int32_t* scores) const {
  if (slots_.empty()) return;
  const Slot* slots = slots_.data();
  for (const uint32_t key : keys) __builtin_prefetch(slots + Home(key));
  std::array<uint32_t, KeyBuffer::kCapacity> rows;
  size_t found = 0;
  for (const uint32_t key : keys) {
    const Slot* slot = slots + Home(key);
    while (slot->key != key && slot->key != 0) ++slot;
    if (slot->key == 0) continue;
    rows[found++] = slot->row;
    __builtin_prefetch(&entries_[slot->row >> kCountBits]);
  }
  for (size_t i = 0; i < found; ++i) {
    const Entry* entry = &entries_[rows[i] >> kCountBits];
    const Entry* end = entry + (rows[i] & ((1U << kCountBits) - 1));
    for (; entry != end; ++entry) scores[entry->class_index] += decoder_[entry->code];
  }
}

}  // namespace entente::nlp
