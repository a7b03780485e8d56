#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/byte_writer.h"
#include "base/random.h"
#include "base/strong.h"
#include "base/time.h"
#include "routing/link.h"
#include "routing/traffic.h"
#include "routing/turn.h"

namespace millrace {

class ConsumerStream;
class Producer;
class Transport;

// Gathers RTCP packets into compounds that fit one datagram, and sends each when it is full.
class RtcpCompound {
 public:
  // 1,200 bytes of media and the usual headers pass everywhere; so do these.
  static constexpr size_t kBytesMax = 1292;

  RtcpCompound(Link& link, Traffic& traffic, Turn& turn)
      : link_(link), traffic_(traffic), turn_(turn), writer_(bytes_) {}

  // `write(ByteWriter&)` writes packets of at most `size` bytes; they stay in one compound.
  template <typename F>
  void Add(size_t size, F&& write) {
    if (writer_.remaining() < size) Flush();
    write(writer_);
  }
  [[nodiscard]] ByteWriter& writer() { return writer_; }
  void Flush();

 private:
  Link& link_;
  Traffic& traffic_;
  Turn& turn_;
  std::array<uint8_t, kBytesMax> bytes_{};
  ByteWriter writer_;
};

// What one transport tells its peer by RTCP: reports every 1 to 1.5 s, and at once what cannot
// wait.
class RtcpSender {
 public:
  static constexpr Duration kIntervalMin = Duration::Millis(1000);
  static constexpr uint32_t kIntervalSpreadMs = 500;

  explicit RtcpSender(Random& random) : random_(random), ssrc_(random.NextU32() | 1u) {}

  // Media can leave from now on, or no more.
  void Start(Timestamp now) { next_report_ = now + Interval(); }
  void Stop() { next_report_ = Timestamp::Never(); }
  [[nodiscard]] Timestamp deadline() const { return next_report_; }

  // Sender reports of all consumers, receiver reports of all producers. Tells what changed of
  // producers' scores.
  void SendReports(Transport& transport, Turn& turn);
  void SendNack(Transport& transport, Ssrc media, std::span<const uint16_t> sequence_numbers,
                Turn& turn);
  void SendPli(Transport& transport, Ssrc media, Turn& turn);
  void SendFir(Transport& transport, Ssrc media, uint8_t sequence_number, Turn& turn);
  void SendRemb(Transport& transport, uint64_t bitrate, Turn& turn);
  void SendTransportFeedback(Transport& transport, Turn& turn);
  void SendBye(Transport& transport, const ConsumerStream& stream, Turn& turn);

  // The peer told its clock (RFC 3611 section 4.4): the next reports answer.
  void SetReferenceSender(Ssrc sender) { reference_sender_ = sender; }
  // Ours, as receiver of everything.
  [[nodiscard]] Ssrc ssrc() const { return ssrc_; }

 private:
  [[nodiscard]] Duration Interval() {
    return kIntervalMin + Duration::Millis(random_.Below(kIntervalSpreadMs + 1));
  }
  void AddSenderReports(Transport& transport, RtcpCompound& compound, Turn& turn);
  void AddSenderReport(ConsumerStream& stream, RtcpCompound& compound, Turn& turn);
  void AddReceiverReports(Transport& transport, RtcpCompound& compound, Turn& turn);

  Random& random_;
  Ssrc ssrc_;
  Timestamp next_report_ = Timestamp::Never();
  std::optional<Ssrc> reference_sender_;
};

}  // namespace millrace
