// The text under which an event is found: for each article with mentions of it, the article's title
// and the mentions' sentences; of imported mentions their sentences, if they have any. One
// definition for ingestion, curation, imports, as-of reads, Verify and Rebuild.
//
//   text family (docs/storage_format.md)
//     term · 00 · ~time8 · ~event8 · article8   positions of the term in the article's report
//     00 · ~time8 · ~event8                     TextRow; of every event that has a term
//
// Times are the event's report time with the sign bit flipped, and both numbers are inverted, so
// that the newest comes first. A term is the stem of a folded word of at most kTermBytesMax bytes.
//
//   const EventTextReader reader(&db, nullptr);
//   EventText text = EventText::HeadOf(event, rows);
//   ENTENTE_ASSIGN_OR_RETURN(text.reports, reader.Read(number));
//   text.Put(number, &batch);
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_GRAPH_EVENT_TEXT_H_
#define ENTENTE_GRAPH_EVENT_TEXT_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/status.h"
#include "entente/v1/event.pb.h"
#include "graph/event_rows.h"
#include "graph/keys.h"
#include "graph/kv/database.h"
#include "graph/records.h"
#include "graph/stemmer.h"

namespace entente::graph {

inline constexpr size_t kTermBytesMax = 64;        // longer words are cut
inline constexpr uint32_t kReportWordsMax = 4096;  // of one article about one event, breaks
                                                   // counted; the rest is not found
inline constexpr size_t kPlaceBytes = 16;          // ~time8 · ~event8

// Where an event stands in every posting list.
std::string TextPlace(int64_t time_micros, EventNumber event);
int64_t TextPlaceTime(std::string_view place);
EventNumber TextPlaceEvent(std::string_view place);
// The number of the event of a row of the text family. REQUIRES: a key of one.
EventNumber TextEventOf(std::string_view key);

// Positions of each term, rising.
using Terms = std::map<std::string, std::vector<uint32_t>, std::less<>>;
using ReportTerms = std::map<ArticleNumber, Terms>;

// The first position, and the distance to each further one, varints.
std::string EncodePositions(std::span<const uint32_t> positions);
bool DecodePositions(std::string_view bytes, std::vector<uint32_t>* positions);

// What a posting list does not say of an event and a filter asks: its day and its row.
//
//   day4 · EventRow
struct TextRow {
  Date day;
  EventRow row;

  std::string Encode() const;
  bool Decode(std::string_view bytes);
};

class TextIndexer {
 public:
  // The terms of a text, in order.
  std::vector<std::string> TermsOf(std::string_view text) const;

  // Those of a report. Sentences that repeat each other or the title count once; no phrase reaches
  // from one sentence into the next.
  Terms Index(std::string_view title, std::span<const std::string_view> sentences) const;

 private:
  Stemmer stemmer_;
};

struct EventText {
  bool counts = false;  // false: the event was retracted, and is not found
  int64_t time_micros = 0;
  TextRow row;
  ReportTerms reports;

  // Without reports.
  static EventText HeadOf(const v1::Event& event, const EventRows& rows);
  // True if the same reports would have the same postings.
  bool SamePlace(const EventText& other) const {
    return counts && other.counts && time_micros == other.time_micros;
  }

  // Adds the rows; none if there is no term.
  void Put(EventNumber event, kv::WriteBatch* batch) const;
};

// Writes the difference.
void ReplaceEventText(EventNumber event, const EventText& before, const EventText& after,
                      kv::WriteBatch* batch);

// Sets what a filter asks of an event whose postings stay. Errors: those of the database.
absl::Status UpdateTextRow(const kv::Database& db, EventNumber event, const EventText& before,
                           const EventText& after, kv::WriteBatch* batch);

// Makes terms of mentions, and reads the titles for it.
class EventTextReader {
 public:
  // `db` and `snapshot` (null: now) must outlive this.
  EventTextReader(const kv::Database* db, const kv::Snapshot* snapshot)
      : db_(*db), snapshot_(snapshot) {}

  // DATA_LOSS: an article's record is missing or damaged.
  absl::StatusOr<ReportTerms> Make(std::span<const OldVersion::OldMention> mentions);
  // Of the mentions that the event has in the snapshot. DATA_LOSS.
  absl::StatusOr<ReportTerms> Read(EventNumber event);

  const TextIndexer& indexer() const { return indexer_; }

 private:
  absl::StatusOr<std::string> TitleOf(ArticleNumber article);

  static constexpr size_t kTitlesMax = 10'000;
  const kv::Database& db_;
  const kv::Snapshot* const snapshot_;
  const TextIndexer indexer_;
  std::unordered_map<ArticleNumber, std::string> titles_;
};

// All mentions of an event in a snapshot (null: now), in the order of articles. DATA_LOSS.
absl::StatusOr<std::vector<OldVersion::OldMention>> ReadEventMentions(const kv::Database& db,
                                                                      const kv::Snapshot* snapshot,
                                                                      EventNumber event);

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_EVENT_TEXT_H_
