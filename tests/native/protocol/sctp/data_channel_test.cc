#include "protocol/sctp/data_channel.h"

#include <gtest/gtest.h>

#include <string>

#include "protocol/sctp/chunk_maker.h"

namespace millrace {
namespace {

TEST(DataChannelTest, OpensWithAllKindsOfReliability) {
  for (bool ordered : {true, false}) {
    for (int kind = 0; kind < 3; ++kind) {
      DataChannelOpen open{.reliability = {.ordered = ordered},
                           .priority = 512,
                           .label = "chat",
                           .protocol = "json"};
      if (kind == 1) open.reliability.max_retransmits = 3;
      if (kind == 2) open.reliability.lifetime = Duration::Millis(1500);
      ByteVector message = open.Write().value();
      auto read = DataChannelOpen::Parse(message);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->reliability.ordered, ordered);
      EXPECT_EQ(read->reliability.max_retransmits, open.reliability.max_retransmits);
      EXPECT_EQ(read->reliability.lifetime, open.reliability.lifetime);
      EXPECT_EQ(read->priority, 512);
      EXPECT_EQ(read->label, "chat");
      EXPECT_EQ(read->protocol, "json");
      for (size_t size = 0; size < message.size(); ++size) {
        EXPECT_FALSE(DataChannelOpen::Parse(Bytes(message).first(size)));
      }
      message.push_back(0);
      EXPECT_FALSE(DataChannelOpen::Parse(message));
    }
  }
}

TEST(DataChannelTest, RefusesALabelLongerThanTheMessage) {
  ByteVector message{3, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 'x'};
  EXPECT_FALSE(DataChannelOpen::Parse(message));
}

TEST(DataChannelTest, TakesTheLongestLabel) {
  std::string label(DataChannelOpen::kTextBytesMax, 'x');
  ByteVector message = DataChannelOpen{.label = label, .protocol = {}}.Write().value();
  EXPECT_EQ(DataChannelOpen::Parse(message)->label, label);
  label += 'x';
  EXPECT_FALSE((DataChannelOpen{.label = label, .protocol = {}}.Write()));
}

TEST(DataChannelTest, RefusesUnknownChannelTypes) {
  ByteVector message = DataChannelOpen{.label = "a", .protocol = {}}.Write().value();
  for (int type : {0x03, 0x7F, 0x83}) {
    message[1] = static_cast<uint8_t>(type);
    EXPECT_FALSE(DataChannelOpen::Parse(message));
  }
}

TEST(DataChannelTest, KnowsItsAcknowledgement) {
  EXPECT_TRUE(IsDataChannelAck(DataChannelAck()));
  EXPECT_FALSE(IsDataChannelAck(ByteVector{2, 0}));
  EXPECT_FALSE(IsDataChannelAck({}));
}

TEST(DataChannelTest, GivesTheClientEvenStreams) {
  EXPECT_TRUE(MayOpenDataChannel(SctpStreamId(0), true));
  EXPECT_FALSE(MayOpenDataChannel(SctpStreamId(1), true));
  EXPECT_TRUE(MayOpenDataChannel(SctpStreamId(1), false));
  EXPECT_FALSE(MayOpenDataChannel(SctpStreamId(2), false));
}

}  // namespace
}  // namespace millrace
