// The predicate-argument layer over a parsed sentence: who does what to whom for a verb, an event
// noun or an adjective, after undoing passives, relative and participle clauses, control, raising,
// coordination and light verbs ("launch an attack on"). Rules see only this, never the tree.
//
//   const SentenceTree tree(document, sentence);
//   for (const Argument& argument : ArgumentsOf(tree, token, TriggerKind::kVerb, rules)) { … }
//
// Trees are wrong in about one arc in seven, so attachments are read generously (a prepositional
// phrase counts for the verb and for its object) and each inference has a cost, from which the
// confidence of the event is lowered. Thread safety: const once built.
#ifndef ENTENTE_INGEST_CODER_CLAUSE_H_
#define ENTENTE_INGEST_CODER_CLAUSE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/coder/rule_set.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// A sentence with its children lists and lower-case lemmas. The document must outlive it.
class SentenceTree {
 public:
  SentenceTree(const nlp::Document& document, const nlp::Sentence& sentence);

  const nlp::Document& document() const { return *document_; }
  const nlp::Sentence& sentence() const { return *sentence_; }
  int size() const { return static_cast<int>(sentence_->tokens.size()); }
  const nlp::Token& token(int t) const { return sentence_->tokens[t]; }
  nlp::Deprel deprel(int t) const { return sentence_->tokens[t].deprel; }
  int head(int t) const { return sentence_->tokens[t].head; }  // -1 for the root
  // The lemma in lower case.
  const std::string& lemma(int t) const { return lemmas_[t]; }
  // The word as it stands, in lower case.
  const std::string& form(int t) const { return forms_[t]; }
  // Dependents of `t`, in order.
  const std::vector<int>& children(int t) const { return children_[t]; }
  // The first dependent with that relation; -1 if there is none.
  int Child(int t, nlp::Deprel deprel) const;
  bool HasChild(int t, nlp::Deprel deprel) const { return Child(t, deprel) >= 0; }
  // The preposition of a phrase's head ("case" dependent), lower case; empty if there is none.
  std::string_view Preposition(int t) const;
  // The particle of a verb ("carry *out*"), lower case; empty if there is none.
  std::string_view Particle(int t) const;
  // Lower-case lemmas of the words of a noun phrase up to its head, for WordSet::MatchEnd.
  std::vector<std::string_view> WordsBefore(int t) const;
  // Whether the phrase's words, with the head's lemma or its surface form, end in one of `words`.
  bool Matches(const WordSet& words, int t) const;
  bool IsPassive(int verb) const;
  bool IsVerb(int t) const { return token(t).upos == nlp::Upos::kVerb; }
  // Whether `t` is the main verb of a sentence whose subject the parser took for its root: "The
  // tycoon, a critic, called for sanctions" with "called" under "tycoon".
  bool IsStrandedVerb(int t) const;
  // Whether the sentence tells of `t`, at first hand or as what somebody says.
  bool IsMainVerb(int t) const {
    const int governor = head(t);
    return governor < 0 || (deprel(t) == nlp::Deprel::kCcomp && head(governor) < 0);
  }
  bool IsRelativePronoun(int t) const;
  // For each token whether it stands in the phrases behind `t`, phrases of phrases and clauses of
  // purpose ("to assist Ethiopia") included, other clauses and what is coordinated with `t` not.
  std::vector<bool> ChainBehind(int t) const;
  // For each token whether it stands in a clause of time, cause or condition under `t`, with a
  // subject of its own: "since the U.S. left".
  std::vector<bool> ClausesBeside(int t) const;
  // First and last token of the subtree of `t`.
  void Subtree(int t, int* first, int* last) const;

 private:
  const nlp::Document* document_;
  const nlp::Sentence* sentence_;
  std::vector<std::string> lemmas_;
  std::vector<std::string> forms_;  // lower case
  std::vector<std::vector<int>> children_;
};

// A phrase or clause that belongs to a predicate.
struct Argument {
  SlotRelation relation = SlotRelation::kObject;
  int head = 0;                  // its head token
  std::string_view preposition;  // of an oblique; points into the tree
  std::string path;              // how it was found, for people: "xcomp>nsubj"
  double cost = 0;               // 0 for a plain dependent; more for what is inferred
};

// The arguments of token `t` read as a trigger of `kind` (for kModal, of the verb that the
// auxiliary belongs to). Linear in the number of dependents; climbs at most four governors.
std::vector<Argument> ArgumentsOf(const SentenceTree& tree, int t, TriggerKind kind,
                                  const RuleSet& rules);

// The tokens that are coordinated with `t`, itself first: "Russia and China".
std::vector<int> Coordinated(const SentenceTree& tree, int t);

// The verb that carries the event noun `t` ("launch" in "launched two attacks"), or -1.
int LightVerbOf(const SentenceTree& tree, int t, const RuleSet& rules);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_CLAUSE_H_
