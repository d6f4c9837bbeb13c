// SPDX-License-Identifier: Apache-2.0
// The functions of RouterNetwork, for those who instantiate it.
#pragma once

#include "hw/router/router_network_cycles.h"
#include "hw/router/router_network_ticks.h"
#include "hw/router/router_network_watchdog.h"
