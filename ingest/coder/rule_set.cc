#include "ingest/coder/rule_set.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"

namespace entente::coder {
namespace {

constexpr size_t kFileBytesMax = 4 << 20;
constexpr size_t kRulesMax = 20000;

constexpr std::string_view kPrepositions[] = {
    "about",  "above",      "across",  "after",   "against",    "ahead",   "along",    "alongside",
    "amid",   "among",      "around",  "as",      "at",         "before",  "behind",   "between",
    "beyond", "by",         "down",    "during",  "concerning", "for",     "from",     "in",
    "inside", "into",       "near",    "of",      "off",        "on",      "onto",     "out",
    "over",   "regarding",  "through", "to",      "toward",     "towards", "under",    "until",
    "up",     "upon",       "via",     "with",    "within",     "without", "because",  "despite",
    "since",  "throughout", "behalf",  "past",    "like",       "outside", "than",     "back",
    "away",   "beside",     "below",   "beneath", "aboard",     "home",    "opposite", "beyond"};

bool IsPreposition(std::string_view word) {
  return std::find(std::begin(kPrepositions), std::end(kPrepositions), word) !=
         std::end(kPrepositions);
}

// Words of the list above that are nouns or verbs as well: "raid home|office", "comp back|support".
bool IsWordAsWell(std::string_view word) {
  constexpr std::array<std::string_view, 6> kWords = {"home", "back", "past",
                                                      "like", "down", "behalf"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// The first of several words that is no preposition although another one is; empty if there is
// none.
std::string_view OddOneOut(std::string_view alternatives) {
  std::string_view odd;
  bool any = false;
  for (const std::string_view word : Split(alternatives, '|')) {
    if (IsPreposition(word)) {
      any = any || !IsWordAsWell(word);
    } else if (odd.empty()) {
      odd = word;
    }
  }
  return any ? odd : std::string_view();
}

bool AllPrepositions(std::string_view alternatives) {
  for (const std::string_view word : Split(alternatives, '|')) {
    if (!IsPreposition(word)) return false;
  }
  return true;
}

// "comp", or "comp:for|of" for a clause that one of these brings in.
bool IsComplement(std::string_view word) { return word == "comp" || word.substr(0, 5) == "comp:"; }

bool IsNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

bool IsName(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), IsNameByte);
}

struct StatusName {
  std::string_view name;
  v1::EventStatus status;
};
constexpr std::array<StatusName, 12> kStatusNames = {{{"occurred", v1::OCCURRED},
                                                      {"ongoing", v1::ONGOING},
                                                      {"planned", v1::PLANNED},
                                                      {"called_for", v1::CALLED_FOR},
                                                      {"offered", v1::OFFERED},
                                                      {"threatened", v1::THREATENED},
                                                      {"alleged", v1::ALLEGED},
                                                      {"denied", v1::DENIED},
                                                      {"refused", v1::REFUSED},
                                                      {"hypothetical", v1::HYPOTHETICAL},
                                                      {"historical", v1::HISTORICAL},
                                                      {"none", v1::EVENT_STATUS_UNSPECIFIED}}};

const StatusName* FindStatus(std::string_view name) {
  for (const StatusName& entry : kStatusNames) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

// A piece of a line with the column (from 1) at which it begins.
struct Piece {
  std::string_view text;
  size_t column = 1;
};

std::vector<Piece> SplitSpaces(std::string_view line, size_t column) {
  std::vector<Piece> pieces;
  size_t i = 0;
  while (i < line.size()) {
    if (line[i] == ' ' || line[i] == '\t') {
      ++i;
      continue;
    }
    const size_t begin = i;
    while (i < line.size() && line[i] != ' ' && line[i] != '\t') ++i;
    pieces.push_back({line.substr(begin, i - begin), column + begin});
  }
  return pieces;
}

std::vector<Piece> SplitAt(std::string_view line, size_t column, char separator) {
  std::vector<Piece> pieces;
  size_t begin = 0;
  for (size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] != separator) continue;
    const std::string_view piece = line.substr(begin, i - begin);
    const size_t blanks = std::min(piece.find_first_not_of(" \t"), piece.size());
    pieces.push_back({Trim(piece), column + begin + blanks});
    begin = i + 1;
  }
  return pieces;
}

}  // namespace

void WordSet::Add(std::string_view phrase) {
  std::vector<std::string> words;
  for (const Piece& piece : SplitSpaces(phrase, 1)) words.emplace_back(piece.text);
  if (words.empty()) return;
  const std::string last = words.back();
  words.pop_back();
  std::reverse(words.begin(), words.end());
  std::vector<std::vector<std::string>>& heads = by_last_word_[last];
  if (std::find(heads.begin(), heads.end(), words) == heads.end()) heads.push_back(words);
}

void WordSet::AddAll(const WordSet& other) {
  for (const std::string& phrase : other.Phrases()) Add(phrase);
}

int WordSet::MatchEnd(const std::vector<std::string_view>& words) const {
  if (words.empty()) return 0;
  const auto found = by_last_word_.find(words.back());
  if (found == by_last_word_.end()) return 0;
  int longest = 0;
  for (const std::vector<std::string>& before : found->second) {
    if (before.size() + 1 > words.size()) continue;
    const bool same = std::equal(before.begin(), before.end(), words.rbegin() + 1);
    if (same) longest = std::max(longest, static_cast<int>(before.size()) + 1);
  }
  return longest;
}

std::vector<std::string> WordSet::Phrases() const {
  std::set<std::string> phrases;
  for (const auto& [last, heads] : by_last_word_) {
    for (const std::vector<std::string>& before : heads) {
      std::string phrase;
      for (auto word = before.rbegin(); word != before.rend(); ++word) phrase += *word + " ";
      phrases.insert(phrase + last);
    }
  }
  return {phrases.begin(), phrases.end()};
}

// Reads the files one after the other into a RuleSet.
class RuleParser {
 public:
  RuleParser() : rules_(new RuleSet) {}

  absl::Status ParseFile(const RuleFile& file);
  absl::StatusOr<std::unique_ptr<RuleSet>> Finish();

 private:
  // A logical line: a line and the indented ones that continue it.
  absl::Status ParseLine(std::string_view line);
  absl::Status ParseHeader(std::string_view line);
  absl::Status ParseClass(std::string_view rest, size_t column);
  absl::Status ParseForms(std::string_view rest, size_t column);
  void CollectVerbs();
  void AddRegularForms(const std::string& verb);
  absl::Status ParseStatusWords(std::string_view keyword, std::string_view rest, size_t column);
  absl::Status ParseRule(std::string_view line, size_t colon);
  absl::Status ParsePattern(const Piece& pattern, Rule* rule);
  absl::Status ParseOption(const Piece& option, Rule* rule);
  absl::Status ParseKinds(std::string_view text, size_t column, bool is_role, Slot* slot);
  absl::Status ParseSlot(const Piece& piece, Slot* slot);
  absl::Status AddWords(std::string_view alternatives, size_t column, WordSet* words);
  absl::Status AddTriggers(const Piece& piece, Rule* rule);
  absl::Status Error(size_t column, std::string_view what) const {
    return InvalidArgument(Cat(path_, ":", line_number_, ":", column, ": ", what));
  }

  std::unique_ptr<RuleSet> rules_;
  std::map<std::string, std::string> sources_;  // rule id → where it stands
  std::string path_;
  int line_number_ = 0;  // of the logical line's first
  Rule section_;         // what the section header sets for the rules below it
  bool has_section_ = false;
};

absl::Status RuleParser::ParseFile(const RuleFile& file) {
  path_ = file.path;
  has_section_ = false;
  std::string logical;
  int number = 0;
  const auto flush = [&]() -> absl::Status {
    const absl::Status status = logical.empty() ? absl::OkStatus() : ParseLine(logical);
    logical.clear();
    return status;
  };
  for (std::string_view line : Split(file.contents, '\n')) {
    ++number;
    if (const size_t hash = line.find('#');
        hash != std::string_view::npos && (hash == 0 || line[hash - 1] == ' ')) {
      line = line.substr(0, hash);
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (line.front() == ' ' && !logical.empty()) {
      logical.append(line);
      continue;
    }
    ENTENTE_RETURN_IF_ERROR(flush());
    line_number_ = number;
    logical.assign(line);
  }
  return flush();
}

absl::Status RuleParser::ParseLine(std::string_view line) {
  if (line.front() == ' ') return Error(1, "a continued line without a line to continue");
  if (line.front() == '[') return ParseHeader(line);
  const size_t space = std::min(line.find(' '), line.size());
  const std::string_view keyword = line.substr(0, space);
  const std::string_view rest = line.substr(std::min(space + 1, line.size()));
  if (keyword == "class") return ParseClass(rest, space + 2);
  if (keyword == "forms") return ParseForms(rest, space + 2);
  if (keyword == "embed" || keyword == "modifier" || keyword == "modal") {
    return ParseStatusWords(keyword, rest, space + 2);
  }
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !IsName(line.substr(0, colon))) {
    return Error(1,
                 Cat("expected a section \"[type]\", \"class\", \"forms\", \"embed\", ",
                     "\"modifier\", \"modal\" or a rule \"id: pattern\", found \"", keyword, "\""));
  }
  return ParseRule(line, colon);
}

// "[aid/humanitarian] weight=0.8"
absl::Status RuleParser::ParseHeader(std::string_view line) {
  const size_t end = line.find(']');
  if (end == std::string_view::npos) return Error(line.size(), "expected \"]\" after the type");
  const std::string_view name = line.substr(1, end - 1);
  const size_t slash = std::min(name.find('/'), name.size());
  section_ = Rule{};
  section_.type = std::string(name.substr(0, slash));
  if (slash < name.size()) section_.subtype = std::string(name.substr(slash + 1));
  if (!IsName(section_.type)) return Error(2, "expected the id of an event type");
  has_section_ = true;
  for (const Piece& option : SplitSpaces(line.substr(end + 1), end + 2)) {
    ENTENTE_RETURN_IF_ERROR(ParseOption(option, &section_));
  }
  return absl::OkStatus();
}

// "weapons = weapon, fighter jet, $ammunition"
absl::Status RuleParser::ParseClass(std::string_view rest, size_t column) {
  const size_t equals = rest.find('=');
  const std::string name(Trim(rest.substr(0, std::min(equals, rest.size()))));
  if (equals == std::string_view::npos || !IsName(name)) {
    return Error(column, "expected \"class name = word, word, …\"");
  }
  WordSet& words = rules_->classes_[name];
  for (const Piece& piece : SplitAt(rest.substr(equals + 1), column + equals + 1, ',')) {
    if (piece.text.empty()) return Error(piece.column, "an empty word in the class");
    ENTENTE_RETURN_IF_ERROR(AddWords(piece.text, piece.column, &words));
  }
  return absl::OkStatus();
}

// "strike = struck, stricken"
absl::Status RuleParser::ParseForms(std::string_view rest, size_t column) {
  const size_t equals = rest.find('=');
  const std::string verb(Trim(rest.substr(0, std::min(equals, rest.size()))));
  if (equals == std::string_view::npos || !IsName(verb)) {
    return Error(column, "expected \"forms verb = form, form, …\"");
  }
  for (const Piece& piece : SplitAt(rest.substr(equals + 1), column + equals + 1, ',')) {
    if (piece.text.empty()) return Error(piece.column, "an empty form");
    const auto [old, added] = rules_->verb_forms_.emplace(std::string(piece.text), verb);
    if (!added && old->second != verb) {
      return Error(piece.column, Cat("\"", piece.text, "\" is a form of \"", old->second, "\""));
    }
  }
  return absl::OkStatus();
}

// "planned = agree, pledge"
absl::Status RuleParser::ParseStatusWords(std::string_view keyword, std::string_view rest,
                                          size_t column) {
  const size_t equals = std::min(rest.find('='), rest.size());
  const StatusName* status = FindStatus(Trim(rest.substr(0, equals)));
  if (status == nullptr || equals == rest.size()) {
    return Error(column, "expected \"status = word, word, …\" with a status such as \"planned\"");
  }
  auto* table = keyword == "embed"      ? &rules_->embeddings_
                : keyword == "modifier" ? &rules_->modifiers_
                                        : &rules_->modals_;
  for (const Piece& piece : SplitAt(rest.substr(equals + 1), column + equals + 1, ',')) {
    if (piece.text.empty()) return Error(piece.column, "an empty word in the list");
    if (!table->emplace(std::string(piece.text), Embedding{status->status}).second) {
      return Error(piece.column, Cat("\"", piece.text, "\" has a status already"));
    }
  }
  return absl::OkStatus();
}

absl::Status RuleParser::AddWords(std::string_view alternatives, size_t column, WordSet* words) {
  for (const std::string_view word : Split(alternatives, '|')) {
    if (word.empty()) return Error(column, "an empty alternative");
    if (word.front() != '$' || word.size() == 1) {
      // In a pattern blanks part its elements, so that "riot police" is written "riot+police".
      std::string phrase(word);
      std::replace(phrase.begin(), phrase.end(), '+', ' ');
      words->Add(phrase);
      continue;
    }
    const WordSet* other = rules_->FindClass(word.substr(1));
    if (other == nullptr) {
      return Error(column, Cat("no class \"", word.substr(1), "\" is defined above"));
    }
    words->AddAll(WordSet(*other));
  }
  return absl::OkStatus();
}

// "sell-arms: {supplier} sell … ; weight=0.9"
absl::Status RuleParser::ParseRule(std::string_view line, size_t colon) {
  if (!has_section_) return Error(1, "a rule before any section \"[type]\"");
  if (rules_->rules_.size() >= kRulesMax) return Error(1, "too many rules");
  Rule rule = section_;
  rule.id = std::string(line.substr(0, colon));
  rule.source = Cat(path_, ":", line_number_);
  rule.text = std::string(Trim(line));
  if (const auto [old, added] = sources_.emplace(rule.id, rule.source); !added) {
    return Error(1, Cat("the rule \"", rule.id, "\" stands already at ", old->second));
  }
  const std::vector<Piece> parts = SplitAt(line.substr(colon + 1), colon + 2, ';');
  ENTENTE_RETURN_IF_ERROR(ParsePattern(parts.front(), &rule));
  for (size_t i = 1; i < parts.size(); ++i) ENTENTE_RETURN_IF_ERROR(ParseOption(parts[i], &rule));
  const int32_t index = static_cast<int32_t>(rules_->rules_.size());
  for (const std::string& trigger : rule.triggers) {
    const std::string lemma = trigger.substr(0, trigger.find('_'));
    std::vector<int32_t>& list = rules_->by_trigger_[lemma];
    if (list.empty() || list.back() != index) list.push_back(index);
    if (lemma.size() < trigger.size()) {
      rules_->particles_[lemma].insert(trigger.substr(lemma.size() + 1));
    }
  }
  rules_->rules_.push_back(std::move(rule));
  return absl::OkStatus();
}

// "weight=0.8", "status=planned", "detail.format=summit"
absl::Status RuleParser::ParseOption(const Piece& option, Rule* rule) {
  const size_t equals = option.text.find('=');
  if (equals == std::string_view::npos) return Error(option.column, "expected \"key=value\"");
  const std::string_view key = Trim(option.text.substr(0, equals));
  const std::string_view value = Trim(option.text.substr(equals + 1));
  const size_t column = option.column + equals + 1;
  if (key == "weight") {
    if (ParseDouble(value, &rule->weight) && rule->weight > 0 && rule->weight <= 1) {
      return absl::OkStatus();
    }
    return Error(column, "expected a weight over 0 and up to 1");
  }
  if (key == "priority") {
    int64_t priority = 0;
    if (!ParseInt64(value, &priority) || priority < -100 || priority > 100) {
      return Error(column, "expected a priority from -100 to 100");
    }
    rule->priority = static_cast<int>(priority);
    return absl::OkStatus();
  }
  if (key == "status") {
    const StatusName* status = FindStatus(value);
    if (status == nullptr) return Error(column, Cat("no status \"", value, "\""));
    rule->status = status->status;
    return absl::OkStatus();
  }
  if (key == "mutual") {
    if (value != "yes" && value != "no") return Error(column, "expected yes or no");
    rule->mutual = value == "yes";
    return absl::OkStatus();
  }
  if (key == "negated") {
    if (rule->kind != TriggerKind::kModal) return Error(option.column, "only of a modal's rule");
    if (value != "yes" && value != "any") return Error(column, "expected yes or any");
    rule->negation = value == "yes" ? Negation::kNegated : Negation::kAny;
    return absl::OkStatus();
  }
  if (key == "cameo") {
    rule->cameo = std::string(value);
  } else if (key == "subtype") {
    rule->subtype = std::string(value);
  } else if (key.substr(0, 7) == "detail.") {
    rule->detail[std::string(key.substr(7))] = std::string(value);
  } else {
    return Error(option.column, Cat("unknown key \"", key,
                                    "\"; known are weight, priority, status, mutual, negated, "
                                    "cameo, subtype, detail.FIELD"));
  }
  return absl::OkStatus();
}

// "MIL|REB", "-GOV|STATE"
absl::Status RuleParser::ParseKinds(std::string_view text, size_t column, bool is_role,
                                    Slot* slot) {
  if (!is_role) return Error(column, "only a role has kinds of actors");
  slot->not_kinds = !text.empty() && text.front() == '-';
  if (slot->not_kinds) text.remove_prefix(1);
  for (const std::string_view kind : Split(text, '|')) {
    const bool code = kind.size() >= 3 && std::all_of(kind.begin(), kind.end(),
                                                      [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!code) return Error(column, "expected kinds of actors such as MIL|REB, STATE or IGO");
    slot->kinds.emplace_back(kind);
  }
  return absl::OkStatus();
}

// "{role?@!~/KIND:words}", "{role}'s", "<field?:$class>"
absl::Status RuleParser::ParseSlot(const Piece& piece, Slot* slot) {
  std::string_view text = piece.text;
  const bool is_role = text.front() == '{';
  const size_t close = text.find(is_role ? '}' : '>');
  if (close == std::string_view::npos) {
    return Error(piece.column, Cat("expected \"", is_role ? "}" : ">", "\" to close the slot"));
  }
  const std::string_view tail = text.substr(close + 1);
  if (!tail.empty() && tail != "'s") {
    return Error(piece.column + close + 1, Cat("unexpected \"", tail, "\" after the slot"));
  }
  text = text.substr(1, close - 1);
  const size_t colon = std::min(text.find(':'), text.size());
  std::string_view name = text.substr(0, colon);
  if (const size_t slash = name.find('/'); slash != std::string_view::npos) {
    ENTENTE_RETURN_IF_ERROR(
        ParseKinds(name.substr(slash + 1), piece.column + slash + 2, is_role, slot));
    name = name.substr(0, slash);
  }
  for (; !name.empty() && !IsNameByte(name.back()); name.remove_suffix(1)) {
    switch (name.back()) {
      case '?':
        slot->optional = true;
        break;
      case '@':
        slot->place = true;
        break;
      case '!':
        slot->direct = true;
        break;
      case '~':
        slot->context = true;
        break;
      default:
        return Error(piece.column + name.size(), "expected one of the marks ? @ ! ~");
    }
  }
  if (!IsName(name)) return Error(piece.column + 1, "expected the name of a role or a field");
  (is_role ? slot->role : slot->detail) = std::string(name);
  if (colon == text.size()) return absl::OkStatus();
  return AddWords(text.substr(colon + 1), piece.column + colon + 2, &slot->words);
}

absl::Status RuleParser::AddTriggers(const Piece& piece, Rule* rule) {
  WordSet words;
  ENTENTE_RETURN_IF_ERROR(AddWords(piece.text, piece.column, &words));
  rule->triggers = words.Phrases();
  for (const std::string& trigger : rule->triggers) {
    if (trigger.find(' ') != std::string::npos) {
      return Error(piece.column, Cat("a trigger is one word; put \"", trigger,
                                     "\" as modifier and noun, or as verb_particle"));
    }
  }
  return absl::OkStatus();
}

absl::Status RuleParser::ParsePattern(const Piece& pattern, Rule* rule) {
  std::vector<Piece> pieces = SplitSpaces(pattern.text, pattern.column);
  constexpr std::array<std::pair<std::string_view, TriggerKind>, 5> kKinds = {
      {{"verb", TriggerKind::kVerb},
       {"noun", TriggerKind::kNoun},
       {"adj", TriggerKind::kAdjective},
       {"modal", TriggerKind::kModal},
       {"pair", TriggerKind::kPair}}};
  for (const auto& [word, kind] : kKinds) {
    if (pieces.empty() || pieces.front().text != word) continue;
    rule->kind = kind;
    pieces.erase(pieces.begin());
    break;
  }
  const auto is_word = [&](size_t i) {
    return i < pieces.size() && pieces[i].text.front() != '{' && pieces[i].text.front() != '<' &&
           !IsComplement(pieces[i].text) && pieces[i].text != "speaker" &&
           !AllPrepositions(pieces[i].text);
  };
  // The trigger is the first word of a verb's pattern, and the last of the words that begin a
  // noun's: those before it are its modifiers.
  size_t trigger = 0;
  while (trigger < pieces.size() && !is_word(trigger)) ++trigger;
  if (trigger == pieces.size()) return Error(pattern.column, "the pattern has no trigger word");
  while (rule->kind == TriggerKind::kNoun && is_word(trigger + 1)) ++trigger;
  ENTENTE_RETURN_IF_ERROR(AddTriggers(pieces[trigger], rule));
  Slot pending;
  bool dangling = false;  // a preposition, "comp" or "speaker" waits for its slot
  for (size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (i == trigger) continue;
    if (IsComplement(piece.text) || piece.text == "speaker" || AllPrepositions(piece.text)) {
      if (i < trigger || dangling) return Error(piece.column, "expected a slot or a word here");
      dangling = true;
      pending.relation = IsComplement(piece.text)  ? SlotRelation::kComplement
                         : piece.text == "speaker" ? SlotRelation::kSpeaker
                                                   : SlotRelation::kOblique;
      std::string_view words = piece.text;
      if (pending.relation == SlotRelation::kSpeaker || words == "comp") continue;
      if (pending.relation == SlotRelation::kComplement) words.remove_prefix(5);  // "comp:"
      for (const std::string_view word : Split(words, '|')) {
        pending.prepositions.emplace_back(word);
      }
      continue;
    }
    // Words of both kinds would all be taken for objects.
    const bool bare = is_word(i);
    if (const std::string_view odd = OddOneOut(piece.text); bare && i > trigger && !odd.empty()) {
      return Error(piece.column, Cat("prepositions beside \"", odd, "\", which is none: give each ",
                                     "kind a slot or a rule of its own"));
    }
    Slot slot = dangling ? std::move(pending) : Slot{};
    pending = Slot{};
    const bool before = i < trigger;
    if (!dangling) slot.relation = before ? SlotRelation::kSubject : SlotRelation::kObject;
    dangling = false;
    if (is_word(i)) {
      if (before) slot.relation = SlotRelation::kModifier;
      // "*" is any object: "return something to", unlike "return to".
      if (piece.text != "*") {
        ENTENTE_RETURN_IF_ERROR(AddWords(piece.text, piece.column, &slot.words));
      }
    } else {
      ENTENTE_RETURN_IF_ERROR(ParseSlot(piece, &slot));
      const bool noun_word = rule->kind == TriggerKind::kNoun && !slot.detail.empty();
      if (before && noun_word) slot.relation = SlotRelation::kModifier;
    }
    rule->slots.push_back(std::move(slot));
  }
  if (dangling) return Error(pattern.column, "the pattern ends without the slot it announces");
  return absl::OkStatus();
}

// The verbs that rules start from and that the engine's tables name, without their particles.
void RuleParser::CollectVerbs() {
  const auto add = [&](std::string_view word) {
    rules_->verbs_.emplace(word.substr(0, word.find('_')));
  };
  for (const Rule& rule : rules_->rules_) {
    if (rule.kind != TriggerKind::kVerb) continue;
    for (const std::string& trigger : rule.triggers) add(trigger);
  }
  for (const auto& [word, embedding] : rules_->embeddings_) add(word);
  for (const std::string_view name : {"light", "report", "subject_control", "object_control"}) {
    const WordSet* words = rules_->FindClass(name);
    if (words == nullptr) continue;
    for (const std::string& word : words->Phrases()) add(word);
  }
}

// The forms by the rules of spelling, the last consonant doubled and not: which of the two is right
// need not be known, the other is no word. A form that is a verb itself stays one.
void RuleParser::AddRegularForms(const std::string& verb) {
  constexpr std::string_view kVowels = "aeiou";
  const auto add = [&](const std::string& form) {
    if (rules_->verbs_.count(form) == 0) rules_->verb_forms_.emplace(form, verb);
  };
  const char last = verb.back();
  const bool vowel_last = kVowels.find(last) != std::string_view::npos;
  const std::string stem = verb.substr(0, verb.size() - 1);
  add(verb + "s");
  add(verb + "es");
  if (last == 'e') {
    add(verb + "d");
    add(stem + "ing");
  } else {
    add(verb + "ed");
    add(verb + "ing");
  }
  if (last == 'y') {
    add(stem + "ies");
    add(stem + "ied");
  } else if (!vowel_last) {
    add(verb + last + "ed");
    add(verb + last + "ing");
  }
}

absl::StatusOr<std::unique_ptr<RuleSet>> RuleParser::Finish() {
  if (rules_->rules_.empty()) return NotFound("no event rules");
  CollectVerbs();
  for (const std::string& verb : rules_->verbs_) {
    if (verb.size() > 2) AddRegularForms(verb);
  }
  return std::move(rules_);
}

absl::StatusOr<std::unique_ptr<RuleSet>> RuleSet::Load(const std::string& data_dir) {
  const std::filesystem::path folder = std::filesystem::path(data_dir) / "coder";
  std::vector<std::string> paths;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".rules") paths.push_back(entry->path().string());
  }
  if (error) return NotFound(Cat(folder.string(), ": cannot be read: ", error.message()));
  std::sort(paths.begin(), paths.end());
  std::vector<RuleFile> files;
  for (const std::string& path : paths) {
    ENTENTE_ASSIGN_OR_RETURN(std::string contents, ReadFile(path, kFileBytesMax));
    files.push_back({path, std::move(contents)});
  }
  if (files.empty()) return NotFound(Cat(folder.string(), ": no *.rules file in it"));
  return Parse(files);
}

absl::StatusOr<std::unique_ptr<RuleSet>> RuleSet::Parse(const std::vector<RuleFile>& files) {
  RuleParser parser;
  for (const RuleFile& file : files) ENTENTE_RETURN_IF_ERROR(parser.ParseFile(file));
  return parser.Finish();
}

const std::vector<int32_t>* RuleSet::RulesFor(std::string_view lemma) const {
  const auto found = by_trigger_.find(lemma);
  return found == by_trigger_.end() ? nullptr : &found->second;
}

bool RuleSet::HasRule(std::string_view lemma, TriggerKind kind) const {
  const std::vector<int32_t>* indices = RulesFor(lemma);
  return indices != nullptr && std::any_of(indices->begin(), indices->end(), [&](int32_t index) {
           return rules_[index].kind == kind;
         });
}

std::string_view RuleSet::VerbOfForm(std::string_view form) const {
  const auto found = verb_forms_.find(form);
  return found == verb_forms_.end() ? std::string_view() : std::string_view(found->second);
}

bool RuleSet::HasPhrasal(std::string_view verb, std::string_view particle) const {
  const auto found = particles_.find(verb);
  return found != particles_.end() && found->second.find(particle) != found->second.end();
}

bool RuleSet::IsKnownVerb(std::string_view lemma) const {
  return verbs_.find(lemma) != verbs_.end();
}

bool RuleSet::Has(std::string_view name, std::string_view lemma) const {
  const WordSet* words = FindClass(name);
  return words != nullptr && words->MatchEnd({lemma}) > 0;
}

std::vector<std::string> RuleSet::ClassNames(std::string_view beginning) const {
  std::vector<std::string> names;
  for (const auto& [name, words] : classes_) {
    if (name.starts_with(beginning)) names.push_back(name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

const WordSet* RuleSet::FindClass(std::string_view name) const {
  const auto found = classes_.find(name);
  return found == classes_.end() ? nullptr : &found->second;
}

namespace {
const Embedding* FindIn(const StringMap<Embedding>& table,
                        std::string_view lemma) {
  const auto found = table.find(lemma);
  return found == table.end() ? nullptr : &found->second;
}
}  // namespace

const Embedding* RuleSet::FindEmbedding(std::string_view lemma) const {
  return FindIn(embeddings_, lemma);
}
const Embedding* RuleSet::FindModifier(std::string_view lemma) const {
  return FindIn(modifiers_, lemma);
}
const Embedding* RuleSet::FindModal(std::string_view lemma) const { return FindIn(modals_, lemma); }

}  // namespace entente::coder
