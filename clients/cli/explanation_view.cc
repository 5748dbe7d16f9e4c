#include "clients/cli/explanation_view.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/strings.h"
#include "clients/cli/output.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr double kAddsNothing = 0.005;  // to the log odds

// Lines with an indent, wrapped.
class Lines {
 public:
  Lines(std::string_view indent, size_t width, std::string* out)
      : indent_(indent), width_(width), out_(out) {}

  void Add(std::string_view text, std::string_view deeper = "") {
    const size_t used = indent_.size() + deeper.size();
    for (const std::string& line : Wrap(text, width_ > used + 30 ? width_ - used : 0)) {
      out_->append(indent_).append(deeper).append(line).push_back('\n');
    }
  }

 private:
  const std::string_view indent_;
  const size_t width_;
  std::string* const out_;
};

void AddRule(const v1::Explanation& explanation, Lines* lines) {
  if (!explanation.trigger_text().empty()) {
    lines->Add(Cat("trigger ", Printable(explanation.trigger_text())));
  }
  const std::string id = Printable(explanation.rule());
  lines->Add(Cat("rule ", id, id.empty() ? "at " : " at ", Printable(explanation.rule_source())));
  if (!explanation.rule_text().empty()) lines->Add(Printable(explanation.rule_text()), "  ");
}

void AddRole(const v1::RolePath& path, Lines* lines) {
  if (path.actors().empty()) {
    lines->Add(Cat(Printable(path.role()), " ← ", Printable(path.path()), "; ",
                   Printable(path.resolution())));
    return;
  }
  lines->Add(Cat(Printable(path.role()), " ← ", Printable(path.path()), ": “",
                 Printable(path.text()), "”, resolved with certainty ",
                 Decimal(path.confidence(), 2)));
  for (const v1::ResolvedActor& actor : path.actors()) {
    lines->Add(Cat(Printable(actor.actor()), actor.code().empty() ? "" : ", ",
                   Printable(actor.code()), ": ", Printable(actor.resolution())),
               "  ");
  }
}

// "top=urge +1.20, between=0 -0.30"
std::string SharesOf(const std::vector<const v1::ConfidenceFeature*>& features) {
  std::string list;
  for (const v1::ConfidenceFeature* feature : features) {
    const double added = feature->value() * feature->weight();
    list += Cat(list.empty() ? "" : ", ", Printable(feature->name()), ' ', added > 0 ? "+" : "",
                Decimal(added, 2));
  }
  return list;
}

void AddPair(const v1::Explanation& explanation, Lines* lines) {
  if (explanation.pair_features().empty()) return;
  std::vector<const v1::ConfidenceFeature*> features;
  for (const v1::ConfidenceFeature& feature : explanation.pair_features()) {
    features.push_back(&feature);
  }
  lines->Add(Cat("pair “", Printable(explanation.pair_source()), "” and “",
                 Printable(explanation.pair_target()),
                 "”, log odds of being related, most first:"));
  lines->Add(SharesOf(features), "  ");
}

void AddConfidence(const v1::Explanation& explanation, Lines* lines) {
  if (explanation.features().empty()) return;
  std::vector<const v1::ConfidenceFeature*> features;
  double sum = 0;
  for (const v1::ConfidenceFeature& feature : explanation.features()) {
    const double added = feature.value() * feature.weight();
    sum += added;
    if (std::abs(added) >= kAddsNothing) features.push_back(&feature);
  }
  std::stable_sort(features.begin(), features.end(), [](const auto* a, const auto* b) {
    return std::abs(a->value() * a->weight()) > std::abs(b->value() * b->weight());
  });
  lines->Add(Cat("confidence ", Decimal(explanation.confidence(), 2), ", log odds ",
                 Decimal(sum, 2), ":"));
  lines->Add(SharesOf(features), "  ");
}

}  // namespace

void AppendExplanation(const v1::Explanation& explanation, std::string_view indent, size_t width,
                       std::string* out) {
  Lines lines(indent, width, out);
  AddRule(explanation, &lines);
  for (const v1::RolePath& path : explanation.paths()) AddRole(path, &lines);
  for (const std::string& reason : explanation.status_reasons()) {
    lines.Add(Cat("status: ", Printable(reason)));
  }
  AddConfidence(explanation, &lines);
  AddPair(explanation, &lines);
  for (const std::string_view line : Split(explanation.parse(), '\n')) {
    if (!line.empty()) out->append(indent).append("  ").append(line).push_back('\n');
  }
}

}  // namespace entente::cli
