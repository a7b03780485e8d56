#pragma once

// Every plain value that routing exchanges with the room above it.

#include "routing/dumps.h"
#include "routing/routing_event.h"
#include "routing/rtp_parameters.h"
#include "routing/transport_parameters.h"
