// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "spikeloom/base/enum_names.h"

namespace spikeloom::arch {

// The registers of the chip. This is their only definition, used by the hardware and by
// docs/registers.md.

enum class RegisterAccess : std::uint8_t {
  kRead,
  kReadWrite,
  kWriteOneToClear,  ///< reads as 0
  kWrite,
};

/// A register of one bus word. Converts to its offset.
struct Register {
  std::string_view name;
  std::uint64_t offset;
  RegisterAccess access;
  int bits;  ///< number of low bits in use
  std::string_view meaning;

  constexpr operator std::uint64_t() const { return offset; }
  constexpr bool writable() const {
    switch (access) {
      case RegisterAccess::kRead:
        return false;
      case RegisterAccess::kReadWrite:
      case RegisterAccess::kWriteOneToClear:
      case RegisterAccess::kWrite:
        return true;
    }
    return false;
  }
};

/// Bits of the interrupt registers.
namespace interrupt {
inline constexpr std::uint64_t kTickDone = 1;
inline constexpr std::uint64_t kError = 2;
inline constexpr std::uint64_t kAll = kTickDone | kError;
inline constexpr int kBits = 2;

struct Bit {
  std::string_view name;
  std::uint64_t mask;
  std::string_view meaning;
};
inline constexpr std::array<Bit, kBits> kTable = {{
    {"TICK_DONE", kTickDone, "a tick has ended; its outputs can be read"},
    {"ERROR", kError, "a core found a fault; no more ticks run"},
}};
}  // namespace interrupt

/// Control region of a core.
namespace core_control {
inline constexpr Register kEnable{"ENABLE", 0x00, RegisterAccess::kReadWrite, 1,
                                  "1: the core takes part in ticks"};
inline constexpr Register kGroups{"GROUPS", 0x08, RegisterAccess::kReadWrite, 64,
                                  "groups of axons in use, from the first"};
inline constexpr Register kNeurons{"NEURONS", 0x10, RegisterAccess::kReadWrite, 64,
                                   "neurons in use, from the first"};
inline constexpr std::array kRegisters = {kEnable, kGroups, kNeurons};
inline constexpr std::uint64_t kBytes = kRegisters.size() * 8;
}  // namespace core_control

/// Status region of a core.
namespace core_status {
inline constexpr std::uint64_t kEnabled = 1;
inline constexpr std::uint64_t kWaiting = 2;
inline constexpr std::uint64_t kFault = 4;
struct Bit {
  std::string_view name;
  std::uint64_t mask;
};
/// Bits of the register STATE.
inline constexpr std::array<Bit, 3> kStateBits = {
    {{"ENABLED", kEnabled}, {"WAITING", kWaiting}, {"FAULT", kFault}}};
inline constexpr Register kState{"STATE", 0x00, RegisterAccess::kRead, kStateBits.size(),
                                 "bit 0: enabled; bit 1: axons wait for the next tick; "
                                 "bit 2: a fault was found"};
inline constexpr std::array kRegisters = {kState};
inline constexpr std::uint64_t kBytes = kRegisters.size() * 8;
}  // namespace core_status

/// Event counters of a core since reset, one word each.
enum class CoreCounter : std::uint8_t {
  kTicks,
  kScanWords,
  kRowWordReads,
  kSynapticOperations,
  kAxonWrites,
  kNeuronUpdates,
  kSpikes,
  kPackets,
};
constexpr std::string_view name(CoreCounter value) {
  switch (value) {
    case CoreCounter::kTicks:
      return "ticks";
    case CoreCounter::kScanWords:
      return "scan_words";
    case CoreCounter::kRowWordReads:
      return "row_word_reads";
    case CoreCounter::kSynapticOperations:
      return "synaptic_operations";
    case CoreCounter::kAxonWrites:
      return "axon_writes";
    case CoreCounter::kNeuronUpdates:
      return "neuron_updates";
    case CoreCounter::kSpikes:
      return "spikes";
    case CoreCounter::kPackets:
      return "packets";
  }
  return {};
}
inline constexpr std::size_t kCoreCounters = base::value_count<CoreCounter>();

struct CounterInfo {
  CoreCounter counter;
  std::string_view meaning;
};
inline constexpr std::array<CounterInfo, kCoreCounters> kCoreCounterTable = {{
    {CoreCounter::kTicks, "ticks that the core took part in"},
    {CoreCounter::kScanWords, "words of axon bitmaps scanned"},
    {CoreCounter::kRowWordReads, "words of the crossbar read, including zero weights"},
    {CoreCounter::kSynapticOperations, "nonzero physical synapses driven"},
    {CoreCounter::kAxonWrites, "axons set by packets that arrived"},
    {CoreCounter::kNeuronUpdates, "neurons gathered and compared"},
    {CoreCounter::kSpikes, "thresholds reached"},
    {CoreCounter::kPackets, "packets sent into the network"},
}};
static_assert(base::in_order(kCoreCounterTable, &CounterInfo::counter));
constexpr std::uint64_t counter_offset(CoreCounter counter) {
  return static_cast<std::uint64_t>(counter) * 8;
}

/// Control region of the chip.
namespace chip_control {
inline constexpr Register kTicksCommitted{
    "TICKS_COMMITTED", 0x00, RegisterAccess::kReadWrite, 64,
    "ticks that may run, counted since reset; a value smaller than the last one is refused"};
inline constexpr Register kInterruptEnable{"INTERRUPT_ENABLE", 0x08, RegisterAccess::kReadWrite,
                                           interrupt::kBits, "bits that drive the interrupt line"};
inline constexpr Register kInterruptClear{"INTERRUPT_CLEAR", 0x10, RegisterAccess::kWriteOneToClear,
                                          interrupt::kBits,
                                          "1: clears that bit of INTERRUPT_STATUS"};
inline constexpr Register kReset{"RESET", 0x18, RegisterAccess::kWrite, 1,
                                 "1: all chips of the board are as after power-up; reads as 0"};
inline constexpr std::array kRegisters = {kTicksCommitted, kInterruptEnable, kInterruptClear,
                                          kReset};
inline constexpr std::uint64_t kBytes = kRegisters.size() * 8;
}  // namespace chip_control

/// Status region of the chip.
namespace chip_status {
inline constexpr Register kTicksDone{"TICKS_DONE", 0x00, RegisterAccess::kRead, 64,
                                     "ticks that have ended since reset"};
inline constexpr Register kInterruptStatus{"INTERRUPT_STATUS", 0x08, RegisterAccess::kRead,
                                           interrupt::kBits,
                                           "bits pending, whether enabled or not"};
inline constexpr std::array kRegisters = {kTicksDone, kInterruptStatus};
inline constexpr std::uint64_t kBytes = kRegisters.size() * 8;
}  // namespace chip_status

/// Registers at the socket of the host port. Packets written are spikes of the first tick that is
/// not committed yet; packets read are those of the oldest finished tick not read yet.
namespace host_port {
inline constexpr Register kData{"DATA", 0x00, RegisterAccess::kReadWrite, 64,
                                "a stream, in bursts of any number of packets: written, spikes "
                                "for the first tick that is not committed; read, those of the "
                                "oldest finished tick"};
inline constexpr Register kOutputCount{"OUTPUT_COUNT", 0x08, RegisterAccess::kRead, 64,
                                       "packets of the oldest finished tick that were not read"};
inline constexpr Register kNextOutput{
    "NEXT_OUTPUT", 0x10, RegisterAccess::kWrite, 64,
    "any value: discards that tick's packets and moves on to the next tick"};
inline constexpr std::array kRegisters = {kData, kOutputCount, kNextOutput};
}  // namespace host_port

}  // namespace spikeloom::arch
