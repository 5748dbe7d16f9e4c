#include "graph/fuzzy_names.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "base/utf8.h"

namespace entente::graph {
namespace {

constexpr size_t kOneErrorLetters = 4;
constexpr size_t kTwoErrorsLetters = 8;
constexpr uint8_t kFar = 100;  // more than is ever allowed, with room to add

std::u32string Letters(std::string_view text) {
  std::u32string letters;
  for (size_t i = 0; i < text.size();) {
    const CodePoint c = DecodeUtf8(text, i);
    letters.push_back(c.value);
    i += c.length;
  }
  return letters;
}

}  // namespace

int AllowedErrors(size_t letters) {
  if (letters < kOneErrorLetters) return 0;
  return letters < kTwoErrorsLetters ? 1 : 2;
}

FuzzyPattern::FuzzyPattern(std::string_view folded) {
  for (const std::string_view word : Split(folded, ' ')) {
    words_.push_back(Letters(word));
    allows_errors_ |= AllowedErrors(words_.back().size()) > 0;
  }
  Frame start;
  start.row = FirstRow(0);
  frames_.push_back(std::move(start));
}

// Nothing of the name's word is there: every letter of the query's is missing.
std::vector<uint8_t> FuzzyPattern::FirstRow(size_t word) const {
  if (word == words_.size()) return {};
  std::vector<uint8_t> row(words_[word].size() + 1);
  for (size_t i = 0; i < row.size(); ++i) row[i] = static_cast<uint8_t>(std::min<size_t>(i, kFar));
  return row;
}

std::optional<FuzzyPattern::Frame> FuzzyPattern::Step(char32_t letter, size_t end) const {
  const Frame& from = frames_.back();
  if (letter == ' ') return EndWord(end);
  const std::u32string& word = words_[from.word];
  const int allowed = AllowedErrors(word.size());
  const bool has_before =
      frames_.size() >= 2 && from.last != ' ' && frames_[frames_.size() - 2].word == from.word;
  const Frame* before = has_before ? &frames_[frames_.size() - 2] : nullptr;
  Frame to;
  to.end = end;
  to.word = from.word;
  to.errors = from.errors;
  to.last = letter;
  to.row.resize(word.size() + 1);
  to.row[0] = static_cast<uint8_t>(std::min<int>(from.row[0] + 1, kFar));
  uint8_t least = to.row[0];
  for (size_t i = 1; i <= word.size(); ++i) {
    int best = std::min(from.row[i], to.row[i - 1]) + 1;
    best = std::min<int>(best, from.row[i - 1] + (word[i - 1] == letter ? 0 : 1));
    if (i >= 2 && before != nullptr && word[i - 1] == from.last && word[i - 2] == letter) {
      best = std::min<int>(best, before->row[i - 2] + 1);
    }
    to.row[i] = static_cast<uint8_t>(std::min<int>(best, kFar));
    least = std::min(least, to.row[i]);
  }
  if (least > allowed) return std::nullopt;
  return to;
}

std::optional<FuzzyPattern::Frame> FuzzyPattern::EndWord(size_t end) const {
  const Frame& from = frames_.back();
  if (from.row.back() > AllowedErrors(words_[from.word].size())) return std::nullopt;
  Frame to;
  to.end = end;
  to.word = from.word + 1;
  to.errors = from.errors + from.row.back();
  to.last = ' ';
  to.row = FirstRow(to.word);
  return to;
}

std::optional<int> FuzzyPattern::Distance(std::string_view name) {
  const auto [differs, unused] =
      std::mismatch(name_.begin(), name_.end(), name.begin(), name.end());
  const auto common = static_cast<size_t>(differs - name_.begin());
  while (frames_.back().end > common) frames_.pop_back();
  name_ = std::string(name);
  size_t at = frames_.back().end;
  while (at < name.size() && frames_.back().word < words_.size()) {
    const CodePoint c = DecodeUtf8(name, at);
    at += c.length;
    std::optional<Frame> next = Step(c.value, at);
    if (!next) {
      dead_bytes_ = at;
      return std::nullopt;
    }
    frames_.push_back(*std::move(next));
  }
  if (frames_.back().word == words_.size()) return frames_.back().errors;
  dead_bytes_ = name.size();
  if (frames_.back().word + 1 < words_.size()) return std::nullopt;
  const std::optional<Frame> whole = EndWord(name.size());
  return whole ? std::optional<int>(whole->errors) : std::nullopt;
}

}  // namespace entente::graph
