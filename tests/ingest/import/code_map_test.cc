#include "ingest/import/code_map.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/status.h"
#include "ingest/coder/actor_resolver.h"

namespace entente::ingest {
namespace {

class CodeMapTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
    auto lexicon = knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
    ASSERT_TRUE(ontology.ok() && lexicon.ok());
    ontology_ = *std::move(ontology);
    lexicon_ = *std::move(lexicon);
    auto codes = CodeMap::Load(ENTENTE_DATA_DIR, ontology_.get(), lexicon_.get());
    ASSERT_TRUE(codes.ok()) << codes.status();
    codes_ = *std::move(codes);
  }

  // "id code" of an actor by name.
  std::string Named(std::string_view name, std::string_view country = "",
                    std::string_view sector = "", v1::ActorKind kind = v1::ACTOR_KIND_UNSPECIFIED) {
    const ImportedActor& actor = codes_->actor(codes_->ByName({name, country, sector, kind}));
    return Cat(actor.actor.id(), " ", actor.code);
  }
  std::string Cameo(const CodeMap::CameoColumns& columns) {
    const ImportedActor& actor = codes_->actor(codes_->CameoActor(columns));
    return Cat(actor.actor.id(), " ", actor.code);
  }

  std::unique_ptr<const knowledge::Ontology> ontology_;
  std::unique_ptr<knowledge::Lexicon> lexicon_;
  std::unique_ptr<CodeMap> codes_;
};

TEST_F(CodeMapTest, EveryCameoCodeHasAKindWithBothRoles) {
  int seen = 0;
  for (int code = 0; code < 10000; ++code) {
    for (const size_t digits : {2, 3, 4}) {
      std::string text = std::to_string(code);
      if (text.size() > digits) continue;
      text.insert(0, digits - text.size(), '0');
      const bool known = ontology_->Land(text).has_value();
      const auto kind = codes_->KindOfCameo(text);
      ASSERT_EQ(kind.has_value(), known) << text;
      if (!known) continue;
      ++seen;
      EXPECT_EQ(codes_->kind(*kind).codes.cameo(), text);
      EXPECT_NE(codes_->kind(*kind).source_role, "") << text;
      EXPECT_NE(codes_->kind(*kind).target_role, "") << text;
      EXPECT_NE(codes_->kind(*kind).codes.quad_class(), v1::QUAD_CLASS_UNSPECIFIED) << text;
    }
  }
  EXPECT_GT(seen, 300);
  for (const char* bad : {"", "1", "00", "21", "---", "0x1", "01000", "1 0"}) {
    EXPECT_FALSE(codes_->KindOfCameo(bad)) << bad;
  }
}

// The point of it all: an actor is the same, whoever tells of it.
TEST_F(CodeMapTest, ActorsHaveTheIdsThatTheCoderGives) {
  const coder::ActorResolver resolver(lexicon_.get());
  const auto coded = [&](std::string_view phrase) {
    const coder::Resolution r = resolver.Resolve(phrase, "", std::nullopt);
    return Cat(r.actor.id, " ", r.actor.code);
  };
  EXPECT_EQ(Cameo({.code = "PRK", .name = "NORTH KOREA", .country = "PRK"}), coded("North Korea"));
  EXPECT_EQ(Named("North Korea", "PRK"), coded("North Korea"));
  EXPECT_EQ(Cameo({.code = "IGOUNO", .name = "UN", .group = "UNO", .roles = {"IGO"}}),
            coded("the United Nations"));
  EXPECT_EQ(Cameo({.code = "FRAMIL", .name = "FRENCH TROOP", .country = "FRA", .roles = {"MIL"}}),
            coded("French troops"));
  EXPECT_EQ(Named("Police (India)", "IND", "COP"), coded("Indian police"));
  EXPECT_EQ(Named("Police Forces of India (2014-)", "IND"), coded("Indian police"));
  EXPECT_EQ(Named("Government of Afghanistan", "AFG", "REB", v1::ARMED_GROUP),
            coded("the government of Afghanistan"));
}

TEST_F(CodeMapTest, CameoActors) {
  EXPECT_EQ(Cameo({.code = "USAGOV", .name = "PRESIDENT", .country = "USA", .roles = {"GOV"}}),
            "USA.GOV USAGOV");
  EXPECT_EQ(Cameo({.code = "COP", .name = "POLICE", .roles = {"COP"}}), "UNK.COP COP");
  EXPECT_EQ(Cameo({.code = "USAMED", .name = "REPORTER", .country = "USA", .roles = {"MED"}}),
            "USA.JRN USAJRN");
  EXPECT_EQ(Cameo({.code = "AFR", .name = "AFRICA", .country = "AFR"}), "region:africa ");
  EXPECT_EQ(Cameo({.code = "AFRGOV", .name = "AFRICAN", .country = "AFR", .roles = {"GOV"}}),
            "region:africa.GOV GOV");
  EXPECT_EQ(Cameo({.code = "KSV", .name = "KOSOVO", .country = "KSV"}), "XKX XKX");
  // Several roles: the one that says most; OPP before GOV, as in the CAMEO manual.
  EXPECT_EQ(Cameo({.code = "KENGOVOPP", .name = "X", .country = "KEN", .roles = {"GOV", "OPP"}}),
            "KEN.OPP KENOPP");
  // A person by the whole name, if the country agrees; a surname alone is nobody.
  EXPECT_EQ(Cameo({.code = "JPNGOV", .name = "SHINZO ABE", .country = "JPN", .roles = {"GOV"}}),
            "person:shinzo-abe JPNGOV");
  EXPECT_EQ(Cameo({.code = "KENGOV", .name = "SHINZO ABE", .country = "KEN", .roles = {"GOV"}}),
            "KEN.GOV KENGOV");
  EXPECT_EQ(Cameo({.code = "JPNGOV", .name = "ABE", .country = "JPN", .roles = {"GOV"}}),
            "JPN.GOV JPNGOV");
  EXPECT_EQ(Cameo({.code = "alg", .name = "ALGONQUIAN", .ethnic = "alg"}), "group:algonquian ");
}

TEST_F(CodeMapTest, NamedActors) {
  EXPECT_EQ(Named("Kim Jong-Un", "PRK", "GOV"), "person:kim-jong-un PRKGOV");
  EXPECT_EQ(Named("Ivo Example", "COD", "GOV"), "person:ivo-example CODGOV");
  EXPECT_EQ(Named("Front of Example Fighters", "COD", "REB", v1::ARMED_GROUP),
            "org:front-of-example-fighters CODREB");
  EXPECT_EQ(Named("Ministry (Kenya)", "KEN", "GOV"), "KEN.GOV KENGOV");
  EXPECT_EQ(Named("Unidentified Armed Group (Mali)", "BFA"), "MLI.UAF MLIUAF");
  EXPECT_EQ(Named("Civilians", "YEM"), "YEM.CVL YEMCVL");
}

TEST_F(CodeMapTest, CountriesAndSectors) {
  EXPECT_EQ(codes_->CountryOfName("Russian Federation"), "RUS");
  EXPECT_EQ(codes_->CountryOfName("DR Congo (Zaire)"), "COD");
  EXPECT_EQ(codes_->CountryOfName("Cote d'Ivoire"), "CIV");
  EXPECT_EQ(codes_->CountryOfName("Nowhere"), "");
  EXPECT_EQ(codes_->CountryOfFips("RS"), "RUS");
  EXPECT_EQ(codes_->CountryOfFips("ZZ"), "");
  EXPECT_EQ(codes_->SectorOfIcews("Elite,Government"), "GOV");
  EXPECT_EQ(codes_->SectorOfIcews("Social,General Population / Civilian / Social"), "CVL");
  EXPECT_EQ(codes_->SectorOfIcews("Space Ministry"), "GOV");
  EXPECT_EQ(codes_->SectorOfIcews("Far Left,Nonsense"), "");
}

TEST(CodeTablesTest, FaultsAreNamedWithFileAndLine) {
  auto ontology = knowledge::Ontology::Load(ENTENTE_DATA_DIR);
  auto lexicon = knowledge::Lexicon::Load(ENTENTE_DATA_DIR, {});
  ASSERT_TRUE(ontology.ok() && lexicon.ok());
  const auto tables = CodeTables::Load("/nonexistent", **ontology, **lexicon);
  ASSERT_FALSE(tables.ok());
  EXPECT_NE(std::string(MessageOf(tables.status())).find("/nonexistent/import/"),
            std::string::npos);
}

}  // namespace
}  // namespace entente::ingest
