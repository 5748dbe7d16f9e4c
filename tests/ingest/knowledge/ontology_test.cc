// Goal: the ontology that we ship is whole, and a wrong entry is reported at its place.
// Method: load data/ontology and look at it from every side; then load small ontologies of one
// type, each with one thing wrong.
#include "ingest/knowledge/ontology.h"

#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/status.h"
#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace entente::knowledge {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string ReadAll(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path, 1 << 22);
  EXPECT_TRUE(text.ok()) << text.status();
  return text.ok() ? *text : "";
}

class ShippedOntologyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<const Ontology>> loaded = Ontology::Load(ENTENTE_DATA_DIR);
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    ontology_ = std::move(loaded).value();
  }

  // "type/subtype" on which `cameo` lands.
  std::string Landing(std::string_view cameo) const {
    const std::optional<CameoLanding> landing = ontology_->Land(cameo);
    if (!landing) return "nowhere";
    return landing->subtype == nullptr ? landing->type->id()
                                       : Cat(landing->type->id(), "/", landing->subtype->id());
  }

  std::unique_ptr<const Ontology> ontology_;
};

TEST_F(ShippedOntologyTest, FindsTypesByIdAndNumber) {
  const v1::EventType* type = ontology_->FindType("arms_deal");
  ASSERT_NE(type, nullptr);
  EXPECT_EQ(ontology_->FindType(type->number()), type);
  EXPECT_EQ(ontology_->FindType("no_such_type"), nullptr);
  EXPECT_EQ(ontology_->FindType(65535u), nullptr);
  ASSERT_NE(Ontology::FindRole(*type, "supplier"), nullptr);
  EXPECT_EQ(Ontology::FindRole(*type, "supplier")->side(), v1::SOURCE);
  EXPECT_EQ(Ontology::FindRole(*type, "buyer"), nullptr);
}

TEST_F(ShippedOntologyTest, EachDetailOfEventHasAType) {
  std::set<std::string> details;
  for (const v1::EventType& type : ontology_->Proto().event_types()) details.insert(type.detail());
  const auto* oneof = v1::Event::descriptor()->FindOneofByName("detail");
  ASSERT_NE(oneof, nullptr);
  for (int i = 0; i < oneof->field_count(); ++i) {
    EXPECT_EQ(details.count(oneof->field(i)->name()), 1u) << oneof->field(i)->name();
  }
}

TEST_F(ShippedOntologyTest, CoversAllRootsOfCameoAndAllTypesOfPlover) {
  std::set<std::string> roots;
  std::set<std::string> plover;
  for (const v1::EventType& type : ontology_->Proto().event_types()) {
    roots.insert(type.codes().cameo().substr(0, 2));
    plover.insert(type.codes().plover());
    for (const v1::EventSubtype& subtype : type.subtypes()) plover.insert(subtype.codes().plover());
  }
  plover.erase("");
  EXPECT_EQ(roots.size(), 20u);
  EXPECT_EQ(plover.size(), 16u);
}

TEST_F(ShippedOntologyTest, TypesAreSortedByNumber) {
  uint32_t last = 0;
  for (const v1::EventType& type : ontology_->Proto().event_types()) {
    EXPECT_LT(last, type.number()) << type.id();
    last = type.number();
  }
}

TEST_F(ShippedOntologyTest, FillsInWhatCameoSays) {
  const v1::CodeSet* codes = ontology_->CodesFor("aid", "military");
  ASSERT_NE(codes, nullptr);
  EXPECT_EQ(codes->cameo(), "072");
  EXPECT_EQ(codes->plover(), "AID");
  EXPECT_EQ(codes->goldstein(), 8.3);
  EXPECT_EQ(codes->quad_class(), v1::MATERIAL_COOPERATION);
  ASSERT_EQ(codes->plover_contexts_size(), 1);
  EXPECT_EQ(codes->plover_contexts(0), "military");
  EXPECT_EQ(ontology_->CameoLabel("072"), "Provide military aid");
}

TEST_F(ShippedOntologyTest, StatusChangesTheCode) {
  EXPECT_EQ(ontology_->CodesFor("aid", "military", v1::PLANNED)->cameo(), "0332");
  EXPECT_EQ(ontology_->CodesFor("aid", "military", v1::PLANNED)->plover(), "AGREE");
  EXPECT_EQ(ontology_->CodesFor("aid", "military", v1::REFUSED)->cameo(), "1222");
  EXPECT_EQ(ontology_->CodesFor("aid", "military", v1::ALLEGED)->cameo(), "072");
  EXPECT_EQ(ontology_->CodesFor("meeting", "", v1::PLANNED)->cameo(), "036");
  EXPECT_EQ(ontology_->CodesFor("meeting", "summit", v1::REFUSED)->cameo(), "125");
  EXPECT_EQ(ontology_->CodesFor("sanction", "", v1::THREATENED)->cameo(), "1312");
}

TEST_F(ShippedOntologyTest, UnknownTypesAndSubtypesHaveNoCodes) {
  EXPECT_EQ(ontology_->CodesFor("no_such_type", ""), nullptr);
  EXPECT_EQ(ontology_->CodesFor("aid", "no_such_subtype"), nullptr);
}

TEST_F(ShippedOntologyTest, GoldsteinOfATypeMayDifferFromCameo) {
  // Calling for the enforcement of sanctions is an appeal, but no cooperation with their target.
  EXPECT_EQ(ontology_->CodesFor("sanctions_statement", "enforce")->goldstein(), 0);
  EXPECT_EQ(ontology_->FindCameo("022")->goldstein(), 3.2);
}

TEST_F(ShippedOntologyTest, EveryCameoCodeLandsWhereItsCodesLeadBack) {
  int count = 0;
  const std::string table = ReadAll(ENTENTE_DATA_DIR "/ontology/cameo.tsv");
  for (const std::string_view line : Split(table, '\n')) {
    if (line.empty() || line.front() == '#') continue;
    const std::string_view cameo = Split(line, '\t')[0];
    const std::optional<CameoLanding> landing = ontology_->Land(cameo);
    ASSERT_TRUE(landing.has_value()) << cameo;
    const std::string subtype = landing->subtype == nullptr ? "" : landing->subtype->id();
    EXPECT_EQ(ontology_->CodesFor(landing->type->id(), subtype)->cameo(), cameo);
    ++count;
  }
  EXPECT_EQ(count, 293);
}

TEST_F(ShippedOntologyTest, LandsRootsAndUnknownRefinements) {
  EXPECT_EQ(Landing("04"), "meeting");
  EXPECT_EQ(Landing("042"), "visit");
  EXPECT_EQ(Landing("0332"), "intent_to_cooperate/military_aid");
  EXPECT_EQ(Landing("1831"), "bombing/suicide");
  EXPECT_EQ(Landing("176"), "coercion");  // later coders' cyberattack
  EXPECT_EQ(Landing("0449"), "meeting/third_place");
  EXPECT_EQ(Landing("21"), "nowhere");
  EXPECT_EQ(Landing(""), "nowhere");
  EXPECT_EQ(Landing("X"), "nowhere");
}

TEST_F(ShippedOntologyTest, DocumentationListsEveryTypeAndNoOther) {
  const std::string whole_page = ReadAll(ENTENTE_SOURCE_DIR "/docs/ontology.md");
  const size_t table = whole_page.find("## All types");
  ASSERT_NE(table, std::string::npos);
  const std::string_view page = std::string_view(whole_page).substr(table);
  std::set<std::string> documented;
  for (const std::string_view line : Split(page, '\n')) {
    if (line.substr(0, 3) != "| `") continue;
    const std::vector<std::string_view> cells = Split(line, '|');
    ASSERT_GE(cells.size(), 6u) << line;
    const std::string id(Trim(cells[1]).substr(1, Trim(cells[1]).size() - 2));
    documented.insert(id);
    const v1::EventType* type = ontology_->FindType(id);
    ASSERT_NE(type, nullptr) << "docs/ontology.md has a type that data/ontology lacks: " << id;
    EXPECT_EQ(Trim(cells[2]), Cat(type->number())) << id;
    std::string roles;
    for (const v1::Role& role : type->roles()) {
      roles +=
          Cat(roles.empty() ? "" : ", ", role.required() ? Cat("**", role.id(), "**") : role.id());
    }
    EXPECT_EQ(Trim(cells[3]), roles) << id;
    EXPECT_EQ(Trim(cells[4]), type->codes().cameo()) << id;
    EXPECT_EQ(Trim(cells[5]), type->codes().plover()) << id;
  }
  for (const v1::EventType& type : ontology_->Proto().event_types()) {
    EXPECT_EQ(documented.count(type.id()), 1u) << "docs/ontology.md lacks " << type.id();
  }
}

TEST(QuadClassOfCameoTest, FollowsTheRoot) {
  EXPECT_EQ(QuadClassOfCameo("010"), v1::VERBAL_COOPERATION);
  EXPECT_EQ(QuadClassOfCameo("057"), v1::VERBAL_COOPERATION);
  EXPECT_EQ(QuadClassOfCameo("06"), v1::MATERIAL_COOPERATION);
  EXPECT_EQ(QuadClassOfCameo("09"), v1::VERBAL_CONFLICT);
  EXPECT_EQ(QuadClassOfCameo("139"), v1::VERBAL_CONFLICT);
  EXPECT_EQ(QuadClassOfCameo("2042"), v1::MATERIAL_CONFLICT);
  EXPECT_EQ(QuadClassOfCameo("00"), v1::QUAD_CLASS_UNSPECIFIED);
  EXPECT_EQ(QuadClassOfCameo("21"), v1::QUAD_CLASS_UNSPECIFIED);
  EXPECT_EQ(QuadClassOfCameo("x"), v1::QUAD_CLASS_UNSPECIFIED);
}

constexpr char kCameo[] = "040\tConsult\t1\tCONSULT\t-\t-\n";
constexpr char kPlover[] = "type\tCONSULT\tvisit,phone\ncontext\tmilitary\t-\n";

// An ontology of one type, in which `from` was replaced by `to`.
std::string MessageOf(std::string from, std::string to, std::string cameo = kCameo,
                      std::string plover = kPlover) {
  std::string text = R"(version: "1"
event_types {
  id: "meeting"
  number: 401
  label: "Meeting"
  description: "People meet."
  detail: "meeting"
  roles { id: "participant" label: "Participant" required: true repeated: true side: BOTH }
  codes { cameo: "040" }
  status_codes { statuses: "PLANNED" cameo: "040" }
  subtypes { id: "call" label: "Call" codes { cameo: "040" export_only: true } }
}
)";
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  const absl::StatusOr<std::unique_ptr<const Ontology>> ontology =
      Ontology::FromFiles({{"x.textproto", text}}, {"c.tsv", cameo}, {"p.tsv", plover});
  return ontology.ok() ? "OK" : std::string(entente::MessageOf(ontology.status()));
}

TEST(OntologyErrorsTest, TheSmallOntologyIsFine) { EXPECT_EQ(MessageOf("", ""), "OK"); }

TEST(OntologyErrorsTest, SyntaxErrorsHaveLineAndColumn) {
  EXPECT_THAT(MessageOf("number: 401", "number: forty"), StartsWith("x.textproto:4:11: "));
  EXPECT_THAT(MessageOf("label: \"Meeting\"", "lable: \"Meeting\""),
              StartsWith("x.textproto:5:8: "));
}

TEST(OntologyErrorsTest, IdsAndNumbers) {
  EXPECT_THAT(MessageOf("id: \"meeting\"", "id: \"Meeting\""),
              StartsWith("x.textproto:3:3: id \"Meeting\" is not lower_snake_case"));
  EXPECT_THAT(MessageOf("number: 401", "number: 65536"), StartsWith("x.textproto:4:3: "));
  EXPECT_THAT(MessageOf("number: 401", ""), HasSubstr("not in 1 to 65535"));
  EXPECT_THAT(MessageOf("label: \"Meeting\"", ""), HasSubstr("needs a label"));
  EXPECT_THAT(MessageOf("version: \"1\"", ""), HasSubstr("no file gives the version"));
}

TEST(OntologyErrorsTest, TwoTypesMayNotShareIdOrNumber) {
  const std::string again =
      "label: \"Again\" description: \"d\" detail: \"general\" roles { id: \"party\" label: \"P\" "
      "required: true repeated: true side: BOTH } codes { cameo: \"040\" export_only: true } }\n";
  const std::string head = "version: \"1\"";
  EXPECT_THAT(MessageOf(head, Cat(head, "\nevent_types { id: \"meeting\" number: 5 ", again)),
              HasSubstr("there are two types meeting"));
  EXPECT_THAT(MessageOf(head, Cat(head, "\nevent_types { id: \"other\" number: 401 ", again)),
              HasSubstr("401 is the number of other"));
}

TEST(OntologyErrorsTest, DetailMustBeOneOfEvent) {
  EXPECT_THAT(MessageOf("detail: \"meeting\"", "detail: \"mention\""),
              StartsWith("x.textproto:7:3: Event has no detail \"mention\""));
  EXPECT_THAT(MessageOf("detail: \"meeting\"", "detail: \"cameo\""), HasSubstr("has no detail"));
}

TEST(OntologyErrorsTest, Roles) {
  EXPECT_THAT(MessageOf("required: true", "required: false"), HasSubstr("no required role"));
  EXPECT_THAT(MessageOf("side: BOTH", "side: SOURCE"), HasSubstr("make no dyad"));
  EXPECT_THAT(MessageOf("side: BOTH", ""), HasSubstr("make no dyad"));
  EXPECT_THAT(MessageOf("repeated: true ", ""),
              StartsWith("x.textproto:8:65: role participant is on both sides"));
  EXPECT_THAT(MessageOf("  roles {", "  roles { id: \"participant\" label: \"P\" }\n  roles {"),
              StartsWith("x.textproto:9:11: meeting has two roles participant"));
}

TEST(OntologyErrorsTest, Codes) {
  EXPECT_THAT(MessageOf("{ cameo: \"040\" }\n", "{ cameo: \"041\" }\n"),
              StartsWith("x.textproto:9:11: cameo.tsv has no code \"041\""));
  EXPECT_THAT(MessageOf("cameo: \"040\" }\n", "cameo: \"040\" goldstein: 10.5 }\n"),
              StartsWith("x.textproto:9:24: the intensity"));
  EXPECT_THAT(MessageOf("cameo: \"040\" }\n", "cameo: \"040\" goldstein: nan }\n"),
              HasSubstr("the intensity"));
  EXPECT_THAT(MessageOf("cameo: \"040\" }\n", "cameo: \"040\" quad_class: VERBAL_CONFLICT }\n"),
              HasSubstr("CAMEO 040 is VERBAL_COOPERATION"));
  EXPECT_THAT(MessageOf("cameo: \"040\" }\n", "cameo: \"040\" plover_mode: \"vist\" }\n"),
              HasSubstr("CONSULT has no mode \"vist\""));
  EXPECT_THAT(MessageOf("cameo: \"040\" }\n", "cameo: \"040\" plover_contexts: \"war\" }\n"),
              HasSubstr("no context \"war\""));
  EXPECT_THAT(MessageOf(" export_only: true", ""), HasSubstr("lands on meeting already"));
  EXPECT_THAT(MessageOf("PLANNED", "PLAND"), StartsWith("x.textproto:10:18: \"PLAND\" is not"));
}

TEST(OntologyErrorsTest, Tables) {
  EXPECT_THAT(MessageOf("", "", Cat(kCameo, "041\tCall\t1\tCONSULT\tphone\t-\n")),
              HasSubstr("CAMEO code 041 lands on no type"));
  EXPECT_THAT(MessageOf("", "", Cat(kCameo, kCameo)), StartsWith("c.tsv:2: CAMEO code 040 is"));
  EXPECT_THAT(MessageOf("", "", "040\tConsult\t11\tCONSULT\t-\t-\n"), StartsWith("c.tsv:1: inten"));
  EXPECT_THAT(MessageOf("", "", "040\tConsult\t1\tTALK\t-\t-\n"), HasSubstr("type \"TALK\""));
  EXPECT_THAT(MessageOf("", "", "040\tConsult\n"), HasSubstr("2 tab-separated columns"));
  EXPECT_THAT(MessageOf("", "", kCameo, "kind\tx\t-\n"),
              StartsWith("p.tsv:1: \"kind\" is neither"));
}

TEST(OntologyErrorsTest, AFolderWithoutOntologyIsNotFound) {
  const auto loaded = Ontology::Load("/no/such/folder");
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(entente::MessageOf(loaded.status())),
              StartsWith("/no/such/folder/ontology"));
}

}  // namespace
}  // namespace entente::knowledge
