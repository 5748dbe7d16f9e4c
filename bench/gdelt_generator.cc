#include "bench/gdelt_generator.h"

#include <algorithm>
#include <cstdio>

#include "base/strings.h"

namespace entente::bench {
namespace {

std::string Letters(int number, int count) {
  std::string out(static_cast<size_t>(count), 'A');
  for (int i = count - 1; i >= 0; --i, number /= 26) {
    out[static_cast<size_t>(i)] = static_cast<char>('A' + number % 26);
  }
  return out;
}

// A made-up word of two to four syllables.
std::string Word(int number) {
  static constexpr const char* kSyllables[] = {"ba",  "co", "den", "fi",  "gar", "hu", "in",
                                               "ka",  "lo", "mer", "ni",  "or",  "pa", "ri",
                                               "son", "ta", "ul",  "ven", "wi",  "ze"};
  std::string out;
  for (int n = number + 20; n > 0; n /= 20) out += kSyllables[n % 20];
  return out;
}

std::string Compact(Date day) {
  int y, m, d;
  day.ToCivil(&y, &m, &d);
  char text[16];
  std::snprintf(text, sizeof(text), "%04d%02d%02d", y, m, d);
  return text;
}

std::string Fixed(double value, int digits) {
  char text[40];
  std::snprintf(text, sizeof(text), "%.*f", digits, value);
  return text;
}

// Ten columns: code, name, country, group, ethnicity, two religions, three types.
void AppendActor(const GdeltActor& actor, std::string* out) {
  const std::string country = actor.country < 0 ? "" : GdeltGenerator::CountryCode(actor.country);
  const std::string sector = actor.sector < 0 ? "" : GdeltGenerator::SectorCode(actor.sector);
  const std::string name = actor.empty() ? "" : Cat("NAME OF ", country, sector);
  *out += Cat('\t', country, sector, '\t', name, '\t', country, "\t\t\t\t\t", sector, "\t\t");
}

// Seven columns: type, full name, country, first division, latitude, longitude, feature.
void AppendPlace(int place, std::string* out) {
  if (place < 0) {
    *out += "\t0\t\t\t\t\t\t";
    return;
  }
  const std::string country = Letters(GdeltGenerator::PlaceCountry(place), 2);
  *out += Cat("\t4\t", GdeltGenerator::PlaceName(place), '\t', country, '\t', country, "01\t",
              Fixed(GdeltGenerator::Latitude(place), 4), '\t',
              Fixed(GdeltGenerator::Longitude(place), 4), "\t-", 1'000'000 + place);
}

}  // namespace

Zipf::Zipf(int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) cumulative_.push_back(sum += 1.0 / (i + 1));
}

int Zipf::operator()(std::mt19937_64& random) const {
  std::uniform_real_distribution<double> uniform(0, cumulative_.back());
  return static_cast<int>(
      std::lower_bound(cumulative_.begin(), cumulative_.end(), uniform(random)) -
      cumulative_.begin());
}

GdeltGenerator::GdeltGenerator(uint64_t seed, int64_t rows) : random_(seed), rows_(rows) {}

std::string GdeltGenerator::CountryCode(int country) { return Letters(country, 3); }
std::string GdeltGenerator::SectorCode(int sector) { return "G" + Letters(sector, 2); }

std::string GdeltGenerator::CameoCode(int code) {
  char text[8];
  std::snprintf(text, sizeof(text), "%02d%d", Root(code), code / 20 % 10);
  return code < 200 ? text : Cat(text, code % 7);
}

int GdeltGenerator::QuadClass(int code) {
  const int root = Root(code);
  return root <= 5 ? 1 : root <= 8 ? 2 : root <= 13 ? 3 : 4;
}

double GdeltGenerator::Goldstein(int code) { return (code * 37 % 201) / 10.0 - 10; }

std::string GdeltGenerator::PlaceName(int place) {
  std::string name = Word(place);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return Cat(name, ", ", Letters(place % 700, 3), ", ", Word(PlaceCountry(place)));
}
double GdeltGenerator::Latitude(int place) { return (place * 7919L % 1'200'000) / 1e4 - 50; }
double GdeltGenerator::Longitude(int place) { return (place * 104'729L % 3'600'000) / 1e4 - 180; }

Date GdeltGenerator::Day() {
  return Date::FromCivil(2020, 1, 1).AddDays(static_cast<int>(Below(kDays)));
}

GdeltActor GdeltGenerator::Actor() {
  GdeltActor actor;
  const uint64_t kind = Below(10);
  if (kind != 0) actor.country = countries_(random_);
  if (kind <= 3) actor.sector = sectors_(random_);
  return actor;
}

void GdeltGenerator::NewArticle() {
  left_of_article_ = 1 + static_cast<int>(Below(9));
  tone_ = (static_cast<double>(Below(20'000'001)) - 12'000'000) / 1e6;
  const int publisher = publishers_(random_);
  url_ = Cat("https://www.", Word(publisher), Word(publisher * 7 % 900), ".com/news/",
             Word(publisher % 40));
  for (int i = 0; i < 8; ++i) url_ += Cat(i == 0 ? "/" : "-", Word(words_(random_)));
  url_ += Cat("-", 10'000'000 + Below(90'000'000));
}

GdeltRow GdeltGenerator::Next() {
  if (left_of_article_-- <= 0) NewArticle();
  GdeltRow row;
  row.id = kFirstId + next_;
  row.added = Date::FromCivil(2020, 1, 1).AddDays(static_cast<int>(next_ * kDays / rows_));
  ++next_;
  const uint64_t age = Below(100);
  row.day = row.added.AddDays(age == 0 ? -7 : age <= 2 ? -30 : age == 3 ? -365 : 0);
  const uint64_t present = Below(100);  // 3 neither, 10 no first, 23 no second
  if (present >= 13) row.actor1 = Actor();
  if (present >= 3 && present < 77) row.actor2 = Actor();
  row.code = codes_(random_);
  row.root_event = Below(5) < 3;
  row.mentions = 1 + static_cast<int>(Below(10));
  row.tone = tone_;
  if (Below(20) != 0) row.place = places_(random_);
  row.url = url_;
  return row;
}

std::string GdeltGenerator::ToTsv(const GdeltRow& row) {
  const std::string day = Compact(row.day);
  const std::string cameo = CameoCode(row.code);
  std::string out = Cat(row.id, '\t', day, '\t', day.substr(0, 6), '\t', day.substr(0, 4), '\t',
                        day.substr(0, 4), ".5");
  AppendActor(row.actor1, &out);
  AppendActor(row.actor2, &out);
  out += Cat('\t', row.root_event ? 1 : 0, '\t', cameo, '\t', cameo.substr(0, 3), '\t',
             cameo.substr(0, 2), '\t', QuadClass(row.code), '\t', Fixed(Goldstein(row.code), 1),
             '\t', row.mentions, "\t1\t", row.mentions, '\t', Fixed(row.tone, 14));
  AppendPlace(row.actor1.empty() ? -1 : row.place, &out);
  AppendPlace(row.actor2.empty() ? -1 : row.place, &out);
  AppendPlace(row.place, &out);
  out += Cat('\t', Compact(row.added), '\t', row.url);
  return out;
}

}  // namespace entente::bench
