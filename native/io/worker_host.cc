#include "io/worker_host.h"

#include <algorithm>
#include <utility>

#include "io/clock.h"
#include "io/entropy.h"

namespace millrace {

void WorkerHost::Run() {
  now_ = MonotonicNow();
  worker_.Start(now_, out_);
  Flush();
  while (!stopping_) Tick();
  WriteLastBytes();
}

void WorkerHost::Tick() {
  bool work_left = frames_left_ || !readable_.empty();
  Timestamp deadline = std::min(worker_.deadline(), sockets_.deadline());
  std::span<const Event> events = loop_.Wait(now_, work_left ? now_ : deadline);
  now_ = MonotonicNow();
  TakeEvents(events);
  DrainUdp();
  ReadChannel();
  for (SocketId id : sockets_.FindExpired(now_)) LoseConnection(id);
  if (worker_.deadline() <= now_) worker_.OnDeadline(now_, out_);
  Flush();
  out_.counters().tick_us.Add(static_cast<uint64_t>((MonotonicNow() - now_).us()));
  if (worker_.closed() || channel_.state() != Channel::State::kOpen) stopping_ = true;
}

WorkerHost::WorkerHost(const Options& options, EventLoop& loop, Channel& channel)
    : loop_(loop),
      channel_(channel),
      sockets_(loop, ReadEntropy()),
      worker_(options.settings, ReadEntropy(), sockets_),
      sender_(options.send_mode) {}

void WorkerHost::TakeEvents(std::span<const Event> events) {
  readable_before_ = readable_.size();
  for (const Event& event : events) {
    switch (event.source.kind) {
      case EventSource::Kind::kChannelIn:
      case EventSource::Kind::kChannelOut:
        channel_.OnEvent(event);
        break;
      case EventSource::Kind::kSignal:
        stopping_ = true;
        break;
      case EventSource::Kind::kSocket:
        TakeSocketEvent(event);
        break;
    }
  }
}

void WorkerHost::TakeSocketEvent(const Event& event) {
  SocketId id(event.source.number);
  if (sockets_.FindUdp(id)) {
    // Reading fetches the pending error, and the socket lives on.
    if (event.failed) sockets_.WatchAgain(id);
    // An event comes once a tick for each socket; only one left from the last tick can stand here.
    auto end = readable_.begin() + static_cast<ptrdiff_t>(readable_before_);
    if (std::find(readable_.begin(), end, id) == end) readable_.push_back(id);
    return;
  }
  if (TcpConnection* connection = sockets_.FindConnection(id)) {
    if (event.failed || (event.writable && !connection->Write())) return LoseConnection(id);
    sockets_.UpdateInterest(*connection);
    if (event.readable) ReadConnection(id);
    return;
  }
  if (!sockets_.FindListener(id)) return;
  if (event.failed) sockets_.WatchAgain(id);
  for (const AcceptedConnection& accepted : sockets_.Accept(id, now_)) {
    worker_.OnConnectionOpened(now_, accepted.listener, accepted.path, out_);
  }
}

void WorkerHost::DrainUdp() {
  if (readable_.empty()) return;
  Duration wall_to_monotonic = WallToMonotonic();
  size_t received = 0;
  // One batch of each socket in turn, so that a flood on one does not silence the others.
  while (!readable_.empty() && received < kDatagramsPerTick) {
    size_t unfinished = 0;
    size_t visited = 0;
    while (visited < readable_.size() && received < kDatagramsPerTick) {
      SocketId id = readable_[visited++];
      UdpSocket* socket = sockets_.FindUdp(id);
      if (!socket) continue;
      UdpReceiver::Batch batch = receiver_.Receive(*socket, id, now_, wall_to_monotonic, out_);
      received += batch.datagrams.size();
      if (batch.more) readable_[unfinished++] = id;
      if (!batch.datagrams.empty()) worker_.OnDatagrams(now_, batch.datagrams, out_);
      // Replies (STUN, DTLS, RTCP) stand in the slab already; media is sealed into it later.
      if (out_.slab_free() < Output::kSlabBytes / 2) SendDatagrams();
    }
    auto first_unfinished = readable_.begin();
    auto after_unfinished = first_unfinished + static_cast<ptrdiff_t>(unfinished);
    readable_.erase(after_unfinished, first_unfinished + static_cast<ptrdiff_t>(visited));
    // Those that were not reached come first next time.
    std::rotate(first_unfinished, after_unfinished, readable_.end());
    if (!readable_.empty() && MonotonicNow() - now_ > kReadingPerTick) return;
  }
}

void WorkerHost::ReadConnection(SocketId id) {
  TcpConnection* connection = sockets_.FindConnection(id);
  if (!connection->Read(now_)) return LoseConnection(id);
  MutableBytes bytes = connection->NextDatagram(now_);
  while (!bytes.empty()) {
    InboundDatagram datagram{.path = {id, connection->remote()}, .received = now_, .bytes = bytes};
    worker_.OnDatagrams(now_, std::span(&datagram, 1), out_);
    bytes = connection->NextDatagram(now_);
  }
  if (connection->broken()) LoseConnection(id);
}

void WorkerHost::LoseConnection(SocketId id) {
  worker_.OnConnectionClosed(now_, id, out_);
  sockets_.Close(id);
}

void WorkerHost::ReadChannel() {
  for (size_t i = 0; i < kFramesPerTick; ++i) {
    Bytes frame = channel_.NextFrame();
    frames_left_ = !frame.empty();
    if (frame.empty()) return;
    worker_.OnFrame(now_, frame, out_);
    if (worker_.closed()) return;
  }
}

void WorkerHost::Flush() {
  bool more = true;
  while (more) {
    more = worker_.Seal(now_, out_);
    SendDatagrams();
  }
  // Losing a connection may give the worker something to say, but never more connections to lose.
  for (SocketId id : std::exchange(lost_, {})) LoseConnection(id);
  CloseSockets();
  channel_.Write(out_.frames());
  out_.Clear();
}

void WorkerHost::SendDatagrams() {
  std::span<const Output::Datagram> rest = out_.datagrams();
  while (!rest.empty()) {
    SocketId id = rest.front().path.socket;
    size_t count = 1;
    while (count < rest.size() && rest[count].path.socket == id) ++count;
    std::span<const Output::Datagram> same_socket = rest.first(count);
    rest = rest.subspan(count);
    if (UdpSocket* socket = sockets_.FindUdp(id)) {
      sender_.Send(*socket, same_socket, out_);
    } else if (TcpConnection* connection = sockets_.FindConnection(id)) {
      SendFrames(*connection, id, same_socket);
    } else {
      for (size_t i = 0; i < count; ++i) out_.CountDrop(DropReason::kClosed);
    }
  }
  out_.ClearDatagrams();
}

void WorkerHost::SendFrames(TcpConnection& connection, SocketId id,
                            std::span<const Output::Datagram> datagrams) {
  for (const Output::Datagram& datagram : datagrams) {
    if (!connection.Append(out_.bytes_of(datagram))) out_.CountDrop(DropReason::kBufferLimit);
  }
  if (!connection.Write()) {
    lost_.push_back(id);
    return;
  }
  sockets_.UpdateInterest(connection);
}

void WorkerHost::CloseSockets() {
  // By index: telling the worker of a lost connection may append to the list.
  for (size_t i = 0; i < out_.closed_sockets().size(); ++i) {
    SocketId id = out_.closed_sockets()[i];
    if (sockets_.FindListener(id)) {
      for (SocketId connection : sockets_.ConnectionsOf(id)) LoseConnection(connection);
    }
    sockets_.Close(id);
  }
}

void WorkerHost::WriteLastBytes() {
  Timestamp end = MonotonicNow() + kLastBytesMax;
  while (channel_.unwritten() > 0 && channel_.state() != Channel::State::kBroken) {
    now_ = MonotonicNow();
    if (now_ >= end) return;
    for (const Event& event : loop_.Wait(now_, end)) {
      if (event.source.kind == EventSource::Kind::kChannelOut) channel_.OnEvent(event);
    }
  }
}

}  // namespace millrace
