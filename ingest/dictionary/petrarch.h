// Reads dictionaries in the manner of TABARI and PETRARCH: actors with dated codes, agents with
// plurals, substitutions.
//
//   # a comment; so is what follows a semicolon
//   ANGELA_MERKEL_  ; CountryInfo.txt
//   +CHANCELLOR_MERKEL
//       [DEUELI 900101-051121]
//       [DEUGOV >051122]
//   !PERSON! = MAN, MEN
//   POLICE!PERSON! [~COP]
//   THIEF {THIEVES} [~CRM]
//
// Pure. Thread safety: pure.
#ifndef ENTENTE_INGEST_DICTIONARY_PETRARCH_H_
#define ENTENTE_INGEST_DICTIONARY_PETRARCH_H_

#include <vector>

#include "ingest/dictionary/entry.h"

namespace entente::dictionary {

// Appends the entries of `file`, and what could not be read of it. Underscores and blanks part
// words. "<970101" is until the day before, ">040101" from that day on, "920101-961231" both days
// included; of two digits of a year those up to 30 are of this century (PETRARCH's rule). `file`
// must outlive the result. Linear.
void ReadPetrarch(const DictionaryFile& file, std::vector<Entry>* entries,
                  std::vector<Refusal>* refusals);

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_PETRARCH_H_
