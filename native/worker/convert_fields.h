#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "worker/channel_text.h"

namespace millrace {

// Takes fields out of a verified buffer and remembers the first one that is out of bounds. Reading
// goes on with empty values after a fault, so that the caller asks fault() once, at the end.
// The verifier has checked offsets and lengths; what is left are the meanings: texts that are not
// UTF-8, numbers that are no member of their enumeration, lists without measure.
class FieldReader {
 public:
  void Refuse(std::string_view field, std::string_view why) {
    if (fault_) return;
    std::string text("wrong ");
    text += field;
    text += ": ";
    text += why;
    fault_ = Error::Type(std::move(text));
  }

  [[nodiscard]] std::string Text(const flatbuffers::String* text, std::string_view field) {
    if (text == nullptr) return {};
    if (text->size() > kMaxTextBytes) {
      Refuse(field, "too long");
      return {};
    }
    if (!IsCleanText({text->c_str(), text->size()})) {
      Refuse(field, "not UTF-8, or with NUL");
      return {};
    }
    return text->str();
  }

  [[nodiscard]] std::string Id(const flatbuffers::String* text, std::string_view field) {
    if (text == nullptr || !IsCleanId({text->c_str(), text->size()})) {
      Refuse(field, "not an id of 1 to 256 bytes of UTF-8 without NUL");
      return {};
    }
    return text->str();
  }

  // An enumeration whose values run from `first` to `last` without a gap.
  template <typename Ours, typename Theirs>
  [[nodiscard]] Ours Enum(Theirs value, Ours first, Ours last, std::string_view field) {
    auto number = static_cast<uint8_t>(value);
    if (number >= static_cast<uint8_t>(first) && number <= static_cast<uint8_t>(last)) {
      return static_cast<Ours>(number);
    }
    Refuse(field, "no such value");
    return first;
  }

  // Each element of a list through `read`; nothing when there are more than `limit`.
  template <typename List, typename Read>
  [[nodiscard]] auto Each(const List* list, size_t limit, std::string_view field, Read read) {
    std::vector<decltype(read(list->Get(0)))> result;
    if (list == nullptr) return result;
    if (list->size() > limit) {
      Refuse(field, "too many entries");
      return result;
    }
    result.reserve(list->size());
    for (flatbuffers::uoffset_t i = 0; i < list->size() && !fault_; ++i) {
      result.push_back(read(list->Get(i)));
    }
    return result;
  }

  [[nodiscard]] const std::optional<Error>& fault() const { return fault_; }

 private:
  std::optional<Error> fault_;
};

// flatbuffers::Optional as std::optional and back.
template <typename T>
[[nodiscard]] std::optional<T> ToStd(flatbuffers::Optional<T> value) {
  return value.has_value() ? std::optional<T>(*value) : std::nullopt;
}
template <typename T>
[[nodiscard]] flatbuffers::Optional<T> ToFlat(const std::optional<T>& value) {
  return value ? flatbuffers::Optional<T>(*value) : flatbuffers::nullopt;
}

// A text that may be absent on the channel, and is empty in a value.
[[nodiscard]] inline flatbuffers::Offset<flatbuffers::String> OptionalText(
    flatbuffers::FlatBufferBuilder& builder, const std::string& text) {
  return text.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(text);
}

}  // namespace millrace
