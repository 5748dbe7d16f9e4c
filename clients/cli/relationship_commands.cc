// The commands about who deals with whom: relationship, partners.
#include <memory>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/bucket_view.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

// --- relationship ------------------------------------------------------------------------------

template <typename Message>
std::string ClassCountsText(const Message& counts) {
  return Cat("verbal cooperation ", counts.verbal_cooperation_count(), " · material cooperation ",
             counts.material_cooperation_count(), " · verbal conflict ",
             counts.verbal_conflict_count(), " · material conflict ",
             counts.material_conflict_count());
}

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
  *request.mutable_as_of() = flags.as_of;
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

// --- partners ----------------------------------------------------------------------------------

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
  *request.mutable_as_of() = flags.as_of;
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

}  // namespace

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
  AddAsOf(command, &flags->as_of);
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
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddAsOf(command, &flags->as_of);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Partners(program, *flags, connection);
  });
}

}  // namespace entente::cli
