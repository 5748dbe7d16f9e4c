// Date expressions against a day of publication: Friday, 22 September 2023.
#include "ingest/coder/dates.h"

#include <optional>
#include <string>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace entente::coder {
namespace {

// A document of one sentence, cut at blanks; a word that begins with a capital is a proper noun.
nlp::Document Words(const std::string& text) {
  nlp::Document document;
  document.text = text;
  nlp::Sentence sentence;
  sentence.span = {0, static_cast<uint32_t>(text.size())};
  for (const std::string_view word : Split(document.text, ' ')) {
    nlp::Token token;
    token.span.begin = static_cast<uint32_t>(word.data() - document.text.data());
    token.span.end = token.span.begin + static_cast<uint32_t>(word.size());
    token.upos = word[0] >= 'A' && word[0] <= 'Z' ? nlp::Upos::kPropn : nlp::Upos::kNoun;
    sentence.tokens.push_back(token);
  }
  document.sentences.push_back(sentence);
  return document;
}

// "start/end precision text" of the only expression; "" if there is none.
std::string DateIn(const std::string& text, bool future = false, bool published = true) {
  const nlp::Document document = Words(text);
  const std::optional<Date> day =
      published ? std::optional<Date>(Date::FromCivil(2023, 9, 22)) : std::nullopt;
  const std::vector<DateExpression> found = FindDates(document, document.sentences[0], day);
  if (found.empty()) return "";
  EXPECT_EQ(found.size(), 1u) << text;
  const v1::EventDate date = found[0].Resolve(future, document);
  return Cat(date.start(), "/", date.end(), " ", v1::DatePrecision_Name(date.precision()), " ",
             date.text());
}

TEST(DatesTest, DaysOfTheWeek) {
  EXPECT_EQ(DateIn("met on Friday ."), "2023-09-22/2023-09-22 DAY Friday");
  EXPECT_EQ(DateIn("met on Thursday ."), "2023-09-21/2023-09-21 DAY Thursday");
  EXPECT_EQ(DateIn("will meet on Thursday", true), "2023-09-28/2023-09-28 DAY Thursday");
  EXPECT_EQ(DateIn("met last Friday"), "2023-09-15/2023-09-15 DAY last Friday");
  EXPECT_EQ(DateIn("meets next Monday"), "2023-09-25/2023-09-25 DAY next Monday");
}

TEST(DatesTest, RelativeStretches) {
  EXPECT_EQ(DateIn("came last week"), "2023-09-11/2023-09-17 WEEK last week");
  EXPECT_EQ(DateIn("comes next month"), "2023-10-01/2023-10-31 MONTH next month");
  EXPECT_EQ(DateIn("came last year"), "2022-01-01/2022-12-31 YEAR last year");
  EXPECT_EQ(DateIn("came yesterday"), "2023-09-21/2023-09-21 DAY yesterday");
  EXPECT_EQ(DateIn("came three days ago"), "2023-09-19/2023-09-19 DAY three days ago");
  EXPECT_EQ(DateIn("came two months ago"), "2023-07-01/2023-07-31 MONTH two months ago");
}

TEST(DatesTest, NamedDays) {
  EXPECT_EQ(DateIn("on Sept. 13 ,"), "2023-09-13/2023-09-13 DAY Sept. 13");
  EXPECT_EQ(DateIn("on September 13 , 2021"), "2021-09-13/2021-09-13 DAY September 13 , 2021");
  EXPECT_EQ(DateIn("on 3 May 2019"), "2019-05-03/2019-05-03 DAY 3 May 2019");
  EXPECT_EQ(DateIn("on 2023-09-13 ,"), "2023-09-13/2023-09-13 DAY 2023-09-13");
  EXPECT_EQ(DateIn("on December 24 ,"), "2023-12-24/2023-12-24 DAY December 24");
  EXPECT_EQ(DateIn("on March 1st"), "2023-03-01/2023-03-01 DAY March 1st");
}

TEST(DatesTest, MonthsAndYears) {
  EXPECT_EQ(DateIn("in July 2019"), "2019-07-01/2019-07-31 MONTH July 2019");
  EXPECT_EQ(DateIn("in July ,"), "2023-07-01/2023-07-31 MONTH July");
  EXPECT_EQ(DateIn("in 2014 ,"), "2014-01-01/2014-12-31 YEAR 2014");
  EXPECT_EQ(DateIn("since 2014"), "2014-01-01/2023-09-22 INTERVAL 2014");
}

TEST(DatesTest, AMonthWithoutAYearLiesNearestToPublication) {
  const nlp::Document document = Words("on December 30 ,");
  const auto found = FindDates(document, document.sentences[0], Date::FromCivil(2024, 1, 5));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(FormatDate(found[0].start), "2023-12-30");
}

TEST(DatesTest, WhatIsNoDate) {
  EXPECT_EQ(DateIn("killed 2014 people"), "");
  EXPECT_EQ(DateIn("they may meet"), "");
  EXPECT_EQ(DateIn("on February 30 they"), "");
  EXPECT_EQ(DateIn("the 1994"), "1994-01-01/1994-12-31 YEAR 1994");
}

TEST(DatesTest, WithoutAPublicationDateOnlyFullDatesCount) {
  EXPECT_EQ(DateIn("met on Friday", false, false), "");
  EXPECT_EQ(DateIn("met last week", false, false), "");
  EXPECT_EQ(DateIn("in July 2019", false, false), "2019-07-01/2019-07-31 MONTH July 2019");
}

TEST(DatesTest, TheDayOfPublicationIsMarkedAsInferred) {
  const v1::EventDate date = InferredDate(Date::FromCivil(2023, 9, 22));
  EXPECT_EQ(date.start(), "2023-09-22");
  EXPECT_TRUE(date.inferred());
  EXPECT_EQ(InferredDate(std::nullopt).start(), "");
}

}  // namespace
}  // namespace entente::coder
