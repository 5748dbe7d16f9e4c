#include "ingest/dictionary/entry.h"

#include <algorithm>

#include "base/strings.h"
#include "ingest/knowledge/folding.h"

namespace entente::dictionary {

int CountWords(std::string_view name) {
  int words = 0;
  bool readable = false;
  for (const std::string_view token : knowledge::SplitPhrase(name)) {
    if (knowledge::IsTransparent(token)) continue;
    for (const knowledge::FoldedPart& part : knowledge::FoldToken(token)) {
      ++words;
      readable = readable || std::any_of(part.text.begin(), part.text.end(), [](char c) {
                   const bool letter = c >= 'a' && c <= 'z';
                   const bool digit = c >= '0' && c <= '9';
                   return letter || digit || static_cast<unsigned char>(c) >= 0x80;
                 });
    }
  }
  return readable ? words : 0;
}

std::string Position::Text() const {
  return Cat(path == nullptr ? "?" : *path, ":", line, ":", column);
}

std::string_view ReasonLabel(Reason reason) {
  switch (reason) {
    case Reason::kEncoding:
      return "not UTF-8, or control characters";
    case Reason::kTooLong:
      return "too long";
    case Reason::kSyntax:
      return "not understood";
    case Reason::kMacro:
      return "a substitution that is not defined";
    case Reason::kDate:
      return "no date, or one before the other";
    case Reason::kCode:
      return "a code that is not known";
    case Reason::kNobody:
      return "a name that is nobody";
    case Reason::kNoCode:
      return "a name without a code";
    case Reason::kName:
      return "a name without letters";
    case Reason::kConflict:
      return "another code for the same name and time";
    case Reason::kDatedName:
      return "dates where none can be kept";
  }
  return "";
}

}  // namespace entente::dictionary
