// entente eval: how well a coder does on a user's own gold records.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_set>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/parallel.h"
#include "clients/cli/progress.h"
#include "clients/cli/text.h"
#include "ingest/coder/confidence.h"
#include "ingest/coder/pair_model.h"
#include "ingest/coder/rule_coder.h"
#include "ingest/eval/logistic.h"
#include "ingest/eval/pair_fit.h"
#include "ingest/eval/records.h"
#include "ingest/eval/report.h"
#include "ingest/eval/score.h"
#include "ingest/knowledge/ontology.h"
#include "ingest/line_reader.h"
#include "ingest/validation.h"

namespace entente::cli {
namespace {

constexpr int kFaultsShown = 20;
constexpr size_t kBatchRecords = 256;  // coded in parallel
constexpr int kBinsMax = 100;
constexpr int kErrorsMax = 100000;
constexpr size_t kProgressRecords = 50000;  // read between two progress lines

struct EvalFlags {
  std::string gold;
  std::string predictions;
  std::string fit_confidence;
  std::string fit_pairs;
  int errors = 0;
  int bins = 10;
  int threads = 0;
  double min_confidence = -1;  // not said
  std::vector<std::string> lexicons;
  bool both_directions = false;
  bool json = false;
  bool quiet = false;
};

// Reads a file of records, one a line. Every bad line is told, up to kFaultsShown; any of them is
// an error, since figures over half of a file mislead.
template <typename Record, typename Parse>
absl::StatusOr<std::vector<Record>> ReadRecords(Program* program, const std::string& path,
                                                const Parse& parse, ProgressLine* progress) {
  ENTENTE_ASSIGN_OR_RETURN(const auto lines, ingest::LineReader::Open(path, eval::kLineBytesMax));
  std::vector<Record> records;
  std::unordered_set<std::string> ids;
  int faults = 0;
  for (;;) {
    ENTENTE_ASSIGN_OR_RETURN(const auto line, lines->Next());
    if (!line.has_value()) break;
    if (Trim(line->text).empty()) continue;
    absl::StatusOr<Record> record =
        line->oversized() ? absl::StatusOr<Record>(InvalidArgument(
                                Cat("the line has over ", eval::kLineBytesMax >> 20, " MiB")))
                          : parse(line->text);
    if (record.ok() && !ids.insert(record->id).second) {
      record = InvalidArgument(Cat("the id \"", record->id, "\" came before"));
    }
    if (!record.ok()) {
      progress->Clear();
      if (++faults <= kFaultsShown) {
        *program->err << "entente: " << Printable(path) << ':' << line->number << ": "
                      << Printable(MessageOf(record.status())) << '\n';
      }
      continue;
    }
    records.push_back(*std::move(record));
    if (records.size() > eval::kRecordsMax) {
      return ResourceExhausted(Cat(path, " has over ", eval::kRecordsMax, " records: split it"));
    }
    if (records.size() % kProgressRecords == 0) {
      progress->Show(Cat("reading ", path, ": ", records.size(), " records"));
    }
  }
  progress->Clear();
  if (faults > 0) {
    return InvalidArgument(
        Cat(path, ": ", faults, faults == 1 ? " bad line" : " bad lines", "; nothing was scored"));
  }
  if (records.empty()) return InvalidArgument(Cat(path, " has no records"));
  return records;
}

// Every PLOVER root that the ontology can give an event.
std::set<std::string> RootsOf(const knowledge::Ontology& ontology) {
  std::set<std::string> roots;
  for (const v1::EventType& type : ontology.Proto().event_types()) {
    roots.insert(type.codes().plover());
    for (const v1::EventSubtype& subtype : type.subtypes()) roots.insert(subtype.codes().plover());
  }
  roots.erase("");
  return roots;
}

// Below which predictions do not count.
double MinConfidence(const EvalFlags& flags) {
  if (flags.min_confidence >= 0) return flags.min_confidence;
  // What others predicted counts as it is, and a fit needs to see what would be left out.
  const bool all = !flags.predictions.empty() || !flags.fit_confidence.empty();
  return all ? 0 : coder::kDefaultMinConfidence;
}

// What the coder makes of a record; where the confidence is to be fitted, its dyads have the
// features of theirs.
absl::StatusOr<eval::Prediction> PredictRecord(const coder::RuleCoder& coder,
                                               const EvalFlags& flags,
                                               const eval::GoldRecord& record) {
  v1::Article article;
  article.set_id(record.id);
  article.set_text(record.text);
  article.set_publish_date(record.date);
  ENTENTE_RETURN_IF_ERROR(ingest::PrepareArticle(&article));
  coder::MentionFeatures features;
  ENTENTE_ASSIGN_OR_RETURN(const v1::CodedArticle coded,
                           coder.CodeWithFeatures(article, &features));
  const auto of_mention = [&](const v1::Mention& mention) {
    const auto at = features.find({mention.section(), mention.trigger().begin(), mention.rule()});
    return at == features.end() ? std::vector<double>()
                                : std::vector<double>(at->second.begin(), at->second.end());
  };
  return eval::PredictionOf(coded, record.id, MinConfidence(flags), flags.both_directions,
                            flags.fit_confidence.empty() ? eval::FeaturesOfMention() : of_mention);
}

absl::StatusOr<std::vector<eval::Prediction>> CodeGold(const coder::RuleCoder& coder,
                                                       const EvalFlags& flags,
                                                       const std::vector<eval::GoldRecord>& gold,
                                                       ProgressLine* progress) {
  std::vector<eval::Prediction> predictions(gold.size());
  std::vector<absl::Status> faults(gold.size());
  for (size_t begin = 0; begin < gold.size(); begin += kBatchRecords) {
    progress->Show(Cat("coding: ", begin, " of ", gold.size(), " records"));
    const size_t count = std::min(kBatchRecords, gold.size() - begin);
    ForEachInParallel(ThreadCount(flags.threads), count, [&](size_t i) {
      absl::StatusOr<eval::Prediction> predicted = PredictRecord(coder, flags, gold[begin + i]);
      faults[begin + i] = predicted.status();
      if (predicted.ok()) predictions[begin + i] = *std::move(predicted);
    });
    for (size_t i = begin; i < begin + count; ++i) {
      if (!faults[i].ok()) {
        progress->Clear();
        return Annotate(faults[i], Cat("cannot code the record \"", gold[i].id, '"'));
      }
    }
  }
  progress->Clear();
  return predictions;
}

absl::StatusOr<std::vector<eval::Prediction>> ReadPredictions(
    Program* program, const EvalFlags& flags, const std::vector<eval::GoldRecord>& gold,
    ProgressLine* progress) {
  ENTENTE_ASSIGN_OR_RETURN(
      std::vector<eval::Prediction> predictions,
      ReadRecords<eval::Prediction>(program, flags.predictions, eval::ParsePrediction, progress));
  std::unordered_set<std::string_view> ids;
  for (const eval::GoldRecord& record : gold) ids.insert(record.id);
  int64_t unknown = 0;
  for (eval::Prediction& prediction : predictions) {
    unknown += ids.count(prediction.id) == 0 ? 1 : 0;
    std::erase_if(prediction.events, [&](const eval::PredictedEvent& event) {
      return event.confidence < MinConfidence(flags);
    });
  }
  if (unknown > 0) {
    *program->err << "entente: " << unknown << (unknown == 1 ? " record of " : " records of ")
                  << Printable(flags.predictions) << " have ids that the gold lacks; they do not "
                  << "count\n";
  }
  return predictions;
}

// --- the confidence ---------------------------------------------------------------------------

constexpr double kRidge = 1.0;  // keeps coefficients of rare features small

std::string ConfidenceFile(const std::string& gold, const std::vector<double>& coefficients,
                           const std::vector<eval::JudgedDyad>& judged) {
  int64_t right = 0;
  for (const eval::JudgedDyad& dyad : judged) right += dyad.sample.right ? 1 : 0;
  std::string text = Cat(
      "# How likely a coded event is right: coefficients of a logistic function of the features "
      "that\n"
      "# ingest/coder/confidence.h lists. docs/coding.md says what counts as right.\n"
      "#\n"
      "# Written by `entente eval ",
      gold.substr(gold.rfind('/') + 1), " --fit-confidence` from ", judged.size(),
      " dyads that the coder found, ", right,
      " of\n# them right. Not for editing by hand: fit it anew when rules or engine have changed.\n"
      "feature\tcoefficient\n");
  for (size_t i = 0; i < coefficients.size(); ++i) {
    text += Cat(coder::kConfidenceFeatures[i], '\t', Decimal(coefficients[i], 4), '\n');
  }
  return text;
}

// Fits the confidence to `scores`, writes it to the file that the flag names, and puts what it
// says of each dyad into the scores.
absl::Status FitConfidence(const EvalFlags& flags, const std::vector<eval::Prediction>& predictions,
                           eval::Scores* scores) {
  std::vector<std::vector<double>> rows;
  std::vector<bool> right;
  for (const eval::JudgedDyad& judged : scores->judged) {
    rows.push_back(predictions[judged.record].events[judged.event].dyads[judged.dyad].features);
    right.push_back(judged.sample.right);
    if (rows.back().size() != coder::kConfidenceFeatures.size()) {
      return Internal("the coder did not tell the features of an event");
    }
  }
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<double> coefficients,
                           eval::FitLogistic(rows, right, kRidge));
  for (size_t i = 0; i < rows.size(); ++i) {
    scores->judged[i].sample.confidence = eval::LogisticProbability(coefficients, rows[i]);
  }
  return WriteFileAtomically(flags.fit_confidence,
                             ConfidenceFile(flags.gold, coefficients, scores->judged));
}

// --- the model of pairs ------------------------------------------------------------------------

// The root under which the gold of a text has the two phrases; kPairRoots.size() if it has not.
size_t GoldRootOf(const coder::PairInText& pair, const std::vector<eval::GoldItem>& gold) {
  const auto span_of = [](nlp::Span span) { return eval::ByteSpan{span.begin, span.end}; };
  for (const eval::GoldItem& item : gold) {
    if (span_of(pair.source).Overlaps(item.source_span) &&
        span_of(pair.target).Overlaps(item.target_span)) {
      return coder::PairRootIndex(item.root);
    }
  }
  return coder::kPairRoots.size();
}

// Fits the model of pairs to the gold's texts and writes it to the file that the flag names.
absl::StatusOr<int> FitPairs(Program* program, const EvalFlags& flags,
                             const coder::RuleCoder& coder,
                             const std::vector<eval::GoldRecord>& gold, ProgressLine* progress) {
  // What several records say of one text.
  std::map<std::string, std::vector<eval::GoldItem>> by_text;
  std::vector<const eval::GoldRecord*> records;
  for (const eval::GoldRecord& record : gold) {
    if (record.kind != eval::GoldKind::kPair) continue;
    const auto [at, is_new] = by_text.emplace(record.text, record.items);
    if (is_new) {
      records.push_back(&record);
    } else {
      at->second.insert(at->second.end(), record.items.begin(), record.items.end());
    }
  }
  eval::PairFit fit;
  for (size_t begin = 0; begin < records.size(); begin += kBatchRecords) {
    progress->Show(Cat("reading pairs: ", begin, " of ", records.size(), " texts"));
    const size_t count = std::min(kBatchRecords, records.size() - begin);
    std::vector<absl::StatusOr<std::vector<coder::PairInText>>> read(
        count, absl::StatusOr<std::vector<coder::PairInText>>(absl::UnknownError("")));
    ForEachInParallel(ThreadCount(flags.threads), count, [&](size_t i) {
      v1::Article article;
      article.set_text(records[begin + i]->text);
      article.set_publish_date(records[begin + i]->date);
      read[i] = coder.PairsOf(article);
    });
    for (size_t i = 0; i < count; ++i) {
      const eval::GoldRecord& record = *records[begin + i];
      if (!read[i].ok()) {
        progress->Clear();
        return Annotate(read[i].status(), Cat("cannot read the record \"", record.id, '"'));
      }
      for (const coder::PairInText& pair : *read[i]) {
        fit.Add(pair.names, pair.features, GoldRootOf(pair, by_text[record.text]));
      }
    }
  }
  progress->Show(Cat("fitting to ", fit.pairs(), " pairs"));
  const absl::StatusOr<std::vector<coder::PairWeights>> weights = fit.Fit({});
  progress->Clear();
  ENTENTE_RETURN_IF_ERROR(weights.status());
  const std::string comment = Cat(
      "How likely a sentence tells something of two of its actors, and what: weights of the\n"
      "features that ingest/coder/pair_features.h makes, in log-odds. docs/coding.md, \"Pairs\".\n"
      "\nWritten by `entente eval ",
      flags.gold.substr(flags.gold.rfind('/') + 1), " --fit-pairs` from ", fit.pairs(),
      " pairs of actors in ", records.size(), " texts,\n", fit.related(),
      " of which the gold has. Not for editing by hand.");
  ENTENTE_RETURN_IF_ERROR(
      WriteFileAtomically(flags.fit_pairs, coder::PairModel::Write(comment, *weights)));
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      Cat("Fitted to ", fit.pairs(), " pairs of actors in ", records.size(), " texts, of which ",
          fit.related(), " are in the gold; written to ", Printable(flags.fit_pairs), "\n")));
  return kExitOk;
}

// --- for people -------------------------------------------------------------------------------

std::string Percent(int64_t part, int64_t whole) {
  if (whole == 0) return "–";
  return Decimal(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

std::string PairText(const eval::PairFigures& figures, size_t width) {
  Table table({{"ROOT"},
               {"GOLD", Align::kRight},
               {"ANSWERS", Align::kRight},
               {"PRECISION", Align::kRight},
               {"RECALL", Align::kRight},
               {"F1", Align::kRight}});
  for (const auto& [root, counts] : figures.per_root) {
    table.Add({Printable(root), Cat(counts.gold), Cat(counts.predicted),
               Decimal(counts.Precision(), 3), Decimal(counts.Recall(), 3),
               Decimal(counts.F1(), 3)});
  }
  return Cat("Pairs: ", figures.pairs, "\n  macro-F1             ", Decimal(figures.MacroF1(), 3),
             "\n  accuracy             ", Decimal(figures.Accuracy(), 3),
             "\n  covered              ", Decimal(figures.Covered(), 3),
             "\n  right when covered   ", Decimal(figures.AccuracyWhenCovered(), 3),
             "\n  extra dyads per pair ", Decimal(figures.ExtraPerPair(), 3), "\n\n",
             table.Render(width), "\n");
}

std::string TripleText(const eval::TripleFigures& figures, size_t width) {
  Table table({{"TRIPLES"},
               {"GOLD", Align::kRight},
               {"CODED", Align::kRight},
               {"PRECISION", Align::kRight},
               {"RECALL", Align::kRight},
               {"F1", Align::kRight}});
  const std::pair<const char*, const eval::Counts*> rows[] = {
      {"exact", &figures.exact},
      {"country and root", &figures.country_root},
      {"country dyad", &figures.dyad}};
  for (const auto& [name, counts] : rows) {
    table.Add({name, Cat(counts->gold), Cat(counts->predicted), Decimal(counts->Precision(), 3),
               Decimal(counts->Recall(), 3), Decimal(counts->F1(), 3)});
  }
  return Cat("Records of triples: ", figures.records, ", right as a whole ",
             Percent(figures.records_right, figures.records), "\n\n", table.Render(width), "\n");
}

std::string ReliabilityText(const eval::Reliability& reliability, size_t width) {
  Table table({{"CONFIDENCE"},
               {"DYADS", Align::kRight},
               {"MEAN", Align::kRight},
               {"RIGHT", Align::kRight}});
  const double bin_width = 1.0 / static_cast<double>(reliability.bins.size());
  for (const eval::ReliabilityBin& bin : reliability.bins) {
    if (bin.count == 0) continue;
    table.Add({Cat(Decimal(bin.least, 2), " to ", Decimal(bin.least + bin_width, 2)),
               Cat(bin.count), Decimal(bin.MeanConfidence(), 3), Decimal(bin.ShareRight(), 3)});
  }
  return Cat("Reliability of ", reliability.count, " dyads, ",
             Decimal(100 * reliability.share_right, 1), " % of them right\n\n", table.Render(width),
             "\n  Brier score                ", Decimal(reliability.brier, 4),
             " (saying the share every time: ", Decimal(reliability.brier_of_share, 4), ")",
             "\n  expected calibration error ", Decimal(reliability.expected_calibration_error, 4),
             "\n");
}

std::string ScoresText(const eval::Scores& scores, const eval::Reliability& reliability,
                       const Terminal& terminal) {
  std::string text;
  if (scores.pair.has_value()) text += PairText(*scores.pair, terminal.width);
  if (scores.triple.has_value()) text += TripleText(*scores.triple, terminal.width);
  if (scores.code.has_value()) {
    text += Cat("Codes: ", scores.code->codes, ", the whole code ",
                Percent(scores.code->full, scores.code->codes), ", its root ",
                Percent(scores.code->root, scores.code->codes), "\n\n");
  }
  if (reliability.count > 0) text += ReliabilityText(reliability, terminal.width);
  if (scores.missing > 0) {
    text += Cat("\n", scores.missing, " of ", scores.records,
                " gold records have no prediction and count as coded with no event\n");
  }
  for (const eval::Miss& miss : scores.misses) {
    text += Cat("\n", Printable(miss.id), ": wanted ", Printable(miss.wanted), ", got ",
                Printable(miss.got), '\n');
    for (const std::string& line : Wrap(Printable(miss.text), terminal.width)) text += line + "\n";
  }
  return text;
}

absl::StatusOr<int> Eval(Program* program, const EvalFlags& flags) {
  if (flags.gold == "-" && flags.predictions == "-") {
    return UsageError(program->err, "GOLD and PRED cannot both be standard input");
  }
  if (!flags.fit_confidence.empty() && (!flags.predictions.empty() || flags.min_confidence > 0)) {
    return UsageError(program->err,
                      "--fit-confidence codes all of GOLD itself: leave out PRED and "
                      "--min-confidence");
  }
  if (!flags.fit_pairs.empty() &&
      (!flags.predictions.empty() || !flags.fit_confidence.empty() || flags.min_confidence > 0)) {
    return UsageError(program->err,
                      "--fit-pairs only reads the texts of GOLD: leave out PRED, "
                      "--fit-confidence and --min-confidence");
  }
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(data_dir));
  const std::set<std::string> roots = RootsOf(*ontology);
  ProgressLine progress(program->err, flags.quiet);
  const auto parse = [&](std::string_view line) { return eval::ParseGoldRecord(line, roots); };
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<eval::GoldRecord> gold,
                           ReadRecords<eval::GoldRecord>(program, flags.gold, parse, &progress));
  std::vector<eval::Prediction> predictions;
  if (flags.predictions.empty()) {
    ENTENTE_ASSIGN_OR_RETURN(const auto coder, coder::RuleCoder::Load(data_dir, flags.lexicons));
    if (!flags.fit_pairs.empty()) return FitPairs(program, flags, *coder, gold, &progress);
    ENTENTE_ASSIGN_OR_RETURN(predictions, CodeGold(*coder, flags, gold, &progress));
  } else {
    ENTENTE_ASSIGN_OR_RETURN(predictions, ReadPredictions(program, flags, gold, &progress));
  }
  eval::Scores scores = eval::Score(gold, predictions, static_cast<size_t>(flags.errors));
  if (!flags.fit_confidence.empty()) {
    ENTENTE_RETURN_IF_ERROR(FitConfidence(flags, predictions, &scores));
  }
  std::vector<eval::Sample> samples;
  samples.reserve(scores.judged.size());
  for (const eval::JudgedDyad& dyad : scores.judged) samples.push_back(dyad.sample);
  const eval::Reliability reliability = eval::ReliabilityOf(samples, flags.bins);
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      flags.json ? eval::JsonOf(scores, reliability) + "\n"
                 : ScoresText(scores, reliability, program->output->terminal())));
  return kExitOk;
}

}  // namespace

void AddEval(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "eval", "Measure the coder, or what another coder made, against gold records",
      "  entente eval gold.jsonl                          code the texts and score that\n"
      "  entente eval gold.jsonl coded.jsonl --errors 20  score what was coded before\n"
      "A gold record: {\"id\": …, \"text\": …, \"date\": …, \"kind\": \"pair\", \"gold\": "
      "[{\"source_span\": [0, 4],\n"
      "\"target_span\": [15, 21], \"root\": \"ACCUSE\"}]}. docs/evaluation.md describes the kinds "
      "and figures.");
  const auto flags = std::make_shared<EvalFlags>();
  command
      ->add_option("GOLD", flags->gold, "Gold records, one JSON object a line; - is standard input")
      ->type_name("")
      ->required();
  command
      ->add_option("PRED", flags->predictions,
                   "Coded records, as `entente code --input` writes them; not given: GOLD is coded")
      ->type_name("");
  command->add_option("--errors", flags->errors, "Show the first N misses")
      ->check(CLI::Range(0, kErrorsMax))
      ->type_name("N");
  command->add_option("--bins", flags->bins, "Bins of the reliability table")
      ->check(CLI::Range(1, kBinsMax))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--min-confidence", flags->min_confidence,
                   "Leave out events less sure than this; 0.15 if not said")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  command->add_option("--threads", flags->threads, "Threads; 0: one a core")
      ->check(CLI::Range(0, kMaxThreads))
      ->type_name("N");
  command->add_flag("--both-directions", flags->both_directions,
                    "Code the dyads of equal parties (a meeting) both ways round");
  command
      ->add_option("--fit-confidence", flags->fit_confidence,
                   "Fit the coder's confidence to GOLD and write it to this file "
                   "(data/coder/confidence.tsv); the reliability shown is as fitted")
      ->type_name("TSV");
  command
      ->add_option("--fit-pairs", flags->fit_pairs,
                   "Fit the coder's model of pairs to GOLD and write it to this file "
                   "(data/coder/pairs.tsv); nothing is scored. Fit the confidence afterwards")
      ->type_name("TSV");
  AddLexiconFlag(command, &flags->lexicons);
  command->add_flag("--json", flags->json, "One JSON object");
  command->add_flag("--quiet", flags->quiet, "No progress line");
  command->callback(
      [program, flags] { program->action = [program, flags] { return Eval(program, *flags); }; });
}

}  // namespace entente::cli
