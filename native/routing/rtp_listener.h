#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/drop_reason.h"
#include "base/result.h"
#include "base/strong.h"
#include "routing/parameters.h"
#include "wire/rtp_extensions.h"
#include "wire/rtp_view.h"

namespace millrace {

class Producer;

// Which stream of which producer a packet belongs to.
struct StreamRoute {
  Producer* producer = nullptr;
  uint8_t stream = 0;  // index among the producer's encodings
  bool rtx = false;    // the packet repairs the stream (RFC 4588)
};

// Finds the producer of arriving RTP on one transport: by SSRC, and for the first packet of an
// unknown SSRC by MID (RFC 9143) and RID (RFC 8852), after which the SSRC is known. At most 64
// SSRCs are known at a time, so that a peer cannot make the table grow by inventing some.
class RtpListener {
 public:
  static constexpr size_t kStreamsMax = 64;

  // Refused when an SSRC, MID or RID already belongs to another producer, or the table would burst.
  [[nodiscard]] Result<Done> Add(Producer& producer);
  void Remove(const Producer& producer);

  // Null when the SSRC is unknown.
  [[nodiscard]] const StreamRoute* Find(Ssrc ssrc) const {
    for (size_t i = 0; i < count_; ++i) {
      if (ssrcs_[i] == ssrc.value()) return &routes_[i];
    }
    return nullptr;
  }
  struct Learned {
    const StreamRoute* route = nullptr;  // or
    DropReason reason = DropReason::kUnknownStream;
  };
  // For a packet of an unknown SSRC. `extensions` are the packet's, read with the transport's ids.
  [[nodiscard]] Learned Learn(const RtpView& packet, const RtpExtensions& extensions);

  // Calls f(Ssrc) for each known SSRC of the producer.
  template <typename F>
  void ForEachSsrc(const Producer& producer, F&& f) const {
    for (size_t i = 0; i < count_; ++i) {
      if (routes_[i].producer == &producer) f(Ssrc(ssrcs_[i]));
    }
  }
  [[nodiscard]] RtpListenerDump Dump() const;

 private:
  [[nodiscard]] Producer* FindByNames(const RtpExtensions& extensions) const;
  void Insert(Ssrc ssrc, const StreamRoute& route);

  std::array<uint32_t, kStreamsMax> ssrcs_{};
  std::array<StreamRoute, kStreamsMax> routes_{};
  size_t count_ = 0;
  // Read for unknown SSRCs only.
  std::map<std::string, Producer*, std::less<>> mids_;
  std::map<std::string, Producer*, std::less<>> rids_;  // of producers without a MID
};

}  // namespace millrace
