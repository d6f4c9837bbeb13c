// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// Simulates one tick, without spikes, of the chip of a chip file. Returns the number of its cores.
int run_tick(const std::string& chip_file);
