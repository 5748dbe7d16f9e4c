#include "ingest/nlp/layout.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace entente::nlp {
namespace {

using Units = std::vector<TextUnit>;

constexpr uint32_t kWrapWidthMin = 40;   // characters; narrower lines are lists or verse
constexpr uint32_t kWrapWidthMax = 120;  // wider lines are paragraphs
constexpr uint32_t kHeadlineWordsMax = 30;
constexpr uint32_t kDatelineUnitsMax = 120;
constexpr uint32_t kDatelineWordsMax = 12;

constexpr std::string_view kDateWords[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                           "aug", "sep", "oct", "nov", "dec", "mon", "tue",
                                           "wed", "thu", "fri", "sat", "sun"};

// Openings of captions, credits and page furniture.
constexpr std::string_view kFurniture[] = {
    "photo",     "photos",        "image",   "images", "picture", "video",  "file", "caption",
    "copyright", "advertisement", "related", "share",  "source",  "credit", "©"};

struct Line {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool after_blank = true;  // a blank line (or nothing) stands before it
  uint32_t first_word = 0;  // length of its first word, in characters
  uint32_t length() const { return end - begin; }
};

bool IsBulletMark(char32_t c) {
  return c == U'•' || c == U'‣' || c == U'▪' || c == U'●' || c == U'◦' || c == U'■' || c == U'►' ||
         c == U'·' || c == U'*';
}

bool IsDash(char32_t c) { return c == U'-' || c == U'–' || c == U'—' || c == U'―'; }

bool StartsWithBullet(const Units& units, uint32_t begin, uint32_t end) {
  const char32_t c = units[begin].value;
  if (begin + 1 >= end) return false;
  const bool space = units[begin + 1].IsSpace();
  if (IsBulletMark(c)) return c != U'*' || space;
  return IsDash(c) && space;
}

std::vector<Line> FindLines(const Units& units) {
  std::vector<Line> lines;
  bool blank = true;
  for (uint32_t i = 0; i < units.size();) {
    uint32_t end = i;
    while (units[end].cls != UnitClass::kBreak) ++end;  // the sentinel is a break
    Line line{.begin = i, .end = end, .after_blank = blank};
    while (line.begin < line.end && units[line.begin].IsSpace()) ++line.begin;
    while (line.end > line.begin && units[line.end - 1].IsSpace()) --line.end;
    if (line.length() > 0) {
      uint32_t word_end = line.begin;
      while (word_end < line.end && !units[word_end].IsSpace()) ++word_end;
      line.first_word = word_end - line.begin;
      lines.push_back(line);
    }
    blank = line.length() == 0;
    i = end + 1;
  }
  return lines;
}

// Lines that follow one another without a blank line form the evidence for hard wrapping.
class WrapFinder {
 public:
  WrapFinder(const Units& units, const std::vector<Line>& lines) : units_(units), lines_(lines) {
    std::vector<uint32_t> lengths;
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
      if (IsPair(i)) lengths.push_back(lines[i].length());
    }
    if (lengths.size() < 2) return;
    const size_t ninth = lengths.size() * 9 / 10;
    std::nth_element(lengths.begin(), lengths.begin() + ninth, lengths.end());
    const uint32_t width = lengths[ninth];
    if (width < kWrapWidthMin || width > kWrapWidthMax) return;
    size_t full = 0;
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
      if (IsPair(i) && FillsWidth(i, width)) ++full;
    }
    if (full * 10 >= lengths.size() * 6) width_ = width;
  }

  // Whether line `i` runs on in line i + 1.
  bool Continues(size_t i) const {
    if (i + 1 >= lines_.size() || !IsPair(i)) return false;
    if (width_ > 0) return FillsWidth(i, width_);
    const TextUnit& next = units_[lines_[i + 1].begin];
    const char32_t last = units_[lines_[i].end - 1].value;
    const bool open_end = units_[lines_[i].end - 1].IsWord() || last == U',';
    return next.cls == UnitClass::kLower && open_end && lines_[i].length() >= 25 &&
           lines_[i].length() <= kWrapWidthMax;
  }

 private:
  bool IsPair(size_t i) const {
    return !lines_[i + 1].after_blank &&
           !StartsWithBullet(units_, lines_[i + 1].begin, lines_[i + 1].end);
  }
  bool FillsWidth(size_t i, uint32_t width) const {
    return lines_[i].length() + 1 + lines_[i + 1].first_word > width;
  }

  const Units& units_;
  const std::vector<Line>& lines_;
  uint32_t width_ = 0;  // 0: the text is not wrapped
};

// What the kinds of a paragraph are decided from.
struct Shape {
  uint32_t words = 0;
  uint32_t capitalised = 0;
  uint32_t date_words = 0;   // months, weekdays, numbers
  bool has_article = false;  // "the", "a", "an"
  bool terminal = false;     // ends like a sentence
  bool question = false;     // ends with a question or exclamation mark
  bool cut_off = false;      // ends with an ellipsis
  bool open_end = false;     // ends with a comma, colon, semicolon or hyphen
  std::string first_word;    // lower case, ASCII
};

std::string WordAt(const Units& units, uint32_t begin, uint32_t end) {
  std::string word;
  for (uint32_t i = begin; i < end && word.size() < 16; ++i) {
    const char32_t c = units[i].value;
    if (c == U'©') word += "©";
    if (c < 0x80 && units[i].IsWord()) {
      word.push_back(static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
    }
  }
  return word;
}

void EndOfParagraph(const Units& units, uint32_t begin, uint32_t end, Shape* shape) {
  uint32_t last = end - 1;
  while (last > begin && !units[last].IsWord()) {
    const char32_t c = PlainCharacter(units[last].value);
    const bool ellipsis =
        units[last].value == U'…' || (c == U'.' && PlainCharacter(units[last - 1].value) == U'.');
    if (ellipsis) {
      shape->cut_off = true;
      return;
    }
    if (c == U'?' || c == U'!') shape->question = true;
    if (c == U'.' || c == U'?' || c == U'!') {
      shape->terminal = true;
      return;
    }
    if (c == U',' || c == U':' || c == U';' || IsDash(c)) shape->open_end = true;
    --last;
  }
  if (units[last].cls == UnitClass::kLower && units[last].value == U'。') shape->terminal = true;
}

Shape ShapeOf(const Units& units, uint32_t begin, uint32_t end) {
  Shape shape;
  for (uint32_t i = begin; i < end && shape.words <= kHeadlineWordsMax;) {
    uint32_t word_end = i;
    while (word_end < end && !units[word_end].IsSpace()) ++word_end;
    uint32_t letter = i;
    while (letter < word_end && !units[letter].IsWord()) ++letter;
    if (letter < word_end) {
      const std::string word = WordAt(units, i, word_end);
      if (shape.words == 0) shape.first_word = word;
      ++shape.words;
      if (units[letter].cls == UnitClass::kUpper) ++shape.capitalised;
      if (word == "the" || word == "a" || word == "an") shape.has_article = true;
      const bool date = std::find(std::begin(kDateWords), std::end(kDateWords),
                                  word.substr(0, 3)) != std::end(kDateWords);
      if (date || units[letter].IsDigit()) ++shape.date_words;
    } else if (shape.words == 0) {
      shape.first_word = WordAt(units, i, word_end);
    }
    i = word_end;
    while (i < end && units[i].IsSpace()) ++i;
  }
  EndOfParagraph(units, begin, end, &shape);
  return shape;
}

// `alone`: the text has no other paragraph. `top`: no running text stands before it.
BlockKind KindOf(const Units& units, uint32_t begin, uint32_t end, bool alone, bool top) {
  if (StartsWithBullet(units, begin, end)) return BlockKind::kOther;
  const Shape shape = ShapeOf(units, begin, end);
  const bool furniture = std::find(std::begin(kFurniture), std::end(kFurniture),
                                   shape.first_word) != std::end(kFurniture);
  if (shape.words > kHeadlineWordsMax || shape.open_end) return BlockKind::kBody;
  if (shape.terminal) {
    const bool title = top && !alone && shape.question && shape.words <= 16;
    return title ? BlockKind::kHeadline : BlockKind::kBody;
  }
  if (shape.date_words == shape.words || shape.words == 0) return BlockKind::kOther;
  if (furniture && !alone) return BlockKind::kOther;
  if (shape.first_word == "by" && shape.words <= 8 && shape.capitalised + 1 >= shape.words) {
    return alone ? BlockKind::kBody : BlockKind::kOther;
  }
  if (shape.words <= 3) return alone ? BlockKind::kBody : BlockKind::kOther;
  if (units[begin].cls == UnitClass::kLower) return BlockKind::kBody;
  if (alone && shape.has_article) return BlockKind::kBody;
  return BlockKind::kHeadline;
}

// Reads a dateline at the head of a paragraph.
class DatelineReader {
 public:
  DatelineReader(const Units& units, uint32_t begin, uint32_t end)
      : units_(units), begin_(begin), end_(end) {}

  // One past the dateline's dash or colon; the paragraph's begin if it has no dateline.
  uint32_t End() const {
    const uint32_t limit = std::min(end_, begin_ + kDatelineUnitsMax);
    for (uint32_t i = begin_ + 1; i < limit; ++i) {
      if (EndsWithColon(i)) return IsPlaceAndDate(i) ? i + 1 : begin_;
      if (!IsDash(units_[i].value)) continue;
      const bool parted = units_[i - 1].IsSpace() || units_[i - 1].value == U')' ||
                          units_[i - 1].value == U'/' || units_[i].value == U'—';
      if (!parted) continue;
      uint32_t after = i + 1;
      while (after < end_ && IsDash(units_[after].value)) ++after;
      if (units_[i].value == U'-' && after < end_ && !units_[after].IsSpace()) continue;
      uint32_t next = after;
      while (next < end_ && !units_[next].IsWord()) ++next;
      const bool begins = next < end_ && units_[next].cls == UnitClass::kUpper && next <= after + 3;
      return begins && IsPlaceAndDate(i) ? after : begin_;
    }
    return begin_;
  }

 private:
  // "KABUL (Pajhwok): President Ghani": a colon parts as a dash does, but only behind an agency,
  // for transcripts write a speaker's name so.
  bool EndsWithColon(uint32_t i) const {
    if (units_[i].value != U':' || units_[i - 1].value != U')' || i + 1 >= end_) return false;
    uint32_t next = i + 1;
    while (next < end_ && !units_[next].IsWord()) ++next;
    return units_[i + 1].IsSpace() && next < end_ && next <= i + 4 &&
           units_[next].cls == UnitClass::kUpper && begin_ + 3 < i &&
           units_[begin_ + 1].cls == UnitClass::kUpper;
  }

  // Whether [begin_, dash) is a place in capitals, with a region, date and agency if any; or any
  // names before an agency in brackets.
  bool IsPlaceAndDate(uint32_t dash) const {
    uint32_t stop = dash;
    while (stop > begin_ && units_[stop - 1].IsSpace()) --stop;
    const bool agency =
        stop > begin_ && (units_[stop - 1].value == U')' || units_[stop - 1].value == U'/');
    uint32_t words = 0;
    uint32_t place_letters = 0;
    bool in_place = true;  // until the first comma or bracket
    bool place_in_capitals = true;
    for (uint32_t i = begin_; i < stop; ++i) {
      const TextUnit& unit = units_[i];
      if (unit.value == U',' || unit.value == U'(' || unit.value == U'/') in_place = false;
      if (unit.value == U':' || unit.value == U';' || unit.value == U'?' || unit.value == U'"') {
        return false;
      }
      if (!unit.IsWord()) continue;
      if (in_place) {
        ++place_letters;
        if (unit.cls != UnitClass::kUpper) place_in_capitals = false;
      }
      const bool word_start = i == begin_ || !units_[i - 1].IsWord();
      if (!word_start) continue;
      ++words;
      if (unit.cls == UnitClass::kLower && (i == begin_ || units_[i - 1].IsSpace())) return false;
    }
    if (words == 0 || words > kDatelineWordsMax) return false;
    return agency || (place_in_capitals && place_letters >= 4);
  }

  const Units& units_;
  const uint32_t begin_;
  const uint32_t end_;
};

void AddParagraph(const Units& units, uint32_t begin, uint32_t end, BlockKind kind,
                  std::vector<Block>* blocks) {
  const int32_t paragraph = blocks->empty() ? 0 : blocks->back().paragraph + 1;
  const uint32_t dateline_end = DatelineReader(units, begin, end).End();
  if (dateline_end > begin) {
    blocks->push_back({begin, dateline_end, BlockKind::kDateline, paragraph});
    begin = dateline_end;
    while (begin < end && units[begin].IsSpace()) ++begin;
  }
  if (begin < end) blocks->push_back({begin, end, kind, paragraph});
}

}  // namespace

void FindBlocks(const Units& units, std::vector<Block>* blocks) {
  blocks->clear();
  const std::vector<Line> lines = FindLines(units);
  const WrapFinder wrap(units, lines);
  bool top = true;
  for (size_t i = 0; i < lines.size();) {
    size_t last = i;
    while (wrap.Continues(last)) ++last;
    const uint32_t begin = lines[i].begin;
    const uint32_t end = lines[last].end;
    const bool alone = i == 0 && last + 1 == lines.size();
    const BlockKind kind = KindOf(units, begin, end, alone, top);
    if (kind == BlockKind::kBody) top = false;
    AddParagraph(units, begin, end, kind, blocks);
    i = last + 1;
  }
}

}  // namespace entente::nlp
