// Whether confidence means something: of the predictions that say 0.8, eight in ten should be
// right.
//
//   const Reliability reliability = ReliabilityOf(samples, /*bins=*/10);
//   reliability.brier;
//
// Measures: G. W. Brier, "Verification of forecasts expressed in terms of probability" (1950); the
// expected calibration error of Naeini, Cooper and Hauskrecht (2015), with bins of equal width.
// Thread safety: pure.
#ifndef ENTENTE_INGEST_EVAL_RELIABILITY_H_
#define ENTENTE_INGEST_EVAL_RELIABILITY_H_

#include <cstdint>
#include <vector>

namespace entente::eval {

// A prediction with how sure it was, and whether it was right.
struct Sample {
  double confidence = 0;  // 0 to 1
  bool right = false;
};

// Samples with `least` <= confidence < `least` + width; the last bin has its upper end as well.
struct ReliabilityBin {
  double least = 0;
  int64_t count = 0;
  int64_t right = 0;
  double confidence_sum = 0;

  double MeanConfidence() const;  // 0 if empty
  double ShareRight() const;      // 0 if empty
};

struct Reliability {
  std::vector<ReliabilityBin> bins;  // of equal width, from 0 to 1; empty ones included
  int64_t count = 0;
  double share_right = 0;  // of all
  double brier = 0;        // mean squared error of the confidence; 0 is best
  // The Brier score of saying `share_right` every time: what to beat.
  double brier_of_share = 0;
  // |mean confidence - share right| of the bins, weighted by their counts; 0 is best.
  double expected_calibration_error = 0;
};

// Zeros if there are no samples. REQUIRES: bins >= 1. Linear.
Reliability ReliabilityOf(const std::vector<Sample>& samples, int bins);

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_RELIABILITY_H_
