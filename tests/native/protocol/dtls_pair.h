#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/crypto.h"
#include "protocol/dtls.h"
#include "protocol/dtls_clock.h"
#include "protocol/ice_lite.h"

namespace millrace {

// A path that ICE validated; there is no other way to come by one.
inline ValidatedPath MakeValidatedPath() {
  IceLite ice({.username_fragment = "local", .password = "password"});
  Path path{.socket = SocketId(1), .remote = {IpAddress::FromV4({192, 0, 2, 1}), 5000}};
  std::vector<uint8_t> bytes(200);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {});
  writer.AddUsername("local:peer");
  writer.AddPriority(1);
  std::string_view password = "password";
  writer.AddMessageIntegrity(
      Bytes(reinterpret_cast<const uint8_t*>(password.data()), password.size()), HmacSha1);
  bytes.resize(writer.Finish().size());
  Output out;
  (void)ice.Receive(*StunMessage::Parse(bytes), bytes, path, Timestamp(), out);
  return *ice.Validated(path);
}

inline std::unique_ptr<DtlsContext> MakeContext(const DtlsContext::Settings& settings = {}) {
  auto made = DtlsContext::Make(settings);
  return std::move(made.value());
}

// One end of a handshake: a session of ours, or something else that takes and gives datagrams.
class DtlsEnd {
 public:
  virtual ~DtlsEnd() = default;
  virtual void Receive(Bytes datagram) = 0;
  virtual void OnDeadline() = 0;
  [[nodiscard]] virtual Timestamp deadline() const = 0;
  [[nodiscard]] virtual bool connected() const = 0;

  std::vector<std::vector<uint8_t>> sent;
};

class OurDtlsEnd final : public DtlsEnd {
 public:
  OurDtlsEnd(const DtlsContext& context, DtlsRole role, std::vector<DtlsFingerprint> remote)
      : session(context), path_(MakeValidatedPath()) {
    session.Start(path_, role, std::move(remote), DtlsClock::now(), out);
    Collect();
  }

  void Receive(Bytes datagram) override {
    session.Receive(path_, datagram, DtlsClock::now(), out);
    Collect();
  }
  void OnDeadline() override {
    session.OnDeadline(DtlsClock::now(), out);
    Collect();
  }
  Timestamp deadline() const override { return session.deadline(); }
  bool connected() const override { return session.state() == DtlsState::kConnected; }

  bool Send(std::string_view text) {
    bool done =
        session.Send(Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size()), out);
    Collect();
    return done;
  }
  void Close() {
    session.Close(out);
    Collect();
  }

  DtlsSession session;
  DtlsOutput out;
  // Kept over the calls.
  std::string failure;
  std::vector<DtlsState> states;
  std::vector<std::string> messages;

 private:
  void Collect() {
    for (size_t i = 0; i < out.datagrams.size(); ++i) {
      sent.emplace_back(out.datagrams[i].begin(), out.datagrams[i].end());
    }
    for (size_t i = 0; i < out.application_data.size(); ++i) {
      messages.emplace_back(out.application_data[i].begin(), out.application_data[i].end());
    }
    if (out.state) states.push_back(*out.state);
    if (!out.failure.empty()) failure = out.failure;
    drop = out.drop;
    out.Clear();
  }

  ValidatedPath path_;

 public:
  std::optional<DropReason> drop;
};

// Carries datagrams between two ends, lets time pass when nothing moves, and stops when both are
// connected, nobody waits for anything, or `limit` has passed.
class DtlsLink {
 public:
  // False: the datagram is lost. Called with the number of the datagram and its bytes.
  std::function<bool(size_t, Bytes)> arrives = [](size_t, Bytes) { return true; };
  bool reverse = false;

  // How long it took.
  Duration Run(DtlsEnd& a, DtlsEnd& b, Duration limit = Duration::Seconds(60)) {
    Timestamp begin = DtlsClock::now();
    while (!(a.connected() && b.connected())) {
      if (Carry(a, b) || Carry(b, a)) continue;
      Timestamp next = std::min(a.deadline(), b.deadline());
      if (next == Timestamp::Never() || next - begin > limit) break;
      DtlsClock::AdvanceTo(next);
      a.OnDeadline();
      b.OnDeadline();
    }
    while (Carry(a, b) || Carry(b, a)) {
    }
    return DtlsClock::now() - begin;
  }

 private:
  bool Carry(DtlsEnd& from, DtlsEnd& to) {
    auto datagrams = std::exchange(from.sent, {});
    if (reverse) std::reverse(datagrams.begin(), datagrams.end());
    for (const auto& datagram : datagrams) {
      if (arrives(carried_++, datagram)) to.Receive(datagram);
    }
    return !datagrams.empty();
  }

  size_t carried_ = 0;
};

// The records of a datagram, one by one.
inline std::vector<std::vector<uint8_t>> SplitRecords(Bytes datagram) {
  std::vector<std::vector<uint8_t>> records;
  ByteReader reader(datagram);
  while (auto record = DtlsRecord::Read(reader)) {
    records.emplace_back(record->whole.begin(), record->whole.end());
  }
  return records;
}

}  // namespace millrace
