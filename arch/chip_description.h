// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/topology/router_place.h"
#include "spikeloom/arch/topology/topology_kind.h"
#include "spikeloom/base/bit_field.h"

namespace spikeloom::arch {

/// How a ternary weight is stored.
enum class Synapse {
  kTernary,     ///< in one column of two bits: a plus plane and a minus plane
  kBinaryPair,  ///< in two one-bit columns: plus in the even one, minus in the odd one
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

/// What a row of the crossbar memory holds, which decides what a tick reads.
enum class CrossbarRows {
  kAxons,      ///< the weights of an axon: the rows of the set axons are read
  kDendrites,  ///< the weights of a dendrite: the rows of all dendrites in use are read
};

constexpr std::string_view name(CrossbarRows value) {
  switch (value) {
    case CrossbarRows::kAxons:
      return "axons";
    case CrossbarRows::kDendrites:
      return "dendrites";
  }
  return {};
}

/// How the synapse memory finds faults: check bits in each word of each plane.
enum class Protection {
  kNone,
  kParity,  ///< one bit: a word with an odd number of wrong bits is known to be wrong
  kSecded,  ///< an extended Hamming code: corrects one wrong bit, finds two
};

constexpr std::string_view name(Protection value) {
  switch (value) {
    case Protection::kNone:
      return "none";
    case Protection::kParity:
      return "parity";
    case Protection::kSecded:
      return "secded";
  }
  return {};
}

/// Check bits of a word of `bits` bits.
int check_bits(Protection protection, int bits);

/// What decides whether a neuron fires.
enum class Neuron {
  kThreshold,   ///< its potential, compared with its thresholds
  kStochastic,  ///< a random number, compared with them: a load without a network
};

constexpr std::string_view name(Neuron value) {
  switch (value) {
    case Neuron::kThreshold:
      return "threshold";
    case Neuron::kStochastic:
      return "stochastic";
  }
  return {};
}

struct CoreTiming {
  int scan_axons_per_cycle;     ///< bits of the axon bitmap scanned per cycle
  int word_bits;                ///< bits of a row, in each plane, per word of the crossbar memory
  int neurons_per_cycle;        ///< neurons gathered and compared in parallel
  int gather_cycles_per_group;  ///< cycles to add one dendrite to a neuron's potential
  int compare_cycles;           ///< cycles to compare a potential with all its thresholds
  int emit_cycles_per_packet;   ///< minimum cycles between two packets into the router
  int cycles_per_word = 1;      ///< cycles to read a word of the crossbar memory
};

/// A table in the core by which one packet sets several axons.
struct ExpansionDescription {
  int entries = 0;           ///< size of the table; 0: the core has none
  int cycles_per_write = 1;  ///< cycles that the core's port is busy for each entry
  int entry_bits = 25;       ///< width of an entry: group, axon, end-of-list flag
};

struct CoreDescription {
  int axons;      ///< of the crossbar, and of a group
  int dendrites;  ///< of the crossbar: ternary, or one-bit for kBinaryPair
  Synapse synapse;
  int fan_in_groups;            ///< maximum number of groups of axons
  int thresholds_per_dendrite;  ///< thresholds that one column, or sum of columns, serves
  int potential_bits;           ///< width of dendrite accumulator and potential, signed
  int route_entries;
  CoreTiming timing;
  ExpansionDescription expansion;
  CrossbarRows rows = CrossbarRows::kAxons;
  int weight_planes = 1;  ///< a neuron adds dendrites times 2^0 .. 2^(weight_planes - 1)
  Neuron neuron = Neuron::kThreshold;
  Protection protection = Protection::kNone;  ///< of the crossbar memory

  /// Bits of a word of the crossbar memory in each plane, check bits included.
  int stored_word_bits() const {
    return timing.word_bits + check_bits(protection, timing.word_bits);
  }
  /// Columns that hold a ternary weight each.
  int ternary_dendrites() const { return dendrites / columns_per_dendrite(); }
  /// Neurons at most: every neuron has a dendrite of its own.
  int max_neurons() const { return ternary_dendrites(); }
  int max_thresholds() const { return ternary_dendrites() * thresholds_per_dendrite; }
  /// Stages of two-way multiplexers that shift by 0 .. weight_planes - 1.
  int shifter_stages() const { return base::bits_for(weight_planes); }
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

/// Position of a core: number of its chip on the board, and its unit number on that chip, both row
/// by row.
struct CoreLocation {
  int chip;
  int unit;
};

/// The chips of a board, numbered row by row.
struct BoardDescription {
  int columns = 1;
  int rows = 1;
  bool grow = false;  ///< the mapper may take the smallest larger board that fits the network

  int chips() const { return columns * rows; }
};

/// Which input an output serves when several request it.
enum class Arbitration {
  kRoundRobin,     ///< the next requesting input after the one served last
  kFixedPriority,  ///< the requesting input with the lowest number
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

/// Cycles that a packet occupies a link whose flits have `flit_bits` bits and take `flit_cycles`
/// cycles each.
constexpr int packet_cycles(int flit_cycles, int flit_bits) {
  return flit_cycles * ((Packet::kBits + flit_bits - 1) / flit_bits);
}

struct RouterDescription {
  int fifo_depth;       ///< packets in each input FIFO
  int pipeline_cycles;  ///< cycles from a packet's arrival to its earliest departure
  int link_cycles;      ///< cycles that a flit occupies a link
  int flit_bits = Packet::kBits;
  Arbitration arbitration = Arbitration::kRoundRobin;
  bool multicast = true;  ///< packets may go to a rectangle of cores; if false, to single cores
  int credit_cycles = 0;  ///< beyond the next cycle, until a freed place is seen over a link

  int packet_link_cycles() const { return packet_cycles(link_cycles, flit_bits); }
};

/// The links between the chips of a board.
struct InterChipDescription {
  int link_cycles = 1;  ///< cycles that a flit occupies a link
  int flit_bits = Packet::kBits;

  int packet_link_cycles() const { return packet_cycles(link_cycles, flit_bits); }
};

/// Thousandths of a cycle, in which the mean cycles per packet of a port are counted.
inline std::uint32_t millicycles(double cycles) {
  return static_cast<std::uint32_t>(std::lround(cycles * 1e3));
}

/// A stretch above the root of a quadtree that every packet crosses, one at a time.
struct TrunkDescription {
  double cycles_per_packet = 0.0;  ///< mean cycles; a multiple of 0.001; 0: there is no trunk

  bool exists() const { return cycles_per_packet > 0.0; }
  std::uint32_t millicycles_per_packet() const { return millicycles(cycles_per_packet); }
};

struct HostPortDescription {
  double cycles_per_packet;  ///< mean cycles per packet in each direction; a multiple of 0.001
  int x;                     ///< router that it is attached to, in board coordinates
  int y;
  int level = 0;          ///< for a quadtree: levels above core (x, y) of its router; 0: the root
  bool multicast = true;  ///< the host's packets may go to several cores, as router.multicast

  std::uint32_t millicycles_per_packet() const { return millicycles(cycles_per_packet); }
};

/// What happens to a spike that arrives after the end of its tick.
enum class LateSpikes {
  kFail,      ///< the chip stops
  kDrop,      ///< it is discarded on arrival
  kNextTick,  ///< it counts as a spike of the tick in which it arrives
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
  int barrier_cycles;       ///< from the last event of a tick to the start of the next
  bool pipeline = true;     ///< if false, only one image is in the network at a time
  int ticks_per_image = 1;  ///< with a pipeline: ticks from an image's entry to that of the next
  int tick_cycles = 0;      ///< length of every tick; 0: a barrier ends a tick when all is done
  LateSpikes late_spikes = LateSpikes::kFail;
};

/// Power management of cores that hold no part of the network. Their routers always run.
enum class IdleCore {
  kNone,        ///< nothing
  kClockGated,  ///< the core's clock tree is stopped below its root
  kPowerGated,  ///< the supply is cut off too
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
  int latency_cycles;  ///< latency of an access before its first data
  int max_burst_bytes;
};

/// A core that does not work, by its coordinates on the board. Its router works.
struct DeadCore {
  int x = 0;
  int y = 0;
};

/// A link that does not work in either direction, by the routers that it joins.
struct DeadLink {
  RouterPlace from;
  RouterPlace to;
};

/// What is known not to work on a board, each list in the order of cores and links.
struct DefectDescription {
  std::vector<DeadCore> cores;
  std::vector<DeadLink> links;

  bool any() const { return !cores.empty() || !links.empty(); }
};

/// The validated content of a chip file: a chip and the board of such chips. The only description
/// that mapper and hardware share. The cores of the board are numbered row by row over the grid of
/// all cores; packets carry the coordinates of this grid.
struct ChipDescription {
  std::string name;
  double clock_hz;
  double voltage_v;
  MeshDescription mesh;  ///< of one chip
  CoreDescription core;
  RouterDescription router;
  TrunkDescription trunk;
  HostPortDescription host_port;
  SyncDescription sync;
  BusDescription bus;
  TopologyKind topology = TopologyKind::kMesh;
  BoardDescription board;
  InterChipDescription inter_chip;
  IdleCore idle_core = IdleCore::kNone;
  DefectDescription defects;

  /// The grid of all cores of the board.
  MeshDescription grid() const { return {mesh.columns * board.columns, mesh.rows * board.rows}; }
  /// Whether packets of the host, or of cores, may go to several cores.
  bool multicasts(bool from_host) const {
    return router.multicast && (!from_host || host_port.multicast);
  }
  /// Whether the network delivers one packet of the host, or of a core, to all cores of `region`.
  bool can_deliver_to(const Region& region, bool from_host) const {
    return grid().contains(region) && (multicasts(from_host) || region.cores() == 1);
  }
  /// Returns chip and unit of core `number` of the board.
  CoreLocation place(int number) const;
  /// The inverse of place. Returns nullopt if the board has no such chip or the chip no such core.
  std::optional<int> core_at(const CoreLocation& place) const;
  /// Whether core `number` of the board is listed as dead.
  bool is_dead(int number) const;

  /// Converts cycles to seconds.
  double seconds(double cycles) const { return cycles / clock_hz; }
};

}  // namespace spikeloom::arch
