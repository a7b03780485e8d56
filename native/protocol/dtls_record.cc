#include "protocol/dtls_record.h"

namespace millrace {

namespace {

constexpr size_t kHeaderBytes = 13;
// DTLS writes its versions as the complement: 1.0 is 254.255, 1.2 is 254.253.
constexpr uint8_t kVersionMajor = 254;

std::optional<DtlsRecord::Type> TypeOf(uint8_t value) {
  if (value < 20 || value > 23) return std::nullopt;
  return static_cast<DtlsRecord::Type>(value);
}

}  // namespace

std::optional<DtlsRecord> DtlsRecord::Read(ByteReader& reader) {
  Bytes rest = reader.rest();
  DtlsRecord record;
  std::optional<Type> type = TypeOf(reader.ReadU8());
  uint8_t version_major = reader.ReadU8();
  reader.Skip(1);
  record.epoch = reader.ReadU16();
  reader.Skip(6);
  record.fragment = reader.ReadBytes(reader.ReadU16());
  if (!reader.ok() || !type || version_major != kVersionMajor) return std::nullopt;
  record.type = *type;
  record.whole = rest.first(kHeaderBytes + record.fragment.size());
  return record;
}

bool DtlsRecord::HasSoundHandshakeMessages() const {
  ByteReader reader(fragment);
  while (reader.remaining() > 0) {
    reader.Skip(1);
    uint32_t length = reader.ReadU24();
    reader.Skip(2);
    uint32_t offset = reader.ReadU24();
    uint32_t count = reader.ReadU24();
    reader.Skip(count);
    bool inside = length <= kDtlsHandshakeMessageMax && offset + count <= length;
    if (!reader.ok() || !inside) return false;
  }
  return true;
}

}  // namespace millrace
