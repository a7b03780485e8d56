// How SCTP packets come in, and what the dump says of data channels.
#include "protocol/sctp/sctp_packet.h"
#include "routing/router.h"
#include "routing/transport.h"

namespace millrace {

// A datagram that is an SCTP packet itself.
void Router::OnSctp(Transport& transport, const Path& path, Bytes bytes, Turn& turn) {
  if (!transport.data().association()) {
    turn.out.CountDrop(DropReason::kUnknownProtocol);
    return;
  }
  if (std::optional<DropReason> reason = transport.link().AdmitSctp(path)) {
    turn.out.CountDrop(*reason);
    return;
  }
  if (!SctpPacket::Parse(bytes)) {
    turn.out.CountDrop(DropReason::kMalformed);
    return;
  }
  transport.link().Authenticated(path, false, turn);
  OnLinkChange(transport, turn);
  data_.OnPacket(transport, bytes, turn);
}

// The SCTP packets of a DTLS datagram.
void Router::OnApplicationData(Transport& transport, Turn& turn) {
  ByteStrings& packets = transport.link().application_data();
  for (size_t i = 0; i < packets.size(); ++i) data_.OnPacket(transport, packets[i], turn);
  packets.Clear();
}

void Router::DumpData(const Transport& transport, RouterDump& dump) const {
  for (const auto& producer : transport.data().producers()) {
    NameList consumers{producer->id(), {}};
    for (const DataConsumer* consumer : producer->consumers()) {
      consumers.second.push_back(consumer->id());
      dump.data_consumer_producer_ids.emplace_back(consumer->id(), producer->id());
    }
    dump.data_producer_consumer_ids.push_back(std::move(consumers));
  }
}

}  // namespace millrace
