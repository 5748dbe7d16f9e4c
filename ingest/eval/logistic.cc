#include "ingest/eval/logistic.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/status.h"
#include "base/strings.h"

namespace entente::eval {
namespace {

constexpr int kStepsMax = 50;
constexpr double kConverged = 1e-10;  // greatest change of a coefficient

using Row = std::vector<double>;

// Solves `matrix` · x = `right` for a symmetric positive definite matrix, by Cholesky's
// decomposition; both are overwritten, and `right` is x then. False if it is not one.
bool Solve(std::vector<Row>* matrix, Row* right) {
  std::vector<Row>& m = *matrix;
  Row& x = *right;
  const size_t n = x.size();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j <= i; ++j) {
      double sum = m[i][j];
      for (size_t k = 0; k < j; ++k) sum -= m[i][k] * m[j][k];
      if (i != j) {
        m[i][j] = sum / m[j][j];
      } else if (sum > 0) {
        m[i][i] = std::sqrt(sum);
      } else {
        return false;
      }
    }
  }
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < i; ++k) x[i] -= m[i][k] * x[k];
    x[i] /= m[i][i];
  }
  for (size_t i = n; i-- > 0;) {
    for (size_t k = i + 1; k < n; ++k) x[i] -= m[k][i] * x[k];
    x[i] /= m[i][i];
  }
  return true;
}

}  // namespace

double LogisticProbability(const std::vector<double>& coefficients,
                           const std::vector<double>& row) {
  double log_odds = 0;
  for (size_t i = 0; i < row.size(); ++i) log_odds += coefficients[i] * row[i];
  return 1 / (1 + std::exp(-log_odds));
}

absl::StatusOr<std::vector<double>> FitLogistic(const std::vector<std::vector<double>>& rows,
                                                const std::vector<bool>& right, double ridge) {
  const size_t positives = static_cast<size_t>(std::count(right.begin(), right.end(), true));
  if (positives < kRowsMin || rows.size() - positives < kRowsMin) {
    return FailedPrecondition(Cat("of ", rows.size(), " dyads ", positives, " are right; at least ",
                                  kRowsMin, " that are right and ", kRowsMin,
                                  " that are wrong are needed"));
  }
  const size_t n = rows.front().size();
  Row coefficients(n, 0.0);
  for (int step = 0; step < kStepsMax; ++step) {
    // Gradient and Hessian of the penalised likelihood, with the sign turned.
    Row gradient(n, 0.0);
    std::vector<Row> hessian(n, Row(n, 0.0));
    for (size_t r = 0; r < rows.size(); ++r) {
      const double p = LogisticProbability(coefficients, rows[r]);
      const double error = (right[r] ? 1.0 : 0.0) - p;
      const double weight = p * (1 - p);
      for (size_t i = 0; i < n; ++i) {
        gradient[i] += error * rows[r][i];
        for (size_t j = 0; j <= i; ++j) hessian[i][j] += weight * rows[r][i] * rows[r][j];
      }
    }
    for (size_t i = 0; i < n; ++i) {
      // The constant is all but free: what is said on average must be true on average.
      const double penalty = i == 0 ? ridge * 1e-6 : ridge;
      gradient[i] -= penalty * coefficients[i];
      hessian[i][i] += penalty;
    }
    if (!Solve(&hessian, &gradient)) return Internal("the features cannot be told apart");
    double change = 0;
    for (size_t i = 0; i < n; ++i) {
      coefficients[i] += gradient[i];
      change = std::max(change, std::abs(gradient[i]));
    }
    if (change < kConverged) return coefficients;
  }
  return Internal(Cat("the fit did not converge in ", kStepsMax, " steps"));
}

}  // namespace entente::eval
