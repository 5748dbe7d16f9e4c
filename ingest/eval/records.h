// The records of an evaluation: sentences with the events that people say they report (gold), and
// what a coder made of them (predictions). Both are JSON lines; docs/evaluation.md describes them.
//
//   ENTENTE_ASSIGN_OR_RETURN(GoldRecord gold, ParseGoldRecord(line, roots));
//   Prediction prediction = PredictionOf(coded, gold.id, 0.0, false);
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_EVAL_RECORDS_H_
#define ENTENTE_INGEST_EVAL_RECORDS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "entente/v1/event.pb.h"

namespace entente::eval {

// Half-open range of bytes of a record's UTF-8 text.
struct ByteSpan {
  int64_t begin = 0;
  int64_t end = 0;
  bool empty() const { return begin >= end; }
  bool Overlaps(const ByteSpan& other) const { return begin < other.end && other.begin < end; }
};

enum class GoldKind : uint8_t {
  kPair,    // two phrases and the PLOVER root of what the one does to the other
  kTriple,  // source and target as actor codes, and a CAMEO code; none: nothing to be coded
  kCode,    // a CAMEO code alone
};

struct GoldItem {
  ByteSpan source_span;  // of kPair
  ByteSpan target_span;
  std::string root;    // of kPair: CONCEDE and RETREAT are written YIELD
  std::string source;  // of kTriple; empty: no such actor
  std::string target;
  std::string cameo;  // of kTriple and kCode
};

struct GoldRecord {
  std::string id;
  std::string text;
  std::string date;  // of publication; empty: unknown
  GoldKind kind = GoldKind::kPair;
  std::vector<GoldItem> items;
};

struct PredictedDyad {
  std::string source_code;
  std::string target_code;
  ByteSpan source;  // empty: the prediction names no phrase
  ByteSpan target;
  std::vector<double> features = {};  // of the mention's confidence, where they are known
};

struct PredictedEvent {
  std::string root;  // PLOVER; CONCEDE and RETREAT are written YIELD
  std::string cameo;
  double confidence = 0;  // 0 to 1
  std::vector<PredictedDyad> dyads;
};

struct Prediction {
  std::string id;
  std::vector<PredictedEvent> events;
};

// Most bytes of a line and of an id, most items of a record and most records of a file that the
// readers take.
inline constexpr size_t kLineBytesMax = size_t{8} << 20;
inline constexpr size_t kIdBytesMax = 512;
inline constexpr size_t kItemsMax = 10000;
inline constexpr size_t kRecordsMax = 1000000;

// What the two roots of PLOVER that CAMEO has as one are called in a gold file.
inline constexpr std::string_view kYield = "YIELD";

// A line of a gold file. `roots`: the roots there are; YIELD is always one. Errors:
// INVALID_ARGUMENT, with the field that is wrong and what is expected; a span must lie inside the
// text, hold something and not cut a character in two.
absl::StatusOr<GoldRecord> ParseGoldRecord(std::string_view json,
                                           const std::set<std::string>& roots);

// A line of a file of predictions, as `entente code --input` writes them. Unknown fields are
// passed over. Errors: INVALID_ARGUMENT.
absl::StatusOr<Prediction> ParsePrediction(std::string_view json);

// What is known of how a mention was found; empty if nothing is.
using FeaturesOfMention = std::function<std::vector<double>(const v1::Mention&)>;

// What `coded` says of the record `id`: the events at least as sure as `min_confidence`, with their
// dyads (coder::DyadsOf). `features` may be null.
Prediction PredictionOf(const v1::CodedArticle& coded, std::string_view id, double min_confidence,
                        bool both_directions, const FeaturesOfMention& features = nullptr);

}  // namespace entente::eval

#endif  // ENTENTE_INGEST_EVAL_RECORDS_H_
