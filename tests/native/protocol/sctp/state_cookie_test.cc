#include "protocol/sctp/state_cookie.h"

#include <gtest/gtest.h>

#include <memory>

namespace millrace {
namespace {

StateCookie MakeCookie() {
  return {.created = Timestamp::Millis(123456789),
          .own_tag = 1,
          .peer_tag = 2,
          .own_initial_tsn = 3,
          .peer_initial_tsn = 4,
          .peer_window = 5,
          .own_tie_tag = 6,
          .peer_tie_tag = 7,
          .negotiated = {.outbound_streams = 8, .inbound_streams = 9, .stream_reset = true}};
}

TEST(StateCookieTest, OpensWhatItSealed) {
  StateCookie::Key key{1, 2, 3};
  auto sealed = MakeCookie().Seal(key);
  auto cookie = StateCookie::Open(sealed, key);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->created, Timestamp::Millis(123456789));
  EXPECT_EQ(cookie->own_tag, 1u);
  EXPECT_EQ(cookie->peer_tag, 2u);
  EXPECT_EQ(cookie->own_initial_tsn, 3u);
  EXPECT_EQ(cookie->peer_initial_tsn, 4u);
  EXPECT_EQ(cookie->peer_window, 5u);
  EXPECT_EQ(cookie->own_tie_tag, 6u);
  EXPECT_EQ(cookie->peer_tie_tag, 7u);
  EXPECT_EQ(cookie->negotiated.outbound_streams, 8);
  EXPECT_EQ(cookie->negotiated.inbound_streams, 9);
  EXPECT_TRUE(cookie->negotiated.stream_reset);
  EXPECT_FALSE(cookie->negotiated.partial_reliability);
  EXPECT_FALSE(cookie->negotiated.interleaving);
}

TEST(StateCookieTest, RefusesEveryFlippedBitAndOtherKeys) {
  StateCookie::Key key{1};
  auto sealed = MakeCookie().Seal(key);
  for (size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto changed = sealed;
    changed[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(StateCookie::Open(changed, key)) << bit;
  }
  EXPECT_FALSE(StateCookie::Open(sealed, {2}));
  EXPECT_FALSE(StateCookie::Open(Bytes(sealed).first(63), key));
}

TEST(StateCookieTest, HoldsNothingButItsFields) {
  // Two cookies of equal fields are equal to the last byte, wherever in memory they were made.
  StateCookie::Key key{1};
  auto on_heap = std::make_unique<StateCookie>(MakeCookie());
  EXPECT_EQ(MakeCookie().Seal(key), on_heap->Seal(key));
}

}  // namespace
}  // namespace millrace
