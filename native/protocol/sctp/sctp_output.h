#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/drop_reason.h"
#include "protocol/byte_strings.h"
#include "protocol/sctp/sctp_types.h"

namespace millrace {

// What came of one call to an association. Reused from call to call: Clear() keeps the memory.
struct SctpOutput {
  struct Message {
    SctpStreamId stream;
    Ppid ppid;
    bool ordered = true;
  };

  // To be sent in this order, each as one DTLS message or one datagram.
  ByteStrings packets;
  // Whole messages of the peer in the order of delivery; payloads[i] belongs to messages[i].
  std::vector<Message> messages;
  ByteStrings payloads;

  // The state after the call, if it changed.
  std::optional<SctpState> state;
  // Once each time the association becomes connected.
  std::optional<SctpNegotiated> negotiated;
  // The peer began anew within the same association: all streams start from nothing.
  bool restarted = false;

  // The peer will send nothing more on these, from the numbering's beginning (RFC 6525).
  std::vector<SctpStreamId> incoming_resets;
  // What ResetStreams asked for and the peer did, or did not, do.
  std::vector<SctpStreamId> outgoing_resets;
  std::vector<SctpStreamId> failed_resets;
  // The stream's buffered amount fell to its threshold, or below.
  std::vector<SctpStreamId> buffered_amount_low;

  // Why the peer's packet had no effect, if it had none.
  std::optional<DropReason> drop;
  // For the log, when the state became kFailed, or kClosed by the peer.
  std::string failure;

  void Deliver(const Message& message, Bytes payload) {
    messages.push_back(message);
    payloads.Append(payload);
  }
  void Clear() {
    packets.Clear();
    messages.clear();
    payloads.Clear();
    state.reset();
    negotiated.reset();
    restarted = false;
    incoming_resets.clear();
    outgoing_resets.clear();
    failed_resets.clear();
    buffered_amount_low.clear();
    drop.reset();
    failure.clear();
  }
};

}  // namespace millrace
