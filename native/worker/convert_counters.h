#pragma once

#include "schema/counters_generated.h"
#include "worker/channel_message.h"

namespace millrace {

// What the worker counted as the answer to WORKER_GET_COUNTERS. Reasons get their names here.
[[nodiscard]] flatbuffers::Offset<Millrace::Schema::Counters::GetCountersResponse> WriteCounters(
    flatbuffers::FlatBufferBuilder& builder, const CountersAnswer& value);

}  // namespace millrace
