#include "clients/cli/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr size_t kDefaultWidth = 80;
constexpr size_t kMinWrapWidth = 13;  // a wrapped column is never narrower: "2018-03-19 to" fits

std::string_view EnvironmentValue(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

size_t TerminalWidth() {
  int64_t columns = 0;
  if (ParseInt64(EnvironmentValue("COLUMNS"), &columns) && columns >= 20 && columns <= 1000) {
    return static_cast<size_t>(columns);
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20) return size.ws_col;
  return kDefaultWidth;
}

std::string Padded(std::string_view cell, size_t width, Align align) {
  const size_t used = DisplayWidth(cell);
  const std::string space(used < width ? width - used : 0, ' ');
  return align == Align::kLeft ? std::string(cell) + space : space + std::string(cell);
}

// Appends one row, each cell over as many lines as it needs.
void AppendRow(const std::vector<Column>& columns, const std::vector<size_t>& widths,
               const std::vector<std::string>& cells, std::string* out) {
  std::vector<std::vector<std::string>> lines;
  size_t height = 1;
  for (size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(Wrap(cells[i], widths[i]));
    height = std::max(height, lines.back().size());
  }
  for (size_t y = 0; y < height; ++y) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line.append(kGap);
      line.append(Padded(y < lines[i].size() ? lines[i][y] : "", widths[i], columns[i].align));
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out->append(line).push_back('\n');
  }
}

}  // namespace

Terminal DetectTerminal() {
  if (isatty(STDOUT_FILENO) == 0) return Terminal{};
  Terminal terminal;
  terminal.width = TerminalWidth();
  terminal.color = EnvironmentValue("NO_COLOR").empty() && EnvironmentValue("TERM") != "dumb";
  return terminal;
}

absl::Status Output::Check() {
  if (out_->good()) return absl::OkStatus();
  const std::string why = errno == 0 ? "the stream is closed" : std::strerror(errno);
  return MakeStatus(absl::StatusCode::kUnavailable, Cat("cannot write to standard output: ", why));
}

absl::Status Output::Write(std::string_view text) {
  errno = 0;
  *out_ << text;
  return Check();
}

absl::Status Output::Flush() {
  errno = 0;
  out_->flush();
  return Check();
}

void Table::Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

size_t* Table::WidestThatMayGiveWay(Fit fit, std::vector<size_t>* widths) const {
  size_t* widest = nullptr;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t& candidate = (*widths)[i];
    if (columns_[i].fit != fit || candidate <= kMinWrapWidth) continue;
    if (widest == nullptr || candidate > *widest) widest = &candidate;
  }
  return widest;
}

// Natural widths; while their sum is too large, the widest column that may wrap gives way.
std::vector<size_t> Table::Widths(size_t width) const {
  std::vector<size_t> widths;
  for (size_t i = 0; i < columns_.size(); ++i) {
    size_t widest = DisplayWidth(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, DisplayWidth(row[i]));
    widths.push_back(widest);
  }
  if (width == 0) return widths;
  size_t total = kGap.size() * (columns_.size() - 1);
  for (const size_t w : widths) total += w;
  while (total > width) {
    size_t* widest = WidestThatMayGiveWay(Fit::kWrapFirst, &widths);
    if (widest == nullptr) widest = WidestThatMayGiveWay(Fit::kWrap, &widths);
    if (widest == nullptr) break;
    --*widest;
    --total;
  }
  return widths;
}

std::string Table::Render(size_t width) const {
  const std::vector<size_t> widths = Widths(width);
  std::string out;
  std::vector<std::string> titles;
  for (const Column& column : columns_) titles.push_back(column.title);
  AppendRow(columns_, widths, titles, &out);
  for (const auto& row : rows_) AppendRow(columns_, widths, row, &out);
  return out;
}

std::string CsvLine(const std::vector<std::string>& fields) {
  std::string line;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) line.push_back(',');
    const std::string& field = fields[i];
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line.append(field);
      continue;
    }
    line.push_back('"');
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line.push_back('"');
  }
  line.push_back('\n');
  return line;
}

std::string Decimal(double value, int digits) {
  std::array<char, 64> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.*f", digits, value);
  std::string text = buffer.data();
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  return text;
}

std::string Styled(std::string_view text, std::string_view style, bool color) {
  if (!color) return std::string(text);
  return Cat("\x1b[", style, 'm', text, "\x1b[0m");
}

}  // namespace entente::cli
