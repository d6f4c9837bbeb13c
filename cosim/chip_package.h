// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::cosim {

/// Sizes of the RTL that the model does not have.
struct RtlOptions {
  static constexpr int kMaxHostPackets = 1 << 20;
  int host_packets = 4096;  ///< that the host port stores, in each direction
};

/// Returns the SystemVerilog package `chip_params`: the numbers of the chip and its board, each a
/// `localparam int`. Flags are 0 or 1.
std::string chip_params(const arch::ChipDescription& chip, const RtlOptions& options);

/// Returns the SystemVerilog package `register_map`: regions, registers, and the bits of tables,
/// packets and addresses, from the same tables as docs/registers.md. Sizes of regions and the
/// format of the gather table are those of the chip.
std::string register_map(const arch::ChipDescription& chip);

/// Returns the name of a constant of the packages: upper_case("in_flit") is "IN_FLIT".
std::string upper_case(std::string_view name);

/// A key of the chip file whose value the RTL cannot have.
struct Refusal {
  std::string key;      ///< below the root: "core.timing.gather_cycles_per_group"
  std::string problem;  ///< what was found and what is allowed
};

/// Part of the chip that is RTL.
enum class RtlPart { kCore, kChip };

/// Returns why there is no RTL of that part of the chip. The list is empty if there is one.
std::vector<Refusal> refusals(const arch::ChipDescription& chip, RtlPart part);

}  // namespace spikeloom::cosim
