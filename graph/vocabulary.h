// The numbers of the words that events repeat: types, sub-types and roles. The store does not know
// the ontology; it numbers what it meets, from 1.
//
//   const WordNumber type = words.Find("meeting");   // 0: no event has it
//
// Thread safety: all methods may be called from any thread.
#ifndef ENTENTE_GRAPH_VOCABULARY_H_
#define ENTENTE_GRAPH_VOCABULARY_H_

#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "graph/imported_event.h"
#include "graph/keys.h"

namespace entente::graph {

class Vocabulary {
 public:
  WordNumber Find(std::string_view word) const {
    const std::shared_lock lock(mutex_);
    const auto it = numbers_.find(word);
    return it == numbers_.end() ? 0 : it->second;
  }

  // "" if the number stands for no word.
  std::string Word(WordNumber number) const {
    const std::shared_lock lock(mutex_);
    return number < words_.size() ? words_[number] : std::string();
  }

  // The same without a copy: valid as long as the vocabulary.
  std::string_view View(WordNumber number) const {
    const std::shared_lock lock(mutex_);
    return number < words_.size() ? std::string_view(words_[number]) : std::string_view();
  }

  // A number that has a word keeps it.
  void Add(WordNumber number, std::string_view word) {
    const std::unique_lock lock(mutex_);
    if (words_.size() <= number) words_.resize(size_t{number} + 1);
    if (words_[number].empty()) words_[number] = std::string(word);
    numbers_[std::string(word)] = number;
  }

  // Adds a template of imported events. REQUIRES: its words have numbers.
  void AddTemplate(uint32_t number, v1::Event event) {
    ImportTables::Template added;
    added.type = Find(event.type());
    added.subtype = Find(event.subtype());
    for (const v1::Participant& p : event.participants()) added.roles.push_back(Find(p.role()));
    added.event = std::move(event);
    imports_.AddTemplate(number, std::move(added));
  }
  // What imported events have in common; see imported_event.h.
  ImportTables& imports() { return imports_; }
  const ImportTables& imports() const { return imports_; }

  // All numbers in use, in order.
  std::vector<WordNumber> All() const {
    const std::shared_lock lock(mutex_);
    std::vector<WordNumber> all;
    for (WordNumber i = 1; i < words_.size(); ++i) {
      if (!words_[i].empty()) all.push_back(i);
    }
    return all;
  }

 private:
  ImportTables imports_;
  mutable std::shared_mutex mutex_;
  std::map<std::string, WordNumber, std::less<>> numbers_;
  std::deque<std::string> words_;  // by number; they stay where they are
};

// The words of the types that an answer has met, so that the vocabulary is locked once for each.
//
//   TypeNames names(view.words());
//   for (const EventRow& row : rows) Use(names[row.type]);
//
// Thread safety: belongs to one thread. The views are valid as long as the vocabulary.
class TypeNames {
 public:
  explicit TypeNames(const Vocabulary& words) : words_(words) {}
  std::string_view operator[](WordNumber type) {
    if (type >= kHeld) return words_.View(type);
    if (names_[type].empty()) names_[type] = words_.View(type);
    return names_[type];
  }

 private:
  static constexpr size_t kHeld = 128;
  const Vocabulary& words_;
  std::string_view names_[kHeld];
};

}  // namespace entente::graph

#endif  // ENTENTE_GRAPH_VOCABULARY_H_
