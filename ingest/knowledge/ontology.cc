#include "ingest/knowledge/ontology.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace entente::knowledge {
namespace {

using google::protobuf::Message;
using google::protobuf::TextFormat;
using LocationTree = TextFormat::ParseInfoTree;

constexpr size_t kMaxFileBytes = size_t{4} << 20;
constexpr uint32_t kMaxNumber = 65535;
constexpr double kMaxIntensity = 10;

// Lower-case words of letters and digits joined by single underscores.
bool IsSnakeCase(std::string_view id) {
  bool after_letter = false;
  for (const char c : id) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!letter && !(c == '_' && after_letter)) return false;
    after_letter = letter;
  }
  return after_letter && id.front() >= 'a' && id.front() <= 'z';
}

// Keeps the first error that protobuf's text parser reports.
class FirstError : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (message_.empty()) message_ = Cat(line + 1, ":", column + 1, ": ", message);
  }
  const std::string& message() const { return message_; }

 private:
  std::string message_;
};

// A message of a file together with where its fields were written.
struct Located {
  const OntologyFile* file;
  const LocationTree* tree;
  const Message* message;

  // INVALID_ARGUMENT at the field (the last of a repeated one if `index` is -1 and it is repeated).
  absl::Status Error(const char* field_name, int index, std::string_view what) const {
    const auto* field = message->GetDescriptor()->FindFieldByName(field_name);
    TextFormat::ParseLocation location;
    if (field != nullptr) location = tree->GetLocation(field, index);
    if (location.line < 0) return InvalidArgument(Cat(file->name, ": ", what));
    return InvalidArgument(
        Cat(file->name, ":", location.line + 1, ":", location.column + 1, ": ", what));
  }

  Located Nested(const char* field_name, int index, const Message& nested) const {
    const auto* field = message->GetDescriptor()->FindFieldByName(field_name);
    return {file, tree->GetTreeForNested(field, index), &nested};
  }
};

// Calls `row(line number, columns)` for each line that is neither empty nor a comment.
template <typename Row>
absl::Status ForEachRow(const OntologyFile& file, size_t columns, Row row) {
  int number = 0;
  for (const std::string_view line : Split(file.text, '\n')) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string_view> cells = Split(line, '\t');
    if (cells.size() != columns) {
      return InvalidArgument(Cat(file.name, ":", number, ": ", cells.size(),
                                 " tab-separated columns where ", columns, " are expected"));
    }
    ENTENTE_RETURN_IF_ERROR(Annotate(row(cells), Cat(file.name, ":", number)));
  }
  return absl::OkStatus();
}

// The words of a cell, of which "-" stands for none.
std::vector<std::string_view> ListOf(std::string_view cell) {
  if (cell == "-") return {};
  return Split(cell, ',');
}

// The vocabulary of plover.tsv.
struct Plover {
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> modes_of_type;
  std::set<std::string, std::less<>> contexts;

  // What is not of PLOVER in `codes`; empty if all is well.
  std::string WrongIn(const v1::CodeSet& codes) const {
    if (codes.plover().empty() && !codes.plover_mode().empty()) {
      return "a PLOVER mode without a PLOVER type";
    }
    if (!codes.plover().empty()) {
      const auto type = modes_of_type.find(codes.plover());
      if (type == modes_of_type.end()) {
        return Cat("PLOVER has no event type \"", codes.plover(), "\"");
      }
      if (!codes.plover_mode().empty() && type->second.count(codes.plover_mode()) == 0) {
        return Cat("PLOVER's ", codes.plover(), " has no mode \"", codes.plover_mode(), "\"");
      }
    }
    for (const std::string& context : codes.plover_contexts()) {
      if (contexts.count(context) == 0) return Cat("PLOVER has no context \"", context, "\"");
    }
    return "";
  }
};

absl::StatusOr<Plover> ReadPlover(const OntologyFile& file) {
  Plover plover;
  ENTENTE_RETURN_IF_ERROR(ForEachRow(file, 3, [&](const auto& cells) {
    if (cells[0] == "context") {
      plover.contexts.emplace(cells[1]);
    } else if (cells[0] == "type") {
      auto& modes = plover.modes_of_type[std::string(cells[1])];
      for (const std::string_view mode : ListOf(cells[2])) modes.emplace(mode);
    } else {
      return InvalidArgument(Cat("\"", cells[0], "\" is neither \"type\" nor \"context\""));
    }
    return absl::OkStatus();
  }));
  return plover;
}

}  // namespace

v1::QuadClass QuadClassOfCameo(std::string_view cameo) {
  int64_t root = 0;
  if (cameo.size() < 2 || !ParseInt64(cameo.substr(0, 2), &root) || root < 1 || root > 20) {
    return v1::QUAD_CLASS_UNSPECIFIED;
  }
  if (root <= 5) return v1::VERBAL_COOPERATION;
  if (root <= 8) return v1::MATERIAL_COOPERATION;
  if (root <= 13) return v1::VERBAL_CONFLICT;
  return v1::MATERIAL_CONFLICT;
}

// Reads the files into an Ontology, checking everything on the way.
class OntologyBuilder {
 public:
  absl::StatusOr<std::unique_ptr<const Ontology>> Build(const std::vector<OntologyFile>& types,
                                                        const OntologyFile& cameo,
                                                        const OntologyFile& plover) {
    ENTENTE_ASSIGN_OR_RETURN(plover_, ReadPlover(plover));
    ENTENTE_RETURN_IF_ERROR(ReadCameo(cameo));
    for (const OntologyFile& file : types) ENTENTE_RETURN_IF_ERROR(ReadTypes(file));
    if (version_file_.empty()) return InvalidArgument("data/ontology: no file gives the version");
    Index();
    ENTENTE_RETURN_IF_ERROR(LandCodes(cameo));
    return std::unique_ptr<const Ontology>(std::move(ontology_));
  }

 private:
  absl::Status ReadCameo(const OntologyFile& file) {
    return ForEachRow(file, 6, [this](const auto& cells) { return ReadCameoRow(cells); });
  }

  absl::Status ReadCameoRow(const std::vector<std::string_view>& cells) {
    const std::string code(cells[0]);
    Ontology::CameoCode entry;
    entry.label = cells[1];
    v1::CodeSet& codes = entry.codes;
    codes.set_cameo(code);
    codes.set_quad_class(QuadClassOfCameo(code));
    double intensity = 0;
    if (code.size() < 3 || code.size() > 4 || codes.quad_class() == v1::QUAD_CLASS_UNSPECIFIED) {
      return InvalidArgument(Cat("\"", code, "\" is no CAMEO code of three or four digits"));
    }
    if (!ParseDouble(cells[2], &intensity) || !(std::abs(intensity) <= kMaxIntensity)) {
      return InvalidArgument(Cat("intensity \"", cells[2], "\" is not a number from -10 to 10"));
    }
    codes.set_goldstein(intensity);
    if (cells[3] != "-") codes.set_plover(std::string(cells[3]));
    if (cells[4] != "-") codes.set_plover_mode(std::string(cells[4]));
    for (const std::string_view context : ListOf(cells[5])) {
      codes.add_plover_contexts(std::string(context));
    }
    if (const std::string wrong = plover_.WrongIn(codes); !wrong.empty()) {
      return InvalidArgument(wrong);
    }
    if (!ontology_->cameo_.emplace(code, std::move(entry)).second) {
      return InvalidArgument(Cat("CAMEO code ", code, " is there twice"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadTypes(const OntologyFile& file) {
    v1::Ontology parsed;
    LocationTree tree;
    FirstError error;
    TextFormat::Parser parser;
    parser.RecordErrorsTo(&error);
    parser.WriteLocationsTo(&tree);
    if (!parser.ParseFromString(file.text, &parsed)) {
      return InvalidArgument(Cat(file.name, ":", error.message()));
    }
    const Located root{&file, &tree, &parsed};
    if (!parsed.version().empty()) {
      if (!version_file_.empty()) {
        return root.Error("version", -1, Cat("the version is also given in ", version_file_));
      }
      version_file_ = file.name;
      ontology_->proto_.set_version(parsed.version());
    }
    for (int i = 0; i < parsed.event_types_size(); ++i) {
      v1::EventType* type = parsed.mutable_event_types(i);
      ENTENTE_RETURN_IF_ERROR(ReadType(root.Nested("event_types", i, *type), type));
      *ontology_->proto_.add_event_types() = std::move(*type);
    }
    return absl::OkStatus();
  }

  absl::Status ReadType(const Located& at, v1::EventType* type) {
    ENTENTE_RETURN_IF_ERROR(CheckHead(at, *type));
    ENTENTE_RETURN_IF_ERROR(CheckRoles(at, *type));
    if (!type->has_codes()) return at.Error("id", -1, Cat(type->id(), " has no codes"));
    ENTENTE_RETURN_IF_ERROR(
        ResolveCodes(at.Nested("codes", -1, type->codes()), type->id(), type->mutable_codes()));
    for (int i = 0; i < type->status_codes_size(); ++i) {
      const v1::StatusCode& status_code = type->status_codes(i);
      ENTENTE_RETURN_IF_ERROR(
          CheckStatusCode(at.Nested("status_codes", i, status_code), status_code));
    }
    std::set<std::string> ids;
    for (int i = 0; i < type->subtypes_size(); ++i) {
      v1::EventSubtype* subtype = type->mutable_subtypes(i);
      const Located sub_at = at.Nested("subtypes", i, *subtype);
      if (!ids.insert(subtype->id()).second) {
        return sub_at.Error("id", -1, Cat(type->id(), " has two sub-types ", subtype->id()));
      }
      ENTENTE_RETURN_IF_ERROR(ReadSubtype(sub_at, type->id(), subtype));
    }
    return absl::OkStatus();
  }

  absl::Status CheckHead(const Located& at, const v1::EventType& type) {
    if (!IsSnakeCase(type.id())) {
      return at.Error("id", -1, Cat("id \"", type.id(), "\" is not lower_snake_case"));
    }
    if (!ids_.insert(type.id()).second) {
      return at.Error("id", -1, Cat("there are two types ", type.id()));
    }
    if (type.number() < 1 || type.number() > kMaxNumber) {
      return at.Error("number", -1, Cat("the number of ", type.id(), " is not in 1 to 65535"));
    }
    const auto [other, is_new] = numbers_.emplace(type.number(), type.id());
    if (!is_new) {
      return at.Error("number", -1, Cat(type.number(), " is the number of ", other->second));
    }
    if (type.label().empty() || type.description().empty()) {
      return at.Error("id", -1, Cat(type.id(), " needs a label and a description"));
    }
    const auto* detail = v1::Event::descriptor()->FindFieldByName(type.detail());
    if (detail == nullptr || detail->containing_oneof() == nullptr) {
      return at.Error("detail", -1,
                      Cat("Event has no detail \"", type.detail(),
                          "\"; \"general\" serves types without a detail of their own"));
    }
    return absl::OkStatus();
  }

  // Sides: SOURCE and TARGET roles, or BOTH ones; others may stand beside them.
  absl::Status CheckRoles(const Located& at, const v1::EventType& type) {
    std::set<std::string> ids;
    std::set<v1::DyadSide> sides;
    bool required = false;
    for (int i = 0; i < type.roles_size(); ++i) {
      const v1::Role& role = type.roles(i);
      const Located role_at = at.Nested("roles", i, role);
      if (!IsSnakeCase(role.id())) {
        return role_at.Error("id", -1, Cat("role \"", role.id(), "\" is not lower_snake_case"));
      }
      if (!ids.insert(role.id()).second) {
        return role_at.Error("id", -1, Cat(type.id(), " has two roles ", role.id()));
      }
      if (role.label().empty()) {
        return role_at.Error("id", -1, Cat("role ", role.id(), " has no label"));
      }
      if (role.side() == v1::BOTH && !role.repeated()) {
        return role_at.Error("side", -1,
                             Cat("role ", role.id(),
                                 " is on both sides, so it must be "
                                 "repeated"));
      }
      required = required || role.required();
      sides.insert(role.side());
    }
    if (!required) return at.Error("id", -1, Cat(type.id(), " has no required role"));
    const bool directed = sides.count(v1::SOURCE) != 0 && sides.count(v1::TARGET) != 0;
    const bool half = sides.count(v1::SOURCE) != 0 || sides.count(v1::TARGET) != 0;
    const bool symmetric = sides.count(v1::BOTH) != 0;
    if (directed == symmetric || (half && !directed)) {
      return at.Error("id", -1,
                      Cat("the roles of ", type.id(),
                          " make no dyad: give them the sides "
                          "SOURCE and TARGET, or BOTH"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadSubtype(const Located& at, const std::string& type, v1::EventSubtype* subtype) {
    const std::string name = Cat(type, "/", subtype->id());
    if (!IsSnakeCase(subtype->id())) {
      return at.Error("id", -1, Cat("sub-type \"", subtype->id(), "\" is not lower_snake_case"));
    }
    if (subtype->label().empty()) return at.Error("id", -1, Cat(name, " has no label"));
    if (!subtype->has_codes()) return at.Error("id", -1, Cat(name, " has no codes"));
    ENTENTE_RETURN_IF_ERROR(
        ResolveCodes(at.Nested("codes", -1, subtype->codes()), name, subtype->mutable_codes()));
    for (int i = 0; i < subtype->status_codes_size(); ++i) {
      const v1::StatusCode& status_code = subtype->status_codes(i);
      ENTENTE_RETURN_IF_ERROR(
          CheckStatusCode(at.Nested("status_codes", i, status_code), status_code));
    }
    return absl::OkStatus();
  }

  // Fills in what cameo.tsv says and checks the result.
  absl::Status ResolveCodes(const Located& at, const std::string& name, v1::CodeSet* codes) {
    const auto cameo = ontology_->cameo_.find(codes->cameo());
    if (cameo == ontology_->cameo_.end()) {
      return at.Error("cameo", -1, Cat("cameo.tsv has no code \"", codes->cameo(), "\""));
    }
    const v1::CodeSet& known = cameo->second.codes;
    if (codes->plover().empty()) codes->set_plover(known.plover());
    if (codes->plover_mode().empty()) codes->set_plover_mode(known.plover_mode());
    if (codes->plover_contexts().empty()) {
      *codes->mutable_plover_contexts() = known.plover_contexts();
    }
    if (!codes->has_goldstein()) codes->set_goldstein(known.goldstein());
    if (codes->quad_class() == v1::QUAD_CLASS_UNSPECIFIED) {
      codes->set_quad_class(known.quad_class());
    }
    if (const std::string wrong = plover_.WrongIn(*codes); !wrong.empty()) {
      return at.Error("cameo", -1, wrong);
    }
    if (!(std::abs(codes->goldstein()) <= kMaxIntensity)) {
      return at.Error("goldstein", -1, "the intensity is not within -10 to 10");
    }
    if (codes->quad_class() != known.quad_class()) {
      return at.Error(
          "quad_class", -1,
          Cat("CAMEO ", codes->cameo(), " is ", v1::QuadClass_Name(known.quad_class())));
    }
    if (codes->export_only()) return absl::OkStatus();
    const auto [other, is_new] = landing_names_.emplace(codes->cameo(), name);
    if (!is_new) {
      return at.Error("cameo", -1,
                      Cat("CAMEO ", codes->cameo(), " lands on ", other->second,
                          " already; mark one of the two export_only"));
    }
    return absl::OkStatus();
  }

  absl::Status CheckStatusCode(const Located& at, const v1::StatusCode& status_code) {
    if (ontology_->cameo_.count(status_code.cameo()) == 0) {
      return at.Error("cameo", -1, Cat("cameo.tsv has no code \"", status_code.cameo(), "\""));
    }
    if (status_code.statuses().empty()) return at.Error("cameo", -1, "no status is named");
    std::set<std::string> names;
    for (int i = 0; i < status_code.statuses_size(); ++i) {
      const std::string& name = status_code.statuses(i);
      v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
      if (!v1::EventStatus_Parse(name, &status) || status == v1::EVENT_STATUS_UNSPECIFIED) {
        return at.Error("statuses", i, Cat("\"", name, "\" is not a status"));
      }
      if (!names.insert(name).second) {
        return at.Error("statuses", i, Cat(name, " is named twice"));
      }
    }
    return absl::OkStatus();
  }

  // Sorts the types by number and makes the look-up tables; pointers are stable from here on.
  void Index() {
    auto* types = ontology_->proto_.mutable_event_types();
    std::sort(types->pointer_begin(), types->pointer_end(),
              [](const auto* a, const auto* b) { return a->number() < b->number(); });
    for (const v1::EventType& type : *types) {
      ontology_->by_id_[type.id()] = &type;
      ontology_->by_number_[type.number()] = &type;
      Land(type.codes(), {&type, nullptr});
      for (const v1::EventSubtype& subtype : type.subtypes()) {
        Land(subtype.codes(), {&type, &subtype});
      }
    }
  }

  void Land(const v1::CodeSet& codes, CameoLanding landing) {
    if (!codes.export_only()) ontology_->cameo_.find(codes.cameo())->second.landing = landing;
  }

  absl::Status LandCodes(const OntologyFile& file) const {
    for (const auto& [code, entry] : ontology_->cameo_) {
      if (entry.landing.type == nullptr) {
        return InvalidArgument(Cat(file.name, ": CAMEO code ", code,
                                   " lands on no type; give it to "
                                   "one, without export_only"));
      }
    }
    return absl::OkStatus();
  }

  std::unique_ptr<Ontology> ontology_{new Ontology};
  Plover plover_;
  std::string version_file_;
  std::set<std::string> ids_;
  std::map<uint32_t, std::string> numbers_;
  std::map<std::string, std::string> landing_names_;
};

absl::StatusOr<std::unique_ptr<const Ontology>> Ontology::FromFiles(
    const std::vector<OntologyFile>& types, const OntologyFile& cameo, const OntologyFile& plover) {
  return OntologyBuilder().Build(types, cameo, plover);
}

absl::StatusOr<std::unique_ptr<const Ontology>> Ontology::Load(const std::string& data_dir) {
  const std::filesystem::path folder = std::filesystem::path(data_dir) / "ontology";
  std::error_code error;
  std::vector<std::string> paths;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".textproto") paths.push_back(it->path().string());
  }
  if (error || paths.empty()) {
    return NotFound(Cat(folder.string(), ": no ontology there",
                        error ? Cat(" (", error.message(), ")") : std::string(),
                        "; give the folder that holds ontology/*.textproto"));
  }
  std::sort(paths.begin(), paths.end());
  std::vector<OntologyFile> files;
  for (const char* table : {"cameo.tsv", "plover.tsv"}) paths.push_back((folder / table).string());
  for (const std::string& path : paths) {
    ENTENTE_ASSIGN_OR_RETURN(std::string text, ReadFile(path, kMaxFileBytes));
    files.push_back({path, std::move(text)});
  }
  const OntologyFile plover = std::move(files.back());
  files.pop_back();
  const OntologyFile cameo = std::move(files.back());
  files.pop_back();
  return FromFiles(files, cameo, plover);
}

const v1::EventType* Ontology::FindType(std::string_view id) const {
  const auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : it->second;
}

const v1::EventType* Ontology::FindType(uint32_t number) const {
  const auto it = by_number_.find(number);
  return it == by_number_.end() ? nullptr : it->second;
}

const v1::Role* Ontology::FindRole(const v1::EventType& type, std::string_view role) {
  const auto it = std::find_if(type.roles().begin(), type.roles().end(),
                               [role](const v1::Role& r) { return r.id() == role; });
  return it == type.roles().end() ? nullptr : &*it;
}

const v1::EventSubtype* Ontology::FindSubtype(const v1::EventType& type, std::string_view subtype) {
  const auto it = std::find_if(type.subtypes().begin(), type.subtypes().end(),
                               [subtype](const v1::EventSubtype& s) { return s.id() == subtype; });
  return it == type.subtypes().end() ? nullptr : &*it;
}

const v1::CodeSet* Ontology::CodesFor(std::string_view type_id, std::string_view subtype_id,
                                      v1::EventStatus status) const {
  const v1::EventType* type = FindType(type_id);
  if (type == nullptr) return nullptr;
  const v1::EventSubtype* subtype = FindSubtype(*type, subtype_id);
  if (subtype == nullptr && !subtype_id.empty()) return nullptr;
  const auto& status_codes = subtype != nullptr && subtype->status_codes_size() > 0
                                 ? subtype->status_codes()
                                 : type->status_codes();
  for (const v1::StatusCode& status_code : status_codes) {
    for (const std::string& name : status_code.statuses()) {
      if (name == v1::EventStatus_Name(status)) return FindCameo(status_code.cameo());
    }
  }
  return subtype != nullptr ? &subtype->codes() : &type->codes();
}

const Ontology::CameoCode* Ontology::FindCode(std::string_view cameo) const {
  const auto it = cameo.size() == 2 ? cameo_.find(std::string(cameo) + "0") : cameo_.find(cameo);
  return it == cameo_.end() ? nullptr : &it->second;
}

const v1::CodeSet* Ontology::FindCameo(std::string_view cameo) const {
  const CameoCode* code = FindCode(cameo);
  return code == nullptr ? nullptr : &code->codes;
}

std::string_view Ontology::CameoLabel(std::string_view cameo) const {
  const CameoCode* code = FindCode(cameo);
  return code == nullptr ? std::string_view() : code->label;
}

std::optional<CameoLanding> Ontology::Land(std::string_view cameo) const {
  for (; cameo.size() >= 2; cameo.remove_suffix(1)) {
    if (const CameoCode* code = FindCode(cameo); code != nullptr) return code->landing;
  }
  return std::nullopt;
}

}  // namespace entente::knowledge
