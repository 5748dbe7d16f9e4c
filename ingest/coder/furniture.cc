#include "ingest/coder/furniture.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"
#include "base/utf8.h"

namespace entente::coder {
namespace {

// Lines longer than this are prose whatever they begin with.
constexpr size_t kFurnitureBytesMax = 400;
// A headline stands within the first so many lines that are not blank.
constexpr int kTitleLinesMax = 8;
constexpr int kTitleWordsMin = 3;
constexpr int kTitleWordsMax = 30;
// A clipped headline is recognised by so many bytes of the whole one.
constexpr size_t kClipBytesMin = 20;
constexpr int kProseWordsMin = 8;
constexpr int kBylineWordsMax = 10;
constexpr int kDateLineTokensMax = 14;

// All phrases are as Normalize writes them.

// Lines that are exactly this, but for a colon, full stop or arrow at the end.
constexpr auto kWholeLines = std::to_array<std::string_view>({
    "advertisement",
    "ad",
    "sponsored",
    "sponsored content",
    "promoted",
    "story continues below",
    "story continues below advertisement",
    "continue reading",
    "read more",
    "read the full story",
    "see more",
    "show more",
    "view more",
    "load more",
    "learn more",
    "more",
    "less",
    "menu",
    "search",
    "home",
    "news",
    "world",
    "politics",
    "business",
    "opinion",
    "sport",
    "sports",
    "video",
    "videos",
    "photos",
    "live",
    "live updates",
    "breaking news",
    "share",
    "save",
    "print",
    "email",
    "comment",
    "copy link",
    "link copied",
    "copy url",
    "facebook",
    "twitter",
    "x",
    "whatsapp",
    "telegram",
    "linkedin",
    "reddit",
    "messenger",
    "pinterest",
    "instagram",
    "youtube",
    "flipboard",
    "loading",
    "loading...",
    "close",
    "skip",
    "next",
    "previous",
    "back to top",
    "top",
    "subscribe",
    "sign in",
    "sign up",
    "log in",
    "login",
    "register",
    "donate",
    "support us",
    "contact us",
    "about us",
    "terms of use",
    "terms of service",
    "terms and conditions",
    "privacy policy",
    "cookie policy",
    "accept",
    "accept all",
    "accept all cookies",
    "reject all",
    "manage cookies",
    "cookie settings",
    "i agree",
    "ok",
    "got it",
    "listen",
    "listen to this article",
    "listen to the article",
    "watch",
    "watch now",
    "watch live",
    "play",
    "pause",
    "mute",
    "unmute",
    "font size",
    "text size",
    "follow us",
    "follow",
    "newsletter",
    "download our app",
    "get the app",
    "editor's pick",
    "must read",
    "exclusive",
    "this is a breaking news story",
    "end",
    "###",
    "ends",
});

// Headings of lists of other articles: the headlines that follow are furniture too.
constexpr auto kListHeadings = std::to_array<std::string_view>({
    "most popular",
    "most read",
    "most viewed",
    "most shared",
    "most commented",
    "popular",
    "popular stories",
    "popular now",
    "trending",
    "trending now",
    "top stories",
    "top news",
    "latest",
    "latest news",
    "latest stories",
    "more news",
    "more stories",
    "more from this section",
    "more on this story",
    "more on this topic",
    "related",
    "related articles",
    "related news",
    "related stories",
    "related content",
    "related topics",
    "related posts",
    "related links",
    "recommended",
    "recommended for you",
    "recommended stories",
    "you may also like",
    "you might also like",
    "you may like",
    "also read",
    "read also",
    "read next",
    "up next",
    "editor's picks",
    "editors' picks",
    "don't miss",
    "in this story",
    "in case you missed it",
    "what to read next",
    "around the web",
    "from around the web",
    "from our partners",
    "paid content",
    "sponsored links",
    "tags",
    "topics",
    "keywords",
    "comments",
    "leave a comment",
    "leave a reply",
    "join the conversation",
    "about the author",
    "share this",
    "see also",
});

// Lines that begin with this, as whole words.
constexpr auto kBeginnings = std::to_array<std::string_view>({
    "share this",
    "share on",
    "share via",

    "follow us",
    "follow @",
    "like us on",
    "join us on",
    "join our",
    "find us on",
    "subscribe to",
    "subscribe now",
    "subscribe today",
    "subscribe for",
    "already a subscriber",
    "sign up for",
    "sign up to",
    "sign in to",
    "log in to",
    "register to",
    "register for free",
    "create a free account",
    "create an account",
    "to continue reading",
    "click here",
    "tap here",
    "read more:",
    "read more on",
    "read more about",
    "read also:",
    "also read:",
    "read:",
    "see also:",
    "related:",
    "watch:",
    "listen:",
    "more:",
    "recommended:",
    "don't miss:",

    "must read:",
    "we use cookies",
    "this site uses cookies",
    "this website uses cookies",
    "our website uses cookies",
    "our site uses cookies",
    "by using this site",
    "by using our site",
    "by continuing to use",
    "by continuing to browse",

    "by signing up",
    "your privacy",
    "skip to",
    "all rights reserved",

    "(c)",
    "©",
    "download our",
    "download the app",

    "stay informed",
    "stay up to date",

    "support independent journalism",
    "support our journalism",
    "enjoying this article",
    "thank you for reading",
    "thanks for reading",
    "your email address",
    "this field is required",
    "enter your email",

    "(reporting by",

    "(editing by",
    "additional reporting by",

    "(writing by",

    "this article was originally published",
    "this story was originally published",
    "this article originally appeared",
    "republished with permission",
    "tags:",
    "topics:",
    "filed under",
    "posted in",
    "categories:",
    "category:",
    "keywords:",
    "e-mail this",
    "print this",
    "report a typo",
    "report an error",
    "send us a tip",
    "got a tip",
    "do you have a story",
    "view comments",
    "show comments",
    "hide comments",
    "leave a comment",
    "leave a reply",

    "originally published on",
    "our standards:",
    "disclaimer:",
    "editor's note:",
    "note to editors",
});

// The same for lines that do not end as a sentence does.
constexpr auto kBeginningsNotProse = std::to_array<std::string_view>({
    "by clicking",
    "share the",
    "copyright",
    "get our",
    "get the latest",
    "listen to this",
    "reporting by",
    "editing by",
    "writing by",
    "compiled by",
    "translated by",
    "source:",
    "sources:",
    "back to",
    "go to",
});

constexpr auto kCaptionBeginnings = std::to_array<std::string_view>({
    "photo:",   "photos:",     "file photo",    "file - ",        "file -- ",      "(file photo",
    "photo by", "(photo by",   "photo credit",  "photo courtesy", "photograph:",   "photograph by",
    "picture:", "picture by",  "image:",        "image credit",   "image source",  "image caption",
    "credit:",  "courtesy of", "illustration:", "media caption",  "video caption", "graphic:",
    "map:",     "watch video", "caption:",
});

constexpr auto kCaptionEndings = std::to_array<std::string_view>({
    "/afp",     "/getty images", "/reuters",     "/ap",        "/epa",         "/epa-efe",
    "(photo)",  "[photo]",       "(file photo)", "(ap photo)", "getty images", "via getty images",
    "via ap",   "via reuters",   "/handout",     "/tass",      "/yonhap",      "/xinhua",
    "/anadolu", "(yonhap)",      "(reuters)",    "file photo", "via afp",
});

constexpr auto kMonths = std::to_array<std::string_view>({
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
});

constexpr auto kWeekdays = std::to_array<std::string_view>({
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "tues",
    "wed",
    "thu",
    "thur",
    "thurs",
    "fri",
    "sat",
    "sun",
});

// Words that stand in a date line beside the date.
constexpr auto kDateLabels = std::to_array<std::string_view>({
    "published",
    "updated",
    "posted",
    "created",
    "modified",
    "first",
    "last",
    "date",
    "on",
    "at",
    "am",
    "pm",
    "a.m",
    "p.m",
    "gmt",
    "utc",
    "est",
    "edt",
    "et",
    "cst",
    "cdt",
    "pst",
    "pdt",
    "bst",
    "cet",
    "cest",
    "eet",
    "msk",
    "ist",
    "kst",
    "jst",
    "hkt",
    "sgt",
    "eat",
    "of",
    "the",
    "hrs",
    "/",
    "-",
    "--",
    "|",
    "published:",
    "updated:",
    "posted:",
    "date:",
    "modified:",
    "\xe2\x80\x93",
    "\xe2\x80\x94",
    "\xe2\x80\xa2",
    "\xc2\xb7",
});

template <typename Table>
bool Has(const Table& table, std::string_view word) {
  return std::find(table.begin(), table.end(), word) != table.end();
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c & 0x80);
}

bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Lower case, plain quotes, "..." for the ellipsis, single spaces: for comparing lines.
std::string Normalize(std::string_view line) {
  std::string out;
  for (size_t i = 0; i < line.size();) {
    const CodePoint c = DecodeUtf8(line, i);
    const char32_t v = c.value;
    if (v == U' ' || v == U'\t' || v == U'\r' || v == U'\u00A0' || v == U'\u200B') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (v == U'\u2018' || v == U'\u2019') {
      out += '\'';
    } else if (v == U'\u201C' || v == U'\u201D') {
      out += '"';
    } else if (v == U'\u2026') {
      out += "...";
    } else if (v < 0x80) {
      out += v >= U'A' && v <= U'Z' ? static_cast<char>(v - U'A' + U'a') : static_cast<char>(v);
    } else {
      out.append(line.substr(i, c.length));
    }
    i += c.length;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : Split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

// A line with its two forms. The views are into the text that is classified.
struct Candidate {
  TextLine* line;
  std::string_view raw;  // trimmed
  std::string normal;    // Normalize(raw); empty if it is longer than furniture is
  int words = 0;
  bool prose = false;  // long, and ends as a sentence does
};

// Ends as a sentence does, closing quotes and brackets aside.
bool EndsSentence(std::string_view normal) {
  while (!normal.empty() &&
         (normal.back() == '"' || normal.back() == '\'' || normal.back() == ')')) {
    normal.remove_suffix(1);
  }
  if (EndsWith(normal, "...")) return false;
  return !normal.empty() && (normal.back() == '.' || normal.back() == '!' || normal.back() == '?');
}

Candidate MakeCandidate(std::string_view text, TextLine* line) {
  Candidate c{line, Trim(text.substr(line->span.begin, line->span.size())), "", 0, false};
  if (c.raw.size() > kFurnitureBytesMax) {
    c.prose = true;
    return c;
  }
  c.normal = Normalize(c.raw);
  c.words = static_cast<int>(Words(c.normal).size());
  c.prose = c.words >= kProseWordsMin && EndsSentence(c.normal);
  return c;
}

// "HomeWorldAsia…": names of sections run together behind "Home", or set apart by arrows and bars.
bool IsSectionList(const Candidate& c) {
  if (StartsWith(c.raw, "Home") && c.raw.size() > 4 && IsUpper(c.raw[4])) return true;
  for (const std::string_view bar :
       {" > ", " \xc2\xbb ", " | ", " / ", " \xe2\x80\xa2 ", " \xe2\x80\xba "}) {
    int parts = 1;
    size_t longest = 0;
    for (size_t at = 0; parts < 50;) {
      const size_t next = c.normal.find(bar, at);
      const std::string_view part = std::string_view(c.normal).substr(at, next - at);
      longest = std::max(longest, Words(part).size());
      if (next == std::string::npos) break;
      ++parts;
      at = next + bar.size();
    }
    if (parts >= 2 && StartsWith(c.normal, "home")) return true;
    if (parts >= 3 && longest <= 3) return true;
  }
  return false;
}

// "By Ana Díaz and Li Wei, Reuters": names behind "By", without a full stop.
bool IsByline(const Candidate& c) {
  if (!StartsWith(c.normal, "by ") || c.words < 2 || c.words > kBylineWordsMax) return false;
  if (EndsSentence(c.normal)) return false;
  const std::vector<std::string_view> words = Words(c.raw);
  return std::all_of(words.begin() + 1, words.end(), [](std::string_view word) {
    return !IsWordByte(word[0]) || !(word[0] >= 'a' && word[0] <= 'z') || word == "and" ||
           word == "in" || word == "for" || word == "of" || word == "de" || word == "al" ||
           word == "van" || word == "von" || word == "bin";
  });
}

template <typename Table>
bool BeginsWithAny(const Table& table, std::string_view normal) {
  return std::any_of(table.begin(), table.end(), [normal](std::string_view phrase) {
    if (!StartsWith(normal, phrase)) return false;
    return normal.size() == phrase.size() || !IsWordByte(phrase.back()) ||
           !IsWordByte(normal[phrase.size()]);
  });
}

bool IsCaption(const Candidate& c) {
  if (BeginsWithAny(kCaptionBeginnings, c.normal)) return true;
  return std::any_of(kCaptionEndings.begin(), kCaptionEndings.end(),
                     [&c](std::string_view ending) { return EndsWith(c.normal, ending); });
}

std::string_view WithoutEndMarks(std::string_view normal) {
  while (!normal.empty()) {
    if (normal.back() == ':' || normal.back() == '>' || normal.back() == ' ' ||
        (normal.back() == '.' && !EndsWith(normal, "..."))) {
      normal.remove_suffix(1);
    } else if (EndsWith(normal, "\xc2\xbb") || EndsWith(normal, "\xe2\x80\xba")) {
      normal.remove_suffix(EndsWith(normal, "\xc2\xbb") ? 2 : 3);
    } else {
      break;
    }
  }
  return normal;
}

bool IsListHeading(const Candidate& c) { return Has(kListHeadings, WithoutEndMarks(c.normal)); }

// "5 min read", "3 minutes read", "12 comments", "1.2k shares".
bool IsCounter(const Candidate& c) {
  const std::vector<std::string_view> words = Words(c.normal);
  if (words.size() < 2 || words.size() > 4 || !IsDigit(words[0][0])) return false;
  return Has(std::to_array<std::string_view>(
                 {"read", "comments", "comment", "shares", "share", "views", "likes", "ago"}),
             words.back());
}

LineKind KindByForm(const Candidate& c) {
  if (c.raw.empty()) return LineKind::kBlank;
  if (IsSectionList(c)) return LineKind::kFurniture;
  if (c.raw.size() > kFurnitureBytesMax) return LineKind::kBody;
  if (DateOfLine(c.raw).has_value()) return LineKind::kDate;
  if (IsCaption(c)) return LineKind::kCaption;
  if (Has(kWholeLines, WithoutEndMarks(c.normal)) || IsListHeading(c) || IsByline(c) ||
      IsCounter(c) || BeginsWithAny(kBeginnings, c.normal) ||
      (!c.prose && BeginsWithAny(kBeginningsNotProse, c.normal))) {
    return LineKind::kFurniture;
  }
  return LineKind::kBody;
}

// From a list's heading on, what does not end as a sentence is a headline of another article. Above
// the article's first prose such a heading is a menu's, and what follows it may be the headline.
void MarkLists(std::vector<Candidate>* lines) {
  bool after_prose = false;
  bool in_list = false;
  for (Candidate& c : *lines) {
    const bool body = c.line->kind == LineKind::kBody;
    after_prose = after_prose || (body && c.prose);
    if (IsListHeading(c)) {
      in_list = after_prose;
    } else if (in_list && body) {
      in_list = !c.prose;
      if (in_list) c.line->kind = LineKind::kFurniture;
    }
  }
}

bool LooksLikeTitle(const Candidate& c) {
  if (c.words < kTitleWordsMin || c.words > kTitleWordsMax) return false;  // long ones have 0
  if (c.normal.back() == ':' || c.normal.back() == ',' || c.normal.back() == ';') return false;
  const bool sentence = EndsSentence(c.normal) && c.normal.back() != '?' && c.normal.back() != '!';
  return !sentence || EndsWith(c.normal, "u.s.") || EndsWith(c.normal, "u.n.");
}

// Whether `clipped` ("… calls for cooperation with...") is the beginning of `whole`, possibly
// behind the names of sections.
bool IsClippedFrom(std::string_view clipped, std::string_view whole) {
  if (!EndsWith(clipped, "...") || whole.size() < kClipBytesMin) return false;
  clipped.remove_suffix(3);
  const size_t at = clipped.find(whole.substr(0, kClipBytesMin));
  if (at == std::string_view::npos) return false;
  return StartsWith(whole, clipped.substr(at));
}

// Marks the text's own headline, unless `title` is given, and returns the headline's normal form.
std::string MarkTitle(std::string_view title, std::vector<Candidate>* lines) {
  if (!Trim(title).empty()) return Normalize(title);
  int seen = 0;
  Candidate* found = nullptr;
  for (Candidate& c : *lines) {
    if (c.line->kind == LineKind::kBlank) continue;
    if (found != nullptr && c.line->kind == LineKind::kBody && c.prose) {
      found->line->kind = LineKind::kTitle;
      return found->normal;
    }
    if (found != nullptr || ++seen > kTitleLinesMax) continue;
    if (c.line->kind != LineKind::kBody || EndsWith(c.normal, "...")) continue;
    if (c.prose || !LooksLikeTitle(c)) return "";
    found = &c;
  }
  return "";
}

// Repetitions of the headline, and clipped forms of it, are furniture.
void MarkRepeatedTitle(std::string_view title, std::vector<Candidate>* lines) {
  if (title.empty()) return;
  for (Candidate& c : *lines) {
    if (c.line->kind != LineKind::kBody || c.prose) continue;
    if (c.normal == title || IsClippedFrom(c.normal, title)) c.line->kind = LineKind::kFurniture;
  }
}

// A whole number of at most four figures with "st", "nd", "rd" or "th" behind it or not; -1 if not.
int NumberOf(std::string_view word) {
  size_t digits = 0;
  int value = 0;
  while (digits < word.size() && digits < 4 && IsDigit(word[digits])) {
    value = value * 10 + (word[digits++] - '0');
  }
  const std::string_view rest = word.substr(digits);
  const bool ordinal = rest == "st" || rest == "nd" || rest == "rd" || rest == "th";
  return digits > 0 && (rest.empty() || ordinal) ? value : -1;
}

// 1 to 12 for "september", "sept" or "sep"; 0 if the word is no month.
int MonthOf(std::string_view word) {
  if (word == "sept") return 9;
  for (size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || (word.size() == 3 && StartsWith(kMonths[i], word))) {
      return static_cast<int>(i) + 1;
    }
  }
  return 0;
}

// "10:15", "10:15:00", "4:15pm", "4pm".
bool IsTime(std::string_view word) {
  const bool half_day = EndsWith(word, "am") || EndsWith(word, "pm");
  if (half_day) word.remove_suffix(2);
  if (word.empty() || !IsDigit(word.front())) return false;
  return (half_day || word.find(':') != std::string_view::npos) &&
         std::all_of(word.begin(), word.end(), [](char c) { return IsDigit(c) || c == ':'; });
}

// Collects the parts of a date out of a line's words.
class DateLineReader {
 public:
  // False if the word has no place in a date line.
  bool Take(std::string_view word) {
    if (Has(kDateLabels, word)) return true;
    while (!word.empty() && (word.back() == '.' || word.back() == ':')) word.remove_suffix(1);
    if (word.empty() || Has(kDateLabels, word) || Has(kWeekdays, word) || IsTime(word)) return true;
    if (const int month = MonthOf(word); month != 0) return Set(&month_, month);
    if (word.size() >= 10 && word[4] == '-') return TakeIso(word);
    const int number = NumberOf(word);
    if (number >= 1 && number <= 31) return Set(&day_, number);
    if (number >= 1900 && number <= 2100) return Set(&year_, number);
    return false;
  }

  std::optional<Date> date() const {
    if (whole_.has_value()) return month_ == 0 && day_ == 0 && year_ == 0 ? whole_ : std::nullopt;
    if (!IsValidCivil(year_, month_, day_)) return std::nullopt;
    return Date::FromCivil(year_, month_, day_);
  }

 private:
  static bool Set(int* part, int value) {
    if (*part != 0) return false;
    *part = value;
    return true;
  }

  bool TakeIso(std::string_view word) {
    if (word.size() > 10 && word[10] != 't') return false;
    const absl::StatusOr<Date> date = ParseDate(word.substr(0, 10));
    if (!date.ok() || whole_.has_value()) return false;
    whole_ = *date;
    return true;
  }

  int year_ = 0;
  int month_ = 0;
  int day_ = 0;
  std::optional<Date> whole_;
};

}  // namespace

std::optional<Date> DateOfLine(std::string_view line) {
  if (line.size() > kFurnitureBytesMax) return std::nullopt;
  std::string normal = Normalize(line);
  std::replace(normal.begin(), normal.end(), ',', ' ');
  std::replace(normal.begin(), normal.end(), '(', ' ');
  std::replace(normal.begin(), normal.end(), ')', ' ');
  const std::vector<std::string_view> words = Words(normal);
  if (words.empty() || words.size() > kDateLineTokensMax) return std::nullopt;
  DateLineReader reader;
  for (const std::string_view word : words) {
    if (!reader.Take(word)) return std::nullopt;
  }
  return reader.date();
}

std::vector<TextLine> ClassifyLines(std::string_view text, std::string_view title) {
  std::vector<TextLine> lines;
  for (const std::string_view raw : Split(text, '\n')) {
    const auto begin = static_cast<uint32_t>(raw.data() - text.data());
    lines.push_back({{begin, begin + static_cast<uint32_t>(raw.size())}, LineKind::kBody});
  }
  std::vector<Candidate> candidates;
  candidates.reserve(lines.size());
  for (TextLine& line : lines) {
    candidates.push_back(MakeCandidate(text, &line));
    line.kind = KindByForm(candidates.back());
  }
  MarkLists(&candidates);
  const std::string headline = MarkTitle(title, &candidates);
  MarkRepeatedTitle(headline, &candidates);
  return lines;
}

}  // namespace entente::coder
