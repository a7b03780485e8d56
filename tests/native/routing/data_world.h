#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "protocol/sctp/sctp_pair.h"
#include "routing/data_path.h"
#include "routing_world.h"

namespace millrace {

// A routing world whose plain transports speak SCTP with peers outside, or with each other, over
// links that delay and lose. Everything happens in simulated time.
class DataWorld : public RoutingWorld {
 public:
  // A peer outside: one association, and the transport that it talks to.
  struct Peer {
    Peer(const SctpSettings& settings, Random& random) : side(settings, random) {}

    SctpSide side;
    Transport* transport = nullptr;
    Path path;
    // Of each direction.
    double loss = 0;
    // While set, nothing arrives in either direction.
    bool cut = false;
  };

  static PlainTransportOptions WithSctp(bool is_data_channel = false) {
    PlainTransportOptions options;
    options.base.enable_sctp = true;
    options.base.is_data_channel = is_data_channel;
    return options;
  }

  // A peer at this port, and the transport `id` for it, connected to each other.
  Peer& AddPeer(const std::string& id, uint16_t port, const PlainTransportOptions& options,
                const SctpSettings& settings = {}) {
    Transport& transport = AddPlain(id, options.comedia ? 0 : port, options);
    Peer& peer = AttachPeer(transport, PeerPath(transport, port), settings);
    if (options.comedia) {
      Turn turn = Now();
      CHECK(transport.ConnectPlain({}, turn).ok(), "the test connects once");
    } else {
      Run(Duration::Millis(200));
    }
    return peer;
  }
  Peer& AddPeer(const std::string& id, uint16_t port) { return AddPeer(id, port, WithSctp()); }
  Peer& AttachPeer(Transport& transport, const Path& path, const SctpSettings& settings = {}) {
    Peer& peer = *peers_.emplace_back(std::make_unique<Peer>(settings, random));
    peer.transport = &transport;
    peer.path = path;
    return peer;
  }

  // Two transports of this world that talk to each other.
  std::pair<Transport*, Transport*> AddPair(const std::string& first, const std::string& second) {
    Transport& a = AddPlain(first, 7002, WithSctp());
    Transport& b = AddPlain(second, 7001, WithSctp());
    Join(a, b);
    Run(Duration::Millis(200));
    return {&a, &b};
  }

  // Datagrams of `a` to port 7002 arrive at `b`, and those of `b` to port 7001 at `a`.
  void Join(Transport& a, Transport& b) {
    wires_.push_back({PeerPath(a, 7002), &b, PeerPath(b, 7001)});
    wires_.push_back({PeerPath(b, 7001), &a, PeerPath(a, 7002)});
  }

  DataProducer& ProduceData(Transport& transport, const std::string& id, uint16_t stream,
                            bool paused = false) {
    return *control
                .ProduceData(transport, {.data_producer_id = id,
                                         .stream = SctpStreamParameters{.stream_id = stream},
                                         .label = "label of " + id,
                                         .protocol = "chat",
                                         .paused = paused})
                .value();
  }
  DataConsumer& ConsumeData(Transport& transport, const std::string& id,
                            const std::string& producer, SctpStreamParameters stream) {
    return *control
                .ConsumeData(transport, {.data_consumer_id = id,
                                         .data_producer_id = producer,
                                         .stream = stream,
                                         .label = "label of " + id,
                                         .protocol = "chat"})
                .value();
  }

  // What a peer does with its association; the packets that follow are on their way.
  template <typename F>
  void Call(Peer& peer, F call) {
    SctpOutput output;
    call(peer.side.association, output);
    peer.side.Gather(output);
    for (size_t i = 0; i < output.packets.size(); ++i) {
      Bytes packet = output.packets[i];
      Launch(&peer, {packet.begin(), packet.end()}, [this, &peer](const std::vector<uint8_t>& b) {
        Receive(*peer.transport, peer.path, b);
      });
    }
  }
  SctpSendResult Send(Peer& peer, uint16_t stream, Bytes payload, Ppid ppid = Ppid(53)) {
    SctpSendResult result = SctpSendResult::kClosed;
    Call(peer, [&](SctpAssociation& association, SctpOutput& output) {
      result = association.Send({.stream = SctpStreamId(stream), .ppid = ppid, .payload = payload},
                                now, output);
    });
    return result;
  }

  void Run(Duration duration) {
    Timestamp end = now + duration;
    Carry();
    for (Timestamp next = NextEvent(); next <= end; next = NextEvent()) {
      now = std::max(now, next);
      Deliver();
      for (const auto& peer : peers_) {
        if (peer->side.association.deadline() > now) continue;
        Call(*peer, [this](SctpAssociation& association, SctpOutput& output) {
          association.OnDeadline(now, output);
        });
      }
      Turn turn = Now();
      for (Transport* transport : Transports()) {
        if (transport->deadline() <= now) router.OnTransportDeadline(*transport, turn);
      }
      Carry();
    }
    now = end;
  }

  // What became of datagrams to nobody.
  std::vector<SentDatagram> stray;

 private:
  using Arrival = std::function<void(const std::vector<uint8_t>&)>;
  struct Wire {
    Path path;  // as the sending transport sees it
    Transport* target = nullptr;
    Path seen;
  };
  struct Flying {
    Timestamp time;
    std::vector<uint8_t> bytes;
    Arrival arrive;
  };

  void Launch(Peer* peer, std::vector<uint8_t> bytes, Arrival arrive) {
    if (peer && (peer->cut || (peer->loss > 0 && random.NextDouble() < peer->loss))) return;
    flying_.push_back({now + Duration::Millis(10), std::move(bytes), std::move(arrive)});
  }

  // What the router sends now goes on its way.
  void Carry() {
    for (SentDatagram& datagram : Drain()) {
      if (Peer* peer = PeerAt(datagram.path)) {
        Launch(peer, std::move(datagram.bytes), [this, peer](const std::vector<uint8_t>& bytes) {
          Call(*peer, [&](SctpAssociation& association, SctpOutput& output) {
            association.Receive(bytes, now, output);
          });
        });
        continue;
      }
      auto wire = std::ranges::find(wires_, datagram.path, &Wire::path);
      if (wire == wires_.end()) {
        stray.push_back(std::move(datagram));
        continue;
      }
      Launch(nullptr, std::move(datagram.bytes),
             [this, wire = *wire](const std::vector<uint8_t>& bytes) {
               Receive(*wire.target, wire.seen, bytes);
             });
    }
  }
  void Deliver() {
    while (!flying_.empty() && flying_.front().time <= now) {
      Flying packet = std::move(flying_.front());
      flying_.erase(flying_.begin());
      packet.arrive(packet.bytes);
    }
  }
  Peer* PeerAt(const Path& path) {
    auto found = std::ranges::find_if(peers_, [&](const auto& p) { return p->path == path; });
    return found == peers_.end() ? nullptr : found->get();
  }
  Timestamp NextEvent() {
    Timestamp next = flying_.empty() ? Timestamp::Never() : flying_.front().time;
    for (const auto& peer : peers_) next = std::min(next, peer->side.association.deadline());
    for (Transport* transport : Transports()) next = std::min(next, transport->deadline());
    return next;
  }

  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<Wire> wires_;
  std::vector<Flying> flying_;
};

inline std::vector<uint8_t> BytesOf(const std::string& text) { return {text.begin(), text.end()}; }

inline std::string TextOf(const SctpSide::Message& message) {
  return {message.bytes.begin(), message.bytes.end()};
}

inline std::vector<std::string> TextsOf(const DataWorld::Peer& peer) {
  std::vector<std::string> texts;
  for (const SctpSide::Message& message : peer.side.messages) texts.push_back(TextOf(message));
  return texts;
}

}  // namespace millrace
