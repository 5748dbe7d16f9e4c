#include "ingest/eval/score.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "base/strings.h"

namespace entente::eval {
namespace {

constexpr size_t kCountryBytes = 3;  // "KOR" of "KORGOV"
constexpr size_t kRootBytes = 2;     // "03" of "0332"

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

bool AreAligned(const PredictedDyad& dyad, const GoldItem& pair) {
  return !dyad.source.empty() && !dyad.target.empty() && dyad.source.Overlaps(pair.source_span) &&
         dyad.target.Overlaps(pair.target_span);
}

// (source, target, code)
using Triple = std::tuple<std::string, std::string, std::string>;

struct TripleSets {
  std::set<Triple> exact;
  std::set<Triple> country_root;
  std::set<Triple> dyad;

  void Add(const std::string& source, const std::string& target, const std::string& cameo) {
    const std::string from = source.substr(0, kCountryBytes);
    const std::string to = target.substr(0, kCountryBytes);
    exact.emplace(source, target, cameo);
    country_root.emplace(from, to, cameo.substr(0, kRootBytes));
    dyad.emplace(from, to, "");
  }
};

std::string TextOf(const std::set<Triple>& triples) {
  std::string text;
  for (const auto& [source, target, cameo] : triples) {
    text += Cat(text.empty() ? "" : "; ", source, " > ", target, " ", cameo);
  }
  return text.empty() ? "nothing" : text;
}

void Count(const std::set<Triple>& wanted, const std::set<Triple>& got, Counts* counts) {
  counts->gold += static_cast<int64_t>(wanted.size());
  counts->predicted += static_cast<int64_t>(got.size());
  counts->right += std::count_if(got.begin(), got.end(),
                                 [&](const Triple& triple) { return wanted.count(triple) > 0; });
}

class Scorer {
 public:
  Scorer(const std::vector<GoldRecord>& gold, const std::vector<Prediction>& predictions,
         size_t misses_max)
      : gold_(gold), misses_max_(misses_max) {
    for (const Prediction& prediction : predictions) by_id_.emplace(prediction.id, &prediction);
  }

  Scores Run() {
    scores_.records = static_cast<int64_t>(gold_.size());
    for (const GoldRecord& record : gold_) scores_.missing += by_id_.count(record.id) == 0;
    ScorePairs();
    ScoreTriples();
    ScoreCodes();
    return std::move(scores_);
  }

 private:
  const Prediction& PredictionFor(const GoldRecord& record) const {
    const auto at = by_id_.find(record.id);
    return at == by_id_.end() ? nothing_ : *at->second;
  }

  void AddMiss(const GoldRecord& record, std::string wanted, std::string got) {
    if (scores_.misses.size() >= misses_max_) return;
    scores_.misses.push_back({record.id, std::move(wanted), std::move(got), record.text});
  }

  void ScorePairs();
  std::string AnswerTo(const GoldItem& pair, const Prediction& prediction, bool* covered) const;
  void JudgeDyads(size_t index, const std::vector<const GoldItem*>& pairs, PairFigures* figures);
  void ScoreTriples();
  void JudgeTriples(size_t index, const std::set<Triple>& wanted);
  void ScoreCodes();

  const std::vector<GoldRecord>& gold_;
  const size_t misses_max_;
  const Prediction nothing_;
  std::unordered_map<std::string_view, const Prediction*> by_id_;
  Scores scores_;
};

// The pair's own root if an aligned dyad has it, else that of the surest one; empty if none is.
std::string Scorer::AnswerTo(const GoldItem& pair, const Prediction& prediction,
                             bool* covered) const {
  const PredictedEvent* surest = nullptr;
  for (const PredictedEvent& event : prediction.events) {
    const bool aligned =
        std::any_of(event.dyads.begin(), event.dyads.end(),
                    [&](const PredictedDyad& dyad) { return AreAligned(dyad, pair); });
    if (!aligned) continue;
    *covered = true;
    if (event.root == pair.root) return pair.root;
    if (surest == nullptr || event.confidence > surest->confidence) surest = &event;
  }
  return surest == nullptr ? std::string() : surest->root;
}

void Scorer::JudgeDyads(size_t index, const std::vector<const GoldItem*>& pairs,
                        PairFigures* figures) {
  const Prediction& prediction = PredictionFor(gold_[index]);
  for (size_t e = 0; e < prediction.events.size(); ++e) {
    const PredictedEvent& event = prediction.events[e];
    for (size_t d = 0; d < event.dyads.size(); ++d) {
      bool aligned = false;
      bool right = false;
      for (const GoldItem* pair : pairs) {
        if (!AreAligned(event.dyads[d], *pair)) continue;
        aligned = true;
        right = right || event.root == pair->root;
      }
      figures->extra += aligned ? 0 : 1;
      scores_.judged.push_back({index, e, d, {event.confidence, right}});
    }
  }
}

void Scorer::ScorePairs() {
  std::unordered_map<std::string_view, std::vector<const GoldItem*>> by_text;
  PairFigures figures;
  for (const GoldRecord& record : gold_) {
    if (record.kind != GoldKind::kPair) continue;
    for (const GoldItem& pair : record.items) by_text[record.text].push_back(&pair);
    for (const GoldItem& pair : record.items) ++figures.per_root[pair.root].gold;
  }
  std::unordered_set<std::string_view> seen;
  for (size_t r = 0; r < gold_.size(); ++r) {
    const GoldRecord& record = gold_[r];
    if (record.kind != GoldKind::kPair) continue;
    for (const GoldItem& pair : record.items) {
      bool covered = false;
      const std::string answer = AnswerTo(pair, PredictionFor(record), &covered);
      ++figures.pairs;
      figures.covered += covered ? 1 : 0;
      // Answers with roots that no gold pair has count for no root.
      if (const auto at = figures.per_root.find(answer); at != figures.per_root.end()) {
        ++at->second.predicted;
        at->second.right += answer == pair.root ? 1 : 0;
      }
      if (answer == pair.root) {
        ++figures.right;
      } else {
        AddMiss(record, pair.root, answer.empty() ? "nothing" : answer);
      }
    }
    if (seen.insert(record.text).second) JudgeDyads(r, by_text[record.text], &figures);
  }
  if (figures.pairs > 0) scores_.pair = std::move(figures);
}

void Scorer::JudgeTriples(size_t index, const std::set<Triple>& wanted) {
  const Prediction& prediction = PredictionFor(gold_[index]);
  for (size_t e = 0; e < prediction.events.size(); ++e) {
    const PredictedEvent& event = prediction.events[e];
    for (size_t d = 0; d < event.dyads.size(); ++d) {
      const PredictedDyad& dyad = event.dyads[d];
      const bool right = wanted.count({dyad.source_code, dyad.target_code, event.cameo}) > 0;
      scores_.judged.push_back({index, e, d, {event.confidence, right}});
    }
  }
}

void Scorer::ScoreTriples() {
  TripleFigures figures;
  for (size_t r = 0; r < gold_.size(); ++r) {
    const GoldRecord& record = gold_[r];
    if (record.kind != GoldKind::kTriple) continue;
    TripleSets wanted;
    for (const GoldItem& item : record.items) wanted.Add(item.source, item.target, item.cameo);
    TripleSets got;
    for (const PredictedEvent& event : PredictionFor(record).events) {
      for (const PredictedDyad& dyad : event.dyads) {
        got.Add(dyad.source_code, dyad.target_code, event.cameo);
      }
    }
    ++figures.records;
    figures.records_right += wanted.exact == got.exact ? 1 : 0;
    if (wanted.exact != got.exact) AddMiss(record, TextOf(wanted.exact), TextOf(got.exact));
    Count(wanted.exact, got.exact, &figures.exact);
    Count(wanted.country_root, got.country_root, &figures.country_root);
    Count(wanted.dyad, got.dyad, &figures.dyad);
    JudgeTriples(r, wanted.exact);
  }
  if (figures.records > 0) scores_.triple = figures;
}

void Scorer::ScoreCodes() {
  CodeFigures figures;
  for (const GoldRecord& record : gold_) {
    if (record.kind != GoldKind::kCode) continue;
    std::set<std::string> full;
    std::set<std::string> roots;
    for (const PredictedEvent& event : PredictionFor(record).events) {
      full.insert(event.cameo);
      roots.insert(event.cameo.substr(0, kRootBytes));
    }
    for (const GoldItem& item : record.items) {
      ++figures.codes;
      figures.full += full.count(item.cameo) > 0 ? 1 : 0;
      figures.root += roots.count(item.cameo.substr(0, kRootBytes)) > 0 ? 1 : 0;
    }
  }
  if (figures.codes > 0) scores_.code = figures;
}

}  // namespace

double Counts::Precision() const { return Share(right, predicted); }
double Counts::Recall() const { return Share(right, gold); }
double Counts::F1() const { return Share(2 * right, predicted + gold); }

double PairFigures::Accuracy() const { return Share(right, pairs); }
double PairFigures::Covered() const { return Share(covered, pairs); }
double PairFigures::AccuracyWhenCovered() const { return Share(right, covered); }
double PairFigures::ExtraPerPair() const { return Share(extra, pairs); }
double PairFigures::MacroF1() const {
  double sum = 0;
  for (const auto& [root, counts] : per_root) sum += counts.F1();
  return per_root.empty() ? 0 : sum / static_cast<double>(per_root.size());
}

Scores Score(const std::vector<GoldRecord>& gold, const std::vector<Prediction>& predictions,
             size_t misses_max) {
  return Scorer(gold, predictions, misses_max).Run();
}

}  // namespace entente::eval
