#include "ingest/nlp/sentence_splitter.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <string>

#include "ingest/nlp/abbreviations.h"

namespace entente::nlp {
namespace {

class Splitter {
 public:
  Splitter(std::string_view text, const std::vector<TextUnit>& units,
           std::span<const WordSpan> words)
      : text_(text), units_(units), words_(words) {}

  void Split(std::vector<uint32_t>* ends) {
    const uint32_t count = static_cast<uint32_t>(words_.size());
    begin_ = 0;
    for (uint32_t i = 0; i < count; ++i) {
      uint32_t after = i + 1;
      if (!Terminates(i, &after)) continue;
      Cut(after, ends);
      i = after - 1;
    }
    if (begin_ < count) Cut(count, ends);
  }

 private:
  char32_t First(uint32_t i) const { return PlainCharacter(units_[words_[i].begin].value); }
  const TextUnit& FirstUnit(uint32_t i) const { return units_[words_[i].begin]; }
  uint32_t Length(uint32_t i) const { return words_[i].end - words_[i].begin; }
  std::string_view Bytes(uint32_t i) const {
    const uint32_t begin = units_[words_[i].begin].begin;
    return text_.substr(begin, units_[words_[i].end].begin - begin);
  }
  std::string_view Lower(uint32_t i) {
    lower_.clear();
    for (uint32_t k = words_[i].begin; k < words_[i].end && lower_.size() < 24; ++k) {
      const char32_t c = PlainCharacter(units_[k].value);
      lower_.push_back(c < 0x80 ? static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c) : '?');
    }
    return lower_;
  }

  // Ends sentences of at most kSentenceWordsMax words up to `end`.
  void Cut(uint32_t end, std::vector<uint32_t>* ends) {
    while (end - begin_ > kSentenceWordsMax) {
      uint32_t best = begin_ + kSentenceWordsMax;
      for (uint32_t i = best; i > begin_ + kSentenceWordsMax / 2; --i) {
        const char32_t c = First(i - 1);
        if (c == U';' || c == U',' || c == U'—' || c == U'–' || c == U':') {
          best = i;
          break;
        }
      }
      ends->push_back(best);
      begin_ = best;
    }
    ends->push_back(end);
    begin_ = end;
  }

  static bool IsQuote(char32_t c) { return c == U'"' || c == U'\''; }
  static bool IsCloser(char32_t c) { return c == U')' || c == U']' || c == U'}'; }
  static bool IsCjkStop(char32_t c) { return c == U'。' || c == U'！' || c == U'？'; }

  // Whether the word is an end mark: ".", "!", "?!", "...", "…"; not an abbreviation.
  bool IsEndMark(uint32_t i) const {
    const char32_t c = First(i);
    if (c != U'.' && c != U'!' && c != U'?' && !IsCjkStop(c)) return false;
    return !units_[words_[i].end - 1].IsWord();
  }

  bool IsAbbreviationWord(uint32_t i) const {
    return Length(i) > 1 && units_[words_[i].end - 1].value == U'.' && FirstUnit(i).IsWord();
  }

  // Whether a sentence ends with word `i` and the closers behind it; `*after` is then one past
  // them.
  bool Terminates(uint32_t i, uint32_t* after) {
    const bool mark = IsEndMark(i);
    if (!mark && !IsAbbreviationWord(i)) return false;
    *after = Closers(i + 1);
    if (*after >= words_.size()) return true;
    if (!mark) return AbbreviationEnds(i, *after);
    if (IsCjkStop(First(i))) return true;
    if (IsListNumber(i)) return false;
    return NextBegins(i, *after);
  }

  // Quotes and brackets that close what the end mark ended: those that follow without white space,
  // and quotes that stand alone between spaces but close an open one.
  uint32_t Closers(uint32_t i) const {
    while (i < words_.size() && !words_[i - 1].space_after &&
           (IsCloser(First(i)) || IsClosingQuote(i) || IsEndMark(i))) {
      ++i;
    }
    return i;
  }

  bool IsClosingQuote(uint32_t i) const {
    const char32_t raw = FirstUnit(i).value;
    if (raw == U'“' || raw == U'‘' || raw == U'„' || raw == U'«') return false;
    return IsQuote(First(i)) && !units_[words_[i].end - 1].IsWord();
  }

  // How far to look for the next word; a bound keeps the time linear where there are only marks.
  uint32_t LookAheadEnd(uint32_t i) const {
    return static_cast<uint32_t>(std::min<size_t>(words_.size(), size_t{i} + 8));
  }

  // "1." or "a." at the head of a sentence numbers it.
  bool IsListNumber(uint32_t i) const {
    return First(i) == U'.' && Length(i) == 1 && i == begin_ + 1 && Length(begin_) <= 2 &&
           FirstUnit(begin_).IsDigit() && words_[i].space_after;
  }

  bool AbbreviationEnds(uint32_t i, uint32_t after) {
    const std::string_view bytes = Bytes(i);
    const Abbreviation kind = AbbreviationOf(bytes.substr(0, bytes.size() - 1));
    if (kind == Abbreviation::kTitle || kind == Abbreviation::kBeforeDigit) return false;
    if (Length(i) == 2) return false;  // an initial
    if (!words_[after - 1].space_after) return false;
    const uint32_t limit = LookAheadEnd(after);
    uint32_t next = after;
    while (next < limit && IsQuote(First(next))) ++next;
    if (next == limit || FirstUnit(next).cls != UnitClass::kUpper) return false;
    if (after > i + 1 || next > after) return true;  // a quotation ends or begins
    return IsSentenceOpener(Lower(next));
  }

  // After an end mark: does the word at `after` begin a sentence?
  bool NextBegins(uint32_t mark, uint32_t after) {
    if (!words_[after - 1].space_after && FirstUnit(after).cls != UnitClass::kUpper) return false;
    const uint32_t limit = LookAheadEnd(after);
    uint32_t next = after;
    while (next < limit && !FirstUnit(next).IsWord()) ++next;
    if (next == limit) return true;
    const UnitClass cls = FirstUnit(next).cls;
    if (cls == UnitClass::kLower) return !u_islower(static_cast<UChar32>(FirstUnit(next).value));
    if (cls == UnitClass::kDigit) return true;
    // “Will he come?” Kim asked.  A question or an exclamation in quotes need not end the sentence.
    const bool quoted = after > mark + 1 && IsQuote(First(after - 1));
    if (quoted && First(mark) != U'.' && next == after) return !SayingFollows(next);
    return true;
  }

  // "Kim Yung-ho said", "President Putin asked": capitalised words and then a verb of saying.
  bool SayingFollows(uint32_t i) {
    for (uint32_t k = i; k < words_.size() && k < i + 6; ++k) {
      if (IsSayingVerb(Lower(k))) return true;
      if (FirstUnit(k).cls != UnitClass::kUpper && First(k) != U'-') return false;
    }
    return false;
  }

  const std::string_view text_;
  const std::vector<TextUnit>& units_;
  const std::span<const WordSpan> words_;
  uint32_t begin_ = 0;  // the current sentence's first word
  std::string lower_;
};

}  // namespace

void SplitSentences(std::string_view text, const std::vector<TextUnit>& units,
                    std::span<const WordSpan> words, std::vector<uint32_t>* ends) {
  if (words.empty()) return;
  Splitter(text, units, words).Split(ends);
}

}  // namespace entente::nlp
