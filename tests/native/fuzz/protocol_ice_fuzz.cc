// Arbitrary datagrams against an ICE agent that has a path already.
#include <string_view>
#include <vector>

#include "base/check.h"
#include "protocol/ice_lite.h"

using namespace millrace;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<uint8_t> datagram(data, data + size);
  std::optional<StunMessage> message = StunMessage::Parse(datagram);
  if (!message) return 0;
  static Output out;
  out.ClearDatagrams();
  IceLite ice({.username_fragment = "local", .password = "password"});
  for (uint16_t port = 1; port <= 3; ++port) {
    Path path{.socket = SocketId(1), .remote = {IpAddress::FromV4({192, 0, 2, 1}), port}};
    IceEvents events = ice.Receive(*message, datagram, path, Timestamp::Millis(port), out);
    CHECK(events.drop.has_value() != ice.IsValidated(path),
          "a path is valid, or the check was not");
    (void)ice.ConfirmPath(path, Timestamp::Millis(port));
  }
  (void)ice.OnDeadline(Timestamp::Millis(100'000));
  CHECK(ice.path_count() == 0, "consent ran out");
  return 0;
}
