#include "millrace.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "schema/message_generated.h"

namespace {

namespace schema = Millrace::Schema;

using Frame = std::vector<uint8_t>;

mr_config MakeConfig() {
  mr_config config{};
  config.struct_size = sizeof(config);
  config.abi_version = MR_ABI_VERSION;
  config.log_level = MR_LOG_NONE;
  config.rtc_min_port = 40000;
  config.rtc_max_port = 40999;
  return config;
}

Frame MakeRequest(uint32_t id, schema::Request::Method method) {
  flatbuffers::FlatBufferBuilder builder;
  auto request = schema::Request::CreateRequest(builder, id, method, builder.CreateString(""));
  builder.FinishSizePrefixed(
      schema::Message::CreateMessage(builder, schema::Message::Body::Request, request.Union()));
  return {builder.GetBufferPointer(), builder.GetBufferPointer() + builder.GetSize()};
}

// What a host program keeps of the frames, and where it waits for them.
class Host {
 public:
  static void Receive(void* user, const uint8_t* frame, size_t size) {
    auto* host = static_cast<Host*>(user);
    std::lock_guard lock(host->mutex_);
    if (frame) {
      host->frames_.emplace_back(frame, frame + size);
    } else {
      ++host->ends_;
    }
    host->changed_.notify_all();
  }

  // The next frame; empty when the worker ended, or said nothing for ten seconds.
  Frame Next() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(10),
                      [this] { return next_ < frames_.size() || ends_ > 0; });
    return next_ < frames_.size() ? frames_[next_++] : Frame();
  }

  bool AwaitEnd() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [this] { return ends_ > 0; });
  }

  int ends() {
    std::lock_guard lock(mutex_);
    return ends_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Frame> frames_;
  size_t next_ = 0;
  int ends_ = 0;
};

const schema::Message::Message& Read(const Frame& frame) {
  return *schema::Message::GetSizePrefixedMessage(frame.data());
}

class MillraceTest : public testing::Test {
 protected:
  mr_status Start(const mr_config& config) {
    return mr_worker_start(&config, &Host::Receive, &host_, &worker_, &error_);
  }
  ~MillraceTest() override { mr_worker_destroy(worker_); }

  mr_status Send(const Frame& frame) { return mr_worker_send(worker_, frame.data(), frame.size()); }

  Host host_;
  mr_worker* worker_ = nullptr;
  mr_error error_{};
};

// Each time a thread, a certificate, sockets and descriptors; by default as often as fits a test
// run, and as often as MILLRACE_CYCLES says.
TEST(MillraceCycleTest, BeginsAndEndsWithoutEndAndLeavesNothing) {
  const char* wanted = std::getenv("MILLRACE_CYCLES");
  int cycles = wanted != nullptr ? std::atoi(wanted) : 500;
  auto descriptors = [] {
    auto entries = std::filesystem::directory_iterator("/proc/self/fd");
    return std::distance(begin(entries), end(entries));
  };
  mr_config config = MakeConfig();
  std::ptrdiff_t before = 0;
  for (int i = 0; i < cycles; ++i) {
    Host host;
    mr_worker* worker = nullptr;
    mr_error error{};
    ASSERT_EQ(mr_worker_start(&config, &Host::Receive, &host, &worker, &error), MR_OK)
        << i << ": " << error.text;
    // Some end before they have said a word, some in the middle of their work, some were stopped.
    if (i % 4 == 1) (void)host.Next();
    if (i % 4 == 2) {
      Frame request = MakeRequest(1, schema::Request::Method::WORKER_DUMP);
      (void)mr_worker_send(worker, request.data(), request.size());
    }
    if (i % 4 == 3) (void)mr_worker_stop(worker);
    mr_worker_destroy(worker);
    ASSERT_EQ(host.ends(), 1) << i;
    if (i == 10) before = descriptors();
  }
  EXPECT_EQ(descriptors(), before);
}

TEST_F(MillraceTest, SaysThatItRunsAndAnswersRequestsInOrder) {
  ASSERT_EQ(Start(MakeConfig()), MR_OK);
  Frame running = host_.Next();
  ASSERT_FALSE(running.empty());
  const auto* notification = Read(running).data_as_Notification();
  ASSERT_NE(notification, nullptr);
  EXPECT_EQ(notification->event(), schema::Notification::Event::WORKER_RUNNING);
  EXPECT_EQ(notification->handler_id()->str(), std::to_string(getpid()));

  for (uint32_t id = 1; id <= 100; ++id) {
    ASSERT_EQ(Send(MakeRequest(id, schema::Request::Method::WORKER_DUMP)), MR_OK);
  }
  for (uint32_t id = 1; id <= 100; ++id) {
    Frame answer = host_.Next();
    ASSERT_FALSE(answer.empty());
    const auto* response = Read(answer).data_as_Response();
    ASSERT_NE(response, nullptr);
    EXPECT_EQ(response->id(), id);
    EXPECT_TRUE(response->accepted());
  }
}

TEST_F(MillraceTest, CarriesOutWhatWasSentBeforeTheStopAndEndsOnce) {
  ASSERT_EQ(Start(MakeConfig()), MR_OK);
  ASSERT_EQ(Send(MakeRequest(1, schema::Request::Method::WORKER_DUMP)), MR_OK);
  ASSERT_EQ(mr_worker_stop(worker_), MR_OK);
  ASSERT_EQ(mr_worker_stop(worker_), MR_OK);
  EXPECT_EQ(Send(MakeRequest(2, schema::Request::Method::WORKER_DUMP)), MR_CLOSED);
  (void)host_.Next();
  Frame answer = host_.Next();
  ASSERT_FALSE(answer.empty());
  EXPECT_EQ(Read(answer).data_as_Response()->id(), 1u);
  EXPECT_TRUE(host_.AwaitEnd());
  EXPECT_EQ(mr_worker_destroy(worker_), MR_OK);
  worker_ = nullptr;
  EXPECT_EQ(host_.ends(), 1);
}

TEST_F(MillraceTest, AClosedWorkerTakesNoMoreFrames) {
  ASSERT_EQ(Start(MakeConfig()), MR_OK);
  flatbuffers::FlatBufferBuilder builder;
  auto close = schema::Notification::CreateNotification(builder, builder.CreateString(""),
                                                        schema::Notification::Event::WORKER_CLOSE);
  builder.FinishSizePrefixed(
      schema::Message::CreateMessage(builder, schema::Message::Body::Notification, close.Union()));
  ASSERT_EQ(mr_worker_send(worker_, builder.GetBufferPointer(), builder.GetSize()), MR_OK);
  ASSERT_TRUE(host_.AwaitEnd());
  EXPECT_EQ(Send(MakeRequest(1, schema::Request::Method::WORKER_DUMP)), MR_CLOSED);
}

TEST_F(MillraceTest, RefusesACallerOfAnotherVersionWithAClearText) {
  mr_config config = MakeConfig();
  config.abi_version = MR_ABI_VERSION + 1;
  EXPECT_EQ(Start(config), MR_ABI_MISMATCH);
  EXPECT_EQ(worker_, nullptr);
  EXPECT_EQ(std::string(error_.text),
            "the library speaks ABI version 1, its caller was made for version 2");

  config = MakeConfig();
  config.struct_size -= 8;
  EXPECT_EQ(Start(config), MR_ABI_MISMATCH);
  EXPECT_NE(std::string(error_.text).find("mr_config"), std::string::npos);
}

TEST_F(MillraceTest, RefusesSettingsThatCannotBe) {
  mr_config config = MakeConfig();
  config.rtc_min_port = 50000;
  EXPECT_EQ(Start(config), MR_INVALID_ARGUMENT);
  config = MakeConfig();
  config.log_level = 4;
  EXPECT_EQ(Start(config), MR_INVALID_ARGUMENT);
  config = MakeConfig();
  config.dtls_certificate_file = "/nonexistent/certificate.pem";
  config.dtls_private_key_file = "/nonexistent/key.pem";
  EXPECT_EQ(Start(config), MR_INVALID_ARGUMENT);
  EXPECT_NE(std::string(error_.text).find("certificate.pem"), std::string::npos);
  EXPECT_EQ(mr_worker_start(nullptr, &Host::Receive, nullptr, &worker_, nullptr),
            MR_INVALID_ARGUMENT);
  config = MakeConfig();
  EXPECT_EQ(mr_worker_start(&config, nullptr, nullptr, &worker_, nullptr), MR_INVALID_ARGUMENT);
  EXPECT_EQ(mr_worker_start(&config, &Host::Receive, nullptr, nullptr, nullptr),
            MR_INVALID_ARGUMENT);
}

TEST_F(MillraceTest, TakesOnlyFramesThatAreWhole) {
  ASSERT_EQ(Start(MakeConfig()), MR_OK);
  Frame frame = MakeRequest(1, schema::Request::Method::WORKER_DUMP);
  EXPECT_EQ(mr_worker_send(worker_, frame.data(), frame.size() - 1), MR_INVALID_ARGUMENT);
  EXPECT_EQ(mr_worker_send(worker_, frame.data(), 3), MR_INVALID_ARGUMENT);
  EXPECT_EQ(mr_worker_send(worker_, nullptr, 8), MR_INVALID_ARGUMENT);
  EXPECT_EQ(mr_worker_send(nullptr, frame.data(), frame.size()), MR_INVALID_ARGUMENT);
  Frame larger(MR_FRAME_BYTES_MAX + 1, 0);
  larger[0] = 0xfd, larger[1] = 0xff, larger[2] = 0x7f;
  EXPECT_EQ(Send(larger), MR_INVALID_ARGUMENT);
}

TEST_F(MillraceTest, IsNotDestroyedFromItsOwnThread) {
  struct Caller {
    static void Receive(void* user, const uint8_t* frame, size_t) {
      auto* caller = static_cast<Caller*>(user);
      if (!frame) return;
      // The worker may speak before its start has returned the handle.
      while (!caller->worker.load()) std::this_thread::yield();
      caller->status.store(mr_worker_destroy(caller->worker.load()));
      mr_worker_stop(caller->worker.load());
    }
    std::atomic<mr_worker*> worker{nullptr};
    std::atomic<int> status{-1};
  } caller;
  mr_config config = MakeConfig();
  mr_worker* worker = nullptr;
  ASSERT_EQ(mr_worker_start(&config, &Caller::Receive, &caller, &worker, nullptr), MR_OK);
  caller.worker.store(worker);
  ASSERT_EQ(mr_worker_destroy(worker), MR_OK);
  EXPECT_EQ(caller.status.load(), static_cast<int>(MR_WRONG_THREAD));
}

TEST_F(MillraceTest, LeavesTheSignalsOfTheHostAlone) {
  struct sigaction before{}, after{};
  sigaction(SIGINT, nullptr, &before);
  ASSERT_EQ(Start(MakeConfig()), MR_OK);
  ASSERT_FALSE(host_.Next().empty());
  sigaction(SIGINT, nullptr, &after);
  EXPECT_EQ(before.sa_handler, after.sa_handler);
}

TEST_F(MillraceTest, ManyWorkersStartAndEndInOneProcess) {
  for (int i = 0; i < 50; ++i) {
    Host host;
    mr_config config = MakeConfig();
    mr_worker* worker = nullptr;
    ASSERT_EQ(mr_worker_start(&config, &Host::Receive, &host, &worker, nullptr), MR_OK);
    ASSERT_EQ(mr_worker_destroy(worker), MR_OK);
    EXPECT_EQ(host.ends(), 1);
  }
}

TEST(MillraceLayoutTest, IsThatOfThisCompiler) {
  EXPECT_EQ(mr_abi_version(), static_cast<uint32_t>(MR_ABI_VERSION));
  EXPECT_NE(std::string(mr_version()), "");
  EXPECT_EQ(mr_layout(MR_LAYOUT_CONFIG_SIZE), sizeof(mr_config));
  EXPECT_EQ(mr_layout(MR_LAYOUT_CONFIG_RTC_MAX_PORT), offsetof(mr_config, rtc_max_port));
  EXPECT_EQ(mr_layout(MR_LAYOUT_CONFIG_DTLS_PRIVATE_KEY_FILE),
            offsetof(mr_config, dtls_private_key_file));
  EXPECT_EQ(mr_layout(MR_LAYOUT_ERROR_SIZE), sizeof(mr_error));
  EXPECT_EQ(mr_layout(static_cast<mr_layout_entry>(MR_LAYOUT_STATUS_SIZE + 1)), UINT32_MAX);
}

}  // namespace
