#pragma once

#include <optional>

#include "base/byte_reader.h"
#include "protocol/byte_strings.h"

// OpenSSL's names for BIO and BIO_METHOD.
struct bio_method_st;
struct bio_st;

namespace millrace {

// Where OpenSSL reads and writes instead of a socket: one datagram in, a list of datagrams out.
// Keeps the bounds between datagrams, which OpenSSL's own memory BIO does not.
struct DtlsDatagramBio {
  // What the next read gets, once.
  std::optional<Bytes> incoming;
  // Where writes go; nowhere while null.
  ByteStrings* outgoing = nullptr;

  // To be freed with BIO_meth_free, after all BIOs made with it.
  [[nodiscard]] static bio_method_st* MakeMethod();
  // A BIO over this object, which must stay where it is.
  [[nodiscard]] bio_st* MakeBio(bio_method_st* method);
};

}  // namespace millrace
