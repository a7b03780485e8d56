#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "protocol/crypto.h"
#include "protocol/dtls.h"
#include "protocol/ice_lite.h"
#include "protocol/srtp.h"
#include "routing_world.h"
#include "wire/stun.h"

namespace millrace {

// A browser by hand: binding requests, a DTLS session, and the SRTP keys that come of it.
class Browser {
 public:
  explicit Browser(uint16_t port)
      : context_(std::move(DtlsContext::Make({}).value())),
        session_(*context_),
        backend_(SrtpBackend::MakeEvp()),
        own_ice_(IceCredentials{"brow", "a password of the browser"}),
        port_(port) {}

  [[nodiscard]] DtlsParameters Parameters(DtlsRoleName role) const {
    DtlsParameters parameters{.role = role};
    const DtlsFingerprint& sha256 = context_->fingerprints()[2];
    parameters.fingerprints = {{sha256.algorithm, sha256.value()}};
    return parameters;
  }
  [[nodiscard]] Path PathTo(SocketId socket) const {
    return {socket, {*IpAddress::Parse("10.0.0.9"), port_}};
  }
  [[nodiscard]] static std::vector<uint8_t> Check(const IceParameters& worker, bool nominate) {
    std::vector<uint8_t> bytes(512);
    StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {1, 2, 3});
    writer.AddUsername(worker.username_fragment + ":brow");
    writer.AddPriority(1);
    writer.AddIceControlling(5);
    if (nominate) writer.AddUseCandidate();
    Bytes key(reinterpret_cast<const uint8_t*>(worker.password.data()), worker.password.size());
    writer.AddMessageIntegrity(key, &HmacSha1);
    writer.AddFingerprint();
    size_t size = writer.Finish().size();
    bytes.resize(size);
    return bytes;
  }
  void Start(const WebRtcTransportDump& worker, DtlsRole role, Timestamp now) {
    std::vector<DtlsFingerprint> fingerprints;
    for (const FingerprintText& text : worker.dtls_parameters.fingerprints) {
      fingerprints.push_back(*DtlsFingerprint::Parse(text.algorithm, text.value));
    }
    dtls_out_.Clear();
    session_.Start(Validated(now), role, fingerprints, now, dtls_out_);
    Take();
  }
  void Receive(const std::vector<uint8_t>& datagram, Timestamp now) {
    dtls_out_.Clear();
    session_.Receive(Validated(now), datagram, now, dtls_out_);
    Take();
  }
  [[nodiscard]] std::vector<std::vector<uint8_t>> TakePending() {
    return std::exchange(pending_, {});
  }
  // The SCTP packets that came in DTLS since the last call.
  [[nodiscard]] std::vector<std::vector<uint8_t>> TakeSctp() { return std::exchange(sctp_, {}); }
  bool SendSctp(Bytes packet) {
    dtls_out_.Clear();
    bool sent = session_.Send(packet, dtls_out_);
    Take();
    return sent;
  }
  [[nodiscard]] bool connected() const { return sender_.has_value(); }
  SrtpStream StreamOf(Ssrc ssrc) {
    auto known = streams_.find(ssrc);
    if (known == streams_.end()) known = streams_.emplace(ssrc, *sender_->AddStream(ssrc)).first;
    return known->second;
  }
  std::vector<uint8_t> Seal(const std::vector<uint8_t>& packet) {
    RtpView view = *RtpView::Parse(packet);
    std::vector<uint8_t> sealed = packet;
    sealed.resize(packet.size() + kSrtpRtpOverheadMax);
    SrtpResult result =
        sender_->SealRtp(StreamOf(view.ssrc()), sealed, view.header_size(), view.payload());
    EXPECT_TRUE(result.ok());
    sealed.resize(result.size());
    return sealed;
  }
  [[nodiscard]] bool Opens(const std::vector<uint8_t>& sealed) {
    std::vector<uint8_t> plain(sealed.size());
    return receiver_->OpenRtp(sealed, plain).ok();
  }
  [[nodiscard]] DtlsSession& session() { return session_; }

 private:
  // Only an ICE agent can vouch for a path, so the browser asks one of its own.
  ValidatedPath Validated(Timestamp now) {
    Path path{SocketId(1), {*IpAddress::Parse("10.0.0.1"), 1}};
    if (!own_ice_.IsValidated(path)) {
      std::vector<uint8_t> check =
          Check({.username_fragment = "brow", .password = "a password of the browser"}, true);
      Output out;
      (void)own_ice_.Receive(*StunMessage::Parse(check), check, path, now, out);
    }
    return *own_ice_.Validated(path);
  }
  void Take() {
    for (size_t i = 0; i < dtls_out_.datagrams.size(); ++i) {
      Bytes bytes = dtls_out_.datagrams[i];
      pending_.emplace_back(bytes.begin(), bytes.end());
    }
    for (size_t i = 0; i < dtls_out_.application_data.size(); ++i) {
      Bytes bytes = dtls_out_.application_data[i];
      sctp_.emplace_back(bytes.begin(), bytes.end());
    }
    if (dtls_out_.state != DtlsState::kConnected) return;
    DtlsSrtpKeys keys = *session_.TakeSrtpKeys();
    sender_.emplace(*backend_, keys.sending);
    receiver_.emplace(*backend_, keys.receiving);
  }

  std::unique_ptr<DtlsContext> context_;
  DtlsSession session_;
  std::unique_ptr<SrtpBackend> backend_;
  IceLite own_ice_;
  uint16_t port_;
  DtlsOutput dtls_out_;
  std::vector<std::vector<uint8_t>> pending_;
  std::vector<std::vector<uint8_t>> sctp_;
  std::optional<SrtpSender> sender_;
  std::map<Ssrc, SrtpStream> streams_;
  std::optional<SrtpReceiver> receiver_;
};

}  // namespace millrace
