#pragma once

#include "base/result.h"
#include "routing/turn.h"
#include "worker/channel_message.h"
#include "worker/machine.h"

namespace millrace {

// What a request does: a function of the object that the request's handler id names and the
// request's body, both already of the right type. `VerbOf<A, O, B> Name;` declares one that answers
// A.
template <typename A, typename O, typename B = NoBody>
using VerbOf = Result<A>(Machine& machine, O& object, const B& body, Turn& turn);

}  // namespace millrace
