#include "ingest/coder/candidate.h"

namespace entente::coder {

const v1::CodeSet* CodesOf(const Rule& rule, v1::EventStatus status,
                           const knowledge::Ontology& ontology) {
  return rule.cameo.empty() ? ontology.CodesFor(rule.type, rule.subtype, status)
                            : ontology.FindCameo(rule.cameo);
}

}  // namespace entente::coder
