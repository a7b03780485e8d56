#pragma once

#include "protocol/srtp_cipher.h"
#include "protocol/srtp_receiver.h"
#include "protocol/srtp_sender.h"
#include "protocol/srtp_suite.h"
