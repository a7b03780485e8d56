#include "io/event_loop.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "io/clock.h"
#include "io/file_descriptor.h"

namespace millrace {
namespace {

constexpr EventSource kFirst{.kind = EventSource::Kind::kSocket, .number = 1};
constexpr EventSource kSecond{.kind = EventSource::Kind::kSocket, .number = 2};

struct Pair {
  Pair() {
    std::array<int, 2> descriptors;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors.data()) != 0) std::abort();
    near = FileDescriptor(descriptors[0]);
    far = FileDescriptor(descriptors[1]);
  }
  FileDescriptor near, far;
};

TEST(EventLoopTest, NamesWhatIsReadable) {
  EventLoop loop;
  Pair first, second;
  ASSERT_TRUE(loop.Watch(first.near.get(), kFirst, {.readable = true}).ok());
  ASSERT_TRUE(loop.Watch(second.near.get(), kSecond, {.readable = true}).ok());
  ASSERT_EQ(write(second.far.get(), "x", 1), 1);
  Timestamp now = MonotonicNow();
  auto events = loop.Wait(now, now + Duration::Seconds(5));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].source, kSecond);
  EXPECT_TRUE(events[0].readable);
  EXPECT_FALSE(events[0].writable);
}

TEST(EventLoopTest, AnswersAtOnceWhenTheDeadlineHasPassed) {
  EventLoop loop;
  Timestamp now = MonotonicNow();
  EXPECT_TRUE(loop.Wait(now, now).empty());
}

TEST(EventLoopTest, NeverWakesBeforeTheDeadline) {
  EventLoop loop;
  Timestamp now = MonotonicNow();
  Timestamp deadline = now + Duration::Micros(2500);
  while (MonotonicNow() < deadline) EXPECT_TRUE(loop.Wait(MonotonicNow(), deadline).empty());
  EXPECT_GE(MonotonicNow(), deadline);
}

TEST(EventLoopTest, IsWokenFromAnotherThread) {
  EventLoop loop;
  std::thread waker([&loop] { loop.Wake(); });
  EXPECT_TRUE(loop.Wait(MonotonicNow(), Timestamp::Never()).empty());
  waker.join();
}

TEST(EventLoopTest, WatchesOnlyWhatIsWantedNow) {
  EventLoop loop;
  Pair pair;
  ASSERT_TRUE(loop.Watch(pair.near.get(), kFirst, {}).ok());
  ASSERT_EQ(write(pair.far.get(), "x", 1), 1);
  Timestamp now = MonotonicNow();
  EXPECT_TRUE(loop.Wait(now, now).empty());
  loop.Change(pair.near.get(), {.writable = true});
  auto writable = loop.Wait(now, now + Duration::Seconds(5));
  ASSERT_EQ(writable.size(), 1u);
  EXPECT_TRUE(writable[0].writable);
  EXPECT_FALSE(writable[0].readable);
}

TEST(EventLoopTest, AForgottenDescriptorMayBeClosedAndItsNumberUsedAgain) {
  EventLoop loop;
  for (size_t i = 0; i < 100; ++i) {
    Pair pair;
    ASSERT_TRUE(loop.Watch(pair.near.get(), kFirst, {.readable = true}).ok());
    ASSERT_EQ(write(pair.far.get(), "x", 1), 1);
    ASSERT_EQ(loop.Wait(MonotonicNow(), Timestamp::Never()).size(), 1u);
    loop.Forget(pair.near.get());
  }
}

TEST(EventLoopTest, RefusesADescriptorThatIsNone) {
  EventLoop loop;
  EXPECT_FALSE(loop.Watch(9999, kFirst, {.readable = true}).ok());
}

TEST(EventLoopTest, ASignalIsAnEvent) {
  EventLoop loop;
  ASSERT_TRUE(loop.WatchSignal(SIGUSR2).ok());
  raise(SIGUSR2);
  Timestamp now = MonotonicNow();
  auto events = loop.Wait(now, now + Duration::Seconds(5));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].source.kind, EventSource::Kind::kSignal);
  EXPECT_EQ(events[0].source.number, static_cast<uint32_t>(SIGUSR2));
}

}  // namespace
}  // namespace millrace
