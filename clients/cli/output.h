// Where a command's results go and how they look.
//
//   Output output(&std::cout, Terminal{.width = 80, .color = true});
//   Table table({{"DATE"}, {"EVENT", Align::kLeft, Fit::kWrap}, {"ID", Align::kRight}});
//   table.Add({"2023-09-13", "Meeting", "12"});
//   output.Write(table.Render(output.terminal().width));
//
// Results go to standard output, everything else to standard error. Thread safety: one thread.
#ifndef ENTENTE_CLIENTS_CLI_OUTPUT_H_
#define ENTENTE_CLIENTS_CLI_OUTPUT_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace entente::cli {

enum class Format {
  kPeople,  // aligned and wrapped, for reading; may change between versions
  kJsonl,   // one JSON object a line; fields are those of the API's messages
  kCsv,     // RFC 4180 with a header line; columns only ever grow at the end
};

struct Terminal {
  size_t width = 0;    // columns; 0: not a terminal, lines are never wrapped
  bool color = false;  // ANSI escapes may be written
};

// What the streams of this process are: width from the terminal or COLUMNS; no color if NO_COLOR is
// set (no-color.org), TERM is "dumb" or standard output is not a terminal.
Terminal DetectTerminal();

// Standard output with its errors.
class Output {
 public:
  // `out` must outlive the output.
  Output(std::ostream* out, Terminal terminal) : out_(out), terminal_(terminal) {}

  const Terminal& terminal() const { return terminal_; }

  // Writes `text`. UNAVAILABLE once the stream is broken (a closed pipe, a full disk); the caller
  // stops then. Later writes do nothing.
  absl::Status Write(std::string_view text);
  // Writes what is buffered. The same errors.
  absl::Status Flush();

 private:
  absl::Status Check();

  std::ostream* out_;
  Terminal terminal_;
};

enum class Align { kLeft, kRight };
// What may happen to a column when the table is wider than the terminal.
enum class Fit {
  kKeep,
  kWrap,
  kWrapFirst,  // before any kWrap column: for what is seldom long, such as dates with an end
};

struct Column {
  std::string title;
  Align align = Align::kLeft;
  Fit fit = Fit::kKeep;
};

// Rows of cells under titles, parted by two spaces.
class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // REQUIRES: as many cells as columns, no control characters (see Printable).
  void Add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  // The table in at most `width` columns, if wrapping the columns that allow it achieves that; 0:
  // no limit. Linear in the text.
  std::string Render(size_t width) const;

 private:
  std::vector<size_t> Widths(size_t width) const;
  // An element of `widths`; null if no column with that fit can become narrower.
  size_t* WidestThatMayGiveWay(Fit fit, std::vector<size_t>* widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// One record as a line of CSV: fields with a comma, quote or line break are quoted (RFC 4180),
// ended by "\n".
std::string CsvLine(const std::vector<std::string>& fields);

// `value` with `digits` decimals: "-2.0". Never "-0.0".
std::string Decimal(double value, int digits);

// `text` in an ANSI style ("1" bold, "36" cyan) if `color`.
std::string Styled(std::string_view text, std::string_view style, bool color);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_OUTPUT_H_
