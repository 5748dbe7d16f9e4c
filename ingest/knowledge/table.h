// Reads the tables of data/lexicon: UTF-8 TSV with '#' lines first, then one line of column names,
// then rows. '|' parts the alternatives in a cell. Every error names file, line and byte column. A
// line of more than 64 KiB is an error.
//
//   ENTENTE_ASSIGN_OR_RETURN(Table table, Table::Open("titles.tsv", contents));
//   ENTENTE_RETURN_IF_ERROR(table.Expect({"title", "sector", "office"}));
//   while (table.Next()) Use(table.row().Cell("title"));
//   ENTENTE_RETURN_IF_ERROR(table.status());
//
// Not thread-safe; a Table views the contents, which must outlive it.
#ifndef ENTENTE_INGEST_KNOWLEDGE_TABLE_H_
#define ENTENTE_INGEST_KNOWLEDGE_TABLE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/knowledge/lexicon.h"

namespace entente::knowledge {

class Table {
 public:
  // One row. Columns are named; REQUIRES: the name is one that Expect was given.
  class Row {
   public:
    std::string Cell(std::string_view column) const;                    // trimmed; may be empty
    std::vector<std::string_view> List(std::string_view column) const;  // without empty ones

    // INVALID_ARGUMENT if the cell is empty.
    absl::StatusOr<std::string> Required(std::string_view column) const;
    // Three capitals, as in "KOR"; the second form takes an empty cell as well.
    absl::StatusOr<std::string> Code(std::string_view column) const;
    absl::StatusOr<std::string> OptionalCode(std::string_view column) const;
    // 0 for an empty cell. INVALID_ARGUMENT outside [least, most].
    absl::StatusOr<double> Number(std::string_view column, double least, double most) const;
    // Dates as YYYY, YYYY-MM or YYYY-MM-DD; an empty cell leaves that end open.
    absl::StatusOr<Period> PeriodOf(std::string_view from, std::string_view to) const;

    // INVALID_ARGUMENT "file:line:column: message".
    absl::Status Error(std::string_view column, std::string_view message) const;

    // Where a cell begins, from 1; columns count bytes.
    int line() const { return table_->line_number_; }
    int ColumnOf(std::string_view column) const;

   private:
    friend class Table;
    size_t IndexOf(std::string_view column) const;

    const Table* table_ = nullptr;
    std::vector<std::string_view> cells_;
  };

  // Checks the encoding and reads up to the line of column names. Errors: INVALID_ARGUMENT.
  static absl::StatusOr<Table> Open(std::string_view path, std::string_view contents);

  // The names of the columns, as the file has them; and the line that they stand in.
  const std::vector<std::string_view>& columns() const { return columns_; }
  bool Has(std::string_view column) const;
  int line() const { return line_number_; }

  // INVALID_ARGUMENT unless the columns are exactly these, in this order.
  absl::Status Expect(const std::vector<std::string_view>& columns);

  // Moves to the next row; false at the end or at an error, which status() tells.
  bool Next();
  const Row& row();
  const absl::Status& status() const { return status_; }
  // The same, forgotten: Next then goes on with the line after the wrong one.
  absl::Status TakeStatus();

 private:
  bool NextLine(std::string_view* line);

  std::string path_;
  std::string_view rest_;
  int line_number_ = 0;
  std::string_view line_;
  std::vector<std::string_view> columns_;
  Row row_;
  absl::Status status_;
};

}  // namespace entente::knowledge

#endif  // ENTENTE_INGEST_KNOWLEDGE_TABLE_H_
