// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/cosim/chip_package.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"
#include "spikeloom/arch/registers.h"
#include "spikeloom/arch/topology/topologies.h"

namespace spikeloom::cosim {
namespace {

/// Returns `text` as one line, for a comment.
std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// The text of a package while it is written.
class Package {
 public:
  Package(std::string_view name, std::string_view about)
      : text_(fmt::format("// SPDX-License-Identifier: Apache-2.0\n// {}\n"
                          // A design rarely uses all of them.
                          "/* verilator lint_off UNUSED */\npackage {};\n",
                          about, name)) {}

  /// Begins a part of the package.
  void title(std::string_view text) { text_ += fmt::format("\n  // {}\n", text); }
  void add(std::string_view name, std::int64_t value, std::string_view about = {}) {
    text_ += fmt::format("  localparam int {} = {};{}\n", name, literal(value),
                         about.empty() ? "" : fmt::format("  // {}", about));
  }
  template <std::size_t kCount>
  void add_registers(std::string_view prefix, const std::array<arch::Register, kCount>& table) {
    for (const arch::Register& reg : table) {
      add(fmt::format("{}_{}", prefix, reg.name), static_cast<std::int64_t>(reg.offset));
    }
  }
  void add_field(std::string_view prefix, const base::BitField& field) {
    const std::string name = fmt::format("{}_{}", prefix, upper_case(field.name));
    add(name + "_LSB", field.shift, field.meaning);
    add(name + "_BITS", field.bits);
  }
  template <std::size_t kCount>
  void add_fields(std::string_view prefix, const std::array<base::BitField, kCount>& table) {
    const bool several_words =
        std::any_of(table.begin(), table.end(), [](const auto& field) { return field.word != 0; });
    for (const base::BitField& field : table) {
      add_field(prefix, field);
      if (several_words) {
        add(fmt::format("{}_{}_WORD", prefix, upper_case(field.name)), field.word);
      }
    }
  }
  std::string finish(std::string_view name) {
    return text_ + fmt::format("\nendpackage : {}\n", name);
  }

 private:
  /// The most negative number has no decimal literal of 32 bits.
  static std::string literal(std::int64_t value) {
    return value == INT32_MIN ? "32'sh80000000" : fmt::format("{}", value);
  }

  std::string text_;
};

void add_board(Package& package, const arch::ChipDescription& chip) {
  const arch::MeshDescription grid = chip.grid();
  package.title("Cores of the board, and of a chip; unit numbers and coordinates go row by row");
  package.add("COLUMNS", grid.columns);
  package.add("ROWS", grid.rows);
  package.add("CORES", grid.cores());
  package.add("CHIP_COLUMNS", chip.mesh.columns);
  package.add("CHIP_ROWS", chip.mesh.rows);

  package.title("Network");
  const std::vector<std::string_view>& names = arch::topology_names();
  for (std::size_t kind = 0; kind < names.size(); ++kind) {
    package.add("TOPOLOGY_" + upper_case(names[kind]), static_cast<std::int64_t>(kind));
  }
  package.add("TOPOLOGY", static_cast<std::int64_t>(chip.topology));
  arch::ChipDescription single = chip;
  single.board = {};
  package.add("LEVELS", arch::top_level(chip), "of routers on the board; 0: there are no levels");
  package.add("CHIP_LEVELS", arch::top_level(single), "of routers on a chip");
  arch::with_topology(chip, [&package](const auto& topology) {
    package.add("ROUTERS", static_cast<std::int64_t>(topology.routers()));
    package.add("PORTS", topology.kPorts, "of a router");
    package.add("INPUTS", topology.kInputs, "FIFOs of a router: more than ports with channels");
  });
  package.add("HOST_X", chip.host_port.x, "core at whose router the host port is");
  package.add("HOST_Y", chip.host_port.y);
  package.add("HOST_LEVEL", arch::host_place(chip).level, "of that router");
  package.add("MULTICAST", chip.multicasts(false), "packets of cores may go to several cores");
  package.add("HOST_MULTICAST", chip.multicasts(true), "packets of the host may");
}

void add_core(Package& package, const arch::CoreDescription& core) {
  package.title("Core");
  package.add("AXONS", core.axons, "of a group");
  package.add("DENDRITES", core.dendrites, "columns of the crossbar");
  package.add("TERNARY_DENDRITES", core.ternary_dendrites());
  package.add("COLUMNS_PER_DENDRITE", core.columns_per_dendrite());
  package.add("FAN_IN_GROUPS", core.fan_in_groups);
  package.add("THRESHOLDS_PER_DENDRITE", core.thresholds_per_dendrite);
  package.add("MAX_THRESHOLDS", core.max_thresholds());
  package.add("MAX_NEURONS", core.max_neurons());
  package.add("POTENTIAL_BITS", core.potential_bits);
  package.add("ROUTE_ENTRIES", core.route_entries);
  package.add("EXPANSION_ENTRIES", core.expansion.entries, "0: there is no expansion table");
  package.add("ROWS_OF_DENDRITES", core.rows == arch::CrossbarRows::kDendrites,
              "1: a row of the crossbar is a dendrite");
  package.add("WEIGHT_PLANES", core.weight_planes);
  package.add("STOCHASTIC", core.neuron == arch::Neuron::kStochastic);
  package.add("SCAN_AXONS", core.timing.scan_axons_per_cycle, "in a cycle");
  package.add("WORD_BITS", core.timing.word_bits, "of a row, in each plane");
  package.add("WORD_CYCLES", core.timing.cycles_per_word);
  package.add("NEURONS_PER_CYCLE", core.timing.neurons_per_cycle);
  package.add("GATHER_CYCLES", core.timing.gather_cycles_per_group);
  package.add("COMPARE_CYCLES", core.timing.compare_cycles);
  package.add("EMIT_CYCLES", core.timing.emit_cycles_per_packet);
  package.add("WRITE_CYCLES", core.expansion.cycles_per_write, "of an axon of an expanded packet");
}

void add_links(Package& package, const arch::ChipDescription& chip) {
  package.title("Routers and links; link cycles are those of a packet");
  package.add("FIFO_DEPTH", chip.router.fifo_depth);
  package.add("PIPELINE_CYCLES", chip.router.pipeline_cycles);
  package.add("ROUTER_LINK_CYCLES", chip.router.packet_link_cycles());
  package.add("INTER_CHIP_LINK_CYCLES", chip.inter_chip.packet_link_cycles());
  package.add("CREDIT_CYCLES", chip.router.credit_cycles);
  package.add("FIXED_PRIORITY", chip.router.arbitration == arch::Arbitration::kFixedPriority);
  package.add("TRUNK_MILLICYCLES", chip.trunk.millicycles_per_packet(), "0: there is no trunk");
  package.add("HOST_MILLICYCLES", chip.host_port.millicycles_per_packet());
}

void add_sync(Package& package, const arch::ChipDescription& chip, const RtlOptions& options) {
  package.title("Ticks");
  package.add("BARRIER_CYCLES", chip.sync.barrier_cycles);
  package.add("TICK_CYCLES", chip.sync.tick_cycles, "0: a barrier ends ticks");
  const auto late = [&chip](arch::LateSpikes choice) { return chip.sync.late_spikes == choice; };
  for (const arch::LateSpikes choice :
       {arch::LateSpikes::kFail, arch::LateSpikes::kDrop, arch::LateSpikes::kNextTick}) {
    package.add("LATE_" + upper_case(name(choice)), late(choice));
  }
  package.title("Configuration bus and host port");
  package.add("BUS_LATENCY_CYCLES", chip.bus.latency_cycles);
  package.add("MAX_BURST_BYTES", chip.bus.max_burst_bytes);
  package.add("HOST_FIFO_DEPTH", options.host_packets, "packets, in each direction");
}

void add_regions(Package& package, const arch::ChipDescription& chip) {
  package.title("Regions of a core: numbers, and bytes on this chip");
  for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
    const std::string constant = "CORE_REGION_" + upper_case(name(info.region));
    package.add(constant, static_cast<std::int64_t>(info.region));
    package.add(constant + "_BYTES",
                static_cast<std::int64_t>(arch::region_bytes(chip.core, info.region)));
  }
  package.add("CORE_REGIONS", static_cast<std::int64_t>(arch::kCoreRegions.size()));
  package.title("Regions of the chip");
  const auto add_region = [&package](arch::ChipRegion region, std::uint64_t bytes) {
    const std::string constant = "CHIP_REGION_" + upper_case(name(region));
    package.add(constant, static_cast<std::int64_t>(region));
    package.add(constant + "_BYTES", static_cast<std::int64_t>(bytes));
  };
  add_region(arch::ChipRegion::kControl, arch::chip_control::kBytes);
  add_region(arch::ChipRegion::kStatus, arch::chip_status::kBytes);
}

void add_registers(Package& package) {
  package.title("Registers of a core: offsets");
  package.add_registers("CORE_CONTROL", arch::core_control::kRegisters);
  package.add_registers("CORE_STATUS", arch::core_status::kRegisters);
  for (const arch::CounterInfo& info : arch::kCoreCounterTable) {
    package.add("CORE_COUNTER_" + upper_case(name(info.counter)),
                static_cast<std::int64_t>(arch::counter_offset(info.counter)));
  }
  package.title("Bits of the register STATE");
  for (const auto& bit : arch::core_status::kStateBits) {
    package.add(fmt::format("CORE_STATE_{}", bit.name), static_cast<std::int64_t>(bit.mask));
  }
  package.title("Registers of the chip and of the host port: offsets");
  package.add_registers("CHIP_CONTROL", arch::chip_control::kRegisters);
  package.add_registers("CHIP_STATUS", arch::chip_status::kRegisters);
  package.add_registers("HOST_PORT", arch::host_port::kRegisters);
  package.title("Bits of the interrupt registers");
  for (const arch::interrupt::Bit& bit : arch::interrupt::kTable) {
    package.add(fmt::format("INTERRUPT_{}", bit.name), static_cast<std::int64_t>(bit.mask));
  }
}

void add_tables(Package& package, const arch::CoreDescription& core) {
  package.title("Bus addresses");
  package.add_fields("ADDRESS", arch::address_field::kFields);
  package.add("CHIP_UNIT", arch::kChipUnit, "unit of the chip's own registers");
  package.title("Entries of the tables of a core");
  package.add_fields("GROUP", arch::GroupEntry::kFields);
  package.add_fields("NEURON", arch::NeuronEntry::kFields);
  package.add_fields("EXPANSION", arch::ExpansionEntry::kFields);
  if (core.weight_planes > 1) {
    package.add_fields("GATHER", arch::GatherEntry::kShiftedFields);
  } else {
    package.add_fields("GATHER", arch::GatherEntry::kFields);
    package.add_field("GATHER", {arch::GatherEntry::kShiftedFields[1].name, 0, 0,
                                 "with one weight plane there is no shift"});
  }
  package.add("THRESHOLD_BYTES", arch::kThresholdBytes);
  package.add("THRESHOLD_ALWAYS", arch::kAlwaysFires, "such a neuron always fires");
  package.add("THRESHOLD_NEVER", arch::kNeverFires);
  package.add("ROUTE_BYTES", arch::kRouteBytes);
  package.add("RANDOM_SEED_OFFSET", arch::RandomStart::kSeedOffset, "in bytes");
  package.add("RANDOM_TICK_OFFSET", arch::RandomStart::kTickOffset);
}

void add_packets(Package& package) {
  using namespace arch::packet_field;
  package.title("Packets");
  for (const base::BitField& field :
       {kKind, kParity, kX0, kY0, kX1, kY1, kGroup, kAxon, kExpanded, kLevel, kEntry, kOutput}) {
    package.add_field("PACKET", field);
  }
  package.add("PACKET_KIND_CORE", static_cast<std::int64_t>(arch::PacketKind::kCore));
  package.add("PACKET_KIND_HOST", static_cast<std::int64_t>(arch::PacketKind::kHost));
}

/// Responses of the sockets: the lowest bits of the response status of TLM-2.0, which has the
/// number 1 for success and negative ones for errors.
void add_responses(Package& package) {
  struct Response {
    std::string_view name;
    int status;
  };
  constexpr std::array<Response, 5> kResponses = {{{"OK", 1},
                                                   {"GENERIC_ERROR", -1},
                                                   {"ADDRESS_ERROR", -2},
                                                   {"COMMAND_ERROR", -3},
                                                   {"BURST_ERROR", -4}}};
  package.title("Responses of the sockets: the response status of TLM-2.0 in three bits");
  for (const Response& response : kResponses) {
    package.add(fmt::format("RESPONSE_{}", response.name), response.status & 7);
  }
}

}  // namespace

std::string upper_case(std::string_view name) {
  std::string result(name);
  for (char& c : result) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return result;
}

std::string chip_params(const arch::ChipDescription& chip, const RtlOptions& options) {
  constexpr std::string_view kName = "chip_params";
  Package package(kName,
                  fmt::format("The chip {}, written by `spikeloom rtl`.", one_line(chip.name)));
  add_board(package, chip);
  add_core(package, chip.core);
  add_links(package, chip);
  add_sync(package, chip, options);
  return package.finish(kName);
}

std::string register_map(const arch::ChipDescription& chip) {
  constexpr std::string_view kName = "register_map";
  Package package(kName,
                  fmt::format("Registers and tables of the chip {}, written by `spikeloom rtl`.",
                              one_line(chip.name)));
  add_regions(package, chip);
  add_registers(package);
  add_tables(package, chip.core);
  add_packets(package);
  add_responses(package);
  return package.finish(kName);
}

std::vector<Refusal> refusals(const arch::ChipDescription& chip, RtlPart part) {
  std::vector<Refusal> found;
  if (chip.core.timing.gather_cycles_per_group == 0) {
    found.push_back({"core.timing.gather_cycles_per_group",
                     "got 0, but the RTL takes a cycle for each gather: allowed 1 and more"});
  }
  if (chip.core.protection != arch::Protection::kNone) {
    found.push_back({"core.protection", fmt::format("got {}, but the RTL's memories have no check "
                                                    "bits: allowed none",
                                                    name(chip.core.protection))});
  }
  if (part == RtlPart::kChip && chip.bus.bytes_per_cycle != arch::kBusWordBytes) {
    found.push_back(
        {"bus.bytes_per_cycle",
         fmt::format("got {}, but the bus of the RTL has words of {} bytes: allowed {}",
                     chip.bus.bytes_per_cycle, arch::kBusWordBytes, arch::kBusWordBytes)});
  }
  if (part == RtlPart::kChip && !chip.defects.links.empty()) {
    found.push_back(
        {"defects.links", fmt::format("got {}, but the routers of the RTL know no dead links: "
                                      "allowed none",
                                      chip.defects.links.size())});
  }
  return found;
}

}  // namespace spikeloom::cosim
