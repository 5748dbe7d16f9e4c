#include "ingest/coder/quantities.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Upos;

constexpr int kDeadWithin = 4;  // tokens between a number and "dead"

constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kSymbols = {{
    {"$", "USD"},
    {"us$", "USD"},
    {"a$", "AUD"},
    {"c$", "CAD"},
    {"€", "EUR"},
    {"£", "GBP"},
    {"¥", "JPY"},
    {"₹", "INR"},
    {"₽", "RUB"},
    {"₩", "KRW"},
    {"₺", "TRY"},
    {"₪", "ILS"},
}};

constexpr std::array<std::pair<std::string_view, double>, 8> kMagnitudes = {{
    {"hundred", 1e2},
    {"thousand", 1e3},
    {"million", 1e6},
    {"m", 1e6},
    {"billion", 1e9},
    {"bn", 1e9},
    {"trillion", 1e12},
    {"tn", 1e12},
}};

// From the highest rank down; each has a class "level_…" of words.
constexpr std::array<std::string_view, 5> kLevels = {"head of state", "head of government",
                                                     "minister", "envoy", "official"};

template <typename Pairs>
auto Lookup(const Pairs& pairs, std::string_view key) {
  const auto it =
      std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return it == pairs.end() ? std::nullopt : std::optional(it->second);
}

// "3.5", "1,200"; none for words and ordinals.
std::optional<double> Digits(std::string_view form) {
  std::string plain;
  for (const char c : form) {
    if (c != ',') plain.push_back(c);
  }
  double value = 0;
  const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (error != std::errc() || end != plain.data() + plain.size()) return std::nullopt;
  return value;
}

nlp::Span SpanOf(const SentenceTree& tree, int first, int last) {
  return {tree.token(first).span.begin, tree.token(last).span.end};
}

// The number with what limits it ("at least", "more than", "about"), without the words behind.
nlp::Span NumberSpan(const SentenceTree& tree, int number) {
  int first = number;
  int last = number;
  tree.Subtree(number, &first, &last);
  first = std::max(first, number - 3);
  // Two words before may be hung elsewhere: "at least two", "more than 30".
  const std::string_view before = number > 0 ? std::string_view(tree.form(number - 1)) : "";
  if (first == number && number > 1 &&
      (before == "least" || before == "most" || before == "than")) {
    first = number - 2;
  } else if (first == number && (before == "about" || before == "around" || before == "nearly" ||
                                 before == "some" || before == "over" || before == "almost")) {
    first = number - 1;
  }
  while (first < number && tree.token(first).upos == Upos::kPunct) ++first;
  int end = number;
  while (end + 1 < tree.size() && Lookup(kMagnitudes, tree.form(end + 1)).has_value()) ++end;
  return SpanOf(tree, first, end);
}

// How many of the phrase `head` there are: "at least two" of "at least two soldiers", "dozens" of
// "dozens of protesters".
std::optional<nlp::Span> QuantityOf(const SentenceTree& tree, const RuleSet& rules, int head) {
  if (tree.token(head).upos == Upos::kNum) return NumberSpan(tree, head);
  for (const int child : tree.children(head)) {
    if (tree.deprel(child) == Deprel::kNummod && tree.token(child).upos == Upos::kNum) {
      return NumberSpan(tree, child);
    }
  }
  if (rules.Has("count_word", tree.lemma(head))) return SpanOf(tree, head, head);
  const int governor = tree.head(head);
  if (governor >= 0 && tree.deprel(head) == Deprel::kNmod &&
      rules.Has("count_word", tree.lemma(governor))) {
    return SpanOf(tree, governor, governor);
  }
  for (const int child : tree.children(head)) {
    if (child < head &&
        (rules.Has("count_word", tree.form(child)) || rules.Has("count_word", tree.lemma(child)))) {
      return SpanOf(tree, child, child);
    }
  }
  return std::nullopt;
}

void AddText(std::string field, const std::optional<nlp::Span>& span, Candidate* candidate) {
  if (!span.has_value()) return;
  const bool known = std::any_of(candidate->details.begin(), candidate->details.end(),
                                 [&](const DetailText& detail) { return detail.field == field; });
  if (!known) candidate->details.push_back({std::move(field), *span, ""});
}

// The tokens of the clause in which the trigger acts: the trigger's own, or those of the verb that
// carries or follows it ("an attack killed 12").
void ClauseOf(const SentenceTree& tree, int trigger, int* first, int* last) {
  int top = trigger;
  const int governor = tree.head(trigger);
  const bool argument =
      tree.deprel(trigger) == Deprel::kObj || tree.deprel(trigger) == Deprel::kNsubj ||
      tree.deprel(trigger) == Deprel::kNsubjPass || tree.deprel(trigger) == Deprel::kObl;
  if (governor >= 0 && argument && !tree.IsVerb(trigger)) top = governor;
  tree.Subtree(top, first, last);
}

// Whom a verb of killing or wounding says how many of.
std::optional<nlp::Span> Victims(const SentenceTree& tree, const RuleSet& rules, int verb) {
  const bool passive = tree.IsPassive(verb);
  int object = tree.Child(verb, passive ? Deprel::kNsubjPass : Deprel::kObj);
  // "two soldiers killed in the attack"
  if (object < 0 && tree.deprel(verb) == Deprel::kAcl) object = tree.head(verb);
  return object < 0 ? std::nullopt : QuantityOf(tree, rules, object);
}

// The number that stands shortly before "dead" or "wounded".
std::optional<nlp::Span> CountBefore(const SentenceTree& tree, const RuleSet& rules, int t) {
  for (int before = t - 1; before >= std::max(0, t - kDeadWithin); --before) {
    if (tree.IsVerb(before)) return std::nullopt;
    if (tree.token(before).upos == Upos::kNum) return NumberSpan(tree, before);
    if (rules.Has("count_word", tree.lemma(before))) return SpanOf(tree, before, before);
  }
  return std::nullopt;
}

void AddCasualties(const SentenceTree& tree, const RuleSet& rules, Candidate* candidate) {
  int first = 0;
  int last = 0;
  ClauseOf(tree, candidate->trigger, &first, &last);
  for (int t = first; t <= last; ++t) {
    if (tree.IsVerb(t) && rules.Has("killed", tree.lemma(t))) {
      AddText("casualties.killed", Victims(tree, rules, t), candidate);
    } else if (tree.IsVerb(t) && rules.Has("wounded", tree.lemma(t))) {
      AddText("casualties.wounded", Victims(tree, rules, t), candidate);
    }
    if (tree.form(t) == "dead")
      AddText("casualties.killed", CountBefore(tree, rules, t), candidate);
    if (rules.Has("dead_or_wounded", tree.form(t))) {
      AddText(tree.form(t) == "killed" ? "casualties.killed" : "casualties.wounded",
              CountBefore(tree, rules, t), candidate);
    }
  }
}

void AddMateriel(const SentenceTree& tree, const RuleSet& rules, Candidate* candidate) {
  const auto it = std::find_if(candidate->details.begin(), candidate->details.end(),
                               [](const DetailText& detail) { return detail.field == "materiel"; });
  if (it == candidate->details.end()) return;
  const nlp::Span words = it->span;
  for (int t = tree.size() - 1; t >= 0; --t) {  // the phrase's head is its last noun
    const nlp::Token& token = tree.token(t);
    if (token.span.end > words.end || token.span.begin < words.begin) continue;
    if (token.upos != Upos::kNoun && token.upos != Upos::kPropn) continue;
    if (const auto quantity = QuantityOf(tree, rules, t); quantity.has_value()) {
      AddText("quantity", quantity, candidate);
      return;
    }
  }
}

// The lowest rank that the words of a participant tell: ministers meet at the level of ministers,
// also when one of them is received by a president.
void AddLevel(const SentenceTree& tree, const RuleSet& rules, const DocumentActors& actors,
              Candidate* candidate) {
  size_t lowest = kLevels.size();
  bool any = false;
  for (const RoleFiller& filler : candidate->fillers) {
    const ActorMention& mention = actors.mentions[filler.mention];
    if (mention.sentence != candidate->sentence) continue;
    size_t rank = kLevels.size();
    for (int t = mention.first; t <= mention.last; ++t) {
      for (size_t level = 0; level < kLevels.size(); ++level) {
        std::string name = "level_" + std::string(kLevels[level]);
        std::replace(name.begin(), name.end(), ' ', '_');
        const WordSet* words = rules.FindClass(name);
        if (words != nullptr && tree.Matches(*words, t)) rank = std::min(rank, level);
      }
    }
    if (rank == kLevels.size()) continue;
    lowest = any ? std::max(lowest, rank) : rank;
    any = true;
  }
  if (any) candidate->details.push_back({"level", {}, std::string(kLevels[lowest])});
}

// How many of those who fill `role` there are.
void AddSize(const SentenceTree& tree, const RuleSet& rules, const DocumentActors& actors,
             std::string_view role, Candidate* candidate) {
  for (const RoleFiller& filler : candidate->fillers) {
    const ActorMention& mention = actors.mentions[filler.mention];
    if (filler.role != role || mention.sentence != candidate->sentence) continue;
    AddText("size", QuantityOf(tree, rules, mention.head), candidate);
  }
}

// The ISO 4217 code of the currency that the words up to `t` name.
std::optional<std::string> CurrencyAt(const SentenceTree& tree, const RuleSet& rules, int t) {
  constexpr std::string_view kPrefix = "currency_";
  for (const std::string& name : rules.ClassNames(kPrefix)) {
    const WordSet* words = rules.FindClass(name);
    if (words == nullptr || !tree.Matches(*words, t)) continue;
    std::string code = name.substr(kPrefix.size());
    for (char& c : code) c = static_cast<char>(c - 'a' + 'A');  // class names are small letters
    return code;
  }
  return std::nullopt;
}

v1::Money MakeMoney(const SentenceTree& tree, double amount, std::string_view currency, int first,
                    int last) {
  v1::Money money;
  money.set_amount(amount);
  money.set_currency(std::string(currency));
  money.set_text(std::string(tree.document().Text(SpanOf(tree, first, last))));
  return money;
}

}  // namespace

std::optional<v1::Money> FindMoney(const SentenceTree& tree, const RuleSet& rules, int first,
                                   int last) {
  for (int t = first; t <= last; ++t) {
    const std::optional<double> digits = Digits(tree.form(t));
    if (!digits.has_value()) continue;
    double amount = *digits;
    int end = t;
    while (end + 1 < tree.size()) {
      const std::optional<double> magnitude = Lookup(kMagnitudes, tree.form(end + 1));
      if (!magnitude.has_value()) break;
      amount *= *magnitude;
      ++end;
    }
    if (t > 0) {
      const auto symbol = Lookup(kSymbols, tree.form(t - 1));
      if (symbol.has_value()) return MakeMoney(tree, amount, *symbol, t - 1, end);
    }
    // "400 million US dollars", "a 2 billion-euro loan"
    for (int behind = end + 1; behind <= std::min(end + 3, tree.size() - 1); ++behind) {
      const auto currency = CurrencyAt(tree, rules, behind);
      if (currency.has_value()) return MakeMoney(tree, amount, *currency, t, behind);
      const Upos upos = tree.token(behind).upos;
      if (upos != Upos::kAdj && upos != Upos::kPropn && upos != Upos::kPunct) break;
    }
  }
  return std::nullopt;
}

void AddQuantities(const SentenceTree& tree, const RuleSet& rules, std::string_view detail,
                   const DocumentActors& actors, Candidate* candidate) {
  if (detail == "attack") AddCasualties(tree, rules, candidate);
  if (detail == "meeting") AddLevel(tree, rules, actors, candidate);
  if (detail == "protest") AddSize(tree, rules, actors, "protester", candidate);
  if (detail == "arms_deal") AddMateriel(tree, rules, candidate);
  if (detail == "arms_deal" || detail == "aid") {
    int first = 0;
    int last = 0;
    ClauseOf(tree, candidate->trigger, &first, &last);
    candidate->money = FindMoney(tree, rules, first, last);
  }
}

}  // namespace entente::coder
