// entente timeline: the events of an actor or of two, one after the other.
#include <memory>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/filter_flags.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

constexpr int kPeopleLimit = 100;  // rows of a table unless --limit says otherwise

struct TimelineFlags : Ask {
  Window window;
  FilterFlags filter;
  bool directed = false;
  bool newest_first = false;
  bool mentions = false;
  int64_t limit = 0;
};

v1::ListEventsRequest TimelineRequest(const TimelineFlags& flags) {
  v1::ListEventsRequest request;
  v1::EventFilter* filter = request.mutable_filter();
  FillWindow(flags.window, filter);
  FillFilter(flags.filter, filter);
  filter->set_directed(flags.directed);
  request.set_newest_first(flags.newest_first);
  request.set_include_mentions(flags.mentions);
  *request.mutable_as_of() = flags.as_of;
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
  ENTENTE_RETURN_IF_ERROR(CheckTypes(flags.filter.types, connection));
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

void AddListFlags(CLI::App* command, TimelineFlags* flags) {
  AddFilterFlags(command, &flags->filter);
  command->add_flag("--directed", flags->directed, "Only ACTOR as source and OTHER as target");
  command->add_flag("--newest-first", flags->newest_first, "Newest first instead of oldest first");
  command->add_flag("--mentions", flags->mentions, "With the evidence, in --format jsonl");
  command->add_option("--limit", flags->limit, "At most so many events")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
      ->type_name("N");
}

}  // namespace

void AddTimeline(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "timeline", "List an actor's events, or those that link two actors, by date",
                 "  entente timeline PRK RUS --from 2023-01-01 --status occurred --db news.db\n"
                 "  entente timeline \"Kim Jong Un\" --format csv > kim.csv");
  const auto flags = std::make_shared<TimelineFlags>();
  AddActor(command, &flags->window.actor, "ACTOR",
           "Actor id or name: PRK, \"Kim Jong Un\"; \"\" for any");
  AddOtherActor(command, &flags->window.other_actor);
  AddDates(command, &flags->window);
  AddListFlags(command, flags.get());
  AddAsOf(command, &flags->as_of);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Timeline(program, *flags, connection);
  });
}

}  // namespace entente::cli
