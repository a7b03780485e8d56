/*
 * The media worker inside a host's own process.
 *
 * A worker is one thread that this library starts. It speaks the same channel as the worker program
 * does on its descriptors 3 and 4, frame for frame: requests go in through mr_worker_send, responses,
 * notifications and log messages come out through one callback. Nothing else crosses the border: no
 * signal is touched, no descriptor is shared, nothing is printed, no C++ exception leaves the library.
 *
 * A frame is a 32-bit little-endian length and the FlatBuffer of that length behind it, together at
 * most MR_FRAME_BYTES_MAX bytes (FlatBuffers' size prefix).
 *
 *     mr_config config = {0};
 *     config.struct_size = sizeof config;
 *     config.abi_version = MR_ABI_VERSION;
 *     config.log_level = MR_LOG_ERROR;
 *     config.rtc_min_port = 10000;
 *     config.rtc_max_port = 59999;
 *     mr_worker* worker = NULL;
 *     mr_error error;
 *     if (mr_worker_start(&config, on_frame, user, &worker, &error) != MR_OK) puts(error.text);
 *     ...
 *     mr_worker_destroy(worker);
 */
#ifndef MILLRACE_H
#define MILLRACE_H

#include <stddef.h>
#include <stdint.h>

/* Who generates bindings from this header defines MILLRACE_API as nothing. */
#if !defined(MILLRACE_API)
#if defined(_WIN32) && defined(MILLRACE_BUILDING)
#define MILLRACE_API __declspec(dllexport)
#elif defined(_WIN32)
#define MILLRACE_API __declspec(dllimport)
#else
#define MILLRACE_API __attribute__((visibility("default")))
#endif
#endif

#if defined(__cplusplus)
extern "C" {
#endif

/* Counted up with every change of this header that an older caller would notice. */
#define MR_ABI_VERSION 1

/* A frame with its length prefix; the channel's own limit. */
#define MR_FRAME_BYTES_MAX 8388608

/* Frames that were sent and that the worker has not read yet; room for two of the largest. */
#define MR_QUEUE_BYTES_MAX 16777216

/* Bytes of an error text with its closing zero. */
#define MR_ERROR_BYTES 256

/* What a call came to. */
typedef enum mr_status {
  MR_OK = 0,
  /* A null pointer, a port range upside down, a file that cannot be read, a frame whose prefix does not
     fit its size. */
  MR_INVALID_ARGUMENT = 1,
  /* The caller was made for another version of this header. */
  MR_ABI_MISMATCH = 2,
  /* The worker has not yet read what was sent before; nothing was taken of this frame. */
  MR_QUEUE_FULL = 3,
  /* The worker has ended, or was asked to. */
  MR_CLOSED = 4,
  /* A call that waits for the worker's thread was made on the worker's thread. */
  MR_WRONG_THREAD = 5,
  /* The operating system refused something (memory, a thread, a descriptor). */
  MR_FAILED = 6
} mr_status;

/* The least severe log message that the channel carries. */
typedef enum mr_log_level {
  MR_LOG_DEBUG = 0,
  MR_LOG_WARN = 1,
  MR_LOG_ERROR = 2,
  MR_LOG_NONE = 3
} mr_log_level;

/* Bits of mr_config.log_tags: what debug and warning messages may be about. */
typedef enum mr_log_tag {
  MR_LOG_TAG_INFO = 0x0002,
  MR_LOG_TAG_ICE = 0x0004,
  MR_LOG_TAG_DTLS = 0x0008,
  MR_LOG_TAG_RTP = 0x0010,
  MR_LOG_TAG_SRTP = 0x0020,
  MR_LOG_TAG_RTCP = 0x0040,
  MR_LOG_TAG_RTX = 0x0080,
  MR_LOG_TAG_BWE = 0x0100,
  MR_LOG_TAG_SCORE = 0x0200,
  MR_LOG_TAG_SIMULCAST = 0x0400,
  MR_LOG_TAG_SVC = 0x0800,
  MR_LOG_TAG_SCTP = 0x1000,
  MR_LOG_TAG_MESSAGE = 0x2000
} mr_log_tag;

/* How a worker is started. Zero it, then fill in struct_size and abi_version first: a library that
   knows another layout then refuses it instead of reading wrong fields. */
typedef struct mr_config {
  /* sizeof(mr_config) as the caller knows it. */
  uint32_t struct_size;
  /* MR_ABI_VERSION as the caller knows it. */
  uint32_t abi_version;
  /* One of mr_log_level. */
  uint32_t log_level;
  /* Any of mr_log_tag. */
  uint32_t log_tags;
  /* Ports that a transport gets which asks for none; both ends belong to the range. */
  uint16_t rtc_min_port;
  uint16_t rtc_max_port;
  /* Zero. */
  uint32_t reserved;
  /* PEM files, as UTF-8; both or none. With none the worker makes itself a certificate. Read during
     mr_worker_start only. */
  const char* dtls_certificate_file;
  const char* dtls_private_key_file;
} mr_config;

/* Why a start was refused: one English sentence, UTF-8, ended by a zero byte. */
typedef struct mr_error {
  char text[MR_ERROR_BYTES];
} mr_error;

/* A running worker. Belongs to the caller from mr_worker_start to mr_worker_destroy. */
typedef struct mr_worker mr_worker;

/*
 * Takes what the worker says: one whole frame with its length prefix.
 * Thread: the worker's own, one call after the other. The worker forwards no media meanwhile, so copy
 *   and return. mr_worker_send and mr_worker_stop may be called from here, mr_worker_destroy not.
 * Ownership: `frame` is the worker's and valid during the call only.
 * End: the last call has a null `frame` and `size` zero: the worker has ended, on the caller's wish or
 *   because a WORKER_CLOSE notification told it to. No call follows it.
 * Errors: nothing may be thrown through it.
 */
typedef void (*mr_message_callback)(void* user, const uint8_t* frame, size_t size);

/* What mr_layout can be asked for. */
typedef enum mr_layout_entry {
  MR_LAYOUT_CONFIG_SIZE = 0,
  MR_LAYOUT_CONFIG_STRUCT_SIZE = 1,
  MR_LAYOUT_CONFIG_ABI_VERSION = 2,
  MR_LAYOUT_CONFIG_LOG_LEVEL = 3,
  MR_LAYOUT_CONFIG_LOG_TAGS = 4,
  MR_LAYOUT_CONFIG_RTC_MIN_PORT = 5,
  MR_LAYOUT_CONFIG_RTC_MAX_PORT = 6,
  MR_LAYOUT_CONFIG_RESERVED = 7,
  MR_LAYOUT_CONFIG_DTLS_CERTIFICATE_FILE = 8,
  MR_LAYOUT_CONFIG_DTLS_PRIVATE_KEY_FILE = 9,
  MR_LAYOUT_ERROR_SIZE = 10,
  MR_LAYOUT_ERROR_TEXT = 11,
  MR_LAYOUT_STATUS_SIZE = 12
} mr_layout_entry;

/*
 * The MR_ABI_VERSION this library was built with. A binding made for another one must not call
 * anything else.
 * Thread: any. Ownership: none. Errors: none.
 */
MILLRACE_API uint32_t mr_abi_version(void);

/*
 * The library's own version, such as "0.1.0", for people.
 * Thread: any. Ownership: the library's, valid for ever. Errors: none.
 */
MILLRACE_API const char* mr_version(void);

/*
 * Self-test for bindings: the size of a structure, or the place of a field in it, as the compiler of
 * this library laid it out.
 * Thread: any. Ownership: none. Errors: UINT32_MAX for an entry that this library does not know.
 */
MILLRACE_API uint32_t mr_layout(mr_layout_entry entry);

/*
 * Starts a worker on a thread of its own. The first frame it sends is the notification WORKER_RUNNING.
 * Thread: any.
 * Ownership: `config` is read during the call only. `user` is handed back in every callback and must
 *   live until the last one. `*worker` is the caller's, to be given to mr_worker_destroy; it is null
 *   after an error. `error` may be null; it is written only when the result is not MR_OK.
 * Errors: MR_ABI_MISMATCH when struct_size or abi_version are not this library's; MR_INVALID_ARGUMENT;
 *   MR_FAILED. The callback is never called then.
 */
MILLRACE_API mr_status mr_worker_start(const mr_config* config, mr_message_callback callback,
                                       void* user, mr_worker** worker, mr_error* error);

/*
 * Hands the worker one whole frame with its length prefix; what the frame asks for happens later.
 * Thread: any, also several at once; frames of one thread keep their order. Never blocks on the worker.
 * Ownership: `frame` is copied before the call returns.
 * Errors: MR_INVALID_ARGUMENT when the prefix does not say `size` - 4, or `size` is below 4 or above
 *   MR_FRAME_BYTES_MAX; MR_QUEUE_FULL when more than MR_QUEUE_BYTES_MAX bytes would wait: send it again
 *   later; MR_CLOSED; MR_FAILED when there is no memory.
 */
MILLRACE_API mr_status mr_worker_send(mr_worker* worker, const uint8_t* frame, size_t size);

/*
 * Asks the worker to end, and does not wait. Frames that were sent before are still carried out, and
 * the callback gets the rest and then its last call. A second call changes nothing.
 * Thread: any, also the worker's own, from the callback.
 * Ownership: the worker stays the caller's.
 * Errors: MR_INVALID_ARGUMENT for a null worker.
 */
MILLRACE_API mr_status mr_worker_stop(mr_worker* worker);

/*
 * Ends the worker if it still runs, waits for its thread, and frees it. After it returns the callback
 * is not called any more.
 * Thread: any but the worker's own; no other call on this worker may be under way or follow.
 * Ownership: the worker is gone. Null is allowed and changes nothing.
 * Errors: MR_WRONG_THREAD from within the callback; the worker then lives on.
 */
MILLRACE_API mr_status mr_worker_destroy(mr_worker* worker);

#if defined(__cplusplus)
} /* extern "C" */
#endif

#endif /* MILLRACE_H */
