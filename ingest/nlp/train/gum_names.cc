#include "ingest/nlp/train/gum_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"

namespace entente::nlp::train {
namespace {

constexpr size_t kFileBytesMax = size_t{256} << 20;

struct GumToken {
  std::string_view form;
  std::string_view upos, xpos;
};

struct Entity {
  std::string_view number;
  NameKind kind = NameKind::kOther;
  size_t first = 0, last = 0;  // of the whole mention
  size_t name_first = 0, name_last = 0;
};

// A sentence as it is read.
struct GumSentence {
  std::vector<GumToken> tokens;
  std::vector<Entity> open, closed;
};

NameKind KindOfType(std::string_view type) {
  if (type == "person") return NameKind::kPerson;
  if (type == "organization") return NameKind::kOrganization;
  if (type == "place") return NameKind::kLocation;
  return NameKind::kOther;
}

void Close(std::string_view number, size_t token, GumSentence* sentence) {
  for (size_t i = sentence->open.size(); i-- > 0;) {
    if (sentence->open[i].number != number) continue;
    Entity entity = sentence->open[i];
    entity.last = token;
    entity.name_last = std::min(entity.name_last, token);
    sentence->open.erase(sentence->open.begin() + static_cast<std::ptrdiff_t>(i));
    sentence->closed.push_back(entity);
    return;
  }
}

std::string_view LeadingDigits(std::string_view text) {
  size_t size = 0;
  while (size < text.size() && std::isdigit(static_cast<unsigned char>(text[size])) != 0) ++size;
  return text.substr(0, size);
}

// "36-place-giv:inact-nssns-cf4-1-coref-China": opens an entity at `token`.
void Open(std::string_view description, size_t token, GumSentence* sentence) {
  const std::vector<std::string_view> fields = Split(description, '-');
  Entity entity;
  entity.number = LeadingDigits(fields[0]);
  entity.first = entity.name_first = token;
  entity.name_last = SIZE_MAX;
  if (fields.size() > 1) entity.kind = KindOfType(fields[1]);
  if (fields.size() > 5) {
    // The words of its smallest span, counted from 1 in the mention.
    size_t least = SIZE_MAX, most = 0;
    for (const std::string_view place : Split(fields[5], ',')) {
      int64_t number = 0;
      if (!ParseInt64(place, &number) || number < 1) continue;
      least = std::min(least, static_cast<size_t>(number));
      most = std::max(most, static_cast<size_t>(number));
    }
    if (most > 0) {
      entity.name_first = token + least - 1;
      entity.name_last = token + most - 1;
    }
  }
  sentence->open.push_back(entity);
}

// The value of "Entity=", brackets that open and close one after the other.
void ReadEntities(std::string_view value, size_t token, GumSentence* sentence) {
  while (!value.empty()) {
    if (value[0] == '(') {
      const size_t end = std::min(value.find_first_of("()", 1), value.size());
      Open(value.substr(1, end - 1), token, sentence);
      value.remove_prefix(end);
      if (!value.empty() && value[0] == ')') {
        Close(sentence->open.back().number, token, sentence);
        value.remove_prefix(1);
      }
    } else {
      const size_t end = std::min(value.find(')'), value.size() - 1);
      Close(LeadingDigits(value), token, sentence);
      value.remove_prefix(end + 1);
    }
  }
}

bool IsCapitalised(std::string_view form) {
  const auto first = static_cast<unsigned char>(form[0]);
  return std::isupper(first) != 0 || first >= 0x80;
}

// Small words that a name may have inside.
bool MayStandInside(std::string_view form) {
  static constexpr std::array<std::string_view, 24> kWords = {
      "of", "the", "and", "for", "&",  "-",  "–",  "'",  "'s",  "’s", ".",  "de",
      "du", "la",  "von", "van", "al", "in", "on", "at", "del", "y",  "da", "e"};
  return std::find(kWords.begin(), kWords.end(), form) != kWords.end();
}

// Cuts an entity's smallest span to what is a name in it; false if nothing is.
bool CutToName(const std::vector<GumToken>& tokens, Entity* entity) {
  size_t first = entity->name_first, last = std::min(entity->name_last, entity->last);
  const auto begins = [&](size_t i) { return IsCapitalised(tokens[i].form); };
  while (first <= last && !begins(first)) ++first;
  if (first > last) return false;
  size_t end = first;
  for (size_t i = first; i <= last; ++i) {
    const bool person = entity->kind == NameKind::kPerson;
    if (begins(i) || tokens[i].upos == "NUM") {
      end = i;
    } else if (!MayStandInside(tokens[i].form) || (person && tokens[i].upos == "ADP")) {
      break;
    }
  }
  entity->name_first = first;
  entity->name_last = end;
  bool proper = false, plural = false;
  for (size_t i = first; i <= end; ++i) {
    proper |= tokens[i].upos == "PROPN";
    plural |= tokens[i].xpos == "NNPS";
  }
  return proper && !(plural && entity->kind == NameKind::kPerson);  // "Afghans" name nobody
}

NameSentence ToNames(GumSentence* sentence) {
  NameSentence result;
  for (const GumToken& token : sentence->tokens) result.forms.emplace_back(token.form);
  result.labels.assign(sentence->tokens.size(), kOutside);
  std::vector<Entity> names;
  for (Entity& entity : sentence->closed) {
    if (entity.kind != NameKind::kOther && CutToName(sentence->tokens, &entity)) {
      names.push_back(entity);
    }
  }
  std::stable_sort(names.begin(), names.end(), [](const Entity& a, const Entity& b) {
    return a.name_last - a.name_first > b.name_last - b.name_first;
  });
  for (const Entity& name : names) {
    const auto begin = result.labels.begin() + static_cast<std::ptrdiff_t>(name.name_first);
    const auto end = result.labels.begin() + static_cast<std::ptrdiff_t>(name.name_last) + 1;
    if (std::any_of(begin, end, [](NameLabel label) { return label != kOutside; })) continue;
    std::fill(begin, end, MakeNameLabel(NamePart::kInside, name.kind));
    *begin = MakeNameLabel(NamePart::kBegin, name.kind);
    *(end - 1) = MakeNameLabel(end - begin == 1 ? NamePart::kUnit : NamePart::kLast, name.kind);
  }
  return result;
}

std::string_view EntityOf(std::string_view misc) {
  constexpr std::string_view kField = "Entity=";
  for (const std::string_view field : Split(misc, '|')) {
    if (field.starts_with(kField)) return field.substr(kField.size());
  }
  return {};
}

}  // namespace

absl::Status ParseGumNames(std::string_view bytes, const std::string& path, NameCorpus* corpus) {
  GumSentence sentence;
  int64_t number = 0;
  const auto end_sentence = [&] {
    if (!sentence.tokens.empty()) corpus->push_back(ToNames(&sentence));
    sentence = GumSentence();
  };
  for (std::string_view line : Split(bytes, '\n')) {
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with('#')) continue;
    if (line.empty()) {
      end_sentence();
      continue;
    }
    const std::vector<std::string_view> fields = Split(line, '\t');
    if (fields.size() != 10 || fields[1].empty()) {
      return InvalidArgument(Cat(path, ":", number, ": a word has 10 columns"));
    }
    if (fields[0].find_first_of("-.") != std::string_view::npos) continue;
    sentence.tokens.push_back({fields[1], fields[3], fields[4]});
    ReadEntities(EntityOf(fields[9]), sentence.tokens.size() - 1, &sentence);
  }
  end_sentence();
  return absl::OkStatus();
}

absl::Status ReadGumNames(const std::string& path, NameCorpus* corpus) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path, kFileBytesMax));
  return ParseGumNames(bytes, path, corpus);
}

}  // namespace entente::nlp::train
