// Parses any bytes as STUN; a message that parses is written again and must say the same.
#include <cstdlib>
#include <vector>

#include "wire/stun.h"

namespace {

millrace::HmacSha1Digest SumOf(millrace::Bytes key, millrace::Bytes text) {
  millrace::HmacSha1Digest digest{};
  for (size_t i = 0; i < key.size(); ++i) digest[i % digest.size()] ^= key[i];
  for (size_t i = 0; i < text.size(); ++i) digest[i % digest.size()] ^= text[i];
  return digest;
}

constexpr std::array<uint8_t, 4> kKey = {1, 2, 3, 4};

void WriteAgain(const millrace::StunMessage& message) {
  std::vector<uint8_t> bytes(millrace::kStunMessageBytesMax);
  millrace::StunWriter writer(bytes, message.message_class, message.method, message.transaction_id);
  if (message.username) writer.AddUsername(*message.username);
  if (message.priority) writer.AddPriority(*message.priority);
  if (message.use_candidate) writer.AddUseCandidate();
  if (message.ice_controlled) writer.AddIceControlled(*message.ice_controlled);
  if (message.ice_controlling) writer.AddIceControlling(*message.ice_controlling);
  if (message.xor_mapped_address) writer.AddXorMappedAddress(*message.xor_mapped_address);
  if (message.error_code) writer.AddErrorCode(*message.error_code, "reason");
  writer.AddUnknownAttributes(message.unknown_required());
  writer.AddMessageIntegrity(kKey, SumOf);
  writer.AddFingerprint();
  millrace::Bytes written = writer.Finish();
  auto again = millrace::StunMessage::Parse(written);
  if (!again || !again->has_fingerprint) std::abort();
  if (!again->CheckIntegrity(written, kKey, SumOf)) std::abort();
  if (again->message_class != message.message_class || again->method != message.method)
    std::abort();
  if (again->username != message.username || again->priority != message.priority) std::abort();
  if (again->xor_mapped_address != message.xor_mapped_address) std::abort();
  if (again->error_code != message.error_code) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::Bytes datagram(data, size);
  auto message = millrace::StunMessage::Parse(datagram);
  if (!message) return 0;
  (void)message->CheckIntegrity(datagram, kKey, SumOf);
  WriteAgain(*message);
  return 0;
}
