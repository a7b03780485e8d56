#include "wire/stun.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "wire/hex.h"
#include "wire/hmac_sha1.h"

namespace millrace {
namespace {

// RFC 5769 section 2.1.
const std::vector<uint8_t> kRequest =
    Hex("00010058 2112a442 b7e7a701 bc34d686 fa87dfae"
        "80220010 5354554e 20746573 7420636c 69656e74"
        "00240004 6e0001ff"
        "80290008 932ff9b1 51263b36"
        "00060009 6576746a 3a683676 59202020"
        "00080014 9aeaa70c bfd8cb56 781ef2b5 b2d3f249 c1b571a2"
        "80280004 e57a3bcf");
// RFC 5769 section 2.2.
const std::vector<uint8_t> kResponseV4 =
    Hex("0101003c 2112a442 b7e7a701 bc34d686 fa87dfae"
        "8022000b 74657374 20766563 746f7220"
        "00200008 0001a147 e112a643"
        "00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7"
        "80280004 c07d4c96");
// RFC 5769 section 2.3.
const std::vector<uint8_t> kResponseV6 =
    Hex("01010048 2112a442 b7e7a701 bc34d686 fa87dfae"
        "8022000b 74657374 20766563 746f7220"
        "00200014 0002a147 0113a9fa a5d3f179 bc25f4b5 bed2b9d9"
        "00080014 a382954e 4be67bf1 1784c97c 8292c275 bfe3ed41"
        "80280004 c8fb0b4c");

constexpr StunTransactionId kId = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

Bytes Text(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

const Bytes kPassword = Text("VOkJxbRl1RmTxUk/WvJxBt");

// A message with the given attribute bytes and a length that fits.
std::vector<uint8_t> WithAttributes(std::string_view hex) {
  std::vector<uint8_t> message = Hex("00010000 2112a442 01020304 05060708 090a0b0c");
  std::vector<uint8_t> attributes = Hex(hex);
  message[2] = static_cast<uint8_t>(attributes.size() >> 8);
  message[3] = static_cast<uint8_t>(attributes.size());
  message.insert(message.end(), attributes.begin(), attributes.end());
  return message;
}

TEST(StunMessageTest, ReadsTheSampleRequest) {
  std::optional<StunMessage> message = StunMessage::Parse(kRequest);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class, StunClass::kRequest);
  EXPECT_EQ(message->method, kStunBinding);
  EXPECT_EQ(message->transaction_id[0], 0xb7);
  EXPECT_EQ(message->transaction_id[11], 0xae);
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffu);
  EXPECT_EQ(message->ice_controlled, 0x932ff9b151263b36u);
  EXPECT_EQ(message->ice_controlling, std::nullopt);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_TRUE(message->unknown_required().empty());
  EXPECT_TRUE(message->CheckIntegrity(kRequest, kPassword, TestHmacSha1));
}

TEST(StunMessageTest, ReadsTheSampleResponses) {
  std::optional<StunMessage> v4 = StunMessage::Parse(kResponseV4);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->message_class, StunClass::kSuccess);
  ASSERT_TRUE(v4->xor_mapped_address);
  EXPECT_EQ(v4->xor_mapped_address->ToString(), "192.0.2.1:32853");
  EXPECT_TRUE(v4->CheckIntegrity(kResponseV4, kPassword, TestHmacSha1));

  std::optional<StunMessage> v6 = StunMessage::Parse(kResponseV6);
  ASSERT_TRUE(v6);
  ASSERT_TRUE(v6->xor_mapped_address);
  EXPECT_EQ(v6->xor_mapped_address->ToString(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
  EXPECT_TRUE(v6->CheckIntegrity(kResponseV6, kPassword, TestHmacSha1));
}

TEST(StunMessageTest, IntegrityFailsWithAnotherKeyAndWithoutTheAttribute) {
  std::optional<StunMessage> message = StunMessage::Parse(kRequest);
  ASSERT_TRUE(message);
  EXPECT_FALSE(message->CheckIntegrity(kRequest, Text("another"), TestHmacSha1));
  EXPECT_FALSE(message->CheckIntegrity(Bytes(kRequest).first(30), kPassword, TestHmacSha1));

  std::vector<uint8_t> bare = WithAttributes("");
  std::optional<StunMessage> without = StunMessage::Parse(bare);
  ASSERT_TRUE(without);
  EXPECT_FALSE(without->CheckIntegrity(bare, kPassword, TestHmacSha1));
}

TEST(StunMessageTest, AnyFlippedBitOfAFingerprintedMessageIsNoticed) {
  for (size_t bit = 0; bit < kRequest.size() * 8; ++bit) {
    std::vector<uint8_t> flipped = kRequest;
    flipped[bit / 8] ^= static_cast<uint8_t>(1u << (bit % 8));
    std::optional<StunMessage> message = StunMessage::Parse(flipped);
    EXPECT_FALSE(message && message->has_fingerprint) << bit;
    // A flip in the type or length of the fingerprint itself is behind what the HMAC protects.
    bool protected_bit = bit / 8 < kRequest.size() - 8;
    bool authentic = message && message->CheckIntegrity(flipped, kPassword, TestHmacSha1);
    EXPECT_FALSE(protected_bit && authentic) << bit;
  }
}

TEST(StunMessageTest, AnyCutIsRefused) {
  for (size_t size = 0; size < kRequest.size(); ++size) {
    EXPECT_FALSE(StunMessage::Parse(Bytes(kRequest).first(size))) << size;
  }
}

TEST(StunMessageTest, RefusesHeadersThatAreNotStun) {
  EXPECT_TRUE(StunMessage::Parse(WithAttributes("")));
  std::vector<uint8_t> top_bits = WithAttributes("");
  top_bits[0] |= 0x40;
  EXPECT_FALSE(StunMessage::Parse(top_bits));
  std::vector<uint8_t> cookie = WithAttributes("");
  cookie[4] ^= 1;
  EXPECT_FALSE(StunMessage::Parse(cookie));
  std::vector<uint8_t> trailing = WithAttributes("");
  trailing.push_back(0);
  EXPECT_FALSE(StunMessage::Parse(trailing));
  std::vector<uint8_t> odd_length = WithAttributes("c000 0001");
  odd_length.pop_back();
  odd_length[3] = 3;
  EXPECT_FALSE(StunMessage::Parse(odd_length));
}

TEST(StunMessageTest, RefusesBrokenAttributes) {
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0006 0008 61626364"))) << "overrun";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0006 ffff 61626364"))) << "far overrun";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0024 0003 01020300"))) << "PRIORITY of 3";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0025 0004 00000000"))) << "USE-CANDIDATE of 4";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("8029 0004 00000000"))) << "tie-breaker of 4";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0008 0004 00000000"))) << "HMAC of 4";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0020 0008 0003a147e112a643"))) << "family 3";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0020 0008 0002a147e112a643"))) << "short IPv6";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0020 0000"))) << "empty address";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0009 0004 00000700"))) << "class 7";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0009 0004 00000464"))) << "number 100";
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("0009 0002 00000000"))) << "short code";
}

TEST(StunMessageTest, RefusesMoreAttributesThanAMessageHasUseFor) {
  std::string attributes;
  for (int i = 0; i < 64; ++i) attributes += "c0010000";
  EXPECT_TRUE(StunMessage::Parse(WithAttributes(attributes)));
  EXPECT_FALSE(StunMessage::Parse(WithAttributes(attributes + "c0010000")));
}

TEST(StunMessageTest, RefusesMessagesLongerThanADatagram) {
  std::string value(2 * (1500 - 24), '0');
  EXPECT_TRUE(StunMessage::Parse(WithAttributes("c001 05c4" + value)));
  EXPECT_FALSE(StunMessage::Parse(WithAttributes("c001 05c8" + value + "00000000")));
}

TEST(StunMessageTest, NamesUnknownRequiredAttributesAndOnlyThose) {
  std::optional<StunMessage> message = StunMessage::Parse(
      WithAttributes("7fff 0000 c057 0004 00000000 0014 0000 0002 0001 00000000"));
  ASSERT_TRUE(message);
  ASSERT_EQ(message->unknown_required().size(), 2u);
  EXPECT_EQ(message->unknown_required()[0], 0x7fff);
  EXPECT_EQ(message->unknown_required()[1], 0x0002);
}

TEST(StunMessageTest, KeepsOnlySoManyUnknownAttributes) {
  std::string attributes;
  for (int i = 0; i < 40; ++i) attributes += "7ff00000";
  std::optional<StunMessage> message = StunMessage::Parse(WithAttributes(attributes));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->unknown_required().size(), StunMessage::kUnknownAttributesMax);
}

TEST(StunMessageTest, TheFirstOfTwoEqualAttributesCounts) {
  std::optional<StunMessage> message =
      StunMessage::Parse(WithAttributes("0024 0004 00000001 0024 0004 00000002"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->priority, 1u);
}

TEST(StunMessageTest, IgnoresWhatFollowsMessageIntegrity) {
  std::string integrity = "0008 0014 0000000000000000000000000000000000000000";
  std::optional<StunMessage> message =
      StunMessage::Parse(WithAttributes(integrity + "0025 0000 7fff 0000"));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->integrity_position, 20u);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->unknown_required().empty());
}

TEST(StunMessageTest, FingerprintMustComeLast) {
  std::array<uint8_t, 64> bytes{};
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, kId);
  writer.AddFingerprint();
  writer.AddUseCandidate();
  EXPECT_FALSE(StunMessage::Parse(writer.Finish()));
}

TEST(StunWriterTest, WritesWhatTheParserReads) {
  std::array<uint8_t, 512> bytes{};
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, kId);
  writer.AddUsername("abcd:efghi");
  writer.AddPriority(77);
  writer.AddUseCandidate();
  writer.AddIceControlling(0x0102030405060708);
  writer.AddMessageIntegrity(kPassword, TestHmacSha1);
  writer.AddFingerprint();
  Bytes message = writer.Finish();
  ASSERT_FALSE(message.empty());
  std::optional<StunMessage> parsed = StunMessage::Parse(message);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->transaction_id, kId);
  EXPECT_EQ(parsed->username, "abcd:efghi");
  EXPECT_EQ(parsed->priority, 77u);
  EXPECT_TRUE(parsed->use_candidate);
  EXPECT_EQ(parsed->ice_controlling, 0x0102030405060708u);
  EXPECT_TRUE(parsed->has_fingerprint);
  EXPECT_TRUE(parsed->CheckIntegrity(message, kPassword, TestHmacSha1));
  EXPECT_FALSE(parsed->CheckIntegrity(message, Text("x"), TestHmacSha1));
}

TEST(StunWriterTest, WritesTheClassesAndMethodsOfTheFigure) {
  for (uint16_t method : std::array<uint16_t, 5>{0x001, 0x00f, 0x070, 0xf80, 0xfff}) {
    for (int i = 0; i < 4; ++i) {
      std::array<uint8_t, 20> bytes{};
      StunWriter writer(bytes, static_cast<StunClass>(i), method, kId);
      std::optional<StunMessage> parsed = StunMessage::Parse(writer.Finish());
      ASSERT_TRUE(parsed) << method << " " << i;
      EXPECT_EQ(parsed->method, method);
      EXPECT_EQ(parsed->message_class, static_cast<StunClass>(i));
    }
  }
  std::array<uint8_t, 20> bytes{};
  Bytes error = StunWriter(bytes, StunClass::kError, kStunBinding, kId).Finish();
  EXPECT_EQ(error[0], 0x01);
  EXPECT_EQ(error[1], 0x11);
}

TEST(StunWriterTest, WritesAddressesOfBothFamilies) {
  for (const char* literal : {"198.51.100.7", "2001:db8::1"}) {
    Endpoint endpoint{*IpAddress::Parse(literal), 65535};
    std::array<uint8_t, 64> bytes{};
    StunWriter writer(bytes, StunClass::kSuccess, kStunBinding, kId);
    writer.AddXorMappedAddress(endpoint);
    std::optional<StunMessage> parsed = StunMessage::Parse(writer.Finish());
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->xor_mapped_address, endpoint);
  }
}

TEST(StunWriterTest, WritesErrorsWithReasonsOfAnyLength) {
  for (std::string reason : {"", "a", "ab", "abc", "Role Conflict"}) {
    std::array<uint8_t, 64> bytes{};
    StunWriter writer(bytes, StunClass::kError, kStunBinding, kId);
    writer.AddErrorCode(kStunRoleConflict, reason);
    writer.AddUnknownAttributes(std::array<uint16_t, 3>{1, 2, 3});
    std::optional<StunMessage> parsed = StunMessage::Parse(writer.Finish());
    ASSERT_TRUE(parsed) << reason;
    EXPECT_EQ(parsed->error_code, 487);
  }
}

TEST(StunWriterTest, AnswersNothingWhenItDoesNotFit) {
  std::array<uint8_t, 512> bytes{};
  for (size_t room = 0; room <= 72; ++room) {
    StunWriter writer(MutableBytes(bytes).first(room), StunClass::kRequest, kStunBinding, kId);
    writer.AddPriority(1);
    writer.AddUsername("abcdefgh");
    writer.AddMessageIntegrity(kPassword, TestHmacSha1);
    writer.AddFingerprint();
    EXPECT_EQ(writer.Finish().empty(), room < 72) << room;
    EXPECT_EQ(bytes[room], 0) << "written past the end at " << room;
    bytes.fill(0);
  }
}

}  // namespace
}  // namespace millrace
