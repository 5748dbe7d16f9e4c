#include "ingest/coder/mention_finder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"

namespace entente::coder {
namespace {

using knowledge::EntryKind;
using nlp::Deprel;
using nlp::Sentence;
using nlp::Token;
using nlp::Upos;

template <size_t N>
bool Among(std::string_view word, const std::array<std::string_view, N>& set) {
  return std::find(set.begin(), set.end(), word) != set.end();
}

bool IsPersonalPronoun(std::string_view w) {
  constexpr std::array<std::string_view, 24> kWords = {
      "he",    "him",    "his", "she",  "her",     "hers",    "they",       "them",
      "their", "theirs", "it",  "its",  "we",      "us",      "our",        "ours",
      "i",     "me",     "my",  "mine", "himself", "herself", "themselves", "itself"};
  return Among(w, kWords);
}

bool IsPlacePreposition(std::string_view w) {
  constexpr std::array<std::string_view, 14> kWords = {
      "in",     "at",         "near", "across",  "around", "inside", "outside",
      "within", "throughout", "into", "through", "off",    "via",    "along"};
  return Among(w, kWords);
}

// Verbs and nouns after which "to" and "from" lead to a place.
bool IsMotion(std::string_view lemma) {
  constexpr std::array<std::string_view, 30> kWords = {
      "travel", "go",       "come",     "fly",     "return", "arrive", "visit", "trip",
      "move",   "head",     "drive",    "journey", "tour",   "flee",   "march", "sail",
      "depart", "leave",    "flight",   "walk",    "escape", "bring",  "take",  "transfer",
      "deport", "evacuate", "withdraw", "rush",    "hurry",  "migrate"};
  return Among(lemma, kWords);
}

bool IsCalendarWord(std::string_view w) {
  constexpr std::array<std::string_view, 28> kWords = {
      "monday",  "tuesday",   "wednesday", "thursday", "friday",   "saturday", "sunday",
      "january", "february",  "march",     "april",    "may",      "june",     "july",
      "august",  "september", "october",   "november", "december", "jan",      "feb",
      "aug",     "sept",      "sep",       "oct",      "nov",      "dec",      "today"};
  return Among(w, kWords);
}

// Nouns that "the two" and "both" make a pair of actors.
bool IsPairOfStates(std::string_view w) {
  constexpr std::array<std::string_view, 11> kWords = {
      "sides",     "countries", "nations", "states", "governments", "neighbours",
      "neighbors", "parties",   "powers",  "rivals", "allies"};
  return Among(w, kWords);
}
bool IsPairOfPersons(std::string_view w) {
  constexpr std::array<std::string_view, 7> kWords = {
      "leaders", "presidents", "ministers", "premiers", "men", "politicians", "diplomats"};
  return Among(w, kWords);
}

// Relations whose words never belong to the phrase of their head.
bool LeavesPhrase(Deprel r) {
  switch (r) {
    case Deprel::kAcl:
    case Deprel::kAclRelcl:
    case Deprel::kAdvcl:
    case Deprel::kParataxis:
    case Deprel::kConj:
    case Deprel::kCc:
    case Deprel::kCcomp:
    case Deprel::kCsubj:
    case Deprel::kMark:
    case Deprel::kNsubj:
    case Deprel::kNsubjPass:
    case Deprel::kObl:
    case Deprel::kOblTmod:
    case Deprel::kNmodTmod:
    case Deprel::kObj:
    case Deprel::kXcomp:
    case Deprel::kCop:
    case Deprel::kAux:
    case Deprel::kAuxPass:
    case Deprel::kAdvmod:
    case Deprel::kCase:
    case Deprel::kDiscourse:
    case Deprel::kExpl:
    case Deprel::kPunct:
    case Deprel::kVocative:
    case Deprel::kDep:
    case Deprel::kList:
    case Deprel::kOrphan:
      return true;
    default:
      return false;
  }
}

class SentenceFinder {
 public:
  SentenceFinder(const ActorResolver& resolver, const nlp::Document& document, int32_t sentence,
                 const ChunkedTokens& text, const ResolveContext& context)
      : resolver_(resolver),
        document_(document),
        index_(sentence),
        sentence_(document.sentences[sentence]),
        text_(text),
        context_(context),
        count_(static_cast<int32_t>(sentence_.tokens.size())) {}

  std::vector<FoundMention> Find();

 private:
  void IndexChildren();
  bool IsPhraseHead(int32_t token) const;
  // Marks what belongs to the phrase of `head`, and cuts it to the run of tokens around the head.
  void PhraseOf(int32_t head, int32_t* first, int32_t* last);
  void Include(int32_t token, bool whole_subtree);
  bool IncludesComplement(int32_t head, int32_t complement) const;
  bool IncludesApposition(int32_t head, int32_t apposition) const;
  void ExtendToChunks(int32_t* first, int32_t* last) const;
  void TrimEdges(int32_t head, int32_t* first, int32_t* last) const;
  void JoinNeighbours(int32_t* first, int32_t* last) const;
  void JoinPossessor(int32_t* first) const;
  bool IsModifierChunk(int32_t token) const;
  void DropTitles();

  void AddPhrase(int32_t first, int32_t last, int32_t head);
  std::vector<const Chunk*> JoinedModifiers(int32_t first, int32_t last) const;
  bool AddJoined(int32_t first, int32_t last, int32_t head);
  ActorRef JoinedActor(const Chunk& modifier, const Resolution& whole) const;
  bool AddOwners(int32_t first, int32_t last, int32_t head);
  bool AddStates(int32_t first, int32_t last, int32_t head);
  bool AddPair(int32_t first, int32_t last, int32_t head);
  void AddPronoun(int32_t token);
  void AddNames();
  void AddNamed(int32_t first, int32_t last);
  bool Has(int32_t first, int32_t last) const;
  void Push(int32_t first, int32_t last, int32_t head, MentionForm form, Resolution resolution);

  bool IsCredibleThing(int32_t first, int32_t last, const Resolution& resolution) const;
  bool IsCredibleName(int32_t first, int32_t last, const Resolution& resolution) const;
  bool Names(int32_t token) const;
  bool TellsRole(int32_t first, int32_t last) const;
  void DecidePlace(ActorMention* mention, const Resolution& resolution) const;
  std::string CaseOf(int32_t head, int32_t first) const;
  int32_t HeadWithin(int32_t first, int32_t last) const;
  std::string Lower(int32_t token) const { return AsciiLower(text_.tokens[token]); }
  const Token& At(int32_t token) const { return sentence_.tokens[token]; }

  const ActorResolver& resolver_;
  const nlp::Document& document_;
  const int32_t index_;
  const Sentence& sentence_;
  const ChunkedTokens& text_;
  const ResolveContext& context_;
  const int32_t count_;
  std::vector<int32_t> first_child_;  // linked lists of children
  std::vector<int32_t> next_sibling_;
  std::vector<char> included_;
  std::vector<FoundMention> found_;
};

void SentenceFinder::IndexChildren() {
  first_child_.assign(count_, -1);
  next_sibling_.assign(count_, -1);
  for (int32_t t = count_ - 1; t >= 0; --t) {
    const int32_t head = At(t).head;
    if (head < 0 || head >= count_ || head == t) continue;
    next_sibling_[t] = first_child_[head];
    first_child_[head] = t;
  }
}

bool SentenceFinder::IsPhraseHead(int32_t t) const {
  const Token& token = At(t);
  switch (token.deprel) {
    case Deprel::kCompound:
    case Deprel::kFlat:
    case Deprel::kFixed:
    case Deprel::kGoeswith:
    case Deprel::kCase:
    case Deprel::kPunct:
      return false;
    default:
      break;
  }
  if (token.upos == Upos::kNoun || token.upos == Upos::kPropn) return true;
  const Chunk* chunk = text_.At(t);
  if (token.upos == Upos::kAdj) {
    // "France's representative said": a noun that the tagger took for an adjective.
    const bool argument = token.deprel == Deprel::kNsubj || token.deprel == Deprel::kObj ||
                          token.deprel == Deprel::kNsubjPass || token.deprel == Deprel::kObl;
    if (argument && chunk != nullptr && TellsRole(t, t)) return true;
    // "the displaced", "the French": an adjective that a determiner makes a noun.
    bool determined = false;
    for (int32_t c = first_child_[t]; c >= 0; c = next_sibling_[c]) {
      determined = determined || At(c).deprel == Deprel::kDet;
    }
    return chunk != nullptr && determined && token.deprel != Deprel::kAmod;
  }
  const bool name_tag = token.upos == Upos::kX || token.upos == Upos::kSym;
  return chunk != nullptr && name_tag;
}

bool SentenceFinder::TellsRole(int32_t first, int32_t last) const {
  for (int32_t t = first; t <= last; ++t) {
    const Chunk* chunk = text_.At(t);
    if (chunk != nullptr && (chunk->Is(EntryKind::kOfficeTerm) || chunk->Is(EntryKind::kTitle) ||
                             chunk->Is(EntryKind::kRoleNoun))) {
      return true;
    }
  }
  return false;
}

// True if the token is part of something named: a proper noun or a chunk with a name.
bool SentenceFinder::Names(int32_t token) const {
  const Chunk* chunk = text_.At(token);
  if (chunk == nullptr) return At(token).upos == Upos::kPropn;
  return chunk->Is(EntryKind::kStateName) || chunk->Is(EntryKind::kCapital) ||
         chunk->Is(EntryKind::kOrganization) || chunk->Is(EntryKind::kPerson) ||
         chunk->Is(EntryKind::kMetonym) || chunk->Is(EntryKind::kPlace) ||
         At(token).upos == Upos::kPropn;
}

// Prepositional phrases that say whose or where somebody is. A name takes "of" alone: what follows
// "Donald Trump in" belongs to the verb.
bool SentenceFinder::IncludesComplement(int32_t head, int32_t complement) const {
  if (complement < head || IsCalendarWord(Lower(complement)) || At(complement).upos == Upos::kNum) {
    return false;
  }
  const bool role = TellsRole(head, head);
  for (int32_t c = first_child_[complement]; c >= 0; c = next_sibling_[c]) {
    if (At(c).deprel != Deprel::kCase || c > complement) continue;
    const std::string word = Lower(c);
    if (word == "of") return true;
    if (At(head).upos == Upos::kPropn && !role) return false;
    return word == "in" || word == "at" || word == "from" || word == "to" ||
           (role && word == "for");
  }
  return false;
}

// A list that the parser took for an apposition ("Russia, China") has names on both sides and no
// role on either.
bool SentenceFinder::IncludesApposition(int32_t head, int32_t apposition) const {
  if (apposition < head) return false;
  if (!Names(head) || !Names(apposition)) return true;
  int32_t first = apposition;
  int32_t last = apposition;
  for (int32_t c = first_child_[apposition]; c >= 0; c = next_sibling_[c]) {
    first = std::min(first, c);
    last = std::max(last, c);
  }
  return TellsRole(first, last) || TellsRole(std::max(0, head - 3), head);
}

void SentenceFinder::Include(int32_t token, bool whole_subtree) {
  included_[token] = 1;
  for (int32_t c = first_child_[token]; c >= 0; c = next_sibling_[c]) {
    const Deprel r = At(c).deprel;
    if (whole_subtree) {
      if (r != Deprel::kAclRelcl && r != Deprel::kAcl && r != Deprel::kAdvcl &&
          r != Deprel::kParataxis && r != Deprel::kPunct) {
        Include(c, true);
      }
    } else if (r == Deprel::kNmod) {
      if (IncludesComplement(token, c)) {
        Include(c, false);
        for (int32_t g = first_child_[c]; g >= 0; g = next_sibling_[g]) {
          if (At(g).deprel == Deprel::kCase) Include(g, true);
        }
      }
    } else if (r == Deprel::kAppos) {
      if (IncludesApposition(token, c)) Include(c, false);
    } else if (!LeavesPhrase(r)) {
      Include(c, true);
    }
  }
}

void SentenceFinder::PhraseOf(int32_t head, int32_t* first, int32_t* last) {
  std::fill(included_.begin(), included_.end(), 0);
  Include(head, false);
  // Punctuation between two included tokens goes with them.
  const auto bridges = [&](int32_t t, int32_t step) {
    const int32_t beyond = t + step;
    return At(t).upos == Upos::kPunct && beyond >= 0 && beyond < count_ && included_[beyond] != 0;
  };
  *first = *last = head;
  while (*first > 0 && (included_[*first - 1] != 0 || bridges(*first - 1, -1))) --*first;
  while (*last + 1 < count_ && (included_[*last + 1] != 0 || bridges(*last + 1, 1))) ++*last;
}

// A name that the parse tore apart is taken whole.
void SentenceFinder::ExtendToChunks(int32_t* first, int32_t* last) const {
  const Chunk* left = text_.At(*first);
  if (left != nullptr) *first = std::min(*first, left->first);
  const Chunk* right = text_.At(*last);
  if (right != nullptr) *last = std::max(*last, right->last);
}

// Cuts off what a wrong parse left at the edges: punctuation, prepositions, a last "'s", "last
// week".
void SentenceFinder::TrimEdges(int32_t head, int32_t* first, int32_t* last) const {
  const auto stray = [&](int32_t t) {
    const Upos upos = At(t).upos;
    return t != head && text_.At(t) == nullptr &&
           (upos == Upos::kPunct || upos == Upos::kAdp || upos == Upos::kCconj ||
            upos == Upos::kSconj || upos == Upos::kAux || upos == Upos::kVerb);
  };
  const auto stray_end = [&](int32_t t) {
    const std::string word = Lower(t);
    return stray(t) || (t != head && text_.At(t) == nullptr &&
                        (At(t).upos == Upos::kDet || At(t).upos == Upos::kPart || word == "'s" ||
                         word == "’s" || word == "last" || word == "next"));
  };
  int32_t open = -1;
  for (int32_t t = *first; t <= *last; ++t) {
    if (text_.tokens[t] == "(") open = t;
    if (text_.tokens[t] == ")") open = -1;
  }
  if (open > head) {
    const bool closes = *last + 1 < count_ && text_.tokens[*last + 1] == ")";
    *last = closes ? *last + 1 : open - 1;
    if (closes) return;
  }
  // "calling President Assad a murderer": a determiner in the middle begins another phrase.
  for (int32_t t = head + 1; t <= *last; ++t) {
    const Upos before = At(t - 1).upos;
    const bool follows = before == Upos::kAdp || before == Upos::kPunct || before == Upos::kCconj;
    const std::string word = Lower(t);
    if (follows || text_.At(t) != nullptr || (word != "a" && word != "an" && word != "the"))
      continue;
    *last = t - 1;
    break;
  }
  while (*last > *first && stray_end(*last)) --*last;
  const auto stray_start = [&](int32_t t) {
    const bool quantity = Lower(t) == "at" && (Lower(t + 1) == "least" || Lower(t + 1) == "most");
    return (stray(t) && !quantity) ||
           (t != head && text_.At(t) == nullptr && At(t).xpos.starts_with('W'));
  };
  while (*first < *last && stray_start(*first)) ++*first;
}

// What a wrong parse parted is joined: a title or role right before a name ("Ambassador" + "Philip
// Goldberg"), and "of" with a name behind an office ("the leader" + "of North Korea").
void SentenceFinder::JoinNeighbours(int32_t* first, int32_t* last) const {
  const Chunk* start = text_.At(*first);
  const bool name =
      At(*first).upos == Upos::kPropn &&
      (start == nullptr || start->Is(EntryKind::kPerson) || start->Is(EntryKind::kGivenName));
  if (name && *first > 0) {
    const Chunk* before = text_.At(*first - 1);
    const bool title = before != nullptr && before->last == *first - 1 && !before->partial &&
                       (before->Is(EntryKind::kTitle) || before->Is(EntryKind::kOfficeTerm) ||
                        (before->Is(EntryKind::kRoleNoun) && At(*first - 1).upos != Upos::kVerb));
    if (title) {
      *first = before->first;
      while (*first > 0 && IsModifierChunk(*first - 1)) *first = text_.At(*first - 1)->first;
      if (*first > 0 && At(*first - 1).upos == Upos::kDet) --*first;
    }
  }
  JoinPossessor(first);
  const Chunk* end = text_.At(*last);
  const bool role = end != nullptr && end->last == *last &&
                    (end->Is(EntryKind::kOfficeTerm) || end->Is(EntryKind::kRoleNoun));
  if (!role || *last + 2 >= count_ || text_.tokens[*last + 1] != "of") return;
  int32_t next = *last + 2;
  if (At(next).upos == Upos::kDet && next + 1 < count_) ++next;
  const Chunk* owner = text_.At(next);
  const bool named = owner != nullptr && owner->first == next && Names(next);
  if (named) *last = owner->last;
}

// "China" + "'s" + "Premier Li Keqiang".
void SentenceFinder::JoinPossessor(int32_t* first) const {
  if (*first < 2) return;
  const std::string mark = Lower(*first - 1);
  const Chunk* owner = text_.At(*first - 2);
  const Chunk* start = text_.At(*first);
  const bool role = start != nullptr && start->first == *first &&
                    (start->Is(EntryKind::kTitle) || start->Is(EntryKind::kOfficeTerm) ||
                     start->Is(EntryKind::kRoleNoun));
  if (!role || (mark != "'s" && mark != "’s") || owner == nullptr || !Names(*first - 2)) return;
  *first = owner->first;
  if (*first > 0 && At(*first - 1).upos == Upos::kDet) --*first;
}

// A state, demonym or organisation before a title: "Russian" in "Russian President Putin".
bool SentenceFinder::IsModifierChunk(int32_t token) const {
  const Chunk* chunk = text_.At(token);
  return chunk != nullptr && chunk->last == token && !chunk->partial &&
         (chunk->Is(EntryKind::kDemonym) || chunk->Is(EntryKind::kStateName) ||
          chunk->Is(EntryKind::kOrganization));
}

bool SentenceFinder::Has(int32_t first, int32_t last) const {
  return std::any_of(found_.begin(), found_.end(), [&](const FoundMention& m) {
    return m.mention.first == first && m.mention.last == last;
  });
}

int32_t SentenceFinder::HeadWithin(int32_t first, int32_t last) const {
  for (int32_t t = first; t <= last; ++t) {
    const int32_t head = At(t).head;
    if (head < first || head > last) return t;
  }
  return last;
}

// The preposition before the phrase: by the parse, else by what stands right before it.
std::string SentenceFinder::CaseOf(int32_t head, int32_t first) const {
  for (int32_t c = first_child_[head]; c >= 0; c = next_sibling_[c]) {
    if (At(c).deprel == Deprel::kCase && c < head) return Lower(c);
  }
  int32_t before = first - 1;
  if (before >= 0 && At(before).upos == Upos::kDet) --before;
  return before >= 0 && At(before).upos == Upos::kAdp ? Lower(before) : std::string();
}

void SentenceFinder::DecidePlace(ActorMention* mention, const Resolution& resolution) const {
  mention->place = resolution.place;
  if (resolution.kind != PhraseKind::kState && resolution.kind != PhraseKind::kPlace) {
    const bool location_name =
        resolution.actor.discovered && resolution.actor.id.starts_with("place:");
    if (!location_name) {
      mention->place = -1;
      return;
    }
  }
  if (sentence_.kind == nlp::BlockKind::kDateline) {
    mention->is_place = true;
    return;
  }
  // "ISLAMABAD: …", "JERUSALEM (AP) --": a dateline that the layout did not show.
  const int32_t next = mention->last + 1;
  if (mention->first == 0 && next < count_) {
    const std::string_view w = text_.tokens[next];
    // "South Korea-U.S. drills" is none.
    const bool dash = w == "-" && At(mention->last).space_after;
    mention->is_place = w == ":" || w == "(" || dash || w == "--" || w == "–" || w == "—";
    if (mention->is_place) return;
  }
  const std::string link = CaseOf(mention->head, mention->first);
  if (IsPlacePreposition(link)) {
    mention->is_place = true;
  } else if (link == "to" || link == "from") {
    const int32_t governor = At(mention->head).head;
    mention->is_place = governor >= 0 && IsMotion(At(governor).lemma);
  }
}

// Of things only those whose owner stands before them, or that belong to an armed or ruling body
// ("a police station", but not "a military solution").
bool SentenceFinder::IsCredibleThing(int32_t first, int32_t last, const Resolution& r) const {
  if (r.owner_behind) return false;
  if (!r.country.empty() || r.actor.kind != v1::UNNAMED_ROLE) return true;
  if (r.sector != "MIL" && r.sector != "COP" && r.sector != "REB" && r.sector != "GOV") {
    return false;
  }
  for (int32_t t = first; t <= last; ++t) {
    if (TellsRole(t, t) && At(t).upos != Upos::kAdj) return true;
  }
  return false;
}

// A name that no table has needs some other sign that it is one.
bool SentenceFinder::IsCredibleName(int32_t first, int32_t last,
                                    const Resolution& resolution) const {
  if (!resolution.actor.discovered) return true;
  bool tagged = false;
  bool proper = false;
  for (int32_t t = first; t <= last; ++t) {
    const auto& kind = context_.name_kinds[t];
    if (IsCalendarWord(Lower(t)) && kind != nlp::NameKind::kPerson) return false;
    if (kind.has_value() && *kind == nlp::NameKind::kOther) return false;
    tagged = tagged || kind.has_value();
    proper = proper || At(t).xpos == "NNP" || At(t).xpos == "NNPS";
  }
  if (sentence_.kind == nlp::BlockKind::kHeadline) return tagged || resolution.person;
  return tagged || (proper && resolution.confidence >= 0.5f);
}

void SentenceFinder::Push(int32_t first, int32_t last, int32_t head, MentionForm form,
                          Resolution resolution) {
  FoundMention found;
  ActorMention& m = found.mention;
  m.sentence = index_;
  m.first = first;
  m.last = last;
  m.head = head;
  m.span = {At(first).span.begin, At(last).span.end};
  m.form = form;
  m.confidence = resolution.confidence;
  if (!resolution.actor.id.empty()) m.actors.push_back(resolution.actor);
  DecidePlace(&m, resolution);
  // A capital stands for the government as an actor, not as a place: "killed in Kiev".
  if (m.is_place && resolution.capital && m.actors.size() == 1) {
    m.actors = {resolver_.StateActor(m.actors[0].country)};
  }
  found.resolution = std::move(resolution);
  found_.push_back(std::move(found));
}

void SentenceFinder::AddPhrase(int32_t first, int32_t last, int32_t head) {
  ExtendToChunks(&first, &last);
  TrimEdges(head, &first, &last);
  JoinNeighbours(&first, &last);
  if (At(head).head >= first && At(head).head <= last) head = HeadWithin(first, last);
  if (Has(first, last) || AddPair(first, last, head) || AddStates(first, last, head) ||
      AddJoined(first, last, head) || AddOwners(first, last, head)) {
    return;
  }
  Resolution r = resolver_.ResolveTokens(text_, first, last, context_);
  if (r.kind == PhraseKind::kNothing || r.actor.id.empty()) return;
  if (r.kind == PhraseKind::kThing && !IsCredibleThing(first, last, r)) return;
  if (!IsCredibleName(first, last, r)) return;
  // "Today", and titles without a name.
  if (r.sector == "JNK" || (r.kind == PhraseKind::kRole && r.sector.empty() && r.country.empty())) {
    return;
  }
  const bool named =
      r.kind == PhraseKind::kName || r.kind == PhraseKind::kState || r.kind == PhraseKind::kPlace;
  Push(first, last, head, named ? MentionForm::kName : MentionForm::kNominal, std::move(r));
}

// The modifiers of "U.S., EU and South Korean troops"; fewer than two if the phrase does not begin
// with several that are joined that way.
std::vector<const Chunk*> SentenceFinder::JoinedModifiers(int32_t first, int32_t last) const {
  std::vector<const Chunk*> modifiers;
  bool conjunction = false;
  for (int32_t t = first; t <= last; ++t) {
    const Chunk* chunk = text_.At(t);
    const bool link = text_.tokens[t] == "and" || text_.tokens[t] == ",";
    if (link) conjunction = conjunction || text_.tokens[t] == "and";
    if (link || (modifiers.empty() && chunk == nullptr)) continue;
    if (chunk == nullptr || !IsModifierChunk(chunk->last) || chunk->last >= last) break;
    // Two in a row are one: "South Korean", "Iraqi Kurdish".
    if (!modifiers.empty() && modifiers.back()->last + 1 == chunk->first) modifiers.pop_back();
    modifiers.push_back(chunk);
    t = chunk->last;
  }
  if (!conjunction) modifiers.clear();
  return modifiers;
}

// What one modifier makes of the role that it shares: "British" of "British and EU negotiators".
ActorRef SentenceFinder::JoinedActor(const Chunk& modifier, const Resolution& whole) const {
  const Resolution own = resolver_.ResolveTokens(text_, modifier.first, modifier.last, context_);
  if (own.actor.country.empty() || own.actor.kind == v1::INTERNATIONAL_ORGANIZATION) {
    return own.actor;
  }
  const knowledge::Lexicon& lexicon = resolver_.lexicon();
  if (!whole.office.empty()) {
    const knowledge::Term* term = lexicon.Holder(own.actor.country, whole.office, context_.date);
    if (term != nullptr) {
      return resolver_.PersonActor(lexicon.persons()[term->person], context_.date, whole.sector);
    }
  }
  return resolver_.RoleActor(own.actor.country, whole.actor.sector);
}

// "Ethiopian, Mozambican and South African troops": an actor for each of the joined modifiers.
bool SentenceFinder::AddJoined(int32_t first, int32_t last, int32_t head) {
  const std::vector<const Chunk*> modifiers = JoinedModifiers(first, last);
  if (modifiers.size() < 2) return false;
  Resolution r = resolver_.ResolveTokens(text_, modifiers.back()->first, last, context_);
  if (r.kind != PhraseKind::kRole || r.actor.kind == v1::PERSON || r.actor.id.empty()) return false;
  std::vector<ActorRef> actors;
  for (const Chunk* modifier : modifiers) {
    const bool is_last = modifier == modifiers.back();
    ActorRef actor = is_last && r.office.empty() ? r.actor : JoinedActor(*modifier, r);
    if (actor.id.empty()) return false;
    actor.span = {At(modifier->first).span.begin, At(is_last ? last : modifier->last).span.end};
    actors.push_back(std::move(actor));
  }
  r.plural = true;
  Push(first, last, head, MentionForm::kNominal, std::move(r));
  found_.back().mention.actors = std::move(actors);
  return true;
}

// "the leaders of Japan and South Korea", "officials from Thailand and Cambodia": one of each.
bool SentenceFinder::AddOwners(int32_t first, int32_t last, int32_t head) {
  int32_t owner = -1;
  for (int32_t c = first_child_[head]; c >= 0 && owner < 0; c = next_sibling_[c]) {
    if (At(c).deprel != Deprel::kNmod || c < head || c > last) continue;
    const std::string link = CaseOf(c, c);
    if (link == "of" || link == "from") owner = c;
  }
  if (owner < 0) return false;
  std::vector<int32_t> owners = {owner};
  for (int32_t c = first_child_[owner]; c >= 0; c = next_sibling_[c]) {
    if (At(c).deprel == Deprel::kConj && c > owner) owners.push_back(c);
  }
  if (owners.size() < 2) return false;
  Resolution r = resolver_.ResolveTokens(text_, first, last, context_);
  if (r.kind != PhraseKind::kRole || !r.plural || r.actor.id.empty()) return false;
  std::vector<ActorRef> actors;
  for (const int32_t one : owners) {
    const Chunk* chunk = text_.At(one);
    if (chunk == nullptr || chunk->partial || !Names(one)) return false;
    ActorRef actor = JoinedActor(*chunk, r);
    if (actor.id.empty() || actor.country.empty()) return false;
    const int32_t begin = one == owner ? first : chunk->first;
    actor.span = {At(begin).span.begin, At(chunk->last).span.end};
    actors.push_back(std::move(actor));
    last = std::max(last, chunk->last);
  }
  Push(first, last, head, MentionForm::kNominal, std::move(r));
  found_.back().mention.actors = std::move(actors);
  return true;
}

// "the two leaders", "both sides", "the two Korean presidents": coreference says who they are.
bool SentenceFinder::AddPair(int32_t first, int32_t last, int32_t head) {
  const std::string noun = Lower(head);
  const bool persons = IsPairOfPersons(noun);
  if (!persons && !IsPairOfStates(noun)) return false;
  const std::string start = Lower(first);
  const bool both = start == "both";
  const bool two = start == "the" && first + 1 <= last && Lower(first + 1) == "two";
  const bool sides = start == "the" && noun == "sides" && head == first + 1;
  if (!both && !two && !sides) return false;
  Resolution r;
  r.kind = PhraseKind::kRole;
  r.plural = true;
  r.person = persons;
  Push(first, last, head, MentionForm::kNominal, std::move(r));
  return true;
}

// "North and South Korea", "the two Koreas": two states, by the part of the name that they share.
bool SentenceFinder::AddStates(int32_t first, int32_t last, int32_t head) {
  const std::string shared(document_.Text(At(last).span));
  std::string one = "North";
  std::string other = "South";
  std::string name = shared;
  int32_t begin = last;
  if (last - first >= 3 && Lower(last - 2) == "and") {
    one = document_.Text(At(last - 3).span);
    other = document_.Text(At(last - 1).span);
    begin = last - 3;
  } else if (shared.size() > 3 && shared.back() == 's' && At(last).upos == Upos::kPropn) {
    name.pop_back();
    if (begin > first && (Lower(begin - 1) == "two" || Lower(begin - 1) == "both")) --begin;
  } else {
    return false;
  }
  if (begin > first && Lower(begin - 1) == "the") --begin;
  if (begin != first) return false;
  std::vector<ActorRef> actors;
  for (const std::string& part : {one, other}) {
    Resolution r = resolver_.Resolve(Cat(part, " ", name), "", context_.date);
    if (r.kind != PhraseKind::kState || r.actor.kind != v1::STATE) return false;
    actors.push_back(std::move(r.actor));
  }
  if (actors[0].id == actors[1].id) return false;
  Resolution r = resolver_.Resolve(Cat(other, " ", name), "", context_.date);
  r.plural = true;
  Push(first, last, head, MentionForm::kName, std::move(r));
  found_.back().mention.actors = std::move(actors);
  return true;
}

void SentenceFinder::AddPronoun(int32_t token) {
  if (At(token).upos != Upos::kPron || At(token).deprel == Deprel::kExpl) return;
  const std::string word = Lower(token);
  if (!IsPersonalPronoun(word)) return;
  // "US" in capitals is the state.
  if (text_.At(token) != nullptr) return;
  Resolution r;
  r.plural =
      word.starts_with("the") || word.starts_with("we") || word.starts_with("our") || word == "us";
  r.person = word.starts_with("h") || word.starts_with("s") || word == "i" || word == "me" ||
             word.starts_with("m");
  Push(token, token, token, MentionForm::kPronoun, std::move(r));
}

void SentenceFinder::AddNamed(int32_t first, int32_t last) {
  if (Has(first, last)) return;
  Resolution r = resolver_.ResolveTokens(text_, first, last, context_);
  if (r.kind == PhraseKind::kNothing || r.actor.id.empty() || r.kind == PhraseKind::kThing) return;
  if (r.sector == "JNK") return;
  if (!IsCredibleName(first, last, r)) return;
  const int32_t head = HeadWithin(first, last);
  // What a mention with the same head already says need not be said again.
  for (const FoundMention& m : found_) {
    if (m.mention.head == head && m.mention.first <= first && last <= m.mention.last) return;
    const bool inside = m.mention.first <= first && last <= m.mention.last;
    if (inside && !m.mention.actors.empty() && m.resolution.kind == PhraseKind::kName &&
        m.mention.actors[0].id == r.actor.id) {
      return;
    }
  }
  const bool adjective = r.kind == PhraseKind::kPeople &&
                         (At(head).deprel == Deprel::kAmod || At(head).upos == Upos::kAdj);
  Push(first, last, head, adjective ? MentionForm::kDemonym : MentionForm::kName, std::move(r));
}

// The second way: every name that the lexicon or the tagger knows and the parse did not lead to.
void SentenceFinder::AddNames() {
  for (const Chunk& chunk : text_.chunks) {
    if (chunk.partial || chunk.opposed) continue;
    const bool name = chunk.Is(EntryKind::kStateName) || chunk.Is(EntryKind::kDemonym) ||
                      chunk.Is(EntryKind::kCapital) || chunk.Is(EntryKind::kMetonym) ||
                      chunk.Is(EntryKind::kOrganization);
    if (name) AddNamed(chunk.first, chunk.last);
  }
  for (const nlp::Name& name : sentence_.names) {
    int32_t first = name.first;
    int32_t last = name.last;
    ExtendToChunks(&first, &last);
    AddNamed(first, last);
  }
}

// "President" inside "President Vladimir Putin" is nobody else.
void SentenceFinder::DropTitles() {
  const auto inside_name = [&](const FoundMention& role) {
    if (role.resolution.kind != PhraseKind::kRole) return false;
    return std::any_of(found_.begin(), found_.end(), [&](const FoundMention& name) {
      const ActorMention& m = name.mention;
      return name.resolution.kind == PhraseKind::kName && name.resolution.person &&
             m.first <= role.mention.first && role.mention.last <= m.last &&
             m.last - m.first > role.mention.last - role.mention.first;
    });
  };
  found_.erase(std::remove_if(found_.begin(), found_.end(), inside_name), found_.end());
}

std::vector<FoundMention> SentenceFinder::Find() {
  IndexChildren();
  included_.assign(count_, 0);
  for (int32_t t = 0; t < count_; ++t) {
    AddPronoun(t);
    if (!IsPhraseHead(t)) continue;
    int32_t first = t;
    int32_t last = t;
    PhraseOf(t, &first, &last);
    AddPhrase(first, last, t);
  }
  AddNames();
  DropTitles();
  std::sort(found_.begin(), found_.end(), [](const FoundMention& a, const FoundMention& b) {
    if (a.mention.first != b.mention.first) return a.mention.first < b.mention.first;
    return a.mention.last > b.mention.last;
  });
  return std::move(found_);
}

}  // namespace

ChunkedTokens ChunkSentence(const knowledge::Lexicon& lexicon, const nlp::Document& document,
                            const Sentence& sentence) {
  std::vector<std::string_view> tokens;
  tokens.reserve(sentence.tokens.size());
  for (const Token& token : sentence.tokens) tokens.push_back(document.Text(token.span));
  return ChunkTokens(lexicon, std::move(tokens));
}

std::vector<FoundMention> FindMentions(const ActorResolver& resolver, const nlp::Document& document,
                                       int32_t sentence, const ChunkedTokens& text,
                                       const ResolveContext& context) {
  return SentenceFinder(resolver, document, sentence, text, context).Find();
}

}  // namespace entente::coder
