#include "ingest/whole_sink.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"
#include "graph/check_input.h"

namespace entente::ingest {
namespace {

constexpr char kCoder[] = "import";

// The event as one article reports it: with that article's mentions and statuses only, so that
// nothing of it comes twice. What no mention's article said goes with the first one.
v1::Event ReportOf(const v1::Event& event, const std::string& article, bool first) {
  v1::Event report = event;
  report.clear_mentions();
  for (const v1::Mention& mention : event.mentions()) {
    if (mention.article() == article || mention.article().empty()) *report.add_mentions() = mention;
  }
  report.clear_status_history();
  for (const v1::StatusReport& status : event.status_history()) {
    const bool told = std::any_of(
        event.mentions().begin(), event.mentions().end(),
        [&](const v1::Mention& mention) { return mention.article() == status.article(); });
    if (status.article() == article || (first && !told)) *report.add_status_history() = status;
  }
  return report;
}

}  // namespace

absl::Status WholeSink::Add(const v1::Event& event) {
  if (!source_ids_.insert(event.source_id()).second) {
    ++counts_.known_events;
    return absl::OkStatus();
  }
  std::vector<std::string> articles;
  for (const v1::Mention& mention : event.mentions()) articles.push_back(mention.article());
  std::sort(articles.begin(), articles.end());
  articles.erase(std::unique(articles.begin(), articles.end()), articles.end());
  if (articles.size() > 1 && articles.front().empty()) articles.erase(articles.begin());
  if (articles.empty()) articles.emplace_back();
  for (const std::string& article : articles) {
    v1::Article probe;
    probe.set_id(article.empty() ? "import" : article);
    v1::CodedArticle coded;
    *coded.add_events() = ReportOf(event, article, /*first=*/true);
    ENTENTE_RETURN_IF_ERROR(graph::CheckInput(probe, coded));
  }
  bytes_ += event.SpaceUsedLong();
  if (bytes_ > kMaxBytes) {
    return ResourceExhausted(
        Cat("more than ", kMaxBytes >> 20, " MiB of events at once; import the file in parts"));
  }
  for (const std::string& article : articles) by_article_[article].push_back(events_.size());
  events_.push_back(event);
  return absl::OkStatus();
}

absl::Status WholeSink::Finish(const std::function<bool()>& stop) {
  stored_.assign(events_.size(), false);
  for (const auto& [article, events] : by_article_) {
    // Groups get their ids from what is in them: the same file again gives the same.
    const size_t step = article.empty() ? kGroup : std::max<size_t>(events.size(), 1);
    for (size_t begin = 0; begin < events.size(); begin += step) {
      if (stop && stop()) return MakeStatus(absl::StatusCode::kCancelled, "the import was stopped");
      const std::vector<size_t> group(
          events.begin() + static_cast<std::ptrdiff_t>(begin),
          events.begin() + static_cast<std::ptrdiff_t>(std::min(begin + step, events.size())));
      const std::string id =
          article.empty() ? Cat("import:", events_[group.front()].source_id(), "+", group.size())
                          : article;
      ENTENTE_RETURN_IF_ERROR(Annotate(StoreArticle(id, group), Cat("article ", id)));
    }
  }
  return absl::OkStatus();
}

absl::Status WholeSink::StoreArticle(const std::string& article,
                                     const std::vector<size_t>& events) {
  v1::Article stub;
  stub.set_id(article);
  v1::CodedArticle coded;
  coded.set_article(article);
  coded.set_coder(kCoder);
  int64_t report_time_micros = INT64_MAX;
  int64_t mentions = 0;
  for (const size_t index : events) {
    *coded.add_events() = ReportOf(events_[index], article, !stored_[index]);
    const v1::Event& report = coded.events(coded.events_size() - 1);
    mentions += report.mentions_size();
    report_time_micros = std::min(report_time_micros, report.report_time_micros());
    for (const v1::Mention& mention : report.mentions()) {
      if (mention.report_time_micros() != 0) {
        report_time_micros = std::min(report_time_micros, mention.report_time_micros());
      }
    }
  }
  stub.set_publish_date(FormatDate(Date::FromMicros(report_time_micros)));
  ENTENTE_ASSIGN_OR_RETURN(const v1::IngestArticleResponse outcome,
                           store_->AddArticle(stub, coded));
  const bool known = outcome.outcome() == v1::ALREADY_STORED;
  (known ? counts_.known_mentions : counts_.mentions) += mentions;
  int64_t first_times = 0;
  for (const size_t index : events) {
    if (!stored_[index]) ++first_times;
    stored_[index] = true;
  }
  const int64_t created = known ? 0 : outcome.new_event_count();
  counts_.events += created;
  counts_.known_events += std::max<int64_t>(first_times - created, 0);
  return absl::OkStatus();
}

}  // namespace entente::ingest
