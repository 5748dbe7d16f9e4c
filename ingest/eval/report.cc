#include "ingest/eval/report.h"

#include <nlohmann/json.hpp>

namespace entente::eval {
namespace {

using Json = nlohmann::ordered_json;

Json CountsJson(const Counts& counts) {
  return Json{{"precision", counts.Precision()},
              {"recall", counts.Recall()},
              {"f1", counts.F1()},
              {"gold", counts.gold},
              {"predicted", counts.predicted},
              {"right", counts.right}};
}

Json PairJson(const PairFigures& figures) {
  Json per_root = Json::object();
  for (const auto& [root, counts] : figures.per_root) per_root[root] = CountsJson(counts);
  return Json{{"pairs", figures.pairs},
              {"accuracy", figures.Accuracy()},
              {"macro_f1", figures.MacroF1()},
              {"covered", figures.Covered()},
              {"accuracy_when_covered", figures.AccuracyWhenCovered()},
              {"extra_per_pair", figures.ExtraPerPair()},
              {"per_root", std::move(per_root)}};
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}

Json TripleJson(const TripleFigures& figures) {
  return Json{{"records", figures.records},
              {"records_right", Share(figures.records_right, figures.records)},
              {"exact", CountsJson(figures.exact)},
              {"country_root", CountsJson(figures.country_root)},
              {"dyad", CountsJson(figures.dyad)}};
}

Json CodeJson(const CodeFigures& figures) {
  return Json{{"codes", figures.codes},
              {"full_code", Share(figures.full, figures.codes)},
              {"root_code", Share(figures.root, figures.codes)}};
}

Json ReliabilityJson(const Reliability& reliability) {
  Json bins = Json::array();
  const double width = 1.0 / static_cast<double>(reliability.bins.size());
  for (const ReliabilityBin& bin : reliability.bins) {
    bins.push_back(Json{{"from", bin.least},
                        {"to", bin.least + width},
                        {"dyads", bin.count},
                        {"mean_confidence", bin.MeanConfidence()},
                        {"share_right", bin.ShareRight()}});
  }
  return Json{{"dyads", reliability.count},
              {"share_right", reliability.share_right},
              {"brier", reliability.brier},
              {"brier_of_share", reliability.brier_of_share},
              {"expected_calibration_error", reliability.expected_calibration_error},
              {"bins", std::move(bins)}};
}

}  // namespace

std::string JsonOf(const Scores& scores, const Reliability& reliability) {
  Json report = Json::object();
  if (scores.pair.has_value()) report["pair"] = PairJson(*scores.pair);
  if (scores.triple.has_value()) report["triple"] = TripleJson(*scores.triple);
  if (scores.code.has_value()) report["code"] = CodeJson(*scores.code);
  if (reliability.count > 0) report["reliability"] = ReliabilityJson(reliability);
  report["records"] = scores.records;
  report["records_missing"] = scores.missing;
  Json misses = Json::array();
  for (const Miss& miss : scores.misses) {
    misses.push_back(
        Json{{"id", miss.id}, {"wanted", miss.wanted}, {"got", miss.got}, {"text", miss.text}});
  }
  if (!misses.empty()) report["errors"] = std::move(misses);
  return report.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace entente::eval
