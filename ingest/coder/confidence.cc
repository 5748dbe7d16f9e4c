#include "ingest/coder/confidence.h"

#include <algorithm>
#include <cmath>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "ingest/knowledge/table.h"

namespace entente::coder {
namespace {

constexpr size_t kFileBytesMax = size_t{1} << 20;
constexpr double kCoefficientMax = 1000;
constexpr double kPathCostMax = 1.5;
constexpr double kDepthUnit = 4;    // words
constexpr double kLengthUnit = 40;  // tokens
constexpr double kScaledMax = 2;
constexpr double kLogUnit = 4;  // of what the model of pairs thinks
constexpr double kLogOddsMax = 4;
constexpr double kDoubtMax = 4;
constexpr double kShareMin = 1e-6;

// What the actors in an event's roles are like.
struct ActorTraits {
  double path_cost = 0;
  double certainty = 1;
  bool through_thing = false;
  bool from_context = false;
  bool discovered = false;
  bool nominal = false;
  bool pronoun = false;
  bool unstated = false;
};

ActorTraits TraitsOf(const Candidate& candidate, const DocumentActors& actors) {
  ActorTraits traits;
  for (const RoleFiller& filler : candidate.fillers) {
    const ActorMention& mention = actors.mentions[filler.mention];
    traits.path_cost += filler.cost;
    traits.certainty = std::min(traits.certainty, static_cast<double>(mention.confidence));
    traits.through_thing = traits.through_thing || filler.path.find('>') != std::string::npos;
    traits.from_context = traits.from_context || filler.path == "context";
    traits.nominal = traits.nominal || mention.form == MentionForm::kNominal;
    traits.pronoun = traits.pronoun || mention.form == MentionForm::kPronoun;
    for (const ActorRef& actor : mention.actors) {
      traits.discovered = traits.discovered || actor.discovered;
      traits.unstated = traits.unstated || actor.country.empty();
    }
  }
  return traits;
}

int DepthOf(const nlp::Sentence& sentence, int32_t token) {
  int depth = 0;
  const int limit = static_cast<int>(sentence.tokens.size());
  for (int32_t t = sentence.tokens[token].head; t >= 0 && depth < limit; ++depth) {
    t = sentence.tokens[t].head;
  }
  return depth;
}

bool IsFact(v1::EventStatus status) {
  return status == v1::OCCURRED || status == v1::ONGOING || status == v1::HISTORICAL;
}

double LogOddsOf(const PairOpinion& opinion) {
  const double related = std::clamp(opinion.related, kShareMin, 1 - kShareMin);
  return std::clamp(std::log(related / (1 - related)), -kLogOddsMax, kLogOddsMax) / kLogUnit;
}

double RootDoubtOf(const PairOpinion& opinion) {
  return std::min(-std::log(std::max(opinion.root_share, kShareMin)), kDoubtMax) / kLogUnit;
}

bool IsClaim(v1::EventStatus status) { return status == v1::ALLEGED || status == v1::DENIED; }

}  // namespace

ConfidenceFeatures FeaturesOf(const Candidate& candidate, const nlp::Document& document,
                              const DocumentActors& actors, v1::EventStatus status) {
  const nlp::Sentence& sentence = document.sentences[candidate.sentence];
  const ActorTraits traits = TraitsOf(candidate, actors);
  const auto flag = [](bool value) { return value ? 1.0 : 0.0; };
  return {1,
          candidate.rule->weight,
          candidate.confidence,
          std::min(traits.path_cost, kPathCostMax),
          flag(traits.through_thing),
          flag(traits.from_context),
          1 - traits.certainty,
          flag(traits.discovered),
          flag(traits.nominal),
          flag(traits.pronoun),
          flag(traits.unstated),
          flag(candidate.rule->kind == TriggerKind::kNoun),
          flag(!IsFact(status) && !IsClaim(status)),
          flag(IsClaim(status)),
          std::min(DepthOf(sentence, candidate.trigger) / kDepthUnit, kScaledMax),
          std::min(static_cast<double>(sentence.tokens.size()) / kLengthUnit, kScaledMax),
          candidate.opinion.has_value() ? LogOddsOf(*candidate.opinion) : 0,
          candidate.opinion.has_value() ? RootDoubtOf(*candidate.opinion) : 0,
          flag(!candidate.opinion.has_value()),
          flag(candidate.rule->kind == TriggerKind::kPair)};
}

absl::StatusOr<ConfidenceModel> ConfidenceModel::Load(const std::string& data_dir) {
  const std::string path = data_dir + "/coder/confidence.tsv";
  ENTENTE_ASSIGN_OR_RETURN(const std::string contents, ReadFile(path, kFileBytesMax));
  return Parse(path, contents);
}

absl::StatusOr<ConfidenceModel> ConfidenceModel::Parse(std::string_view path,
                                                       std::string_view contents) {
  ENTENTE_ASSIGN_OR_RETURN(knowledge::Table table, knowledge::Table::Open(path, contents));
  ENTENTE_RETURN_IF_ERROR(table.Expect({"feature", "coefficient"}));
  ConfidenceModel model;
  std::array<bool, kConfidenceFeatures.size()> given{};
  while (table.Next()) {
    const knowledge::Table::Row& row = table.row();
    ENTENTE_ASSIGN_OR_RETURN(const std::string name, row.Required("feature"));
    const auto at = std::find(kConfidenceFeatures.begin(), kConfidenceFeatures.end(), name);
    if (at == kConfidenceFeatures.end()) {
      return row.Error("feature", Cat("no feature \"", name, '"'));
    }
    const size_t index = static_cast<size_t>(at - kConfidenceFeatures.begin());
    if (given[index]) return row.Error("feature", Cat('"', name, "\" came before"));
    given[index] = true;
    ENTENTE_RETURN_IF_ERROR(row.Required("coefficient").status());
    ENTENTE_ASSIGN_OR_RETURN(model.coefficients_[index],
                             row.Number("coefficient", -kCoefficientMax, kCoefficientMax));
  }
  ENTENTE_RETURN_IF_ERROR(table.status());
  for (size_t i = 0; i < given.size(); ++i) {
    if (given[i]) continue;
    return InvalidArgument(Cat(path, ": no coefficient for \"", kConfidenceFeatures[i],
                               "\"; fit it anew with `entente eval GOLD --fit-confidence`"));
  }
  return model;
}

double ConfidenceModel::Probability(const ConfidenceFeatures& features) const {
  double log_odds = 0;
  for (size_t i = 0; i < features.size(); ++i) log_odds += coefficients_[i] * features[i];
  return 1 / (1 + std::exp(-log_odds));
}

}  // namespace entente::coder
