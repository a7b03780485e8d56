#include "protocol/ice_lite.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "base/random.h"
#include "protocol/crypto.h"

namespace millrace {
namespace {

const IceCredentials kLocal{.username_fragment = "ourFragment12345",
                            .password = "ourPassword012345678901234567890"};
const IceCredentials kNew{.username_fragment = "newFragment12345",
                          .password = "newPassword012345678901234567890"};

Path PathTo(uint16_t port) {
  return {.socket = SocketId(1), .remote = {IpAddress::FromV4({192, 0, 2, 1}), port}};
}

Timestamp At(int64_t ms) { return Timestamp::Millis(1'000'000 + ms); }

Bytes BytesOf(std::string_view text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

// A check as a browser makes it; each part can be left out or be wrong.
struct Check {
  IceCredentials credentials = kLocal;
  bool nominate = false;
  bool username = true;
  bool priority = true;
  bool integrity = true;
  bool controlled = false;
  std::string password_override = {};
  StunClass message_class = StunClass::kRequest;

  [[nodiscard]] std::vector<uint8_t> Build() const {
    std::vector<uint8_t> bytes(300);
    StunTransactionId id{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    StunWriter writer(bytes, message_class, kStunBinding, id);
    if (username) writer.AddUsername(credentials.username_fragment + ":peer");
    if (priority) writer.AddPriority(1845501695);
    if (controlled) {
      writer.AddIceControlled(99);
    } else {
      writer.AddIceControlling(99);
    }
    if (nominate) writer.AddUseCandidate();
    const std::string& password =
        password_override.empty() ? credentials.password : password_override;
    if (integrity) writer.AddMessageIntegrity(BytesOf(password), HmacSha1);
    writer.AddFingerprint();
    bytes.resize(writer.Finish().size());
    return bytes;
  }
};

class IceLiteTest : public testing::Test {
 protected:
  IceEvents Receive(const Check& check, uint16_t port, int64_t ms = 0) {
    return ReceiveBytes(check.Build(), port, ms);
  }
  IceEvents ReceiveBytes(const std::vector<uint8_t>& bytes, uint16_t port, int64_t ms = 0) {
    std::optional<StunMessage> message = StunMessage::Parse(bytes);
    EXPECT_TRUE(message.has_value());
    out_.ClearDatagrams();
    return ice_.Receive(*message, bytes, PathTo(port), At(ms), out_);
  }
  std::optional<StunMessage> Answer() {
    if (out_.datagrams().size() != 1) return std::nullopt;
    return StunMessage::Parse(out_.bytes_of(out_.datagrams()[0]));
  }
  std::optional<uint16_t> ErrorCode() {
    auto answer = Answer();
    return answer ? answer->error_code : std::nullopt;
  }
  bool SelectedIs(uint16_t port) {
    return ice_.selected() && ice_.selected()->path() == PathTo(port);
  }
  // Media flows over the port from here on.
  void Establish(uint16_t port, int64_t ms = 0) {
    (void)Receive({.nominate = true}, port, ms);
    (void)ice_.ConfirmPath(PathTo(port), At(ms));
    ASSERT_TRUE(SelectedIs(port));
  }

  IceLite ice_{kLocal};
  Output out_;
};

TEST_F(IceLiteTest, AnswersAGenuineCheckWithTheAddressItCameFrom) {
  IceEvents events = Receive({}, 5000);
  EXPECT_EQ(events.state, IceState::kConnected);
  EXPECT_TRUE(events.selected_changed);
  EXPECT_EQ(events.added, PathTo(5000));
  auto answer = Answer();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->message_class, StunClass::kSuccess);
  EXPECT_EQ(answer->transaction_id[11], 12);
  EXPECT_EQ(answer->xor_mapped_address, PathTo(5000).remote);
  EXPECT_TRUE(answer->has_fingerprint);
  EXPECT_TRUE(answer->CheckIntegrity(out_.bytes_of(out_.datagrams()[0]), BytesOf(kLocal.password),
                                     HmacSha1));
}

TEST_F(IceLiteTest, IsCompletedByANomination) {
  EXPECT_EQ(Receive({}, 5000).state, IceState::kConnected);
  EXPECT_EQ(Receive({.nominate = true}, 5000).state, IceState::kCompleted);
  EXPECT_EQ(Receive({}, 5000).state, std::nullopt);
  EXPECT_EQ(ice_.state(), IceState::kCompleted);
}

TEST_F(IceLiteTest, MovesToTheFirstNominationAtOnce) {
  (void)Receive({}, 5000);
  IceEvents events = Receive({.nominate = true}, 5001, 1);
  EXPECT_TRUE(events.selected_changed);
  EXPECT_TRUE(SelectedIs(5001));
}

TEST_F(IceLiteTest, RefusesAWrongPasswordWith401AndRemembersNothing) {
  IceEvents events = Receive({.password_override = "wrong"}, 5000);
  EXPECT_EQ(events.drop, DropReason::kStunUnauthenticated);
  EXPECT_EQ(ErrorCode(), kStunUnauthenticated);
  EXPECT_EQ(ice_.path_count(), 0u);
  EXPECT_EQ(ice_.state(), IceState::kNew);
  EXPECT_EQ(ice_.Validated(PathTo(5000)), std::nullopt);
  EXPECT_EQ(out_.drops(DropReason::kStunUnauthenticated), 1u);
}

TEST_F(IceLiteTest, RefusesAnUnknownFragmentWith401) {
  Check check;
  check.credentials.username_fragment = "somebodyElse1234";
  EXPECT_EQ(Receive(check, 5000).drop, DropReason::kStunUnauthenticated);
  EXPECT_EQ(ErrorCode(), kStunUnauthenticated);
  EXPECT_EQ(ice_.path_count(), 0u);
}

TEST_F(IceLiteTest, WantsItsWholeFragmentAndAColon) {
  for (const char* name : {"ourFragment1234:peer", "ourFragment123456:peer", "ourFragment12345",
                           ":peer", "peer:ourFragment12345", ""}) {
    std::vector<uint8_t> bytes(300);
    StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {});
    writer.AddUsername(name);
    writer.AddPriority(1);
    writer.AddMessageIntegrity(BytesOf(kLocal.password), HmacSha1);
    writer.AddFingerprint();
    bytes.resize(writer.Finish().size());
    EXPECT_EQ(ReceiveBytes(bytes, 5000).drop, DropReason::kStunUnauthenticated) << name;
    EXPECT_EQ(ice_.path_count(), 0u);
  }
}

TEST_F(IceLiteTest, AnswersMissingCredentialsWith400) {
  EXPECT_TRUE(Receive({.integrity = false}, 5000).drop.has_value());
  EXPECT_EQ(ErrorCode(), kStunBadRequest);
  EXPECT_TRUE(Receive({.username = false}, 5000).drop.has_value());
  EXPECT_EQ(ErrorCode(), kStunBadRequest);
  EXPECT_EQ(ice_.path_count(), 0u);
}

TEST_F(IceLiteTest, AnswersAMissingPriorityWithASigned400) {
  EXPECT_TRUE(Receive({.priority = false}, 5000).drop.has_value());
  auto answer = Answer();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->error_code, kStunBadRequest);
  EXPECT_TRUE(answer->integrity_position.has_value());
  EXPECT_EQ(ice_.path_count(), 0u);
}

TEST_F(IceLiteTest, SendsAStrangerNothingLongerThanWhatItSent) {
  std::vector<uint8_t> bytes(20);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {});
  ASSERT_FALSE(writer.Finish().empty());
  EXPECT_TRUE(ReceiveBytes(bytes, 5000).drop.has_value());
  EXPECT_TRUE(out_.datagrams().empty());

  Check check{.password_override = "wrong"};
  (void)Receive(check, 5000);
  ASSERT_EQ(out_.datagrams().size(), 1u);
  EXPECT_LE(out_.datagrams()[0].size, check.Build().size());
}

TEST_F(IceLiteTest, AnswersStrangersOnlySoOften) {
  int answers = 0;
  for (int i = 0; i < 1000; ++i) {
    (void)Receive({.password_override = "wrong"}, static_cast<uint16_t>(2000 + i), i / 2);
    answers += static_cast<int>(out_.datagrams().size());
  }
  EXPECT_EQ(answers, 10);
  (void)Receive({.password_override = "wrong"}, 5000, 2000);
  EXPECT_EQ(out_.datagrams().size(), 1u);
  EXPECT_EQ(Receive({}, 5000, 2001).state, IceState::kConnected);
}

TEST_F(IceLiteTest, TellsAControlledPeerThatItsRoleConflicts) {
  EXPECT_TRUE(Receive({.controlled = true}, 5000).drop.has_value());
  EXPECT_EQ(ErrorCode(), kStunRoleConflict);
  EXPECT_EQ(ice_.state(), IceState::kNew);
  EXPECT_EQ(Receive({}, 5000).state, IceState::kConnected);
}

TEST_F(IceLiteTest, NamesTheAttributesItDoesNotKnow) {
  // 0x7f00 is comprehension-required and nobody's; put in by hand in front of the integrity.
  std::vector<uint8_t> bytes(300);
  StunWriter writer(bytes, StunClass::kRequest, kStunBinding, {});
  writer.AddUsername(kLocal.username_fragment + ":peer");
  writer.AddPriority(1);
  size_t size = writer.Finish().size();
  const uint8_t unknown[] = {0x7f, 0x00, 0x00, 0x04, 1, 2, 3, 4};
  std::copy(std::begin(unknown), std::end(unknown), bytes.begin() + static_cast<ptrdiff_t>(size));
  size += sizeof(unknown);
  // RFC 8489 section 14.5: the length covers the integrity attribute while it is computed.
  bytes[3] = static_cast<uint8_t>(size - 20 + 24);
  HmacSha1Digest digest = HmacSha1(BytesOf(kLocal.password), Bytes(bytes).first(size));
  const uint8_t integrity[] = {0x00, 0x08, 0x00, 0x14};
  std::copy(std::begin(integrity), std::end(integrity),
            bytes.begin() + static_cast<ptrdiff_t>(size));
  std::copy(digest.begin(), digest.end(), bytes.begin() + static_cast<ptrdiff_t>(size + 4));
  bytes.resize(size + 24);
  EXPECT_TRUE(ReceiveBytes(bytes, 5000).drop.has_value());
  EXPECT_EQ(ErrorCode(), kStunUnknownAttribute);
  EXPECT_EQ(ice_.path_count(), 0u);
}

TEST_F(IceLiteTest, IgnoresIndicationsAndAnswers) {
  for (StunClass message_class : {StunClass::kIndication, StunClass::kSuccess, StunClass::kError}) {
    EXPECT_TRUE(Receive({.message_class = message_class}, 5000).drop.has_value());
    EXPECT_TRUE(out_.datagrams().empty());
    EXPECT_EQ(ice_.path_count(), 0u);
  }
}

TEST_F(IceLiteTest, KeepsEightPathsAndNeverEvictsTheSelectedOne) {
  Establish(1000);
  std::set<Path> known = {PathTo(1000)};
  for (uint16_t i = 0; i < 10000; ++i) {
    IceEvents events = Receive({}, static_cast<uint16_t>(2000 + i), i);
    ASSERT_TRUE(events.added.has_value());
    known.insert(*events.added);
    for (const Path& removed : events.removed) ASSERT_EQ(known.erase(removed), 1u);
    ASSERT_LE(ice_.path_count(), IceLite::kPathsMax);
    ASSERT_EQ(known.size(), ice_.path_count());
    ASSERT_TRUE(SelectedIs(1000));
  }
  for (const Path& path : known) EXPECT_TRUE(ice_.IsValidated(path));
}

TEST_F(IceLiteTest, RetargetsMediaOnlyAfterAnAuthenticPacketFromTheNewPath) {
  Establish(1000);
  // Only the client can make this check, but it can write any sender's address on it.
  EXPECT_FALSE(Receive({.nominate = true}, 6666, 1000).selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
  EXPECT_FALSE(ice_.ConfirmPath(PathTo(1000), At(1001)).selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
  IceEvents events = ice_.ConfirmPath(PathTo(6666), At(1002));
  EXPECT_TRUE(events.selected_changed);
  EXPECT_TRUE(SelectedIs(6666));
}

TEST_F(IceLiteTest, DoesNotRetargetToAPathThatIsNotNominated) {
  Establish(1000);
  (void)Receive({}, 1001, 1000);
  EXPECT_FALSE(ice_.ConfirmPath(PathTo(1001), At(1001)).selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, DoesNotRetargetToAPathThatIsNotValid) {
  Establish(1000);
  (void)Receive({.nominate = true}, 1001, 1000);
  EXPECT_FALSE(ice_.ConfirmPath(PathTo(1002), At(1001)).selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, BeginsMediaWhereTheHandshakeCameFrom) {
  // The client nominates a victim's address, and shakes hands from its own.
  (void)Receive({.nominate = true}, 6666);
  (void)Receive({}, 1000);
  EXPECT_TRUE(SelectedIs(6666));
  EXPECT_TRUE(ice_.ConfirmPath(PathTo(1000), At(1)).selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
  // Were the nominated path the client's own, a packet from it would move media there.
  EXPECT_TRUE(ice_.ConfirmPath(PathTo(6666), At(200)).selected_changed);
}

TEST_F(IceLiteTest, ReportsFewMovesOfAPeerThatTogglesItsNomination) {
  Establish(1000);
  int moves = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    auto port = static_cast<uint16_t>(1000 + ms % 2);
    moves += Receive({.nominate = true}, port, ms).selected_changed ? 1 : 0;
    moves += ice_.ConfirmPath(PathTo(port), At(ms)).selected_changed ? 1 : 0;
  }
  EXPECT_GE(moves, 2);
  EXPECT_LE(moves, 11);
}

TEST_F(IceLiteTest, ReportsFewMovesBeforeTheHandshakeToo) {
  int moves = 0;
  for (int ms = 0; ms < 1000; ++ms) {
    auto port = static_cast<uint16_t>(1000 + ms % 2);
    moves += Receive({.nominate = true}, port, ms).selected_changed ? 1 : 0;
  }
  EXPECT_LE(moves, 12);
}

TEST_F(IceLiteTest, LosesConsentWhenChecksStop) {
  Establish(1000);
  EXPECT_EQ(ice_.deadline(), At(30'000));
  (void)Receive({}, 1000, 20'000);
  EXPECT_EQ(ice_.deadline(), At(50'000));
  EXPECT_EQ(ice_.OnDeadline(At(49'999)).state, std::nullopt);
  IceEvents events = ice_.OnDeadline(At(50'000));
  EXPECT_EQ(events.state, IceState::kDisconnected);
  EXPECT_TRUE(events.selected_changed);
  EXPECT_EQ(events.removed, std::vector<Path>{PathTo(1000)});
  EXPECT_EQ(ice_.selected(), std::nullopt);
  EXPECT_FALSE(ice_.IsValidated(PathTo(1000)));
  EXPECT_EQ(ice_.deadline(), Timestamp::Never());
}

TEST_F(IceLiteTest, ForgetsAnIdlePathAndKeepsTheSelectedOne) {
  Establish(1000);
  (void)Receive({}, 1001);
  (void)Receive({}, 1000, 20'000);
  IceEvents events = ice_.OnDeadline(At(30'000));
  EXPECT_EQ(events.removed, std::vector<Path>{PathTo(1001)});
  EXPECT_EQ(events.state, std::nullopt);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, KeepsConsentAsLongAsItWasToldWithinBounds) {
  for (auto [asked, kept] : {std::pair{1, 10}, {10, 10}, {45, 45}, {60, 60}, {600, 60}}) {
    ice_ = IceLite(kLocal, Duration::Seconds(asked));
    (void)Receive({}, 1000);
    EXPECT_EQ(ice_.deadline(), At(kept * 1000));
  }
  ice_ = IceLite(kLocal, Duration());
  (void)Receive({}, 1000);
  EXPECT_EQ(ice_.deadline(), Timestamp::Never());
  EXPECT_EQ(ice_.OnDeadline(At(100'000'000)).state, std::nullopt);
}

TEST_F(IceLiteTest, WelcomesAPeerBackOnThePathItHad) {
  Establish(1000);
  (void)ice_.OnDeadline(At(30'000));
  IceEvents events = Receive({.nominate = true}, 1000, 40'000);
  EXPECT_EQ(events.state, IceState::kCompleted);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, WelcomesAPeerBackOnANewPathWithAnAuthenticPacketOnly) {
  Establish(1000);
  (void)ice_.OnDeadline(At(30'000));
  IceEvents events = Receive({.nominate = true}, 7000, 40'000);
  EXPECT_EQ(events.state, std::nullopt);
  EXPECT_EQ(ice_.selected(), std::nullopt);
  events = ice_.ConfirmPath(PathTo(7000), At(40'001));
  EXPECT_EQ(events.state, IceState::kCompleted);
  EXPECT_TRUE(SelectedIs(7000));
}

TEST_F(IceLiteTest, FallsBackToALivingPathOnceItProvesAuthentic) {
  Establish(1000);
  (void)Receive({}, 1001, 29'000);
  EXPECT_EQ(ice_.OnDeadline(At(30'000)).state, IceState::kDisconnected);
  EXPECT_EQ(ice_.selected(), std::nullopt);
  EXPECT_EQ(ice_.ConfirmPath(PathTo(1001), At(30'001)).state, IceState::kConnected);
  EXPECT_TRUE(SelectedIs(1001));
}

TEST_F(IceLiteTest, IsDisconnectedAtOnceWhenItsOnlyConnectionEnds) {
  Establish(1000);
  IceEvents events = ice_.Lose(PathTo(1000), At(1));
  EXPECT_EQ(events.state, IceState::kDisconnected);
  EXPECT_TRUE(events.selected_changed);
  EXPECT_EQ(events.removed, std::vector<Path>{PathTo(1000)});
  EXPECT_EQ(ice_.selected(), std::nullopt);
  EXPECT_FALSE(ice_.IsValidated(PathTo(1000)));
  EXPECT_TRUE(ice_.Lose(PathTo(1000), At(2)).removed.empty());
}

TEST_F(IceLiteTest, GoesBackToThePathItHadBeforeWhenAConnectionEnds) {
  Establish(1000);
  (void)Receive({.nominate = true}, 2000, 1000);
  (void)ice_.ConfirmPath(PathTo(2000), At(1000));
  ASSERT_TRUE(SelectedIs(2000));
  IceEvents events = ice_.Lose(PathTo(2000), At(1500));
  EXPECT_TRUE(events.selected_changed);
  EXPECT_EQ(events.state, std::nullopt);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, DoesNotTurnToAStrangerWhenAConnectionEnds) {
  Establish(1000);
  (void)Receive({.nominate = true}, 7000, 1000);
  EXPECT_EQ(ice_.Lose(PathTo(1000), At(1500)).state, IceState::kDisconnected);
  EXPECT_EQ(ice_.selected(), std::nullopt);
  EXPECT_EQ(ice_.ConfirmPath(PathTo(7000), At(1600)).state, IceState::kCompleted);
  EXPECT_TRUE(SelectedIs(7000));
}

TEST_F(IceLiteTest, TriesAnyValidPathWhileNothingIsAuthenticated) {
  (void)Receive({.nominate = true}, 1000);
  (void)Receive({}, 1001, 1);
  EXPECT_EQ(ice_.Lose(PathTo(1000), At(2)).state, std::nullopt);
  EXPECT_TRUE(SelectedIs(1001));
}

TEST_F(IceLiteTest, AnEndOfAnIdlePathChangesNothing) {
  Establish(1000);
  (void)Receive({}, 1001);
  IceEvents events = ice_.Lose(PathTo(1001), At(1));
  EXPECT_EQ(events.removed, std::vector<Path>{PathTo(1001)});
  EXPECT_FALSE(events.selected_changed);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, TakesOldCredentialsUntilTheNewOnesAreUsed) {
  Establish(1000);
  ice_.Restart(kNew);
  EXPECT_EQ(ice_.local(), kNew);
  EXPECT_EQ(ice_.old_local(), kLocal);
  EXPECT_FALSE(Receive({}, 1000, 1).drop.has_value());
  EXPECT_FALSE(Receive({.credentials = kNew}, 1000, 2).drop.has_value());
  EXPECT_EQ(ice_.old_local(), std::nullopt);
  EXPECT_EQ(Receive({}, 1000, 3).drop, DropReason::kStunUnauthenticated);
  EXPECT_TRUE(SelectedIs(1000));
}

TEST_F(IceLiteTest, KeepsTheCredentialsInUseOverTwoRestarts) {
  Establish(1000);
  ice_.Restart({.username_fragment = "neverUsed1234567", .password = "never"});
  ice_.Restart(kNew);
  EXPECT_FALSE(Receive({}, 1000, 1).drop.has_value());
  EXPECT_FALSE(Receive({.credentials = kNew}, 1000, 2).drop.has_value());
}

TEST_F(IceLiteTest, DoesNotMixTheFragmentOfOneGenerationWithThePasswordOfTheOther) {
  ice_.Restart(kNew);
  Check check{.password_override = kNew.password};
  EXPECT_EQ(Receive(check, 1000).drop, DropReason::kStunUnauthenticated);
}

TEST(IceCredentialsTest, AreMadeOfManyLettersOfChance) {
  Random random(1);
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    IceCredentials made = IceCredentials::Make(random);
    EXPECT_GE(made.username_fragment.size(), 16u);
    EXPECT_GE(made.password.size(), 22u);
    EXPECT_TRUE(seen.insert(made.username_fragment).second);
    EXPECT_TRUE(seen.insert(made.password).second);
  }
}

}  // namespace
}  // namespace millrace
