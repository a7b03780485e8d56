// Feeds datagrams to a DTLS session in the middle of its handshake. The first byte chooses the
// role; then each datagram follows a byte with its length in steps of eight.
#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/check.h"
#include "protocol/crypto.h"
#include "protocol/dtls.h"
#include "protocol/ice_lite.h"

using namespace millrace;

namespace {

ValidatedPath MakeValidatedPath() {
  IceLite ice({.username_fragment = "local", .password = "password"});
  std::array<uint8_t, 200> bytes{};
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {});
  writer.AddUsername("local:peer");
  writer.AddPriority(1);
  constexpr uint8_t kPassword[] = {'p', 'a', 's', 's', 'w', 'o', 'r', 'd'};
  writer.AddMessageIntegrity(kPassword, HmacSha1);
  Bytes check = writer.Finish();
  Output out;
  (void)ice.Receive(*StunMessage::Parse(check), check, Path(), Timestamp(), out);
  return *ice.selected();
}

std::unique_ptr<DtlsContext> MakeContext() {
  auto made = DtlsContext::Make({});
  return std::move(made.value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const ValidatedPath kPath = MakeValidatedPath();
  static const std::unique_ptr<DtlsContext> kContext = MakeContext();
  if (size == 0) return 0;
  DtlsSession session(*kContext);
  DtlsOutput out;
  DtlsRole role = (data[0] & 1) != 0 ? DtlsRole::kClient : DtlsRole::kServer;
  session.Start(kPath, role, kContext->fingerprints(), Timestamp(), out);

  ByteReader reader(Bytes(data, size).subspan(1));
  while (reader.remaining() > 0) {
    size_t count = std::min(size_t{8} * reader.ReadU8(), reader.remaining());
    Bytes bytes = reader.ReadBytes(count);
    std::vector<uint8_t> datagram(bytes.begin(), bytes.end());
    out.Clear();
    session.Receive(kPath, datagram, Timestamp(), out);
    CHECK(session.state() != DtlsState::kConnected, "nobody guesses a handshake");
  }
  session.OnDeadline(Timestamp::Never(), out);
  session.Close(out);
  return 0;
}
