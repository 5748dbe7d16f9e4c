#include "tests/ingest/coder/coding_corpus.h"

#include <algorithm>
#include <set>

#include "base/status.h"
#include "base/strings.h"

namespace entente::coder {
namespace {

// "KOR*" is a prefix; "KOR" the whole.
bool MatchesPattern(std::string_view pattern, std::string_view value) {
  if (pattern.empty() || pattern.back() != '*') return pattern == value;
  return value.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1);
}

bool MatchesActor(std::string_view pattern, std::string_view id, std::string_view code) {
  // "UNO*" finds the code IGOUNO as well.
  const bool united_nations = code.starts_with("IGOUNO") && MatchesPattern(pattern, code.substr(3));
  return MatchesPattern(pattern, id) || MatchesPattern(pattern, code) || united_nations;
}

// The code at the event of the actor with this id.
std::string CodeOf(const v1::Event& event, const std::string& actor) {
  for (const v1::Participant& participant : event.participants()) {
    if (participant.actor() == actor) return participant.code();
  }
  return "";
}

bool MatchesRole(const v1::Event& event, const std::string& role, const std::string& value) {
  const auto in_role = [&](std::string_view pattern) {
    return std::any_of(event.participants().begin(), event.participants().end(),
                       [&](const v1::Participant& p) {
                         return p.role() == role && MatchesActor(pattern, p.actor(), p.code());
                       });
  };
  if (value == "!") return !in_role("*");
  const std::vector<std::string_view> patterns = Split(value, ',');
  return std::all_of(patterns.begin(), patterns.end(), in_role);
}

bool MatchesSpeaker(const v1::Event& event, const std::string& pattern) {
  return std::any_of(event.mentions().begin(), event.mentions().end(), [&](const v1::Mention& m) {
    return MatchesActor(pattern, m.speaker(), CodeOf(event, m.speaker()));
  });
}

bool ContainsWords(std::string_view text, std::string words) {
  std::replace(words.begin(), words.end(), '_', ' ');
  return AsciiLower(text).find(AsciiLower(words)) != std::string::npos;
}

// The value of a field of the event's typed detail as text; the elements of a repeated one are
// parted by commas.
std::string DetailField(const v1::Event& event, const std::string& name) {
  const auto* oneof = v1::Event::descriptor()->FindOneofByName("detail");
  const auto* set = event.GetReflection()->GetOneofFieldDescriptor(event, oneof);
  if (set == nullptr) return "";
  const google::protobuf::Message& detail = event.GetReflection()->GetMessage(event, set);
  const auto* field = detail.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr) return "";
  const google::protobuf::Reflection* reflection = detail.GetReflection();
  using Field = google::protobuf::FieldDescriptor;
  if (field->cpp_type() == Field::CPPTYPE_ENUM) return reflection->GetEnum(detail, field)->name();
  if (field->cpp_type() == Field::CPPTYPE_MESSAGE && !field->is_repeated()) {
    return reflection->GetMessage(detail, field).ShortDebugString();
  }
  if (field->cpp_type() != Field::CPPTYPE_STRING) return "";
  if (!field->is_repeated()) return reflection->GetString(detail, field);
  std::string all;
  for (int i = 0; i < reflection->FieldSize(detail, field); ++i) {
    all += Cat(i == 0 ? "" : ",", reflection->GetRepeatedString(detail, field, i));
  }
  return all;
}

bool MatchesKey(const v1::Event& event, const std::string& key, const std::string& value) {
  if (key == "cameo") return MatchesPattern(value, event.cameo());
  if (key == "plover") return MatchesPattern(value, event.plover());
  if (key == "place") return ContainsWords(event.place().name(), value);
  if (key == "by") return MatchesSpeaker(event, value);
  if (key == "mentions") return value == Cat(event.mentions_size());
  if (key == "date") {
    const std::string& start = event.date().start();
    return value == start || value == Cat(start, "/", event.date().end());
  }
  if (key.compare(0, 7, "detail.") == 0) {
    return ContainsWords(DetailField(event, key.substr(7)), value);
  }
  return MatchesRole(event, key, value);
}

// Reads "+ type status key=value …" behind its mark.
absl::Status ReadDescription(std::string_view text, Expectation* expectation) {
  std::vector<std::string_view> words;
  for (const std::string_view word : Split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  if (words.size() < 2) return InvalidArgument("a type and a status are expected");
  const size_t slash = words[0].find('/');
  expectation->type = words[0].substr(0, slash);
  if (slash != std::string_view::npos) expectation->subtype = words[0].substr(slash + 1);
  expectation->status = words[1];
  v1::EventStatus status;
  std::string name = expectation->status;
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  if (name != "*" && !v1::EventStatus_Parse(name, &status)) {
    return InvalidArgument(Cat("\"", words[1], "\" is not a status"));
  }
  for (size_t i = 2; i < words.size(); ++i) {
    const size_t equals = words[i].find('=');
    if (equals == std::string_view::npos) {
      return InvalidArgument(Cat("\"", words[i], "\" is not key=value"));
    }
    expectation->keys.emplace_back(words[i].substr(0, equals), words[i].substr(equals + 1));
  }
  return absl::OkStatus();
}

// Reads "+", "-", "only" and "none", each with "?" or without.
absl::Status ReadExpectation(std::string_view line, Expectation* expectation) {
  const size_t space = line.find(' ');
  std::string_view mark = line.substr(0, space);
  if (!mark.empty() && mark.back() == '?') {
    expectation->known_gap = true;
    mark.remove_suffix(1);
  }
  expectation->text = line;
  const std::string_view rest = space == std::string_view::npos ? "" : line.substr(space);
  if (mark == "only" || mark == "none") {
    expectation->demand = mark == "only" ? Demand::kOnly : Demand::kNone;
    return Trim(rest).empty() ? absl::OkStatus() : InvalidArgument("nothing may follow");
  }
  if (mark != "+" && mark != "-") {
    return InvalidArgument(Cat("\"", line, "\" is none of the lines that README.md tells of"));
  }
  expectation->demand = mark == "+" ? Demand::kSome : Demand::kNo;
  return ReadDescription(rest, expectation);
}

absl::Status ReadLine(std::string_view line, int number, CodingCase* current) {
  if (line.substr(0, 6) == "date: ") {
    current->article.set_publish_date(std::string(Trim(line.substr(6))));
  } else if (line.substr(0, 7) == "title: ") {
    current->article.set_title(std::string(Trim(line.substr(7))));
  } else if (line == ">" || line.substr(0, 2) == "> ") {
    std::string* text = current->article.mutable_text();
    if (current->article.text().empty()) {
      *text = line.substr(std::min<size_t>(2, line.size()));
    } else {
      *text += Cat("\n", line.substr(std::min<size_t>(2, line.size())));
    }
  } else {
    Expectation expectation;
    expectation.line = number;
    ENTENTE_RETURN_IF_ERROR(ReadExpectation(line, &expectation));
    current->expectations.push_back(std::move(expectation));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<CodingCase>> ReadCodingCases(const std::string& file,
                                                        std::string_view text) {
  std::vector<CodingCase> cases;
  std::set<std::string> names;
  int number = 0;
  for (const std::string_view line : Split(text, '\n')) {
    ++number;
    const std::string where = Cat(file, ":", number);
    if (line.substr(0, 3) == "## ") {
      cases.emplace_back().name = line.substr(3);
      cases.back().line = number;
      if (!names.insert(cases.back().name).second) {
        return InvalidArgument(Cat(where, ": a second case ", cases.back().name));
      }
    } else if (!Trim(line).empty() && line.substr(0, 2) != "# ") {
      if (cases.empty()) return InvalidArgument(Cat(where, ": before the first case"));
      ENTENTE_RETURN_IF_ERROR(Annotate(ReadLine(line, number, &cases.back()), where));
    }
  }
  for (CodingCase& one : cases) {
    if (one.expectations.empty() || one.article.text().empty()) {
      return InvalidArgument(Cat(file, ":", one.line, ": a case without text or expectation"));
    }
    one.article.set_id(one.name);
  }
  return cases;
}

bool IsDescribedBy(const v1::Event& event, const Expectation& expectation) {
  if (expectation.type != "*" && expectation.type != event.type()) return false;
  if (!expectation.subtype.empty() && expectation.subtype != event.subtype()) return false;
  if (expectation.status != "*" &&
      expectation.status != AsciiLower(v1::EventStatus_Name(event.status()))) {
    return false;
  }
  return std::all_of(expectation.keys.begin(), expectation.keys.end(), [&event](const auto& key) {
    return MatchesKey(event, key.first, key.second);
  });
}

bool Holds(const Expectation& expectation, const std::vector<Expectation>& all,
           const v1::CodedArticle& coded) {
  const auto described = [&](const v1::Event& event) { return IsDescribedBy(event, expectation); };
  const auto expected = [&](const v1::Event& event) {
    return std::any_of(all.begin(), all.end(), [&event](const Expectation& other) {
      return other.demand == Demand::kSome && IsDescribedBy(event, other);
    });
  };
  switch (expectation.demand) {
    case Demand::kSome:
      return std::any_of(coded.events().begin(), coded.events().end(), described);
    case Demand::kNo:
      return std::none_of(coded.events().begin(), coded.events().end(), described);
    case Demand::kOnly:
      return std::all_of(coded.events().begin(), coded.events().end(), expected);
    case Demand::kNone:
      break;
  }
  return coded.events().empty();
}

std::string Describe(const v1::CodedArticle& coded) {
  if (coded.events().empty()) return "  (no event)\n";
  std::string text;
  for (const v1::Event& event : coded.events()) {
    text += Cat("  ", event.type(), event.subtype().empty() ? "" : "/", event.subtype(), " ",
                AsciiLower(v1::EventStatus_Name(event.status())));
    for (const v1::Participant& p : event.participants()) {
      text += Cat(" ", p.role(), "=", p.code().empty() ? p.actor() : p.code());
    }
    text += Cat(" cameo=", event.cameo(), " date=", event.date().start());
    if (event.mentions_size() > 0) text += Cat(" rule=", event.mentions(0).rule());
    text += "\n";
  }
  return text;
}

}  // namespace entente::coder
