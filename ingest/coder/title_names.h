// Surnames of a title, by the full names of the text: "Kim meets Goldberg" above a text that names
// Sung Kim and Philip Goldberg is about these two, whoever else is called Kim.
//
//   DocumentActors body = finder.Find(text, date);
//   DocumentActors head = finder.Find(title, date);
//   NameTitleByText(body, title, &head);
//
// Thread safety: pure.
#ifndef ENTENTE_INGEST_CODER_TITLE_NAMES_H_
#define ENTENTE_INGEST_CODER_TITLE_NAMES_H_

#include "ingest/coder/actor_finder.h"
#include "ingest/nlp/document.h"

namespace entente::coder {

// Gives each person of `title` who is named by one word, and each name of one word that no lexicon
// knows, the actor of the one person of the text
// whose full name begins or ends with it. Where the text names none or several so, nothing changes.
// Linear in the mentions of both.
void NameTitleByText(const DocumentActors& body, const nlp::Document& title,
                     DocumentActors* title_actors);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_TITLE_NAMES_H_
