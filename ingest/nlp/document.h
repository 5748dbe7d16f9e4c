// The language core's result: a text cut into sentences and tokens, tagged, parsed, with names.
//
//   const nlp::Document document = pipeline.Analyze(text);
//   for (const nlp::Sentence& sentence : document.sentences) {
//     for (const nlp::Token& token : sentence.tokens) {
//       std::string_view word = document.Text(token.span);      // the original bytes
//     }
//   }
//
// Spans are half-open byte ranges into the *original* text, which Document keeps: nothing that is
// analysed is ever changed. Annotation follows Universal Dependencies 2
// (universaldependencies.org): UPOS, the English XPOS tags of the Penn Treebank, and relations
// mapped to one scheme: the universal relation, plus ":pass" (nsubj:pass, csubj:pass, aux:pass),
// "nmod:poss", "acl:relcl", "compound:prt", "nmod:tmod"/"obl:tmod" where the treebank has them;
// every other subtype is dropped. Plain data; safe to read from many threads.
#ifndef ENTENTE_INGEST_NLP_DOCUMENT_H_
#define ENTENTE_INGEST_NLP_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace entente::nlp {

// A half-open range of bytes [begin, end) in Document::text.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool operator==(const Span&) const = default;
  uint32_t size() const { return end - begin; }
  bool Contains(const Span& other) const { return begin <= other.begin && other.end <= end; }
  bool Overlaps(const Span& other) const { return begin < other.end && other.begin < end; }
};

// The 17 universal part-of-speech tags; kNone before tagging.
enum class Upos : uint8_t {
  kNone,
  kAdj,
  kAdp,
  kAdv,
  kAux,
  kCconj,
  kDet,
  kIntj,
  kNoun,
  kNum,
  kPart,
  kPron,
  kPropn,
  kPunct,
  kSconj,
  kSym,
  kVerb,
  kX
};
std::string_view UposName(Upos upos);      // "NOUN"; "_" for kNone
Upos UposFromName(std::string_view name);  // kNone for an unknown name

// The universal relations and the subtypes that are kept; kNone before parsing.
enum class Deprel : uint8_t {
  kNone,
  kAcl,
  kAclRelcl,
  kAdvcl,
  kAdvmod,
  kAmod,
  kAppos,
  kAux,
  kAuxPass,
  kCase,
  kCc,
  kCcomp,
  kClf,
  kCompound,
  kCompoundPrt,
  kConj,
  kCop,
  kCsubj,
  kCsubjPass,
  kDep,
  kDet,
  kDiscourse,
  kDislocated,
  kExpl,
  kFixed,
  kFlat,
  kGoeswith,
  kIobj,
  kList,
  kMark,
  kNmod,
  kNmodPoss,
  kNmodTmod,
  kNsubj,
  kNsubjPass,
  kNummod,
  kObj,
  kObl,
  kOblTmod,
  kOrphan,
  kParataxis,
  kPunct,
  kReparandum,
  kRoot,
  kVocative,
  kXcomp
};
inline constexpr int kDeprelCount = static_cast<int>(Deprel::kXcomp) + 1;
std::string_view DeprelName(Deprel deprel);  // "nsubj:pass"; "_" for kNone
// Maps any UD relation to the scheme above ("nmod:npmod" → kNmod); kNone if it is not a relation.
Deprel DeprelFromName(std::string_view name);

struct Token {
  Span span;          // in Document::text; never empty
  std::string lemma;  // lower case but for proper nouns; "be" for "'s" the verb
  std::string xpos;   // Penn Treebank tag, "NNP"
  Upos upos = Upos::kNone;
  Deprel deprel = Deprel::kNone;
  int32_t head = -1;        // index in the sentence; -1 for the root (and before parsing)
  bool space_after = true;  // false: the next token follows at once (SpaceAfter=No)
};

enum class NameKind : uint8_t { kPerson, kOrganization, kLocation, kOther };
std::string_view NameKindName(NameKind kind);  // "PER", "ORG", "LOC", "OTH"

// A named-entity span over whole tokens [first, last] of one sentence.
struct Name {
  int32_t first = 0;
  int32_t last = 0;  // inclusive
  NameKind kind = NameKind::kOther;
  float score = 0;  // 0 to 1, how sure the tagger is
};

// What a stretch of text is, decided by layout before any grammar.
enum class BlockKind : uint8_t {
  kBody,      // running text
  kHeadline,  // a title line: headline grammar (present tense, no articles)
  kDateline,  // "SEOUL, Sept. 22 (Yonhap) —"
  kOther,     // captions, bullets, furniture: analysed, and the caller decides
};

struct Sentence {
  Span span;
  std::vector<Token> tokens;
  std::vector<Name> names;  // sorted, not overlapping
  BlockKind kind = BlockKind::kBody;
  int32_t paragraph = 0;  // counted from 0; paragraphs are parted by blank lines or lines
};

struct Document {
  std::string text;                 // the original bytes
  std::vector<Sentence> sentences;  // in order, not overlapping

  // The original bytes of `span`. REQUIRES: span.end <= text.size().
  std::string_view Text(Span span) const {
    return std::string_view(text).substr(span.begin, span.end - span.begin);
  }
};

}  // namespace entente::nlp

#endif  // ENTENTE_INGEST_NLP_DOCUMENT_H_
