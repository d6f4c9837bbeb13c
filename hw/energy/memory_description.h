// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "spikeloom/base/config_file.h"
#include "spikeloom/hw/energy/coefficient.h"

namespace spikeloom::hw {

/// The section `memory` of a technology file: what MemoryModel computes memories from. Energies in
/// joules and leakage in watts, at the reference voltage; areas in square micrometres.
struct MemoryDescription {
  Coefficient cell_area;           ///< of a bit cell with one port
  Coefficient cell_aspect;         ///< its width over its height
  Coefficient peripheral_rows;     ///< periphery above and below a bank, in rows
  Coefficient peripheral_columns;  ///< periphery beside a bank, in columns
  Coefficient port_area;           ///< more area per port beyond the first, as a share
  Coefficient fixed;               ///< energy of an access, whatever the size
  Coefficient bit;                 ///< more per bit of the access
  Coefficient written_bit;         ///< more per bit that is written
  Coefficient column;              ///< more per column of the bank
  Coefficient cell;                ///< more per cell of the bank
  Coefficient wire;                ///< energy per bit and millimetre between banks
  Coefficient register_cell;       ///< of a register file, per bit of an access and word
  Coefficient config_bus;          ///< a word over the configuration bus
  Coefficient cell_leakage;        ///< per cell, with its share of the periphery
  Coefficient max_rows;            ///< of a bank
  Coefficient max_columns;         ///< up to which the words of a row are multiplexed
};

MemoryDescription read_memory(const base::ConfigMap& map);

}  // namespace spikeloom::hw
