#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/sctp/congestion_window.h"
#include "protocol/sctp/error_cause.h"
#include "protocol/sctp/heartbeat.h"
#include "protocol/sctp/outstanding_chunks.h"
#include "protocol/sctp/reassembly_queue.h"
#include "protocol/sctp/received_tsns.h"
#include "protocol/sctp/retransmission_timeout.h"
#include "protocol/sctp/sctp_output.h"
#include "protocol/sctp/send_queue.h"
#include "protocol/sctp/stream_reset_receiver.h"
#include "protocol/sctp/stream_reset_sender.h"

namespace millrace {

// What the handshake agreed on.
struct TransferStart {
  uint32_t own_tag = 0;
  uint32_t peer_tag = 0;
  uint32_t own_initial_tsn = 0;
  uint32_t peer_initial_tsn = 0;
  uint32_t peer_window = 0;
  uint64_t nonce = 0;
  SctpNegotiated negotiated;
};

// The peer did what makes going on impossible.
struct Violation {
  ErrorCause cause = ErrorCause::kProtocolViolation;
  std::string_view reason;
};

// An association between its handshake and its end: data, acknowledgements, resets, heartbeats.
// Messages to be sent stay in the association's SendQueue, which outlives a restart of the peer.
class Transfer {
 public:
  // RFC 9260 section 16: "Association.Max.Retrans: 10 attempts".
  static constexpr int kErrorsMax = 10;

  Transfer(const TransferStart& start, const SctpSettings& settings, Timestamp now);

  // One chunk of a packet whose tag was right. Types that belong to the handshake do nothing.
  [[nodiscard]] std::optional<Violation> OnChunk(const ChunkView& chunk, SendQueue& queue,
                                                 Timestamp now, SctpOutput& out);
  // All chunks of a packet were read.
  void OnPacketEnd(Timestamp now);
  // False when the peer has not answered for too long.
  [[nodiscard]] bool OnDeadline(SendQueue& queue, Timestamp now, SctpOutput& out);
  // Sends what is due and what the windows allow; without `data` no DATA and no resets.
  void Fill(bool data, SendQueue& queue, Timestamp now, SctpOutput& out);

  [[nodiscard]] const TransferStart& start() const { return start_; }
  // Everything sent is acknowledged.
  [[nodiscard]] bool idle() const { return outstanding_.empty(); }
  [[nodiscard]] Timestamp deadline() const;
  [[nodiscard]] Duration timeout() const { return timeout_.value(); }
  [[nodiscard]] uint32_t cumulative_tsn() const {
    return static_cast<uint32_t>(received_.cumulative());
  }
  // The cumulative TSN that a SHUTDOWN carries.
  void OnShutdownTsn(uint32_t tsn, Timestamp now);
  [[nodiscard]] size_t held_bytes() const { return reassembly_.cost(); }

 private:
  [[nodiscard]] std::optional<Violation> OnData(const ChunkView& chunk, SctpOutput& out);
  [[nodiscard]] std::optional<Violation> Keep(const DataChunk& data, int64_t tsn, SctpOutput& out);
  void OnSack(const SackChunk& sack, Timestamp now);
  void OnForwardTsn(const ChunkView& chunk, SctpOutput& out);
  void OnHeartbeat(const ChunkView& chunk, SctpOutput& out);
  void OnReconfig(const ChunkView& chunk, SendQueue& queue, Timestamp now, SctpOutput& out);
  [[nodiscard]] std::optional<ReconfigResponse> AnswerReset(const ParameterView& parameter,
                                                            Timestamp now, SctpOutput& out);
  void EndReset(const StreamResetSender::Ended& ended, SendQueue& queue, SctpOutput& out);
  [[nodiscard]] bool TakeReply() { return replies_left_ > 0 && replies_left_-- > 0; }

  void FillControl(bool data, Timestamp now, PacketWriter& packet);
  // True when there is more than fits this packet.
  [[nodiscard]] bool FillData(SendQueue& queue, Timestamp now, PacketWriter& packet,
                              SctpOutput& out);
  void FillLost(Timestamp now, PacketWriter& packet);
  [[nodiscard]] bool MaySendNew() const;
  void DiscardAbandoned(SendQueue& queue, SctpOutput& out);
  [[nodiscard]] size_t PayloadRoom(const PacketWriter& packet) const;

  TransferStart start_;
  SctpSettings settings_;
  ReceivedTsns received_;
  ReassemblyQueue reassembly_;
  OutstandingChunks outstanding_;
  CongestionWindow congestion_;
  RetransmissionTimeout timeout_;
  Heartbeat heartbeat_;
  StreamResetReceiver reset_receiver_;
  StreamResetSender reset_sender_;
  uint32_t peer_window_;
  Timestamp retransmit_at_ = Timestamp::Never();
  Timestamp last_sent_;
  bool fast_retransmit_ = false;
  int errors_ = 0;
  // Of the packet that is being read.
  bool packet_has_data_ = false;
  bool packet_is_urgent_ = false;
  int replies_left_ = 0;
};

}  // namespace millrace
