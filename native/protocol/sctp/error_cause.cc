#include "protocol/sctp/error_cause.h"

#include <algorithm>

#include "protocol/sctp/parameter.h"

namespace millrace {

namespace {

// Enough to see what an unrecognized chunk was, and the reason in a user's abort.
constexpr size_t kValueBytesMax = 64;
constexpr size_t kDescribedCausesMax = 4;

bool IsText(ErrorCause cause) {
  return cause == ErrorCause::kUserAbort || cause == ErrorCause::kProtocolViolation;
}

}  // namespace

void WriteErrorChunk(ChunkType type, uint8_t flags, ErrorCause cause, Bytes value,
                     PacketWriter& packet) {
  packet.BeginChunk(type, flags);
  packet.AddParameter(static_cast<uint16_t>(cause),
                      value.first(std::min(value.size(), kValueBytesMax)));
  packet.EndChunk();
}

bool HasCause(const ChunkView& chunk, ErrorCause cause) {
  ParameterReader causes(chunk.value);
  while (std::optional<ParameterView> found = causes.Next()) {
    if (found->type == static_cast<uint16_t>(cause)) return true;
  }
  return false;
}

std::string DescribeCauses(const ChunkView& chunk) {
  std::string text;
  ParameterReader causes(chunk.value);
  for (size_t i = 0; i < kDescribedCausesMax; ++i) {
    std::optional<ParameterView> cause = causes.Next();
    if (!cause) break;
    if (!text.empty()) text += ", ";
    text += "cause " + std::to_string(cause->type);
    if (!IsText(static_cast<ErrorCause>(cause->type))) continue;
    text += " '";
    for (uint8_t byte : cause->value.first(std::min(cause->value.size(), kValueBytesMax))) {
      text += byte >= 0x20 && byte < 0x7f ? static_cast<char>(byte) : '?';
    }
    text += "'";
  }
  return text.empty() ? "no cause given" : text;
}

}  // namespace millrace
