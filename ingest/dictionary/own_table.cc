#include "ingest/dictionary/own_table.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/knowledge/table.h"

namespace entente::dictionary {
namespace {

using knowledge::Table;

constexpr std::array<std::string_view, 11> kColumns = {
    "name", "aliases", "type", "code", "country", "sector", "office", "from", "to", "plural", "id"};

struct TypeName {
  std::string_view name;
  EntryType type;
};
constexpr TypeName kTypes[] = {
    {"", EntryType::kUnknown},
    {"person", EntryType::kPerson},
    {"organization", EntryType::kOrganization},
    {"international_organization", EntryType::kInternationalOrganization},
    {"armed_group", EntryType::kArmedGroup},
    {"group", EntryType::kGroup},
    {"state", EntryType::kState},
    {"role", EntryType::kRole},
};

// "file:line:column: what" of the table reader, without the place.
std::string WithoutPlace(std::string_view message, const std::string& path) {
  if (!message.starts_with(path)) return std::string(message);
  message.remove_prefix(path.size());
  const size_t end = message.find(": ");
  return std::string(end == std::string_view::npos ? message : message.substr(end + 2));
}

class OwnTableReader {
 public:
  OwnTableReader(const DictionaryFile& file, Table table, std::vector<Entry>* entries,
                 std::vector<Refusal>* refusals)
      : file_(file), table_(std::move(table)), entries_(*entries), refusals_(*refusals) {}

  void Read() {
    if (!CheckColumns()) return;
    for (;;) {
      while (table_.Next()) ReadRow(table_.row());
      const absl::Status wrong = table_.TakeStatus();
      if (wrong.ok()) return;
      const bool encoding = MessageOf(wrong).find("not UTF-8") != std::string_view::npos;
      Refuse({&file_.path, table_.line(), 1}, encoding ? Reason::kEncoding : Reason::kSyntax,
             WithoutPlace(MessageOf(wrong), file_.path));
    }
  }

 private:
  void Refuse(Position at, Reason reason, std::string what) {
    refusals_.push_back({at, reason, std::move(what)});
  }
  Position At(const Table::Row& row, std::string_view column) const {
    return {&file_.path, row.line(), table_.Has(column) ? row.ColumnOf(column) : 1};
  }
  std::string Cell(const Table::Row& row, std::string_view column) const {
    return table_.Has(column) ? row.Cell(column) : std::string();
  }

  bool CheckColumns() {
    const Position at = {&file_.path, table_.line(), 1};
    for (const std::string_view column : table_.columns()) {
      if (std::find(kColumns.begin(), kColumns.end(), column) != kColumns.end()) continue;
      std::string known;
      for (const std::string_view name : kColumns) known += Cat(known.empty() ? "" : ", ", name);
      Refuse(at, Reason::kSyntax,
             Cat("no column \"", column, "\"; there are ", known, ". Nothing was read"));
      return false;
    }
    if (table_.Has("from") != table_.Has("to")) {
      Refuse(at, Reason::kSyntax, "the columns from and to go together. Nothing was read");
      return false;
    }
    if (table_.Has("code") || table_.Has("country") || table_.Has("sector")) return true;
    Refuse(at, Reason::kSyntax,
           "a column code, or country and sector, has to say who they are. Nothing was read");
    return false;
  }

  bool ReadType(const Table::Row& row, EntryType* type) {
    const std::string text = AsciiLower(Cell(row, "type"));
    for (const TypeName& known : kTypes) {
      if (known.name != text) continue;
      *type = known.type;
      return true;
    }
    Refuse(At(row, "type"), Reason::kSyntax,
           Cat("\"", text, "\" is not one of person, organization, international_organization, ",
               "armed_group, group, state, role"));
    return false;
  }

  void ReadRow(const Table::Row& row) {
    Entry entry;
    entry.capitals_only = false;
    entry.id = Cell(row, "id");
    if (!ReadType(row, &entry.type)) return;
    DatedCode code;
    code.at = At(row, table_.Has("code") ? "code" : "country");
    code.code = Cell(row, "code");
    code.country = Cell(row, "country");
    code.sector = Cell(row, "sector");
    code.office = Cell(row, "office");
    if (table_.Has("from")) {
      const auto period = row.PeriodOf("from", "to");
      if (!period.ok()) {
        Refuse(At(row, "from"), Reason::kDate,
               WithoutPlace(MessageOf(period.status()), file_.path));
        return;
      }
      code.period = *period;
      code.dated = !row.Cell("from").empty() || !row.Cell("to").empty();
    }
    if (code.code.starts_with('~')) entry.type = EntryType::kRole;
    const std::string name = row.Cell("name");
    if (name.empty()) {
      Refuse(At(row, "name"), Reason::kName, "the name is missing");
      return;
    }
    entry.names.push_back({name, At(row, "name"), false});
    AddList(row, "aliases", false, &entry);
    AddList(row, "plural", true, &entry);
    if (code.code.empty() && code.country.empty() && code.sector.empty()) {
      Refuse(At(row, "name"), Reason::kNoCode, "neither a code nor a country nor a sector");
      return;
    }
    entry.codes.push_back(std::move(code));
    entries_.push_back(std::move(entry));
  }

  void AddList(const Table::Row& row, std::string_view column, bool plural, Entry* entry) const {
    if (!table_.Has(column)) return;
    for (const std::string_view text : row.List(column)) {
      entry->names.push_back({std::string(text), At(row, column), plural});
    }
  }

  const DictionaryFile& file_;
  Table table_;
  std::vector<Entry>& entries_;
  std::vector<Refusal>& refusals_;
};

}  // namespace

bool LooksLikeOwnTable(const DictionaryFile& file) {
  const absl::StatusOr<Table> table = Table::Open(file.path, file.contents);
  return table.ok() && table->columns().size() > 1 && table->Has("name");
}

void ReadOwnTable(const DictionaryFile& file, std::vector<Entry>* entries,
                  std::vector<Refusal>* refusals) {
  absl::StatusOr<Table> table = Table::Open(file.path, file.contents);
  if (!table.ok() || !table->Has("name")) {
    refusals->push_back({{&file.path, 1, 1},
                         Reason::kSyntax,
                         table.ok() ? "no column \"name\" in the first line"
                                    : WithoutPlace(MessageOf(table.status()), file.path)});
    return;
  }
  OwnTableReader(file, *std::move(table), entries, refusals).Read();
}

}  // namespace entente::dictionary
