// Classify answers for any bytes, and answers alike for bytes that begin alike.
#include <cstdlib>

#include "wire/demux.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  millrace::Bytes datagram(data, size);
  millrace::DatagramKind kind = millrace::Classify(datagram);
  if (size < 2 && kind != millrace::DatagramKind::kUnknown) std::abort();
  if (size >= 2 && millrace::Classify(datagram.first(2)) != kind) std::abort();
  return 0;
}
