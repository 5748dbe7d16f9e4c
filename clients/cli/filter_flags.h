// The flags that choose events and graphs of actors, for all commands that have them.
//
//   AddFilterFlags(command, &flags->filter);
//   FillFilter(flags->filter, request.mutable_filter());
//   ENTENTE_RETURN_IF_ERROR(CheckTypes(flags->filter.types, connection));
//
// Private to clients/cli: includes CLI11 and grpc++ headers. Thread safety: one thread.
#ifndef ENTENTE_CLIENTS_CLI_FILTER_FLAGS_H_
#define ENTENTE_CLIENTS_CLI_FILTER_FLAGS_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/commands.h"
#include "clients/cli/connection.h"

namespace entente::cli {

// Which events; the actors and dates are flags of their own.
struct FilterFlags {
  std::vector<std::string> types;
  std::vector<v1::EventStatus> statuses;
  std::vector<v1::QuadClass> quad_classes;
  double min_confidence = 0;
  std::optional<double> min_goldstein, max_goldstein;
};

// Adds --type, --status, --class, --min-confidence, --min-goldstein and --max-goldstein.
void AddFilterFlags(CLI::App* command, FilterFlags* flags);

void FillFilter(const FilterFlags& flags, v1::EventFilter* filter);

// A type that does not exist would match nothing: INVALID_ARGUMENT says so, with the nearest one.
absl::Status CheckTypes(const std::vector<std::string>& types, Connection& connection);

// Which graph of actors.
struct GraphFlags {
  FilterFlags filter;
  std::vector<v1::ActorKind> kinds;
  int max_neighbors = 0;
  v1::NeighborOrder neighbor_order = v1::MOST_EVENTS;
};

// Adds the filter's flags, --kind, --max-neighbors and --neighbors-by.
void AddGraphFlags(CLI::App* command, GraphFlags* flags);

void FillGraph(const GraphFlags& flags, v1::GraphSelection* graph);

// The values of an enum of the API under the names that flags use: "called-for".
std::map<std::string, int> EnumNames(const google::protobuf::EnumDescriptor* descriptor);

}  // namespace entente::cli

#endif  // ENTENTE_CLIENTS_CLI_FILTER_FLAGS_H_
