#include "tests/e2e/fake_coder.h"

#include <chrono>
#include <thread>
#include <vector>

#include "base/status.h"
#include "base/strings.h"
#include "base/time.h"

namespace entente {
namespace {

struct Verb {
  const char* word;
  const char* type;
  const char* source_role;
  const char* target_role;
  v1::DyadSide source_side;
  v1::DyadSide target_side;
  double confidence;
};

constexpr Verb kVerbs[] = {
    {"meets", "meeting", "participant", "participant", v1::BOTH, v1::BOTH, 0.9},
    {"nears", "meeting", "participant", "participant", v1::BOTH, v1::BOTH, 0.1},
    {"arms", "arms_deal", "supplier", "recipient", v1::SOURCE, v1::TARGET, 0.9},
};

void AddParty(const std::string& state, const char* role, v1::DyadSide side, uint32_t begin,
              v1::Event* event) {
  v1::Participant* participant = event->add_participants();
  participant->set_role(role);
  participant->set_actor(state);
  participant->set_display_name(state);
  participant->set_code(state);
  participant->set_country(state);
  participant->set_kind(v1::STATE);
  participant->set_side(side);
  v1::MentionParticipant* named = event->mutable_mentions(0)->add_participants();
  named->set_role(role);
  named->set_actor(state);
  named->mutable_span()->set_begin(begin);
  named->mutable_span()->set_end(begin + static_cast<uint32_t>(state.size()));
  named->set_text(state);
}

void AddEvent(const v1::Article& article, const Verb& verb, std::string_view line, size_t begin,
              const std::vector<std::string_view>& words, v1::CodedArticle* coded) {
  const auto at = static_cast<uint32_t>(begin);
  const auto verb_at = at + static_cast<uint32_t>(words[0].size()) + 1;
  const auto target_at = verb_at + static_cast<uint32_t>(words[1].size()) + 1;
  v1::Event* event = coded->add_events();
  event->set_type(verb.type);
  event->set_status(v1::OCCURRED);
  event->mutable_date()->set_start(article.publish_date());
  event->mutable_date()->set_end(article.publish_date());
  event->mutable_date()->set_precision(v1::DAY);
  event->set_confidence(verb.confidence);
  event->set_goldstein(1.0);
  event->set_quad_class(v1::VERBAL_COOPERATION);
  v1::Mention* mention = event->add_mentions();
  mention->set_article(article.id());
  mention->mutable_sentence()->set_begin(at);
  mention->mutable_sentence()->set_end(at + static_cast<uint32_t>(line.size()));
  mention->mutable_trigger()->set_begin(verb_at);
  mention->mutable_trigger()->set_end(target_at - 1);
  mention->set_status(v1::OCCURRED);
  mention->set_sentence_text(std::string(line));
  mention->set_coder(coded->coder());
  mention->set_confidence(verb.confidence);
  mention->set_rule(verb.word);
  *mention->mutable_date() = event->date();
  AddParty(std::string(words[0]), verb.source_role, verb.source_side, at, event);
  AddParty(std::string(words[2]), verb.target_role, verb.target_side, target_at, event);
  for (const v1::Participant& participant : event->participants()) {
    v1::Actor* actor = coded->add_actors();
    actor->set_id(participant.actor());
    actor->set_kind(v1::STATE);
    actor->set_display_name(participant.actor());
    actor->set_country(participant.actor());
  }
}

}  // namespace

absl::StatusOr<v1::CodedArticle> FakeCoder::Code(const v1::Article& article,
                                                 const coder::CodeOptions& options) const {
  if (article.text().find("FAIL") != std::string::npos) return Internal("the coder is broken");
  if (article.text().find("SLOW") != std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  v1::CodedArticle coded;
  coded.set_article(article.id());
  coded.set_coder(Version());
  size_t begin = 0;
  for (const std::string_view line : Split(article.text(), '\n')) {
    const std::vector<std::string_view> words = Split(line, ' ');
    for (const Verb& verb : kVerbs) {
      if (blind_ || words.size() != 3 || words[1] != verb.word) continue;
      if (verb.confidence < options.min_confidence) continue;
      AddEvent(article, verb, line, begin, words, &coded);
      if (!options.explain) continue;
      v1::Mention* mention = coded.mutable_events(coded.events_size() - 1)->mutable_mentions(0);
      mention->mutable_explanation()->set_rule(verb.word);
      mention->mutable_explanation()->set_rule_text(Cat("{source} ", verb.word, " {target}"));
    }
    begin += line.size() + 1;
  }
  return coded;
}

}  // namespace entente
