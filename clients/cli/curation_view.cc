#include "clients/cli/curation_view.h"

#include "base/status.h"

namespace entente::cli {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += Cat(text.empty() ? "" : ", ", part);
  return text;
}

std::string NamesText(const v1::EditNamesRequest& edit) {
  std::string text = Cat("names of ", edit.actor(), ":");
  if (edit.add_size() > 0) text += Cat(" add ", Joined(edit.add()));
  if (edit.remove_size() > 0) text += Cat(" remove ", Joined(edit.remove()));
  return text;
}

std::string What(const v1::CurationRecord& record) {
  switch (record.action_case()) {
    case v1::CurationRecord::kMergeActors:
      return Cat("merge ", record.merge_actors().actor(), " into ",
                 record.merge_actors().into_actor());
    case v1::CurationRecord::kSplitActor:
      return Cat("split ", record.split_actor().new_actor().id(), " off ",
                 record.split_actor().actor());
    case v1::CurationRecord::kEditNames:
      return NamesText(record.edit_names());
    case v1::CurationRecord::kCorrectEvent:
      return Cat("correct event ", record.correct_event().event_id(), " (",
                 Joined(record.correct_event().fields()), ")");
    case v1::CurationRecord::kRetractArticle:
      return Cat("retract article ", record.retract_article().article());
    case v1::CurationRecord::kDetachReport:
      return Cat("detach article ", record.detach_report().article(), " from event ",
                 record.detach_report().event_id());
    case v1::CurationRecord::kUndo:
      return Cat("undo revision ", record.undo().revision());
    case v1::CurationRecord::ACTION_NOT_SET:
      break;
  }
  return "an act that this program does not know";
}

}  // namespace

const v1::Curator& CuratorOf(const v1::CurationRecord& record) {
  switch (record.action_case()) {
    case v1::CurationRecord::kMergeActors:
      return record.merge_actors().curator();
    case v1::CurationRecord::kSplitActor:
      return record.split_actor().curator();
    case v1::CurationRecord::kEditNames:
      return record.edit_names().curator();
    case v1::CurationRecord::kCorrectEvent:
      return record.correct_event().curator();
    case v1::CurationRecord::kRetractArticle:
      return record.retract_article().curator();
    case v1::CurationRecord::kDetachReport:
      return record.detach_report().curator();
    case v1::CurationRecord::kUndo:
      return record.undo().curator();
    case v1::CurationRecord::ACTION_NOT_SET:
      break;
  }
  return v1::Curator::default_instance();
}

std::string ActText(const v1::CurationRecord& record) {
  const v1::Curator& curator = CuratorOf(record);
  return Cat(What(record), ", by ", curator.author(), ": ", curator.reason());
}

}  // namespace entente::cli
