// entente-train: makes and measures the language model. docs/language_model.md has the commands
// that made the model in data/model.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include <chrono>
#include "base/file.h"
#include "base/status.h"
#include "clients/train/evaluate.h"
#include "clients/train/steps.h"
#include "ingest/nlp/conllu.h"
#include "ingest/nlp/grammar.h"

using namespace entente;
using namespace entente::nlp;
using namespace entente::nlp::train;

static absl::Status Eval(const std::string& model, const std::vector<std::string>& golds) {
  auto t0 = std::chrono::steady_clock::now();
  ENTENTE_ASSIGN_OR_RETURN(const ModelFile file, ModelFile::Load(model));
  ENTENTE_ASSIGN_OR_RETURN(const Grammar grammar, Grammar::Load(file));
  auto t1 = std::chrono::steady_clock::now();
  std::printf("loaded in %.0f ms\n", std::chrono::duration<double>(t1 - t0).count() * 1e3);
  for (const auto& path : golds) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, 1 << 30));
    ENTENTE_ASSIGN_OR_RETURN(const Document gold, ReadConllu(bytes, path));
    Document system = gold;
    Grammar::Scratch scratch;
    size_t tokens = 0;
    auto a = std::chrono::steady_clock::now();
    double tag = 0;
    for (auto& s : system.sentences) {
      auto x = std::chrono::steady_clock::now();
      grammar.Tag(system, &s, &scratch);
      tag += std::chrono::duration<double>(std::chrono::steady_clock::now() - x).count();
      grammar.Parse(&s, &scratch);
      tokens += s.tokens.size();
    }
    double all = std::chrono::duration<double>(std::chrono::steady_clock::now() - a).count();
    Evaluation e = CompareDocuments(gold, system);
    std::printf("%-30s UPOS %.2f XPOS %.2f UAS %.2f LAS %.2f  %.0f tok/s tag, %.0f tok/s both\n",
                path.substr(path.rfind('/') + 1).c_str(), e.upos.F1(), e.xpos.F1(), e.uas.F1(),
                e.las.F1(), tokens / tag, tokens / all);
  }
  return absl::OkStatus();
}

int main(int argc, char** argv) {
  CLI::App app{"Makes and measures the language model"};
  app.require_subcommand(1);
  std::string path;
  TrainingData data;
  ClusterOptions co;
  TaggerOptions to;
  ParserStepOptions po;
  std::vector<std::string> golds;
  auto common = [&](CLI::App* s) {
    s->add_option("--model", path)->required();
    s->add_option("--treebank", data.treebanks);
    s->add_option("--dev", data.dev);
    s->add_option("--text", data.texts);
    s->add_option("--wordnet", data.wordnet);
    s->add_option("--variants", data.variant_every);
  };
  auto* words = app.add_subcommand("words");
  common(words);
  words->add_option("--classes", co.classes);
  auto* tagger = app.add_subcommand("tagger");
  common(tagger);
  tagger->add_option("--iterations", to.iterations);
  tagger->add_option("--prune", to.prune_below);
  auto* parser = app.add_subcommand("parser");
  common(parser);
  parser->add_option("--iterations", po.main.iterations);
  parser->add_option("--beam", po.main.beam_width);
  parser->add_option("--prune", po.main.prune_below);
  parser->add_option("--seed", po.main.seed);
  parser->add_option("--guide-iterations", po.guide.iterations);
  parser->add_option("--guide-beam", po.guide.beam_width);
  parser->add_option("--guide-folds", po.guide_folds);
  auto* eval = app.add_subcommand("eval");
  common(eval);
  eval->add_option("gold", golds);
  CLI11_PARSE(app, argc, argv);
  auto t0 = std::chrono::steady_clock::now();
  auto progress = [&](const std::string& line) {
    std::printf("[%4.0f s] %s\n",
                std::chrono::duration<double>(std::chrono::steady_clock::now() - t0).count(),
                line.c_str());
    std::fflush(stdout);
  };
  absl::Status status = [&]() -> absl::Status {
    if (*eval) return Eval(path, golds);
    ENTENTE_ASSIGN_OR_RETURN(ModelSections model, OpenSections(path));
    if (*words) ENTENTE_RETURN_IF_ERROR(TrainWords(data, co, progress, &model));
    if (*tagger) ENTENTE_RETURN_IF_ERROR(TrainTaggerSection(data, to, progress, &model));
    if (*parser) {
      return TrainParserSection(
          data, po, progress, [&](const ModelSections& m) { return SaveSections(m, path); },
          &model);
    }
    return SaveSections(model, path);
  }();
  if (!status.ok()) {
    std::cerr << "entente-train: " << MessageOf(status) << "\n";
    return 1;
  }
}
