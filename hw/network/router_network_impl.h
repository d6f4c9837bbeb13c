// SPDX-License-Identifier: Apache-2.0
// The functions of RouterNetwork, for those who instantiate it.
#pragma once

#include "spikeloom/hw/network/router_network_cycles.h"
#include "spikeloom/hw/network/router_network_ticks.h"
#include "spikeloom/hw/network/router_network_watchdog.h"
