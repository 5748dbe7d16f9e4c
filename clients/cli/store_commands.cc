// Commands that need no server: verify reads a store, types the ontology.
#include <memory>
#include <optional>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/text.h"
#include "graph/store.h"
#include "ingest/knowledge/ontology.h"

namespace entente::cli {
namespace {

struct TypesFlags {
  std::string type;
  Format format = Format::kPeople;
};

absl::StatusOr<int> Verify(Program* program, const std::string& flag) {
  const std::optional<std::string> db = StoreDirectory(*program, flag);
  if (!db.has_value()) return kExitUsage;
  graph::StoreOptions options;
  options.path = *db;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, graph::Store::Open(options));
  ENTENTE_RETURN_IF_ERROR(store->Verify());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats(v1::GetStatsRequest()));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      Cat("The store is sound: ", stats.event_count(), " events, ", stats.mention_count(),
          " mentions, ", stats.article_count(), " articles, ", stats.actor_count(),
          " actors, every index recounted\n")));
  return kExitOk;
}

struct CompactFlags {
  std::string db;
  std::string history_before;  // a revision, a date or a time
};

// Forgets what is asked to be forgotten, and says what can still be asked.
absl::Status ForgetHistory(Program* program, const std::string& before, graph::Store* store) {
  int64_t revision = 0;
  absl::StatusOr<uint64_t> oldest = uint64_t{0};
  if (ParseInt64(before, &revision)) {
    if (revision <= 0) return InvalidArgument("--history-before: revisions are numbered from 1");
    oldest = store->ForgetHistory(static_cast<uint64_t>(revision));
  } else {
    const absl::StatusOr<int64_t> micros = ParseTimestampMicros(before);
    if (!micros.ok()) return Annotate(micros.status(), "--history-before");
    oldest = store->ForgetHistoryBefore(*micros);
  }
  ENTENTE_RETURN_IF_ERROR(oldest.status());
  return program->output->Write(
      Cat("The oldest revision that can be asked about is now ", *oldest, "\n"));
}

absl::StatusOr<int> Compact(Program* program, const CompactFlags& flags) {
  const std::optional<std::string> db = StoreDirectory(*program, flags.db);
  if (!db.has_value()) return kExitUsage;
  graph::StoreOptions options;
  options.path = *db;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, graph::Store::Open(options));
  if (!flags.history_before.empty()) {
    ENTENTE_RETURN_IF_ERROR(ForgetHistory(program, flags.history_before, store.get()));
  }
  *program->err << "Compacting; this may take long\n";
  ENTENTE_RETURN_IF_ERROR(store->Compact());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats(v1::GetStatsRequest()));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  ENTENTE_RETURN_IF_ERROR(
      program->output->Write(Cat("Compacted: ", stats.disk_bytes(), " bytes on disk\n")));
  return kExitOk;
}

absl::StatusOr<int> Upgrade(Program* program, const std::string& flag) {
  const std::optional<std::string> db = StoreDirectory(*program, flag);
  if (!db.has_value()) return kExitUsage;
  graph::StoreOptions options;
  options.path = *db;
  *program->err << "Upgrading; this may take long, and may be interrupted and run again\n";
  ENTENTE_RETURN_IF_ERROR(graph::Store::Upgrade(options));
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, graph::Store::Open(options));
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats(v1::GetStatsRequest()));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  ENTENTE_RETURN_IF_ERROR(program->output->Write(Cat(
      "The store has format ", stats.format_version(), ": ", stats.event_count(), " events\n")));
  return kExitOk;
}

absl::StatusOr<int> Rebuild(Program* program, const std::string& flag) {
  const std::optional<std::string> db = StoreDirectory(*program, flag);
  if (!db.has_value()) return kExitUsage;
  graph::StoreOptions options;
  options.path = *db;
  ENTENTE_ASSIGN_OR_RETURN(const std::unique_ptr<graph::Store> store, graph::Store::Open(options));
  *program->err << "Making all indexes again; this may take long. If it is interrupted, the next "
                   "opening of the store ends it\n";
  ENTENTE_RETURN_IF_ERROR(store->Rebuild());
  ENTENTE_ASSIGN_OR_RETURN(const v1::Stats stats, store->GetStats(v1::GetStatsRequest()));
  ENTENTE_RETURN_IF_ERROR(store->Close());
  ENTENTE_RETURN_IF_ERROR(program->output->Write(
      Cat("Rebuilt: every index made again from ", stats.event_count(), " events\n")));
  return kExitOk;
}

std::string RolesText(const v1::EventType& type) {
  std::string roles;
  for (const v1::Role& role : type.roles()) {
    roles += Cat(roles.empty() ? "" : ", ", role.id(), role.required() ? "" : "?");
  }
  return roles;
}

std::string TypesTable(const v1::Ontology& ontology, size_t width) {
  Table table({{"TYPE"},
               {"CAMEO"},
               {"PLOVER"},
               {"GOLDSTEIN", Align::kRight},
               {"ROLES", Align::kLeft, Fit::kWrap},
               {"SUB-TYPES", Align::kLeft, Fit::kWrap}});
  for (const v1::EventType& type : ontology.event_types()) {
    std::string subtypes;
    for (const v1::EventSubtype& subtype : type.subtypes()) {
      subtypes += Cat(subtypes.empty() ? "" : ", ", subtype.id());
    }
    table.Add({type.id(), type.codes().cameo(), type.codes().plover(),
               Decimal(type.codes().goldstein(), 1), RolesText(type), subtypes});
  }
  return table.Render(width);
}

std::string TypeDetails(const v1::EventType& type, size_t width) {
  std::string out = Cat(type.label(), " (", type.id(), ")\n");
  for (const std::string& line : Wrap(Printable(type.description()), width)) out += line + "\n";
  Table roles({{"ROLE"}, {"SIDE"}, {"REQUIRED"}});
  for (const v1::Role& role : type.roles()) {
    const std::string side = role.side() == v1::DYAD_SIDE_UNSPECIFIED
                                 ? "none"
                                 : Humanize(v1::DyadSide_Name(role.side()));
    roles.Add({role.id(), side, role.required() ? "yes" : "no"});
  }
  Table codes({{"SUB-TYPE"}, {"LABEL"}, {"CAMEO"}, {"PLOVER"}, {"GOLDSTEIN", Align::kRight}});
  const auto add = [&codes](const std::string& id, const std::string& label,
                            const v1::CodeSet& set) {
    codes.Add({id, label, set.cameo(), set.plover(), Decimal(set.goldstein(), 1)});
  };
  add("-", type.label(), type.codes());
  for (const v1::EventSubtype& subtype : type.subtypes()) {
    add(subtype.id(), subtype.label(), subtype.codes());
  }
  return out + "\n" + roles.Render(width) + "\n" + codes.Render(width);
}

std::string TypesCsv(const v1::Ontology& ontology) {
  std::string rows = CsvLine({"type", "subtype", "number", "label", "cameo", "plover", "mode",
                              "goldstein", "quad_class", "roles"});
  for (const v1::EventType& type : ontology.event_types()) {
    const auto add = [&](const std::string& subtype, const std::string& label,
                         const v1::CodeSet& codes) {
      rows += CsvLine({type.id(), subtype, Cat(type.number()), label, codes.cameo(), codes.plover(),
                       codes.plover_mode(), Decimal(codes.goldstein(), 1),
                       v1::QuadClass_Name(codes.quad_class()), RolesText(type)});
    };
    add("", type.label(), type.codes());
    for (const v1::EventSubtype& subtype : type.subtypes()) {
      add(subtype.id(), subtype.label(), subtype.codes());
    }
  }
  return rows;
}

absl::StatusOr<int> Types(Program* program, const TypesFlags& flags) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string data_dir, DataDir(*program));
  ENTENTE_ASSIGN_OR_RETURN(const auto ontology, knowledge::Ontology::Load(data_dir));
  v1::Ontology shown = ontology->Proto();
  const size_t width = program->output->terminal().width;
  if (!flags.type.empty()) {
    const v1::EventType* type = ontology->FindType(flags.type);
    if (type == nullptr) {
      return NotFound(Cat("no type '", flags.type, "': `entente types` lists them"));
    }
    if (flags.format == Format::kPeople) {
      ENTENTE_RETURN_IF_ERROR(program->output->Write(TypeDetails(*type, width)));
      return kExitOk;
    }
    shown.clear_event_types();
    *shown.add_event_types() = *type;
  }
  std::string out;
  if (flags.format == Format::kPeople) out = TypesTable(shown, width);
  if (flags.format == Format::kCsv) out = TypesCsv(shown);
  if (flags.format == Format::kJsonl) {
    for (const v1::EventType& type : shown.event_types()) out += JsonLine(type);
  }
  ENTENTE_RETURN_IF_ERROR(program->output->Write(out));
  return kExitOk;
}

}  // namespace

void AddVerify(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "verify", "Recount every index of a store and compare; no server may have it open",
      "  entente verify --db news.db");
  const auto db = std::make_shared<std::string>();
  command->add_option("--db", *db, "Directory of the store (else ENTENTE_DB)")->type_name("DIR");
  command->callback(
      [program, db] { program->action = [program, db] { return Verify(program, *db); }; });
}

void AddUpgrade(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "upgrade", "Bring a store of an older format to that of this program, in place",
      "  entente upgrade --db news.db");
  const auto db = std::make_shared<std::string>();
  command->add_option("--db", *db, "The store's directory (else ENTENTE_DB)")->type_name("DIR");
  command->callback(
      [program, db] { program->action = [program, db] { return Upgrade(program, *db); }; });
}

void AddRebuild(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "rebuild",
                 "Make all indexes of a store again from its events; no server may have it open",
                 "  entente rebuild --db news.db");
  const auto db = std::make_shared<std::string>();
  command->add_option("--db", *db, "Directory of the store (else ENTENTE_DB)")->type_name("DIR");
  command->callback(
      [program, db] { program->action = [program, db] { return Rebuild(program, *db); }; });
}

void AddCompact(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "compact", "Bring a store into its smallest form; no server may have it open",
                 "  entente compact --db news.db\n"
                 "  entente compact --history-before 2023-01-01 --db news.db");
  const auto flags = std::make_shared<CompactFlags>();
  command->add_option("--db", flags->db, "Directory of the store (else ENTENTE_DB)")
      ->type_name("DIR");
  command
      ->add_option("--history-before", flags->history_before,
                   "First forget what only reads as of an earlier moment need; for ever")
      ->type_name("REVISION|DATE|TIME");
  command->callback([program, flags] {
    program->action = [program, flags] { return Compact(program, *flags); };
  });
}

void AddTypes(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "types", "List the types of event, with their roles and codes",
                 "  entente types\n  entente types arms_deal");
  const auto flags = std::make_shared<TypesFlags>();
  command->add_option("TYPE", flags->type, "Only this one, in detail")->type_name("");
  AddFormatFlag(command, &flags->format);
  command->callback(
      [program, flags] { program->action = [program, flags] { return Types(program, *flags); }; });
}

}  // namespace entente::cli
