#pragma once

#include "base/time.h"

namespace millrace {

// This process runs on one processor from now on; nothing happens when it is below zero.
void PinTo(int processor);
// Gives the processor away.
void Rest(Duration duration);
void SleepUntil(Timestamp time);

}  // namespace millrace
