#include "ingest/nlp/train/parser_trainer.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/strings.h"
#include "ingest/nlp/train/perceptron.h"

namespace entente::nlp::train {
namespace {

class BeamLearner {
 public:
  BeamLearner(const ActionSet& actions, const TagSet& tag_set, size_t beam_width)
      : actions_(actions), tag_set_(tag_set), beam_width_(beam_width) {}

  // Parses one sentence and corrects the learner where its beam went most wrong. True if the best
  // parse was the gold one.
  bool Learn(const ParserExample& example, const std::vector<ActionId>& oracle);

  const Perceptron& perceptron() const { return perceptron_; }

 private:
  // A prefix of the gold actions and the beam's best of the same length.
  struct Violation {
    int64_t margin = 0;
    const State* gold = nullptr;
    const State* best = nullptr;
  };

  // How far the better scored `best` is above `gold`, if that is more than the worst so far.
  static void Record(const State* gold, const State* best, Violation* worst);
  void Correct(const State* gold, const State* best);
  void Move(const State& state, int delta);

  const ActionSet& actions_;
  const TagSet& tag_set_;
  const size_t beam_width_;
  Perceptron perceptron_;
  FeatureCache cache_;
  StateArena arena_;
  std::vector<const State*> beam_;
  std::vector<Candidate> candidates_;
};

void BeamLearner::Record(const State* gold, const State* best, Violation* worst) {
  const int64_t margin = best->score - gold->score;
  if (margin < 0 || (worst->gold != nullptr && margin <= worst->margin)) return;
  // The same actions give the same score; then nothing is violated.
  const State *a = gold, *b = best;
  while (a->previous != nullptr && a->action == b->action) {
    a = a->previous;
    b = b->previous;
  }
  if (a->previous != nullptr) *worst = {margin, gold, best};
}

void BeamLearner::Move(const State& state, int delta) {
  KeyBuffer pair_keys, state_keys;
  cache_.Keys(*state.previous, &pair_keys, &state_keys);
  perceptron_.Update(pair_keys, state.action, delta);
  perceptron_.Update(state_keys, state.action, delta);
}

void BeamLearner::Correct(const State* gold, const State* best) {
  // Steps on which both agree from the start cancel out, so only those from the first difference
  // on are moved.
  std::vector<std::pair<const State*, const State*>> steps;
  for (; gold->previous != nullptr; gold = gold->previous, best = best->previous) {
    steps.emplace_back(gold, best);
  }
  std::reverse(steps.begin(), steps.end());
  bool differ = false;
  for (const auto& [right, wrong] : steps) {
    differ = differ || right->action != wrong->action;
    if (!differ) continue;
    Move(*right, 1);
    Move(*wrong, -1);
  }
}

bool BeamLearner::Learn(const ParserExample& example, const std::vector<ActionId>& oracle) {
  const ParserInput input{example.words, example.tags, &tag_set_,
                          example.guide.heads.empty() ? nullptr : &example.guide};
  cache_.Begin(input, perceptron_, actions_.size());
  arena_.Begin(example.words.size(), beam_width_ + 1);
  const State* gold = arena_.Initial();
  beam_.assign(1, gold);
  Violation worst;
  for (const ActionId action : oracle) {
    alignas(64) std::array<int32_t, LinearModel::kClassesMax> scores;
    cache_.Score(*gold, scores.data());
    Expand(beam_, actions_, input.root(), beam_width_, &cache_, &candidates_);
    beam_.clear();
    for (const Candidate& candidate : candidates_) {
      beam_.push_back(arena_.Apply(*candidate.from, candidate.action, actions_, candidate.score));
    }
    gold = arena_.Apply(*gold, action, actions_, gold->score + scores[action]);
    Record(gold, beam_.front(), &worst);
  }
  if (worst.gold != nullptr) Correct(worst.gold, worst.best);
  perceptron_.NextExample();
  return worst.gold == nullptr;
}

}  // namespace

std::vector<ActionId> OracleActions(const Tree& gold, const ActionSet& actions) {
  const auto n = static_cast<int32_t>(gold.heads.size());
  std::vector<ActionId> oracle;
  std::vector<int32_t> stack;
  std::vector<bool> attached(gold.heads.size(), false);
  int32_t front = 0;
  // True if the front word has an arc, either way, with a word below the top of the stack.
  const auto needs_lower = [&] {
    for (size_t i = 0; i + 1 < stack.size(); ++i) {
      if (front < n && gold.heads[front] == stack[i]) return true;
      if (gold.heads[stack[i]] == front && !attached[stack[i]]) return true;
    }
    return front == n;
  };
  while (front < n || !stack.empty()) {
    const int32_t top = stack.empty() ? -1 : stack.back();
    if (top >= 0 && !attached[top] && gold.heads[top] == front) {
      oracle.push_back(actions.Find({ActionKind::kLeft, gold.labels[top]}));
      stack.pop_back();
    } else if (top >= 0 && front < n && gold.heads[front] == top) {
      oracle.push_back(actions.Find({ActionKind::kRight, gold.labels[front]}));
      attached[front] = true;
      stack.push_back(front++);
    } else if (top >= 0 && attached[top] && needs_lower()) {
      oracle.push_back(ActionSet::kReduce);
      stack.pop_back();
    } else {
      oracle.push_back(ActionSet::kShift);
      stack.push_back(front++);
    }
  }
  return oracle;
}

ActionSet CollectActions(const std::vector<ParserExample>& examples) {
  std::map<std::pair<ActionKind, Deprel>, int> counts;
  for (const ParserExample& example : examples) {
    for (size_t i = 0; i < example.gold.heads.size(); ++i) {
      const bool left = example.gold.heads[i] > static_cast<int32_t>(i);
      ++counts[{left ? ActionKind::kLeft : ActionKind::kRight, example.gold.labels[i]}];
    }
  }
  std::vector<Action> arcs;
  for (const auto& [arc, count] : counts) arcs.push_back({arc.first, arc.second});
  return ActionSet(std::move(arcs));
}

BeamParser TrainBeamParser(const std::vector<ParserExample>& examples, const TagSet& tag_set,
                           const ParserOptions& options, const Progress& progress,
                           const AfterRound& after_round) {
  const ActionSet actions = CollectActions(examples);
  std::vector<std::vector<ActionId>> oracles;
  for (const ParserExample& example : examples) {
    oracles.push_back(OracleActions(example.gold, actions));
  }
  BeamLearner learner(actions, tag_set, options.beam_width);
  Random random(options.seed);
  BeamParser parser;
  for (int iteration = 1; iteration <= options.iterations; ++iteration) {
    size_t right = 0;
    for (const size_t i : random.Permutation(examples.size())) {
      right += learner.Learn(examples[i], oracles[i]);
    }
    progress(Cat("round ", iteration, " of ", options.iterations, ", ", right, " of ",
                 examples.size(), " sentences right, ", learner.perceptron().feature_count(),
                 " features"));
    if (!after_round && iteration < options.iterations) continue;
    parser = BeamParser(
        actions, LinearModel::FromWeights(learner.perceptron().Averaged(), options.prune_below));
    if (after_round && !after_round(iteration, parser)) break;
  }
  return parser;
}

std::vector<ParserExample> Reversed(const std::vector<ParserExample>& examples) {
  std::vector<ParserExample> reversed;
  for (const ParserExample& example : examples) {
    ParserExample turned{{example.words.rbegin(), example.words.rend()},
                         {example.tags.rbegin(), example.tags.rend()},
                         example.gold,
                         {},
                         example.origin};
    ReverseTree(&turned.gold);
    reversed.push_back(std::move(turned));
  }
  return reversed;
}

void JackknifeGuides(const TagSet& tag_set, const ParserOptions& options, int folds,
                     size_t guide_width, const Progress& progress,
                     std::vector<ParserExample>* examples) {
  BeamParser::Scratch scratch;
  ReversedInput reversed;
  for (size_t fold = 0; fold < static_cast<size_t>(folds); ++fold) {
    std::vector<ParserExample> others;
    for (const ParserExample& example : *examples) {
      if (example.origin % folds != fold) others.push_back(example);
    }
    const BeamParser guide = TrainBeamParser(
        Reversed(others), tag_set, options,
        [&](const std::string& line) {
          progress(Cat("fold ", fold + 1, " of ", folds, ": ", line));
        },
        nullptr);
    size_t right = 0, words = 0;
    for (ParserExample& example : *examples) {
      if (example.origin % folds != fold) continue;
      ParseGuide(guide, {example.words, example.tags, &tag_set, nullptr}, guide_width, &reversed,
                 &scratch, &example.guide);
      for (size_t i = 0; i < example.gold.heads.size(); ++i) {
        right += example.guide.heads[i] == example.gold.heads[i] &&
                 example.guide.labels[i] == example.gold.labels[i];
      }
      words += example.gold.heads.size();
    }
    progress(Cat("guide for fold ", fold + 1, " of ", folds, ": LAS ",
                 100.0 * static_cast<double>(right) / static_cast<double>(words)));
  }
}

}  // namespace entente::nlp::train
