#include "clients/train/measure.h"

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <functional>
#include <span>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/grammar.h"
#include "ingest/nlp/lemmatizer.h"
#include "ingest/nlp/model_file.h"
#include "ingest/nlp/names.h"
#include "ingest/nlp/segmenter.h"
#include "ingest/nlp/train/evaluation.h"
#include "ingest/nlp/train/name_trainer.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kGoldBytesMax = size_t{1} << 30;

// Seconds of processor time that this thread has used: other programs on the machine do not count.
double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// A field of /proc/self/status, in megabytes.
double StatusMegabytes(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::stod(line.substr(field.size() + 1)) / 1024;
  }
  return 0;
}

// The models that a text goes through.
struct Core {
  Grammar grammar;
  Lemmatizer lemmatizer;
  NameTagger names;
  bool has_lemmas = false;
  bool has_names = false;
};

absl::StatusOr<Core> LoadCore(const ModelFile& file) {
  Core core;
  ENTENTE_ASSIGN_OR_RETURN(core.grammar, Grammar::Load(file));
  core.has_lemmas = file.HasSection(kLemmasSection);
  core.has_names = file.HasSection(kNamesSection);
  if (core.has_lemmas) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string_view bytes, file.Section(kLemmasSection));
    ENTENTE_ASSIGN_OR_RETURN(core.lemmatizer, Lemmatizer::Parse(bytes));
  }
  if (core.has_names) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string_view bytes, file.Section(kNamesSection));
    ENTENTE_ASSIGN_OR_RETURN(core.names, NameTagger::Parse(bytes));
  }
  return core;
}

void Lemmatize(const Core& core, const Document& document, std::span<Sentence> sentences) {
  for (Sentence& sentence : sentences) {
    for (Token& token : sentence.tokens) {
      core.lemmatizer.Lemmatize(document.Text(token.span), token.upos, token.xpos, &token.lemma);
    }
  }
}

void AnnotateAll(const Core& core, Document* document) {
  Grammar::Scratch scratch;
  core.grammar.Annotate(*document, document->sentences, &scratch);
  Lemmatize(core, *document, document->sentences);
}

void PrintRow(const std::string& name, const char* from, const Evaluation& e) {
  std::printf("%-28s %-10s %6.2f %6.2f %6.2f %6.2f %6.2f %6.2f %6.2f\n", name.c_str(), from,
              e.words.F1(), e.sentences.F1(), e.upos.F1(), e.xpos.F1(), e.lemmas.F1(), e.uas.F1(),
              e.las.F1());
}

absl::Status MeasureTreebank(const Core& core, const std::string& path, const Document& gold) {
  Document from_words = gold;
  AnnotateAll(core, &from_words);
  PrintRow(BaseName(path), "words", CompareDocuments(gold, from_words));
  Document from_text;
  from_text.text = gold.text;
  Segmenter().Segment(&from_text);
  AnnotateAll(core, &from_text);
  PrintRow(BaseName(path), "raw text", CompareDocuments(gold, from_text));
  return absl::OkStatus();
}

absl::Status MeasureNames(const Core& core, const std::string& path) {
  NameCorpus corpus;
  ENTENTE_RETURN_IF_ERROR(ReadNames(path, &corpus));
  const NameScore score =
      EvaluateNames(corpus, core.grammar.words(), core.grammar.tagger(), core.names);
  std::printf("%-28s %8lld %8lld %6.2f %6.2f\n", BaseName(path).c_str(),
              static_cast<long long>(score.gold), static_cast<long long>(score.found), score.F1(),
              score.SpanF1());
  return absl::OkStatus();
}

// Times the stages on raw text: the best of `kRuns` runs, in words a second of processor time.
void MeasureSpeed(const Core& core, const std::vector<Document>& golds) {
  constexpr int kRuns = 3;
  enum Stage { kSegment, kTag, kParse, kLemmas, kNames, kStageCount };
  constexpr const char* kStageNames[] = {"sentences and words", "tags", "trees", "lemmas", "names"};
  double best[kStageCount], best_total = 0;
  size_t words = 0;
  Grammar::Scratch scratch;
  NameTagger::Scratch name_scratch;
  NameTagger::Text text;
  std::vector<std::vector<Name>> names;
  for (int run = 0; run < kRuns; ++run) {
    double seconds[kStageCount] = {};
    const auto timed = [&](Stage stage, const auto& work) {
      const double begin = CpuSeconds();
      work();
      seconds[stage] += CpuSeconds() - begin;
    };
    words = 0;
    for (const Document& gold : golds) {
      Document document;
      document.text = gold.text;
      timed(kSegment, [&] { Segmenter().Segment(&document); });
      for (std::span<Sentence> rest = document.sentences; !rest.empty();) {
        const std::span<Sentence> batch = rest.first(Grammar::BatchSize(rest));
        rest = rest.subspan(batch.size());
        for (const Sentence& sentence : batch) words += sentence.tokens.size();
        timed(kTag, [&] { core.grammar.Tag(document, batch, &scratch); });
        timed(kParse, [&] { core.grammar.Parse(batch, &scratch); });
        timed(kLemmas, [&] { Lemmatize(core, document, batch); });
        if (!core.has_names) continue;
        timed(kNames, [&] { core.names.Read(scratch.tagged, &name_scratch, &text); });
      }
      timed(kNames, [&] { core.names.Decide(&text, &names); });
    }
    double total = 0;
    for (const double stage : seconds) total += stage;
    if (run > 0 && total >= best_total) continue;
    best_total = total;
    std::copy(seconds, seconds + kStageCount, best);
  }
  std::printf("\n%-28s %14s\n", "stage", "words a second");
  const auto rate = [&](double seconds) {
    return seconds <= 0 ? 0.0 : static_cast<double>(words) / seconds;
  };
  for (int stage = 0; stage < kStageCount; ++stage) {
    std::printf("%-28s %14.0f\n", kStageNames[stage], rate(best[stage]));
  }
  std::printf("%-28s %14.0f\n", "all", rate(best_total));
}

}  // namespace

absl::Status Measure(const MeasureOptions& options) {
  const double begin = CpuSeconds();
  absl::StatusOr<Core> loaded = Internal("not loaded");
  {
    ENTENTE_ASSIGN_OR_RETURN(const ModelFile file, ModelFile::Load(options.model));
    loaded = LoadCore(file);
    if (!loaded.ok()) return Annotate(loaded.status(), options.model);
  }
  const Core& core = *loaded;
  std::printf("%s: loaded in %.0f ms of processor time; resident memory %.0f MB, %.0f at most\n\n",
              options.model.c_str(), 1e3 * (CpuSeconds() - begin), StatusMegabytes("VmRSS"),
              StatusMegabytes("VmHWM"));
  std::vector<Document> golds;
  if (!options.gold.empty()) {
    std::printf("%-28s %-10s %6s %6s %6s %6s %6s %6s %6s\n", "treebank", "from", "words", "sents",
                "UPOS", "XPOS", "lemma", "UAS", "LAS");
  }
  for (const std::string& path : options.gold) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kGoldBytesMax));
    ENTENTE_ASSIGN_OR_RETURN(Document gold, ReadConllu(bytes, path));
    ENTENTE_RETURN_IF_ERROR(MeasureTreebank(core, path, gold));
    golds.push_back(std::move(gold));
  }
  if (!options.names.empty()) {
    std::printf("\n%-28s %8s %8s %6s %6s\n", "names", "gold", "found", "F1", "spans");
  }
  for (const std::string& path : options.names) {
    ENTENTE_RETURN_IF_ERROR(MeasureNames(core, path));
  }
  if (options.speed) MeasureSpeed(core, golds);
  return absl::OkStatus();
}

absl::Status PrintInfo(const std::string& model) {
  ENTENTE_ASSIGN_OR_RETURN(const ModelFile file, ModelFile::Load(model));
  for (const auto& [name, value] : file.fields()) {
    std::printf("%s: %s\n", name.c_str(), value.c_str());
  }
  std::printf("\n%-10s %12s\n", "section", "bytes");
  for (const auto& [name, bytes] : file.sections()) {
    std::printf("%-10s %12zu\n", name.c_str(), bytes.size());
  }
  ENTENTE_ASSIGN_OR_RETURN(const Grammar grammar, Grammar::Load(file));
  const Parser& parser = grammar.parser();
  const LinearModel& tagger = grammar.tagger().model();
  std::printf("\n%zu words, %d tags\n", grammar.words().size(), grammar.tagger().tag_set().size());
  std::printf("tagger  %9zu features, %9zu weights, %5.1f MB in memory\n", tagger.feature_count(),
              tagger.weight_count(), static_cast<double>(tagger.memory_bytes()) / (1 << 20));
  std::printf("parser  %9zu networks of %zu numbers, %5.1f MB in memory\n", parser.network_count(),
              parser.layout().size(), static_cast<double>(parser.memory_bytes()) / (1 << 20));
  return absl::OkStatus();
}

}  // namespace entente::nlp::train
