// Goal: the house stays as docs/architecture.md draws it. Link targets alone cannot hold it, since
// all folders share one include root, so this reads every source file.
//
// Method: each folder names what it may include (kLayers), headers of libraries are confined to the
// folders that own them (kConfined), and every source is checked for line length, header guards and
// calls that we do not use. A fault is reported as file:line with what to do.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace entente {
namespace {

namespace fs = std::filesystem;

struct Layer {
  std::string folder;                // the longest prefix of a file's path decides
  std::vector<std::string> allowed;  // folders of ours that it may include, besides itself
};

// From the bottom up. "entente/v1" is the generated code of proto/.
const std::vector<Layer> kLayers = {
    {"base", {}},
    {"graph/kv", {"base"}},
    {"graph", {"graph/kv", "base", "entente/v1"}},
    {"ingest/nlp/train", {"ingest/nlp", "base"}},
    {"ingest/nlp", {"base"}},
    {"ingest/knowledge", {"base", "entente/v1"}},
    {"ingest/coder", {"ingest/nlp", "ingest/knowledge", "base", "entente/v1"}},
    {"ingest/eval", {"ingest/coder", "base", "entente/v1"}},
    {"ingest/import", {"ingest/coder", "ingest/knowledge", "base", "entente/v1"}},
    {"ingest/dictionary",
     {"ingest/import", "ingest/coder", "ingest/knowledge", "base", "entente/v1"}},
    {"ingest",
     {"ingest/import", "ingest/coder", "ingest/nlp", "ingest/knowledge", "graph", "base",
      "entente/v1"}},
    {"services",
     {"ingest", "ingest/coder", "ingest/nlp", "ingest/knowledge", "graph", "base", "entente/v1"}},
    {"clients/train", {"ingest/nlp/train", "ingest/nlp", "base"}},
    {"clients/cli",
     {"services", "ingest", "ingest/dictionary", "ingest/eval", "ingest/import", "ingest/coder",
      "ingest/nlp", "ingest/knowledge", "graph", "base", "entente/v1"}},
};

struct Confined {
  std::string prefix;                // of an included library header
  std::vector<std::string> folders;  // the only ones that may include it
};

const std::vector<Confined> kConfined = {
    {"rocksdb/", {"graph/kv"}},
    {"boost/", {"graph"}},
    {"grpcpp/", {"services", "clients/cli"}},
    {"grpc/", {"services", "clients/cli"}},
    {"CLI/", {"clients"}},
    {"libstemmer.h", {"graph"}},
};

// Not used in ours: they end the process or hide an error behind the caller's back, or are
// unbounded.
const std::vector<std::string> kBanned = {"abort(", "strcpy(",    "sprintf(",
                                          "atoi(",  "std::stoi(", "using namespace std;"};

constexpr size_t kMaxColumns = 100;

bool IsUnder(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.compare(0, folder.size(), folder) == 0 &&
         path[folder.size()] == '/';
}

// The entry of `layers` whose folder is the longest prefix of `path`; null if there is none.
const Layer* LayerOf(const std::string& path) {
  const Layer* best = nullptr;
  for (const Layer& layer : kLayers) {
    if (IsUnder(path, layer.folder) && (!best || layer.folder.size() > best->folder.size())) {
      best = &layer;
    }
  }
  return best;
}

struct Source {
  std::string path;  // relative to the root of the tree
  std::vector<std::string> lines;
};

std::vector<Source> ReadSources(const std::vector<std::string>& folders) {
  const fs::path root = ENTENTE_SOURCE_DIR;
  std::vector<Source> sources;
  for (const std::string& folder : folders) {
    if (!fs::exists(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension != ".cc" && extension != ".h") continue;
      Source source{fs::relative(entry.path(), root).generic_string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) source.lines.push_back(line);
      sources.push_back(std::move(source));
    }
  }
  return sources;
}

// The header that `line` includes; empty if it includes none.
std::string IncludedBy(const std::string& line) {
  if (line.rfind("#include ", 0) != 0) return "";
  const size_t open = line.find_first_of("<\"");
  if (open == std::string::npos) return "";
  const size_t close = line.find_first_of(">\"", open + 1);
  return close == std::string::npos ? "" : line.substr(open + 1, close - open - 1);
}

// How many columns a UTF-8 line takes: its code points.
size_t Columns(const std::string& line) {
  return static_cast<size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// "" if a file at `path` may include `header`, else what is wrong.
std::string FaultOfInclude(const std::string& path, const std::string& header) {
  const Layer* layer = LayerOf(path);
  if (layer == nullptr) return "";
  for (const Confined& confined : kConfined) {
    if (header.rfind(confined.prefix, 0) != 0) continue;
    const bool allowed =
        std::any_of(confined.folders.begin(), confined.folders.end(),
                    [&](const std::string& folder) { return IsUnder(path, folder); });
    if (!allowed) return header + " may be included only in " + confined.folders.front();
  }
  std::string target;
  if (header.rfind("entente/v1/", 0) == 0) {
    target = "entente/v1";
  } else if (const Layer* other = LayerOf(header)) {
    target = other->folder;
  } else {
    return "";
  }
  if (target == layer->folder) return "";
  const bool allowed =
      std::find(layer->allowed.begin(), layer->allowed.end(), target) != layer->allowed.end();
  return allowed ? "" : layer->folder + " may not include " + target + " (" + header + ")";
}

const std::vector<std::string> kProduct = {"base", "graph", "ingest", "services", "clients"};
const std::vector<std::string> kEverything = {"base",    "graph", "ingest", "services",
                                              "clients", "tests", "bench"};

TEST(LintTest, FoldersIncludeOnlyWhatLiesBelowThem) {
  size_t includes = 0;
  for (const Source& source : ReadSources(kProduct)) {
    for (size_t i = 0; i < source.lines.size(); ++i) {
      const std::string header = IncludedBy(source.lines[i]);
      if (header.empty()) continue;
      ++includes;
      const std::string fault = FaultOfInclude(source.path, header);
      EXPECT_EQ(fault, "") << source.path << ":" << i + 1;
    }
  }
  EXPECT_GT(includes, 50u) << "the scan found hardly any source: is ENTENTE_SOURCE_DIR right?";
}

// The rules themselves must be able to fail.
TEST(LintTest, TheRulesFindFaults) {
  EXPECT_NE(FaultOfInclude("graph/store.cc", "ingest/job.h"), "");
  EXPECT_NE(FaultOfInclude("base/time.h", "graph/store.h"), "");
  EXPECT_NE(FaultOfInclude("ingest/nlp/tagger.cc", "ingest/coder/coder.h"), "");
  EXPECT_NE(FaultOfInclude("ingest/job.cc", "rocksdb/db.h"), "");
  EXPECT_NE(FaultOfInclude("graph/store.h", "grpcpp/grpcpp.h"), "");
  EXPECT_EQ(FaultOfInclude("services/server.cc", "graph/store.h"), "");
  EXPECT_EQ(FaultOfInclude("graph/kv/rocksdb_database.cc", "rocksdb/db.h"), "");
}

TEST(LintTest, LinesFitAndHeadersAreGuarded) {
  for (const Source& source : ReadSources(kEverything)) {
    for (size_t i = 0; i < source.lines.size(); ++i) {
      EXPECT_LE(Columns(source.lines[i]), kMaxColumns) << source.path << ":" << i + 1;
      EXPECT_EQ(source.lines[i].find('\t'), std::string::npos)
          << source.path << ":" << i + 1 << ": a tab";
    }
    if (!source.path.ends_with(".h")) continue;
    std::string guard = "ENTENTE_";
    for (char c : source.path) {
      guard.push_back(std::isalnum(static_cast<unsigned char>(c))
                          ? static_cast<char>(std::toupper(static_cast<unsigned char>(c)))
                          : '_');
    }
    guard.push_back('_');
    EXPECT_TRUE(std::find(source.lines.begin(), source.lines.end(), "#ifndef " + guard) !=
                source.lines.end())
        << source.path << ": the header guard should be " << guard;
    EXPECT_TRUE(!source.lines.empty() && source.lines.front().rfind("//", 0) == 0)
        << source.path << ": a header opens with a paragraph that says what it is";
  }
}

TEST(LintTest, OursDoesNotThrowNorUseBannedCalls) {
  for (const Source& source : ReadSources(kProduct)) {
    for (size_t i = 0; i < source.lines.size(); ++i) {
      const std::string& line = source.lines[i];
      const std::string code = line.substr(0, line.find("//"));
      for (const std::string& banned : kBanned) {
        const size_t at = code.find(banned);
        const bool word = at != std::string::npos &&
                          (at == 0 || (!std::isalnum(static_cast<unsigned char>(code[at - 1])) &&
                                       code[at - 1] != '_'));
        EXPECT_FALSE(word) << source.path << ":" << i + 1 << ": " << banned;
      }
      EXPECT_EQ(code.find("throw "), std::string::npos)
          << source.path << ":" << i + 1 << ": return an absl::Status instead";
    }
  }
}

}  // namespace
}  // namespace entente
