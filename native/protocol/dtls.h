#pragma once

#include "protocol/dtls_context.h"
#include "protocol/dtls_fingerprint.h"
#include "protocol/dtls_session.h"
