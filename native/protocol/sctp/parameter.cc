#include "protocol/sctp/parameter.h"

#include <algorithm>

namespace millrace {

std::optional<ParameterView> ParameterReader::Next() {
  if (!ok_ || reader_.remaining() == 0) return std::nullopt;
  Bytes rest = reader_.rest();
  ParameterView parameter;
  parameter.type = reader_.ReadU16();
  size_t length = reader_.ReadU16();
  if (!reader_.ok() || length < kParameterHeaderBytes || length > rest.size() ||
      ++count_ > kParametersMax) {
    ok_ = false;
    return std::nullopt;
  }
  parameter.whole = rest.first(length);
  parameter.value = parameter.whole.subspan(kParameterHeaderBytes);
  reader_.Skip(parameter.value.size());
  reader_.Skip(std::min((4 - length % 4) % 4, reader_.remaining()));
  return parameter;
}

}  // namespace millrace
