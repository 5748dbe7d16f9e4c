#include "ingest/nlp/tokenizer.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/strings.h"
#include "ingest/nlp/abbreviations.h"

namespace entente::nlp {
namespace {

using Units = std::vector<TextUnit>;

// Where a text ends without a slash, these make "name.tld" a web address.
constexpr std::string_view kDomains[] = {"au",  "ca",  "cn",  "co",   "com", "de", "edu", "eu",
                                         "fr",  "gov", "in",  "info", "int", "io", "jp",  "kr",
                                         "mil", "net", "org", "ru",   "tv",  "uk", "us"};

// Contracted forms without an apostrophe, and where they are cut.
struct FusedForm {
  std::string_view word;  // lower case
  uint32_t cut;           // letters of the first part
};
constexpr FusedForm kFusedForms[] = {
    {"cannot", 3}, {"couldnt", 5},  {"didnt", 3}, {"doesnt", 4}, {"dont", 2},   {"gimme", 3},
    {"gonna", 3},  {"gotta", 3},    {"hadnt", 3}, {"hasnt", 3},  {"havent", 4}, {"isnt", 2},
    {"lemme", 3},  {"shouldnt", 6}, {"wanna", 3}, {"wasnt", 3},  {"werent", 4}, {"wouldnt", 5}};

// Elided words that begin with an apostrophe.
constexpr std::string_view kElided[] = {"bout", "cause", "cos", "em",   "n",    "round",
                                        "til",  "till",  "tis", "twas", "twere"};

constexpr std::string_view kClitics[] = {"'d", "'ll", "'m", "'re", "'s", "'ve"};

template <size_t N>
bool Among(const std::string_view (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool IsApostrophe(char32_t c) { return c == U'\'' || c == U'`' || PlainCharacter(c) == U'\''; }
bool IsHyphen(char32_t c) { return PlainCharacter(c) == U'-'; }
bool IsRegionalIndicator(char32_t c) { return c >= 0x1F1E6 && c <= 0x1F1FF; }
bool IsSkinTone(char32_t c) { return c >= 0x1F3FB && c <= 0x1F3FF; }
bool IsEmoji(char32_t c) { return c >= 0x1F000 && c <= 0x1FAFF; }
bool IsCurrency(char32_t c) {
  return c == U'$' || c == U'£' || c == U'€' || c == U'¥' || c == U'₩' || c == U'₽' || c == U'₹';
}

// Punctuation whose runs are one token: "...", "--", "!!", "?!", "***", "===", "<<", "``", "''".
char32_t RunClass(char32_t c) {
  switch (PlainCharacter(c)) {
    case U'?':
      return U'!';
    case U'.':
    case U'!':
    case U'-':
    case U'*':
    case U'=':
    case U'~':
    case U'<':
    case U'>':
    case U'_':
    case U'`':
    case U'+':
    case U'#':
    case U'\'':
      return PlainCharacter(c);
    case U'—':
    case U'―':
      return U'—';
    default:
      return 0;
  }
}

class ChunkTokenizer {
 public:
  ChunkTokenizer(const Units& units, uint32_t block_end, std::vector<WordSpan>* words)
      : units_(units), block_end_(block_end), words_(*words) {}

  // Tokenises one run [begin, end) without white space.
  void Tokenize(uint32_t begin, uint32_t end) {
    chunk_begin_ = begin;
    web_checked_ = begin;
    end_ = end;
    const size_t first_word = words_.size();
    for (uint32_t i = begin; i < end;) {
      if (units_[i].cls == UnitClass::kInvisible) {
        ++i;
        continue;
      }
      const uint32_t next = Next(i);
      EmitTrimmed(i, next);
      i = next;
    }
    if (words_.size() > first_word) words_.back().space_after = true;
  }

 private:
  char32_t At(uint32_t i) const { return i < end_ ? units_[i].value : U' '; }
  char32_t Plain(uint32_t i) const { return PlainCharacter(At(i)); }
  bool IsWordAt(uint32_t i) const { return i < end_ && units_[i].IsWord(); }
  bool IsLetterAt(uint32_t i) const { return i < end_ && units_[i].IsLetter(); }
  bool IsDigitAt(uint32_t i) const { return i < end_ && units_[i].IsDigit(); }
  bool IsUpperAt(uint32_t i) const { return i < end_ && units_[i].cls == UnitClass::kUpper; }
  bool IsWordBefore(uint32_t i) const { return i > chunk_begin_ && units_[i - 1].IsWord(); }

  // The letters of [begin, end) as ASCII, apostrophes straight, other characters as '?'; cut off at
  // 24, since every known word is shorter.
  std::string_view Spell(uint32_t begin, uint32_t end) {
    spelling_.clear();
    for (uint32_t i = begin; i < end && spelling_.size() < 24; ++i) {
      if (units_[i].cls == UnitClass::kInvisible) continue;
      const char32_t c = IsApostrophe(units_[i].value) ? U'\'' : PlainCharacter(units_[i].value);
      spelling_.push_back(c < 0x80 ? static_cast<char>(c) : '?');
    }
    return spelling_;
  }
  std::string_view SpellLower(uint32_t begin, uint32_t end) {
    Spell(begin, end);
    for (char& c : spelling_) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return spelling_;
  }

  void EmitTrimmed(uint32_t begin, uint32_t end) {
    while (end > begin && units_[end - 1].cls == UnitClass::kInvisible) --end;
    while (end - begin > kWordUnitsMax) {
      words_.push_back({begin, begin + kWordUnitsMax, false});
      begin += kWordUnitsMax;
    }
    if (end > begin) words_.push_back({begin, end, false});
  }

  // Takes one token at `i` (emitting its first parts if it is cut further); returns where the rest
  // begins. The part [i, returned) that was not emitted yet is the caller's to emit.
  uint32_t Next(uint32_t& i) {
    if (const uint32_t end = WebEnd(i); end > i) return end;
    if (const uint32_t end = EmoticonEnd(i); end > i) return end;
    if (IsWordAt(i)) return Word(i);
    const char32_t c = Plain(i);
    if ((c == U'@' || c == U'#') && !IsWordBefore(i) && IsLetterAt(i + 1)) return NameEnd(i + 1);
    if (c == U'+' && i == chunk_begin_ && IsDigitAt(i + 1)) return NumberEnd(i + 1);
    if (c == U'.' && !IsWordBefore(i) && IsDigitAt(i + 1)) return NumberEnd(i + 1);
    if (IsApostrophe(At(i))) return ApostropheEnd(i);
    return SymbolEnd(i);
  }

  // ---- whole things ------------------------------------------------------------------------

  // The end of a URL, e-mail address or domain name that begins at `i`; `i` if none does.
  uint32_t WebEnd(uint32_t i) {
    if (i < web_checked_ || IsWordBefore(i) || !IsWordAt(i)) return i;
    uint32_t end = end_;
    bool scheme = false;
    bool at = false;
    uint32_t dots = 0;
    uint32_t last_dot = i;
    for (uint32_t k = i; k < end_; ++k) {
      const char32_t c = units_[k].value;
      if (c == U':' && !scheme && At(k + 1) == U'/' && At(k + 2) == U'/') scheme = true;
      if (c == U'@' && !scheme) at = IsWordAt(k + 1);
      if (c == U'.' && IsWordAt(k + 1)) {
        ++dots;
        last_dot = k;
      }
      const char32_t plain = PlainCharacter(c);
      const bool stops = plain == U'"' || c == U'<' || c == U'>' || c == U'—' || c == U'’' ||
                         (c == U'(' && !scheme) || (c == U',' && !scheme) ||
                         (c == U')' && !scheme) || (c == U'/' && at) || c == U'“' || c == U'”';
      if (stops) {
        end = k;
        break;
      }
    }
    web_checked_ = end;  // no second look at the same units keeps the time linear
    while (end > i && !IsWordAt(end - 1) && At(end - 1) != U'/') --end;
    if (end <= i + 3) return i;
    if (scheme || (at && dots > 0 && last_dot > i)) return end;
    if (SpellLower(i, i + 4) == "www.") return end;
    return IsDomain(i, end) ? end : i;
  }

  // "gazette.co.uk", "bbc.com/news": labels of letters, digits and hyphens, the last before a slash
  // or the end a known top-level domain.
  bool IsDomain(uint32_t begin, uint32_t end) {
    uint32_t stop = begin;
    uint32_t last_dot = begin;
    while (stop < end && At(stop) != U'/') {
      if (At(stop) == U'.') last_dot = stop;
      if (!IsWordAt(stop) && At(stop) != U'.' && At(stop) != U'-') return false;
      ++stop;
    }
    if (last_dot == begin || IsUpperAt(last_dot + 1)) return false;
    return stop - begin >= 5 && last_dot >= begin + 2 && Among(kDomains, Spell(last_dot + 1, stop));
  }

  // ":-)", ";)", ":D": eyes, an optional nose and a mouth, not against a word.
  uint32_t EmoticonEnd(uint32_t i) const {
    const char32_t eyes = At(i);
    if ((eyes != U':' && eyes != U';' && eyes != U'=') || IsWordBefore(i)) return i;
    uint32_t k = i + 1;
    if (At(k) == U'-' || At(k) == U'\'') ++k;
    const char32_t mouth = At(k);
    const bool is_mouth = mouth == U')' || mouth == U'(' || mouth == U'D' || mouth == U'P' ||
                          mouth == U'p' || mouth == U'/' || mouth == U'|';
    if (!is_mouth || IsWordAt(k + 1)) return i;
    return k + 1;
  }

  uint32_t NameEnd(uint32_t i) const {
    while (IsWordAt(i) || At(i) == U'_') ++i;
    return i;
  }

  uint32_t NumberEnd(uint32_t i) const {
    while (IsDigitAt(i) || ((At(i) == U',' || At(i) == U'.') && IsDigitAt(i + 1))) ++i;
    return i;
  }

  // ---- punctuation -------------------------------------------------------------------------

  // An apostrophe or single quote that does not stand inside a word: a clitic on its own ("China
  // 's"), a year ("'72"), an elided word ("'em"), a run ("''") or a quote.
  uint32_t ApostropheEnd(uint32_t i) {
    uint32_t word_end = i + 1;
    while (IsWordAt(word_end)) ++word_end;
    const std::string_view letters = SpellLower(i, word_end);
    const bool ends_chunk = word_end == end_ || !IsApostrophe(At(word_end));
    if (Among(kClitics, letters) && ends_chunk) return word_end;
    if (ends_chunk && letters.size() > 1 && Among(kElided, letters.substr(1))) return word_end;
    if (IsDigitAt(i + 1) && IsDigitAt(i + 2) && word_end <= i + 4 && !IsWordBefore(i)) {
      return word_end;
    }
    return SymbolEnd(i);
  }

  uint32_t SymbolEnd(uint32_t i) const {
    const char32_t run = RunClass(At(i));
    uint32_t k = i + 1;
    if (run != 0) {
      while (k < end_ && RunClass(At(k)) == run) ++k;
      // Nested single quotes are quotes each; "?." and ".!" end a sentence as one token.
      if (run == U'\'' && At(i) != U'\'') return i + 1;
      return k;
    }
    if (IsRegionalIndicator(At(i)) && IsRegionalIndicator(At(k))) return k + 1;
    if (IsEmoji(At(i))) return EmojiEnd(k);
    return k;
  }

  // An emoji with its skin tone and everything that joiners tie to it is one token.
  uint32_t EmojiEnd(uint32_t k) const {
    while (k < end_) {
      const bool joined = units_[k].value == 0x200D && k + 1 < end_;
      if (joined) {
        k += 2;
      } else if (IsSkinTone(units_[k].value) || units_[k].value == 0xFE0F) {
        ++k;
      } else {
        break;
      }
    }
    return k;
  }

  // ---- words -------------------------------------------------------------------------------

  // Takes the word at `i`. Emits the front parts of a contraction and moves `i` to the last part.
  uint32_t Word(uint32_t& i) {
    if (const uint32_t end = DigitGroupsEnd(i); end > i) return end;
    uint32_t k = i;
    uint32_t segment = i;  // where the letters after the last connector begin
    while (k < end_) {
      if (IsWordAt(k) || units_[k].cls == UnitClass::kInvisible) {
        ++k;
      } else if (Joins(i, segment, k)) {
        segment = ++k;
      } else {
        break;
      }
    }
    if (At(k) == U'(' && At(k + 1) == U's' && At(k + 2) == U')' && !IsWordAt(k + 3)) return k + 3;
    if (IsCurrency(At(k)) && IsDigitAt(k + 1) && k - i <= 3 && IsUpperAt(i)) return k + 1;  // US$5
    if (At(k) == U'.' && TakesFullStop(i, k)) return k + 1;
    if (IsDigitAt(i)) return SplitUnit(i, k);
    return SplitContraction(i, k);
  }

  // Telephone numbers and dates: "713-853-3989", "646-8420", "2001-11-20", "11-20-2000".
  uint32_t DigitGroupsEnd(uint32_t i) const {
    if (!IsDigitAt(i) || IsWordBefore(i)) return i;
    std::array<uint32_t, 4> lengths{};
    size_t groups = 0;
    uint32_t k = i;
    while (groups < lengths.size()) {
      const uint32_t begin = k;
      while (IsDigitAt(k)) ++k;
      lengths[groups++] = k - begin;
      if (At(k) != U'-' || !IsDigitAt(k + 1)) break;
      ++k;
    }
    if (IsLetterAt(k) || At(k) == U'-') return i;
    const bool telephone = (groups == 2 && lengths[0] == 3 && lengths[1] == 4) ||
                           (groups == 3 && lengths[1] == 3 && lengths[2] == 4) ||
                           (groups == 4 && lengths[2] == 3 && lengths[3] == 4);
    const bool date =
        groups == 3 && lengths[0] <= 4 && lengths[1] <= 2 &&
        ((lengths[0] == 4 && lengths[2] <= 2) || (lengths[0] <= 2 && lengths[2] == 4));
    return telephone || date ? k : i;
  }

  // Whether the mark at `k`, with letters or digits before it, ties the word to what follows.
  // `word` is where the word begins, `segment` where the letters before `k` begin.
  bool Joins(uint32_t word, uint32_t segment, uint32_t k) {
    const char32_t c = PlainCharacter(units_[k].value);
    if (c == U'_') return IsWordAt(k + 1);
    if (!IsWordAt(k + 1) || k == segment) return false;
    const bool digits = units_[k - 1].IsDigit() && IsDigitAt(k + 1);
    if (IsApostrophe(units_[k].value)) return IsLetterAt(k + 1);
    if (IsHyphen(c)) return JoinsByHyphen(word, segment, k);
    switch (c) {
      case U'.':
        return digits || JoinsByFullStop(segment, k);
      case U',':
        return digits && !(IsDigitAt(k + 2) && IsDigitAt(k + 3) && IsDigitAt(k + 4));
      case U':':
        return digits;
      case U'/':
        return digits || (k == segment + 1 && IsLetterAt(segment) && !IsWordAt(k + 2));
      case U'&':
        return IsUpperAt(k - 1) && IsUpperAt(k + 1) && k - segment <= 3 && !IsWordAt(k + 3);
      case U'*':
      case U'@':
        return IsLetterAt(k - 1) && IsLetterAt(k + 1);
      default:
        return false;
    }
  }

  // "U.S", "p.m", "alt.religion" hold together; "deal.The" lacks a space; "No.5" is two words.
  bool JoinsByFullStop(uint32_t segment, uint32_t k) {
    if (!IsLetterAt(k - 1) || !IsLetterAt(k + 1)) return false;
    if (k <= segment + 2 && !IsWordAt(k + 3)) return true;  // "p.m", "Ph.D", "M.Sc"
    return k > segment + 1 && (!IsUpperAt(k + 1) || (IsUpperAt(k - 1) && IsUpperAt(k + 2)));
  }

  bool JoinsByHyphen(uint32_t word, uint32_t segment, uint32_t k) {
    if (segment != word || k - word > 6) return false;
    uint32_t after = k + 1;
    while (IsWordAt(after)) ++after;
    if (IsHyphenPrefix(SpellLower(word, k))) return IsWordAt(k + 1);
    // A prefix follows at most one hyphen; a given name has two syllables: "Jong-un", "Kyung-wha".
    if (!IsUpperAt(word) || IsHyphen(At(after)) || after - k > 7) return false;
    return IsNameSyllable(SpellLower(word, k)) && IsNameSyllable(SpellLower(k + 1, after));
  }

  // Whether the full stop at `k` belongs to the word [begin, k).
  bool TakesFullStop(uint32_t begin, uint32_t k) {
    if (At(k + 1) == U'.' && At(k + 2) == U'.') return false;                 // an ellipsis
    if (IsUpperAt(k + 1) && IsUpperAt(begin) && k == begin + 1) return true;  // "N.Korea"
    const std::string_view spelling = Spell(begin, k);
    const Abbreviation kind = AbbreviationOf(spelling);
    if (IsLetterAt(k + 1)) return kind == Abbreviation::kTitle;  // "Mr.Smith"
    switch (kind) {
      case Abbreviation::kTitle:
        return true;
      case Abbreviation::kMayEnd:
        return spelling.size() > 1 || IsInitial(begin, k);
      case Abbreviation::kBeforeDigit:
        return NextIsDigit(k + 1);
      case Abbreviation::kAfterComma:
        return !words_.empty() && PlainCharacter(units_[words_.back().begin].value) == U',' &&
               words_.back().space_after;
      case Abbreviation::kNo:
        return false;
    }
    return false;
  }

  // The first unit at or after `i` that is not white space, at most eight on; the block's end if
  // there is none.
  uint32_t SkipSpace(uint32_t i) const {
    const uint32_t limit = std::min(block_end_, i + 8);
    while (i < limit && units_[i].IsSpace()) ++i;
    return i;
  }

  bool NextIsDigit(uint32_t i) const {
    const uint32_t next = SkipSpace(i);
    return next < block_end_ && units_[next].IsDigit();
  }

  // A single capital before a full stop is an initial if a capital, a small letter or a comma
  // follows, as in "J. Smith", "George W. Bush" and "N. Korea"; else ("vitamin C.") it ends a
  // sentence. "I." is nearly always the pronoun.
  bool IsInitial(uint32_t begin, uint32_t k) const {
    const uint32_t next = SkipSpace(k + 1);
    const TextUnit& unit = units_[next];
    if (next >= block_end_) return false;
    if (units_[begin].value == U'I' && !unit.IsLetter()) return false;
    return unit.IsLetter() || unit.value == U',' || IsHyphen(unit.value);
  }

  // "35mm" is "35" "mm", "60s" and "F16" stay.
  uint32_t SplitUnit(uint32_t& i, uint32_t k) {
    uint32_t digits_end = i;
    while (digits_end < k && !IsLetterAt(digits_end)) ++digits_end;
    if (digits_end == k) return k;
    const uint32_t unit_end = At(k) == U'.' && At(k - 1) == U'm' && At(k - 2) == U'.' ? k + 1 : k;
    if (IsUnitAfterNumber(Spell(digits_end, unit_end))) {
      words_.push_back({i, digits_end, false});
      i = digits_end;
      return unit_end;
    }
    return SplitContraction(i, k);
  }

  // Cuts clitics off the word [i, end) and emits what stands before the last of them.
  uint32_t SplitContraction(uint32_t& i, uint32_t end) {
    uint32_t cuts[2];
    size_t count = 0;
    uint32_t stem_end = end;
    while (count < 2) {
      const uint32_t cut = CliticCut(i, stem_end);
      if (cut <= i || cut >= stem_end) break;
      cuts[count++] = cut;
      stem_end = cut;
    }
    while (count > 0) {
      const uint32_t cut = cuts[--count];
      words_.push_back({i, cut, false});
      i = cut;
    }
    return end;
  }

  // Where the last clitic of the word [begin, end) begins; `end` if there is none.
  uint32_t CliticCut(uint32_t begin, uint32_t end) {
    uint32_t apostrophe = end;
    for (uint32_t k = end; k-- > begin && end - k <= 3;) {
      if (IsApostrophe(units_[k].value)) {
        apostrophe = k;
        break;
      }
    }
    if (apostrophe == end) return FusedCut(begin, end);
    const std::string_view clitic = SpellLower(apostrophe, end);
    if (clitic == "'t" && apostrophe > begin + 1 &&
        PlainCharacter(units_[apostrophe - 1].value | 32) == U'n') {
      return apostrophe - 1;
    }
    if (!Among(kClitics, clitic)) return end;
    // "1960's" is a plural, not a possessive.
    if (clitic == "'s" && units_[begin].IsDigit() && units_[apostrophe - 1].value == U'0')
      return end;
    return apostrophe;
  }

  uint32_t FusedCut(uint32_t begin, uint32_t end) {
    if (end - begin < 4 || end - begin > 8) return end;
    const std::string_view word = SpellLower(begin, end);
    for (const FusedForm& form : kFusedForms) {
      if (form.word == word) return begin + form.cut;
    }
    return end;
  }

  const Units& units_;
  const uint32_t block_end_;
  std::vector<WordSpan>& words_;
  uint32_t chunk_begin_ = 0;
  uint32_t web_checked_ = 0;  // units before this are known not to begin a web address
  uint32_t end_ = 0;
  std::string spelling_;
};

}  // namespace

void TokenizeUnits(const Units& units, uint32_t begin, uint32_t end, std::vector<WordSpan>* words) {
  ChunkTokenizer tokenizer(units, end, words);
  for (uint32_t i = begin; i < end;) {
    if (units[i].IsSpace()) {
      ++i;
      continue;
    }
    uint32_t chunk_end = i;
    while (chunk_end < end && !units[chunk_end].IsSpace()) ++chunk_end;
    tokenizer.Tokenize(i, chunk_end);
    i = chunk_end;
  }
}

}  // namespace entente::nlp
