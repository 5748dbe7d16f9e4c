#include "ingest/dictionary/lexicon_check.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "ingest/dictionary/actor_codes.h"
#include "ingest/dictionary/entry.h"
#include "ingest/knowledge/folding.h"
#include "ingest/knowledge/table.h"

namespace entente::dictionary {
namespace {

using knowledge::EntryKind;
using knowledge::Lexicon;
using knowledge::LexiconFile;
using knowledge::Match;
using knowledge::Period;
using knowledge::Table;
using Columns = std::vector<std::string_view>;

const std::map<std::string_view, Columns>& TableColumns() {
  static const auto* const kColumns = new std::map<std::string_view, Columns>{
      {"states.tsv",
       {"code", "name", "names", "demonyms", "capital", "capital_names", "from", "to"}},
      {"regions.tsv", {"code", "name", "demonyms"}},
      {"metonyms.tsv", {"phrase", "actor", "country", "sector"}},
      {"offices.tsv", {"person", "name", "aliases", "country", "sector", "office", "from", "to"}},
      {"organizations.tsv", {"id", "kind", "country", "sector", "name", "aliases", "from", "to"}},
      {"role_nouns.tsv", {"phrase", "sector", "kind", "number"}},
      {"office_terms.tsv", {"phrase", "office", "sector", "countries"}},
      {"places.tsv",
       {"name", "names", "country", "admin", "latitude", "longitude", "population", "kind"}},
      {"titles.tsv", {"title", "sector", "office"}},
      {"given_names.tsv", {"name"}}};
  return *kColumns;
}

std::string_view BaseName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool Among(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The folded words with their capitals: what the lexicon looks a phrase up by.
std::string KeyOf(std::string_view phrase) {
  std::string key;
  for (const std::string_view token : knowledge::SplitPhrase(phrase)) {
    if (knowledge::IsTransparent(token)) continue;
    for (const knowledge::FoldedPart& part : knowledge::FoldToken(token)) {
      key += Cat(part.text, ' ', static_cast<int>(part.shape), ' ');
    }
  }
  return key;
}

// A row that gives somebody a code for a time.
struct Coded {
  std::string id;
  std::string code;    // country and sector
  std::string office;  // of people
  Period period;
  int line = 0;
};

class Checker {
 public:
  Checker(const std::vector<LexiconFile>& files, const Lexicon& ours, bool is_ours)
      : files_(files), ours_(ours), is_ours_(is_ours) {
    for (const knowledge::Term& term : ours.terms()) offices_.insert(term.office);
    for (const knowledge::OfficeTerm& term : ours.office_terms()) offices_.insert(term.office);
    for (const knowledge::Title& title : ours.titles()) offices_.insert(title.office);
  }

  std::vector<Finding> Check() {
    CollectIds();
    for (const LexiconFile& file : files_) CheckFile(file);
    return std::move(findings_);
  }

 private:
  using Row = Table::Row;

  // --- findings ---

  void Add(bool warning, int line, int column, std::string what) {
    findings_.push_back({warning, *path_, line, column, std::move(what)});
  }
  void Error(const Row& row, std::string_view column, std::string what) {
    Add(false, row.line(), row.ColumnOf(column), std::move(what));
  }
  void Warn(const Row& row, std::string_view column, std::string what) {
    Add(true, row.line(), row.ColumnOf(column), std::move(what));
  }
  // "path:line:column: what" of the table reader.
  void AddStatus(const absl::Status& status, int line) {
    std::string_view message = MessageOf(status);
    int64_t column = 1;
    if (message.starts_with(*path_)) {
      message.remove_prefix(path_->size());
      const size_t end = message.find(": ");
      const std::vector<std::string_view> place = Split(message.substr(0, end), ':');
      if (place.size() == 3) ParseInt64(place[2], &column);
      if (end != std::string_view::npos) message.remove_prefix(end + 2);
    }
    Add(false, line, static_cast<int>(column), std::string(message));
  }

  // --- the codes that there are ---

  void CollectIds() {
    for (const LexiconFile& file : files_) {
      const std::string_view name = BaseName(file.path);
      if (name != "states.tsv" && name != "organizations.tsv") continue;
      absl::StatusOr<Table> table = Table::Open(file.path, file.contents);
      const std::string_view column = name == "states.tsv" ? "code" : "id";
      if (!table.ok() || !table->Has(column)) continue;
      do {
        while (table->Next()) ids_.insert(table->row().Cell(column));
      } while (!table->TakeStatus().ok());
    }
  }

  void CheckCountry(const Row& row, std::string_view column) {
    const std::string country = row.Cell(column);
    if (country.empty() || IsCountry(ours_, country) || ids_.count(country) > 0) return;
    Error(row, column, Cat("\"", country, "\" is no code of a state, nor UNO, EUR or IGO"));
  }
  void CheckSector(const Row& row) {
    const std::string sector = row.Cell("sector");
    if (sector.empty() || IsSector(sector)) return;
    Error(row, "sector", Cat("\"", sector, "\" is no sector; docs/lexicon.md lists them"));
  }
  void CheckOffice(const Row& row) {
    const std::string office = row.Cell("office");
    if (office.empty() || offices_.count(office) > 0) return;
    Warn(row, "office", Cat("no phrase names the office \"", office, '"'));
  }
  void CheckOneOf(const Row& row, std::string_view column,
                  std::initializer_list<std::string_view> values) {
    if (Among(AsciiLower(row.Cell(column)), values)) return;
    std::string list;
    for (const std::string_view value : values) {
      if (!value.empty()) list += Cat(list.empty() ? "" : ", ", value);
    }
    Error(row, column, Cat("\"", row.Cell(column), "\" is not one of ", list));
  }
  void CheckRequired(const Row& row, std::string_view column) {
    if (row.Cell(column).empty()) Error(row, column, Cat("the ", column, " is missing"));
  }
  Period CheckPeriod(const Row& row) {
    const auto period = row.PeriodOf("from", "to");
    if (period.ok()) return *period;
    AddStatus(period.status(), row.line());
    return {};
  }

  // --- phrases ---

  // `meaning` tells entries apart: "person person:x", "role GOV".
  void CheckPhrases(const Row& row, std::string_view column, const std::string& meaning) {
    for (const std::string_view phrase : row.List(column)) {
      const int words = CountWords(phrase);
      if (words == 0) {
        Error(row, column,
              Cat("no text can have \"", phrase, "\": no letter or digit of it is left"));
      } else if (words > kNameWordsMax) {
        Error(row, column,
              Cat("\"", phrase, "\" has ", words, " words; at most ", kNameWordsMax,
                  " are looked up"));
      } else if (!is_ours_) {
        CheckShadow(row, column, phrase, meaning);
      }
    }
  }

  std::string MeaningOf(const Match& match) const {
    switch (match.kind) {
      case EntryKind::kStateName:
      case EntryKind::kDemonym:
      case EntryKind::kCapital:
        return Cat("state ", ours_.states()[match.index].code);
      case EntryKind::kMetonym:
        return Cat("name of ", ours_.metonyms()[match.index].actor);
      case EntryKind::kPerson:
        return Cat("person ", ours_.persons()[match.index].id);
      case EntryKind::kOrganization:
        return Cat("organisation ", ours_.organizations()[match.index].id);
      case EntryKind::kRoleNoun:
        return Cat("role ", ours_.role_nouns()[match.index].sector);
      case EntryKind::kOfficeTerm:
        return Cat("office ", ours_.office_terms()[match.index].office);
      case EntryKind::kTitle:
        return Cat("title ", ours_.titles()[match.index].sector);
      case EntryKind::kPlace:
        return Cat("place of ", ours_.places()[match.index].country);
      case EntryKind::kGivenName:
        break;
    }
    return "";
  }

  void CheckShadow(const Row& row, std::string_view column, std::string_view phrase,
                   const std::string& meaning) {
    const knowledge::WordSequence words = ours_.Words(phrase);
    if (words.words.empty()) return;
    std::vector<Match> matches;
    ours_.Find(words, 0, &matches);
    std::set<std::string> hidden;
    for (const Match& match : matches) {
      if (match.word_count != static_cast<int32_t>(words.words.size())) continue;
      const std::string theirs = MeaningOf(match);
      if (theirs.empty() || theirs == meaning) return;  // the same, perhaps with other dates
      hidden.insert(theirs);
    }
    if (hidden.empty()) return;
    std::string list;
    for (const std::string& theirs : hidden) list += Cat(list.empty() ? "" : ", ", theirs);
    Warn(row, column, Cat("\"", phrase, "\" hides what our tables have it for: ", list));
  }

  // --- rows that contradict each other ---

  // The day on which one time ends and the next begins may be of both.
  static bool Contradict(const Coded& a, const Coded& b) {
    return a.code != b.code && a.office == b.office && a.period.from < b.period.to &&
           b.period.from < a.period.to;
  }

  // A row of `id`: against earlier ones of the same id, and of the same main name.
  void CheckCoded(const Row& row, std::string_view column, Coded coded) {
    coded.line = row.line();
    for (const Coded& other : by_id_[coded.id]) {
      if (!Contradict(coded, other)) continue;
      Error(row, column,
            Cat(coded.id, " is ", coded.code, " here and ", other.code, " in line ", other.line,
                " at the same time"));
      break;
    }
    std::vector<Coded>& named = by_name_[KeyOf(row.Cell("name"))];
    for (const Coded& other : named) {
      if (other.id == coded.id || !Contradict(coded, other)) continue;
      Warn(row, "name",
           Cat("\"", row.Cell("name"), "\" is ", coded.code, " here and ", other.code, " (",
               other.id, ") in line ", other.line, " at the same time"));
      break;
    }
    named.push_back(coded);
    by_id_[coded.id].push_back(std::move(coded));
  }

  // A phrase that has one meaning in its table.
  void CheckSingle(const Row& row, std::string_view column, const std::string& meaning) {
    const std::string key = KeyOf(row.Cell(column));
    const auto [known, added] = singles_.emplace(key, std::pair(meaning, row.line()));
    if (added || known->second.first == meaning) return;
    Error(row, column,
          Cat("\"", row.Cell(column), "\" is ", meaning, " here and ", known->second.first,
              " in line ", known->second.second));
  }

  void CheckRepeated(const Row& row, const Columns& columns) {
    std::string cells;
    for (const std::string_view column : columns) cells += row.Cell(column) + "\t";
    const auto [known, added] = rows_.emplace(std::move(cells), row.line());
    if (!added) Error(row, columns[0], Cat("the same row as line ", known->second));
  }

  // --- the tables ---

  void CheckFile(const LexiconFile& file) {
    path_ = &file.path;
    const auto columns = TableColumns().find(BaseName(file.path));
    if (columns == TableColumns().end()) {
      std::string names;
      for (const auto& [name, unused] : TableColumns()) {
        names += Cat(names.empty() ? "" : ", ", name);
      }
      Add(true, 1, 1, Cat("no table of that name is read; there are ", names));
      return;
    }
    absl::StatusOr<Table> table = Table::Open(file.path, file.contents);
    if (!table.ok()) return AddStatus(table.status(), 1);
    if (absl::Status wrong = table->Expect(columns->second); !wrong.ok()) {
      return AddStatus(wrong, table->line());
    }
    rows_.clear();
    by_id_.clear();
    by_name_.clear();
    singles_.clear();
    for (;;) {
      while (table->Next()) {
        CheckRepeated(table->row(), columns->second);
        CheckRow(columns->first, table->row());
      }
      const absl::Status wrong = table->TakeStatus();
      if (wrong.ok()) return;
      AddStatus(wrong, table->line());
    }
  }

  void CheckRow(std::string_view table, const Row& row) {
    if (table == "states.tsv") return CheckState(row);
    if (table == "regions.tsv") return CheckRegion(row);
    if (table == "metonyms.tsv") return CheckMetonym(row);
    if (table == "offices.tsv") return CheckPerson(row);
    if (table == "organizations.tsv") return CheckOrganization(row);
    if (table == "role_nouns.tsv") return CheckRole(row);
    if (table == "office_terms.tsv") return CheckOfficeTerm(row);
    if (table == "places.tsv") return CheckPlace(row);
    if (table == "titles.tsv") return CheckTitle(row);
    CheckRequired(row, "name");
    CheckPhrases(row, "name", "");
  }

  void CheckRegion(const Row& row) {
    if (const auto code = row.Code("code"); !code.ok()) AddStatus(code.status(), row.line());
    CheckRequired(row, "name");
    CheckPhrases(row, "demonyms", Cat("region ", row.Cell("code")));
  }

  void CheckState(const Row& row) {
    if (const auto code = row.Code("code"); !code.ok()) AddStatus(code.status(), row.line());
    CheckRequired(row, "name");
    CheckPeriod(row);
    const std::string meaning = Cat("state ", row.Cell("code"));
    for (const std::string_view column :
         {"name", "names", "demonyms", "capital", "capital_names"}) {
      CheckPhrases(row, column, meaning);
    }
  }

  void CheckMetonym(const Row& row) {
    CheckRequired(row, "phrase");
    CheckCountry(row, "country");
    CheckSector(row);
    const std::string actor = row.Cell("actor");
    const size_t dot = actor.find('.');
    const std::string state = actor.substr(0, dot);
    const bool role = dot != std::string::npos && IsSector(actor.substr(dot + 1));
    const bool known =
        ours_.FindOrganization(actor) != nullptr || ids_.count(actor) > 0 ||
        ((IsCountry(ours_, state) || ids_.count(state) > 0) && (dot == std::string::npos || role));
    if (!known) {
      Error(row, "actor", Cat("\"", actor, "\" is no actor, like FRA.GOV, FRA or org:nato"));
    }
    const std::string meaning = dot == std::string::npos && actor.size() == 3
                                    ? Cat("state ", actor)
                                    : Cat("name of ", actor);
    CheckSingle(row, "phrase", meaning);
    CheckPhrases(row, "phrase", meaning);
  }

  void CheckPerson(const Row& row) {
    CheckRequired(row, "person");
    CheckRequired(row, "name");
    CheckCountry(row, "country");
    CheckSector(row);
    CheckOffice(row);
    const std::string id = row.Cell("person");
    CheckCoded(row, "person",
               {id, Cat(row.Cell("country"), row.Cell("sector")), row.Cell("office"),
                CheckPeriod(row), 0});
    CheckPhrases(row, "name", Cat("person ", id));
    CheckPhrases(row, "aliases", Cat("person ", id));
  }

  void CheckOrganization(const Row& row) {
    CheckRequired(row, "id");
    CheckRequired(row, "name");
    CheckOneOf(row, "kind",
               {"", "organization", "international_organization", "armed_group", "group", "state"});
    CheckCountry(row, "country");
    CheckSector(row);
    const std::string id = row.Cell("id");
    CheckCoded(row, "id",
               {id, Cat(row.Cell("country"), row.Cell("sector")), "", CheckPeriod(row), 0});
    CheckPhrases(row, "name", Cat("organisation ", id));
    CheckPhrases(row, "aliases", Cat("organisation ", id));
  }

  void CheckRole(const Row& row) {
    CheckRequired(row, "phrase");
    CheckSector(row);
    CheckOneOf(row, "kind", {"person", "group", "institution"});
    CheckOneOf(row, "number", {"", "sg", "pl", "mass"});
    const std::string meaning = Cat("role ", row.Cell("sector"));
    CheckSingle(row, "phrase", meaning);
    CheckPhrases(row, "phrase", meaning);
  }

  void CheckOfficeTerm(const Row& row) {
    CheckRequired(row, "phrase");
    CheckSector(row);
    for (const std::string_view country : row.List("countries")) {
      if (IsCountry(ours_, country) || ids_.count(std::string(country)) > 0) continue;
      Error(row, "countries", Cat("\"", country, "\" is no code of a state, nor UNO, EUR or IGO"));
    }
    CheckPhrases(row, "phrase", Cat("office ", row.Cell("office")));
  }

  void CheckPlace(const Row& row) {
    CheckRequired(row, "name");
    CheckCountry(row, "country");
    const auto number = [&](std::string_view column, double least, double most) {
      if (const auto value = row.Number(column, least, most); !value.ok()) {
        AddStatus(value.status(), row.line());
      }
    };
    number("latitude", -90, 90);
    number("longitude", -180, 180);
    number("population", 0, 1e11);
    const std::string meaning = Cat("place of ", row.Cell("country"));
    CheckPhrases(row, "name", meaning);
    CheckPhrases(row, "names", meaning);
  }

  void CheckTitle(const Row& row) {
    CheckRequired(row, "title");
    CheckSector(row);
    CheckOffice(row);
    const std::string meaning = Cat("title ", row.Cell("sector"));
    CheckSingle(row, "title", meaning);
    CheckPhrases(row, "title", meaning);
  }

  const std::vector<LexiconFile>& files_;
  const Lexicon& ours_;
  const bool is_ours_;
  std::set<std::string> offices_;
  std::set<std::string> ids_;  // of the files: states and organisations
  const std::string* path_ = nullptr;
  // Of one file.
  std::map<std::string, int> rows_;                             // cells → line
  std::map<std::string, std::vector<Coded>> by_id_;             // also of the same name
  std::map<std::string, std::vector<Coded>> by_name_;           // by key
  std::map<std::string, std::pair<std::string, int>> singles_;  // key → meaning, line
  std::vector<Finding> findings_;
};

}  // namespace

std::string Finding::Text() const {
  return Cat(path, ":", line, ":", column, ": ", warning ? "warning: " : "error: ", what);
}

std::vector<Finding> CheckLexicon(const std::vector<LexiconFile>& files, const Lexicon& ours,
                                  bool is_ours) {
  return Checker(files, ours, is_ours).Check();
}

}  // namespace entente::dictionary
