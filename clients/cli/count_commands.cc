// The commands that count: summary over time, stats of the whole store.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/bucket_view.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

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
  *request.mutable_as_of() = flags.as_of;
  const auto response = connection.Call(&v1::EventGraph::Stub::SummarizeTimeline, request);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(),
                           {flags.window.actor, flags.window.other_actor});
  }
  return PrintBuckets(program, flags, *response);
}

absl::Status ShowStats(Program* program, const Ask& ask, Connection& connection) {
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats,
                           connection.Call(&v1::EventGraph::Stub::GetStats, v1::GetStatsRequest()));
  if (ask.format == Format::kJsonl) return program->output->Write(JsonLine(stats));
  const std::pair<std::string, std::string> fields[] = {
      {"events", Cat(stats.event_count())},
      {"actors", Cat(stats.actor_count())},
      {"articles", Cat(stats.article_count())},
      {"mentions", Cat(stats.mention_count())},
      {"first_date", stats.first_date()},
      {"last_date", stats.last_date()},
      {"disk_bytes", Cat(stats.disk_bytes())},
      {"revision", Cat(stats.revision())},
      {"oldest_revision", Cat(stats.oldest_revision())},
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
    AppendField(Capitalized(Humanize(name)), value, 0, &out);
  }
  return program->output->Write(out);
}

}  // namespace

void AddSummary(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "summary", "Count an actor's or a pair's events by day, week, month or year",
                 "  entente summary USA PRK --by year --db news.db");
  const auto flags = std::make_shared<SummaryFlags>();
  AddActor(command, &flags->window.actor, "ACTOR", "Actor id or name");
  AddOtherActor(command, &flags->window.other_actor);
  command
      ->add_option("--by", flags->bucket,
                   "day, week (from Monday), month or year; month if not said")
      ->transform(OneOf({{"day", v1::DAILY},
                         {"week", v1::WEEKLY},
                         {"month", v1::MONTHLY},
                         {"year", v1::YEARLY}})
                      .description("BUCKET"));
  AddDates(command, &flags->window);
  AddAsOf(command, &flags->as_of);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Summary(program, *flags, connection);
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
