// Reads a user's own table of actors: UTF-8, cells parted by tabs, '#' lines first, then a line
// that names the columns, then rows. docs/lexicon.md describes the columns.
//
//   name            aliases          code    type    from        to
//   Jane Example    J. Example       FRAGOV  person  2021-03-01
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_DICTIONARY_OWN_TABLE_H_
#define ENTENTE_INGEST_DICTIONARY_OWN_TABLE_H_

#include <vector>

#include "ingest/dictionary/entry.h"

namespace entente::dictionary {

// Whether the first line that is not a comment names columns, "name" among them.
bool LooksLikeOwnTable(const DictionaryFile& file);

// Appends an entry for each row, and what could not be read. Rows of the same name and type are
// times of one actor. `file` must outlive the result. Linear.
void ReadOwnTable(const DictionaryFile& file, std::vector<Entry>* entries,
                  std::vector<Refusal>* refusals);

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_OWN_TABLE_H_
