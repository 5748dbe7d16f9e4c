// entente search: events by the words of their titles and evidence.
#include <algorithm>
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

constexpr int64_t kPageMax = 1000;

struct SearchFlags : Ask {
  std::string query;
  Window window;
  FilterFlags filter;
  bool mentions = false;
  int64_t limit = 50;
};

v1::SearchEventsRequest RequestOf(const SearchFlags& flags) {
  v1::SearchEventsRequest request;
  request.set_query(flags.query);
  v1::EventFilter* filter = request.mutable_filter();
  FillWindow(flags.window, filter);
  FillFilter(flags.filter, filter);
  request.set_include_mentions(flags.mentions);
  *request.mutable_as_of() = flags.as_of;
  return request;
}

absl::Status PrintPage(Program* program, const SearchFlags& flags,
                       const v1::SearchEventsResponse& page, Table* table) {
  std::string rows;
  for (const v1::Event& event : page.events()) {
    if (flags.format == Format::kPeople) {
      AddEventRow(event, table);
    } else {
      rows += flags.format == Format::kCsv ? CsvLine(EventCsvFields(event)) : JsonLine(event);
    }
  }
  return program->output->Write(rows);
}

absl::Status Search(Program* program, const SearchFlags& flags, Connection& connection) {
  ENTENTE_RETURN_IF_ERROR(CheckTypes(flags.filter.types, connection));
  v1::SearchEventsRequest request = RequestOf(flags);
  Table table = EventTable();
  if (flags.format == Format::kCsv) {
    ENTENTE_RETURN_IF_ERROR(program->output->Write(CsvLine(EventCsvColumns())));
  }
  int64_t left = flags.limit;
  while (left > 0) {
    request.set_page_size(static_cast<int32_t>(std::min(left, kPageMax)));
    const auto page = connection.Call(&v1::EventGraph::Stub::SearchEvents, request);
    if (!page.ok()) {
      return WithSuggestions(connection, page.status(),
                             {flags.window.actor, flags.window.other_actor});
    }
    ENTENTE_RETURN_IF_ERROR(PrintPage(program, flags, *page, &table));
    left -= page->events_size();
    request.set_page_token(page->next_page_token());
    if (page->next_page_token().empty()) break;
  }
  if (!table.empty()) {
    ENTENTE_RETURN_IF_ERROR(
        program->output->Write(table.Render(program->output->terminal().width)));
  }
  if (!request.page_token().empty() && flags.format == Format::kPeople) {
    *program->err << "The newest " << flags.limit << " events; --limit N shows more\n";
  }
  return absl::OkStatus();
}

}  // namespace

void AddSearch(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "search", "Find events by the words of titles and evidence, newest report first",
      "  entente search 'arms deal -missile' --db news.db\n"
      "  entente search '\"prisoner exchange\" sanct*' --actor RUS --from 2023-01-01\n"
      "All words must be there, in any form and order; \"…\" are words behind each other, sanct*\n"
      "words that begin so, and -word must not be there. Write -- before a query that begins\n"
      "with -.");
  const auto flags = std::make_shared<SearchFlags>();
  command->add_option("QUERY", flags->query, "Words, \"phrases\", beginnings*, -exclusions")
      ->check(Utf8Text())
      ->type_name("")
      ->required();
  command->add_option("--actor", flags->window.actor, "Only events of this actor: an id or a name")
      ->check(Utf8Text())
      ->type_name("ACTOR");
  command
      ->add_option("--other", flags->window.other_actor,
                   "With --actor: only events that link the two")
      ->check(Utf8Text())
      ->type_name("ACTOR");
  AddDates(command, &flags->window);
  AddFilterFlags(command, &flags->filter);
  command->add_flag("--mentions", flags->mentions, "With the evidence, in --format jsonl");
  command->add_option("--limit", flags->limit, "At most so many events")
      ->check(CLI::Range(int64_t{1}, int64_t{1'000'000'000}))
      ->type_name("N")
      ->capture_default_str();
  AddAsOf(command, &flags->as_of);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Search(program, *flags, connection);
  });
}

}  // namespace entente::cli
