#include "graph/event_text.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "graph/codec.h"
#include "graph/imported_event.h"
#include "graph/view.h"

namespace entente::graph {
namespace {

// An article that is stored, and not the place of an imported mention.
bool IsArticle(ArticleNumber number) { return number != 0 && number >> 63 == 0; }

std::string HeadKey(std::string_view place) { return Key().Zero().Text(place).str(); }

std::string_view CutTerm(std::string_view term) {
  if (term.size() <= kTermBytesMax) return term;
  size_t end = kTermBytesMax;
  while (end > 0 && (static_cast<unsigned char>(term[end]) & 0xC0) == 0x80) --end;
  return term.substr(0, end);
}

bool HasTerms(const EventText& text) {
  return text.counts && std::any_of(text.reports.begin(), text.reports.end(),
                                    [](const auto& report) { return !report.second.empty(); });
}

std::map<std::string, std::string> RowsOf(EventNumber event, const EventText& text) {
  kv::WriteBatch batch;
  text.Put(event, &batch);
  std::map<std::string, std::string> rows;
  for (size_t i = 0; i < batch.size(); ++i) {
    const kv::WriteBatch::Operation o = batch.operation(i);
    rows[std::string(o.key)] = std::string(o.value);
  }
  return rows;
}

}  // namespace

std::string TextPlace(int64_t time_micros, EventNumber event) {
  return Key().Time(~time_micros).U64(~event).str();
}
int64_t TextPlaceTime(std::string_view place) { return ~ReadTime(place, 0); }
EventNumber TextPlaceEvent(std::string_view place) { return ~ReadU64(place, 8); }

EventNumber TextEventOf(std::string_view key) {
  const size_t behind = key[0] == '\0' ? 0 : 8;  // a posting ends with the article
  return ~ReadU64(key, key.size() - 8 - behind);
}

std::string EncodePositions(std::span<const uint32_t> positions) {
  std::string out;
  uint32_t last = 0;
  for (const uint32_t position : positions) {
    PutVarint(position - last, &out);
    last = position;
  }
  return out;
}

bool DecodePositions(std::string_view bytes, std::vector<uint32_t>* positions) {
  positions->clear();
  Decoder in(bytes);
  uint64_t position = 0;
  while (!in.Done()) {
    uint64_t distance = 0;
    if (!in.Varint(&distance) || (distance == 0 && !positions->empty())) return false;
    position += distance;
    if (position > UINT32_MAX) return false;
    positions->push_back(static_cast<uint32_t>(position));
  }
  return !positions->empty();
}

std::string TextRow::Encode() const { return Key().Day(day).str() + row.Encode(); }

bool TextRow::Decode(std::string_view bytes) {
  if (bytes.size() < 4) return false;
  day = ReadDay(bytes, 0);
  return row.Decode(bytes.substr(4));
}

std::vector<std::string> TextIndexer::TermsOf(std::string_view text) const {
  std::vector<std::string> terms;
  const std::string folded = FoldName(text);
  if (folded.empty()) return terms;
  for (const std::string_view word : Split(folded, ' ')) {
    terms.emplace_back(CutTerm(stemmer_.Stem(word)));
  }
  return terms;
}

Terms TextIndexer::Index(std::string_view title,
                         std::span<const std::string_view> sentences) const {
  Terms terms;
  uint32_t position = 0;
  std::set<std::string_view> seen;
  const auto add = [&](std::string_view text) {
    if (text.empty() || !seen.insert(text).second) return;
    for (std::string& term : TermsOf(text)) {
      if (position >= kReportWordsMax) return;
      terms[std::move(term)].push_back(position++);
    }
    ++position;
  };
  add(title);
  for (const std::string_view sentence : sentences) add(sentence);
  return terms;
}

EventText EventText::HeadOf(const v1::Event& event, const EventRows& rows) {
  EventText text;
  text.counts = rows.counts;
  text.time_micros = event.report_time_micros();
  text.row = {rows.day, rows.row};
  text.row.row.direction = kNoDirection;
  return text;
}

void EventText::Put(EventNumber event, kv::WriteBatch* batch) const {
  if (!HasTerms(*this)) return;
  const std::string place = TextPlace(time_micros, event);
  batch->Put(kText, HeadKey(place), row.Encode());
  for (const auto& [article, terms] : reports) {
    for (const auto& [term, positions] : terms) {
      batch->Put(kText, Key().Text(term).Zero().Text(place).U64(article),
                 EncodePositions(positions));
    }
  }
}

void ReplaceEventText(EventNumber event, const EventText& before, const EventText& after,
                      kv::WriteBatch* batch) {
  const auto old_rows = RowsOf(event, before);
  const auto new_rows = RowsOf(event, after);
  for (const auto& [key, value] : old_rows) {
    if (!new_rows.contains(key)) batch->Delete(kText, key);
  }
  for (const auto& [key, value] : new_rows) {
    const auto old = old_rows.find(key);
    if (old == old_rows.end() || old->second != value) batch->Put(kText, key, value);
  }
}

absl::Status UpdateTextRow(const kv::Database& db, EventNumber event, const EventText& before,
                           const EventText& after, kv::WriteBatch* batch) {
  const std::string value = after.row.Encode();
  if (before.row.Encode() == value) return absl::OkStatus();
  const std::string key = HeadKey(TextPlace(after.time_micros, event));
  ENTENTE_ASSIGN_OR_RETURN(const auto stored, db.Get(kText, key, nullptr));
  if (stored) batch->Put(kText, key, value);  // else the event has no text
  return absl::OkStatus();
}

absl::StatusOr<std::string> EventTextReader::TitleOf(ArticleNumber article) {
  if (const auto it = titles_.find(article); it != titles_.end()) return it->second;
  const std::string key = Key().U64(article).str();
  ENTENTE_ASSIGN_OR_RETURN(const auto bytes, db_.Get(kArticle, key, snapshot_));
  ArticleRecord record;
  if (!bytes || !record.Decode(*bytes)) return DamagedRecord(kArticle, key);
  if (titles_.size() >= kTitlesMax) titles_.clear();
  return titles_[article] = record.article.title();
}

absl::StatusOr<ReportTerms> EventTextReader::Make(
    std::span<const OldVersion::OldMention> mentions) {
  std::map<ArticleNumber, std::vector<std::pair<uint32_t, std::string_view>>> sentences;
  for (const OldVersion::OldMention& old : mentions) {
    sentences[old.article].emplace_back(old.n, old.mention.sentence_text());
  }
  ReportTerms reports;
  for (auto& [article, numbered] : sentences) {
    std::sort(numbered.begin(), numbered.end());
    std::vector<std::string_view> texts;
    for (const auto& [n, text] : numbered) texts.push_back(text);
    std::string title;
    if (IsArticle(article)) {
      ENTENTE_ASSIGN_OR_RETURN(title, TitleOf(article));
    }
    Terms terms = indexer_.Index(title, texts);
    if (!terms.empty()) reports[article] = std::move(terms);
  }
  return reports;
}

absl::StatusOr<ReportTerms> EventTextReader::Read(EventNumber event) {
  ENTENTE_ASSIGN_OR_RETURN(const std::vector<OldVersion::OldMention> mentions,
                           ReadEventMentions(db_, snapshot_, event));
  return Make(mentions);
}

absl::StatusOr<std::vector<OldVersion::OldMention>> ReadEventMentions(const kv::Database& db,
                                                                      const kv::Snapshot* snapshot,
                                                                      EventNumber event) {
  std::vector<OldVersion::OldMention> mentions;
  const std::string prefix = Key().U64(event).str();
  const auto it = db.NewIterator(kMention, prefix, PrefixEnd(prefix), snapshot);
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    OldVersion::OldMention& old = mentions.emplace_back();
    if (it->key().size() != 20 || !DecodeMention(it->value(), &old.mention)) {
      return DamagedRecord(kMention, it->key());
    }
    old.article = ReadU64(it->key(), 8);
    old.n = ReadU32(it->key(), 16);
  }
  ENTENTE_RETURN_IF_ERROR(it->status());
  return mentions;
}

}  // namespace entente::graph
