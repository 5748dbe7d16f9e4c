// Logistic regression: the probability of being right as a function of features.
//
//   ENTENTE_ASSIGN_OR_RETURN(std::vector<double> coefficients, FitLogistic(rows, right, 1.0));
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_EVAL_LOGISTIC_H_
#define ENTENTE_INGEST_EVAL_LOGISTIC_H_

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"

namespace entente::eval {

// Fewest rows to fit, of either outcome.
inline constexpr size_t kRowsMin = 20;

// The coefficients that make `right` likeliest given `rows`, less ridge / 2 · the sum of their
// squares but for the first (which is to be of a constant). Newton's method (iteratively reweighted
// least squares; Hastie, Tibshirani and Friedman, "The Elements of Statistical Learning", 4.4.1).
// The same input gives the same result. REQUIRES: rows of one size, as many as `right`; ridge > 0.
// Errors: FAILED_PRECONDITION (fewer than kRowsMin rows that are right, or wrong), INTERNAL (no
// convergence). O(rows · features²) a step, at most 50 steps.
absl::StatusOr<std::vector<double>> FitLogistic(const std::vector<std::vector<double>>& rows,
                                                const std::vector<bool>& right, double ridge);

// What such coefficients say of a row. REQUIRES: the same size.
double LogisticProbability(const std::vector<double>& coefficients, const std::vector<double>& row);

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_LOGISTIC_H_
