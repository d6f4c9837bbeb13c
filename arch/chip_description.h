// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/topology_kind.h"

namespace spikeloom::arch {

/// How a ternary weight is stored.
enum class Synapse {
  kTernary,     ///< two bits of one column: a plus and a minus plane
  kBinaryPair,  ///< two one-bit columns: plus in the even, minus in the odd one
};

constexpr std::string_view name(Synapse value) {
  switch (value) {
    case Synapse::kTernary:
      return "ternary";
    case Synapse::kBinaryPair:
      return "binary_pair";
  }
  return {};
}

/// Bit planes of the crossbar memory.
constexpr int planes(Synapse value) {
  switch (value) {
    case Synapse::kTernary:
      return 2;
    case Synapse::kBinaryPair:
      return 1;
  }
  return 0;
}

/// Physical columns that a ternary dendrite takes.
constexpr int columns_per_dendrite(Synapse value) {
  switch (value) {
    case Synapse::kTernary:
      return 1;
    case Synapse::kBinaryPair:
      return 2;
  }
  return 0;
}

struct CoreTiming {
  int scan_axons_per_cycle;     ///< bits of the axon bitmap looked at in a cycle
  int word_bits;                ///< columns in a word of the crossbar memory; one word a cycle
  int neurons_per_cycle;        ///< neurons gathered and compared side by side
  int gather_cycles_per_group;  ///< cycles to add one dendrite to a neuron's potential
  int compare_cycles;           ///< cycles to compare a potential with all its thresholds
  int emit_cycles_per_packet;   ///< least distance of two packets into the router
};

/// A table in the core that writes one packet's spike to several axons.
struct ExpansionDescription {
  int entries = 0;           ///< axons that it can name, over all packets; 0: there is none
  int cycles_per_write = 1;  ///< the core's port is busy so long for each
  int entry_bits = 25;       ///< group, axon, and whether it is a packet's last
};

struct CoreDescription {
  int axons;      ///< rows of the crossbar, and axons in a group
  int dendrites;  ///< physical columns: ternary, or one-bit for kBinaryPair
  Synapse synapse;
  int fan_in_groups;            ///< groups of axons at most
  int thresholds_per_dendrite;  ///< thresholds that one column, or sum of columns, serves
  int potential_bits;           ///< width of dendrite accumulator and potential, signed
  int route_entries;
  CoreTiming timing;
  ExpansionDescription expansion;

  /// Columns that hold a ternary weight each.
  int ternary_dendrites() const { return dendrites / columns_per_dendrite(); }
  /// Neurons at most: every neuron has a dendrite of its own.
  int max_neurons() const { return ternary_dendrites(); }
  int max_thresholds() const { return ternary_dendrites() * thresholds_per_dendrite; }
  /// Physical columns that a ternary dendrite takes.
  int columns_per_dendrite() const { return arch::columns_per_dendrite(synapse); }
};

struct MeshDescription {
  int columns;
  int rows;

  int cores() const { return columns * rows; }
  int core_at(int x, int y) const { return y * columns + x; }
  int x(int core) const { return core % columns; }
  int y(int core) const { return core / columns; }
  bool contains(const Region& region) const {
    return region.x0 <= region.x1 && region.y0 <= region.y1 && region.x1 < columns &&
           region.y1 < rows;
  }
};

/// Where a core is: its chip on the board, and its unit there, row by row.
struct CorePlace {
  int chip;
  int unit;
};

/// Chips on a board, numbered row by row.
struct BoardDescription {
  int columns = 1;
  int rows = 1;
  bool grow = false;  ///< to the smallest larger board where a network needs more; never in use

  int chips() const { return columns * rows; }
};

/// Whom an output serves when several inputs want it.
enum class Arbitration {
  kRoundRobin,     ///< the next input after the one that it served last
  kFixedPriority,  ///< the input of the lowest number
};

constexpr std::string_view name(Arbitration value) {
  switch (value) {
    case Arbitration::kRoundRobin:
      return "round_robin";
    case Arbitration::kFixedPriority:
      return "fixed_priority";
  }
  return {};
}

/// Cycles that a packet occupies a link of flits of `flit_bits`, each taking `flit_cycles`.
constexpr int packet_cycles(int flit_cycles, int flit_bits) {
  return flit_cycles * ((Packet::kBits + flit_bits - 1) / flit_bits);
}

struct RouterDescription {
  int fifo_depth;       ///< packets in each input FIFO
  int pipeline_cycles;  ///< cycles from a packet's arrival to its earliest departure
  int link_cycles;      ///< cycles that a flit occupies a link
  int flit_bits = Packet::kBits;
  Arbitration arbitration = Arbitration::kRoundRobin;
  bool multicast = true;  ///< a packet may be for a rectangle of cores; otherwise for one alone

  int packet_link_cycles() const { return packet_cycles(link_cycles, flit_bits); }
};

/// The links between chips of a board.
struct InterChipDescription {
  int link_cycles = 1;  ///< cycles that a flit occupies a link
  int flit_bits = Packet::kBits;

  int packet_link_cycles() const { return packet_cycles(link_cycles, flit_bits); }
};

struct HostPortDescription {
  double cycles_per_packet;  ///< mean distance of packets in a row, each way; in whole thousandths
  int x;                     ///< the router that it is attached to, in board coordinates
  int y;
  int level = 0;  ///< of a quadtree: that many levels above core x, y; 0 is the root

  std::uint32_t millicycles_per_packet() const {
    return static_cast<std::uint32_t>(cycles_per_packet * 1e3 + 0.5);
  }
};

/// What becomes of a spike that misses its tick's end.
enum class LateSpikes {
  kFail,      ///< the chip stops
  kDrop,      ///< it is discarded where it arrives
  kNextTick,  ///< it counts as one of the tick that it arrives in
};

constexpr std::string_view name(LateSpikes value) {
  switch (value) {
    case LateSpikes::kFail:
      return "fail";
    case LateSpikes::kDrop:
      return "drop";
    case LateSpikes::kNextTick:
      return "next_tick";
  }
  return {};
}

/// Whether the chip stops for one.
constexpr bool stops_chip(LateSpikes value) {
  switch (value) {
    case LateSpikes::kFail:
      return true;
    case LateSpikes::kDrop:
      return false;
    case LateSpikes::kNextTick:
      return false;
  }
  return true;
}

/// Whether its receiver takes it.
constexpr bool is_delivered(LateSpikes value) {
  switch (value) {
    case LateSpikes::kFail:
      return true;
    case LateSpikes::kDrop:
      return false;
    case LateSpikes::kNextTick:
      return true;
  }
  return true;
}

struct SyncDescription {
  int barrier_cycles;    ///< from the last event of a tick to the start of the next
  bool pipeline = true;  ///< an image a tick; otherwise the next one enters when one is out
  int tick_cycles = 0;   ///< length of every tick; 0: a tick ends when all is done, by barrier
  LateSpikes late_spikes = LateSpikes::kFail;
};

/// What is done about the power of cores that hold no part of the network; their routers always
/// run.
enum class IdleCore {
  kNone,        ///< nothing
  kClockGated,  ///< the clock stops below the core's root
  kPowerGated,  ///< and the supply is cut off
};

constexpr std::string_view name(IdleCore value) {
  switch (value) {
    case IdleCore::kNone:
      return "none";
    case IdleCore::kClockGated:
      return "clock_gated";
    case IdleCore::kPowerGated:
      return "power_gated";
  }
  return {};
}

struct BusDescription {
  int bytes_per_cycle;
  int latency_cycles;  ///< of an access, before its data
  int max_burst_bytes;
};

/// A chip file, validated: a chip, and the board of such chips. The only description that mapper
/// and hardware share. Cores of the board are numbered row by row over the grid of all its cores,
/// whose coordinates packets carry.
struct ChipDescription {
  std::string name;
  double clock_hz;
  double voltage_v;
  MeshDescription mesh;  ///< of one chip
  CoreDescription core;
  RouterDescription router;
  HostPortDescription host_port;
  SyncDescription sync;
  BusDescription bus;
  TopologyKind topology = TopologyKind::kMesh;
  BoardDescription board;
  InterChipDescription inter_chip;
  IdleCore idle_core = IdleCore::kNone;

  /// All cores of the board.
  MeshDescription grid() const { return {mesh.columns * board.columns, mesh.rows * board.rows}; }
  /// Whether its routers can take a packet to all cores of `region`.
  bool reaches(const Region& region) const {
    return grid().contains(region) && (router.multicast || region.cores() == 1);
  }
  CorePlace place(int number) const;
  /// The inverse; nothing where the board has no such chip or the chip no such core.
  std::optional<int> core_at(const CorePlace& place) const;

  double seconds(double cycles) const { return cycles / clock_hz; }
};

}  // namespace spikeloom::arch
