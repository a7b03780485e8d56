#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "base/endpoint.h"
#include "media/bwe/bandwidth_estimator.h"
#include "media/selection.h"
#include "routing/bitrate_request.h"
#include "routing/commons.h"
#include "routing/data_path.h"
#include "routing/parameters.h"
#include "routing/producer.h"
#include "routing/turn.h"
#include "wire/rtcp/report_block.h"
#include "wire/rtcp/rtcp_reader.h"

namespace millrace {

class RtpObserver;
class Consumer;
class Transport;

// The set of transports whose producers and consumers can meet, and the only orchestrator of the
// packet path. It owns its transports and observers; only router_control edits them.
class Router {
 public:
  Router(std::string id, RouterCommons& commons);
  ~Router();

  // --- the packet path. `received` is when the kernel took the datagram.
  void OnDatagram(Transport& transport, const Path& path, Bytes bytes, Timestamp received,
                  Turn& turn);
  // A TCP connection of the transport's peer has ended.
  void OnPathEnded(Transport& transport, const Path& path, Turn& turn);
  void OnTransportDeadline(Transport& transport, Turn& turn);
  // RTP and RTCP that the controller brings to a direct transport; an error when they are none.
  [[nodiscard]] Result<Done> ReceiveDirectRtp(Producer& producer, Bytes bytes, Turn& turn);
  [[nodiscard]] Result<Done> ReceiveDirectRtcp(Transport& transport, Bytes bytes, Turn& turn);
  // The router's own timers: its observers.
  void OnDeadline(Turn& turn);
  [[nodiscard]] Timestamp deadline() const;

  // --- verbs that reach from one noun to others
  void SetPaused(Producer& producer, bool paused, Turn& turn);
  void SetPaused(Consumer& consumer, bool paused, Turn& turn);
  void RequestKeyFrame(Consumer& consumer, Turn& turn);
  // Tells and asks what follows from a change of the consumer's layers.
  void Apply(Consumer& consumer, const LayersUpdate& update, Turn& turn);

  // The consumers of the transport, or what they want, are others: its bandwidth is shared anew.
  void ShareSoon(Transport& transport, Turn& turn);

  // --- what others of this room found out
  void OnBandwidth(Transport& transport, const BandwidthUpdate& update, Turn& turn);
  // The link may have become ready for media, or no more.
  void OnLinkChange(Transport& transport, Turn& turn);
  // The score of a stream of the producer is another one: tell, and let consumers choose anew.
  void OnScoreChange(Producer& producer, Turn& turn);

  // Messages of data channels.
  [[nodiscard]] DataPath& data() { return data_; }
  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] RouterDump Dump() const;

 private:
  friend class RouterControl;

  // router.cc: RTP
  void OnRtp(Transport& transport, const Path& path, Bytes bytes, Timestamp received, Turn& turn);
  void OnOpenedRtp(Transport& transport, const RtpPacketRef& packet, const RtpView& view,
                   Turn& turn);
  [[nodiscard]] const StreamRoute* FindRoute(Transport& transport, const RtpView& view,
                                             Timestamp received, Turn& turn);
  void Forward(Producer& producer, const RtpPacketRef& packet, const DependencyFrame* frame,
               Turn& turn);
  [[nodiscard]] Selection ForwardTo(Consumer& consumer, const RtpPacketRef& packet,
                                    const DependencyFrame* frame, Turn& turn);
  void ForwardEarly(Producer& producer, Consumer& consumer, const RtpPacket& first, Turn& turn);
  void ActivateConsumer(Consumer& consumer, Turn& turn);
  void AskKeyFrame(Producer& producer, size_t stream_index, Turn& turn);
  void SendKeyFrameRequest(Producer& producer, Producer::Stream& stream, Turn& turn);
  void ServeStream(Producer& producer, Producer::Stream& stream, Turn& turn);

  // router_data.cc
  void OnSctp(Transport& transport, const Path& path, Bytes bytes, Turn& turn);
  void OnApplicationData(Transport& transport, Turn& turn);
  void DumpData(const Transport& transport, RouterDump& dump) const;

  // router_rtcp.cc
  void OnRtcp(Transport& transport, const Path& path, Bytes bytes, Turn& turn);
  void OnOpenedRtcp(Transport& transport, Bytes compound, Turn& turn);
  void OnRtcpBlock(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnSenderReport(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnReportBlocks(Transport& transport, const ReportBlocks& blocks, Turn& turn);
  void OnNack(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnPli(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnFir(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnExtendedReport(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnKeyFrameRequest(Transport& transport, Ssrc media, bool fir, Turn& turn);

  // router_bandwidth.cc
  void OnTransportFeedback(Transport& transport, const RtcpBlock& block, Turn& turn);
  void OnRemb(Transport& transport, const RtcpBlock& block, Turn& turn);
  void ServeBandwidth(Transport& transport, Turn& turn);
  void ShareBandwidth(Transport& transport, Turn& turn);

  std::string id_;
  RouterCommons& commons_;
  DataPath data_;
  std::vector<std::unique_ptr<Transport>> transports_;
  std::vector<std::unique_ptr<RtpObserver>> observers_;
  // One round of sharing a transport's bandwidth; kept, so that the next one need not allocate.
  struct Sharing {
    std::vector<Consumer*> consumers;
    std::vector<BitrateRequest> wishes;
    std::vector<AllocationRequest> requests;
    std::vector<AllocationGrant> grants;
  };
  Sharing sharing_;
  // A decrypted RTCP compound, as large as what a datagram can bring in.
  std::vector<uint8_t> rtcp_buffer_;
};

}  // namespace millrace
