// The commands about the graph of actors as a whole: path, rank, communities.
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/filter_flags.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

// --- path --------------------------------------------------------------------------------------

struct PathFlags : Ask {
  Window window;
  GraphFlags graph;
  v1::PathOrder order = v1::FEWEST_HOPS;
  bool directed = false;
  int max_hops = 4;
  int paths = 1;
};

std::string CostText(v1::PathOrder order, double cost) {
  if (order == v1::STRONGEST_TIES) return Cat("sum of 1 / events ", Decimal(cost, 3));
  const auto whole = static_cast<int64_t>(cost);
  const std::string_view unit = order == v1::EARLIEST_ARRIVAL ? "day" : "hop";
  return Cat(whole, ' ', unit, whole == 1 ? "" : "s");
}

// Whether the quick search over the index answers it, which finds one shortest path.
bool IsPlain(const PathFlags& flags) {
  return flags.paths == 1 && flags.order == v1::FEWEST_HOPS && flags.graph.kinds.empty() &&
         flags.graph.max_neighbors == 0;
}

absl::StatusOr<v1::FindPathsResponse> FindPlain(const PathFlags& flags, Connection& connection) {
  v1::FindPathRequest request;
  request.set_from_actor(flags.window.actor);
  request.set_to_actor(flags.window.other_actor);
  FillFilter(flags.graph.filter, request.mutable_filter());
  request.mutable_filter()->set_start_date(flags.window.start_date);
  request.mutable_filter()->set_end_date(flags.window.end_date);
  request.mutable_filter()->set_directed(flags.directed);
  request.set_max_hops(flags.max_hops);
  ENTENTE_ASSIGN_OR_RETURN(v1::FindPathResponse found,
                           connection.Call(&v1::EventGraph::Stub::FindPath, request));
  v1::FindPathsResponse response;
  if (found.hops().empty()) return response;
  v1::ActorPath* path = response.add_paths();
  path->mutable_hops()->Swap(found.mutable_hops());
  path->set_cost(path->hops_size());
  return response;
}

absl::StatusOr<v1::FindPathsResponse> FindMany(const PathFlags& flags, Connection& connection) {
  v1::FindPathsRequest request;
  request.set_from_actor(flags.window.actor);
  request.set_to_actor(flags.window.other_actor);
  FillGraph(flags.graph, request.mutable_graph());
  v1::EventFilter* filter = request.mutable_graph()->mutable_filter();
  filter->set_start_date(flags.window.start_date);
  filter->set_end_date(flags.window.end_date);
  filter->set_directed(flags.directed);
  request.set_order(flags.order);
  request.set_max_hops(flags.max_hops);
  request.set_path_count(flags.paths);
  return connection.Call(&v1::EventGraph::Stub::FindPaths, request);
}

Table HopTable() {
  return Table({{"FROM", Align::kLeft, Fit::kWrap},
                {"TO", Align::kLeft, Fit::kWrap},
                {"EVENTS", Align::kRight},
                {"DATE"},
                {"EVENT", Align::kLeft, Fit::kWrap},
                {"ID", Align::kRight}});
}

std::string PathsText(const v1::FindPathsResponse& response, const PathFlags& flags, size_t width) {
  std::string out;
  for (int i = 0; i < response.paths_size(); ++i) {
    const v1::ActorPath& path = response.paths(i);
    if (!IsPlain(flags)) {
      out +=
          Cat(i > 0 ? "\n" : "", "Path ", i + 1, " (", CostText(flags.order, path.cost()), ")\n");
    }
    Table table = HopTable();
    for (const v1::PathHop& hop : path.hops()) {
      table.Add({ActorText(hop.from_actor()), ActorText(hop.to_actor()), Cat(hop.event_count()),
                 WhenText(hop.event().date()), TypeText(hop.event()), hop.event().id()});
    }
    out += table.Render(width);
  }
  return out;
}

std::string PathsCsv(const v1::FindPathsResponse& response) {
  std::string rows =
      CsvLine({"path", "cost", "from_actor", "to_actor", "event_count", "date", "type", "event"});
  for (int i = 0; i < response.paths_size(); ++i) {
    for (const v1::PathHop& hop : response.paths(i).hops()) {
      rows += CsvLine({Cat(i + 1), Decimal(response.paths(i).cost(), 3), hop.from_actor().id(),
                       hop.to_actor().id(), Cat(hop.event_count()), hop.event().date().start(),
                       hop.event().type(), hop.event().id()});
    }
  }
  return rows;
}

absl::Status Path(Program* program, const PathFlags& flags, Connection& connection) {
  ENTENTE_RETURN_IF_ERROR(CheckTypes(flags.graph.filter.types, connection));
  const auto response = IsPlain(flags) ? FindPlain(flags, connection) : FindMany(flags, connection);
  if (!response.ok()) {
    return WithSuggestions(connection, response.status(),
                           {flags.window.actor, flags.window.other_actor});
  }
  if (response->paths().empty()) {
    return NotFound(Cat("no chain of at most ", flags.max_hops, " events leads from ",
                        flags.window.actor, " to ", flags.window.other_actor));
  }
  std::string rows;
  switch (flags.format) {
    case Format::kPeople:
      rows = PathsText(*response, flags, program->output->terminal().width);
      break;
    case Format::kCsv:
      rows = PathsCsv(*response);
      break;
    case Format::kJsonl:
      for (const v1::ActorPath& path : response->paths()) rows += JsonLine(path);
      break;
  }
  return program->output->Write(rows);
}

// --- rank --------------------------------------------------------------------------------------

struct RankFlags : Ask {
  Window window;
  GraphFlags graph;
  v1::RankMeasure measure = v1::PAGE_RANK;
  int limit = 25;
};

void FillWindow(const Window& window, v1::GraphSelection* graph) {
  graph->mutable_filter()->set_start_date(window.start_date);
  graph->mutable_filter()->set_end_date(window.end_date);
}

absl::Status Rank(Program* program, const RankFlags& flags, Connection& connection) {
  ENTENTE_RETURN_IF_ERROR(CheckTypes(flags.graph.filter.types, connection));
  v1::RankActorsRequest request;
  FillGraph(flags.graph, request.mutable_graph());
  FillWindow(flags.window, request.mutable_graph());
  request.set_measure(flags.measure);
  request.set_page_size(flags.limit);
  ENTENTE_ASSIGN_OR_RETURN(const v1::RankActorsResponse response,
                           connection.Call(&v1::EventGraph::Stub::RankActors, request));
  Table table({{"RANK", Align::kRight},
               {"ACTOR", Align::kLeft, Fit::kWrap},
               {"SCORE", Align::kRight},
               {"EVENTS", Align::kRight}});
  std::string rows;
  if (flags.format == Format::kCsv) {
    rows = CsvLine({"rank", "actor", "name", "score", "event_count"});
  }
  const int digits = flags.measure == v1::DEGREE ? 0 : flags.measure == v1::BETWEENNESS ? 1 : 5;
  for (int i = 0; i < response.actors_size(); ++i) {
    const v1::RankedActor& ranked = response.actors(i);
    if (flags.format == Format::kJsonl) {
      rows += JsonLine(ranked);
    } else if (flags.format == Format::kCsv) {
      rows += CsvLine({Cat(i + 1), ranked.actor().id(), ranked.actor().display_name(),
                       Decimal(ranked.score(), 8), Cat(ranked.actor().event_count())});
    } else {
      table.Add({Cat(i + 1), ActorText(ranked.actor()), Decimal(ranked.score(), digits),
                 Cat(ranked.actor().event_count())});
    }
  }
  if (!table.empty()) {
    rows = Cat(table.Render(program->output->terminal().width), "\nOf ", response.actor_count(),
               " actors in ", response.pair_count(), " pairs\n");
  }
  return program->output->Write(rows);
}

// --- communities -------------------------------------------------------------------------------

struct CommunityFlags : Ask {
  Window window;
  GraphFlags graph;
  v1::CommunityMethod method = v1::MODULARITY;
  double resolution = 1;
  int limit = 10;
  int members = 10;
};

absl::Status Communities(Program* program, const CommunityFlags& flags, Connection& connection) {
  ENTENTE_RETURN_IF_ERROR(CheckTypes(flags.graph.filter.types, connection));
  v1::FindCommunitiesRequest request;
  FillGraph(flags.graph, request.mutable_graph());
  FillWindow(flags.window, request.mutable_graph());
  request.set_method(flags.method);
  request.set_resolution(flags.resolution);
  request.set_page_size(flags.limit);
  request.set_member_count(flags.members);
  ENTENTE_ASSIGN_OR_RETURN(const v1::FindCommunitiesResponse response,
                           connection.Call(&v1::EventGraph::Stub::FindCommunities, request));
  Table table({{"ACTORS", Align::kRight},
               {"EVENTS", Align::kRight},
               {"MEMBERS", Align::kLeft, Fit::kWrap}});
  std::string rows;
  if (flags.format == Format::kCsv) rows = CsvLine({"community", "actor", "name", "event_count"});
  for (int i = 0; i < response.communities_size(); ++i) {
    const v1::Community& community = response.communities(i);
    if (flags.format == Format::kJsonl) {
      rows += JsonLine(community);
      continue;
    }
    std::string names;
    for (const v1::Actor& actor : community.members()) {
      names += Cat(names.empty() ? "" : ", ", Printable(actor.display_name()));
      if (flags.format == Format::kCsv) {
        rows += CsvLine({Cat(i + 1), actor.id(), actor.display_name(), Cat(actor.event_count())});
      }
    }
    if (community.members_size() < community.actor_count()) names += ", …";
    if (flags.format == Format::kPeople) {
      table.Add({Cat(community.actor_count()), Cat(community.event_count()), names});
    }
  }
  if (!table.empty()) {
    rows = Cat(table.Render(program->output->terminal().width), "\n", response.community_count(),
               " communities, modularity ", Decimal(response.modularity(), 3), "\n");
  }
  return program->output->Write(rows);
}

}  // namespace

void AddPath(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "path", "Find chains of events between two actors",
                 "  entente path PRK \"United Nations\" --max-hops 3 --db news.db\n"
                 "  entente path RUS IRN --paths 5 --order strongest-ties --kind state\n"
                 "  entente path RUS IRN --order earliest-arrival --from 2023-01-01");
  const auto flags = std::make_shared<PathFlags>();
  AddActor(command, &flags->window.actor, "FROM", "Actor id or name");
  AddActor(command, &flags->window.other_actor, "TO", "The other actor's id or name");
  command->add_option("--max-hops", flags->max_hops, "Longest chain, 1 to 8")
      ->check(CLI::Range(1, 8))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--paths", flags->paths, "How many, best first, 1 to 100")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--order", flags->order,
                   "fewest-hops (default); strongest-ties, by the number of events; or\n"
                   "earliest-arrival, where no event is before the one it follows")
      ->transform(OneOf(EnumNames(v1::PathOrder_descriptor())).description("ORDER"));
  command->add_flag("--directed", flags->directed, "Each hop from source to target");
  AddDates(command, &flags->window);
  AddGraphFlags(command, &flags->graph);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Path(program, *flags, connection);
  });
}

void AddRank(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "rank", "List the actors that matter most in the graph of who deals with whom",
      "  entente rank --by betweenness --kind state --from 2023-01-01 --db news.db");
  const auto flags = std::make_shared<RankFlags>();
  command
      ->add_option("--by", flags->measure, "degree, page-rank (default), closeness or betweenness")
      ->transform(OneOf(EnumNames(v1::RankMeasure_descriptor())).description("MEASURE"));
  command->add_option("--limit", flags->limit, "How many, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddGraphFlags(command, &flags->graph);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Rank(program, *flags, connection);
  });
}

void AddCommunities(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "communities", "Divide the actors into groups that deal with each other",
                 "  entente communities --class material-conflict --kind state --db news.db");
  const auto flags = std::make_shared<CommunityFlags>();
  command->add_option("--method", flags->method, "modularity (default) or connected-components")
      ->transform(OneOf(EnumNames(v1::CommunityMethod_descriptor())).description("METHOD"));
  command
      ->add_option("--resolution", flags->resolution,
                   "Of modularity: higher makes more and smaller groups")
      ->check(CLI::Range(0.01, 100.0))
      ->type_name("0.01..100")
      ->capture_default_str();
  command->add_option("--limit", flags->limit, "How many groups, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--members", flags->members, "How many members of each, 1 to 1000")
      ->check(CLI::Range(1, 1000))
      ->type_name("N")
      ->capture_default_str();
  AddDates(command, &flags->window);
  AddGraphFlags(command, &flags->graph);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Communities(program, *flags, connection);
  });
}

}  // namespace entente::cli
