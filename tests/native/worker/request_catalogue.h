#pragma once

#include <utility>
#include <vector>

#include "worker/channel_frames.h"

namespace millrace {

// One valid request of every method, in the order of the numbers, for objects with these names:
// router "router", server "server", transports "webrtc" and "plain", producers "audio" and "video"
// on "plain", consumer "consumer" on "webrtc", data producer "data" on "plain", data consumer
// "sink" on "webrtc", observer "observer". What they create is called "new...".
class RequestCatalogue {
 public:
  using Method = ChannelFrames::Method;
  using Entries = std::vector<std::pair<Method, Frame>>;

  // The requests of `frames`, with its next ids.
  [[nodiscard]] static Entries Of(ChannelFrames& frames) { return RequestCatalogue(frames).All(); }

 private:
  explicit RequestCatalogue(ChannelFrames& frames) : frames_(frames) {}

  Entries All();
  void AddTransportRequests();
  void AddMediaRequests();
  void AddDataRequests();
  void AddObserverRequests();
  void Add(Method method, Frame frame);
  void Add(Method method, const char* handler);

  ChannelFrames& frames_;
  Entries entries_;
};

}  // namespace millrace
