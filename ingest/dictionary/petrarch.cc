#include "ingest/dictionary/petrarch.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "base/utf8.h"

namespace entente::dictionary {
namespace {

constexpr int kThisCenturyMax = 30;
constexpr size_t kExpansionsMax = 64;  // of one name by substitutions

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view TrimRight(std::string_view text) {
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

// "MAZAR-I_SHARIF_" → "MAZAR-I SHARIF".
std::string WordsOf(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const bool blank = IsBlank(c) || c == '_';
    if (!blank) words.push_back(c);
    if (blank && !words.empty() && words.back() != ' ') words.push_back(' ');
  }
  if (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

// YYMMDD or YYYYMMDD.
bool ParseDay(std::string_view text, Date* date) {
  if (text.size() != 6 && text.size() != 8) return false;
  if (!std::all_of(text.begin(), text.end(), IsDigit)) return false;
  int64_t number = 0;
  if (!ParseInt64(text, &number)) return false;
  const int day = static_cast<int>(number % 100);
  const int month = static_cast<int>(number / 100 % 100);
  int year = static_cast<int>(number / 10000);
  if (text.size() == 6) year += year <= kThisCenturyMax ? 2000 : 1900;
  if (!IsValidCivil(year, month, day)) return false;
  *date = Date::FromCivil(year, month, day);
  return true;
}

// The period of "920101-961231", "<970101", ">040101". False: it is none.
bool ParsePeriod(std::string_view text, knowledge::Period* period) {
  if (text.starts_with('<') || text.starts_with('>')) {
    Date day;
    if (!ParseDay(Trim(text.substr(1)), &day)) return false;
    if (text[0] == '<') {
      period->to = day.AddDays(-1);
    } else {
      period->from = day;
    }
    return true;
  }
  const size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  return ParseDay(Trim(text.substr(0, dash)), &period->from) &&
         ParseDay(Trim(text.substr(dash + 1)), &period->to) && period->from <= period->to;
}

class PetrarchReader {
 public:
  PetrarchReader(const DictionaryFile& file, std::vector<Entry>* entries,
                 std::vector<Refusal>* refusals)
      : file_(file), entries_(*entries), refusals_(*refusals) {}

  void Read() {
    std::string_view rest = file_.contents;
    if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      ++line_number_;
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (IsReadable(line)) ReadLine(line);
    }
    End();
  }

 private:
  Position At(size_t offset) const {
    return {&file_.path, line_number_, static_cast<int>(offset) + 1};
  }
  void Refuse(size_t offset, Reason reason, std::string what) {
    refusals_.push_back({At(offset), reason, std::move(what)});
  }

  bool IsReadable(std::string_view line) {
    if (line.size() > kLineBytesMax) {
      Refuse(0, Reason::kTooLong,
             Cat("the line has ", line.size(), " bytes; at most ", kLineBytesMax, " are read"));
      return false;
    }
    for (size_t i = 0; i < line.size();) {
      const CodePoint c = DecodeUtf8(line, i);
      const bool control = c.value < 0x20 && c.value != '\t';
      if (!c.valid || control || c.value == 0x7F) {
        Refuse(i, Reason::kEncoding,
               c.valid ? "a control character; the line is left out"
                       : "not UTF-8; save the file in that encoding");
        return false;
      }
      i += c.length;
    }
    return true;
  }

  void ReadLine(std::string_view line) {
    line = TrimRight(line.substr(0, std::min(line.find_first_of("#;"), line.size())));
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return;
    if (line[begin] == '[') {
      if (!open_) {
        Refuse(begin, Reason::kSyntax, "a code without a name before it");
        return;
      }
      ReadCodes(line, begin);
      return;
    }
    if (line[begin] == '!' && IsDefinition(line.substr(begin))) {
      Define(line, begin);
      return;
    }
    if (line[begin] == '+') {
      if (!open_) {
        Refuse(begin, Reason::kSyntax, "a synonym without a name before it");
        return;
      }
      ReadName(line, begin + 1);
      return;
    }
    End();
    open_ = true;
    ReadName(line, begin);
  }

  // "!NAME! = …".
  static bool IsDefinition(std::string_view text) {
    const size_t end = text.find('!', 1);
    return end != std::string_view::npos && Trim(text.substr(end + 1)).starts_with('=');
  }

  void Define(std::string_view line, size_t begin) {
    End();
    const size_t end = line.find('!', begin + 1);
    const std::string name(line.substr(begin, end + 1 - begin));
    std::vector<std::string>& values = macros_[name];
    values.clear();
    for (const std::string_view part : Split(line.substr(line.find('=', end) + 1), ',')) {
      if (!Trim(part).empty()) values.emplace_back(Trim(part));
    }
    if (values.empty() || values.size() > kExpansionsMax) {
      Refuse(begin, Reason::kMacro,
             Cat("the substitution ", name, " needs between 1 and ", kExpansionsMax, " words"));
      macros_.erase(name);
    }
  }

  // A name with what may follow it: {PLURAL}, then codes.
  void ReadName(std::string_view line, size_t begin) {
    const size_t end = std::min(line.find_first_of("{[", begin), line.size());
    AddNames(line.substr(begin, end - begin), begin, false);
    size_t at = end;
    if (at < line.size() && line[at] == '{') {
      const size_t close = line.find('}', at);
      if (close == std::string_view::npos) {
        Refuse(at, Reason::kSyntax, "the bracket { is not closed");
        return;
      }
      const std::string_view plural = line.substr(at + 1, close - at - 1);
      entry_.no_plural = true;  // none but what is told
      if (!Trim(plural).empty()) AddNames(plural, at + 1, true);
      at = close + 1;
    }
    ReadCodes(line, at);
  }

  void AddNames(std::string_view text, size_t offset, bool plural) {
    std::vector<std::string> names = {std::string(text)};
    for (size_t i = 0; i < names.size();) {
      const size_t mark = names[i].find('!');
      if (mark == std::string::npos) {
        ++i;
        continue;
      }
      const size_t end = names[i].find('!', mark + 1);
      const std::string key =
          end == std::string::npos ? names[i].substr(mark) : names[i].substr(mark, end + 1 - mark);
      const auto macro = macros_.find(key);
      if (macro == macros_.end()) {
        Refuse(offset, Reason::kMacro, Cat("the substitution ", key, " is not defined"));
        return;
      }
      if (names.size() + macro->second.size() > kExpansionsMax + 1) {
        Refuse(offset, Reason::kTooLong,
               Cat("the name stands for over ", kExpansionsMax, " names"));
        return;
      }
      const std::string before = names[i].substr(0, mark);
      const std::string after = names[i].substr(end + 1);
      names.erase(names.begin() + static_cast<std::ptrdiff_t>(i));
      for (size_t v = 0; v < macro->second.size(); ++v) {
        std::string name = before;
        name.append(macro->second[v]).append(after);
        names.insert(names.begin() + static_cast<std::ptrdiff_t>(i + v), std::move(name));
      }
    }
    for (const std::string& name : names) {
      std::string words = WordsOf(name);
      if (words.empty()) {
        Refuse(offset, Reason::kName, "a name is missing");
        continue;
      }
      entry_.names.push_back({std::move(words), At(offset), plural});
    }
  }

  // Every "[…]" from `at` on.
  void ReadCodes(std::string_view line, size_t at) {
    while (at < line.size()) {
      if (IsBlank(line[at])) {
        ++at;
        continue;
      }
      const size_t close = line[at] == '[' ? line.find(']', at) : std::string_view::npos;
      if (close == std::string_view::npos) {
        Refuse(at, Reason::kSyntax,
               line[at] == '[' ? "the bracket [ is not closed"
                               : Cat("\"", line.substr(at), "\" is neither a code nor a plural"));
        return;
      }
      ReadCode(line.substr(at + 1, close - at - 1), at + 1);
      at = close + 1;
    }
  }

  void ReadCode(std::string_view text, size_t offset) {
    text = Trim(text);
    const size_t blank = std::min(text.find_first_of(" \t<>"), text.size());
    DatedCode code;
    code.code = std::string(text.substr(0, blank));
    code.at = At(offset);
    const std::string_view when = Trim(text.substr(blank));
    if (code.code.empty()) {
      Refuse(offset, Reason::kCode, "the code is missing");
      return;
    }
    if (!when.empty()) {
      code.dated = true;
      if (!ParsePeriod(when, &code.period)) {
        Refuse(offset + blank, Reason::kDate,
               Cat("\"", when, "\" is no time like 920101-961231, <970101 or >20040101"));
        return;
      }
    }
    entry_.codes.push_back(std::move(code));
  }

  void End() {
    open_ = false;
    if (!entry_.names.empty() || !entry_.codes.empty()) entries_.push_back(std::move(entry_));
    entry_ = Entry();
  }

  const DictionaryFile& file_;
  std::vector<Entry>& entries_;
  std::vector<Refusal>& refusals_;
  std::map<std::string, std::vector<std::string>> macros_;  // by "!NAME!"
  int line_number_ = 0;
  bool open_ = false;  // a name has begun an entry
  Entry entry_;
};

}  // namespace

void ReadPetrarch(const DictionaryFile& file, std::vector<Entry>* entries,
                  std::vector<Refusal>* refusals) {
  PetrarchReader(file, entries, refusals).Read();
}

}  // namespace entente::dictionary
