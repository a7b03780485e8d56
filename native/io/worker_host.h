#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "base/output.h"
#include "io/channel.h"
#include "io/event_loop.h"
#include "io/socket_table.h"
#include "io/udp_receiver.h"
#include "io/udp_sender.h"
#include "worker/worker.h"

namespace millrace {

// Drives one Worker with real sockets, a real clock and a channel. It owns the worker, its output
// and its sockets, and turns in one loop on one thread:
//     wait -> drain sockets -> route -> seal and send -> channel -> wait
// Nothing is sent while there is still something to read, so a busier worker makes larger, cheaper
// sends by itself. It decides nothing about media or requests.
class WorkerHost {
 public:
  struct Options {
    WorkerSettings settings;
    SendMode send_mode = SendMode::kBatch;
  };

  WorkerHost(const Options& options, EventLoop& loop, Channel& channel);

  // False when the settings cannot be used (a certificate that is none).
  [[nodiscard]] bool usable() const { return worker_.usable(); }

  // Runs until the controller closes the worker or the channel, SIGINT or SIGTERM comes, or the
  // channel breaks. What was written to the channel is then out, or its reader had kLastBytesMax to
  // take it.
  void Run();

 private:
  // A tick reads at most so much before it sends: longer would delay what is already routed.
  static constexpr size_t kDatagramsPerTick = 256;
  static constexpr Duration kReadingPerTick = Duration::Micros(500);
  static constexpr size_t kFramesPerTick = 256;
  static constexpr Duration kLastBytesMax = Duration::Seconds(1);

  void Tick();
  void TakeEvents(std::span<const Event> events);
  void TakeSocketEvent(const Event& event);
  void DrainUdp();
  void ReadConnection(SocketId id);
  void LoseConnection(SocketId id);
  void ReadChannel();
  void Flush();
  void SendDatagrams();
  void SendFrames(TcpConnection& connection, SocketId id,
                  std::span<const Output::Datagram> datagrams);
  void CloseSockets();
  void WriteLastBytes();

  EventLoop& loop_;
  Channel& channel_;
  SocketTable sockets_;
  Worker worker_;
  Output out_;
  UdpReceiver receiver_;
  UdpSender sender_;

  Timestamp now_;
  bool stopping_ = false;
  bool frames_left_ = false;        // the channel had more than a tick may read
  std::vector<SocketId> readable_;  // UDP sockets that may hold datagrams, in turn
  size_t readable_before_ = 0;      // how many of them the last tick left
  std::vector<SocketId> lost_;      // connections found dead while writing to them
};

}  // namespace millrace
