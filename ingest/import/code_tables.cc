#include "ingest/import/code_tables.h"

#include <utility>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/knowledge/table.h"

namespace entente::ingest {
namespace {

using knowledge::Table;

constexpr size_t kMaxTableBytes = size_t{16} << 20;

// Fills CodeTables, a method a file.
class TableReader {
 public:
  TableReader(const std::string& data_dir, const knowledge::Ontology& ontology,
              const knowledge::Lexicon& lexicon)
      : folder_(data_dir + "/import/"), ontology_(ontology), lexicon_(lexicon) {}

  absl::StatusOr<CodeTables> Read() {
    ENTENTE_RETURN_IF_ERROR(ReadCameo());
    ENTENTE_RETURN_IF_ERROR(ReadCountries());
    ENTENTE_RETURN_IF_ERROR(ReadIcews());
    ENTENTE_RETURN_IF_ERROR(ReadPolecat());
    ENTENTE_RETURN_IF_ERROR(ReadAcled());
    ENTENTE_RETURN_IF_ERROR(ReadViolence());
    return std::move(tables_);
  }

 private:
  // Calls `use` with each row of a file.
  template <typename Use>
  absl::Status ForEach(std::string_view file, const std::vector<std::string_view>& columns,
                       Use use) {
    const std::string path = Cat(folder_, file);
    ENTENTE_ASSIGN_OR_RETURN(const std::string contents, ReadFile(path, kMaxTableBytes));
    ENTENTE_ASSIGN_OR_RETURN(Table table, Table::Open(path, contents));
    ENTENTE_RETURN_IF_ERROR(table.Expect(columns));
    while (table.Next()) ENTENTE_RETURN_IF_ERROR(use(table.row()));
    return table.status();
  }

  absl::Status CheckState(const Table::Row& row, std::string_view column) const {
    const std::string code = row.Cell(column);
    if (lexicon_.FindState(code) != nullptr) return absl::OkStatus();
    return row.Error(column, Cat("states.tsv has no \"", code, "\""));
  }
  absl::Status CheckType(const Table::Row& row) const {
    const v1::EventType* type = ontology_.FindType(row.Cell("type"));
    if (type == nullptr) return row.Error("type", "the ontology has no such type");
    const std::string subtype = row.Cell("subtype");
    if (subtype.empty() || knowledge::Ontology::FindSubtype(*type, subtype) != nullptr) {
      return absl::OkStatus();
    }
    return row.Error("subtype", "the type has no such sub-type");
  }

  absl::Status ReadCameo() {
    ENTENTE_RETURN_IF_ERROR(
        ForEach("cameo_sectors.tsv", {"code", "sector", "label"}, [this](const Table::Row& row) {
          tables_.cameo_sectors[row.Cell("code")] = row.Cell("sector");
          return row.Code("sector").status();
        }));
    ENTENTE_RETURN_IF_ERROR(
        ForEach("cameo_groups.tsv", {"code", "actor"}, [this](const Table::Row& row) {
          tables_.cameo_groups[row.Cell("code")] = row.Cell("actor");
          if (lexicon_.FindOrganization(row.Cell("actor")) != nullptr) return absl::OkStatus();
          return row.Error("actor", "organizations.tsv has no such actor");
        }));
    ENTENTE_RETURN_IF_ERROR(
        ForEach("cameo_religions.tsv", {"code", "label"}, [this](const Table::Row& row) {
          tables_.cameo_religions[row.Cell("code")] = row.Cell("label");
          return row.Required("label").status();
        }));
    return ForEach(
        "cameo_countries.tsv", {"code", "actor", "label"}, [this](const Table::Row& row) {
          tables_.cameo_countries[row.Cell("code")] = {row.Cell("actor"), row.Cell("label")};
          if (row.Cell("actor").starts_with("region:")) {
            return row.Required("label").status();
          }
          return CheckState(row, "actor");
        });
  }

  absl::Status ReadCountries() {
    ENTENTE_RETURN_IF_ERROR(
        ForEach("fips_countries.tsv", {"fips", "country"}, [this](const Table::Row& row) {
          tables_.fips_countries[row.Cell("fips")] = row.Cell("country");
          return CheckState(row, "country");
        }));
    return ForEach("country_names.tsv", {"name", "country"}, [this](const Table::Row& row) {
      tables_.country_names[FoldName(row.Cell("name"))] = row.Cell("country");
      return CheckState(row, "country");
    });
  }

  absl::Status ReadIcews() {
    return ForEach("icews_sectors.tsv", {"name", "sector"}, [this](const Table::Row& row) {
      tables_.icews_sectors[row.Cell("name")] = row.Cell("sector");
      return row.Required("sector").status();
    });
  }

  absl::Status ReadPolecat() {
    ENTENTE_RETURN_IF_ERROR(
        ForEach("polecat_sectors.tsv", {"code", "sector"}, [this](const Table::Row& row) {
          tables_.polecat_sectors[row.Cell("code")] = row.Cell("sector");
          return row.Required("sector").status();
        }));
    return ForEach("polecat_events.tsv", {"type", "mode", "cameo"}, [this](const Table::Row& row) {
      tables_.polecat_events[PairKey(row.Cell("type"), row.Cell("mode"))] = row.Cell("cameo");
      if (ontology_.FindCameo(row.Cell("cameo")) != nullptr) return absl::OkStatus();
      return row.Error("cameo", "cameo.tsv has no such code");
    });
  }

  absl::Status ReadAcled() {
    ENTENTE_RETURN_IF_ERROR(ForEach(
        "acled_events.tsv", {"event_type", "sub_event_type", "type", "subtype", "source"},
        [this](const Table::Row& row) {
          CodeTables::EventClass& entry =
              tables_.acled_events[PairKey(row.Cell("event_type"), row.Cell("sub_event_type"))];
          if (row.Cell("type") == "-") return absl::OkStatus();
          entry.type = row.Cell("type");
          entry.subtype = row.Cell("subtype");
          entry.swapped = row.Cell("source") == "2";
          const absl::Status source = row.Number("source", 1, 2).status();
          return source.ok() ? CheckType(row) : source;
        }));
    ENTENTE_RETURN_IF_ERROR(
        ForEach("acled_actors.tsv", {"beginning", "sector"}, [this](const Table::Row& row) {
          tables_.name_beginnings[row.Cell("beginning")] = row.Cell("sector");
          return row.Code("sector").status();
        }));
    return ForEach("acled_inter.tsv", {"code", "name", "sector", "kind"},
                   [this](const Table::Row& row) {
                     CodeTables::Inter inter{row.Cell("sector"), {}};
                     if (!v1::ActorKind_Parse(row.Cell("kind"), &inter.kind)) {
                       return row.Error("kind", "no such kind of actor");
                     }
                     tables_.acled_inter[row.Cell("code")] = inter;
                     tables_.acled_inter[FoldName(row.Cell("name"))] = inter;
                     return absl::OkStatus();
                   });
  }

  absl::Status ReadViolence() {
    return ForEach("ucdp_violence.tsv", {"code", "label", "type", "subtype", "sector"},
                   [this](const Table::Row& row) {
                     tables_.violence[row.Cell("code")] = {row.Cell("type"), row.Cell("subtype"),
                                                           row.Cell("sector"), false};
                     return CheckType(row);
                   });
  }

  const std::string folder_;
  const knowledge::Ontology& ontology_;
  const knowledge::Lexicon& lexicon_;
  CodeTables tables_;
};

}  // namespace

std::string PairKey(std::string_view first, std::string_view second) {
  std::string key(first);
  key.push_back('\0');
  key += second;
  return key;
}

absl::StatusOr<CodeTables> CodeTables::Load(const std::string& data_dir,
                                            const knowledge::Ontology& ontology,
                                            const knowledge::Lexicon& lexicon) {
  return TableReader(data_dir, ontology, lexicon).Read();
}

}  // namespace entente::ingest
