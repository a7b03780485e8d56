#include "protocol/dtls_datagram_bio.h"

#include <openssl/bio.h>

#include <algorithm>

namespace millrace {

namespace {

DtlsDatagramBio& Of(BIO* bio) { return *static_cast<DtlsDatagramBio*>(BIO_get_data(bio)); }

int Read(BIO* bio, char* target, int size) {
  BIO_clear_retry_flags(bio);
  DtlsDatagramBio& self = Of(bio);
  if (!self.incoming || size < 0) {
    BIO_set_retry_read(bio);
    return -1;
  }
  Bytes bytes = *self.incoming;
  self.incoming.reset();
  // As with a socket, what does not fit the buffer is lost.
  size_t count = std::min(bytes.size(), static_cast<size_t>(size));
  std::copy_n(bytes.begin(), count, target);
  return static_cast<int>(count);
}

int Write(BIO* bio, const char* source, int size) {
  BIO_clear_retry_flags(bio);
  DtlsDatagramBio& self = Of(bio);
  if (self.outgoing != nullptr && size > 0) {
    self.outgoing->Append(
        Bytes(reinterpret_cast<const uint8_t*>(source), static_cast<size_t>(size)));
  }
  return size;
}

// Zero to everything but a flush: a BIO that answers 1 to every question seems to have kernel TLS,
// and OpenSSL then allocates no write buffer.
long Control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

}  // namespace

bio_method_st* DtlsDatagramBio::MakeMethod() {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, Read);
  BIO_meth_set_write(method, Write);
  BIO_meth_set_ctrl(method, Control);
  return method;
}

bio_st* DtlsDatagramBio::MakeBio(bio_method_st* method) {
  BIO* bio = BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace millrace
