#include "ingest/nlp/render.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/utf8.h"

namespace entente::nlp {
namespace {

// The sides at which a cell of the drawing has a line; together they choose its character.
enum Side : uint8_t { kUp = 1, kDown = 2, kLeft = 4, kRight = 8 };

constexpr std::array<std::string_view, 16> kLines = {" ", "│", "│", "│", "─", "┘", "┐", "┤",
                                                     "─", "└", "┌", "├", "─", "┴", "┬", "┼"};
constexpr std::array<std::string_view, 4> kBlockNames = {"body", "headline", "dateline", "other"};

constexpr size_t kArcWordsMax = 1000;

struct Arc {
  int32_t head = 0;
  int32_t top = 0;  // rows, top < bottom
  int32_t bottom = 0;
  size_t column = 0;  // counted from the words
};

size_t Width(std::string_view text) {
  size_t width = 0;
  for (size_t i = 0; i < text.size(); i += DecodeUtf8(text, i).length) ++width;
  return width;
}

std::string Printable(std::string_view text) {
  std::string out = ReplaceInvalidUtf8(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return out;
}

bool HasHead(const Sentence& sentence, size_t i) {
  const int32_t head = sentence.tokens[i].head;
  return head >= 0 && head < static_cast<int32_t>(sentence.tokens.size());
}

// Short arcs lie inside long ones: each takes the column nearest to the words whose rows from end
// to end are free or drawn for the same head already.
std::vector<Arc> PlaceArcs(const Sentence& sentence) {
  const size_t count = sentence.tokens.size();
  std::vector<Arc> arcs;
  if (count > kArcWordsMax) return arcs;
  for (size_t i = 0; i < count; ++i) {
    if (!HasHead(sentence, i)) continue;
    const auto row = static_cast<int32_t>(i);
    const int32_t head = sentence.tokens[i].head;
    arcs.push_back({.head = head, .top = std::min(row, head), .bottom = std::max(row, head)});
  }
  std::stable_sort(arcs.begin(), arcs.end(),
                   [](const Arc& a, const Arc& b) { return a.bottom - a.top < b.bottom - b.top; });
  std::vector<std::vector<int32_t>> owners;  // by column and row: the head drawn there, or -1
  for (Arc& arc : arcs) {
    const auto is_free = [&arc](int32_t owner) { return owner == -1 || owner == arc.head; };
    for (arc.column = 0;; ++arc.column) {
      if (arc.column == owners.size()) owners.emplace_back(count, -1);
      std::vector<int32_t>& rows = owners[arc.column];
      if (!std::all_of(rows.begin() + arc.top, rows.begin() + arc.bottom + 1, is_free)) continue;
      std::fill(rows.begin() + arc.top, rows.begin() + arc.bottom + 1, arc.head);
      break;
    }
  }
  return arcs;
}

// The drawing's cells, rows of `width` from left to right; the words stand at its right edge.
std::vector<std::vector<uint8_t>> DrawArcs(const Sentence& sentence, size_t* width) {
  const std::vector<Arc> arcs = PlaceArcs(sentence);
  *width = 0;
  for (const Arc& arc : arcs) *width = std::max(*width, arc.column + 1);
  std::vector<std::vector<uint8_t>> cells(sentence.tokens.size(), std::vector<uint8_t>(*width, 0));
  for (const Arc& arc : arcs) {
    const size_t at = *width - 1 - arc.column;
    for (int32_t row = arc.top; row <= arc.bottom; ++row) {
      if (row > arc.top) cells[row][at] |= kUp;
      if (row < arc.bottom) cells[row][at] |= kDown;
    }
    for (const int32_t row : {arc.top, arc.bottom}) {
      cells[row][at] |= kRight;
      for (size_t i = at + 1; i < *width; ++i) cells[row][i] |= kLeft | kRight;
    }
  }
  return cells;
}

using Row = std::array<std::string, 6>;

std::vector<Row> WordColumns(const Document& document, const Sentence& sentence) {
  std::vector<Row> rows;
  for (const Token& token : sentence.tokens) {
    rows.push_back({Printable(document.Text(token.span)), Printable(token.lemma),
                    std::string(UposName(token.upos)), token.xpos,
                    std::string(DeprelName(token.deprel)), ""});
  }
  for (const Name& name : sentence.names) {
    for (int32_t i = name.first; i <= name.last; ++i) rows[i][5] = NameKindName(name.kind);
  }
  return rows;
}

}  // namespace

std::string RenderSentence(const Document& document, const Sentence& sentence) {
  size_t width = 0;
  const std::vector<std::vector<uint8_t>> cells = DrawArcs(sentence, &width);
  const std::vector<Row> rows = WordColumns(document, sentence);
  std::array<size_t, 6> widths{};
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Width(row[i]));
  }
  std::string out;
  for (size_t i = 0; i < rows.size(); ++i) {
    std::string line;
    for (const uint8_t cell : cells[i]) line += kLines[cell];
    const bool touched = width > 0 && (cells[i].back() & kRight) != 0;
    line += HasHead(sentence, i) ? "─►" : touched ? "──" : "  ";
    for (size_t k = 0; k < widths.size(); ++k) {
      line += rows[i][k] + std::string(widths[k] - Width(rows[i][k]) + 2, ' ');
    }
    out += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

std::string RenderDocument(const Document& document) {
  std::string out;
  int64_t number = 0;
  for (const Sentence& sentence : document.sentences) {
    if (number > 0) out += "\n";
    out += "# " + std::to_string(++number) + ", ";
    out += kBlockNames[static_cast<size_t>(sentence.kind)];
    out += ": " + Printable(document.Text(sentence.span)) + "\n";
    out += RenderSentence(document, sentence);
  }
  return out;
}

}  // namespace entente::nlp
