#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/byte_writer.h"
#include "base/random.h"
#include "protocol/srtp.h"

namespace millrace {

inline std::vector<uint8_t> Concat(Bytes first, Bytes second) {
  std::vector<uint8_t> bytes(first.begin(), first.end());
  bytes.insert(bytes.end(), second.begin(), second.end());
  return bytes;
}

// An RTP packet in its parts, as a sender has them.
struct RtpParts {
  std::vector<uint8_t> header;
  std::vector<uint8_t> payload;

  [[nodiscard]] std::vector<uint8_t> Whole() const { return Concat(header, payload); }
};

struct RtpPartsOptions {
  Ssrc ssrc{0x11223344};
  uint16_t sequence_number = 1000;
  size_t payload_size = 100;
  bool extension = false;
  uint8_t csrc_count = 0;
};

inline RtpParts MakeRtp(const RtpPartsOptions& options) {
  std::vector<uint8_t> header(200);
  ByteWriter writer(header);
  writer.WriteU8(static_cast<uint8_t>(0x80 | (options.extension ? 0x10 : 0) | options.csrc_count));
  writer.WriteU8(96);
  writer.WriteU16(options.sequence_number);
  writer.WriteU32(0x01020304);
  writer.WriteU32(options.ssrc.value());
  for (uint32_t i = 0; i < options.csrc_count; ++i) writer.WriteU32(0xc0000000 + i);
  if (options.extension) {
    writer.WriteU16(0xbede);
    writer.WriteU16(2);
    writer.WriteU64(0x10'ff'32'01'02'03'00'00);
  }
  header.resize(writer.position());
  std::vector<uint8_t> payload(options.payload_size);
  for (size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<uint8_t>(i * 7 + options.sequence_number);
  }
  return {std::move(header), std::move(payload)};
}

inline std::vector<uint8_t> MakeRtcp(Ssrc ssrc, size_t report_words = 5) {
  std::vector<uint8_t> packet(8 + 4 * report_words);
  ByteWriter writer(packet);
  writer.WriteU8(0x80);
  writer.WriteU8(200);
  writer.WriteU16(static_cast<uint16_t>(1 + report_words));
  writer.WriteU32(ssrc.value());
  for (size_t i = 0; i < report_words; ++i) writer.WriteU32(0xabcd0000 + static_cast<uint32_t>(i));
  return packet;
}

inline SrtpKeyMaterial MakeKeys(SrtpSuite suite, uint64_t seed = 7) {
  std::vector<uint8_t> bytes(SrtpKeyBytes(suite) + SrtpSaltBytes(suite));
  Random(seed).Fill(bytes);
  return *SrtpKeyMaterial::FromBytes(suite, bytes);
}

// Empty when the sender refused; the reason is then `*reason`.
inline std::vector<uint8_t> SealRtp(SrtpSender& sender, SrtpStream stream, const RtpParts& parts,
                                    DropReason* reason = nullptr) {
  std::vector<uint8_t> target(parts.header.size() + parts.payload.size() + kSrtpRtpOverheadMax);
  std::copy(parts.header.begin(), parts.header.end(), target.begin());
  SrtpResult result = sender.SealRtp(stream, target, parts.header.size(), parts.payload);
  if (!result.ok() && reason != nullptr) *reason = result.reason();
  target.resize(result.size());
  return target;
}

inline std::vector<uint8_t> SealRtcp(SrtpSender& sender, Bytes packet) {
  std::vector<uint8_t> target(packet.begin(), packet.end());
  target.resize(packet.size() + kSrtpRtcpOverheadMax);
  target.resize(sender.SealRtcp(target, packet.size()).size());
  return target;
}

inline std::vector<uint8_t> OpenRtp(SrtpReceiver& receiver, Bytes packet,
                                    DropReason* reason = nullptr) {
  std::vector<uint8_t> plain(packet.size() + 1);
  SrtpResult result = receiver.OpenRtp(packet, plain);
  if (!result.ok() && reason != nullptr) *reason = result.reason();
  plain.resize(result.size());
  return plain;
}

inline std::vector<uint8_t> OpenRtcp(SrtpReceiver& receiver, Bytes packet,
                                     DropReason* reason = nullptr) {
  std::vector<uint8_t> plain(packet.size() + 1);
  SrtpResult result = receiver.OpenRtcp(packet, plain);
  if (!result.ok() && reason != nullptr) *reason = result.reason();
  plain.resize(result.size());
  return plain;
}

// A back end and a suite: what every SRTP test is run with.
struct SrtpSetup {
  bool ipsec_mb;
  SrtpSuite suite;

  [[nodiscard]] std::unique_ptr<SrtpBackend> MakeBackend() const {
    return ipsec_mb ? SrtpBackend::MakeIpsecMb() : SrtpBackend::MakeEvp();
  }
};

inline std::vector<SrtpSetup> AllSrtpSetups() {
  bool has_ipsec_mb = SrtpBackend::MakeIpsecMb() != nullptr;
  std::vector<SrtpSetup> setups;
  for (SrtpSuite suite : kSrtpSuites) {
    setups.push_back({.ipsec_mb = false, .suite = suite});
    if (has_ipsec_mb) setups.push_back({.ipsec_mb = true, .suite = suite});
  }
  return setups;
}

inline std::string NameOfSetup(const testing::TestParamInfo<SrtpSetup>& setup) {
  return std::string(setup.param.ipsec_mb ? "IpsecMb_" : "Evp_") +
         std::string(ToString(setup.param.suite));
}

}  // namespace millrace
