// What dictionaries of actors say, whatever their format: names, with codes that hold for a time.
// And what could not be read of them, which is never dropped in silence.
//
// Plain data. Thread safety: as any other value.
#ifndef ENTENTE_INGEST_DICTIONARY_ENTRY_H_
#define ENTENTE_INGEST_DICTIONARY_ENTRY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/knowledge/lexicon.h"

namespace entente::dictionary {

struct DictionaryFile {
  std::string path;  // shown in findings
  std::string contents;
};

// A place in a file; lines and columns count from 1, columns in bytes.
struct Position {
  const std::string* path = nullptr;  // of the DictionaryFile
  int line = 0;
  int column = 0;
  std::string Text() const;  // "actors.txt:12:3"
};

// Why something was left out.
enum class Reason : uint8_t {
  kEncoding,   // not UTF-8, or with control characters
  kTooLong,    // a line, a name of too many words, too many expansions
  kSyntax,     // brackets that do not close, a code before any name
  kMacro,      // a substitution that is not defined
  kDate,       // no date, or an end before the beginning
  kCode,       // a code, or a part of one, that Entente does not know
  kNobody,     // "[---]": the dictionary says that the name is nobody
  kNoCode,     // a name without any code that could be read
  kName,       // a name of which no letter or digit is left
  kConflict,   // the name came before with another code for the same time
  kDatedName,  // dates for a name that can have none here
};
inline constexpr int kReasonCount = 11;
std::string_view ReasonLabel(Reason reason);

struct Refusal {
  Position at;
  Reason reason = Reason::kSyntax;
  std::string what;
};

struct Name {
  std::string text;  // words with single blanks between
  Position at;
  bool plural = false;  // of a role
};

// One code, and when it holds.
struct DatedCode {
  std::string code;  // "USAGOV", "~GOV"; empty: country and sector are told
  std::string country;
  std::string sector;
  std::string office;
  knowledge::Period period;
  bool dated = false;  // undated: whenever no other code of the entry holds
  Position at;
};

// What an entry's names are. kUnknown: to be guessed of its words and codes.
enum class EntryType : uint8_t {
  kUnknown,
  kPerson,
  kOrganization,
  kInternationalOrganization,
  kArmedGroup,
  kGroup,
  kState,
  kRole,  // "soldier": an agent, whose state the text says
};

struct Entry {
  std::vector<Name> names;  // the first is the main one
  std::vector<DatedCode> codes;
  EntryType type = EntryType::kUnknown;
  std::string id;             // "person:…", "org:…"; empty: made of the name
  bool capitals_only = true;  // the file has no small letters, so that case says nothing
  bool no_plural = false;     // of a role
};

// The words that a name is looked up by; 0 if no letter or digit is left of it, so that no text can
// have it. A lexicon takes names of 1 to kNameWordsMax words.
int CountWords(std::string_view name);
inline constexpr int kNameWordsMax = 16;

// At most so many bytes of a file and of a line are read.
inline constexpr size_t kFileBytesMax = size_t{64} << 20;
inline constexpr size_t kLineBytesMax = size_t{4} << 10;

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_ENTRY_H_
