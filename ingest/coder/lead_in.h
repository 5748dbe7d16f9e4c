// Lead-ins: what stands before the first sentence of a line and is no part of it, and leads the
// parser astray: "KABUL (Pajhwok) :", "UNITED NATIONS:", "REUTERS/A. Photographer/File Photo".
//
//   nlp::Document document = pipeline.Analyze(coder::BlankLeadIns(text));
//   document.text = text;  // the spans hold: not a byte has moved
//
// Lead-ins with a date ("SEOUL, Sept. 22 (Yonhap) —") stay: the language core reads those. Pure.
#ifndef ENTENTE_INGEST_CODER_LEAD_IN_H_
#define ENTENTE_INGEST_CODER_LEAD_IN_H_

#include <string>
#include <string_view>

namespace entente::coder {

// `text` with blanks in place of the lead-ins of its lines; of the same length. When in doubt the
// words stay. Linear in the text.
std::string BlankLeadIns(std::string_view text);

// The length in bytes of the lead-in that the line begins with, the blanks behind it included; 0 if
// it has none.
size_t LeadInLength(std::string_view line);

}  // namespace entente::coder

#endif  // ENTENTE_INGEST_CODER_LEAD_IN_H_
