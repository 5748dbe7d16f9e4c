// entente curate: what people know better than the coder, each act with an author and a reason.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/curation_view.h"
#include "clients/cli/event_view.h"
#include "clients/cli/filter_flags.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

using Stub = v1::Curation::Stub;

struct CurateFlags : Ask {
  v1::Curator curator;
};

struct CorrectFlags : CurateFlags {
  std::string event;
  std::string type, subtype, start_date, end_date, place, country;
  v1::EventStatus status = v1::EVENT_STATUS_UNSPECIFIED;
  double intensity = 0;
  bool has_intensity = false;
  std::vector<std::string> participants;  // role=actor[/state]
};

template <typename Request>
absl::Status Act(Program* program, const Ask& ask, Connection& connection,
                 grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                              v1::CurationRecord*),
                 const Request& request) {
  grpc::ClientContext context;
  connection.Prepare(&context);
  v1::CurationRecord record;
  const absl::Status status =
      connection.Check((connection.curation().*method)(&context, request, &record));
  if (status.code() == absl::StatusCode::kDeadlineExceeded) {  // an act that began is ended
    return MakeStatus(status.code(),
                      "no answer in time, but the act may be done all the same: `entente curate "
                      "list` says so. Many events take long: give a longer --timeout");
  }
  ENTENTE_RETURN_IF_ERROR(status);
  if (ask.format == Format::kJsonl) return program->output->Write(JsonLine(record));
  std::string text = Cat("Revision ", record.revision(), ": ", Printable(ActText(record)), "; ",
                         record.changed_event_count(),
                         record.changed_event_count() == 1 ? " event changed" : " events changed");
  for (const std::string& id : record.created_event_ids()) text += Cat("; event ", id, " is new");
  return program->output->Write(text + "\n");
}

// Type, codes, intensity and class of a type or sub-type, as the ontology has them.
absl::Status SetType(const v1::EventType& type, const std::string& subtype,
                     v1::CorrectEventRequest* request) {
  const v1::CodeSet* codes = &type.codes();
  bool known = subtype.empty();
  for (const v1::EventSubtype& each : type.subtypes()) {
    if (each.id() != subtype) continue;
    codes = &each.codes();
    known = true;
  }
  if (!known) return InvalidArgument(Cat("--subtype: ", type.id(), " has no '", subtype, "'"));
  v1::Event* values = request->mutable_values();
  values->set_type(type.id());
  values->set_subtype(subtype);
  values->set_cameo(codes->cameo());
  values->set_plover(codes->plover());
  values->set_plover_mode(codes->plover_mode());
  values->set_goldstein(codes->goldstein());
  values->set_quad_class(codes->quad_class());
  for (const char* field :
       {"type", "subtype", "cameo", "plover", "plover_mode", "goldstein", "quad_class"}) {
    request->add_fields(field);
  }
  return absl::OkStatus();
}

// "supplier=PRK.GOV/PRK": the side is that of the role.
absl::Status AddParticipant(const std::string& text, const v1::EventType& type,
                            v1::CorrectEventRequest* request) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return InvalidArgument(
        Cat("--participant: '", text, "' is not ROLE=ACTOR or ROLE=ACTOR/STATE"));
  }
  const std::string role = text.substr(0, equals);
  const std::string who = text.substr(equals + 1);
  const size_t slash = who.rfind('/');
  v1::Participant* participant = request->mutable_values()->add_participants();
  participant->set_role(role);
  participant->set_actor(who.substr(0, slash));
  if (slash != std::string::npos) participant->set_country(who.substr(slash + 1));
  for (const v1::Role& each : type.roles()) {
    if (each.id() != role) continue;
    participant->set_side(each.side());
    return absl::OkStatus();
  }
  return InvalidArgument(Cat("--participant: ", type.id(), " has no role '", role, "'"));
}

// What needs the ontology: a new type, and the sides of roles.
absl::Status AddTyped(const CorrectFlags& flags, Connection& connection,
                      v1::CorrectEventRequest* request) {
  if (flags.type.empty() && flags.participants.empty()) return absl::OkStatus();
  std::string wanted = flags.type;
  if (wanted.empty()) {
    v1::GetEventRequest get;
    get.set_id(flags.event);
    ENTENTE_ASSIGN_OR_RETURN(const v1::Event event,
                             connection.Call(&v1::EventGraph::Stub::GetEvent, get));
    wanted = event.type();
  }
  ENTENTE_ASSIGN_OR_RETURN(
      const v1::Ontology ontology,
      connection.Call(&v1::EventGraph::Stub::GetOntology, v1::GetOntologyRequest()));
  for (const v1::EventType& type : ontology.event_types()) {
    if (type.id() != wanted) continue;
    if (!flags.type.empty()) ENTENTE_RETURN_IF_ERROR(SetType(type, flags.subtype, request));
    for (const std::string& text : flags.participants) {
      ENTENTE_RETURN_IF_ERROR(AddParticipant(text, type, request));
    }
    if (!flags.participants.empty()) request->add_fields("participants");
    return absl::OkStatus();
  }
  return NotFound(Cat("no type '", wanted, "': `entente types` lists them"));
}

absl::StatusOr<v1::CorrectEventRequest> CorrectRequest(const CorrectFlags& flags,
                                                       Connection& connection) {
  v1::CorrectEventRequest request;
  *request.mutable_curator() = flags.curator;
  request.set_event_id(flags.event);
  v1::Event* values = request.mutable_values();
  ENTENTE_RETURN_IF_ERROR(AddTyped(flags, connection, &request));
  if (flags.status != v1::EVENT_STATUS_UNSPECIFIED) {
    values->set_status(flags.status);
    request.add_fields("status");
  }
  if (!flags.start_date.empty()) {
    values->mutable_date()->set_start(flags.start_date);
    values->mutable_date()->set_end(flags.end_date);
    request.add_fields("date");
  }
  if (!flags.place.empty() || !flags.country.empty()) {
    values->mutable_place()->set_name(flags.place);
    values->mutable_place()->set_country(flags.country);
    request.add_fields("place");
  }
  if (flags.has_intensity) {
    values->set_goldstein(flags.intensity);
    if (flags.type.empty()) request.add_fields("goldstein");
  }
  if (request.fields_size() == 0) {
    return InvalidArgument("say what is corrected: --type, --status, --date, --place, …");
  }
  return request;
}

absl::Status List(Program* program, const Ask& ask, int limit, Connection& connection) {
  v1::ListCurationsRequest request;
  request.set_page_size(limit);
  grpc::ClientContext context;
  connection.Prepare(&context);
  v1::ListCurationsResponse response;
  ENTENTE_RETURN_IF_ERROR(
      connection.Check(connection.curation().ListCurations(&context, request, &response)));
  std::string out;
  if (ask.format == Format::kCsv) {
    out = CsvLine({"revision", "time", "act", "author", "reason", "undone_by_revision"});
  }
  for (const v1::CurationRecord& record : response.curations()) {
    const std::string time = FormatTimestampMicros(record.commit_time_micros());
    if (ask.format == Format::kJsonl) {
      out += JsonLine(record);
    } else if (ask.format == Format::kCsv) {
      out += CsvLine({Cat(record.revision()), time, ActText(record), CuratorOf(record).author(),
                      CuratorOf(record).reason(), Cat(record.undone_by_revision())});
    } else {
      out += Cat(record.revision(), "  ", time, "  ", Printable(ActText(record)));
      if (record.undone_by_revision() != 0) {
        out += Cat(" (taken back at revision ", record.undone_by_revision(), ")");
      }
      out += "\n";
    }
  }
  return program->output->Write(out);
}

void AddText(CLI::App* command, const std::string& name, const std::string& description,
             const std::function<void(const std::string&)>& set, bool required) {
  auto* option =
      command->add_option_function<std::string>(name, set, description)->check(Utf8Text());
  option->type_name(name[0] == '-' ? "TEXT" : "");
  if (required) option->required();
}

// Adds --author and --reason, and the flags of every question.
void AddCurator(CLI::App* command, CurateFlags* flags) {
  AddText(
      command, "--author", "Who says so",
      [flags](const std::string& text) { flags->curator.set_author(text); }, true);
  AddText(
      command, "--reason", "Why",
      [flags](const std::string& text) { flags->curator.set_reason(text); }, true);
  AddAskFlags(command, flags);
}

// An act that is all in its request.
template <typename Request>
struct ActFlags : CurateFlags {
  Request request;
};

template <typename Request>
void SetAct(CLI::App* command, Program* program, const std::shared_ptr<ActFlags<Request>>& flags,
            grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                         v1::CurationRecord*)) {
  AddCurator(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags, method](Connection& connection) {
    *flags->request.mutable_curator() = flags->curator;
    return Act(program, *flags, connection, method, flags->request);
  });
}

void AddMerge(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(curate, "merge-actors",
                                 "Say that one actor is another; its id and names lead there",
                                 "  entente curate merge-actors person:kim person:kim-jong-un "
                                 "--author ann --reason \"one man\"");
  const auto flags = std::make_shared<ActFlags<v1::MergeActorsRequest>>();
  auto* request = &flags->request;
  AddText(
      command, "ACTOR", "Id of the actor that is another",
      [request](const std::string& id) { request->set_actor(id); }, true);
  AddText(
      command, "INTO", "Id of the actor that it is",
      [request](const std::string& id) { request->set_into_actor(id); }, true);
  SetAct(command, program, flags, &Stub::MergeActors);
}

void AddSplit(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(
      curate, "split-actor", "Give names and events of an actor to another, who is made if need be",
      "  entente curate split-actor person:kim person:kim-2 --event 12 --author ann --reason two");
  const auto flags = std::make_shared<ActFlags<v1::SplitActorRequest>>();
  auto* request = &flags->request;
  AddText(
      command, "ACTOR", "Id of the actor to split",
      [request](const std::string& id) { request->set_actor(id); }, true);
  AddText(
      command, "NEW", "Id of the other",
      [request](const std::string& id) { request->mutable_new_actor()->set_id(id); }, true);
  AddText(
      command, "--display-name", "Its name",
      [request](const std::string& name) { request->mutable_new_actor()->set_display_name(name); },
      false);
  const auto each = [command](const char* name, const char* description, auto add) {
    command
        ->add_option_function<std::vector<std::string>>(
            name,
            [add](const std::vector<std::string>& values) {
              for (const std::string& value : values) add(value);
            },
            description)
        ->check(Utf8Text());
  };
  each("--name", "A name that is the other's (again for more)",
       [request](const std::string& name) { request->add_names(name); });
  each("--event", "An event that is the other's (again for more)",
       [request](const std::string& id) { request->add_event_ids(id); });
  SetAct(command, program, flags, &Stub::SplitActor);
}

void AddAlias(CLI::App* curate, Program* program) {
  CLI::App* command =
      AddCommand(curate, "alias", "Add names to an actor, or remove some",
                 "  entente curate alias PRK --add Choson --author ann --reason \"own name\"");
  const auto flags = std::make_shared<ActFlags<v1::EditNamesRequest>>();
  auto* request = &flags->request;
  AddText(
      command, "ACTOR", "Actor id", [request](const std::string& id) { request->set_actor(id); },
      true);
  command
      ->add_option_function<std::vector<std::string>>(
          "--add",
          [request](const auto& names) {
            for (const std::string& name : names) request->add_add(name);
          },
          "A name by which it is found (again for more)")
      ->check(Utf8Text());
  command
      ->add_option_function<std::vector<std::string>>(
          "--remove",
          [request](const auto& names) {
            for (const std::string& name : names) request->add_remove(name);
          },
          "A name that is not its own (again for more)")
      ->check(Utf8Text());
  SetAct(command, program, flags, &Stub::EditNames);
}

void AddRetract(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(
      curate, "retract", "Take away what an article reports; events that nobody else reports go",
      "  entente curate retract a17 --author ann --reason \"withdrawn by the paper\"");
  const auto flags = std::make_shared<ActFlags<v1::RetractArticleRequest>>();
  auto* request = &flags->request;
  AddText(
      command, "ARTICLE", "Article id",
      [request](const std::string& id) { request->set_article(id); }, true);
  SetAct(command, program, flags, &Stub::RetractArticle);
}

void AddDetach(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(
      curate, "detach", "Make what an article reports an event of its own",
      "  entente curate detach 12 a17 --author ann --reason \"another meeting on that day\"");
  const auto flags = std::make_shared<ActFlags<v1::DetachReportRequest>>();
  auto* request = &flags->request;
  AddText(
      command, "EVENT", "Event id", [request](const std::string& id) { request->set_event_id(id); },
      true);
  AddText(
      command, "ARTICLE", "Id of an article that reports it",
      [request](const std::string& id) { request->set_article(id); }, true);
  SetAct(command, program, flags, &Stub::DetachReport);
}

void AddUndo(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(curate, "undo", "Take an act back",
                                 "  entente curate undo 1203 --author ann --reason mistaken");
  const auto flags = std::make_shared<ActFlags<v1::UndoRequest>>();
  auto* request = &flags->request;
  command
      ->add_option_function<int64_t>(
          "REVISION", [request](int64_t revision) { request->set_revision(revision); },
          "The act's revision, as `entente curate list` shows it")
      ->check(CLI::PositiveNumber)
      ->type_name("")
      ->required();
  SetAct(command, program, flags, &Stub::Undo);
}

void AddCorrect(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(
      curate, "correct", "Say what an event is, whatever articles report",
      "  entente curate correct 12 --status denied --author ann --reason \"see the transcript\"\n"
      "  entente curate correct 12 --type arms_deal --participant supplier=PRK \\\n"
      "    --participant recipient=RUS --author ann --reason \"weapons, not aid\"");
  const auto flags = std::make_shared<CorrectFlags>();
  CorrectFlags* f = flags.get();
  command->add_option("EVENT", f->event, "Event id")->check(Utf8Text())->type_name("")->required();
  command->add_option("--type", f->type, "Its type; codes and intensity follow it")
      ->check(Utf8Text())
      ->type_name("TYPE");
  command->add_option("--subtype", f->subtype, "With --type: its sub-type")
      ->check(Utf8Text())
      ->type_name("TYPE");
  command->add_option("--status", f->status, "Its status: occurred, alleged, …")
      ->transform(OneOf(EnumNames(v1::EventStatus_descriptor())).description("STATUS"));
  command->add_option("--date", f->start_date, "Its day, or its first one")
      ->type_name("YYYY-MM-DD");
  command->add_option("--until", f->end_date, "With --date: its last day")->type_name("YYYY-MM-DD");
  command->add_option("--place", f->place, "Its place")->check(Utf8Text())->type_name("TEXT");
  command->add_option("--country", f->country, "The place's country, ISO 3166 alpha-3")
      ->check(Utf8Text())
      ->type_name("CODE");
  command
      ->add_option_function<double>(
          "--intensity",
          [f](double intensity) {
            f->intensity = intensity;
            f->has_intensity = true;
          },
          "Its intensity on the Goldstein scale")
      ->check(CLI::Range(-10.0, 10.0))
      ->type_name("-10..10");
  command
      ->add_option("--participant", f->participants,
                   "ROLE=ACTOR or ROLE=ACTOR/STATE: all who took part (again for more)")
      ->check(Utf8Text())
      ->type_name("ROLE=ACTOR");
  AddCurator(command, f);
  SetQuestion(command, program, f, [program, flags](Connection& connection) -> absl::Status {
    ENTENTE_ASSIGN_OR_RETURN(const v1::CorrectEventRequest request,
                             CorrectRequest(*flags, connection));
    return Act(program, *flags, connection, &Stub::CorrectEvent, request);
  });
}

struct ListFlags : Ask {
  int limit = 100;
};

void AddList(CLI::App* curate, Program* program) {
  CLI::App* command = AddCommand(curate, "list", "List the acts, newest first",
                                 "  entente curate list --db news.db");
  const auto flags = std::make_shared<ListFlags>();
  command->add_option("--limit", flags->limit, "How many, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return List(program, *flags, flags->limit, connection);
  });
}

}  // namespace

void AddCurate(CLI::App* app, Program* program) {
  CLI::App* curate =
      AddCommand(app, "curate", "Correct the graph by hand; every act has an author and a reason",
                 "  entente curate retract a17 --author ann --reason withdrawn --db news.db");
  curate->require_subcommand(1);
  AddMerge(curate, program);
  AddSplit(curate, program);
  AddAlias(curate, program);
  AddCorrect(curate, program);
  AddRetract(curate, program);
  AddDetach(curate, program);
  AddUndo(curate, program);
  AddList(curate, program);
}

}  // namespace entente::cli
