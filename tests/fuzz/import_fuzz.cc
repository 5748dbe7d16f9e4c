// Any bytes as a file of each format: rows are read or refused, never a crash, and what is read is
// within the limits that the store asks for.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/utf8.h"
#include "ingest/import/code_map.h"
#include "ingest/import/fields.h"
#include "ingest/import/row_reader.h"
#include "ingest/import/to_event.h"

namespace {

using entente::ingest::CodeMap;
using entente::ingest::ImportedRow;
using entente::ingest::ImportFormat;

void Check(bool holds) {
  if (!holds) std::abort();
}

struct Tables {
  std::unique_ptr<const entente::knowledge::Ontology> ontology;
  std::unique_ptr<entente::knowledge::Lexicon> lexicon;
  std::unique_ptr<CodeMap> codes;
};

CodeMap* Shared() {
  static const Tables tables = [] {
    Tables made;
    made.ontology = *entente::knowledge::Ontology::Load(ENTENTE_DATA_DIR);
    made.lexicon = *entente::knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
    made.codes = *CodeMap::Load(ENTENTE_DATA_DIR, made.ontology.get(), made.lexicon.get());
    return made;
  }();
  return tables.codes.get();
}

void CheckRow(const ImportedRow& row) {
  if (row.kind != ImportedRow::Kind::kEvent) return;
  const entente::ingest::ImportedEvent& event = row.event;
  Check(!event.source_id.empty() && event.source_id.size() < 512);
  Check(event.participant_count > 0 && event.first_day <= event.last_day);
  Check(std::abs(event.goldstein) <= 10);
  Check(std::abs(event.place.latitude) <= 90 && std::abs(event.place.longitude) <= 180);
  Check(event.mention.url.size() <= entente::ingest::kMaxImportedUrlBytes);
  Check(entente::IsValidUtf8(event.place.name) && entente::IsValidUtf8(event.mention.text));
  Check(ToEvent(event, *Shared()).participants_size() > 0);
}

}  // namespace

// The first byte chooses the format; the first line is that of a file, the others are its rows.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const auto format = static_cast<ImportFormat>(data[0] % 7);
  std::string text =
      entente::ReplaceInvalidUtf8({reinterpret_cast<const char*>(data + 1), size - 1});
  const auto reader = MakeRowReader(format, Shared());
  const size_t first = std::min(text.find('\n'), text.size());
  if (!reader->BeginMember(std::string_view(text).substr(0, first)).ok()) return 0;
  ImportedRow row;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (reader->Read(std::string_view(text).substr(at, end - at), &row).ok()) CheckRow(row);
    at = end + 1;
  }
  return 0;
}
