// The readers behind MakeRowReader, one source file each.
//
// Private to ingest/import.
#ifndef ENTENTE_INGEST_IMPORT_FORMATS_H_
#define ENTENTE_INGEST_IMPORT_FORMATS_H_

#include <memory>

#include "ingest/import/row_reader.h"

namespace entente::ingest {

std::unique_ptr<RowReader> MakeGdeltReader(CodeMap* codes);
std::unique_ptr<RowReader> MakeGdeltMentionsReader();
std::unique_ptr<RowReader> MakeIcewsReader(CodeMap* codes);
std::unique_ptr<RowReader> MakePolecatReader(CodeMap* codes);
std::unique_ptr<RowReader> MakeAcledReader(CodeMap* codes);
std::unique_ptr<RowReader> MakeUcdpGedReader(CodeMap* codes);
std::unique_ptr<RowReader> MakeJsonlReader();

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_FORMATS_H_
