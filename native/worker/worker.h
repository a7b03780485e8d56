#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/byte_reader.h"
#include "base/endpoint.h"
#include "base/output.h"
#include "base/random.h"
#include "base/time.h"
#include "routing/edge.h"

namespace millrace {

// The worker's arguments, already checked by whoever read the command line.
struct WorkerSettings {
  LogLevel log_level = LogLevel::kError;
  bool log_off = false;   // level "none": no log line leaves, not even an error
  uint32_t log_tags = 0;  // bit number = value of LogTag
  uint16_t rtc_min_port = 10000;
  uint16_t rtc_max_port = 59999;
  // PEM texts. Without them the worker makes an ECDSA P-256 certificate of its own.
  std::optional<std::string> dtls_certificate = std::nullopt;
  std::optional<std::string> dtls_private_key = std::nullopt;
  // Decimal process id: the handler id of WORKER_RUNNING, and the number in the worker's dump.
  std::string pid{};
};

// A datagram, or one RFC 4571 frame of a TCP connection, as it came in. The worker decrypts in
// place, so the bytes must be writable.
struct InboundDatagram {
  Path path;
  Timestamp received;
  MutableBytes bytes;
};

// Everything behind the worker's front: tables, routers, servers and the channel's desk.
class Machine;

// The media worker as one deterministic machine. Datagrams, channel frames and the passing of time
// come in; datagrams, frames, log lines and sockets to close go to `out`. It owns the routers and
// WebRTC servers and knows which transport each path, socket and ICE user name belongs to.
// It never reads a clock and never touches a socket: whoever drives it (the io edge or a
// simulation) gives `now` and carries out what it finds in `out`, in this order for each turn:
//   inputs -> while (Seal(now, out)) { send, out.ClearDatagrams() } -> send, frames -> out.Clear().
class Worker {
 public:
  Worker(const WorkerSettings& settings, const Random::Seed& seed, Edge& edge);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // False when the given certificate or key cannot be used; the process then ends as with any wrong
  // setting.
  [[nodiscard]] bool usable() const { return usable_; }

  // Tells the controller that the worker runs. Call once, before anything else.
  void Start(Timestamp now, Output& out);

  void OnDatagrams(Timestamp now, std::span<const InboundDatagram> datagrams, Output& out);
  // One whole frame of the channel with its size prefix. It is verified before a field is read.
  void OnFrame(Timestamp now, Bytes frame, Output& out);
  // A TCP listener accepted a connection. `path.socket` is the connection.
  void OnConnectionOpened(Timestamp now, SocketId listener, const Path& path, Output& out);
  // The peer or the edge ended it: its transport has one path less.
  void OnConnectionClosed(Timestamp now, SocketId connection, Output& out);
  void OnDeadline(Timestamp now, Output& out);
  // Seals what transports have gathered, about sixteen transports a call. True: others still wait;
  // send the datagrams, clear them, and call again.
  [[nodiscard]] bool Seal(Timestamp now, Output& out);

  // When OnDeadline wants to be called. Never when nothing is pending.
  [[nodiscard]] Timestamp deadline() const;
  // WORKER_CLOSE was seen: flush, then end.
  [[nodiscard]] bool closed() const;

 private:
  bool usable_ = true;
  std::unique_ptr<Machine> machine_;
};

}  // namespace millrace
