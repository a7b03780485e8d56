#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

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
// SSRCs are known at a time, so that a peer cannot make the table grow by inventing some; from a
// pipe, whose SSRCs are all named by the controller, many more.
class RtpListener {
 public:
  static constexpr size_t kStreamsMax = 64;
  static constexpr size_t kPipedStreamsMax = 4096;

  explicit RtpListener(size_t streams_max = kStreamsMax) : streams_max_(streams_max) {}

  // Refused when an SSRC, MID or RID already belongs to another producer, or the table would burst.
  [[nodiscard]] Result<Done> Add(Producer& producer);
  void Remove(const Producer& producer);

  // Null when the SSRC is unknown.
  [[nodiscard]] const StreamRoute* Find(Ssrc ssrc) const {
    size_t count = ssrcs_.size();
    if (count > kStreamsMax) return FindAmongMany(ssrc);
    for (size_t i = 0; i < count; ++i) {
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
    for (size_t i = 0; i < ssrcs_.size(); ++i) {
      if (routes_[i].producer == &producer) f(Ssrc(ssrcs_[i]));
    }
  }
  [[nodiscard]] RtpListenerDump Dump() const;

 private:
  [[nodiscard]] const StreamRoute* FindAmongMany(Ssrc ssrc) const;
  [[nodiscard]] Producer* FindByNames(const RtpExtensions& extensions) const;
  void Insert(Ssrc ssrc, const StreamRoute& route);

  size_t streams_max_;
  std::vector<uint32_t> ssrcs_;
  std::vector<StreamRoute> routes_;
  std::unordered_map<uint32_t, uint32_t> places_;  // in both; read when they are too many to scan
  // Read for unknown SSRCs only.
  std::map<std::string, Producer*, std::less<>> mids_;
  std::map<std::string, Producer*, std::less<>> rids_;  // of producers without a MID
};

}  // namespace millrace
