#include "ingest/coder/chunker.h"

#include <algorithm>
#include <utility>

namespace entente::coder {
namespace {

using knowledge::EntryKind;
using knowledge::Match;
using knowledge::Word;

bool IsHyphen(std::string_view token) { return token == "-" || token == "‐" || token == "‑"; }

bool IsSide(std::string_view word) {
  return word == "anti" || word == "pro" || word == "Anti" || word == "Pro" || word == "non";
}

// The part of a hyphenated token behind its first hyphen; empty if it has none.
std::string_view BehindHyphen(std::string_view token) {
  const size_t hyphen = token.find('-');
  return hyphen == std::string_view::npos ? std::string_view() : token.substr(hyphen + 1);
}

// Keeps the longest matches that end with a token; failing that, the longest that end within one.
// Returns the number of words, 0 if there are none.
int32_t KeepLongest(const std::vector<Word>& words, std::vector<Match>* matches) {
  int32_t whole = 0;
  int32_t partial = 0;
  for (const Match& m : *matches) {
    const Word& end = words[m.first_word + m.word_count - 1];
    (end.last_of_token ? whole : partial) = m.word_count;
  }
  const int32_t length = whole > 0 ? whole : partial;
  const auto other = [&](const Match& m) { return m.word_count != length; };
  matches->erase(std::remove_if(matches->begin(), matches->end(), other), matches->end());
  return length;
}

void ReadHyphens(const ChunkedTokens& text, Chunk* chunk) {
  const int32_t count = static_cast<int32_t>(text.tokens.size());
  if (chunk->partial) {
    chunk->suffix = BehindHyphen(text.tokens[chunk->last]);
  } else if (chunk->last + 2 < count && IsHyphen(text.tokens[chunk->last + 1])) {
    // "U.S.-China talks": what begins with a capital is another name, not what the first one does.
    const std::string_view next = text.tokens[chunk->last + 2];
    if (next.front() < 'A' || next.front() > 'Z') chunk->suffix = next;
  }
  if (chunk->first >= 2 && IsHyphen(text.tokens[chunk->first - 1])) {
    chunk->opposed = IsSide(text.tokens[chunk->first - 2]);
  }
}

// "pro-Russian" in one token: looks for a chunk behind the first word.
bool FindBehindSide(const knowledge::Lexicon& lexicon, const ChunkedTokens& text, int32_t token,
                    knowledge::CaseRule rule, Chunk* chunk) {
  const std::string_view form = text.tokens[token];
  const size_t hyphen = form.find('-');
  if (hyphen == std::string_view::npos || !IsSide(form.substr(0, hyphen))) return false;
  const int32_t word = text.words.token_begin[token] + 1;
  if (word >= text.words.token_begin[token + 1]) return false;
  std::vector<Match> matches;
  lexicon.Find(text.words, word, rule, &matches);
  const int32_t length = KeepLongest(text.words.words, &matches);
  if (length == 0 || word + length > text.words.token_begin[token + 1]) return false;
  *chunk = Chunk{token, token, true, {}, true, std::move(matches)};
  return true;
}

}  // namespace

const Match* Chunk::As(EntryKind kind) const {
  for (const Match& m : readings) {
    if (m.kind == kind) return &m;
  }
  return nullptr;
}

bool ChunkedTokens::Capital(int32_t token) const {
  const int32_t word = words.token_begin[token];
  return word < words.token_begin[token + 1] && words.words[word].shape != knowledge::kShapeLower;
}

ChunkedTokens ChunkTokens(const knowledge::Lexicon& lexicon, std::vector<std::string_view> tokens,
                          knowledge::CaseRule rule) {
  ChunkedTokens text;
  text.tokens = std::move(tokens);
  text.words = lexicon.Words(text.tokens);
  const int32_t count = static_cast<int32_t>(text.tokens.size());
  text.chunk_at.assign(count, -1);
  std::vector<Match> matches;
  for (int32_t t = 0; t < count;) {
    const int32_t word = text.words.token_begin[t];
    matches.clear();
    if (word < text.words.token_begin[t + 1]) lexicon.Find(text.words, word, rule, &matches);
    const int32_t length = matches.empty() ? 0 : KeepLongest(text.words.words, &matches);
    Chunk chunk;
    if (length > 0) {
      const Word& end = text.words.words[word + length - 1];
      chunk = Chunk{t, end.token, !end.last_of_token, {}, false, matches};
      ReadHyphens(text, &chunk);
    } else if (!FindBehindSide(lexicon, text, t, rule, &chunk)) {
      ++t;
      continue;
    }
    for (int32_t k = chunk.first; k <= chunk.last; ++k) {
      text.chunk_at[k] = static_cast<int32_t>(text.chunks.size());
    }
    t = chunk.last + 1;
    text.chunks.push_back(std::move(chunk));
  }
  return text;
}

}  // namespace entente::coder
