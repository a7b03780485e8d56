// Opens arbitrary bytes as SRTP and SRTCP, and seals them as an RTP payload and opens that again.
// The first byte chooses the suite and the back end.
#include <algorithm>
#include <memory>
#include <vector>

#include "base/check.h"
#include "protocol/srtp.h"

using namespace millrace;

namespace {

constexpr Ssrc kSsrc{0x01020304};

SrtpKeyMaterial KeysOf(SrtpSuite suite) {
  std::vector<uint8_t> bytes(SrtpKeyBytes(suite) + SrtpSaltBytes(suite), 0x42);
  return *SrtpKeyMaterial::FromBytes(suite, bytes);
}

void SealAndOpen(SrtpSender& sender, SrtpReceiver& receiver, Bytes payload) {
  std::vector<uint8_t> target = {0x80, 96, 0x10, 0, 0, 0, 0, 0, 1, 2, 3, 4};
  target.resize(12 + payload.size() + kSrtpRtpOverheadMax);
  SrtpStream stream = *sender.AddStream(kSsrc);
  SrtpResult sealed = sender.SealRtp(stream, target, 12, payload);
  CHECK(sealed.ok(), "a fresh sender seals anything");
  std::vector<uint8_t> plain(sealed.size());
  SrtpResult opened = receiver.OpenRtp(Bytes(target).first(sealed.size()), plain);
  CHECK(opened.ok() && opened.size() == 12 + payload.size(), "what was sealed opens");
  CHECK(std::equal(payload.begin(), payload.end(), plain.begin() + 12), "with the same payload");
  CHECK(!receiver.OpenRtp(Bytes(target).first(sealed.size()), plain).ok(), "and once only");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const std::unique_ptr<SrtpBackend> kBackends[] = {SrtpBackend::MakeEvp(),
                                                           SrtpBackend::MakeFastest()};
  if (size == 0) return 0;
  SrtpBackend& backend = *kBackends[data[0] >> 2 & 1];
  SrtpKeyMaterial keys = KeysOf(kSrtpSuites[data[0] & 3]);
  // Of exactly its size, so that a sanitizer sees the first byte too many.
  std::vector<uint8_t> packet(data + 1, data + size);
  std::vector<uint8_t> plain(std::max<size_t>(packet.size(), 1));

  SrtpReceiver receiver(backend, keys);
  (void)receiver.OpenRtp(packet, plain);
  (void)receiver.OpenRtcp(packet, plain);
  SrtpSender sender(backend, keys);
  SrtpReceiver peer(backend, keys);
  SealAndOpen(sender, peer, packet);
  return 0;
}
