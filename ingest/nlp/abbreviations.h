// What is known of English abbreviations and other closed lists that decide whether a full stop
// belongs to a word and whether it ends a sentence. Thread safety: pure functions.
#ifndef ENTENTE_INGEST_NLP_ABBREVIATIONS_H_
#define ENTENTE_INGEST_NLP_ABBREVIATIONS_H_

#include <cstdint>
#include <string_view>

namespace entente::nlp {

enum class Abbreviation : uint8_t {
  kNo,           // a plain word: the full stop is its own token
  kTitle,        // "Gen.", "Mr.": something always follows, the sentence goes on
  kMayEnd,       // "Inc.", "U.S.", "p.m.": a sentence may end with it
  kBeforeDigit,  // "No.", "Sat.": an abbreviation only where a number follows
  kAfterComma,   // ", Mass.": an abbreviation only after a comma, as a state's name
};

// What `word` (without its full stop, as written) is before a full stop. Letters with full stops
// between them ("U.S", "p.m") and single capitals are kMayEnd.
Abbreviation AbbreviationOf(std::string_view word);

// True for words that often open a sentence and seldom follow an abbreviation within one ("The",
// "He", "In", …). `word` is lower case.
bool IsSentenceOpener(std::string_view word);

// True for prefixes that stay one word with what follows their hyphen ("non-", "co-", "pro-"), as
// the English treebanks have them. `word` is lower case.
bool IsHyphenPrefix(std::string_view word);

// True for syllables of romanised Korean and Chinese given names ("jong", "un", "wai"), which keep
// their hyphen. `word` is lower case.
bool IsNameSyllable(std::string_view word);

// True for units that are written against a number and are words of their own ("5pm", "35mm",
// "10k"). `word` is as written.
bool IsUnitAfterNumber(std::string_view word);

// True for the verbs of saying that may follow a quotation ("said", "asked"). `word` is lower case.
bool IsSayingVerb(std::string_view word);

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_ABBREVIATIONS_H_
