#include "ingest/knowledge/table.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace entente::knowledge {
namespace {

constexpr size_t kLineBytesMax = size_t{64} << 10;

// The first day (or the last, if `last`) of YYYY, YYYY-MM or YYYY-MM-DD.
bool ParsePartialDate(std::string_view text, bool last, Date* date) {
  const std::vector<std::string_view> parts = Split(text, '-');
  if (parts.size() > 3 || parts[0].size() != 4) return false;
  int64_t value[3] = {0, last ? 12 : 1, 1};
  for (size_t i = 0; i < parts.size(); ++i) {
    if ((i > 0 && parts[i].size() != 2) || !ParseInt64(parts[i], &value[i])) return false;
  }
  const int year = static_cast<int>(value[0]);
  const int month = static_cast<int>(value[1]);
  if (!IsValidCivil(year, month, 1)) return false;
  if (last && parts.size() < 3) value[2] = DaysInMonth(year, month);
  const int day = static_cast<int>(value[2]);
  if (!IsValidCivil(year, month, day)) return false;
  *date = Date::FromCivil(year, month, day);
  return true;
}

}  // namespace

absl::StatusOr<Table> Table::Open(std::string_view path, std::string_view contents) {
  Table table;
  table.path_ = std::string(path);
  table.rest_ = contents;
  if (table.rest_.starts_with("\xEF\xBB\xBF")) table.rest_.remove_prefix(3);
  std::string_view line;
  while (table.NextLine(&line)) {
    if (line.starts_with('#') || Trim(line).empty()) continue;
    table.columns_ = Split(line, '\t');
    return table;
  }
  if (!table.status_.ok()) return table.status_;
  return InvalidArgument(Cat(path, ":", table.line_number_ + 1, ":1: no line of column names"));
}

bool Table::NextLine(std::string_view* line) {
  if (rest_.empty()) return false;
  const size_t end = std::min(rest_.find('\n'), rest_.size());
  *line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++line_number_;
  if (line->ends_with('\r')) line->remove_suffix(1);
  if (line->size() > kLineBytesMax) {
    status_ = InvalidArgument(Cat(path_, ":", line_number_, ":1: the line has ", line->size(),
                                  " bytes; at most ", kLineBytesMax, " are read"));
    return false;
  }
  for (size_t i = 0; i < line->size();) {
    const CodePoint c = DecodeUtf8(*line, i);
    if (!c.valid) {
      status_ = InvalidArgument(
          Cat(path_, ":", line_number_, ":", i + 1, ": not UTF-8; save the file in that encoding"));
      return false;
    }
    i += c.length;
  }
  line_ = *line;
  return true;
}

absl::Status Table::Expect(const std::vector<std::string_view>& columns) {
  if (columns_ == columns) return absl::OkStatus();
  std::string wanted;
  for (const std::string_view column : columns) {
    if (!wanted.empty()) wanted += ", ";
    wanted += column;
  }
  return InvalidArgument(
      Cat(path_, ":", line_number_, ":1: the columns should be ", wanted, ", parted by tabs"));
}

bool Table::Next() {
  std::string_view line;
  while (NextLine(&line)) {
    if (line.starts_with('#') || Trim(line).empty()) continue;
    row_.cells_ = Split(line, '\t');
    if (row_.cells_.size() == columns_.size()) return true;
    status_ = InvalidArgument(Cat(path_, ":", line_number_, ":", line.size() + 1, ": ",
                                  row_.cells_.size(), " cells where the table has ",
                                  columns_.size(), " columns"));
    return false;
  }
  return false;
}

bool Table::Has(std::string_view column) const {
  return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
}

absl::Status Table::TakeStatus() { return std::exchange(status_, absl::OkStatus()); }

const Table::Row& Table::row() {
  row_.table_ = this;
  return row_;
}

size_t Table::Row::IndexOf(std::string_view column) const {
  const auto& columns = table_->columns_;
  return static_cast<size_t>(std::find(columns.begin(), columns.end(), column) - columns.begin());
}

std::string Table::Row::Cell(std::string_view column) const {
  return std::string(Trim(cells_[IndexOf(column)]));
}

std::vector<std::string_view> Table::Row::List(std::string_view column) const {
  std::vector<std::string_view> list;
  for (const std::string_view part : Split(cells_[IndexOf(column)], '|')) {
    if (!Trim(part).empty()) list.push_back(Trim(part));
  }
  return list;
}

absl::StatusOr<std::string> Table::Row::Required(std::string_view column) const {
  std::string cell = Cell(column);
  if (cell.empty()) return Error(column, Cat("the ", column, " is missing"));
  return cell;
}

absl::StatusOr<std::string> Table::Row::Code(std::string_view column) const {
  ENTENTE_RETURN_IF_ERROR(Required(column).status());
  return OptionalCode(column);
}

absl::StatusOr<std::string> Table::Row::OptionalCode(std::string_view column) const {
  std::string cell = Cell(column);
  const bool capitals =
      std::all_of(cell.begin(), cell.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (cell.empty() || (cell.size() == 3 && capitals)) return cell;
  return Error(column, Cat("the ", column, " \"", cell, "\" is not a code of three capitals"));
}

absl::StatusOr<double> Table::Row::Number(std::string_view column, double least,
                                          double most) const {
  const std::string cell = Cell(column);
  if (cell.empty()) return 0.0;
  double value = 0;
  if (!ParseDouble(cell, &value) || !(value >= least && value <= most)) {
    return Error(column,
                 Cat("the ", column, " \"", cell, "\" is not a number from ", least, " to ", most));
  }
  return value;
}

absl::StatusOr<Period> Table::Row::PeriodOf(std::string_view from, std::string_view to) const {
  Period period;
  const auto parse = [&](std::string_view column, bool last, Date* date) {
    const std::string cell = Cell(column);
    if (cell.empty() || ParsePartialDate(cell, last, date)) return absl::OkStatus();
    return Error(column, Cat("\"", cell, "\" is not a date like 2023, 2023-09 or 2023-09-22"));
  };
  ENTENTE_RETURN_IF_ERROR(parse(from, false, &period.from));
  ENTENTE_RETURN_IF_ERROR(parse(to, true, &period.to));
  if (period.to < period.from) return Error(to, "the period ends before it begins");
  return period;
}

int Table::Row::ColumnOf(std::string_view column) const {
  return static_cast<int>(cells_[IndexOf(column)].data() - table_->line_.data()) + 1;
}

absl::Status Table::Row::Error(std::string_view column, std::string_view message) const {
  return InvalidArgument(
      Cat(table_->path_, ":", table_->line_number_, ":", ColumnOf(column), ": ", message));
}

}  // namespace entente::knowledge
