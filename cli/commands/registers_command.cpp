// SPDX-License-Identifier: Apache-2.0
// Prints the chip's registers as Markdown, from the tables that the hardware model itself uses.
#include <array>
#include <iostream>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "cli/command_line/command_list.h"
#include "spikeloom/arch/address_map.h"
#include "spikeloom/arch/chip_file.h"
#include "spikeloom/arch/core_tables.h"
#include "spikeloom/arch/packet.h"

namespace spikeloom::cli {
namespace {

namespace options = boost::program_options;

constexpr const char* kIntroduction =
    "# Registers and tables\n\n"
    "Made by `spikeloom registers` from the tables in `arch/registers.h`, "
    "`arch/address_map.h`,\n"
    "`arch/core_tables.h` and `arch/packet.h`, which the hardware itself uses; a test "
    "compares.\n"
    "`spikeloom registers --chip FILE` adds a chip's sizes.\n\n"
    "## Address\n\n"
    "Socket `config`: 64 bits, little-endian, words of 8 bytes. An access is of whole words "
    "within\n"
    "one region, at most `chip.bus.max_burst_bytes`. A refused access changes nothing.\n\n";

constexpr const char* kResponses =
    "\n| refused | response |\n|---|---|\n"
    "| an address that is not mapped, or runs out of its region | `TLM_ADDRESS_ERROR_RESPONSE` |\n"
    "| no whole words, misaligned, longer than a burst, streaming | `TLM_BURST_ERROR_RESPONSE` |\n"
    "| byte enables | `TLM_BYTE_ENABLE_ERROR_RESPONSE` |\n"
    "| a write to what is read only, other commands | `TLM_COMMAND_ERROR_RESPONSE` |\n"
    "| a value that the register does not take | `TLM_GENERIC_ERROR_RESPONSE` |\n"
    "| any access while the port `reset` is high | `TLM_GENERIC_ERROR_RESPONSE` |\n\n";

std::string_view text(arch::RegisterAccess access) {
  switch (access) {
    case arch::RegisterAccess::kRead:
      return "read";
    case arch::RegisterAccess::kReadWrite:
      return "read, write";
    case arch::RegisterAccess::kWriteOneToClear:
      return "write 1 to clear";
    case arch::RegisterAccess::kWrite:
      return "write";
  }
  return "";
}

std::string address_layout() {
  std::string out = "| bits | field | |\n|---|---|---|\n";
  const auto row = [&out](int high, int low, const char* field, const std::string& meaning) {
    out += fmt::format("| {}..{} | {} | {} |\n", high, low, field, meaning);
  };
  row(63, 56, "reserved", "0");
  row(55, 48, "chip", "number of the chip");
  row(47, 32, "unit",
      fmt::format("number of the core, or {:#06x}: the chip's own registers", arch::kChipUnit));
  row(31, 28, "region", "see below");
  row(27, 0, "offset", "in bytes");
  return out;
}

std::string regions(const std::optional<arch::ChipDescription>& chip) {
  std::string out =
      "## Regions of a core\n\n"
      "Sizes in bytes, over the keys of `chip.core`; words(x) is x rounded up to whole words, T "
      "is\n"
      "`dendrites` for `synapse: ternary`, half of it for `binary_pair`. Memory reads as 0 until "
      "it\n"
      "is written.\n\n";
  out += fmt::format("| number | region | access | bytes |{} content |\n|---|---|---|---|{}---|\n",
                     chip ? fmt::format(" {} |", chip->name) : "", chip ? "---|" : "");
  for (const arch::CoreRegionInfo& info : arch::kCoreRegions) {
    out += fmt::format("| {} | `{}` | {} | {} |", static_cast<int>(info.region), name(info.region),
                       info.writable ? "read, write" : "read", info.size);
    if (chip) out += fmt::format(" {} |", arch::region_bytes(chip->core, info.region));
    out += fmt::format(" {} |\n", info.content);
  }
  return out + "\n";
}

template <std::size_t kCount>
std::string registers(const std::string& title, const std::array<arch::Register, kCount>& table) {
  std::string out = fmt::format(
      "## {}\n\n| offset | register | access | bits | |\n|---|---|---|---|---|\n", title);
  for (const arch::Register& reg : table) {
    out += fmt::format("| {:#04x} | `{}` | {} | {} | {} |\n", reg.offset, reg.name,
                       text(reg.access), reg.bits, reg.meaning);
  }
  return out + "\n";
}

std::string counters() {
  std::string out =
      "## Core: counters (region 2)\n\n64 bits each, since reset, grown when a tick starts or a "
      "packet arrives.\n\n| offset | counter | |\n|---|---|---|\n";
  for (const arch::CounterInfo& info : arch::kCoreCounterTable) {
    out += fmt::format("| {:#04x} | `{}` | {} |\n", arch::counter_offset(info.counter),
                       name(info.counter), info.meaning);
  }
  return out + "\n";
}

std::string interrupts() {
  std::string out =
      "## Interrupt bits\n\nThe line is high while a bit of `INTERRUPT_STATUS` is set that "
      "`INTERRUPT_ENABLE` has set.\n\n| bit | name | |\n|---|---|---|\n";
  for (const arch::interrupt::Bit& bit : arch::interrupt::kTable) {
    out += fmt::format("| {:#x} | `{}` | {} |\n", bit.mask, bit.name, bit.meaning);
  }
  return out + "\n";
}

template <std::size_t kCount>
std::string fields(const std::string& title, const std::string& about,
                   const std::array<base::BitField, kCount>& table) {
  std::string out =
      fmt::format("### {}\n\n{}\n\n| word | bits | field | |\n|---|---|---|---|\n", title, about);
  for (const base::BitField& field : table) {
    out += fmt::format("| {} | {}..{} | `{}` | {} |\n", field.word, field.shift + field.bits - 1,
                       field.shift, field.name, field.meaning);
  }
  return out + "\n";
}

std::string tables() {
  std::string out = "## Table formats\n\nBits that no field names are 0.\n\n";
  out +=
      fields("Group", "A spike at (group, axon) drives row `axon`, in the group's dendrites only.",
             arch::GroupEntry::kFields);
  out +=
      fields("Neuron",
             "The potential is the sum of its dendrites. Each threshold i that it reaches sends\n"
             "its route entries' packets, with i added to axon or output number.",
             arch::NeuronEntry::kFields);
  out += fmt::format(
      "### Random\n\nOf cores with `neuron: stochastic`, whose neurons compare random numbers with "
      "their\nthresholds in place of potentials. A number depends on seed, tick and neuron alone, "
      "and is\nuniform over {} .. {}.\n\n| word | bits | field | |\n|---|---|---|---|\n"
      "| {} | 63..0 | `seed` | seed of the core |\n"
      "| {} | 63..0 | `tick` | number of the core's first tick after reset |\n\n",
      arch::kAlwaysFires, arch::kNeverFires - 1,
      arch::RandomStart::kSeedOffset / arch::kBusWordBytes,
      arch::RandomStart::kTickOffset / arch::kBusWordBytes);
  out += fields("Expansion", "An entry of 32 bits. A packet's list ends with `last`.",
                arch::ExpansionEntry::kFields);
  out += fields("Gather", "An entry of 16 bits: a dendrite that a neuron adds.",
                arch::GatherEntry::kFields);
  out +=
      fields("Gather with weight planes", "The format if `core.weight_planes` is greater than 1.",
             arch::GatherEntry::kShiftedFields);
  out += fmt::format(
      "### Thresholds, routes\n\n| table | bytes an entry | |\n|---|---|---|\n"
      "| thresholds | {} | signed: fires if the potential, or the random number, reaches it; {} "
      "always, {} never |\n"
      "| routes | {} | a packet of level 0 and parity 0 |\n\n",
      arch::kThresholdBytes, arch::kAlwaysFires, arch::kNeverFires, arch::kRouteBytes);
  out += fields("Packet to cores", "To one axon of every core of a rectangle of the mesh.",
                arch::packet_field::kToCores);
  out += fields("Packet to axon lists",
                "To the axons that a list of each core's expansion table names, level added.",
                arch::packet_field::kToEntries);
  out += fields("Packet to the host", "An output spike.", arch::packet_field::kToHost);
  return out;
}

CommandLine line() {
  CommandLine line;
  line.options.add_options()("chip", options::value<std::string>()->value_name("CHIP.yaml"),
                             "add this chip's sizes of the regions");
  return line;
}

int run(const options::variables_map& values) {
  std::optional<arch::ChipDescription> chip;
  if (values.count("chip") != 0) chip = arch::load_chip(values["chip"].as<std::string>());
  std::string out = kIntroduction + address_layout() + kResponses + regions(chip);
  out += registers("Core: control (region 0)", arch::core_control::kRegisters);
  out += registers("Core: status (region 1)", arch::core_status::kRegisters);
  out += counters();
  out += registers("Chip: control (region 0)", arch::chip_control::kRegisters);
  out += registers("Chip: status (region 1)", arch::chip_status::kRegisters);
  out += interrupts();
  out += registers("Host port (socket `spikes`)", arch::host_port::kRegisters);
  out += tables();
  out.pop_back();  // no empty line at the end
  std::cout << out;
  return 0;
}

}  // namespace

const Command kRegistersCommand = {
    "registers", "Print address map, registers and table formats as Markdown",
    "",          "spikeloom registers --chip configs/chips/reference.yaml",
    line,        run};

}  // namespace spikeloom::cli
