// The commands that ask: timeline, summary, relationship, partners, path, event, article, stats.
#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"
#include "clients/cli/event_view.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr int kPeopleLimit = 100;  // rows of a table unless --limit says otherwise
constexpr size_t kBarColumns = 30;
constexpr int kSearchForNames = 1000;

// The flags of every question.
struct Ask {
  ConnectionFlags connection;
  Format format = Format::kPeople;
};

// Which actors, from when to when.
struct Window {
  std::string actor;
  std::string other_actor;
  std::string start_date;
  std::string end_date;
};

using Question = std::function<absl::Status(Connection&)>;

void AddAskFlags(CLI::App* command, Ask* ask) {
  AddConnectionFlags(command, &ask->connection);
  AddFormatFlag(command, &ask->format);
}

void AddDates(CLI::App* command, Window* window) {
  command->add_option("--from", window->start_date, "First day")->type_name("YYYY-MM-DD");
  command->add_option("--to", window->end_date, "Last day")->type_name("YYYY-MM-DD");
}

void AddActor(CLI::App* command, std::string* actor, const std::string& name,
              const std::string& description) {
  command->add_option(name, *actor, description)->type_name("")->required();
}

// Makes `question` the program's action: connect, ask, close.
void SetQuestion(CLI::App* command, Program* program, const Ask* ask, Question question) {
  command->callback([program, ask, question = std::move(question)] {
    program->action = [program, ask, question]() -> absl::StatusOr<int> {
      ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection,
                               Connection::Open(*program, ask->connection, Need::kQueries));
      ENTENTE_RETURN_IF_ERROR(question(*connection));
      ENTENTE_RETURN_IF_ERROR(connection->Close());
      return kExitOk;
    };
  });
}

absl::StatusOr<std::vector<v1::Actor>> Search(Connection& connection, const std::string& query,
                                              int page_size) {
  v1::SearchActorsRequest request;
  request.set_query(query);
  request.set_page_size(page_size);
  ENTENTE_ASSIGN_OR_RETURN(const v1::SearchActorsResponse response,
                           connection.Call(&v1::EventGraph::Stub::SearchActors, request));
  return std::vector<v1::Actor>(response.actors().begin(), response.actors().end());
}

// Names near to one that is not known: those that begin alike and differ in few letters.
std::string Suggestion(Connection& connection, const std::string& name) {
  std::vector<std::string> candidates;
  for (const size_t length : {size_t{3}, size_t{2}, size_t{1}}) {
    if (name.size() < length || !candidates.empty()) continue;
    const auto actors = Search(connection, name.substr(0, length), kSearchForNames);
    if (!actors.ok()) return "";
    for (const v1::Actor& actor : *actors) {
      candidates.push_back(actor.display_name());
      candidates.push_back(actor.id());
      for (const v1::ActorName& other : actor.names()) candidates.push_back(other.text());
    }
    candidates = NearestNames(name, candidates, 3);
  }
  if (candidates.empty()) return "; `entente actors search` finds actors by a part of their name";
  std::string text = "; did you mean ";
  for (size_t i = 0; i < candidates.size(); ++i) text += Cat(i > 0 ? ", " : "", candidates[i]);
  return text + "?";
}

// `status`, with names to try if it is that an actor is not known.
absl::Status WithSuggestions(Connection& connection, const absl::Status& status,
                             const std::vector<std::string>& actors) {
  if (status.code() != absl::StatusCode::kNotFound) return status;
  std::string message(MessageOf(status));
  for (const std::string& actor : actors) {
    if (actor.empty()) continue;
    const auto found = Search(connection, actor, 1);
    if (found.ok() && found->empty()) message += Suggestion(connection, actor);
  }
  return MakeStatus(status.code(), message);
}

// Prints labels and values in two columns, wrapped.
void AppendField(std::string_view label, std::string_view value, size_t width, std::string* out) {
  constexpr size_t kLabelColumns = 12;
  const size_t room = width > kLabelColumns + 22 ? width - kLabelColumns - 2 : 0;
  std::string shown(label);
  for (const std::string& line : Wrap(value, room)) {
    const size_t used = DisplayWidth(shown);
    out->append("  ").append(shown).append(used < kLabelColumns ? kLabelColumns - used : 1, ' ');
    out->append(line).push_back('\n');
    shown.clear();
  }
}

std::string ActorText(const v1::Actor& actor) {
  const std::string name =
      Printable(actor.display_name().empty() ? actor.id() : actor.display_name());
  return name == actor.id() ? name : Cat(name, " (", Printable(actor.id()), ')');
}

std::string TypeCountsText(const google::protobuf::RepeatedPtrField<v1::TypeCount>& types,
                           int limit) {
  std::string text;
  for (int i = 0; i < types.size() && i < limit; ++i) {
    text += Cat(i > 0 ? " · " : "", Humanize(types[i].type()), ' ', types[i].count());
  }
  return types.size() > limit ? text + " · …" : text;
}

template <typename Message>
std::string ClassCountsText(const Message& counts) {
  return Cat("verbal cooperation ", counts.verbal_cooperation_count(), " · material cooperation ",
             counts.material_cooperation_count(), " · verbal conflict ",
             counts.verbal_conflict_count(), " · material conflict ",
             counts.material_conflict_count());
}

std::string Bar(int64_t count, int64_t most) {
  std::string bar;
  const auto length = most == 0 ? 0 : (static_cast<size_t>(count) * kBarColumns + most - 1) / most;
  for (size_t i = 0; i < length; ++i) bar += "█";
  return bar;
}

Table BucketTable(const google::protobuf::RepeatedPtrField<v1::TimelineBucket>& buckets,
                  size_t start_bytes) {
  Table table({{"FROM"},
               {"EVENTS", Align::kRight},
               {""},
               {"GOLDSTEIN", Align::kRight},
               {"TYPES", Align::kLeft, Fit::kWrap}});
  int64_t most = 0;
  for (const v1::TimelineBucket& bucket : buckets) most = std::max(most, bucket.event_count());
  for (const v1::TimelineBucket& bucket : buckets) {
    table.Add({bucket.start_date().substr(0, start_bytes), Cat(bucket.event_count()),
               Bar(bucket.event_count(), most), Decimal(bucket.goldstein_mean(), 1),
               TypeCountsText(bucket.types(), 3)});
  }
  return table;
}

// --- timeline ---------------------------------------------------------------------------------

struct TimelineFlags : Ask {
  Window window;
  std::vector<std::string> types;
  std::vector<v1::EventStatus> statuses;
  std::vector<v1::QuadClass> quad_classes;
  double min_confidence = 0;
  bool directed = false;
  bool newest_first = false;
  bool mentions = false;
  int64_t limit = 0;
};

v1::ListEventsRequest TimelineRequest(const TimelineFlags& flags) {
  v1::ListEventsRequest request;
  v1::EventFilter* filter = request.mutable_filter();
  filter->set_actor(flags.window.actor);
  filter->set_other_actor(flags.window.other_actor);
  filter->set_start_date(flags.window.start_date);
  filter->set_end_date(flags.window.end_date);
  for (const std::string& type : flags.types) filter->add_types(type);
  for (const v1::EventStatus status : flags.statuses) filter->add_statuses(status);
  for (const v1::QuadClass quad_class : flags.quad_classes) filter->add_quad_classes(quad_class);
  filter->set_min_confidence(flags.min_confidence);
  filter->set_directed(flags.directed);
  request.set_newest_first(flags.newest_first);
  request.set_include_mentions(flags.mentions);
  // One more than a table shows, to know that there are more.
  const bool cut = flags.limit == 0 && flags.format == Format::kPeople;
  request.set_limit(cut ? kPeopleLimit + 1 : flags.limit);
  return request;
}

absl::Status PrintTimelineTable(Program* program, const TimelineFlags& flags,
                                grpc::ClientReader<v1::ListEventsResponse>* reader) {
  Table table = EventTable();
  v1::ListEventsResponse page;
  int64_t count = 0;
  const bool cut = flags.limit == 0;
  while (reader->Read(&page)) {
    for (const v1::Event& event : page.events()) {
      if (!cut || count < kPeopleLimit) AddEventRow(event, &table);
      ++count;
    }
  }
  if (count == 0) return absl::OkStatus();
  ENTENTE_RETURN_IF_ERROR(program->output->Write(table.Render(program->output->terminal().width)));
  if (cut && count > kPeopleLimit) {
    *program->err << "The first " << kPeopleLimit << " events; --limit N shows more\n";
  }
  return absl::OkStatus();
}

absl::Status PrintTimelineRows(Program* program, Format format,
                               grpc::ClientReader<v1::ListEventsResponse>* reader) {
  if (format == Format::kCsv) {
    ENTENTE_RETURN_IF_ERROR(program->output->Write(CsvLine(EventCsvColumns())));
  }
  v1::ListEventsResponse page;
  while (reader->Read(&page)) {
    std::string rows;
    for (const v1::Event& event : page.events()) {
      rows += format == Format::kCsv ? CsvLine(EventCsvFields(event)) : JsonLine(event);
    }
    ENTENTE_RETURN_IF_ERROR(program->output->Write(rows));
  }
  return absl::OkStatus();
}

absl::Status Timeline(Program* program, const TimelineFlags& flags, Connection& connection) {
  grpc::ClientContext context;  // without a deadline: an export may take long
  const auto reader = connection.graph().StreamTimeline(&context, TimelineRequest(flags));
  const absl::Status printed = flags.format == Format::kPeople
                                   ? PrintTimelineTable(program, flags, reader.get())
                                   : PrintTimelineRows(program, flags.format, reader.get());
  if (!printed.ok()) context.TryCancel();
  const absl::Status status = connection.Check(reader->Finish());
  ENTENTE_RETURN_IF_ERROR(printed);
  return WithSuggestions(connection, status, {flags.window.actor, flags.window.other_actor});
}

// The values of an enum of the API under the names that flags use: "called-for".
template <typename Enum>
std::map<std::string, Enum> EnumNames(const google::protobuf::EnumDescriptor* descriptor) {
  std::map<std::string, Enum> names;
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto* value = descriptor->value(i);
    if (value->number() == 0) continue;
    std::string name = AsciiLower(value->name());
    std::replace(name.begin(), name.end(), '_', '-');
    names[name] = static_cast<Enum>(value->number());
  }
  return names;
}

void AddFilterFlags(CLI::App* command, TimelineFlags* flags) {
  command
      ->add_option("--type", flags->types, "Only this type (again for more); see `entente types`")
      ->type_name("TYPE");
  command->add_option("--status", flags->statuses, "Only this status: occurred, alleged, …")
      ->transform(CLI::CheckedTransformer(EnumNames<v1::EventStatus>(v1::EventStatus_descriptor()),
                                          CLI::ignore_case)
                      .description("STATUS"));
  command->add_option("--class", flags->quad_classes, "Only this quad class: verbal-conflict, …")
      ->transform(CLI::CheckedTransformer(EnumNames<v1::QuadClass>(v1::QuadClass_descriptor()),
                                          CLI::ignore_case)
                      .description("CLASS"));
  command->add_option("--min-confidence", flags->min_confidence, "Only events at least so sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  command->add_flag("--directed", flags->directed, "Only ACTOR as source and OTHER as target");
  command->add_flag("--newest-first", flags->newest_first, "Newest first instead of oldest first");
  command->add_flag("--mentions", flags->mentions, "With the evidence, in --format jsonl");
  command->add_option("--limit", flags->limit, "At most so many events")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
      ->type_name("N");
}

// --- summary ----------------------------------------------------------------------------------

struct SummaryFlags : Ask {
  Window window;
  v1::BucketSize bucket = v1::MONTHLY;
};

std::vector<std::string> BucketCsvFields(const v1::TimelineBucket& bucket) {
  std::string types;
  for (const v1::TypeCount& type : bucket.types()) {
    types += Cat(types.empty() ? "" : ";", type.type(), '=', type.count());
  }
  return {bucket.start_date(),
          Cat(bucket.event_count()),
          Decimal(bucket.goldstein_mean(), 3),
          Cat(bucket.verbal_cooperation_count()),
          Cat(bucket.material_cooperation_count()),
          Cat(bucket.verbal_conflict_count()),
          Cat(bucket.material_conflict_count()),
          types};
}

absl::Status PrintBuckets(Program* program, const SummaryFlags& flags,
                          const v1::SummarizeTimelineResponse& response) {
  Output* output = program->output;
  if (flags.format == Format::kPeople) {
    if (response.buckets().empty()) return absl::OkStatus();
    const size_t start_bytes = flags.bucket == v1::YEARLY    ? 4
                               : flags.bucket == v1::MONTHLY ? 7
                                                             : 10;
    return output->Write(
        BucketTable(response.buckets(), start_bytes).Render(output->terminal().width));
  }
  std::string rows;
  if (flags.format == Format::kCsv) {
    rows = CsvLine({"start_date", "event_count", "goldstein_mean", "verbal_cooperation",
                    "material_cooperation", "verbal_conflict", "material_conflict", "types"});
  }
  for (const v1::TimelineBucket& bucket : response.buckets()) {
    rows += flags.format == Format::kCsv ? CsvLine(BucketCsvFields(bucket)) : JsonLine(bucket);
  }
  return output->Write(rows);
}

absl::Status Summary(Program* program, const SummaryFlags& flags, Connection& connection) {
  v1::SummarizeTimelineRequest request;
  request.set_actor(flags.window.actor);
  request.set_other_actor(flags.window.other_actor);
  request.set_start_date(flags.window.start_date);
  request.set_end_date(flags.window.end_date);
  request.set_bucket(flags.bucket);
  const auto response = connection.Call(&v1::EventGraph::Stub::SummarizeTimeline, request);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(),
                           {flags.window.actor, flags.window.other_actor});
  }
  return PrintBuckets(program, flags, *response);
}

// --- relationship -----------------------------------------------------------------------------

struct RelationshipFlags : Ask {
  Window window;
  int latest = 10;
};

std::string TrendText(double per_year) {
  if (per_year > 0.005) return Cat("rising ", Decimal(per_year, 2), " a year");
  if (per_year < -0.005) return Cat("falling ", Decimal(-per_year, 2), " a year");
  return "steady";
}

std::string RelationshipText(const v1::Relationship& relationship, const Terminal& terminal) {
  const std::string a = ActorText(relationship.actor());
  const std::string b = ActorText(relationship.other_actor());
  std::string out = Styled(Cat(a, " and ", b), "1", terminal.color) + "\n";
  const auto field = [&](std::string_view label, const std::string& value) {
    AppendField(label, value, terminal.width, &out);
  };
  field("Events",
        Cat(relationship.event_count(), " (", relationship.forward_count(), " from ",
            Printable(relationship.actor().display_name()), ", ", relationship.backward_count(),
            " from ", Printable(relationship.other_actor().display_name()), ")"));
  if (relationship.event_count() == 0) return out;
  field("Intensity",
        Cat("mean ", Decimal(relationship.goldstein_mean(), 1), ", ",
            TrendText(relationship.goldstein_trend_per_year()), " (Goldstein, -10 to 10)"));
  field("Classes", ClassCountsText(relationship));
  field("Types", TypeCountsText(relationship.types(), 8));
  std::string statuses;
  for (const v1::StatusCount& status : relationship.statuses()) {
    statuses +=
        Cat(statuses.empty() ? "" : " · ", StatusText(status.status()), ' ', status.count());
  }
  if (!statuses.empty()) field("Statuses", statuses);
  if (relationship.has_first_event()) {
    const v1::Event& first = relationship.first_event();
    field("First", Cat(WhenText(first.date()), ' ', TypeText(first), ": ", WhoText(first)));
  }
  out += Cat("\nBy month\n", BucketTable(relationship.buckets(), 7).Render(terminal.width));
  Table latest = EventTable();
  for (const v1::Event& event : relationship.latest_events()) AddEventRow(event, &latest);
  if (!latest.empty()) out += Cat("\nLatest events\n", latest.Render(terminal.width));
  return out;
}

std::string RelationshipCsv(const v1::Relationship& r) {
  return CsvLine({"actor", "other_actor", "event_count", "forward_count", "backward_count",
                  "goldstein_mean", "goldstein_trend_per_year", "verbal_cooperation",
                  "material_cooperation", "verbal_conflict", "material_conflict"}) +
         CsvLine({r.actor().id(), r.other_actor().id(), Cat(r.event_count()),
                  Cat(r.forward_count()), Cat(r.backward_count()), Decimal(r.goldstein_mean(), 3),
                  Decimal(r.goldstein_trend_per_year(), 3), Cat(r.verbal_cooperation_count()),
                  Cat(r.material_cooperation_count()), Cat(r.verbal_conflict_count()),
                  Cat(r.material_conflict_count())});
}

absl::Status Relationship(Program* program, const RelationshipFlags& flags,
                          Connection& connection) {
  v1::GetRelationshipRequest request;
  request.set_actor(flags.window.actor);
  request.set_other_actor(flags.window.other_actor);
  request.set_start_date(flags.window.start_date);
  request.set_end_date(flags.window.end_date);
  request.set_latest_count(flags.latest);
  const auto response = connection.Call(&v1::EventGraph::Stub::GetRelationship, request);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(),
                           {flags.window.actor, flags.window.other_actor});
  }
  switch (flags.format) {
    case Format::kPeople:
      return program->output->Write(RelationshipText(*response, program->output->terminal()));
    case Format::kJsonl:
      return program->output->Write(JsonLine(*response));
    case Format::kCsv:
      return program->output->Write(RelationshipCsv(*response));
  }
  return absl::OkStatus();
}

// --- partners ---------------------------------------------------------------------------------

struct PartnersFlags : Ask {
  Window window;
  int limit = 25;
};

absl::Status Partners(Program* program, const PartnersFlags& flags, Connection& connection) {
  v1::ListRelationshipsRequest request;
  request.set_actor(flags.window.actor);
  request.set_start_date(flags.window.start_date);
  request.set_end_date(flags.window.end_date);
  request.set_page_size(flags.limit);
  const auto response = connection.Call(&v1::EventGraph::Stub::ListRelationships, request);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(), {flags.window.actor});
  }
  Table table({{"ACTOR", Align::kLeft, Fit::kWrap},
               {"EVENTS", Align::kRight},
               {"GOLDSTEIN", Align::kRight},
               {"FIRST"},
               {"LAST"}});
  std::string rows;
  if (flags.format == Format::kCsv) {
    rows = CsvLine({"actor", "name", "event_count", "goldstein_mean", "first_date", "last_date"});
  }
  for (const v1::RelationshipSummary& summary : response->relationships()) {
    const v1::Actor& actor = summary.other_actor();
    if (flags.format == Format::kPeople) {
      table.Add({ActorText(actor), Cat(summary.event_count()), Decimal(summary.goldstein_mean(), 1),
                 summary.first_date(), summary.last_date()});
    } else if (flags.format == Format::kCsv) {
      rows += CsvLine({actor.id(), actor.display_name(), Cat(summary.event_count()),
                       Decimal(summary.goldstein_mean(), 3), summary.first_date(),
                       summary.last_date()});
    } else {
      rows += JsonLine(summary);
    }
  }
  if (!table.empty()) rows = table.Render(program->output->terminal().width);
  return program->output->Write(rows);
}

// --- path -------------------------------------------------------------------------------------

struct PathFlags : Ask {
  Window window;
  int max_hops = 4;
};

absl::Status Path(Program* program, const PathFlags& flags, Connection& connection) {
  v1::FindPathRequest request;
  request.set_from_actor(flags.window.actor);
  request.set_to_actor(flags.window.other_actor);
  request.mutable_filter()->set_start_date(flags.window.start_date);
  request.mutable_filter()->set_end_date(flags.window.end_date);
  request.set_max_hops(flags.max_hops);
  const auto response = connection.Call(&v1::EventGraph::Stub::FindPath, request);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(),
                           {flags.window.actor, flags.window.other_actor});
  }
  if (response->hops().empty()) {
    return NotFound(Cat("no chain of at most ", flags.max_hops, " events leads from ",
                        flags.window.actor, " to ", flags.window.other_actor));
  }
  Table table({{"FROM", Align::kLeft, Fit::kWrap},
               {"TO", Align::kLeft, Fit::kWrap},
               {"EVENTS", Align::kRight},
               {"NEWEST"},
               {"EVENT", Align::kLeft, Fit::kWrap},
               {"ID", Align::kRight}});
  std::string rows;
  if (flags.format == Format::kCsv) {
    rows = CsvLine({"from_actor", "to_actor", "event_count", "date", "type", "event"});
  }
  for (const v1::PathHop& hop : response->hops()) {
    if (flags.format == Format::kJsonl) {
      rows += JsonLine(hop);
    } else if (flags.format == Format::kCsv) {
      rows += CsvLine({hop.from_actor().id(), hop.to_actor().id(), Cat(hop.event_count()),
                       hop.event().date().start(), hop.event().type(), hop.event().id()});
    } else {
      table.Add({ActorText(hop.from_actor()), ActorText(hop.to_actor()), Cat(hop.event_count()),
                 WhenText(hop.event().date()), TypeText(hop.event()), hop.event().id()});
    }
  }
  if (!table.empty()) rows = table.Render(program->output->terminal().width);
  return program->output->Write(rows);
}

// --- event, article ---------------------------------------------------------------------------

struct IdFlags : Ask {
  std::string id;
};

std::string RoleTexts(const v1::Event& event, std::string_view role) {
  std::string names;
  for (const v1::Participant& participant : event.participants()) {
    if (participant.role() != role) continue;
    names += Cat(names.empty() ? "" : ", ", ParticipantText(participant));
  }
  return names;
}

// What is known of the articles of an event's evidence, by id.
using Articles = std::map<std::string, v1::Article>;

constexpr size_t kMaxArticlesNamed = 50;

// Articles are named where they can be had: that is a courtesy, and its failure no error.
Articles ArticlesOf(Connection& connection, const v1::Event& event) {
  Articles articles;
  for (const v1::Mention& mention : event.mentions()) {
    if (articles.size() >= kMaxArticlesNamed) break;
    if (articles.contains(mention.article())) continue;
    v1::GetArticleRequest request;
    request.set_id(mention.article());
    auto article = connection.Call(&v1::EventGraph::Stub::GetArticle, request);
    articles[mention.article()] = article.ok() ? *std::move(article) : v1::Article();
  }
  return articles;
}

// "“Title”, Yonhap, 2023-09-22".
std::string ArticleName(const v1::Article& article) {
  std::string name;
  if (!article.title().empty()) name = Cat("“", Printable(article.title()), "”");
  for (const std::string* part : {&article.source(), &article.publish_date()}) {
    if (!part->empty()) name += Cat(name.empty() ? "" : ", ", Printable(*part));
  }
  return name.empty() ? "an article" : name;
}

void AppendStatusHistory(const v1::Event& event, size_t width, std::string* out) {
  for (const v1::StatusReport& report : event.status_history()) {
    const std::string day = FormatTimestampMicros(report.report_time_micros()).substr(0, 10);
    AppendField("Reported", Cat(StatusText(report.status()), " on ", day), width, out);
  }
}

std::string MentionText(const v1::Mention& mention, int number, const Articles& articles,
                        const Terminal& terminal) {
  const size_t room = terminal.width > 30 ? terminal.width - 4 : 0;
  const std::string marked = MarkedSentence(mention, terminal.color);
  std::string out;
  // Escapes have no width that Wrap knows of: a coloured sentence is left to the terminal.
  for (const std::string& line : Wrap(marked, terminal.color ? 0 : room)) {
    const std::string label = out.empty() ? Cat(number, ".") : std::string();
    out += label + std::string(label.size() < 4 ? 4 - label.size() : 1, ' ') + line + "\n";
  }
  std::string speaker;
  if (!mention.speaker().empty()) speaker = Cat(", said by ", Printable(mention.speaker()));
  const auto article = articles.find(mention.article());
  const std::string about[] = {
      Cat(StatusText(mention.status()), speaker, " in ",
          ArticleName(article == articles.end() ? v1::Article() : article->second)),
      Cat("article ", Printable(mention.article()), ", bytes ", mention.sentence().begin(), " to ",
          mention.sentence().end(), mention.section() == v1::TITLE ? " of its title" : ""),
      Cat("rule ", Printable(mention.rule()), " of ", Printable(mention.coder()))};
  for (const std::string& text : about) {
    for (const std::string& line : Wrap(text, room)) out += Cat("    ", line, '\n');
  }
  return out;
}

std::string EventText(const v1::Event& event, const Articles& articles, const Terminal& terminal) {
  std::string out = Styled(Cat("Event ", Printable(event.id()), ": ", TypeText(event), ", ",
                               StatusText(event.status())),
                           "1", terminal.color) +
                    "\n";
  const size_t width = terminal.width;
  AppendField("When", WhenText(event.date()) + (event.date().inferred() ? " (of the report)" : ""),
              width, &out);
  if (!event.place().name().empty()) {
    AppendField("Where", Printable(event.place().name()), width, &out);
  }
  std::vector<std::string> roles;
  for (const v1::Participant& participant : event.participants()) {
    if (std::find(roles.begin(), roles.end(), participant.role()) != roles.end()) continue;
    roles.push_back(participant.role());
    std::string label = Humanize(participant.role());
    if (!label.empty()) label[0] = static_cast<char>(std::toupper(label[0]));
    AppendField(label, RoleTexts(event, participant.role()), width, &out);
  }
  for (const auto& [label, value] : DetailTexts(event)) AppendField(label, value, width, &out);
  AppendField("Codes", CodesText(event), width, &out);
  AppendField("Confidence", Decimal(event.confidence(), 2), width, &out);
  AppendStatusHistory(event, width, &out);
  out += "\nEvidence\n";
  for (int i = 0; i < event.mentions_size(); ++i) {
    out += MentionText(event.mentions(i), i + 1, articles, terminal);
  }
  return out;
}

absl::Status ShowEvent(Program* program, const IdFlags& flags, Connection& connection) {
  v1::GetEventRequest request;
  request.set_id(flags.id);
  ENTENTE_ASSIGN_OR_RETURN(const v1::Event event,
                           connection.Call(&v1::EventGraph::Stub::GetEvent, request));
  switch (flags.format) {
    case Format::kPeople:
      return program->output->Write(
          EventText(event, ArticlesOf(connection, event), program->output->terminal()));
    case Format::kJsonl:
      return program->output->Write(JsonLine(event));
    case Format::kCsv:
      return program->output->Write(CsvLine(EventCsvColumns()) + CsvLine(EventCsvFields(event)));
  }
  return absl::OkStatus();
}

absl::Status ShowArticle(Program* program, const IdFlags& flags, Connection& connection) {
  v1::GetArticleRequest request;
  request.set_id(flags.id);
  ENTENTE_ASSIGN_OR_RETURN(const v1::Article article,
                           connection.Call(&v1::EventGraph::Stub::GetArticle, request));
  if (flags.format == Format::kJsonl) return program->output->Write(JsonLine(article));
  if (flags.format == Format::kCsv) {
    return program->output->Write(
        CsvLine({"id", "publish_date", "source", "title", "url", "text"}) +
        CsvLine({article.id(), article.publish_date(), article.source(), article.title(),
                 article.url(), article.text()}));
  }
  const Terminal& terminal = program->output->terminal();
  std::string out = Styled(Cat("Article ", Printable(article.id())), "1", terminal.color) + "\n";
  const std::pair<std::string_view, const std::string*> fields[] = {
      {"Title", &article.title()},
      {"Source", &article.source()},
      {"Published", &article.publish_date()},
      {"URL", &article.url()}};
  for (const auto& [label, value] : fields) {
    if (!value->empty()) AppendField(label, Printable(*value), terminal.width, &out);
  }
  for (const std::string_view line : Split(article.text(), '\n')) {
    out += "\n";
    for (const std::string& wrapped : Wrap(Printable(line), terminal.width)) out += wrapped;
  }
  return program->output->Write(out + "\n");
}

// --- stats ------------------------------------------------------------------------------------

absl::Status ShowStats(Program* program, const Ask& ask, Connection& connection) {
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats,
                           connection.Call(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest()));
  if (ask.format == Format::kJsonl) return program->output->Write(JsonLine(stats));
  const std::pair<std::string, std::string> fields[] = {
      {"events", Cat(stats.event_count())},      {"actors", Cat(stats.actor_count())},
      {"articles", Cat(stats.article_count())},  {"mentions", Cat(stats.mention_count())},
      {"first_date", stats.first_date()},        {"last_date", stats.last_date()},
      {"disk_bytes", Cat(stats.disk_bytes())},   {"revision", Cat(stats.revision())},
      {"format_version", stats.format_version()}};
  std::string out;
  if (ask.format == Format::kCsv) {
    std::vector<std::string> names;
    std::vector<std::string> values;
    for (const auto& [name, value] : fields) {
      names.push_back(name);
      values.push_back(value);
    }
    return program->output->Write(CsvLine(names) + CsvLine(values));
  }
  for (const auto& [name, value] : fields) {
    std::string label = Humanize(name);
    label[0] = static_cast<char>(std::toupper(label[0]));
    AppendField(label, value, 0, &out);
  }
  return program->output->Write(out);
}

}  // namespace

void AddTimeline(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "timeline", "List an actor's events, or those that link two actors, by date",
                 "  entente timeline PRK RUS --from 2023-01-01 --status occurred --db news.db\n"
                 "  entente timeline \"Kim Jong Un\" --format csv > kim.csv");
  const auto flags = std::make_shared<TimelineFlags>();
  AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name: PRK, \"Kim Jong Un\"");
  command->add_option("OTHER", flags->window.other_actor, "Only events that link it with this one")
      ->type_name("");
  AddDates(command, &flags->window);
  AddFilterFlags(command, flags.get());
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Timeline(program, *flags, connection);
  });
}

void AddSummary(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "summary", "Count an actor's or a pair's events by day, week, month or year",
                 "  entente summary USA PRK --by year --db news.db");
  const auto flags = std::make_shared<SummaryFlags>();
  AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name");
  command->add_option("OTHER", flags->window.other_actor, "Only events that link it with this one")
      ->type_name("");
  static const std::map<std::string, v1::BucketSize> kBuckets = {
      {"day", v1::DAILY}, {"week", v1::WEEKLY}, {"month", v1::MONTHLY}, {"year", v1::YEARLY}};
  command
      ->add_option("--by", flags->bucket,
                   "day, week (from Monday), month or year; month if not said")
      ->transform(CLI::CheckedTransformer(kBuckets, CLI::ignore_case).description("BUCKET"));
  AddDates(command, &flags->window);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Summary(program, *flags, connection);
  });
}

void AddRelationship(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "relationship", "Sum up what links two actors: totals, intensity, types, latest events",
      "  entente relationship USA PRK --from 2018-01-01 --to 2019-12-31 --db news.db");
  const auto flags = std::make_shared<RelationshipFlags>();
  AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name");
  AddActor(command, &flags->window.other_actor, "OTHER", "The other actor's id or name");
  command->add_option("--latest", flags->latest, "How many of the latest events to list")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Relationship(program, *flags, connection);
  });
}

void AddPartners(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(app, "partners", "List the actors with which one has most to do",
                                 "  entente partners PRK --from 2023-01-01 --db news.db");
  const auto flags = std::make_shared<PartnersFlags>();
  AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name");
  command->add_option("--limit", flags->limit, "How many, 1 to 1000")
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Partners(program, *flags, connection);
  });
}

void AddPath(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "path", "Find the shortest chain of events between two actors",
                 "  entente path PRK \"United Nations\" --max-hops 3 --db news.db");
  const auto flags = std::make_shared<PathFlags>();
  AddActor(command, &flags->window.actor, "FROM", "Actor id or name");
  AddActor(command, &flags->window.other_actor, "TO", "The other actor's id or name");
  command->add_option("--max-hops", flags->max_hops, "Longest chain, 1 to 8")
      ->check(CLI::Range(1, 8))
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Path(program, *flags, connection);
  });
}

void AddEvent(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "event", "Show an event with its evidence: the sentences, with the words marked",
      "  entente event 12 --db news.db");
  const auto flags = std::make_shared<IdFlags>();
  command->add_option("ID", flags->id, "An event's id, as timelines show it")
      ->type_name("")
      ->required();
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return ShowEvent(program, *flags, connection);
  });
}

void AddArticle(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(app, "article", "Show a stored article",
                                 "  entente article kim-putin-2023 --db news.db");
  const auto flags = std::make_shared<IdFlags>();
  command->add_option("ID", flags->id, "An article's id")->type_name("")->required();
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return ShowArticle(program, *flags, connection);
  });
}

void AddStats(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "stats", "Show how much a store holds", "  entente stats --db news.db");
  const auto flags = std::make_shared<Ask>();
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return ShowStats(program, *flags, connection);
  });
}

}  // namespace entente::cli
