#include "ingest/coder/coreference.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/strings.h"
#include "ingest/coder/phrase_reader.h"
#include "ingest/coder/sectors.h"
#include "ingest/knowledge/folding.h"

namespace entente::coder {
namespace {

using nlp::Deprel;
using nlp::Sentence;
using nlp::Token;

constexpr size_t kLookBackMentions = 200;
constexpr int32_t kPronounSentences = 3;
constexpr int32_t kNominalSentences = 4;
constexpr int32_t kPairSentences = 3;

template <size_t N>
bool Among(std::string_view word, const std::array<std::string_view, N>& set) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

bool IsSpeechVerb(std::string_view lemma) {
  constexpr std::array<std::string_view, 44> kWords = {
      "say",       "tell",   "add",     "claim",   "note",     "state",       "warn",
      "announce",  "argue",  "declare", "explain", "insist",   "stress",      "write",
      "tweet",     "report", "claim",   "believe", "admit",    "acknowledge", "confirm",
      "deny",      "reply",  "respond", "remark",  "comment",  "urge",        "emphasize",
      "emphasise", "assert", "allege",  "accuse",  "recall",   "suggest",     "maintain",
      "reiterate", "vow",    "promise", "quote",   "conclude", "continue",    "ask",
      "post",      "call"};
  return Among(lemma, kWords);
}

bool IsFirstPerson(std::string_view w) {
  constexpr std::array<std::string_view, 9> kWords = {"we", "us", "our",  "ours",     "i",
                                                      "me", "my", "mine", "ourselves"};
  return Among(w, kWords);
}

bool IsPossessive(std::string_view w) {
  constexpr std::array<std::string_view, 5> kWords = {"his", "her", "its", "their", "hers"};
  return Among(w, kWords);
}

bool IsPersonActor(const ActorRef& actor) { return actor.kind == v1::PERSON; }

// "minister" may be any of them.
bool OfficesAgree(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return false;
  if (a == b) return true;
  return (a == "minister" && b.ends_with(" minister")) ||
         (b == "minister" && a.ends_with(" minister"));
}

bool CountriesAgree(std::string_view a, std::string_view b) {
  return a.empty() || b.empty() || a == b;
}

std::vector<std::string> FoldedName(std::string_view name) {
  std::vector<std::string> words;
  for (const std::string_view token : knowledge::SplitPhrase(name)) {
    for (knowledge::FoldedPart& part : knowledge::FoldToken(token)) {
      words.push_back(std::move(part.text));
    }
  }
  return words;
}

// True if `part`, shorter, can stand for the full name: its words are among the name's, and one is
// the first or the last of it.
bool IsShortFor(const std::vector<std::string>& part, const std::vector<std::string>& name) {
  if (part.empty() || part.size() >= name.size()) return false;
  const bool all = std::all_of(part.begin(), part.end(), [&](const std::string& word) {
    return std::find(name.begin(), name.end(), word) != name.end();
  });
  return all && (part.back() == name.back() || part.front() == name.front());
}

// True if the letters can be taken from the name: the first from the beginning of a word, the
// others in order ("World Economic Forum", "SANDF" of "South African National Defence Force").
bool IsAcronymOf(std::string_view acronym, std::string_view name) {
  const std::string lower = AsciiLower(acronym);
  const std::string text = AsciiLower(name);
  if (text.find(' ') == std::string::npos) return false;
  for (size_t start = 0; start < text.size(); ++start) {
    if (text[start] != lower[0] || (start > 0 && text[start - 1] != ' ')) continue;
    size_t matched = 0;
    for (size_t i = start; i < text.size() && matched < lower.size(); ++i) {
      if (text[i] == lower[matched]) ++matched;
    }
    if (matched == lower.size()) return true;
  }
  return false;
}

bool IsTheCountry(std::string_view text) {
  constexpr std::array<std::string_view, 8> kWords = {
      "the country",  "the nation",  "the kingdom",       "the republic",
      "this country", "this nation", "the island nation", "their country"};
  return Among(text, kWords);
}

// The words by which a person is introduced; empty for anybody else.
std::vector<std::string> FullName(const FoundMention& m) {
  if (m.mention.actors.size() != 1 || !IsPersonActor(m.mention.actors[0])) return {};
  if (m.resolution.name_words.size() >= 2) return m.resolution.name_words;
  return m.resolution.name_words.empty() ? std::vector<std::string>()
                                         : FoldedName(m.mention.actors[0].display_name);
}

}  // namespace

std::string Coreference::LowerText(const FoundMention& m) const {
  return AsciiLower(document_->Text(m.mention.span));
}

bool Coreference::IsSubject(const FoundMention& m) const {
  const Sentence& sentence = document_->sentences[m.mention.sentence];
  const Token* token = &sentence.tokens[m.mention.head];
  if (token->deprel == Deprel::kConj && token->head >= 0) token = &sentence.tokens[token->head];
  if (token->deprel == Deprel::kNsubj || token->deprel == Deprel::kNsubjPass) return true;
  // A second way: it opens the sentence and a verb follows.
  const size_t next = static_cast<size_t>(m.mention.last) + 1;
  return m.mention.first == 0 && m.mention.parent < 0 && next < sentence.tokens.size() &&
         (sentence.tokens[next].upos == nlp::Upos::kVerb ||
          sentence.tokens[next].upos == nlp::Upos::kAux);
}

// True if both depend on one verb.
bool Coreference::SameClause(const FoundMention& a, const FoundMention& b) const {
  if (a.mention.sentence != b.mention.sentence) return false;
  const Sentence& sentence = document_->sentences[a.mention.sentence];
  const int32_t head_a = sentence.tokens[a.mention.head].head;
  return head_a >= 0 && head_a == sentence.tokens[b.mention.head].head;
}

// True if `subject` is the subject of the verb that `object` depends on, or of the one above that
// hands it down: "the minister called the premier to congratulate him" congratulates the premier.
bool Coreference::IsSubjectOver(const FoundMention& subject, const FoundMention& object) const {
  if (SameClause(subject, object)) return true;
  if (subject.mention.sentence != object.mention.sentence) return false;
  const Sentence& sentence = document_->sentences[object.mention.sentence];
  const int32_t governor = sentence.tokens[subject.mention.head].head;
  const auto has = [&](int32_t verb, Deprel deprel) {
    return std::any_of(sentence.tokens.begin(), sentence.tokens.end(), [&](const Token& token) {
      return token.head == verb && token.deprel == deprel;
    });
  };
  int32_t verb = sentence.tokens[object.mention.head].head;
  for (int step = 0; step < 3 && verb >= 0 && verb != governor; ++step) {
    const Deprel deprel = sentence.tokens[verb].deprel;
    const bool handed =
        deprel == Deprel::kAdvcl || deprel == Deprel::kConj ||
        (deprel == Deprel::kXcomp && !has(sentence.tokens[verb].head, Deprel::kObj));
    if (!handed || has(verb, Deprel::kNsubj) || has(verb, Deprel::kNsubjPass)) return false;
    verb = sentence.tokens[verb].head;
  }
  return verb >= 0 && verb == governor;
}

void Coreference::Refer(size_t mention, size_t antecedent, float certainty) {
  FoundMention& m = found_[mention];
  const FoundMention& a = found_[antecedent];
  m.mention.actors = a.mention.actors;
  for (ActorRef& actor : m.mention.actors) {
    actor.how = Cat("refers to \"", document_->Text(a.mention.span), "\"");
  }
  m.mention.antecedent = static_cast<int32_t>(antecedent);
  m.mention.confidence = a.mention.confidence * certainty;
  m.mention.is_place = false;
  m.mention.place = -1;
}

void Coreference::SetParents(size_t begin) {
  for (size_t i = begin; i < found_.size(); ++i) {
    ActorMention& m = found_[i].mention;
    for (size_t j = i; j-- > begin;) {
      if (found_[j].mention.first <= m.first && m.last <= found_[j].mention.last) {
        m.parent = static_cast<int32_t>(j);
        break;
      }
    }
  }
}

// The bytes of a mention before token `bracket` of its sentence.
std::string_view Coreference::NameBefore(const ActorMention& m, int32_t bracket) const {
  const uint32_t end = document_->sentences[m.sentence].tokens[bracket - 1].span.end;
  return document_->Text({m.span.begin, std::max(end, m.span.begin)});
}

// "the World Economic Forum (WEF)".
void Coreference::NoteAcronyms(const ChunkedTokens& text, size_t begin) {
  const int32_t count = static_cast<int32_t>(text.tokens.size());
  for (int32_t t = 1; t + 2 < count; ++t) {
    if (text.tokens[t] != "(" || text.tokens[t + 2] != ")") continue;
    const int32_t word = text.words.token_begin[t + 1];
    if (word >= text.words.token_begin[t + 2] ||
        text.words.words[word].shape != knowledge::kShapeUpper) {
      continue;
    }
    for (size_t i = begin; i < found_.size(); ++i) {
      const ActorMention& m = found_[i].mention;
      if (m.first < t && m.last >= t - 1 && m.form == MentionForm::kName && m.last <= t + 2 &&
          m.actors.size() == 1 && IsAcronymOf(text.tokens[t + 1], NameBefore(m, t))) {
        acronyms_.push_back({std::string(text.tokens[t + 1]), static_cast<int32_t>(i)});
        break;
      }
    }
  }
}

void Coreference::AddSentence(int32_t sentence, const ChunkedTokens& text,
                              std::vector<FoundMention> found) {
  const size_t begin = found_.size();
  sentence_begin_.push_back(begin);
  for (FoundMention& m : found) found_.push_back(std::move(m));
  SetParents(begin);
  NoteAcronyms(text, begin);
  bool open = !quote_open_.empty() && quote_open_.back() != 0;
  // quote_open_ holds one entry ahead: what the next sentence begins with.
  if (quote_open_.empty()) quote_open_.push_back(0);
  const std::string_view bytes = document_->Text(document_->sentences[sentence].span);
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '"') open = !open;
    if (bytes.substr(i).starts_with("“")) open = true;
    if (bytes.substr(i).starts_with("”")) open = false;
  }
  quote_open_.push_back(open ? 1 : 0);
}

bool Coreference::LinkAcronym(size_t mention) {
  const std::string_view text = document_->Text(found_[mention].mention.span);
  const std::string_view bare = text.starts_with("the ") ? text.substr(4) : text;
  for (const Acronym& acronym : acronyms_) {
    if (bare != acronym.text || static_cast<size_t>(acronym.mention) >= mention) continue;
    Refer(mention, static_cast<size_t>(acronym.mention), 0.95f);
    return true;
  }
  return false;
}

// A surname or a given name for somebody whose full name is in the text.
bool Coreference::LinkShortName(size_t mention) {
  const FoundMention& m = found_[mention];
  std::vector<std::string> words = m.resolution.name_words;
  const bool other_reading =
      m.resolution.kind == PhraseKind::kState || m.resolution.kind == PhraseKind::kPlace;
  if (other_reading && m.mention.first == m.mention.last && !m.mention.is_place) {
    words = FoldedName(document_->Text(m.mention.span));
  }
  if (words.empty()) return false;
  const std::string& office = m.resolution.office;
  double best_score = -1e9;
  size_t best = mention;
  const size_t oldest = mention > kLookBackMentions ? mention - kLookBackMentions : 0;
  for (size_t i = mention; i-- > oldest;) {
    const FoundMention& a = found_[i];
    if (!IsShortFor(words, FullName(a))) continue;
    const bool same_office = OfficesAgree(office, a.resolution.office);
    if (!CountriesAgree(m.resolution.country, a.mention.actors[0].country)) continue;
    double score = -static_cast<double>(mention - i) + (same_office ? 20 : 0) +
                   (IsSubject(a) ? 3 : 0) +
                   (m.resolution.sector == a.mention.actors[0].sector ? 2 : 0);
    // A given name alone is a weaker sign than a family name.
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  if (best != mention) {
    Refer(mention, best, other_reading ? 0.8f : 0.95f);
    return true;
  }
  if (other_reading) return false;
  // A headline may use the surname before the text gives the name.
  std::string only;
  for (size_t i = mention + 1; i < found_.size() && i < mention + kLookBackMentions; ++i) {
    const FoundMention& a = found_[i];
    if (!IsShortFor(words, FullName(a))) continue;
    if (!CountriesAgree(m.resolution.country, a.mention.actors[0].country)) continue;
    if (!only.empty() && a.mention.actors[0].id != only) return false;
    if (only.empty()) best = i;
    only = a.mention.actors[0].id;
  }
  if (only.empty() || (!m.resolution.actor.discovered && m.mention.confidence > 0.8f)) return false;
  Refer(mention, best, 0.9f);
  return true;
}

// "the minister", "the U.S. ambassador in Seoul".
bool Coreference::LinkOffice(size_t mention) {
  const FoundMention& m = found_[mention];
  const Resolution& r = m.resolution;
  if (r.office.empty() || r.plural || r.former) return false;
  const std::string text = LowerText(m);
  if (text.starts_with("a ") || text.starts_with("an ")) return false;
  // "the North's leader" is somebody's leader, though we do not know whose.
  const bool owned = text.find("'s ") != std::string::npos || text.find("’s ") != std::string::npos;
  if (owned && r.country.empty()) return false;
  const auto fits = [&](const FoundMention& a) {
    return a.mention.actors.size() == 1 && IsPersonActor(a.mention.actors[0]) &&
           OfficesAgree(r.office, a.resolution.office) &&
           CountriesAgree(r.country, a.mention.actors[0].country);
  };
  const size_t oldest = mention > kLookBackMentions ? mention - kLookBackMentions : 0;
  for (size_t i = mention; i-- > oldest;) {
    if (!fits(found_[i])) continue;
    const bool known = !m.mention.actors.empty() && !found_[i].mention.actors[0].discovered &&
                       IsPersonActor(m.mention.actors[0]);
    if (known && m.mention.actors[0].id != found_[i].mention.actors[0].id) continue;
    Refer(mention, i, 0.85f);
    return true;
  }
  const bool resolved = !m.mention.actors.empty() && IsPersonActor(m.mention.actors[0]);
  if (resolved) return true;
  size_t later = mention;
  for (size_t i = mention + 1; i < found_.size() && i < mention + kLookBackMentions; ++i) {
    if (found_[i].resolution.name_words.empty() || !fits(found_[i])) continue;
    if (later != mention && found_[i].mention.actors[0].id != found_[later].mention.actors[0].id) {
      return false;
    }
    if (later == mention) later = i;
  }
  if (later == mention) return false;
  Refer(mention, later, 0.75f);
  return true;
}

// The state of the place that a group of people is found in, by the clause that speaks of both:
// "gave shelter to 1.5 million people after the earthquake in Haiti". Only for those to whom
// something is done, and for people rather than officials or troops, who may be anybody's there.
std::string Coreference::CountryOfPlace(const FoundMention& m) const {
  constexpr std::array<std::string_view, 8> kPeople = {"CVL", "REF", "LAB", "EDU",
                                                       "AGR", "MED", "REL", "CRM"};
  constexpr int kStepsMax = 4;
  if (!Among(m.resolution.sector, kPeople) || m.resolution.kind != PhraseKind::kRole) return "";
  const std::vector<Token>& tokens = document_->sentences[m.mention.sentence].tokens;
  const Deprel relation = tokens[m.mention.head].deprel;
  const int32_t verb = tokens[m.mention.head].head;
  const bool affected = relation == Deprel::kObj || relation == Deprel::kNsubjPass ||
                        relation == Deprel::kObl || relation == Deprel::kIobj;
  if (!affected || verb < 0) return "";
  std::string country;
  const size_t begin = sentence_begin_[m.mention.sentence];
  for (size_t i = begin; i < found_.size(); ++i) {
    const FoundMention& place = found_[i];
    if (place.mention.sentence != m.mention.sentence) break;
    if (!place.mention.is_place || place.mention.actors.size() != 1) continue;
    int32_t t = tokens[place.mention.head].head;
    for (int step = 0; step < kStepsMax && t >= 0 && t != verb; ++step) {
      const Deprel above = tokens[t].deprel;
      const bool phrase = above == Deprel::kObl || above == Deprel::kNmod || above == Deprel::kObj;
      t = phrase ? tokens[t].head : -1;
    }
    const std::string& code = place.mention.actors[0].country;
    if (t != verb || code.empty()) continue;
    if (!country.empty() && country != code) return "";
    country = code;
  }
  return country;
}

// "the attorney" for an attorney just named; "the government" where one country is spoken of.
bool Coreference::LinkNominal(size_t mention) {
  FoundMention& m = found_[mention];
  const Resolution& r = m.resolution;
  if (!r.country.empty()) return false;
  const std::string text = LowerText(m);
  // "foreign diplomats" are of another state than the one spoken of; "the foreign minister" is not.
  const bool foreign = Cat(" ", text).find(" foreign ") != std::string::npos;
  if (foreign && r.office.empty() && r.plural) {
    return false;
  }
  const bool definite =
      text.starts_with("the ") || text.starts_with("this ") || text.starts_with("that ");
  const size_t oldest = mention > kLookBackMentions ? mention - kLookBackMentions : 0;
  std::string country;
  bool one_country = true;
  for (size_t i = mention; i-- > oldest;) {
    const FoundMention& a = found_[i];
    if (a.mention.actors.size() != 1) continue;
    const ActorRef& actor = a.mention.actors[0];
    if (definite && a.mention.form != MentionForm::kPronoun && !r.sector.empty() &&
        m.mention.sentence - a.mention.sentence <= kNominalSentences && actor.sector == r.sector &&
        r.sector != "GOV" && a.resolution.plural == r.plural &&
        (IsPersonActor(actor) || a.resolution.person) == r.person &&
        m.mention.parent != static_cast<int32_t>(i)) {
      Refer(mention, i, 0.6f);
      return true;
    }
    if (actor.country.empty() || a.mention.parent == static_cast<int32_t>(mention)) continue;
    if (country.empty()) country = actor.country;
    one_country = one_country && actor.country == country;
  }
  if (const std::string place = CountryOfPlace(m); !place.empty()) {
    m.mention.actors = {resolver_->RoleActor(place, r.sector)};
    m.mention.actors[0].how = "people of the place that the clause speaks of";
    m.mention.confidence = 0.5f;
    return true;
  }
  if (country.empty() || !one_country || !IsStateBranch(r.sector)) return false;
  m.mention.actors = {resolver_->RoleActor(country, r.sector)};
  const knowledge::Lexicon& lexicon = resolver_->lexicon();
  if (definite && !r.office.empty() && r.person) {
    if (const knowledge::Term* term = lexicon.Holder(country, r.office, date_)) {
      const knowledge::Person& person = lexicon.persons()[term->person];
      m.mention.actors = {resolver_->PersonActor(person, date_, r.sector)};
    }
  }
  m.mention.actors[0].how = Cat("the only country spoken of so far is ", country);
  m.mention.confidence = 0.5f;
  return true;
}

// "the two leaders", "both sides": the two who were spoken of last.
bool Coreference::LinkPair(size_t mention) {
  FoundMention& m = found_[mention];
  if (!m.mention.actors.empty() || m.mention.form != MentionForm::kNominal) return false;
  const bool persons = m.resolution.person;
  std::vector<ActorRef> pair;
  for (size_t i = mention; i-- > 0 && pair.size() < 2;) {
    const FoundMention& a = found_[i];
    if (m.mention.sentence - a.mention.sentence >= kPairSentences) break;
    if (a.mention.is_place) continue;
    // Backwards as well, so that turning the pair round at the end restores the order of the text.
    for (auto it = a.mention.actors.rbegin(); it != a.mention.actors.rend(); ++it) {
      const ActorRef& actor = *it;
      if (persons ? !IsPersonActor(actor) : actor.country.empty()) continue;
      ActorRef member = persons || resolver_->lexicon().FindState(actor.country) == nullptr
                            ? actor
                            : resolver_->StateActor(actor.country);
      const bool known = std::any_of(pair.begin(), pair.end(),
                                     [&](const ActorRef& other) { return other.id == member.id; });
      if (!known && pair.size() < 2) pair.push_back(std::move(member));
    }
  }
  if (pair.size() < 2) return false;
  std::reverse(pair.begin(), pair.end());
  for (ActorRef& actor : pair) actor.how = "one of the two who were spoken of last";
  m.mention.actors = std::move(pair);
  m.mention.confidence = 0.6f;
  return true;
}

// "the country": the one spoken of last.
bool Coreference::LinkCountry(size_t mention) {
  FoundMention& m = found_[mention];
  if (!IsTheCountry(LowerText(m))) return false;
  const size_t oldest = mention > kLookBackMentions ? mention - kLookBackMentions : 0;
  for (size_t i = mention; i-- > oldest;) {
    const FoundMention& a = found_[i];
    const bool state = a.resolution.kind == PhraseKind::kState ||
                       a.resolution.kind == PhraseKind::kPlace ||
                       a.mention.form == MentionForm::kDemonym;
    if (!state || a.mention.actors.size() != 1) continue;
    const std::string& country = a.mention.actors[0].country;
    if (resolver_->lexicon().FindState(country) == nullptr) continue;
    m.mention.actors = {resolver_->StateActor(country)};
    m.mention.actors[0].how = Cat("the country spoken of last: ", country);
    m.mention.antecedent = static_cast<int32_t>(i);
    m.mention.confidence = 0.6f;
    return true;
  }
  return false;
}

void Coreference::LinkPronoun(size_t mention) {
  const FoundMention& m = found_[mention];
  const std::string word = LowerText(m);
  const int32_t s = m.mention.sentence;
  if (IsFirstPerson(word)) {
    const int32_t speaker = own_speaker_[s] >= 0 ? own_speaker_[s] : speaker_[s];
    if (speaker >= 0 && !found_[speaker].mention.actors.empty()) {
      Refer(mention, static_cast<size_t>(speaker), 0.8f);
    }
    return;
  }
  const bool human = m.resolution.person;
  const bool plural = word.starts_with("the");
  double best_score = -1e9;
  size_t best = mention;
  const size_t oldest = mention > kLookBackMentions ? mention - kLookBackMentions : 0;
  for (size_t i = mention; i-- > oldest;) {
    const FoundMention& a = found_[i];
    const int32_t distance = s - a.mention.sentence;
    if (distance > kPronounSentences) break;
    if (a.mention.actors.empty() || a.mention.is_place || a.mention.form == MentionForm::kDemonym ||
        static_cast<int32_t>(i) == m.mention.parent) {
      continue;
    }
    const bool several = a.mention.actors.size() > 1 || a.resolution.plural;
    const bool person = IsPersonActor(a.mention.actors[0]) || a.resolution.person;
    if (a.resolution.kind == PhraseKind::kThing) continue;
    if (human && (several || !person)) continue;
    if (!human && !plural && (several || person)) continue;
    if (plural && person && !several) continue;
    if (!IsPossessive(word) && IsSubject(a) && IsSubjectOver(a, m)) continue;
    if (human && speaker_[s] >= 0 && !found_[speaker_[s]].mention.actors.empty() &&
        found_[speaker_[s]].mention.actors[0].id == a.mention.actors[0].id) {
      continue;
    }
    double score = -2.0 * distance + (IsSubject(a) ? 2 : 0) + (several && plural ? 1 : 0) -
                   (a.mention.parent >= 0 ? 0.7 : 0) - 0.01 * static_cast<double>(mention - i);
    if (score > best_score) {
      best_score = score;
      best = i;
    }
  }
  if (best != mention) Refer(mention, best, human ? 0.75f : 0.5f);
}

bool Coreference::BeginsInQuote(int32_t s) const {
  if (quote_open_[s] != 0) return true;
  const std::string_view bytes = document_->Text(document_->sentences[s].span);
  return bytes.starts_with('"') || bytes.starts_with("“");
}

int32_t Coreference::OwnSpeaker(int32_t s) const {
  const Sentence& sentence = document_->sentences[s];
  const size_t end =
      static_cast<size_t>(s) + 1 < sentence_begin_.size() ? sentence_begin_[s + 1] : found_.size();
  for (size_t i = sentence_begin_[s]; i < end; ++i) {
    const ActorMention& m = found_[i].mention;
    const Token& head = sentence.tokens[m.head];
    if (head.deprel != Deprel::kNsubj || head.head < 0) continue;
    const Token& verb = sentence.tokens[head.head];
    if (!IsSpeechVerb(verb.lemma)) continue;
    const bool outermost = verb.deprel == Deprel::kRoot || verb.deprel == Deprel::kParataxis ||
                           verb.deprel == Deprel::kConj;
    if (outermost) return static_cast<int32_t>(i);
  }
  // A second way: a whole sentence "X said:" however it was parsed.
  for (size_t i = sentence_begin_[s]; i < end; ++i) {
    const ActorMention& m = found_[i].mention;
    const size_t next = static_cast<size_t>(m.last) + 1;
    if (m.first == 0 && next + 2 == sentence.tokens.size() &&
        IsSpeechVerb(sentence.tokens[next].lemma) &&
        document_->Text(sentence.tokens.back().span) == ":") {
      return static_cast<int32_t>(i);
    }
  }
  return -1;
}

// The speaker that sentence `s` has from those before it: "He said:" and what follows, or the rest
// of a quotation.
int32_t Coreference::InheritedSpeaker(int32_t s) {
  if (s == 0) return -1;
  const Sentence& sentence = document_->sentences[s];
  const Sentence& previous = document_->sentences[s - 1];
  const int32_t before = own_speaker_[s - 1] >= 0 ? own_speaker_[s - 1] : speaker_[s - 1];
  if (before < 0) return -1;
  const bool colon =
      !previous.tokens.empty() && document_->Text(previous.tokens.back().span) == ":";
  if (colon && own_speaker_[s - 1] >= 0) return before;
  if (BeginsInQuote(s) && (quote_open_[s] != 0 || sentence.paragraph == previous.paragraph)) {
    return before;
  }
  // Further sentences of the paragraph that follows "He said:".
  const bool goes_on = speaker_[s - 1] >= 0 && own_speaker_[s - 1] < 0 &&
                       sentence.paragraph == previous.paragraph && !BeginsInQuote(s - 1);
  return goes_on ? before : -1;
}

void Coreference::LinkSentence(int32_t s) {
  const size_t begin = sentence_begin_[s];
  const size_t end =
      static_cast<size_t>(s) + 1 < sentence_begin_.size() ? sentence_begin_[s + 1] : found_.size();
  speaker_.push_back(InheritedSpeaker(s));
  own_speaker_.push_back(-1);
  std::vector<size_t> first_person;
  for (size_t i = begin; i < end; ++i) {
    const FoundMention& m = found_[i];
    if (m.mention.form == MentionForm::kPronoun) {
      if (IsFirstPerson(LowerText(m))) {
        first_person.push_back(i);
      } else {
        LinkPronoun(i);
      }
      continue;
    }
    if (LinkPair(i) || LinkCountry(i)) continue;
    const PhraseKind kind = m.resolution.kind;
    if (kind == PhraseKind::kRole) {
      if (!LinkOffice(i)) LinkNominal(i);
    } else if (!LinkAcronym(i)) {
      LinkShortName(i);
    }
  }
  for (size_t i = begin; i < end; ++i) InheritFromPossessor(i, end);
  own_speaker_[s] = OwnSpeaker(s);
  if (own_speaker_[s] >= 0) speaker_[s] = -1;
  for (const size_t i : first_person) LinkPronoun(i);
}

// "his troops" are of his country, "the minister's proposal" is the minister's.
void Coreference::InheritFromPossessor(size_t mention, size_t end) {
  FoundMention& m = found_[mention];
  const bool thing = m.resolution.kind == PhraseKind::kThing;
  if (m.resolution.kind != PhraseKind::kRole && !thing) return;
  for (size_t j = mention + 1; j < end && found_[j].mention.first == m.mention.first; ++j) {
    const FoundMention& owner = found_[j];
    if (owner.mention.antecedent < 0 || owner.mention.actors.size() != 1) continue;
    if (thing) {
      Refer(mention, j, 0.8f);
      return;
    }
    const std::string& country = owner.mention.actors[0].country;
    const bool possessive = owner.mention.form == MentionForm::kPronoun;
    if (!possessive || !m.resolution.country.empty() || country.empty()) return;
    // "his allies" are of other countries.
    const nlp::Token& head = document_->sentences[m.mention.sentence].tokens[m.mention.head];
    if (IsCounterpart(AsciiLower(document_->Text(head.span)))) return;
    m.mention.actors = {resolver_->RoleActor(country, m.resolution.sector)};
    m.mention.actors[0].how = "of the country of its possessor";
    m.mention.antecedent = -1;
    m.mention.confidence = owner.mention.confidence * 0.8f;
    return;
  }
}

// What one mention tells about a discovered actor holds for all its mentions.
void Coreference::ShareKnowledge() {
  struct Known {
    std::string country;
    std::string sector;
  };
  std::map<std::string, Known> known;
  const auto learn = [&](const std::string& id, const std::string& country,
                         const std::string& sector) {
    Known& k = known[id];
    if (k.country.empty()) k.country = country;
    if (k.sector.empty() && sector != "UNK") k.sector = sector;
  };
  for (const FoundMention& m : found_) {
    if (m.mention.actors.size() != 1 || !m.mention.actors[0].discovered) continue;
    const ActorRef& actor = m.mention.actors[0];
    learn(actor.id, actor.country, actor.sector);
    if (m.resolution.kind == PhraseKind::kRole || m.resolution.kind == PhraseKind::kName) {
      learn(actor.id, m.resolution.country, m.resolution.sector);
    }
  }
  for (FoundMention& m : found_) {
    for (ActorRef& actor : m.mention.actors) {
      const auto it = actor.discovered ? known.find(actor.id) : known.end();
      if (it == known.end()) continue;
      if (actor.country.empty()) actor.country = it->second.country;
      if (actor.sector.empty()) actor.sector = it->second.sector;
      actor.code = ActorCode(actor.country, actor.sector);
    }
  }
}

DocumentActors Coreference::Finish() {
  const int32_t sentences = static_cast<int32_t>(sentence_begin_.size());
  for (int32_t s = 0; s < sentences; ++s) LinkSentence(s);
  ShareKnowledge();
  // Mentions that stand for nobody leave; the indices move up.
  std::vector<int32_t> moved(found_.size(), -1);
  DocumentActors result;
  for (size_t i = 0; i < found_.size(); ++i) {
    if (found_[i].mention.actors.empty()) continue;
    moved[i] = static_cast<int32_t>(result.mentions.size());
    result.mentions.push_back(std::move(found_[i].mention));
  }
  for (ActorMention& m : result.mentions) {
    if (m.parent >= 0) m.parent = moved[m.parent];
    if (m.antecedent >= 0) m.antecedent = moved[m.antecedent];
  }
  for (const int32_t speaker : speaker_) {
    result.sentence_speaker.push_back(speaker < 0 ? -1 : moved[speaker]);
  }
  return result;
}

}  // namespace entente::coder
