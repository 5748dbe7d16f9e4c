#include "ingest/nlp/abbreviations.h"

#include <algorithm>
#include <span>
#include <string>

namespace entente::nlp {
namespace {

// Each list is sorted by bytes, since it is searched by halves.
constexpr std::string_view kTitles[] = {
    "Adm",  "Amb",    "Assn", "Atty",  "Brig", "Bros", "Capt",   "Cdr",  "Cmdr", "Cmdt",
    "Col",  "Cpl",    "Cpt",  "Det",   "Dr",   "Drs",  "Ens",    "Fr",   "Ft",   "Gen",
    "Gov",  "Hon",    "Insp", "Lieut", "Lt",   "Maj",  "Messrs", "Mlle", "Mme",  "Mr",
    "Mrs",  "Ms",     "Msgr", "Mt",    "N.b",  "Ofc",  "Pfc",    "Pres", "Prof", "Rep",
    "Reps", "Rev",    "Sen",  "Sens",  "Sgt",  "Spc",  "Spec",   "St",   "Ste",  "Supt",
    "Ven",  "approx", "ca",   "cf",    "e.g",  "eg",   "i.e",    "viz",  "vs"};

constexpr std::string_view kMayEnd[] = {
    "Ala",  "Ariz", "Ark",    "Attn", "Aug",   "Ave",  "B.Sc", "Blvd",  "Blvds", "Calif", "Co",
    "Colo", "Conn", "Corp",   "Cos",  "Dec",   "Dept", "Dist", "Esq",   "Feb",   "Fla",   "Fri",
    "Inc",  "Intl", "Jan",    "Jr",   "Ltd",   "M.Sc", "Mfg",  "Mich",  "Minn",  "Natl",  "Nev",
    "Nov",  "Oct",  "Okla",   "Penn", "Ph",    "Ph.D", "Pty",  "Pvt",   "Sep",   "Sept",  "Sq",
    "Sr",   "Tenn", "Tex",    "Thur", "Thurs", "Tue",  "Tues", "U.S.A", "Va",    "Vt",    "Wis",
    "Wyo",  "al",   "approx", "assn", "avg",   "bn",   "c.f",  "ca",    "co",    "corp",  "dept",
    "div",  "esp",  "est",    "etc",  "excl",  "ext",  "ft",   "govt",  "hrs",   "inc",   "incl",
    "lb",   "lbs",  "ltd",    "max",  "min",   "mins", "misc", "mo",    "nr",    "oz",    "pc",
    "pct",  "pl",   "pp",     "pt",   "qtr",   "rd",   "reps", "sq",    "tel",   "univ",  "vol",
    "vols", "vs",   "wk",     "yr",   "yrs"};

constexpr std::string_view kCompanies[] = {"Aug", "Co",  "Corp", "Dec", "Feb", "Inc",  "Jan", "Jr",
                                           "Ltd", "Nov", "Oct",  "Pty", "Pvt", "Sept", "Sr"};

constexpr std::string_view kBeforeDigit[] = {
    "Apr", "Art", "Arts", "Ch", "Fig", "Figs", "Jul", "Jun", "Mar", "Mon",
    "No",  "Nos", "Op",   "Pt", "Res", "Sat",  "Sec", "Sun", "Vol", "Vols",
    "Wed", "art", "c",    "ch", "fig", "no",   "nos", "p",   "sec"};

constexpr std::string_view kAfterComma[] = {"Alta", "Del",  "Ga",  "Ill", "Ind",  "Kan",  "Ky",
                                            "La",   "Mass", "Md",  "Me",  "Miss", "Mo",   "Mont",
                                            "Neb",  "Ont",  "Ore", "Pa",  "Que",  "Sask", "Wash"};

constexpr std::string_view kOpeners[] = {
    "a",         "about",        "according", "after",   "all",     "also",    "although",
    "among",     "an",           "and",       "another", "any",     "are",     "as",
    "at",        "because",      "before",    "being",   "besides", "both",    "but",
    "by",        "can",          "despite",   "did",     "do",      "don't",   "during",
    "each",      "earlier",      "even",      "every",   "few",     "first",   "following",
    "for",       "from",         "further",   "given",   "had",     "has",     "have",
    "he",        "he's",         "her",       "here",    "his",     "how",     "however",
    "i",         "i'm",          "if",        "in",      "indeed",  "instead", "is",
    "it",        "it's",         "its",       "last",    "later",   "like",    "many",
    "meanwhile", "more",         "moreover",  "most",    "much",    "my",      "nearly",
    "neither",   "nevertheless", "no",        "nor",     "not",     "nothing", "now",
    "of",        "officials",    "on",        "once",    "one",     "only",    "or",
    "other",     "others",       "our",       "over",    "people",  "perhaps", "police",
    "she",       "should",       "since",     "so",      "some",    "soon",    "still",
    "such",      "that",         "that's",    "the",     "their",   "them",    "then",
    "there",     "there's",      "therefore", "these",   "they",    "they're", "this",
    "those",     "though",       "through",   "thus",    "to",      "today",   "two",
    "under",     "unless",       "unlike",    "until",   "upon",    "was",     "we",
    "we're",     "were",         "what",      "when",    "where",   "whether", "which",
    "while",     "who",          "whose",     "why",     "will",    "with",    "within",
    "without",   "would",        "yesterday", "yet",     "you",     "your"};

constexpr std::string_view kPrefixes[] = {
    "anti", "arch",  "bi",   "co",    "counter", "couter", "cross",  "de",     "e",
    "ex",   "extra", "fore", "hyper", "infra",   "inter",  "intra",  "macro",  "mega",
    "meta", "micro", "mid",  "mini",  "mis",     "multi",  "neo",    "non",    "over",
    "pan",  "para",  "post", "pre",   "pro",     "proto",  "pseudo", "psycho", "re",
    "semi", "socio", "sub",  "super", "trans",   "tri",    "ultra",  "un",     "uni"};

constexpr std::string_view kSyllables[] = {
    "ah",    "ai",     "an",     "bae",    "bai",    "bao",    "beom",   "bin",   "bo",     "bok",
    "bong",  "bum",    "byeong", "byong",  "byul",   "byung",  "cha",    "chae",  "chan",   "chang",
    "chen",  "cheng",  "cheol",  "cheon",  "cheuk",  "cheung", "chi",    "chien", "chih",   "chin",
    "ching", "chiu",   "cho",    "choe",   "choi",   "chol",   "chon",   "chong", "chor",   "chu",
    "chuan", "chuen",  "chul",   "chun",   "chung",  "dae",    "dal",    "deok",  "do",     "dok",
    "dong",  "duk",    "eok",    "eon",    "eui",    "eun",    "fai",    "fan",   "fang",   "feng",
    "fu",    "fung",   "gap",    "gi",     "gil",    "gon",    "gu",     "guk",   "gun",    "gwan",
    "gwang", "gwon",   "gyeong", "gyo",    "gyu",    "ha",     "hae",    "hak",   "han",    "hang",
    "hao",   "hee",    "heng",   "heon",   "heung",  "hi",     "ho",     "hoi",   "hok",    "hon",
    "hong",  "hoo",    "hsi",    "hsiang", "hsien",  "hsin",   "hsing",  "hsiu",  "hsiung", "hsu",
    "hua",   "huang",  "hui",    "hun",    "hung",   "hwa",    "hwan",   "hwang", "hye",    "hyeok",
    "hyeon", "hyo",    "hyok",   "hyon",   "hyong",  "hyuk",   "hyun",   "hyung", "ik",     "il",
    "im",    "in",     "ing",    "ja",     "jae",    "jang",   "je",     "jeon",  "jeong",  "jeou",
    "jeung", "ji",     "jia",    "jian",   "jie",    "jik",    "jin",    "jing",  "jo",     "jon",
    "jong",  "joo",    "joon",   "jou",    "ju",     "juan",   "jun",    "jung",  "ka",     "kai",
    "kan",   "kang",   "kar",    "kee",    "kei",    "keum",   "keun",   "keung", "khil",   "ki",
    "kil",   "kin",    "king",   "kit",    "ko",     "kok",    "kong",   "koo",   "ku",     "kuan",
    "kuang", "kui",    "kuk",    "kum",    "kun",    "kung",   "kuo",    "kwan",  "kwang",  "kwok",
    "kwon",  "kyeong", "kyo",    "kyong",  "kyoung", "kyu",    "kyun",   "kyung", "lai",    "lam",
    "lan",   "leung",  "li",     "lian",   "liang",  "lin",    "ling",   "lok",   "long",   "luen",
    "lun",   "lung",   "ma",     "mai",    "man",    "mei",    "meng",   "mi",    "min",    "ming",
    "mo",    "mok",    "moo",    "moon",   "mu",     "mun",    "myeong", "myong", "myoung", "myung",
    "nam",   "nan",    "ng",     "oh",     "ok",     "on",     "pei",    "pil",   "ping",   "po",
    "pong",  "pung",   "pyo",    "pyong",  "pyung",  "ra",     "rae",    "ran",   "ri",     "rim",
    "rok",   "ryeol",  "ryong",  "ryool",  "ryul",   "ryun",   "sam",    "san",   "sang",   "sau",
    "se",    "seo",    "seob",   "seok",   "seol",   "seon",   "seong",  "seop",  "seung",  "shan",
    "she",   "shek",   "sheng",  "shih",   "shik",   "shin",   "shing",  "shu",   "shui",   "shun",
    "si",    "sik",    "sil",    "sim",    "sin",    "sing",   "siu",    "so",    "sok",    "sol",
    "som",   "son",    "song",   "soo",    "sook",   "soon",   "su",     "suk",   "sum",    "sun",
    "sung",  "sup",    "ta",     "tae",    "taek",   "tai",    "tak",    "tang",  "tao",    "teh",
    "teng",  "ti",     "tin",    "ting",   "to",     "tong",   "tsai",   "tse",   "tseng",  "tsu",
    "tsun",  "tu",     "tung",   "ui",     "uk",     "um",     "un",     "wa",    "wah",    "wai",
    "wan",   "wang",   "wei",    "wen",    "wing",   "wo",     "won",    "wong",  "woo",    "wook",
    "woon",  "wu",     "yan",    "yang",   "yao",    "ye",     "yee",    "yeol",  "yeon",   "yeong",
    "yeop",  "yi",     "yik",    "yin",    "ying",   "yip",    "yiu",    "yo",    "yok",    "yol",
    "yon",   "yong",   "yoo",    "yoon",   "you",    "young",  "yu",     "yuan",  "yue",    "yuen",
    "yuet",  "yuk",    "yul",    "yun",    "yung",   "zhen",   "zhi"};

constexpr std::string_view kUnits[] = {
    "A.M.", "AM",      "BN",  "Bn",  "GB",  "GW",  "GWh",     "Hz",  "K",    "KB",       "KG",
    "KM",   "Kg",      "Km",  "M",   "MB",  "MHz", "MM",      "MPH", "MW",   "MWh",      "Mb",
    "Mm",   "P.M.",    "PM",  "TB",  "TWh", "a.m", "a.m.",    "am",  "b",    "billion",  "bn",
    "cc",   "cl",      "cm",  "ft",  "g",   "gb",  "ha",      "hh",  "hp",   "hr",       "hrs",
    "k",    "kHz",     "kW",  "kWh", "kb",  "kg",  "khz",     "km",  "kmh",  "kph",      "kt",
    "kw",   "lb",      "lbs", "m",   "mb",  "mg",  "million", "min", "mins", "ml",       "mm",
    "mn",   "mph",     "ms",  "mt",  "mw",  "nm",  "oz",      "p",   "p.m",  "p.m.",     "pc",
    "pct",  "percent", "pm",  "pt",  "px",  "sec", "sq",      "tn",  "tr",   "trillion", "x",
    "yd",   "yds",     "yr",  "yrs"};

constexpr std::string_view kSaying[] = {
    "accused",   "acknowledged", "added",     "adds",       "admitted", "agreed",    "alleged",
    "announced", "argued",       "argues",    "asked",      "asks",     "asserted",  "believes",
    "charged",   "claimed",      "commented", "complained", "conceded", "concluded", "confirmed",
    "continued", "cried",        "declared",  "demanded",   "denied",   "describes", "exclaimed",
    "explained", "explains",     "insisted",  "insists",    "joked",    "laughed",   "mused",
    "noted",     "notes",        "observed",  "pleaded",    "promised", "quipped",   "read",
    "reads",     "recalled",     "remarked",  "replied",    "reported", "responded", "said",
    "says",      "shouted",      "snapped",   "stated",     "stressed", "suggested", "tells",
    "thinks",    "thought",      "told",      "tweeted",    "urged",    "vowed",     "warned",
    "warns",     "whispered",    "wondered",  "writes",     "wrote",    "yelled"};

bool Contains(std::span<const std::string_view> sorted, std::string_view word) {
  return std::binary_search(sorted.begin(), sorted.end(), word);
}

bool IsAsciiLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// "U.S", "p.m", "J.R.R": single letters parted by full stops.
bool IsDottedLetters(std::string_view word) {
  if (word.size() < 3 || word.size() % 2 == 0) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (i % 2 == 0 ? !IsAsciiLetter(word[i]) : word[i] != '.') return false;
  }
  return true;
}

// "LTD" and "GEN" as "Ltd" and "Gen"; empty for a word that is not all capitals.
std::string FromCapitals(std::string_view word) {
  std::string out(word.substr(0, 1));
  for (const char c : word.substr(1)) {
    if (c < 'A' || c > 'Z') return {};
    out.push_back(static_cast<char>(c - 'A' + 'a'));
  }
  return out;
}

}  // namespace

Abbreviation AbbreviationOf(std::string_view word) {
  if (word.size() == 1) {
    return word[0] >= 'A' && word[0] <= 'Z'   ? Abbreviation::kMayEnd
           : word[0] == 'p' || word[0] == 'c' ? Abbreviation::kBeforeDigit
                                              : Abbreviation::kNo;
  }
  if (Contains(kTitles, word)) return Abbreviation::kTitle;
  if (Contains(kMayEnd, word) || IsDottedLetters(word)) return Abbreviation::kMayEnd;
  if (Contains(kBeforeDigit, word)) return Abbreviation::kBeforeDigit;
  if (Contains(kAfterComma, word)) return Abbreviation::kAfterComma;
  if (word.size() < 6 && IsAsciiLetter(word[0])) {
    const std::string folded = FromCapitals(word);
    if (!folded.empty() && Contains(kCompanies, folded)) return Abbreviation::kMayEnd;
    if (!folded.empty() && Contains(kTitles, folded)) return Abbreviation::kTitle;
  }
  return Abbreviation::kNo;
}

bool IsSentenceOpener(std::string_view word) { return Contains(kOpeners, word); }
bool IsHyphenPrefix(std::string_view word) { return Contains(kPrefixes, word); }
bool IsNameSyllable(std::string_view word) { return Contains(kSyllables, word); }
bool IsUnitAfterNumber(std::string_view word) { return Contains(kUnits, word); }
bool IsSayingVerb(std::string_view word) { return Contains(kSaying, word); }

}  // namespace entente::nlp
