#include "ingest/nlp/train/clusters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/strings.h"

namespace entente::nlp::train {
namespace {

// x · log x, by table for the small whole numbers that nearly all counts are.
class XLogX {
 public:
  XLogX() : table_(1 << 16) {
    for (size_t i = 1; i < table_.size(); ++i) {
      table_[i] = static_cast<double>(i) * std::log(static_cast<double>(i));
    }
  }
  double operator()(int64_t x) const {
    if (x < static_cast<int64_t>(table_.size())) return x <= 0 ? 0.0 : table_[x];
    return static_cast<double>(x) * std::log(static_cast<double>(x));
  }

 private:
  std::vector<double> table_;
};

using Neighbours = std::vector<std::pair<int, int>>;  // word or class, count

// The vocabulary and its bigrams. Word 0 stands between sentences, word 1 for all rare words.
struct Bigrams {
  std::vector<std::string> words;
  std::vector<int64_t> counts;
  std::vector<Neighbours> next, previous;
};

constexpr int kBoundary = 0, kRare = 1, kSpecialWords = 2;

Bigrams CountBigrams(const std::vector<std::string>& text, int count_min) {
  std::unordered_map<std::string, int64_t> counts;
  for (const std::string& word : text) ++counts[word];
  std::vector<std::pair<int64_t, std::string>> frequent;
  for (const auto& [word, count] : counts) {
    if (count >= count_min && !word.empty()) frequent.emplace_back(-count, word);
  }
  std::sort(frequent.begin(), frequent.end());
  Bigrams bigrams;
  bigrams.words = {"", ""};
  std::unordered_map<std::string, int> ids;
  for (const auto& [negative_count, word] : frequent) {
    ids[word] = static_cast<int>(bigrams.words.size());
    bigrams.words.push_back(word);
  }
  bigrams.counts.assign(bigrams.words.size(), 0);
  std::vector<std::map<int, int>> next(bigrams.words.size()), previous(bigrams.words.size());
  int last = kBoundary;
  for (const std::string& word : text) {
    const auto found = ids.find(word);
    const int id = word.empty() ? kBoundary : found == ids.end() ? kRare : found->second;
    ++bigrams.counts[id];
    ++next[last][id];
    ++previous[id][last];
    last = id;
  }
  for (const auto& row : next) bigrams.next.emplace_back(row.begin(), row.end());
  for (const auto& row : previous) bigrams.previous.emplace_back(row.begin(), row.end());
  return bigrams;
}

// The exchange algorithm. The boundary and the rare words are classes of their own, the last two.
class Exchange {
 public:
  Exchange(const Bigrams& bigrams, int classes) : bigrams_(bigrams), classes_(classes + 2) {
    class_of_.resize(bigrams.words.size());
    class_of_[kBoundary] = classes;
    class_of_[kRare] = classes + 1;
    for (size_t word = kSpecialWords; word < class_of_.size(); ++word) {
      class_of_[word] = static_cast<int>(word - kSpecialWords) % classes;
    }
    pairs_.assign(static_cast<size_t>(classes_) * classes_, 0);
    totals_.assign(classes_, 0);
    for (size_t word = 0; word < class_of_.size(); ++word) {
      totals_[class_of_[word]] += bigrams.counts[word];
      for (const auto& [next, count] : bigrams.next[word]) {
        Pair(class_of_[word], class_of_[next]) += count;
      }
    }
  }

  // Moves every word to the class where the likelihood is highest; returns how many moved.
  int Pass() {
    int moved = 0;
    for (size_t word = kSpecialWords; word < class_of_.size(); ++word) moved += MoveToBest(word);
    return moved;
  }

  int ClassOf(size_t word) const { return class_of_[word]; }
  int64_t PairCount(int left, int right) const {
    return pairs_[static_cast<size_t>(left) * classes_ + right];
  }
  int class_count() const { return classes_; }

 private:
  int64_t& Pair(int left, int right) {
    return pairs_[static_cast<size_t>(left) * classes_ + right];
  }

  // The classes of a word's neighbours with counts, the word itself apart.
  Neighbours ByClass(const Neighbours& words, size_t self, int* self_count) const {
    std::map<int, int> counts;
    for (const auto& [word, count] : words) {
      if (static_cast<size_t>(word) == self) {
        *self_count = count;
      } else {
        counts[class_of_[word]] += count;
      }
    }
    return {counts.begin(), counts.end()};
  }

  void Shift(size_t word, int to, int sign, const Neighbours& next, const Neighbours& previous,
             int self_count) {
    for (const auto& [other, count] : next) Pair(to, other) += sign * count;
    for (const auto& [other, count] : previous) Pair(other, to) += sign * count;
    Pair(to, to) += sign * self_count;
    totals_[to] += sign * bigrams_.counts[word];
  }

  // The gain in log likelihood of putting a word that is in no class into `to`.
  double Gain(size_t word, int to, const Neighbours& next, const Neighbours& previous,
              int self_count) const {
    double gain = 0;
    int64_t diagonal = self_count;
    for (const auto& [other, count] : next) {
      if (other == to) {
        diagonal += count;
        continue;
      }
      const int64_t now = PairCount(to, other);
      gain += xlogx_(now + count) - xlogx_(now);
    }
    for (const auto& [other, count] : previous) {
      if (other == to) {
        diagonal += count;
        continue;
      }
      const int64_t now = PairCount(other, to);
      gain += xlogx_(now + count) - xlogx_(now);
    }
    const int64_t now = PairCount(to, to);
    gain += xlogx_(now + diagonal) - xlogx_(now);
    const int64_t total = totals_[to];
    return gain - 2 * (xlogx_(total + bigrams_.counts[word]) - xlogx_(total));
  }

  bool MoveToBest(size_t word) {
    int self_next = 0, self_previous = 0;
    const Neighbours next = ByClass(bigrams_.next[word], word, &self_next);
    const Neighbours previous = ByClass(bigrams_.previous[word], word, &self_previous);
    const int from = class_of_[word];
    Shift(word, from, -1, next, previous, self_next);
    int best = from;
    double best_gain = Gain(word, from, next, previous, self_next);
    for (int to = 0; to + 2 < classes_; ++to) {
      if (to == from) continue;
      const double gain = Gain(word, to, next, previous, self_next);
      if (gain > best_gain + 1e-9) {
        best = to;
        best_gain = gain;
      }
    }
    Shift(word, best, 1, next, previous, self_next);
    class_of_[word] = best;
    return best != from;
  }

  const Bigrams& bigrams_;
  const int classes_;
  XLogX xlogx_;
  std::vector<int> class_of_;
  std::vector<int64_t> pairs_, totals_;
};

// Greedy agglomeration by least loss of mutual information. Losses are computed from the pair
// counts; a merge changes every other loss only through the two merged rows, which is what
// Contribution recomputes.
class Agglomeration {
 public:
  Agglomeration(const Exchange& exchange, int classes)
      : size_(classes),
        counts_(static_cast<size_t>(classes) * classes),
        left_(classes),
        right_(classes),
        alive_(classes, true),
        paths_(classes),
        members_(classes),
        losses_(static_cast<size_t>(classes) * classes, 0.0) {
    for (int i = 0; i < size_; ++i) {
      members_[i] = {i};
      for (int j = 0; j < size_; ++j) {
        const auto count = static_cast<double>(exchange.PairCount(i, j));
        At(i, j) = count;
        left_[i] += count;
        right_[j] += count;
        total_ += count;
      }
    }
    for (int i = 0; i < size_; ++i) {
      for (int j = 0; j < i; ++j) Loss(i, j) = FullLoss(i, j);
    }
  }

  std::vector<std::string> Run() {
    for (int merges = 1; merges < size_; ++merges) {
      const auto [a, b] = Cheapest();
      Merge(a, b);
    }
    return paths_;
  }

 private:
  double& At(int i, int j) { return counts_[static_cast<size_t>(i) * size_ + j]; }
  double At(int i, int j) const { return counts_[static_cast<size_t>(i) * size_ + j]; }
  double& Loss(int i, int j) {
    return losses_[static_cast<size_t>(std::max(i, j)) * size_ + std::min(i, j)];
  }

  double Information(double count, double left, double right) const {
    return count <= 0 ? 0.0 : count * std::log(count * total_ / (left * right));
  }
  double Information(int i, int j) const { return Information(At(i, j), left_[i], right_[j]); }

  // What merging i and j loses in the pairs with k.
  double Contribution(int i, int j, int k) const {
    return Information(i, k) + Information(j, k) + Information(k, i) + Information(k, j) -
           Information(At(i, k) + At(j, k), left_[i] + left_[j], right_[k]) -
           Information(At(k, i) + At(k, j), left_[k], right_[i] + right_[j]);
  }
  double FullLoss(int i, int j) const {
    double loss = Information(i, i) + Information(i, j) + Information(j, i) + Information(j, j) -
                  Information(At(i, i) + At(i, j) + At(j, i) + At(j, j), left_[i] + left_[j],
                              right_[i] + right_[j]);
    for (int k = 0; k < size_; ++k) {
      if (alive_[k] && k != i && k != j) loss += Contribution(i, j, k);
    }
    return loss;
  }

  std::pair<int, int> Cheapest() {
    std::pair<int, int> best{-1, -1};
    for (int i = 0; i < size_; ++i) {
      for (int j = 0; j < i && alive_[i]; ++j) {
        if (!alive_[j]) continue;
        if (best.first < 0 || Loss(i, j) < Loss(best.first, best.second)) best = {i, j};
      }
    }
    return best;
  }

  // Adds to every loss without a or b what the pairs with a and b contribute, `sign` times.
  template <typename Terms>
  void AddToOthers(int a, int b, double sign, Terms terms) {
    for (int i = 0; i < size_; ++i) {
      if (!alive_[i] || i == a || i == b) continue;
      for (int j = 0; j < i; ++j) {
        if (!alive_[j] || j == a || j == b) continue;
        Loss(i, j) += sign * terms(i, j);
      }
    }
  }

  void Merge(int a, int b) {
    AddToOthers(a, b, -1,
                [&](int i, int j) { return Contribution(i, j, a) + Contribution(i, j, b); });
    for (int k = 0; k < size_; ++k) At(a, k) += At(b, k);
    for (int k = 0; k < size_; ++k) At(k, a) += At(k, b);
    left_[a] += left_[b];
    right_[a] += right_[b];
    alive_[b] = false;
    AddToOthers(a, b, 1, [&](int i, int j) { return Contribution(i, j, a); });
    for (int k = 0; k < size_; ++k) {
      if (alive_[k] && k != a) Loss(a, k) = FullLoss(a, k);
    }
    for (const int member : members_[a]) paths_[member].insert(paths_[member].begin(), '0');
    for (const int member : members_[b]) paths_[member].insert(paths_[member].begin(), '1');
    members_[a].insert(members_[a].end(), members_[b].begin(), members_[b].end());
  }

  const int size_;
  double total_ = 0;
  std::vector<double> counts_, left_, right_;
  std::vector<bool> alive_;
  std::vector<std::string> paths_;
  std::vector<std::vector<int>> members_;
  std::vector<double> losses_;
};

}  // namespace

WordClusters ClusterWords(const std::vector<std::string>& text, const ClusterOptions& options,
                          const Progress& progress) {
  const Bigrams bigrams = CountBigrams(text, options.count_min);
  progress(Cat("clusters: ", text.size(), " words of text, ", bigrams.words.size(), " kinds"));
  Exchange exchange(bigrams, options.classes);
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    const int moved = exchange.Pass();
    progress(Cat("clusters: round ", iteration, " of ", options.iterations, ", ", moved,
                 " words moved"));
    if (moved == 0) break;
  }
  WordClusters clusters;
  clusters.paths = Agglomeration(exchange, options.classes).Run();
  for (size_t word = kSpecialWords; word < bigrams.words.size(); ++word) {
    clusters.of[bigrams.words[word]] = exchange.ClassOf(word);
  }
  return clusters;
}

}  // namespace entente::nlp::train
