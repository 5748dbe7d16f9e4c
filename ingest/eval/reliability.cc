#include "ingest/eval/reliability.h"

#include <algorithm>
#include <cmath>

namespace entente::eval {

double ReliabilityBin::MeanConfidence() const {
  return count == 0 ? 0 : confidence_sum / static_cast<double>(count);
}

double ReliabilityBin::ShareRight() const {
  return count == 0 ? 0 : static_cast<double>(right) / static_cast<double>(count);
}

Reliability ReliabilityOf(const std::vector<Sample>& samples, int bins) {
  Reliability result;
  result.bins.resize(static_cast<size_t>(bins));
  for (int b = 0; b < bins; ++b) result.bins[b].least = static_cast<double>(b) / bins;
  if (samples.empty()) return result;
  int64_t right = 0;
  double squares = 0;
  for (const Sample& sample : samples) {
    const int b = static_cast<int>(std::floor(sample.confidence * bins));
    ReliabilityBin& bin = result.bins[std::clamp(b, 0, bins - 1)];
    ++bin.count;
    bin.right += sample.right ? 1 : 0;
    bin.confidence_sum += sample.confidence;
    right += sample.right ? 1 : 0;
    const double error = sample.confidence - (sample.right ? 1.0 : 0.0);
    squares += error * error;
  }
  const double count = static_cast<double>(samples.size());
  result.count = static_cast<int64_t>(samples.size());
  result.share_right = static_cast<double>(right) / count;
  result.brier = squares / count;
  result.brier_of_share = result.share_right * (1 - result.share_right);
  for (const ReliabilityBin& bin : result.bins) {
    result.expected_calibration_error +=
        static_cast<double>(bin.count) / count * std::abs(bin.MeanConfidence() - bin.ShareRight());
  }
  return result;
}

}  // namespace entente::eval
