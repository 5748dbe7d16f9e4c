// An imported row as the message that the API has for it: for dry runs that show what would be
// stored, and for tests.
//
//   v1::Event event = ToEvent(row.event, *codes);
//
// Pure.
#ifndef ENTENTE_INGEST_IMPORT_TO_EVENT_H_
#define ENTENTE_INGEST_IMPORT_TO_EVENT_H_

#include "entente/v1/event.pb.h"
#include "ingest/import/code_map.h"
#include "ingest/import/imported_event.h"

namespace entente::ingest {

// With the mention of the row. REQUIRES: `event` is of a reader
// that was made with `codes`.
v1::Event ToEvent(const ImportedEvent& event, const CodeMap& codes);

// `counts` as the message has them, written over `facts`.
void FillFacts(const ImportedCounts& counts, v1::ImportedFacts* facts);

}  // namespace entente::ingest

#endif  // ENTENTE_INGEST_IMPORT_TO_EVENT_H_
