// Any bytes as a dictionary, as a table of a user's own, and as a table of the lexicon: lines are
// read or refused at a place in the file, never a crash, and what is made of them can be loaded.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "ingest/dictionary/lexicon_check.h"
#include "ingest/dictionary/lexicon_maker.h"
#include "ingest/dictionary/own_table.h"
#include "ingest/dictionary/petrarch.h"
#include "ingest/knowledge/ontology.h"

namespace {

using entente::dictionary::DictionaryFile;
using entente::knowledge::LexiconFile;

constexpr const char* kTables[] = {"states.tsv",        "metonyms.tsv",   "offices.tsv",
                                   "organizations.tsv", "role_nouns.tsv", "office_terms.tsv",
                                   "places.tsv",        "titles.tsv",     "given_names.tsv"};

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Tables {
  std::unique_ptr<const entente::knowledge::Ontology> ontology;
  std::unique_ptr<entente::knowledge::Lexicon> lexicon;
  std::unique_ptr<entente::ingest::CodeTables> codes;
};

const Tables& Shared() {
  static const Tables tables = [] {
    Tables made;
    made.ontology = *entente::knowledge::Ontology::Load(ENTENTE_DATA_DIR);
    made.lexicon = *entente::knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
    made.codes = std::make_unique<entente::ingest::CodeTables>(
        *entente::ingest::CodeTables::Load(ENTENTE_DATA_DIR, *made.ontology, *made.lexicon));
    return made;
  }();
  return tables;
}

void ImportIt(const DictionaryFile& file, bool own_table) {
  std::vector<entente::dictionary::Entry> entries;
  std::vector<entente::dictionary::Refusal> refusals;
  (own_table ? entente::dictionary::ReadOwnTable : entente::dictionary::ReadPetrarch)(
      file, &entries, &refusals);
  const entente::dictionary::ActorCodes codes(Shared().codes.get(), Shared().lexicon.get());
  entente::dictionary::LexiconMaker maker(Shared().lexicon.get(), &codes);
  for (const auto& entry : entries) maker.Add(entry);
  std::vector<LexiconFile> tables = maker.Finish("fuzz");
  refusals.insert(refusals.end(), maker.refusals().begin(), maker.refusals().end());
  for (const auto& refusal : refusals) {
    Check(refusal.at.line > 0 && refusal.at.column > 0 && !refusal.what.empty());
  }
  Check(entente::knowledge::Lexicon::Parse(tables).ok());
}

}  // namespace

// The first byte chooses how the rest is read.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  const unsigned how = data[0] % 11;
  if (how < 2) {
    ImportIt({"d.txt", text}, how == 1);
    return 0;
  }
  for (const auto& finding :
       entente::dictionary::CheckLexicon({{kTables[how - 2], text, 1}}, *Shared().lexicon, false)) {
    Check(finding.line > 0 && finding.column > 0 && !finding.what.empty());
  }
  return 0;
}
