#include "ingest/coder/pair_model.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/word_table.h"

namespace entente::coder {
namespace {

constexpr size_t kFileBytesMax = size_t{64} << 20;
constexpr size_t kFeaturesMax = 2'000'000;
constexpr double kWeightMax = 100;
constexpr float kRelatedKept = 0.02F;  // smaller weights are not written
constexpr float kRootKept = 0.05F;
constexpr std::string_view kHeader = "feature\trelated\troots";

double Logistic(double log_odds) { return 1 / (1 + std::exp(-log_odds)); }

bool ParseWeight(std::string_view text, float* weight) {
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, *weight);
  return error == std::errc() && stop == end && std::abs(*weight) <= kWeightMax;
}

void AppendWeight(float weight, std::string* text) {
  std::array<char, 32> digits;
  const int size = std::snprintf(digits.data(), digits.size(), "%.3g", weight);
  text->append(digits.data(), static_cast<size_t>(size));
}

}  // namespace

size_t PairRootIndex(std::string_view plover) {
  const std::string_view root = plover == "CONCEDE" || plover == "RETREAT" ? "YIELD" : plover;
  return static_cast<size_t>(std::find(kPairRoots.begin(), kPairRoots.end(), root) -
                             kPairRoots.begin());
}

absl::StatusOr<PairModel> PairModel::Load(const std::string& data_dir) {
  const std::string path = data_dir + "/coder/pairs.tsv";
  ENTENTE_ASSIGN_OR_RETURN(const std::string contents, ReadFile(path, kFileBytesMax));
  return Parse(path, contents);
}

int32_t PairModel::Find(uint64_t key) const {
  if (slots_.empty()) return -1;
  const size_t mask = slots_.size() - 1;
  for (size_t at = key & mask;; at = (at + 1) & mask) {
    if (slots_[at].index < 0 || slots_[at].key == key) return slots_[at].index;
  }
}

// REQUIRES: a free slot, and a key that is not there yet.
void PairModel::Insert(uint64_t key, int32_t index) {
  const size_t mask = slots_.size() - 1;
  size_t at = key & mask;
  while (slots_[at].index >= 0) at = (at + 1) & mask;
  slots_[at] = {key, index};
}

absl::StatusOr<PairModel> PairModel::Parse(std::string_view path, std::string_view contents) {
  PairModel model;
  const size_t lines = static_cast<size_t>(std::count(contents.begin(), contents.end(), '\n')) + 1;
  model.slots_.resize(std::bit_ceil(2 * lines));
  const auto error = [&](size_t line, size_t column, const std::string& what) {
    return InvalidArgument(Cat(path, ":", line, ":", column, ": ", what));
  };
  bool header = false;
  size_t number = 0;
  while (!contents.empty()) {
    const size_t end = std::min(contents.find('\n'), contents.size());
    const std::string_view line = contents.substr(0, end);
    contents.remove_prefix(std::min(end + 1, contents.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (!header) {
      if (line != kHeader) {
        return error(number, 1, "expected the columns feature, related, roots, parted by tabs");
      }
      header = true;
      continue;
    }
    const std::vector<std::string_view> columns = Split(line, '\t');
    if (columns.size() != 3 || columns[0].empty()) {
      return error(number, 1, Cat("expected three columns, found ", columns.size()));
    }
    const size_t column = columns[0].size() + 2;
    float related = 0;
    if (!ParseWeight(columns[1], &related)) {
      return error(number, column,
                   Cat("expected a number from -100 to 100, found \"", columns[1], '"'));
    }
    std::array<float, kPairRoots.size()> roots{};
    for (const std::string_view entry : Split(columns[2], ' ')) {
      if (entry.empty()) continue;
      const size_t colon = std::min(entry.find(':'), entry.size());
      const size_t root = PairRootIndex(entry.substr(0, colon));
      if (colon == entry.size() || root == kPairRoots.size() ||
          !ParseWeight(entry.substr(colon + 1), &roots[root])) {
        return error(number, column + columns[1].size() + 1,
                     Cat("expected ROOT:number, such as AID:0.31, found \"", entry, '"'));
      }
    }
    const uint64_t key = nlp::HashBytes(columns[0]);
    if (model.Find(key) >= 0) {
      return error(number, 1, Cat("the feature \"", columns[0], "\" came before"));
    }
    if (model.size() >= kFeaturesMax) {
      return error(number, 1, Cat("over ", kFeaturesMax, " features"));
    }
    model.Insert(key, static_cast<int32_t>(model.size()));
    model.related_.push_back(related);
    model.roots_.push_back(roots);
  }
  if (model.size() == 0) {
    return InvalidArgument(
        Cat(path, " has no features; fit it anew with `entente eval GOLD --fit-pairs`"));
  }
  return model;
}

std::string PairModel::Write(std::string_view comment, const std::vector<PairWeights>& weights) {
  std::string text;
  for (const std::string_view line : Split(comment, '\n')) {
    text.append(line.empty() ? "#" : "# ").append(line).push_back('\n');
  }
  text.append(kHeader).push_back('\n');
  for (const PairWeights& row : weights) {
    std::string roots;
    for (size_t i = 0; i < kPairRoots.size(); ++i) {
      if (std::abs(row.roots[i]) < kRootKept) continue;
      if (!roots.empty()) roots.push_back(' ');
      roots.append(kPairRoots[i]).push_back(':');
      AppendWeight(row.roots[i], &roots);
    }
    if (std::abs(row.related) < kRelatedKept && roots.empty()) continue;
    text.append(row.feature).push_back('\t');
    AppendWeight(row.related, &text);
    text.append("\t").append(roots).push_back('\n');
  }
  return text;
}

double PairModel::Related(std::span<const PairFeature> features) const {
  double log_odds = 0;
  for (const PairFeature& feature : features) {
    const int32_t index = Find(feature.key);
    if (index >= 0) log_odds += static_cast<double>(related_[index]) * feature.value;
  }
  return Logistic(log_odds);
}

PairRootNumbers PairModel::Roots(std::span<const PairFeature> features) const {
  PairRootNumbers numbers{};
  for (const PairFeature& feature : features) {
    const int32_t index = Find(feature.key);
    if (index < 0) continue;
    for (size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] += static_cast<double>(roots_[index][i]) * feature.value;
    }
  }
  // Each root was fitted against all others.
  double sum = 0;
  for (double& number : numbers) sum += number = Logistic(number);
  for (double& number : numbers) number /= sum;
  return numbers;
}

double PairModel::WordsFor(size_t root, std::span<const PairFeature> features) const {
  double log_odds = 0;
  for (const PairFeature& feature : features) {
    const int32_t index = feature.lexical ? Find(feature.key) : -1;
    if (index >= 0) log_odds += static_cast<double>(roots_[index][root]) * feature.value;
  }
  return log_odds;
}

double PairModel::RelatedWeight(uint64_t key) const {
  const int32_t index = Find(key);
  return index < 0 ? 0 : static_cast<double>(related_[index]);
}

}  // namespace entente::coder
