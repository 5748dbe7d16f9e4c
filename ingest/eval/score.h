// How well predictions agree with gold records: the figures by which coders of the field compare.
// docs/evaluation.md says how each is counted.
//
//   const Scores scores = Score(gold, predictions, /*misses_max=*/20);
//   scores.pair->macro_f1;
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_EVAL_SCORE_H_
#define ENTENTE_INGEST_EVAL_SCORE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ingest/eval/records.h"
#include "ingest/eval/reliability.h"

namespace entente::eval {

struct Counts {
  int64_t right = 0;
  int64_t predicted = 0;
  int64_t gold = 0;

  // 0 where nothing was predicted, or nothing is in the gold.
  double Precision() const;
  double Recall() const;
  // Harmonic mean of the two.
  double F1() const;
};

// Of records of kind "pair". A predicted dyad is aligned with a gold pair if its two mentions
// overlap the pair's two spans. The answer to a pair is its own root if an aligned dyad has it,
// else the root of the surest aligned dyad, else none.
struct PairFigures {
  int64_t pairs = 0;
  int64_t right = 0;
  int64_t covered = 0;                     // pairs with an aligned dyad
  int64_t extra = 0;                       // dyads aligned with no pair of the same text
  std::map<std::string, Counts> per_root;  // `predicted` counts answers

  double Accuracy() const;
  double Covered() const;
  double AccuracyWhenCovered() const;
  double ExtraPerPair() const;
  double MacroF1() const;  // the mean of F1 over the roots of the gold
};

// Of records of kind "triple": sets of (source code, target code, CAMEO code).
struct TripleFigures {
  int64_t records = 0;
  int64_t records_right = 0;  // whose set is right as a whole; an empty one may be
  Counts exact;
  Counts country_root;  // first three letters of the actors, first two figures of the code
  Counts dyad;          // first three letters of the actors alone
};

// Of records of kind "code": gold codes that are among those of the record's events.
struct CodeFigures {
  int64_t codes = 0;
  int64_t full = 0;  // the whole code
  int64_t root = 0;  // its first two figures
};

// A gold pair or record that the predictions miss.
struct Miss {
  std::string id;
  std::string wanted;
  std::string got;
  std::string text;
};

// A predicted dyad, judged: where it stands in the predictions, and how sure it was of itself.
struct JudgedDyad {
  size_t record = 0;  // index into the gold
  size_t event = 0;   // of its prediction
  size_t dyad = 0;    // of the event
  Sample sample;
};

struct Scores {
  std::optional<PairFigures> pair;  // none if the gold has no pairs
  std::optional<TripleFigures> triple;
  std::optional<CodeFigures> code;
  int64_t records = 0;
  int64_t missing = 0;       // gold records without a prediction: coded with no event
  std::vector<Miss> misses;  // the first ones, those of pairs before those of triples
  // Every predicted dyad of records of kind "pair" (right if a pair that it is aligned with has its
  // root) and "triple" (right if it is one of the triples). A text counts once, with the pairs of
  // all its records. What is aligned with nothing counts as wrong: the annotation of a text is
  // taken as complete.
  std::vector<JudgedDyad> judged;
};

// Scores `predictions` by the ids of `gold`; those with other ids do not count. REQUIRES: no id
// comes twice in either. O(records · log records), and in each record dyads · gold items.
Scores Score(const std::vector<GoldRecord>& gold, const std::vector<Prediction>& predictions,
             size_t misses_max);

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_SCORE_H_
