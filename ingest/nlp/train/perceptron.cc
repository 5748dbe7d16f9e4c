#include "ingest/nlp/train/perceptron.h"

#include <algorithm>
#include <bit>

namespace entente::nlp::train {
namespace {

constexpr int kInitialBits = 16;
constexpr size_t kSlack = 4096;  // slots after the last home, so that probing need not wrap

}  // namespace

Perceptron::Perceptron()
    : shift_(32 - kInitialBits), slots_((size_t{1} << kInitialBits) + kSlack) {}

void Perceptron::Add(std::span<const uint32_t> keys, int32_t* scores) const {
  const Slot* slots = slots_.data();
  for (const uint32_t key : keys) __builtin_prefetch(slots + (key >> shift_));
  std::array<const Slot*, KeyBuffer::kCapacity> rows;
  size_t found = 0;
  for (const uint32_t key : keys) {
    const Slot* slot = slots + (key >> shift_);
    while (slot->key != key && slot->key != 0) ++slot;
    if (slot->key == 0) continue;
    rows[found++] = slot;
    __builtin_prefetch(&pool_[slot->row]);
  }
  for (size_t i = 0; i < found; ++i) {
    const Entry* entry = &pool_[rows[i]->row];
    for (const Entry* end = entry + rows[i]->size; entry != end; ++entry) {
      scores[entry->class_index] += entry->weight;
    }
  }
}

void Perceptron::Rehash() {
  std::vector<Slot> old = std::move(slots_);
  --shift_;
  slots_.assign((size_t{1} << (32 - shift_)) + kSlack, Slot{});
  for (const Slot& slot : old) {
    if (slot.key == 0) continue;
    size_t index = slot.key >> shift_;
    while (slots_[index].key != 0) ++index;
    slots_[index] = slot;
  }
}

Perceptron::Slot* Perceptron::FindOrInsert(uint32_t key) {
  size_t index = key >> shift_;
  while (slots_[index].key != key && slots_[index].key != 0) ++index;
  if (slots_[index].key == key) return &slots_[index];
  if (feature_count_ * 2 >= slots_.size() || index + 2 >= slots_.size()) {
    Rehash();
    return FindOrInsert(key);
  }
  slots_[index].key = key;
  ++feature_count_;
  return &slots_[index];
}

Perceptron::Entry* Perceptron::GrowRow(Slot* slot) {
  const uint16_t capacity = slot->capacity == 0 ? 1 : static_cast<uint16_t>(slot->capacity * 2);
  std::vector<uint32_t>& free_rows = free_rows_[std::countr_zero(capacity)];
  uint32_t row;
  if (free_rows.empty()) {
    row = static_cast<uint32_t>(pool_.size());
    pool_.resize(pool_.size() + capacity);
  } else {
    row = free_rows.back();
    free_rows.pop_back();
  }
  std::copy_n(pool_.begin() + slot->row, slot->size, pool_.begin() + row);
  if (slot->capacity != 0) free_rows_[std::countr_zero(slot->capacity)].push_back(slot->row);
  slot->row = row;
  slot->capacity = capacity;
  return &pool_[row];
}

void Perceptron::Update(std::span<const uint32_t> keys, int class_index, int delta) {
  for (const uint32_t key : keys) {
    Slot* slot = FindOrInsert(key);
    Entry* entry = slot->capacity == 0 ? nullptr : &pool_[slot->row];
    size_t i = 0;
    while (i < slot->size && entry[i].class_index != class_index) ++i;
    if (i == slot->size) {
      if (slot->size == slot->capacity) entry = GrowRow(slot);
      entry[i] = {class_index, 0, 0};
      ++slot->size;
    }
    entry[i].weight += delta;
    entry[i].correction += delta * time_;
  }
}

std::vector<FeatureWeight> Perceptron::Averaged() const {
  std::vector<FeatureWeight> weights;
  for (const Slot& slot : slots_) {
    if (slot.key == 0) continue;
    for (uint32_t i = slot.row; i < slot.row + slot.size; ++i) {
      const double average =
          pool_[i].weight - static_cast<double>(pool_[i].correction) / static_cast<double>(time_);
      if (average == 0) continue;
      weights.push_back(
          {slot.key, static_cast<uint8_t>(pool_[i].class_index), static_cast<float>(average)});
    }
  }
  return weights;
}

}  // namespace entente::nlp::train
