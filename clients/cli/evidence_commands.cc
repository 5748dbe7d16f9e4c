// The commands that show what was said: event with its evidence, article.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "clients/cli/coder_flags.h"
#include "clients/cli/commands.h"
#include "clients/cli/event_view.h"
#include "clients/cli/explanation_view.h"
#include "clients/cli/question.h"
#include "clients/cli/text.h"

namespace entente::cli {
namespace {

struct IdFlags : Ask {
  std::string id;
  bool explain = false;  // of AddEvent
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
    if (mention.article().empty() || articles.contains(mention.article())) continue;
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

// What is known of a mention besides its sentence.
std::vector<std::string> AboutMention(const v1::Mention& mention, const Articles& articles) {
  std::string said = StatusText(mention.status());
  if (!mention.speaker().empty()) said += Cat(", said by ", Printable(mention.speaker()));
  if (mention.article().empty()) {  // imported: the data set's word, and where it has it from
    said += mention.url().empty() ? " by the data set" : Cat(" in ", Printable(mention.url()));
    if (mention.sentence_number() > 0) said += Cat(", sentence ", mention.sentence_number());
    return {said};
  }
  const auto article = articles.find(mention.article());
  return {
      Cat(said, " in ", ArticleName(article == articles.end() ? v1::Article() : article->second)),
      Cat("article ", Printable(mention.article()), ", bytes ", mention.sentence().begin(), " to ",
          mention.sentence().end(), mention.section() == v1::TITLE ? " of its title" : ""),
      Cat("rule ", Printable(mention.rule()), " of ", Printable(mention.coder()))};
}

std::string MentionText(const v1::Mention& mention, int number, const Articles& articles,
                        const Terminal& terminal) {
  const size_t room = terminal.width > 30 ? terminal.width - 4 : 0;
  std::string out;
  const auto add = [&](const std::string& text, size_t width) {
    for (const std::string& line : Wrap(text, width)) {
      const std::string label = out.empty() ? Cat(number, ".") : std::string();
      out += label + std::string(label.size() < 4 ? 4 - label.size() : 1, ' ') + line + "\n";
    }
  };
  // Escapes have no width that Wrap knows of: a coloured sentence is left to the terminal.
  const std::string marked = MarkedSentence(mention, terminal.color);
  if (!marked.empty()) add(marked, terminal.color ? 0 : room);
  for (const std::string& text : AboutMention(mention, articles)) add(text, room);
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
    const std::string label = Capitalized(Humanize(participant.role()));
    AppendField(label, RoleTexts(event, participant.role()), width, &out);
  }
  for (const auto& [label, value] : DetailTexts(event)) AppendField(label, value, width, &out);
  AppendField("Codes", CodesText(event), width, &out);
  AppendField("Confidence", Decimal(event.confidence(), 2), width, &out);
  AppendStatusHistory(event, width, &out);
  if (!event.source_id().empty()) {
    AppendField("Imported as", Printable(event.source_id()), width, &out);
  }
  const std::string facts = ImportedText(event.imported());
  if (!facts.empty()) AppendField("Data set", facts, width, &out);
  out += "\nEvidence\n";
  for (int i = 0; i < event.mentions_size(); ++i) {
    out += MentionText(event.mentions(i), i + 1, articles, terminal);
  }
  return out;
}

// Every page of an event's explained mentions.
absl::StatusOr<v1::ExplainEventResponse> ExplainAll(const IdFlags& flags, Connection& connection) {
  v1::ExplainEventRequest request;
  request.set_id(flags.id);
  v1::ExplainEventResponse all;
  do {
    ENTENTE_ASSIGN_OR_RETURN(v1::ExplainEventResponse page,
                             connection.Call(&v1::EventGraph::Stub::ExplainEvent, request));
    request.set_page_token(page.next_page_token());
    page.mutable_mentions()->Swap(all.mutable_mentions());
    page.mutable_mentions()->MergeFrom(all.mentions());
    all = std::move(page);
  } while (!request.page_token().empty());
  return all;
}

std::string ExplainedText(const v1::ExplainEventResponse& response, const Articles& articles,
                          const Terminal& terminal) {
  std::string out = EventText(response.event(), articles, terminal);
  int number = 0;
  for (const v1::ExplainedMention& explained : response.mentions()) {
    out += MentionText(explained.mention(), ++number, articles, terminal);
    if (!explained.note().empty()) {
      for (const std::string& line :
           Wrap(Cat(Humanize(v1::ExplanationOutcome_Name(explained.outcome())), ": ",
                    Printable(explained.note())),
                terminal.width > 30 ? terminal.width - 4 : 0)) {
        out += Cat("    ", line, '\n');
      }
    }
    if (explained.mention().has_explanation()) {
      AppendExplanation(explained.mention().explanation(), "    ", terminal.width, &out);
    }
  }
  return out;
}

absl::Status ExplainOne(Program* program, const IdFlags& flags, Connection& connection) {
  ENTENTE_ASSIGN_OR_RETURN(const v1::ExplainEventResponse response, ExplainAll(flags, connection));
  if (flags.format == Format::kJsonl) return program->output->Write(JsonLine(response));
  v1::Event event;  // of which the articles are asked
  for (const v1::ExplainedMention& explained : response.mentions()) {
    *event.add_mentions() = explained.mention();
  }
  return program->output->Write(
      ExplainedText(response, ArticlesOf(connection, event), program->output->terminal()));
}

absl::Status ShowEvent(Program* program, const IdFlags& flags, Connection& connection) {
  v1::GetEventRequest request;
  request.set_id(flags.id);
  *request.mutable_as_of() = flags.as_of;
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
  *request.mutable_as_of() = flags.as_of;
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
    for (const std::string& wrapped : Wrap(Printable(line), terminal.width)) {
      out += Cat('\n', wrapped);
    }
  }
  return program->output->Write(out + "\n");
}

}  // namespace

void AddEvent(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(
      app, "event", "Show an event with its evidence: the sentences, with the words marked",
      "  entente event 12 --db news.db\n"
      "  entente event 12 --explain\n"
      "--explain codes the event's articles again and shows the parse, the rule, the path to each\n"
      "role, how each actor was resolved and what the confidence is made of. It says so where the\n"
      "coder is another by now, or makes no such event any more.");
  const auto flags = std::make_shared<IdFlags>();
  command->add_option("ID", flags->id, "An event's id, as timelines show it")
      ->check(Utf8Text())
      ->type_name("")
      ->required();
  CLI::Option* explain = command->add_flag_callback(
      "--explain",
      [flags] {
        flags->explain = true;
        flags->need = Need::kReasons;
      },
      "Say why each report was coded so");
  AddLexiconFlag(command, &flags->connection.lexicons);
  AddAsOf(command, &flags->as_of);
  command->get_option("--as-of")->excludes(explain);
  command->get_option("--lexicon")->needs(explain);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    if (flags->explain && flags->format == Format::kCsv) {
      return InvalidArgument("--explain has no CSV: give --format jsonl");
    }
    return flags->explain ? ExplainOne(program, *flags, connection)
                          : ShowEvent(program, *flags, connection);
  });
}

void AddArticle(CLI::App* app, Program* program) {
  CLI::App* command = AddCommand(app, "article", "Show a stored article",
                                 "  entente article kim-putin-2023 --db news.db");
  const auto flags = std::make_shared<IdFlags>();
  command->add_option("ID", flags->id, "An article's id")
      ->check(Utf8Text())
      ->type_name("")
      ->required();
  AddAsOf(command, &flags->as_of);
  AddAskFlags(command, flags.get());
  SetQuestion(command, program, flags.get(), [program, flags](Connection& connection) {
    return ShowArticle(program, *flags, connection);
  });
}

}  // namespace entente::cli
