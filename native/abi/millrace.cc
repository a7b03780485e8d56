#include "millrace.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "io/arguments.h"
#include "io/channel_framing.h"
#include "io/event_loop.h"
#include "io/memory_channel.h"
#include "io/process.h"
#include "io/worker_host.h"

#if !defined(MILLRACE_VERSION)
#define MILLRACE_VERSION "0.1.0"
#endif

namespace {

using millrace::Bytes;
using millrace::ChannelFraming;
using millrace::MemoryChannel;

// The header promises these; a change here is a new MR_ABI_VERSION.
static_assert(MR_FRAME_BYTES_MAX == ChannelFraming::kFrameBytesMax);
static_assert(MR_QUEUE_BYTES_MAX == MemoryChannel::kQueueBytesMax);
static_assert(MR_LOG_TAG_INFO == 1 << static_cast<int>(millrace::LogTag::kInfo));
static_assert(MR_LOG_TAG_SCORE == 1 << static_cast<int>(millrace::LogTag::kScore));
static_assert(MR_LOG_TAG_MESSAGE == 1 << static_cast<int>(millrace::LogTag::kMessage));
static_assert(MR_LOG_ERROR == static_cast<int>(millrace::LogLevel::kError));
static_assert(sizeof(mr_status) == 4);

mr_status Refuse(mr_error* error, mr_status status, const std::string& reason) {
  if (!error) return status;
  size_t size = std::min(reason.size(), sizeof(error->text) - 1);
  std::memcpy(error->text, reason.data(), size);
  error->text[size] = '\0';
  return status;
}

// Empty, or why a caller with this configuration must not be served.
std::string AbiMismatch(const mr_config& config) {
  if (config.abi_version != MR_ABI_VERSION) {
    return "the library speaks ABI version " + std::to_string(MR_ABI_VERSION) +
           ", its caller was made for version " + std::to_string(config.abi_version);
  }
  if (config.struct_size != sizeof(mr_config)) {
    return "the library's mr_config has " + std::to_string(sizeof(mr_config)) +
           " bytes, its caller's has " + std::to_string(config.struct_size);
  }
  return {};
}

millrace::Result<millrace::WorkerSettings> ReadSettings(const mr_config& config) {
  if (config.log_level > MR_LOG_NONE) return millrace::Error::Type("unknown log level");
  if (config.rtc_min_port == 0 || config.rtc_min_port > config.rtc_max_port) {
    return millrace::Error::Type("the port range is empty");
  }
  if (config.reserved != 0) return millrace::Error::Type("mr_config.reserved is not zero");
  millrace::WorkerSettings settings;
  settings.log_off = config.log_level == MR_LOG_NONE;
  settings.log_level =
      static_cast<millrace::LogLevel>(std::min<uint32_t>(config.log_level, MR_LOG_ERROR));
  settings.log_tags = config.log_tags;
  settings.rtc_min_port = config.rtc_min_port;
  settings.rtc_max_port = config.rtc_max_port;
  settings.pid = std::to_string(getpid());
  auto text = [](const char* name) { return std::string(name ? name : ""); };
  millrace::Result<millrace::Done> read = millrace::ReadCertificate(
      text(config.dtls_certificate_file), text(config.dtls_private_key_file), settings);
  if (!read.ok()) return read.error();
  return settings;
}

bool IsWholeFrame(const uint8_t* frame, size_t size) {
  if (!frame || size < ChannelFraming::kPrefixBytes || size > MR_FRAME_BYTES_MAX) return false;
  size_t announced =
      size_t{frame[0]} | size_t{frame[1]} << 8 | size_t{frame[2]} << 16 | size_t{frame[3]} << 24;
  return announced == size - ChannelFraming::kPrefixBytes;
}

// Signals belong to the host program: the worker's thread, which inherits this, takes none.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

// A worker, its channel and its thread.
struct mr_worker {
  mr_worker(const millrace::WorkerHost::Options& options, mr_message_callback callback, void* user)
      : callback_(callback),
        user_(user),
        channel_(loop_, callback, user),
        host_(options, loop_, channel_) {}

  void StartThread() {
    SignalsBlocked blocked;
    thread_ = std::thread([this] { Run(); });
  }

  void Run() {
    thread_id_.store(std::this_thread::get_id());
    try {
      host_.Run();
    } catch (const std::exception&) {
      // Out of memory. The host learns of the end as of any other.
    }
    channel_.End();
    callback_(user_, nullptr, 0);
  }

  [[nodiscard]] bool on_own_thread() const {
    return thread_id_.load() == std::this_thread::get_id();
  }

  mr_message_callback callback_;
  void* user_;
  millrace::EventLoop loop_;
  MemoryChannel channel_;
  millrace::WorkerHost host_;
  std::atomic<std::thread::id> thread_id_;
  std::thread thread_;
};

uint32_t mr_abi_version(void) { return MR_ABI_VERSION; }

const char* mr_version(void) { return MILLRACE_VERSION; }

uint32_t mr_layout(mr_layout_entry entry) {
  switch (entry) {
    case MR_LAYOUT_CONFIG_SIZE:
      return sizeof(mr_config);
    case MR_LAYOUT_CONFIG_STRUCT_SIZE:
      return offsetof(mr_config, struct_size);
    case MR_LAYOUT_CONFIG_ABI_VERSION:
      return offsetof(mr_config, abi_version);
    case MR_LAYOUT_CONFIG_LOG_LEVEL:
      return offsetof(mr_config, log_level);
    case MR_LAYOUT_CONFIG_LOG_TAGS:
      return offsetof(mr_config, log_tags);
    case MR_LAYOUT_CONFIG_RTC_MIN_PORT:
      return offsetof(mr_config, rtc_min_port);
    case MR_LAYOUT_CONFIG_RTC_MAX_PORT:
      return offsetof(mr_config, rtc_max_port);
    case MR_LAYOUT_CONFIG_RESERVED:
      return offsetof(mr_config, reserved);
    case MR_LAYOUT_CONFIG_DTLS_CERTIFICATE_FILE:
      return offsetof(mr_config, dtls_certificate_file);
    case MR_LAYOUT_CONFIG_DTLS_PRIVATE_KEY_FILE:
      return offsetof(mr_config, dtls_private_key_file);
    case MR_LAYOUT_ERROR_SIZE:
      return sizeof(mr_error);
    case MR_LAYOUT_ERROR_TEXT:
      return offsetof(mr_error, text);
    case MR_LAYOUT_STATUS_SIZE:
      return sizeof(mr_status);
  }
  return UINT32_MAX;
}

mr_status mr_worker_start(const mr_config* config, mr_message_callback callback, void* user,
                          mr_worker** worker, mr_error* error) {
  if (worker) *worker = nullptr;
  try {
    if (!config || !callback || !worker) {
      return Refuse(error, MR_INVALID_ARGUMENT, "config, callback or worker is null");
    }
    std::string mismatch = AbiMismatch(*config);
    if (!mismatch.empty()) return Refuse(error, MR_ABI_MISMATCH, mismatch);
    millrace::Result<millrace::WorkerSettings> settings = ReadSettings(*config);
    if (!settings.ok()) return Refuse(error, MR_INVALID_ARGUMENT, settings.error().reason);
    millrace::WorkerHost::Options options{.settings = std::move(settings.value()),
                                          .send_mode = millrace::ReadSendMode()};
    auto started = std::make_unique<mr_worker>(options, callback, user);
    if (!started->host_.usable()) {
      return Refuse(error, MR_INVALID_ARGUMENT,
                    "the DTLS certificate or its private key cannot be used");
    }
    started->StartThread();
    *worker = started.release();
    return MR_OK;
  } catch (const std::exception& failure) {
    return Refuse(error, MR_FAILED, failure.what());
  }
}

mr_status mr_worker_send(mr_worker* worker, const uint8_t* frame, size_t size) {
  if (!worker || !IsWholeFrame(frame, size)) return MR_INVALID_ARGUMENT;
  try {
    switch (worker->channel_.Send(Bytes(frame, size))) {
      case MemoryChannel::Sent::kTaken:
        return MR_OK;
      case MemoryChannel::Sent::kFull:
        return MR_QUEUE_FULL;
      case MemoryChannel::Sent::kClosed:
        return MR_CLOSED;
    }
    return MR_FAILED;
  } catch (const std::exception&) {
    return MR_FAILED;
  }
}

mr_status mr_worker_stop(mr_worker* worker) {
  if (!worker) return MR_INVALID_ARGUMENT;
  try {
    worker->channel_.End();
    return MR_OK;
  } catch (const std::exception&) {
    return MR_FAILED;
  }
}

mr_status mr_worker_destroy(mr_worker* worker) {
  if (!worker) return MR_OK;
  if (worker->on_own_thread()) return MR_WRONG_THREAD;
  try {
    worker->channel_.End();
    worker->thread_.join();
    std::unique_ptr<mr_worker> owned(worker);
    return MR_OK;
  } catch (const std::exception&) {
    return MR_FAILED;
  }
}
