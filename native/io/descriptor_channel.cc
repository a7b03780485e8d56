#include "io/descriptor_channel.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace millrace {

namespace {

// A written front larger than this is cut off, so that a slow reader does not make the buffer
// creep.
constexpr size_t kWrittenBytesKept = 256 * 1024;

// 0, or errno.
int SetNonBlocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) return errno;
  return 0;
}

bool WouldBlock(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

Bytes DescriptorChannel::NextFrame() {
  while (state_ == State::kOpen && unwritten() < kUnwrittenBytesHigh) {
    Bytes frame = framing_.Next();
    if (!frame.empty()) return frame;
    if (framing_.broken()) {
      Break("a frame on descriptor " + std::to_string(in_) + " announces more than " +
            std::to_string(ChannelFraming::kFrameBytesMax) + " bytes");
      return {};
    }
    if (end_of_file_) {
      state_ = State::kEnded;
      UpdateInterest();
      return {};
    }
    if (!readable_ || !ReadOnce()) return {};
  }
  return {};
}

void DescriptorChannel::Write(Bytes frames) {
  if (state_ == State::kBroken || frames.empty()) return;
  unwritten_.insert(unwritten_.end(), frames.begin(), frames.end());
  WriteSome();
}

void DescriptorChannel::OnEvent(const Event& event) {
  if (event.source.kind == EventSource::Kind::kChannelIn) {
    readable_ = true;
    if (event.failed) in_interest_ = {};
  } else {
    if (event.failed) out_interest_ = {};
    WriteSome();
  }
  UpdateInterest();
}

DescriptorChannel::DescriptorChannel(EventLoop& loop, int in, int out)
    : loop_(loop), in_(in), out_(out) {
  for (int descriptor : {in_, out_}) {
    int error = SetNonBlocking(descriptor);
    if (error == 0) continue;
    Break("descriptor " + std::to_string(descriptor) + " is no channel: " + std::strerror(error));
    return;
  }
  in_interest_ = {.readable = true};
  Result<Done> in_watched = loop_.Watch(in_, {.kind = EventSource::Kind::kChannelIn}, in_interest_);
  if (!in_watched.ok()) {
    Break(in_watched.error().reason);
    return;
  }
  Result<Done> out_watched =
      loop_.Watch(out_, {.kind = EventSource::Kind::kChannelOut}, out_interest_);
  if (!out_watched.ok()) Break(out_watched.error().reason);
}

DescriptorChannel::~DescriptorChannel() {
  loop_.Forget(in_);
  loop_.Forget(out_);
}

bool DescriptorChannel::ReadOnce() {
  MutableBytes space = framing_.Space();
  ssize_t count;
  do {
    count = read(in_, space.data(), space.size());
  } while (count < 0 && errno == EINTR);
  if (count > 0) {
    framing_.Took(static_cast<size_t>(count));
    return true;
  }
  // A controller that died with unread answers resets a socket pair: that is its end, too.
  if (count == 0 || errno == ECONNRESET) {
    end_of_file_ = true;
    return true;
  }
  readable_ = false;
  if (!WouldBlock(errno)) {
    Break("descriptor " + std::to_string(in_) + " cannot be read: " + std::strerror(errno));
  }
  return false;
}

void DescriptorChannel::WriteSome() {
  while (state_ != State::kBroken && unwritten() > 0) {
    ssize_t count = write(out_, unwritten_.data() + written_, unwritten());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && WouldBlock(errno)) break;
    if (count < 0) {
      // Nobody is left to read. With the end of file that belongs to it, it is a normal end.
      bool gone = errno == EPIPE || errno == ECONNRESET;
      if (!gone) {
        Break("descriptor " + std::to_string(out_) + " cannot be written: " + std::strerror(errno));
      }
      unwritten_.clear();
      written_ = 0;
      if (gone) state_ = State::kEnded;
      break;
    }
    written_ += static_cast<size_t>(count);
  }
  if (unwritten() == 0) {
    unwritten_.clear();
    written_ = 0;
  } else if (written_ > kWrittenBytesKept) {
    unwritten_.erase(unwritten_.begin(), unwritten_.begin() + static_cast<ptrdiff_t>(written_));
    written_ = 0;
  }
  if (unwritten() > kUnwrittenBytesMax) {
    Break("the controller has left more than " + std::to_string(kUnwrittenBytesMax) +
          " bytes unread");
  }
  UpdateInterest();
}

void DescriptorChannel::UpdateInterest() {
  bool reading = state_ == State::kOpen && !end_of_file_ && unwritten() < kUnwrittenBytesHigh;
  bool writing = state_ != State::kBroken && unwritten() > 0;
  if (reading != in_interest_.readable) {
    in_interest_ = {.readable = reading};
    loop_.Change(in_, in_interest_);
  }
  if (writing != out_interest_.writable) {
    out_interest_ = {.writable = writing};
    loop_.Change(out_, out_interest_);
  }
}

void DescriptorChannel::Break(std::string failure) {
  state_ = State::kBroken;
  failure_ = std::move(failure);
  in_interest_ = out_interest_ = {};
  loop_.Forget(in_);
  loop_.Forget(out_);
}

}  // namespace millrace
