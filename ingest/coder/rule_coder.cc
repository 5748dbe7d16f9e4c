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
#include "ingest/coder/mention_table.h"
#include "ingest/coder/pair_features.h"
#include "ingest/coder/pair_model.h"
#include "ingest/coder/pair_reader.h"
#include "ingest/coder/rule_set.h"
#include "ingest/coder/title_names.h"
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

// A title or a text with everybody in it.
struct Section {
  nlp::Document document;
  DocumentActors actors;
};

std::string VersionOf(const knowledge::Lexicon& lexicon) {
  std::string version(kVersion);
  if (lexicon.user_fingerprint() == 0) return version;
  constexpr std::string_view kDigits = "0123456789abcdef";
  version += "+lexicon.";
  for (int shift = 28; shift >= 0; shift -= 4) {
    version.push_back(kDigits[lexicon.user_fingerprint() >> shift & 15]);
  }
  return version;
}

}  // namespace

struct RuleCoder::Parts {
  std::unique_ptr<nlp::Pipeline> pipeline;
  std::unique_ptr<const knowledge::Ontology> ontology;
  std::unique_ptr<knowledge::Lexicon> lexicon;
  std::unique_ptr<RuleSet> rules;
  PairModel pairs;
  ConfidenceModel confidence;
  std::string version;

  Section Read(const std::string& text, std::optional<Date> published) const {
    Section section;
    section.document = pipeline->Analyze(BlankLeadIns(text));
    section.document.text = text;
    RepairTrees(*rules, &section.document);
    section.actors = ActorFinder(lexicon.get()).Find(section.document, published);
    return section;
  }
};

absl::StatusOr<std::unique_ptr<RuleCoder>> RuleCoder::Load(
    const std::string& data_dir, const std::vector<std::string>& lexicon_dirs) {
  auto parts = std::make_unique<Parts>();
  ENTENTE_ASSIGN_OR_RETURN(parts->rules, RuleSet::Load(data_dir));
  ENTENTE_RETURN_IF_ERROR(CheckPairRules(*parts->rules));
  ENTENTE_ASSIGN_OR_RETURN(parts->pairs, PairModel::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(parts->confidence, ConfidenceModel::Load(data_dir));
  ENTENTE_ASSIGN_OR_RETURN(parts->ontology, knowledge::Ontology::Load(data_dir));
  ENTENTE_RETURN_IF_ERROR(CheckRules(*parts->rules, *parts->ontology));
  ENTENTE_ASSIGN_OR_RETURN(parts->lexicon, knowledge::Lexicon::Load(data_dir, lexicon_dirs));
  parts->version = VersionOf(*parts->lexicon);
  ENTENTE_ASSIGN_OR_RETURN(parts->pipeline, nlp::Pipeline::Load(data_dir));
  return std::unique_ptr<RuleCoder>(new RuleCoder(std::move(parts)));
}

RuleCoder::RuleCoder(std::unique_ptr<const Parts> parts) : parts_(std::move(parts)) {}
RuleCoder::~RuleCoder() = default;

std::string RuleCoder::Version() const { return parts_->version; }

absl::StatusOr<v1::CodedArticle> RuleCoder::Code(const v1::Article& article,
                                                 const CodeOptions& options) const {
  return CodeWith(article, options, nullptr);
}

absl::StatusOr<v1::CodedArticle> RuleCoder::CodeWithFeatures(const v1::Article& article,
                                                             MentionFeatures* features) const {
  return CodeWith(article, {.min_confidence = 0}, features);
}

absl::StatusOr<std::vector<PairInText>> RuleCoder::PairsOf(const v1::Article& article) const {
  std::optional<Date> published;
  if (!article.publish_date().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(published, ParseDate(article.publish_date()));
  }
  const Section section = parts_->Read(article.text(), published);
  std::vector<PairInText> pairs;
  for (int32_t s = 0; s < static_cast<int32_t>(section.document.sentences.size()); ++s) {
    const SentenceTree tree(section.document, section.document.sentences[s]);
    const MentionTable mentions(tree, s, section.actors, *parts_->rules);
    PairFeatures features(tree, mentions);
    for (const ActorPair& pair : features.pairs()) {
      PairInText& described = pairs.emplace_back();
      described.source = mentions.mention(pair.source).span;
      described.target = mentions.mention(pair.target).span;
      features.Describe(pair, &described.features, &described.names);
    }
  }
  return pairs;
}

// `features` may be null.
absl::StatusOr<v1::CodedArticle> RuleCoder::CodeWith(const v1::Article& article,
                                                     const CodeOptions& options,
                                                     MentionFeatures* features) const {
  std::optional<Date> published;
  if (!article.publish_date().empty()) {
    ENTENTE_ASSIGN_OR_RETURN(published, ParseDate(article.publish_date()));
  }
  const Matcher matcher(parts_->rules.get(), parts_->ontology.get(), &parts_->pairs);
  EventBuilder builder(parts_->ontology.get(), parts_->lexicon.get(), &parts_->confidence, &article,
                       published, options, Version());
  std::optional<Section> title;
  std::optional<Section> body;
  if (!article.title().empty()) title = parts_->Read(article.title(), published);
  if (!article.text().empty()) body = parts_->Read(article.text(), published);
  if (title && body) NameTitleByText(body->actors, title->document, &title->actors);
  std::vector<TextLine> lines;
  if (body) lines = ClassifyLines(article.text(), article.title());
  int sentence_count = 0;
  int skipped_count = 0;
  for (const v1::TextSection section : {v1::TITLE, v1::BODY}) {
    const std::optional<Section>& text = section == v1::TITLE ? title : body;
    if (!text) continue;
    for (int32_t s = 0; s < static_cast<int32_t>(text->document.sentences.size()); ++s) {
      ++sentence_count;
      if (section == v1::BODY && IsFurniture(text->document.sentences[s], lines)) {
        ++skipped_count;
        continue;
      }
      for (const Candidate& candidate :
           matcher.Match(text->document, s, text->actors, published, options.explain)) {
        builder.Add(candidate, text->document, text->actors, section);
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
