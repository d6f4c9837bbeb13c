// SPDX-License-Identifier: Apache-2.0
// Definitions of the functions of RouterNetwork, for files that instantiate it.
#pragma once

#include "spikeloom/hw/network/router_network_cycles.h"
#include "spikeloom/hw/network/router_network_host.h"
#include "spikeloom/hw/network/router_network_mixed.h"
#include "spikeloom/hw/network/router_network_ticks.h"
#include "spikeloom/hw/network/router_network_watchdog.h"
