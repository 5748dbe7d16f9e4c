// Scores as JSON, for scripts. (What people read is the command line's part.)
//
//   const std::string json = JsonOf(scores, reliability);
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_EVAL_REPORT_H_
#define ENTENTE_INGEST_EVAL_REPORT_H_

#include <string>

#include "ingest/eval/reliability.h"
#include "ingest/eval/score.h"

namespace entente::eval {

// One JSON object on one line, without a line break at its end. The objects "pair", "triple" and
// "code" are there where the gold has such records. Figures are between 0 and 1 and not rounded.
std::string JsonOf(const Scores& scores, const Reliability& reliability);

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_REPORT_H_
