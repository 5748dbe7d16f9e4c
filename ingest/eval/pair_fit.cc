#include "ingest/eval/pair_fit.h"

#include <linear.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "base/status.h"
#include "base/strings.h"

namespace entente::eval {
namespace {

constexpr double kTolerance = 0.001;  // of LIBLINEAR's stopping rule
constexpr int kMissing = -1;
constexpr float kSure = 20;  // log-odds of what is always so

// Rows of features in LIBLINEAR's form, with one label each.
struct Rows {
  std::vector<std::vector<feature_node>> nodes;
  std::vector<feature_node*> pointers;
  std::vector<double> labels;
};

// The weights of the features for label 1 against label 0.
std::vector<double> Regress(Rows* rows, int features, double cost) {
  problem data{};
  data.l = static_cast<int>(rows->labels.size());
  data.n = features;
  data.y = rows->labels.data();
  data.x = rows->pointers.data();
  data.bias = -1;
  parameter options{};
  options.solver_type = L2R_LR;
  options.C = cost;
  options.eps = kTolerance;
  set_print_string_function([](const char*) {});
  const auto free_model = [](model* fitted) { free_and_destroy_model(&fitted); };
  const std::unique_ptr<model, decltype(free_model)> fitted(train(&data, &options), free_model);
  std::vector<double> weights(features);
  // LIBLINEAR takes the label of the first row for the positive one.
  const double sign = fitted->label[0] == 1 ? 1 : -1;
  for (int i = 0; i < features; ++i) weights[i] = sign * fitted->w[i];
  return weights;
}

}  // namespace

void PairFit::Add(std::span<const std::string> names, std::span<const coder::PairFeature> features,
                  size_t root) {
  Example example;
  example.root = root;
  for (size_t i = 0; i < features.size(); ++i) {
    const auto [at, is_new] = index_.emplace(names[i], static_cast<int>(names_.size()));
    if (is_new) {
      names_.push_back(names[i]);
      counts_.push_back(0);
    }
    const int feature = at->second;
    const bool twice = std::any_of(example.features.begin(), example.features.end(),
                                   [&](const auto& known) { return known.first == feature; });
    if (!twice) ++counts_[feature];
    example.features.emplace_back(feature, features[i].value);
  }
  related_ += root < coder::kPairRoots.size() ? 1 : 0;
  examples_.push_back(std::move(example));
}

absl::StatusOr<std::vector<coder::PairWeights>> PairFit::Fit(const PairFitOptions& options) const {
  if (related_ < kPairsMin || examples_.size() - related_ < kPairsMin) {
    return FailedPrecondition(Cat("of ", examples_.size(), " pairs of actors the gold has ",
                                  related_, "; at least ", kPairsMin, " that it has and ",
                                  kPairsMin, " that it has not are needed"));
  }
  // The features that are kept, in the order of their names, so that the order of the gold matters
  // to nothing but the last digits.
  std::vector<int> kept;
  for (int i = 0; i < static_cast<int>(names_.size()); ++i) {
    if (counts_[i] >= options.count_min) kept.push_back(i);
  }
  std::sort(kept.begin(), kept.end(), [&](int a, int b) { return names_[a] < names_[b]; });
  std::vector<int> number(names_.size(), kMissing);
  for (size_t i = 0; i < kept.size(); ++i) number[kept[i]] = static_cast<int>(i);

  const auto rows_of = [&](bool related_only) {
    Rows rows;
    for (const Example& example : examples_) {
      if (related_only && example.root == coder::kPairRoots.size()) continue;
      std::vector<feature_node> nodes;
      for (const auto& [feature, value] : example.features) {
        if (number[feature] != kMissing) nodes.push_back({number[feature] + 1, value});
      }
      // LIBLINEAR wants them in order, each once.
      std::sort(nodes.begin(), nodes.end(),
                [](const feature_node& a, const feature_node& b) { return a.index < b.index; });
      size_t size = 0;
      for (const feature_node& node : nodes) {
        if (size > 0 && nodes[size - 1].index == node.index) {
          nodes[size - 1].value += node.value;
        } else {
          nodes[size++] = node;
        }
      }
      nodes.resize(size);
      nodes.push_back({-1, 0});
      rows.nodes.push_back(std::move(nodes));
    }
    for (std::vector<feature_node>& nodes : rows.nodes) rows.pointers.push_back(nodes.data());
    return rows;
  };
  const int features = static_cast<int>(kept.size());
  std::vector<coder::PairWeights> weights(kept.size());
  for (size_t i = 0; i < kept.size(); ++i) weights[i].feature = names_[kept[i]];

  Rows all = rows_of(false);
  for (const Example& example : examples_) {
    all.labels.push_back(example.root < coder::kPairRoots.size() ? 1 : 0);
  }
  const std::vector<double> related = Regress(&all, features, options.related_cost);
  for (size_t i = 0; i < kept.size(); ++i) weights[i].related = static_cast<float>(related[i]);

  Rows told = rows_of(true);
  for (size_t root = 0; root < coder::kPairRoots.size(); ++root) {
    told.labels.clear();
    for (const Example& example : examples_) {
      if (example.root < coder::kPairRoots.size()) told.labels.push_back(example.root == root);
    }
    // A root that is never or always told needs no regression.
    const double count = std::accumulate(told.labels.begin(), told.labels.end(), 0.0);
    if (count == 0 || count == static_cast<double>(told.labels.size())) {
      for (coder::PairWeights& row : weights) {
        if (row.feature == coder::kConstantFeature) row.roots[root] = count == 0 ? -kSure : kSure;
      }
      continue;
    }
    const std::vector<double> one = Regress(&told, features, options.root_cost);
    for (size_t i = 0; i < kept.size(); ++i) weights[i].roots[root] = static_cast<float>(one[i]);
  }
  return weights;
}

}  // namespace entente::eval
