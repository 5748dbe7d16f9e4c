#include "ingest/nlp/pipeline.h"

#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/nlp/grammar.h"
#include "ingest/nlp/lemmatizer.h"
#include "ingest/nlp/model_file.h"
#include "ingest/nlp/names.h"
#include "ingest/nlp/segmenter.h"

namespace entente::nlp {
namespace {

// Working memory of one Analyze call.
struct Scratch {
  Segmenter segmenter;
  Grammar::Scratch grammar;
  NameTagger::Scratch names;
};

// Keeps scratches between calls, so that a call seldom allocates working memory. There are never
// more than there were calls at the same time.
class ScratchPool {
 public:
  std::unique_ptr<Scratch> Take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) return std::make_unique<Scratch>();
    std::unique_ptr<Scratch> scratch = std::move(free_.back());
    free_.pop_back();
    return scratch;
  }
  void Return(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(scratch));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Scratch>> free_;
};

class ModelPipeline final : public Pipeline {
 public:
  ModelPipeline(Grammar grammar, Lemmatizer lemmatizer, NameTagger names)
      : grammar_(std::move(grammar)),
        lemmatizer_(std::move(lemmatizer)),
        names_(std::move(names)) {}

  Document Analyze(std::string_view text) const override {
    std::unique_ptr<Scratch> scratch = pool_.Take();
    Document document;
    document.text = std::string(text);
    scratch->segmenter.Segment(&document);
    NameTagger::Text names;
    for (std::span<Sentence> rest = document.sentences; !rest.empty();) {
      const size_t size = Grammar::BatchSize(rest);
      AnalyzeSentences(document, rest.first(size), scratch.get(), &names);
      rest = rest.subspan(size);
    }
    std::vector<std::vector<Name>> found;
    names_.Decide(&names, &found);
    for (size_t i = 0; i < found.size(); ++i) document.sentences[i].names = std::move(found[i]);
    pool_.Return(std::move(scratch));
    return document;
  }

 private:
  void AnalyzeSentences(const Document& document, std::span<Sentence> sentences, Scratch* scratch,
                        NameTagger::Text* names) const {
    grammar_.Annotate(document, sentences, &scratch->grammar);
    names_.Read(scratch->grammar.tagged, &scratch->names, names);
    for (Sentence& sentence : sentences) {
      for (Token& token : sentence.tokens) {
        lemmatizer_.Lemmatize(document.Text(token.span), token.upos, token.xpos, &token.lemma);
        MendVerbLemma(grammar_.words(), token.xpos, &token.lemma);
      }
    }
  }

  const Grammar grammar_;
  const Lemmatizer lemmatizer_;
  const NameTagger names_;
  mutable ScratchPool pool_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Load(const std::string& data_dir) {
  const std::string path = Cat(data_dir, "/model/", kModelFileName);
  ENTENTE_ASSIGN_OR_RETURN(const ModelFile file, ModelFile::Load(path));
  absl::StatusOr<Grammar> grammar = Grammar::Load(file);
  if (!grammar.ok()) return Annotate(grammar.status(), path);
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view lemma_bytes, file.Section(kLemmasSection));
  absl::StatusOr<Lemmatizer> lemmatizer = Lemmatizer::Parse(lemma_bytes);
  if (!lemmatizer.ok()) return Annotate(lemmatizer.status(), path);
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view name_bytes, file.Section(kNamesSection));
  absl::StatusOr<NameTagger> names = NameTagger::Parse(name_bytes);
  if (!names.ok()) return Annotate(names.status(), path);
  return std::make_unique<ModelPipeline>(*std::move(grammar), *std::move(lemmatizer),
                                         *std::move(names));
}

}  // namespace entente::nlp
