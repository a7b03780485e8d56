#include "protocol/sctp/reassembly_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "base/random.h"
#include "protocol/sctp/chunk_maker.h"

namespace millrace {
namespace {

using Place = ReassemblyQueue::Place;
constexpr size_t kWindow = SctpLimits::kReceiveWindowMax;

// The parts "a", "b", ... of one message.
struct Part {
  uint16_t stream = 1;
  uint32_t sequence = 0;
  int index = 0;
  int count = 1;
  bool unordered = false;
  bool interleaved = false;

  [[nodiscard]] DataChunk Chunk() const {
    static const ByteVector letters = [] {
      ByteVector all(26);
      std::iota(all.begin(), all.end(), uint8_t{'a'});
      return all;
    }();
    return {.stream = SctpStreamId(stream),
            .sequence = sequence,
            .fragment = static_cast<uint32_t>(index),
            .ppid = Ppid(51),
            .begin = index == 0,
            .end = index == count - 1,
            .unordered = unordered,
            .interleaved = interleaved,
            .payload = Bytes(letters).subspan(static_cast<size_t>(index), 1)};
  }
};

std::vector<std::string> Texts(const SctpOutput& out) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < out.messages.size(); ++i) {
    texts.emplace_back(out.payloads[i].begin(), out.payloads[i].end());
  }
  return texts;
}

using TextList = std::vector<std::string>;

TEST(ReassemblyQueueTest, JoinsPartsInAnyOrder) {
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    ReassemblyQueue queue(kWindow, 1000, false);
    SctpOutput out;
    std::vector<int> order(10);
    std::iota(order.begin(), order.end(), 0);
    for (size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random.Below(static_cast<uint32_t>(i))]);
    }
    for (int index : order) {
      queue.Add(100 + index, Part{.index = index, .count = 10}.Chunk(), out);
    }
    EXPECT_EQ(Texts(out), (TextList{"abcdefghij"}));
    EXPECT_EQ(queue.cost(), 0u);
  }
}

TEST(ReassemblyQueueTest, DoesNotJoinPartsOfDifferentMessages) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(1, Part{.stream = 1, .index = 0, .count = 2}.Chunk(), out);
  queue.Add(2, Part{.stream = 2, .index = 1, .count = 2}.Chunk(), out);
  queue.Add(3, Part{.sequence = 4, .index = 1, .count = 2}.Chunk(), out);
  EXPECT_TRUE(out.messages.empty());
}

TEST(ReassemblyQueueTest, HoldsOrderedMessagesBackAndUnorderedOnesNot) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(3, Part{.sequence = 2, .index = 0}.Chunk(), out);
  queue.Add(2, Part{.sequence = 1, .index = 0}.Chunk(), out);
  queue.Add(4, Part{.index = 0, .unordered = true}.Chunk(), out);
  queue.Add(5, Part{.stream = 2, .index = 0}.Chunk(), out);
  EXPECT_EQ(out.messages.size(), 2u);
  queue.Add(1, Part{.sequence = 0, .index = 0}.Chunk(), out);
  EXPECT_EQ(out.messages.size(), 5u);
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(ReassemblyQueueTest, NumbersOrderedMessagesPast65535) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  for (uint32_t i = 0; i < 70000; ++i) {
    queue.Add(i, Part{.sequence = i % 65536}.Chunk(), out);
  }
  EXPECT_EQ(out.messages.size(), 70000u);
}

TEST(ReassemblyQueueTest, DropsAMessageThatWasDeliveredBefore) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(1, Part{.sequence = 0}.Chunk(), out);
  queue.Add(2, Part{.sequence = 0}.Chunk(), out);
  EXPECT_EQ(out.messages.size(), 1u);
}

TEST(ReassemblyQueueTest, SkipsWhatThePeerGaveUp) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(10, Part{.sequence = 0, .index = 0, .count = 3}.Chunk(), out);
  queue.Add(11, Part{.sequence = 0, .index = 1, .count = 3}.Chunk(), out);
  queue.Add(13, Part{.sequence = 1}.Chunk(), out);
  queue.Add(15, Part{.sequence = 3}.Chunk(), out);
  queue.Skip(12, {.new_cumulative_tsn = 12, .skipped = {{SctpStreamId(1), 0, false}}}, out);
  EXPECT_EQ(out.messages.size(), 1u);
  // Message 2 is given up, message 1 of before was delivered, message 3 follows.
  queue.Skip(14, {.new_cumulative_tsn = 14, .skipped = {{SctpStreamId(1), 2, false}}}, out);
  EXPECT_EQ(out.messages.size(), 2u);
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(ReassemblyQueueTest, DeliversWholeMessagesAmongThoseGivenUp) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(13, Part{.sequence = 1, .index = 0}.Chunk(), out);
  queue.Add(15, Part{.sequence = 3, .index = 0}.Chunk(), out);
  queue.Skip(16, {.new_cumulative_tsn = 16, .skipped = {{SctpStreamId(1), 4, false}}}, out);
  EXPECT_EQ(out.messages.size(), 2u);
  queue.Add(17, Part{.sequence = 5}.Chunk(), out);
  EXPECT_EQ(out.messages.size(), 3u);
}

TEST(ReassemblyQueueTest, StartsOverWhenAStreamIsReset) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  queue.Add(1, Part{.sequence = 0}.Chunk(), out);
  queue.Add(2, Part{.sequence = 2}.Chunk(), out);
  EXPECT_EQ(queue.ActiveStreams(), std::vector{SctpStreamId(1)});
  SctpStreamId stream(1);
  queue.ResetStreams({&stream, 1});
  EXPECT_EQ(queue.cost(), 0u);
  queue.Add(3, Part{.sequence = 0}.Chunk(), out);
  EXPECT_EQ(out.messages.size(), 2u);
  queue.ResetStreams({});
  EXPECT_TRUE(queue.ActiveStreams().empty());
}

TEST(ReassemblyQueueTest, DropsAMessageThatIsTooLongAndGoesOn) {
  for (bool interleaved : {false, true}) {
    ReassemblyQueue queue(kWindow, 3, interleaved);
    SctpOutput out;
    size_t longest = 0;
    for (int i = 0; i < 9; ++i) {
      queue.Add(1 + i, Part{.index = i, .count = 9, .interleaved = interleaved}.Chunk(), out);
      longest = std::max(longest, queue.cost());
    }
    EXPECT_TRUE(out.messages.empty());
    EXPECT_EQ(out.drop, DropReason::kTooLarge);
    EXPECT_LE(longest, FragmentRuns::kRunOverhead + 3);
    EXPECT_EQ(queue.cost(), 0u);
    queue.Add(10, Part{.sequence = 1, .interleaved = interleaved}.Chunk(), out);
    EXPECT_EQ(out.messages.size(), 1u);
  }
}

TEST(ReassemblyQueueTest, DropsATooLongMessageWhoseMiddleComesLast) {
  ReassemblyQueue queue(kWindow, 3, false);
  SctpOutput out;
  for (int i : {0, 1, 3, 4, 2}) queue.Add(1 + i, Part{.index = i, .count = 5}.Chunk(), out);
  EXPECT_TRUE(out.messages.empty());
  EXPECT_EQ(out.drop, DropReason::kTooLarge);
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(ReassemblyQueueTest, AdmitsTheMoreUrgentTheFullerItIs) {
  ReassemblyQueue queue(kWindow, 1000, false);
  SctpOutput out;
  // Ends without beginnings, which nothing ever completes.
  int64_t tsn = 0;
  auto fill = [&](Place place) {
    while (queue.Admits(1, place)) {
      queue.Add(tsn, Part{.index = 1, .count = 2}.Chunk(), out);
      tsn += 2;
    }
  };
  EXPECT_EQ(queue.window(), kWindow);
  fill(Place::kNewest);
  EXPECT_LE(queue.cost(), kWindow);
  EXPECT_LT(queue.window(), 2 * FragmentRuns::kRunOverhead);
  EXPECT_TRUE(queue.Admits(1000, Place::kGap));
  fill(Place::kGap);
  EXPECT_EQ(queue.window(), 0u);
  EXPECT_TRUE(queue.Admits(1000, Place::kNext));
  fill(Place::kNext);
  EXPECT_LE(queue.cost(), SctpLimits::kReassemblyBytesMax);
  // Each one-byte chunk counts with what it costs to keep.
  EXPECT_LT(tsn / 2, 9000);
}

TEST(ReassemblyQueueTest, KeepsInterleavedMessagesApart) {
  ReassemblyQueue queue(kWindow, 1000, true);
  SctpOutput out;
  auto part = [](uint32_t message, int index, bool unordered) {
    return Part{.sequence = message,
                .index = index,
                .count = 2,
                .unordered = unordered,
                .interleaved = true};
  };
  queue.Add(1, part(0, 0, false).Chunk(), out);
  queue.Add(2, part(0, 0, true).Chunk(), out);
  queue.Add(3, part(1, 1, false).Chunk(), out);
  queue.Add(4, part(0, 1, true).Chunk(), out);
  EXPECT_EQ(Texts(out), (TextList{"ab"}));
  EXPECT_FALSE(out.messages[0].ordered);
  queue.Add(5, part(1, 0, false).Chunk(), out);
  queue.Add(6, part(0, 1, false).Chunk(), out);
  EXPECT_EQ(out.messages.size(), 3u);
  EXPECT_EQ(queue.cost(), 0u);
}

TEST(ReassemblyQueueTest, SkipsInterleavedMessages) {
  ReassemblyQueue queue(kWindow, 1000, true);
  SctpOutput out;
  for (uint32_t message : {0u, 1u, 2u}) {
    for (bool unordered : {false, true}) {
      Part part{
          .sequence = message, .index = 0, .count = 2, .unordered = unordered, .interleaved = true};
      queue.Add(message * 2 + unordered, part.Chunk(), out);
    }
  }
  size_t before = queue.cost();
  queue.Skip(100,
             {.new_cumulative_tsn = 100,
              .interleaved = true,
              .skipped = {{SctpStreamId(1), 1, false}, {SctpStreamId(1), 2, true}}},
             out);
  EXPECT_EQ(queue.cost(), before / 6);
  queue.Add(101, Part{.sequence = 2, .index = 1, .count = 2, .interleaved = true}.Chunk(), out);
  EXPECT_EQ(Texts(out), (TextList{"ab"}));
}

}  // namespace
}  // namespace millrace
