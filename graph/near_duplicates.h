// Copies of an article that are not the same bytes: agencies' stories as many papers print them,
// cut, under another headline, with a byline, a dateline or the paper's boilerplate around them.
//
//   const std::vector<uint64_t> shingles = ShinglesOf(article.text());
//   for (const uint32_t hash : BandsOf(shingles)) …      // copies share some, likely
//   if (Containment(shingles, ShinglesOf(other.text())) >= kCopyContainment) …      // for certain
//
// Candidates are found by MinHash (Broder, "On the resemblance and containment of documents", 1997)
// with bands (Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", section 3.4): 64 hashes
// in 32 bands of 2, so that of texts that share 40 % of their shingles 99.6 % share a band, of
// those that share 20 % 73 %, of those that share 2 % 1 %. What decides is then counted exactly.
//
// Pure.
#ifndef ENTENTE_GRAPH_NEAR_DUPLICATES_H_
#define ENTENTE_GRAPH_NEAR_DUPLICATES_H_

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace entente::graph {

inline constexpr int kBands = 32;

// Shorter texts are nobody's copies: too little to tell.
inline constexpr size_t kShinglesMin = 20;

// From this share of the shorter text on, two texts are copies. tests/graph/near_duplicates_test.cc
// measures it on made-up texts, and prints: copies share 0.70 of the shorter one or more, articles
// about the same story that share a third of it as background 0.47 at most.
inline constexpr double kCopyContainment = 0.6;

// Copies come within so many days of each other.
inline constexpr int kCopyDays = 14;

// Hashes of every 5 words in a row, case and punctuation aside; sorted, each once. Of a text's
// first 256 KiB.
std::vector<uint64_t> ShinglesOf(std::string_view text);

// One hash for each band; none for a text of fewer than kShinglesMin shingles. On disk: never
// changed without a new storage format.
std::vector<uint32_t> BandsOf(const std::vector<uint64_t>& shingles);

// Which share of the smaller set is in the other; 0 if one has fewer than kShinglesMin.
double Containment(const std::vector<uint64_t>& a, const std::vector<uint64_t>& b);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_NEAR_DUPLICATES_H_
