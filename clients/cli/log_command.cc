// entente log: what was committed, revision by revision, and what comes.
#include <memory>
#include <string>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/commands.h"
#include "clients/cli/curation_view.h"
#include "clients/cli/event_view.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

struct LogFlags : Ask {
  int64_t after_revision = 0;
  bool follow = false;
};

// "2 new (7-8), 1 changed (3)".
std::string WhatChanged(const v1::Revision& revision) {
  std::string text;
  if (revision.created_event_count() > 0) {
    const int64_t first = revision.first_created_event();
    const int64_t last = first + revision.created_event_count() - 1;
    text = Cat(revision.created_event_count(), " new (", first, first == last ? "" : Cat("-", last),
               ")");
  }
  if (revision.changed_event_ids_size() == 0) return text;
  constexpr int kNamed = 5;
  text += Cat(text.empty() ? "" : ", ", revision.changed_event_ids_size(), " changed (");
  for (int i = 0; i < revision.changed_event_ids_size() && i < kNamed; ++i) {
    text += Cat(i == 0 ? "" : ", ", revision.changed_event_ids(i));
  }
  return text + (revision.changed_event_ids_size() > kNamed ? ", …)" : ")");
}

std::string What(const v1::Revision& revision) {
  if (!revision.article().empty()) return Cat("article ", revision.article());
  return revision.has_curation() ? ActText(revision.curation()) : "import";
}

std::string Row(const v1::Revision& revision, Format format) {
  const std::string time = FormatTimestampMicros(revision.commit_time_micros());
  switch (format) {
    case Format::kPeople: {
      const std::string changed = WhatChanged(revision);
      return Cat(revision.revision(), "  ", time, "  ", Printable(What(revision)),
                 changed.empty() ? "" : Cat(": ", changed), "\n");
    }
    case Format::kJsonl:
      return JsonLine(revision);
    case Format::kCsv:
      return CsvLine({Cat(revision.revision()), time, revision.article(),
                      Cat(revision.first_created_event()), Cat(revision.created_event_count()),
                      Cat(revision.changed_event_ids_size()),
                      revision.has_curation() ? ActText(revision.curation()) : ""});
  }
  return "";
}

absl::Status Log(Program* program, const LogFlags& flags, Connection& connection) {
  v1::ListChangesRequest request;
  request.set_after_revision(flags.after_revision);
  request.set_follow(flags.follow);
  if (flags.format == Format::kCsv) {
    ENTENTE_RETURN_IF_ERROR(
        program->output->Write(CsvLine({"revision", "time", "article", "first_new_event",
                                        "new_events", "changed_events", "act"})));
  }
  grpc::ClientContext context;  // without a deadline: it may be followed for days
  const auto reader = connection.graph().WatchChanges(&context, request);
  v1::ListChangesResponse page;
  absl::Status printed;
  while (printed.ok() && reader->Read(&page)) {
    std::string rows;
    for (const v1::Revision& revision : page.revisions()) rows += Row(revision, flags.format);
    printed = program->output->Write(rows);
  }
  if (!printed.ok()) context.TryCancel();
  const absl::Status status = connection.Check(reader->Finish());
  return printed.ok() ? status : printed;
}

}  // namespace

void AddLog(CLI::App* app, Program* program) {
  CLI::App* command =
      AddCommand(app, "log", "List what was committed, revision by revision; follow what comes",
                 "  entente log --after 1200 --db news.db\n"
                 "  entente log --follow --format jsonl --server 127.0.0.1:7474");
  const auto flags = std::make_shared<LogFlags>();
  command->add_option("--after", flags->after_revision, "Only revisions after this one")
      ->check(CLI::NonNegativeNumber)
      ->type_name("REVISION");
  command->add_flag("--follow", flags->follow, "Go on with each new revision until interrupted");
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return Log(program, *flags, connection);
  });
}

}  // namespace entente::cli
