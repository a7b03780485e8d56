#pragma once

#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "data_world.h"
#include "protocol/sctp/data_channel.h"

namespace millrace {

// Two peers on plain transports of their own: what one sends reaches the other as data channels.
class DataCall : public testing::Test {
 protected:
  // A peer that sends on stream 1, and one that gets it on stream 5.
  void SetUpCall(bool is_data_channel = false) {
    sender_ = &world_.AddPeer("in", 5001, DataWorld::WithSctp(is_data_channel));
    viewer_ = &world_.AddPeer("out", 5002, DataWorld::WithSctp(is_data_channel));
    producer_ = &world_.ProduceData(*sender_->transport, "chat", 1);
    consumer_ = &world_.ConsumeData(*viewer_->transport, "sink", "chat", {.stream_id = 5});
  }
  SctpSendResult Send(const std::string& text, Ppid ppid = kPpidString) {
    SctpSendResult result = world_.Send(*sender_, 1, BytesOf(text), ppid);
    world_.Run(Duration::Millis(100));
    return result;
  }
  uint64_t Drops(DropReason reason) { return world_.out.drops(reason); }
  SctpDump DumpOf(const Transport& transport) {
    AnyTransportDump dump = transport.Dump();
    return std::visit([](const auto& any) { return *any.base.sctp; }, dump);
  }

  DataWorld world_;
  DataWorld::Peer* sender_ = nullptr;
  DataWorld::Peer* viewer_ = nullptr;
  DataProducer* producer_ = nullptr;
  DataConsumer* consumer_ = nullptr;
};

}  // namespace millrace
