#include "ingest/nlp/grammar.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "base/status.h"

namespace entente::nlp {
namespace {

constexpr uint8_t kWordNetVerb = 2;  // a bit of WordClass::wordnet_pos

bool IsCapital(WordShape shape) {
  return shape == WordShape::kCapitalized || shape == WordShape::kUpper ||
         shape == WordShape::kHyphenatedCapital || shape == WordShape::kSingleUpper ||
         shape == WordShape::kMixed;
}

// Whether nearly every word is capitalised: what is not is short and no verb ("of", "the", "'s"),
// and most words are capitalised even so. A sentence with three words or fewer shows nothing.
bool CapitalsCarryNothing(std::span<const Token> tokens, std::span<const WordFeatures> words) {
  constexpr size_t kCapitalsMin = 4;
  constexpr uint32_t kSmallWordBytesMax = 4;
  size_t capitals = 0;
  size_t small = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (IsCapital(words[i].shape)) ++capitals;
    if (words[i].shape != WordShape::kLower) continue;
    const bool clitic = i > 0 && !tokens[i - 1].space_after;
    const bool verb = (words[i].known.wordnet_pos & kWordNetVerb) != 0;
    if (!clitic && (verb || tokens[i].span.size() > kSmallWordBytesMax)) return false;
    ++small;
  }
  return capitals >= kCapitalsMin && capitals > 2 * small;
}

size_t CountVerbs(const TagSet& tag_set, std::span<const TagId> tags) {
  return std::count_if(tags.begin(), tags.end(),
                       [&](TagId tag) { return tag_set.upos(tag) == Upos::kVerb; });
}

// Whether nothing is known of the word but how it is written, which is how unheard names look.
bool IsUnknown(const WordClass& known) {
  return known.cluster == 0 && known.tags == 0 && known.wordnet_pos == 0;
}

}  // namespace

absl::StatusOr<Grammar> Grammar::Load(const ModelFile& file) {
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view words_bytes, file.Section(kWordsSection));
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view tagger_bytes, file.Section(kTaggerSection));
  ENTENTE_ASSIGN_OR_RETURN(const std::string_view parser_bytes, file.Section(kParserSection));
  ENTENTE_ASSIGN_OR_RETURN(WordTable words, WordTable::Parse(words_bytes));
  ENTENTE_ASSIGN_OR_RETURN(Tagger tagger, Tagger::Parse(tagger_bytes));
  ENTENTE_ASSIGN_OR_RETURN(Parser parser, Parser::Read(parser_bytes));
  return Grammar(std::move(words), std::move(tagger), std::move(parser));
}

size_t Grammar::BatchSize(std::span<const Sentence> sentences) {
  size_t count = 0, words = 0;
  while (count < sentences.size()) {
    words += sentences[count].tokens.size();
    if (count > 0 && words > Parser::kTogetherMax) break;
    ++count;
  }
  return count;
}

void Grammar::Annotate(const Document& document, std::span<Sentence> sentences,
                       Scratch* scratch) const {
  Tag(document, sentences, scratch);
  Parse(sentences, scratch);
  for (size_t i = 0; i < sentences.size(); ++i) {
    Reading& reading = scratch->readings[i];
    if (reading.lowered) reading.words.swap(reading.lower_words);
    scratch->tagged[i].words = reading.words;
  }
}

// Fills the other reading; true if it is the better one. The first pass has no capital
// but those of acronyms and unknown words; what is a name even so gets its capital back.
bool Grammar::ReadInLowerCase(const Document& document, const Sentence& sentence,
                              Reading* reading) const {
  const std::vector<WordFeatures>& words = reading->words;
  if (!CapitalsCarryNothing(sentence.tokens, words)) return false;
  const bool shouted = std::none_of(words.begin(), words.end(), [](const WordFeatures& word) {
    return word.shape == WordShape::kCapitalized || word.shape == WordShape::kLower;
  });
  reading->lower_words = words;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool acronym = words[i].shape == WordShape::kUpper && !shouted;
    if (!IsCapital(words[i].shape) || acronym || IsUnknown(words[i].known)) continue;
    words_.Describe(TableForm(document.Text(sentence.tokens[i].span)), &reading->lower_words[i]);
  }
  const TagSet& tag_set = tagger_.tag_set();
  tagger_.Tag(reading->lower_words, &reading->lower_tags);
  for (size_t i = 0; i < words.size(); ++i) {
    if (tag_set.upos(reading->lower_tags[i]) == Upos::kPropn) reading->lower_words[i] = words[i];
  }
  tagger_.Tag(reading->lower_words, &reading->lower_tags);
  return CountVerbs(tag_set, reading->lower_tags) > CountVerbs(tag_set, reading->tags);
}

void Grammar::Tag(const Document& document, std::span<Sentence> sentences, Scratch* scratch) const {
  if (scratch->readings.size() < sentences.size()) scratch->readings.resize(sentences.size());
  scratch->tagged.clear();
  for (size_t i = 0; i < sentences.size(); ++i) {
    Reading& reading = scratch->readings[i];
    TagSentence(document, &sentences[i], &reading);
    scratch->tagged.push_back({reading.words, reading.tags, &tagger_.tag_set()});
  }
}

void Grammar::TagSentence(const Document& document, Sentence* sentence, Reading* reading) const {
  words_.Describe(document, sentence->tokens, &reading->words);
  tagger_.Tag(reading->words, &reading->tags);
  reading->lowered = ReadInLowerCase(document, *sentence, reading);
  if (reading->lowered) {
    reading->words.swap(reading->lower_words);
    reading->tags.swap(reading->lower_tags);
  }
  for (size_t i = 0; i < sentence->tokens.size(); ++i) {
    Token& token = sentence->tokens[i];
    token.upos = tagger_.tag_set().upos(reading->tags[i]);
    token.xpos = tagger_.tag_set().xpos(reading->tags[i]);
  }
}

void Grammar::Parse(std::span<Sentence> sentences, Scratch* scratch) const {
  const TagSet& tag_set = tagger_.tag_set();
  parser_.Parse(scratch->tagged, &scratch->parser, &scratch->parsed);
  for (size_t number = 0; number < sentences.size(); ++number) {
    std::vector<TagId>& tags = scratch->readings[number].tags;
    const ParsedWords& parsed = scratch->parsed[number];
    tags = parsed.tags;
    scratch->tagged[number].tags = tags;
    const auto root = static_cast<int32_t>(sentences[number].tokens.size());
    for (int32_t i = 0; i < root; ++i) {
      Token& token = sentences[number].tokens[i];
      const int32_t head = parsed.tree.heads[i];
      token.head = head == root ? -1 : head;
      token.deprel = parsed.tree.labels[i];
      token.upos = tag_set.upos(tags[i]);
      token.xpos = tag_set.xpos(tags[i]);
    }
  }
}

}  // namespace entente::nlp
