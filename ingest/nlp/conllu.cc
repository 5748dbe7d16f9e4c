#include "ingest/nlp/conllu.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"

namespace entente::nlp {
namespace {

constexpr int kColumns = 10;
enum Column { kId, kForm, kLemma, kUposColumn, kXpos, kFeats, kHead, kDeprelColumn, kDeps, kMisc };

constexpr std::array<std::string_view, 4> kBlockNames = {"body", "headline", "dateline", "other"};

std::optional<NameKind> NameKindFromName(std::string_view name) {
  for (const NameKind kind :
       {NameKind::kPerson, NameKind::kOrganization, NameKind::kLocation, NameKind::kOther}) {
    if (NameKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

// The value of `key` in a "A=1|B=2" column; nothing if it is not there.
std::optional<std::string_view> MiscValue(std::string_view misc, std::string_view key) {
  for (const std::string_view part : Split(misc, '|')) {
    if (part.size() > key.size() && part.starts_with(key) && part[key.size()] == '=') {
      return part.substr(key.size() + 1);
    }
  }
  return std::nullopt;
}

// The value of a "# key = value" comment; nothing if the line is another comment.
std::optional<std::string_view> CommentValue(std::string_view line, std::string_view key) {
  std::string_view rest = Trim(line.substr(1));
  if (!rest.starts_with(key)) return std::nullopt;
  rest = Trim(rest.substr(key.size()));
  if (rest.empty()) return rest;
  if (rest[0] != '=') return std::nullopt;
  return Trim(rest.substr(1));
}

// The start of each code point of `text`, and its end.
std::vector<size_t> CodePointStarts(std::string_view text) {
  std::vector<size_t> starts;
  for (size_t i = 0; i < text.size(); i += DecodeUtf8(text, i).length) starts.push_back(i);
  starts.push_back(text.size());
  return starts;
}

// Cuts `surface` into one part a form: by the forms' lengths where they spell it ("do"+"n't"), and
// otherwise as near to their lengths as leaves each part at least one character. Returns the ends;
// empty if `surface` has fewer characters than there are forms.
std::vector<size_t> CutSurface(std::string_view surface, const std::vector<std::string>& forms) {
  const std::vector<size_t> starts = CodePointStarts(surface);
  const size_t length = starts.size() - 1;
  if (length < forms.size()) return {};
  std::vector<size_t> ends;
  size_t used = 0;
  for (size_t i = 0; i < forms.size(); ++i) {
    const size_t after = forms.size() - 1 - i;
    const size_t wanted = std::max<size_t>(1, CodePointStarts(forms[i]).size() - 1);
    used = after == 0 ? length : std::min(used + wanted, length - after);
    ends.push_back(starts[used]);
  }
  return ends;
}

class Reader {
 public:
  Reader(std::string_view bytes, std::string_view name, const ConlluLimits& limits)
      : bytes_(bytes), name_(name), limits_(limits) {}

  absl::StatusOr<Document> Read() {
    const size_t bytes_max =
        std::min<size_t>(limits_.bytes_max, std::numeric_limits<int32_t>::max());
    if (bytes_.size() > bytes_max) {
      return ResourceExhausted(Cat(name_, ": ", bytes_.size(), " bytes are more than the limit of ",
                                   bytes_max, "; split the file"));
    }
    for (size_t begin = 0; begin < bytes_.size();) {
      const size_t end = std::min(bytes_.find('\n', begin), bytes_.size());
      std::string_view line = bytes_.substr(begin, end - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      ++line_number_;
      begin = end + 1;
      ENTENTE_RETURN_IF_ERROR(Line(line));
    }
    ENTENTE_RETURN_IF_ERROR(EndSentence());
    return std::move(document_);
  }

 private:
  absl::Status Error(std::string_view message) const {
    return InvalidArgument(Cat(name_, ":", line_number_, ": ", message));
  }

  absl::Status Line(std::string_view line) {
    if (line.empty()) return EndSentence();
    if (line[0] == '#') return Comment(line);
    std::array<std::string_view, kColumns> columns;
    int count = 0;
    for (size_t begin = 0; begin <= line.size(); ++count) {
      const size_t end = std::min(line.find('\t', begin), line.size());
      if (count < kColumns) columns[count] = line.substr(begin, end - begin);
      begin = end + 1;
    }
    if (count != kColumns) {
      return Error(Cat("a CoNLL-U line has 10 columns parted by tabs, this one has ", count));
    }
    if (columns[kForm].empty()) return Error("the form (column 2) is empty");
    if (columns[kId].find('.') != std::string_view::npos) return absl::OkStatus();  // empty node
    if (columns[kId].find('-') != std::string_view::npos) return MultiwordToken(columns);
    return Word(columns);
  }

  absl::Status Comment(std::string_view line) {
    if (CommentValue(line, "newpar").has_value() || CommentValue(line, "newdoc").has_value() ||
        CommentValue(line, "newpar id").has_value() ||
        CommentValue(line, "newdoc id").has_value()) {
      new_paragraph_ = true;
    } else if (const auto block = CommentValue(line, "block"); block.has_value()) {
      const auto found = std::find(kBlockNames.begin(), kBlockNames.end(), *block);
      if (found == kBlockNames.end()) {
        return Error(Cat("block \"", *block, "\" is none of body, headline, dateline, other"));
      }
      sentence_.kind = static_cast<BlockKind>(found - kBlockNames.begin());
    }
    return absl::OkStatus();
  }

  absl::Status MultiwordToken(const std::array<std::string_view, kColumns>& columns) {
    const size_t dash = columns[kId].find('-');
    int64_t first = 0;
    int64_t last = 0;
    if (!ParseInt64(columns[kId].substr(0, dash), &first) ||
        !ParseInt64(columns[kId].substr(dash + 1), &last) || last <= first ||
        first != static_cast<int64_t>(sentence_.tokens.size()) + 1 || !range_forms_.empty() ||
        last > static_cast<int64_t>(limits_.words_per_sentence_max)) {
      return Error(Cat("the range \"", columns[kId], "\" does not begin at the next word, ",
                       sentence_.tokens.size() + 1));
    }
    range_first_ = static_cast<size_t>(first) - 1;
    range_last_ = static_cast<size_t>(last) - 1;
    in_range_ = true;
    range_surface_ = std::string(columns[kForm]);
    range_space_after_ = MiscValue(columns[kMisc], "SpaceAfter") != "No";
    return absl::OkStatus();
  }

  absl::Status Word(const std::array<std::string_view, kColumns>& columns) {
    int64_t id = 0;
    const size_t index = sentence_.tokens.size();
    if (!ParseInt64(columns[kId], &id) || id != static_cast<int64_t>(index) + 1) {
      return Error(Cat("the word is numbered \"", columns[kId], "\", expected ", index + 1));
    }
    if (index >= limits_.words_per_sentence_max) {
      return ResourceExhausted(Cat(name_, ":", line_number_, ": the sentence has more than ",
                                   limits_.words_per_sentence_max, " words"));
    }
    Token token;
    if (columns[kLemma] != "_" || columns[kForm] == "_") token.lemma = std::string(columns[kLemma]);
    if (columns[kXpos] != "_") token.xpos = std::string(columns[kXpos]);
    token.upos = UposFromName(columns[kUposColumn]);
    if (token.upos == Upos::kNone && columns[kUposColumn] != "_") {
      return Error(Cat("\"", columns[kUposColumn], "\" (column 4) is not a universal tag"));
    }
    token.deprel = DeprelFromName(columns[kDeprelColumn]);
    if (token.deprel == Deprel::kNone && columns[kDeprelColumn] != "_") {
      return Error(Cat("\"", columns[kDeprelColumn], "\" (column 8) is not a universal relation"));
    }
    int64_t head = 0;
    if (columns[kHead] != "_" && (!ParseInt64(columns[kHead], &head) || head < 0)) {
      return Error(Cat("\"", columns[kHead], "\" (column 7) is not the number of a word, 0 or _"));
    }
    token.head =
        static_cast<int32_t>(std::min<int64_t>(head, std::numeric_limits<int32_t>::max()) - 1);
    token.space_after = MiscValue(columns[kMisc], "SpaceAfter") != "No";
    ENTENTE_RETURN_IF_ERROR(AddName(columns[kMisc], static_cast<int32_t>(index)));
    sentence_.tokens.push_back(std::move(token));
    word_lines_.push_back(line_number_);
    return Place(columns[kForm]);
  }

  // Appends the word's form to the text, or waits for the rest of its multiword token.
  absl::Status Place(std::string_view form) {
    const size_t index = sentence_.tokens.size() - 1;
    if (!in_range_) {
      BeforeToken();
      Token& token = sentence_.tokens.back();
      token.span.begin = static_cast<uint32_t>(document_.text.size());
      document_.text.append(form);
      token.span.end = static_cast<uint32_t>(document_.text.size());
      pending_space_ = token.space_after;
      return absl::OkStatus();
    }
    range_forms_.emplace_back(form);
    return index == range_last_ ? EndRange() : absl::OkStatus();
  }

  absl::Status EndRange() {
    const std::vector<size_t> ends = CutSurface(range_surface_, range_forms_);
    if (ends.empty()) {
      return Error(
          Cat("the multiword token \"", range_surface_, "\" has fewer letters than words"));
    }
    BeforeToken();
    const uint32_t base = static_cast<uint32_t>(document_.text.size());
    uint32_t begin = base;
    for (size_t i = 0; i < ends.size(); ++i) {
      Token& token = sentence_.tokens[range_first_ + i];
      token.span = {begin, base + static_cast<uint32_t>(ends[i])};
      token.space_after = false;
      begin = token.span.end;
    }
    sentence_.tokens.back().space_after = range_space_after_;
    pending_space_ = range_space_after_;
    document_.text.append(range_surface_);
    in_range_ = false;
    range_forms_.clear();
    return absl::OkStatus();
  }

  // Writes what stands between the last token and the next one.
  void BeforeToken() {
    if (new_paragraph_) {
      if (!document_.sentences.empty()) {
        document_.text.append("\n\n");
        ++paragraph_;
      }
      new_paragraph_ = false;
    } else if (pending_space_) {
      document_.text.push_back(' ');
    }
    pending_space_ = false;
  }

  absl::Status AddName(std::string_view misc, int32_t index) {
    const std::optional<std::string_view> value = MiscValue(misc, "Name");
    if (!value.has_value()) return absl::OkStatus();
    const std::optional<NameKind> kind =
        NameKindFromName(value->substr(std::min<size_t>(2, value->size())));
    if (!kind.has_value() || !(value->starts_with("B-") || value->starts_with("I-"))) {
      return Error(Cat("Name=", *value, " is none of B- or I- and PER, ORG, LOC, OTH"));
    }
    std::vector<Name>& names = sentence_.names;
    if (value->starts_with("I-")) {
      if (names.empty() || names.back().last != index - 1 || names.back().kind != *kind) {
        return Error(Cat("Name=", *value, " continues no name"));
      }
      names.back().last = index;
    } else {
      names.push_back(Name{.first = index, .last = index, .kind = *kind, .score = 1});
    }
    return absl::OkStatus();
  }

  absl::Status EndSentence() {
    if (in_range_) return Error("the sentence ends inside a multiword token");
    if (sentence_.tokens.empty()) return absl::OkStatus();
    const int32_t count = static_cast<int32_t>(sentence_.tokens.size());
    for (int32_t i = 0; i < count; ++i) {
      const Token& token = sentence_.tokens[i];
      if (token.head >= count || token.head == i) {
        return InvalidArgument(Cat(name_, ":", word_lines_[i], ": the head ", token.head + 1,
                                   " is the word itself or not in its sentence"));
      }
    }
    sentence_.span = {sentence_.tokens.front().span.begin, sentence_.tokens.back().span.end};
    sentence_.paragraph = paragraph_;
    document_.sentences.push_back(std::move(sentence_));
    sentence_ = Sentence();
    word_lines_.clear();
    return absl::OkStatus();
  }

  const std::string_view bytes_;
  const std::string_view name_;
  const ConlluLimits limits_;
  int64_t line_number_ = 0;
  int32_t paragraph_ = 0;
  bool new_paragraph_ = false;
  bool pending_space_ = false;
  bool in_range_ = false;
  bool range_space_after_ = true;
  size_t range_first_ = 0;  // indexes of the multiword token's words, inclusive
  size_t range_last_ = 0;
  std::string range_surface_;
  std::vector<std::string> range_forms_;
  std::vector<int64_t> word_lines_;
  Sentence sentence_;
  Document document_;
};

// Appends `text` with every run of white space as one space, since columns and comments are parted
// by tabs and line ends. "_" stands for nothing.
void AppendField(std::string_view text, std::string* out) {
  if (text.empty()) {
    out->push_back('_');
    return;
  }
  bool space = false;
  for (const char c : text) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_space) {
      out->push_back(c);
    } else if (!space) {
      out->push_back(' ');
    }
    space = is_space;
  }
}

void AppendMisc(const Token& token, const Name* name, int32_t index, std::string* out) {
  const size_t start = out->size();
  if (name != nullptr) {
    out->append(name->first == index ? "Name=B-" : "Name=I-");
    out->append(NameKindName(name->kind));
  }
  if (!token.space_after) {
    if (out->size() > start) out->push_back('|');
    out->append("SpaceAfter=No");
  }
  if (out->size() == start) out->push_back('_');
}

void AppendWord(const Document& document, const Token& token, const Name* name, int32_t index,
                std::string* out) {
  out->append(std::to_string(index + 1)).push_back('\t');
  AppendField(document.Text(token.span), out);
  out->push_back('\t');
  AppendField(token.lemma, out);
  out->append("\t").append(UposName(token.upos)).append("\t");
  AppendField(token.xpos, out);
  out->append("\t_\t");
  out->append(token.deprel == Deprel::kNone ? "_" : std::to_string(token.head + 1));
  out->append("\t").append(DeprelName(token.deprel)).append("\t_\t");
  AppendMisc(token, name, index, out);
  out->push_back('\n');
}

}  // namespace

absl::StatusOr<Document> ReadConllu(std::string_view bytes, std::string_view name,
                                    const ConlluLimits& limits) {
  return Reader(bytes, name, limits).Read();
}

std::string WriteConllu(const Document& document) {
  std::string out;
  int32_t paragraph = -1;
  int64_t number = 0;
  for (const Sentence& sentence : document.sentences) {
    if (sentence.paragraph != paragraph) out.append("# newpar\n");
    paragraph = sentence.paragraph;
    out.append("# sent_id = ").append(std::to_string(++number)).append("\n");
    if (sentence.kind != BlockKind::kBody) {
      out.append("# block = ").append(kBlockNames[static_cast<size_t>(sentence.kind)]).append("\n");
    }
    out.append("# text = ");
    AppendField(document.Text(sentence.span), &out);
    out.push_back('\n');
    size_t next_name = 0;
    for (int32_t i = 0; i < static_cast<int32_t>(sentence.tokens.size()); ++i) {
      while (next_name < sentence.names.size() && sentence.names[next_name].last < i) ++next_name;
      const bool named = next_name < sentence.names.size() && sentence.names[next_name].first <= i;
      AppendWord(document, sentence.tokens[i], named ? &sentence.names[next_name] : nullptr, i,
                 &out);
    }
    out.push_back('\n');
  }
  return out;
}

}  // namespace entente::nlp
