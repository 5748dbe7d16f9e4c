#include "graph/near_duplicates.h"

#include <algorithm>
#include <limits>

namespace entente::graph {
namespace {

constexpr size_t kTextBytesMax = 256 << 10;
constexpr size_t kWordsInShingle = 5;
constexpr int kRowsInBand = 2;

// The finalizer of SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number
// generators", 2014).
uint64_t Mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

// Letters, digits, and every byte of other scripts.
bool IsWordByte(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80;
}

std::vector<uint64_t> WordHashes(std::string_view text) {
  std::vector<uint64_t> words;
  uint64_t hash = 0;
  bool inside = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (IsWordByte(byte)) {
      hash = Mix(hash ^ (byte >= 'A' && byte <= 'Z' ? byte + 32u : byte));
      inside = true;
    } else if (inside) {
      words.push_back(hash);
      hash = 0;
      inside = false;
    }
  }
  if (inside) words.push_back(hash);
  return words;
}

}  // namespace

std::vector<uint64_t> ShinglesOf(std::string_view text) {
  const std::vector<uint64_t> words = WordHashes(text.substr(0, kTextBytesMax));
  std::vector<uint64_t> shingles;
  for (size_t i = 0; i + kWordsInShingle <= words.size(); ++i) {
    uint64_t hash = 0;
    for (size_t j = 0; j < kWordsInShingle; ++j) hash = Mix(hash ^ words[i + j]);
    shingles.push_back(hash);
  }
  std::sort(shingles.begin(), shingles.end());
  shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
  return shingles;
}

std::vector<uint32_t> BandsOf(const std::vector<uint64_t>& shingles) {
  std::vector<uint32_t> bands;
  if (shingles.size() < kShinglesMin) return bands;
  for (int band = 0; band < kBands; ++band) {
    uint64_t hash = 0;
    for (int row = 0; row < kRowsInBand; ++row) {
      const uint64_t seed = Mix(static_cast<uint64_t>(band * kRowsInBand + row));
      uint64_t least = std::numeric_limits<uint64_t>::max();
      for (const uint64_t shingle : shingles) least = std::min(least, Mix(shingle ^ seed));
      hash = Mix(hash ^ least);
    }
    bands.push_back(static_cast<uint32_t>(hash));
  }
  return bands;
}

double Containment(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b) {
  const size_t smaller = std::min(a.size(), b.size());
  if (smaller < kShinglesMin) return 0;
  size_t common = 0;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common;
      ++i;
      ++j;
    } else {
      a[i] < b[j] ? ++i : ++j;
    }
  }
  return static_cast<double>(common) / static_cast<double>(smaller);
}

}  // namespace entente::graph
