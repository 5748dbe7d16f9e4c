// ParseJsonArticle: one JSON object to an article, without building a tree of it.
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "base/utf8.h"
#include "ingest/article_reader.h"

namespace entente::ingest {
namespace {

using Json = nlohmann::json;

// Takes the fields of the outermost object; every value inside another one is passed over.
class ArticleHandler : public nlohmann::json_sax<Json> {
 public:
  v1::Article& article() { return article_; }
  const std::string& error() const { return error_; }
  bool was_object() const { return was_object_; }

  bool null() override { return true; }
  bool boolean(bool) override { return Scalar("a boolean"); }
  bool number_float(double, const std::string&) override { return Scalar("a fraction"); }
  bool binary(Json::binary_t&) override { return Scalar("binary data"); }
  bool number_integer(int64_t value) override { return Integer(Cat(value)); }
  bool number_unsigned(uint64_t value) override { return Integer(Cat(value)); }

  bool string(std::string& value) override {
    std::string* field = depth_ == 1 ? Field() : nullptr;
    if (field != nullptr) *field = std::move(value);
    return depth_ > 0 || Fail("the line is a string; an object is expected");
  }

  bool start_object(size_t) override {
    was_object_ = was_object_ || depth_ == 0;
    return Open("an object");
  }
  bool start_array(size_t) override {
    if (depth_ == 0) return Fail("the line is a list; an object is expected");
    return Open("a list");
  }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(std::string& name) override {
    if (depth_ == 1) key_ = name;
    return true;
  }

  bool parse_error(size_t position, const std::string&, const Json::exception& fault) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 8: syntax error …"
    std::string_view what = fault.what();
    if (const size_t colon = what.find(": "); colon != std::string_view::npos) {
      what.remove_prefix(colon + 2);
    }
    return Fail(Cat("byte ", position, ": not JSON: ", what.substr(0, 200)));
  }

 private:
  bool Fail(std::string error) {
    if (error_.empty()) error_ = std::move(error);
    return false;
  }

  // The field that the current key names; null if it is none of ours.
  std::string* Field() {
    if (key_ == "id") return article_.mutable_id();
    if (key_ == "url") return article_.mutable_url();
    if (key_ == "title") return article_.mutable_title();
    if (key_ == "text") return article_.mutable_text();
    if (key_ == "date") return article_.mutable_publish_date();
    if (key_ == "source") return article_.mutable_source();
    if (key_ == "language") return article_.mutable_language();
    return nullptr;
  }

  bool Scalar(const char* kind) {
    if (depth_ == 0) return Fail(Cat("the line is ", kind, "; an object is expected"));
    if (depth_ > 1 || Field() == nullptr) return true;
    return Fail(Cat("the field \"", key_, "\" is ", kind, "; a string is expected"));
  }

  // Numbers serve as ids and as dates like 20230922.
  bool Integer(std::string figures) {
    if (depth_ != 1 || (key_ != "id" && key_ != "date")) return Scalar("a number");
    *Field() = std::move(figures);
    return true;
  }

  bool Open(const char* kind) {
    if (depth_ == 1 && !Scalar(kind)) return false;
    ++depth_;
    return true;
  }
  bool Close() {
    --depth_;
    return true;
  }

  v1::Article article_;
  std::string key_;
  std::string error_;
  int depth_ = 0;
  bool was_object_ = false;
};

}  // namespace

absl::StatusOr<v1::Article> ParseJsonArticle(std::string_view json) {
  std::string repaired;
  if (!IsValidUtf8(json)) {
    repaired = ReplaceInvalidUtf8(json);
    json = repaired;
  }
  ArticleHandler handler;
  if (!Json::sax_parse(json.begin(), json.end(), &handler)) {
    return InvalidArgument(handler.error());
  }
  if (!handler.was_object()) return InvalidArgument("the line is null; an object is expected");
  return std::move(handler.article());
}

}  // namespace entente::ingest
