#include "clients/cli/filter_flags.h"

#include <algorithm>

#include "base/status.h"
#include "base/strings.h"
#include "clients/cli/text.h"

namespace entente::cli {

// The values of an enum of the API under the names that flags use: "called-for".
std::map<std::string, int> EnumNames(const google::protobuf::EnumDescriptor* descriptor) {
  std::map<std::string, int> names;
  for (int i = 0; i < descriptor->value_count(); ++i) {
    const auto* value = descriptor->value(i);
    if (value->number() == 0) continue;
    std::string name = AsciiLower(value->name());
    std::replace(name.begin(), name.end(), '_', '-');
    names[name] = value->number();
  }
  return names;
}

void AddFilterFlags(CLI::App* command, FilterFlags* flags) {
  command
      ->add_option("--type", flags->types, "Only this type (again for more); see `entente types`")
      ->check(Utf8Text())
      ->type_name("TYPE");
  command->add_option("--status", flags->statuses, "Only this status: occurred, alleged, …")
      ->transform(OneOf(EnumNames(v1::EventStatus_descriptor())).description("STATUS"));
  command->add_option("--class", flags->quad_classes, "Only this quad class: verbal-conflict, …")
      ->transform(OneOf(EnumNames(v1::QuadClass_descriptor())).description("CLASS"));
  command->add_option("--min-confidence", flags->min_confidence, "Only events at least so sure")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("0..1");
  const auto add_goldstein = [command](const char* flag, std::optional<double>* bound,
                                       const char* description) {
    command->add_option(flag, *bound, description)
        ->check(CLI::Range(-10.0, 10.0))
        ->type_name("-10..10");
  };
  add_goldstein("--min-goldstein", &flags->min_goldstein, "Only events at least so cooperative");
  add_goldstein("--max-goldstein", &flags->max_goldstein,
                "Only events at most so; 0 and below: conflict");
}

void FillFilter(const FilterFlags& flags, v1::EventFilter* filter) {
  for (const std::string& type : flags.types) filter->add_types(type);
  for (const v1::EventStatus status : flags.statuses) filter->add_statuses(status);
  for (const v1::QuadClass quad_class : flags.quad_classes) filter->add_quad_classes(quad_class);
  filter->set_min_confidence(flags.min_confidence);
  if (flags.min_goldstein) filter->set_min_goldstein(*flags.min_goldstein);
  if (flags.max_goldstein) filter->set_max_goldstein(*flags.max_goldstein);
}

absl::Status CheckTypes(const std::vector<std::string>& types, Connection& connection) {
  if (types.empty()) return absl::OkStatus();
  ENTENTE_ASSIGN_OR_RETURN(
      const v1::Ontology ontology,
      connection.Call(&v1::EventGraph::Stub::GetOntology, v1::GetOntologyRequest()));
  std::vector<std::string> known;
  for (const v1::EventType& type : ontology.event_types()) known.push_back(type.id());
  for (const std::string& type : types) {
    if (std::find(known.begin(), known.end(), type) != known.end()) continue;
    const std::vector<std::string> near = NearestNames(type, known, 1);
    return InvalidArgument(
        Cat("--type: no type '", type, "'; ",
            near.empty() ? "`entente types` lists them" : Cat("did you mean ", near.front(), "?")));
  }
  return absl::OkStatus();
}

void AddGraphFlags(CLI::App* command, GraphFlags* flags) {
  AddFilterFlags(command, &flags->filter);
  command->add_option("--kind", flags->kinds, "Only actors of this kind (again for more): state, …")
      ->transform(OneOf(EnumNames(v1::ActorKind_descriptor())).description("KIND"));
  command
      ->add_option("--max-neighbors", flags->max_neighbors,
                   "Of an actor with more neighbors only the first N count; an edge stays if one\n"
                   "of its ends keeps it")
      ->check(CLI::Range(1, 1'000'000'000))
      ->type_name("N");
  command
      ->add_option("--neighbors-by", flags->neighbor_order,
                   "Which neighbors come first: most-events (default) or most-recent")
      ->transform(OneOf(EnumNames(v1::NeighborOrder_descriptor())).description("ORDER"));
}

void FillGraph(const GraphFlags& flags, v1::GraphSelection* graph) {
  FillFilter(flags.filter, graph->mutable_filter());
  for (const v1::ActorKind kind : flags.kinds) graph->add_kinds(kind);
  graph->set_max_neighbors(flags.max_neighbors);
  graph->set_neighbor_order(flags.neighbor_order);
}

}  // namespace entente::cli
