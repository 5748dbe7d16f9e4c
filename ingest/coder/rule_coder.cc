#include "ingest/coder/rule_coder.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/time.h"
#include "ingest/coder/actor_finder.h"
#include "ingest/coder/event_builder.h"
#include "ingest/coder/furniture.h"
#include "ingest/coder/lead_in.h"
#include "ingest/coder/matcher.h"
#include "ingest/coder/rule_set.h"
#include "ingest/coder/tree_repair.h"
#include "ingest/knowledge/lexicon.h"
#include "ingest/knowledge/ontology.h"
#include "ingest/nlp/pipeline.h"

namespace entente::coder {
namespace {

constexpr std::string_view kVersion = "entente-rules/0.1";

// Whether the sentence lies in a line that is not the article's.
bool IsFurniture(const nlp::Sentence& sentence, const std::vector<TextLine>& lines) {
  auto line = std::upper_bound(
      lines.begin(), lines.end(), sentence.span.begin,
      [](uint32_t begin, const TextLine& candidate) { return begin < candidate.span.end; });
  return line != lines.end() && line->span.Overlaps(sentence.span) && !IsArticle(line->kind);
}

}  // namespace

struct RuleCoder::Parts {
  std::unique_ptr<nlp::Pipeline> pipeline;
  std::unique_ptr<const knowledge::Ontology> ontology;
  std::unique_ptr<knowledge::Lexicon> lexicon;
  std::unique_ptr<RuleSet> rules;
  ConfidenceModel confidence;
};

absl::StatusOr<std::unique_ptr<RuleCoder>> RuleCoder::Load(const std::string& data_dir) {
  auto parts = std::make_unique<Parts>();
  ENTENTE_ASSIGN_OR_RETURN(parts->rules, RuleSet::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(parts->confidence, ConfidenceModel::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(parts->ontology, knowledge::Ontology::Load(data_dir));
  ENTENTE_RETURN_IF_ERROR(CheckRules(*parts->rules, *parts->ontology));
  ENTENTE_ASSIGN_OR_RETURN(parts->lexicon, knowledge::Lexicon::Load(data_dir, {}));
  ENTENTE_ASSIGN_OR_RETURN(parts->pipeline, nlp::Pipeline::Load(data_dir));
  return std::unique_ptr<RuleCoder>(new RuleCoder(std::move(parts)));
}

RuleCoder::RuleCoder(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
RuleCoder::~RuleCoder() = default;

std::string RuleCoder::Version() const { return std::string(kVersion); }

absl::StatusOr<v1::CodedArticle> RuleCoder::Code(const v1::Article& article,
                                                 const CodeOptions& options) const {
  return CodeWith(article, options, nullptr);
}

absl::StatusOr<v1::CodedArticle> RuleCoder::CodeWithFeatures(const v1::Article& article,
                                                             MentionFeatures* features) const {
  return CodeWith(article, {.min_confidence = 0}, features);
}

// `features` may be null.
absl::StatusOr<v1::CodedArticle> RuleCoder::CodeWith(const v1::Article& article,
                                                     const CodeOptions& options,
                                                     MentionFeatures* features) const {
  std::optional<Date> published;
  if (!article.publish_date().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(published, ParseDate(article.publish_date()));
  }
  const ActorFinder finder(parts_->lexicon.get());
  const Matcher matcher(parts_->rules.get(), parts_->ontology.get());
  EventBuilder builder(parts_->ontology.get(), parts_->lexicon.get(), &parts_->confidence, &article,
                       published, options, Version());
  int sentence_count = 0;
  int skipped_count = 0;
  for (const v1::TextSection section : {v1::TITLE, v1::BODY}) {
    const std::string& text = section == v1::TITLE ? article.title() : article.text();
    if (text.empty()) continue;
    nlp::Document document = parts_->pipeline->Analyze(BlankLeadIns(text));
    document.text = text;
    RepairTrees(*parts_->rules, &document);
    std::vector<TextLine> lines;
    if (section == v1::BODY) lines = ClassifyLines(text, article.title());
    const DocumentActors actors = finder.Find(document, published);
    for (int32_t s = 0; s < static_cast<int32_t>(document.sentences.size()); ++s) {
      ++sentence_count;
      if (IsFurniture(document.sentences[s], lines)) {
        ++skipped_count;
        continue;
      }
      for (const Candidate& candidate : matcher.Match(document, s, actors, published)) {
        builder.Add(candidate, document, actors, section);
      }
    }
  }
  if (features != nullptr) *features = builder.features();
  v1::CodedArticle coded = builder.Finish();
  coded.set_sentence_count(sentence_count);
  coded.set_skipped_sentence_count(skipped_count);
  return coded;
}

}  // namespace entente::coder
