#include "ingest/coder/title_names.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/strings.h"
#include "ingest/knowledge/folding.h"

namespace entente::coder {
namespace {

constexpr float kCertainty = 0.85f;  // a surname that one full name of the text has

std::vector<std::string> FoldedWords(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view token : knowledge::SplitPhrase(text)) {
    if (knowledge::IsTransparent(token)) continue;
    for (knowledge::FoldedPart& part : knowledge::FoldToken(token)) {
      words.push_back(std::move(part.text));
    }
  }
  return words;
}

// People by the first and the last word of their full names; null where several have it.
using People = std::map<std::string, const ActorRef*>;

void AddPerson(const std::string& word, const ActorRef& person, People* people) {
  const auto [known, added] = people->emplace(word, &person);
  if (!added && known->second != nullptr && known->second->id != person.id) known->second = nullptr;
}

People PeopleOf(const DocumentActors& body) {
  People people;
  for (const ActorMention& mention : body.mentions) {
    if (mention.form != MentionForm::kName) continue;
    for (const ActorRef& actor : mention.actors) {
      if (actor.kind != v1::PERSON) continue;
      const std::vector<std::string> words = FoldedWords(actor.display_name);
      if (words.size() < 2) continue;
      AddPerson(words.front(), actor, &people);
      AddPerson(words.back(), actor, &people);
    }
  }
  return people;
}

// The one word by which the mention names its person; empty if there are more, or none.
std::string SingleName(const ActorMention& mention, const nlp::Document& title) {
  if (mention.form != MentionForm::kName || mention.actors.size() != 1) return "";
  // A surname that nobody has heard of may be taken for an organisation's.
  const ActorRef& actor = mention.actors.front();
  if (actor.kind != v1::PERSON && !actor.discovered) return "";
  const std::vector<std::string> known = FoldedWords(actor.display_name);
  std::string name;
  for (std::string& word : FoldedWords(title.Text(mention.span))) {
    if (std::find(known.begin(), known.end(), word) == known.end()) continue;
    if (!name.empty()) return "";
    name = std::move(word);
  }
  return name;
}

}  // namespace

void NameTitleByText(const DocumentActors& body, const nlp::Document& title,
                     DocumentActors* title_actors) {
  const People people = PeopleOf(body);
  for (ActorMention& mention : title_actors->mentions) {
    const std::string name = SingleName(mention, title);
    if (name.empty()) continue;
    const auto found = people.find(name);
    if (found == people.end() || found->second == nullptr) continue;
    ActorRef& actor = mention.actors.front();
    if (actor.id == found->second->id) continue;
    const nlp::Span span = actor.span;
    actor = *found->second;
    actor.span = span;
    actor.how = Cat("a name of the title; the text has ", actor.display_name, " (",
                    found->second->how, ")");
    mention.confidence = std::max(mention.confidence, kCertainty);
  }
}

}  // namespace entente::coder
