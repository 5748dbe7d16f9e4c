#include "ingest/nlp/train/wordnet.h"

#include <array>
#include <unordered_map>
#include <utility>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kFileBytesMax = size_t{64} << 20;

struct PartOfSpeech {
  std::string_view name;
  uint8_t bit;
};
constexpr std::array<PartOfSpeech, 4> kParts = {{{"noun", 1}, {"verb", 2}, {"adj", 4}, {"adv", 8}}};

// data.*: "offset file type words… | gloss". Keeps file numbers by offset, and the glosses.
std::unordered_map<std::string, uint8_t> ReadData(std::string_view bytes, WordNet* wordnet) {
  std::unordered_map<std::string, uint8_t> file_of;
  for (std::string_view line : Split(bytes, '\n')) {
    int64_t file = 0;
    if (line.size() < 11 || line[0] == ' ' || !ParseInt64(line.substr(9, 2), &file)) continue;
    file_of[std::string(line.substr(0, 8))] = static_cast<uint8_t>(file);
    const size_t gloss = line.find(" | ");
    if (gloss != std::string_view::npos) {
      wordnet->glosses.emplace_back(Trim(line.substr(gloss + 3)));
    }
  }
  return file_of;
}

// index.*: "lemma … offset offset …", the first of the offsets the commonest sense.
void ReadIndex(std::string_view bytes, const PartOfSpeech& part,
               const std::unordered_map<std::string, uint8_t>& file_of, WordNet* wordnet) {
  for (std::string_view line : Split(bytes, '\n')) {
    if (line.empty() || line[0] == ' ') continue;
    const std::vector<std::string_view> fields = Split(Trim(line), ' ');
    int64_t senses = 0;
    if (fields.size() < 7 || fields[0].find('_') != std::string_view::npos ||
        !ParseInt64(fields[2], &senses) || senses < 1 ||
        fields.size() < static_cast<size_t>(senses)) {
      continue;
    }
    WordNetEntry& entry = wordnet->words[std::string(fields[0])];
    entry.pos |= part.bit;
    const auto file =
        file_of.find(std::string(fields[fields.size() - static_cast<size_t>(senses)]));
    if (file == file_of.end()) continue;
    if (part.name == "noun") entry.noun_sense = file->second;
    if (part.name == "verb") entry.verb_sense = file->second;
  }
}

// The endings of regular inflection and what stands in their place in the lemma.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kEndings = {{{"ies", "y"},
                                                                                     {"ves", "f"},
                                                                                     {"men", "man"},
                                                                                     {"es", "e"},
                                                                                     {"es", ""},
                                                                                     {"s", ""},
                                                                                     {"ied", "y"},
                                                                                     {"ed", "e"},
                                                                                     {"ed", ""},
                                                                                     {"ing", "e"},
                                                                                     {"ing", ""},
                                                                                     {"iest", "y"},
                                                                                     {"ier", "y"},
                                                                                     {"est", ""},
                                                                                     {"er", ""},
                                                                                     {"'s", ""}}};

}  // namespace

WordNetEntry WordNet::Lookup(const std::string& word) const {
  if (const auto found = words.find(word); found != words.end()) return found->second;
  if (const auto base = irregular.find(word); base != irregular.end()) {
    if (const auto found = words.find(base->second); found != words.end()) return found->second;
  }
  for (const auto& [ending, replacement] : kEndings) {
    if (word.size() < ending.size() + 2 || !word.ends_with(ending)) continue;
    std::string stem = word.substr(0, word.size() - ending.size());
    const bool doubled =
        replacement.empty() && stem.size() > 2 && stem.back() == stem[stem.size() - 2];
    if (const auto found = words.find(stem + std::string(replacement)); found != words.end()) {
      return found->second;
    }
    if (!doubled) continue;
    stem.pop_back();
    if (const auto found = words.find(stem); found != words.end()) return found->second;
  }
  return {};
}

absl::StatusOr<WordNet> ReadWordNet(const std::string& directory) {
  WordNet wordnet;
  for (const PartOfSpeech& part : kParts) {
    ENTENTE_ASSIGN_OR_RETURN(const std::string data,
                             ReadFile(Cat(directory, "/data.", part.name), kFileBytesMax));
    ENTENTE_ASSIGN_OR_RETURN(const std::string index,
                             ReadFile(Cat(directory, "/index.", part.name), kFileBytesMax));
    ENTENTE_ASSIGN_OR_RETURN(const std::string exceptions,
                             ReadFile(Cat(directory, "/", part.name, ".exc"), kFileBytesMax));
    ReadIndex(index, part, ReadData(data, &wordnet), &wordnet);
    for (std::string_view line : Split(exceptions, '\n')) {
      const std::vector<std::string_view> fields = Split(line, ' ');
      if (fields.size() >= 2) wordnet.irregular.emplace(fields[0], fields[1]);
    }
  }
  return wordnet;
}

}  // namespace entente::nlp::train
