// Rows like those of GDELT 1.0's event export, as many as wanted, the same for the same seed.
//
//   GdeltGenerator generator(42);
//   for (int64_t i = 0; i < 1'000'000; ++i) Use(generator.Next());
//   std::string line = GdeltGenerator::ToTsv(row);      // 58 columns, without the line's end
//
// The shape is that of a real quarter of an hour of GDELT 2 (2,111 rows): rows come by number and
// by day; four in a hundred are of a week, a month or a year before; one in eight has no first
// actor, one in four no second, one in thirty neither; an actor is a country, a country's sector,
// or a sector alone; five rows share a URL of 100 bytes. Countries, sectors, codes, places and
// publishers follow Zipf's law with exponent 1.
//
// Thread safety: one thread at a time.
#ifndef ENTENTE_BENCH_GDELT_GENERATOR_H_
#define ENTENTE_BENCH_GDELT_GENERATOR_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "base/time.h"

namespace entente::bench {

// Ranks 0 to n-1 with probability in proportion to 1 / (rank + 1).
class Zipf {
 public:
  explicit Zipf(int n);
  int operator()(std::mt19937_64& random) const;

 private:
  std::vector<double> cumulative_;
};

struct GdeltActor {
  int country = -1;  // rank, or -1: none
  int sector = -1;   // rank, or -1: none
  bool empty() const { return country < 0 && sector < 0; }
};

struct GdeltRow {
  int64_t id = 0;
  Date day;    // of the event
  Date added;  // to the data set
  GdeltActor actor1, actor2;
  int code = 0;  // rank of the CAMEO code
  bool root_event = false;
  int mentions = 1;
  double tone = 0;
  int place = -1;  // rank, or -1: none
  std::string url;
};

class GdeltGenerator {
 public:
  static constexpr int kCountries = 230;
  static constexpr int kSectors = 30;
  static constexpr int kCodes = 240;
  static constexpr int kPlaces = 40'000;
  static constexpr int kDays = 1000;
  static constexpr int64_t kFirstId = 410'000'000;

  // `rows` is how many will be taken: they are spread over kDays days from 2020-01-01.
  GdeltGenerator(uint64_t seed, int64_t rows);

  GdeltRow Next();

  // For questions that ask mostly for what there is most of.
  int Country() { return countries_(random_); }
  Date Day();

  static std::string CountryCode(int country);         // "AAB": three letters
  static std::string SectorCode(int sector);           // "GAA"
  static std::string CameoCode(int code);              // "0103": root, digits
  static int Root(int code) { return 1 + code % 20; }  // of CAMEO, 1 to 20
  static int QuadClass(int code);                      // 1 to 4
  static double Goldstein(int code);                   // -10 to 10
  static std::string PlaceName(int place);
  static double Latitude(int place);
  static double Longitude(int place);
  static int PlaceCountry(int place) { return place % kCountries; }

  // The 58 columns of a GDELT 1.0 daily export, separated by tabs.
  static std::string ToTsv(const GdeltRow& row);

 private:
  GdeltActor Actor();
  void NewArticle();
  uint64_t Below(uint64_t n) { return random_() % n; }

  std::mt19937_64 random_;
  const int64_t rows_;
  int64_t next_ = 0;
  int left_of_article_ = 0;  // rows that still come of the same report
  std::string url_;
  double tone_ = 0;
  const Zipf countries_{kCountries};
  const Zipf sectors_{kSectors};
  const Zipf codes_{kCodes};
  const Zipf places_{kPlaces};
  const Zipf publishers_{5000};
  const Zipf words_{3000};
};

}  // namespace entente::bench

#endif  // ENTENTE_BENCH_GDELT_GENERATOR_H_
