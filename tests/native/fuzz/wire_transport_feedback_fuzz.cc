// Takes any bytes for arrivals, writes feedback about them, and must read the same from it.
#include <cstdlib>
#include <vector>

#include "wire/rtcp/transport_feedback.h"

namespace {

constexpr int64_t kTickUs = 250;

std::vector<millrace::PacketArrival> ArrivalsFrom(millrace::Bytes bytes) {
  std::vector<millrace::PacketArrival> arrivals;
  millrace::ByteReader reader(bytes);
  uint16_t sequence_number = reader.ReadU16();
  int64_t ticks = 10'000'000;
  while (reader.remaining() >= 3) {
    arrivals.push_back(
        {.sequence_number = sequence_number, .time = millrace::Timestamp::Micros(ticks * kTickUs)});
    sequence_number = static_cast<uint16_t>(sequence_number + reader.ReadU8());
    ticks += static_cast<int16_t>(reader.ReadU16());
  }
  return arrivals;
}

void Check(const millrace::TransportFeedback& feedback,
           std::span<const millrace::PacketArrival> arrivals) {
  int64_t first_us = arrivals.front().time.us();
  int64_t first_arrival_us = -1;
  size_t received = 0;
  feedback.ForEach([&](const millrace::PacketStatus& status) {
    if (!status.received) return;
    if (received == 0) first_arrival_us = status.arrival.us();
    const millrace::PacketArrival& arrival = arrivals[received++];
    if (status.sequence_number != arrival.sequence_number) std::abort();
    if (status.arrival.us() - first_arrival_us != arrival.time.us() - first_us) std::abort();
  });
  if (received != arrivals.size()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::vector<millrace::PacketArrival> arrivals = ArrivalsFrom({data, size});
  std::span<const millrace::PacketArrival> rest = arrivals;
  while (!rest.empty()) {
    std::vector<uint8_t> bytes(200);
    millrace::ByteWriter writer(bytes);
    size_t taken = millrace::TransportFeedback::Write(writer, {}, rest);
    if (taken == 0 || !writer.ok()) std::abort();
    auto block = millrace::RtcpReader(writer.written()).Next();
    if (!block) std::abort();
    auto feedback = millrace::TransportFeedback::Parse(*block);
    if (!feedback) std::abort();
    Check(*feedback, rest.first(taken));
    rest = rest.subspan(taken);
  }
  return 0;
}
