// What is wrong in a lexicon's tables: rows that cannot be read, codes that nobody knows, names
// that no text can have, rows that say the same twice or contradict each other, and names of a
// user's tables that hide an entry of ours.
//
//   for (const Finding& finding : CheckLexicon(files, &ours)) Print(finding.Text());
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_DICTIONARY_LEXICON_CHECK_H_
#define ENTENTE_INGEST_DICTIONARY_LEXICON_CHECK_H_

#include <string>
#include <vector>

#include "ingest/knowledge/lexicon.h"

namespace entente::dictionary {

struct Finding {
  bool warning = false;  // may be meant so
  std::string path;
  int line = 0;    // from 1
  int column = 0;  // from 1, in bytes
  std::string what;

  std::string Text() const;  // "offices.tsv:12:3: error: …"
};

// The findings in `files`, the tables of one folder, in their order. `ours` are the tables that
// they are used with; `is_ours`: `files` are these themselves, so that nothing hides anything.
// Unlike the loader it goes on after a fault. Linear, but for rows of one name, which are compared
// pairwise.
std::vector<Finding> CheckLexicon(const std::vector<knowledge::LexiconFile>& files,
                                  const knowledge::Lexicon& ours, bool is_ours);

}  // namespace entente::dictionary

#endif  // ENTENTE_INGEST_DICTIONARY_LEXICON_CHECK_H_
