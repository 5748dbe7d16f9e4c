// Cuts tokens into chunks that the lexicon knows ("Russia", "foreign minister", "Hassan Rouhani"):
// longest match first, each with all its readings. What actor resolution reads instead of words.
//
//   const ChunkedTokens text = ChunkTokens(lexicon, {"the", "Russian", "president"});
//   text.chunks;      // "Russian": demonym; "president": office, title, role
//
// Pure.
#ifndef ENTENTE_INGEST_CODER_CHUNKER_H_
#define ENTENTE_INGEST_CODER_CHUNKER_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/knowledge/lexicon.h"

namespace entente::coder {

struct Chunk {
  int32_t first = 0;  // tokens, inclusive
  int32_t last = 0;
  // Covers a part of a hyphenated token only ("Russia" in "Russia-backed").
  bool partial = false;
  // What follows the chunk after a hyphen, within its token or in the next: "backed", "led",
  // "based".
  std::string_view suffix;
  // Opposed or in favour, not of that nationality: "anti-Russian", "pro-Kremlin".
  bool opposed = false;
  std::vector<knowledge::Match> readings;  // all of the same length; never empty

  // The first reading of that kind, or null.
  const knowledge::Match* As(knowledge::EntryKind kind) const;
  bool Is(knowledge::EntryKind kind) const { return As(kind) != nullptr; }
};

struct ChunkedTokens {
  std::vector<std::string_view> tokens;
  knowledge::WordSequence words;
  std::vector<Chunk> chunks;      // in order, not overlapping
  std::vector<int32_t> chunk_at;  // token → index into chunks, or -1

  const Chunk* At(int32_t token) const {
    return chunk_at[token] < 0 ? nullptr : &chunks[chunk_at[token]];
  }
  // The token begins with a capital letter.
  bool Capital(int32_t token) const;
};

// The views in `tokens` must outlive the result. Linear but for the length of phrases, which the
// lexicon bounds.
ChunkedTokens ChunkTokens(const knowledge::Lexicon& lexicon, std::vector<std::string_view> tokens,
                          knowledge::CaseRule rule = knowledge::CaseRule::kStrict);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_CHUNKER_H_
