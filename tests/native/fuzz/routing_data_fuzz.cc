// A router with two peers whose data channels meet, driven by steps of four bytes: what happens, on
// which stream, under which PPID, how long; then the message's own bytes. Whatever peers say, the
// nouns and their tables stay true, and what is kept for them bounded.
#include <algorithm>

#include "base/check.h"
#include "routing/data_world.h"

using namespace millrace;

namespace {

enum class Step : uint8_t { kSend, kReset, kPause, kClose, kWait, kController, kCut, kEnd, kCount };

class Scene {
 public:
  Scene() {
    a_ = &world_.AddPeer("a", 5001, DataWorld::WithSctp(true));
    b_ = &world_.AddPeer("b", 5002, DataWorld::WithSctp(true));
    for (uint16_t stream = 0; stream < kStreams; ++stream) Open(stream);
  }

  void Do(Step step, uint8_t stream, uint8_t ppid, Bytes payload) {
    Turn turn = world_.Now();
    std::string id = std::to_string(stream % kStreams);
    auto* producer = world_.commons.registry.Find<DataProducer>("p" + id);
    auto* consumer = world_.commons.registry.Find<DataConsumer>("c" + id);
    switch (step) {
      case Step::kSend:
        (void)world_.Send(*a_, stream, payload, Ppid(ppid));
        break;
      case Step::kReset: {
        SctpStreamId streams[] = {SctpStreamId(stream), SctpStreamId(ppid)};
        world_.Call(*a_, [&](SctpAssociation& association, SctpOutput& out) {
          association.ResetStreams(streams, world_.now, out);
        });
        break;
      }
      case Step::kPause:
        if (producer) world_.router.data().SetPaused(*producer, ppid % 2 == 0, turn);
        if (consumer) consumer->SetPaused(ppid % 3 == 0);
        break;
      case Step::kClose:
        if (ppid % 2 == 0 && producer) {
          world_.control.CloseDataProducer(*producer, turn);
        } else if (ppid % 2 == 1 && consumer) {
          world_.control.CloseDataConsumer(*consumer, turn);
        } else if (!producer) {
          Open(stream % kStreams);
        }
        break;
      case Step::kWait:
        world_.Run(Duration::Millis(ppid * 4));
        break;
      case Step::kController:
        if (consumer) {
          (void)world_.router.data().Send(*consumer, {.ppid = Ppid(ppid), .payload = payload},
                                          turn);
        }
        break;
      case Step::kCut:
        (ppid % 2 == 0 ? a_ : b_)->cut = stream % 2 == 0;
        break;
      case Step::kEnd:
        world_.Receive(*a_->transport, a_->path, {payload.begin(), payload.end()});
        break;
      case Step::kCount:
        break;
    }
    world_.Run(Duration::Millis(2));
    Examine();
  }

 private:
  static constexpr uint16_t kStreams = 4;

  void Open(uint16_t stream) {
    std::string id = std::to_string(stream);
    (void)world_.control.ProduceData(
        *a_->transport,
        {.data_producer_id = "p" + id, .stream = SctpStreamParameters{.stream_id = stream}});
    SctpStreamParameters sink{.stream_id = stream};
    if (stream == 1) sink.max_retransmits = 0;
    if (stream == 2) sink.max_packet_life_time_ms = 50;
    (void)world_.control.ConsumeData(
        *b_->transport,
        {.data_consumer_id = "c" + id, .data_producer_id = "p" + id, .stream = sink});
  }
  void Examine() {
    world_.events.notifications.clear();
    for (DataWorld::Peer* peer : {a_, b_}) {
      const DataChannels& data = peer->transport->data();
      CHECK(data.association()->reassembly_bytes() <= SctpLimits::kReassemblyBytesMax, "bounded");
      CHECK(data.association()->buffered_amount() <= 3'000'000, "bounded");
      for (const auto& producer : data.producers()) {
        CHECK(data.ProducerOf(producer->stream()) == producer.get(), "the table is true");
        for (DataConsumer* consumer : producer->consumers()) {
          CHECK(&consumer->producer() == producer.get(), "both know each other");
        }
      }
      for (const auto& consumer : data.consumers()) {
        CHECK(data.ConsumerOf(consumer->stream()) == consumer.get(), "the table is true");
      }
    }
  }

  DataWorld world_;
  DataWorld::Peer* a_ = nullptr;
  DataWorld::Peer* b_ = nullptr;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Scene scene;
  Bytes rest(data, size);
  for (int steps = 0; rest.size() >= 4 && steps < 500; ++steps) {
    auto step = static_cast<Step>(rest[0] % static_cast<uint8_t>(Step::kCount));
    size_t length = std::min<size_t>(rest[3] * 16u, rest.size() - 4);
    scene.Do(step, rest[1], rest[2], rest.subspan(4, length));
    rest = rest.subspan(4 + length);
  }
  return 0;
}
