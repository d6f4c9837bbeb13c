// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <systemc>

namespace spikeloom::hw {

/// Message types of what the modules report through SystemC's report handler. They are stable: a
/// platform may choose actions or severities by them.
///
/// A fault of a chip is an SC_WARNING, reported once, by the board that records it (Board::fault).
/// The simulation goes on, but the board runs no more ticks until it is reset. Accesses that a
/// socket refuses are not reported: their response status tells it.
namespace report_id {
/// A core's fault: a packet for an axon that is not there, a table that points outside another, a
/// sum that does not fit.
inline constexpr const char* kCore = "/spikeloom/core";
/// The network came to a stop with packets in it, or a core handed out a packet too late for it.
inline constexpr const char* kNetwork = "/spikeloom/network";
/// A tick of fixed length was too short.
inline constexpr const char* kTick = "/spikeloom/tick";
/// A tick would end beyond the longest time simulated. As SC_ERROR, during construction: SystemC's
/// time resolution is coarser than a picosecond.
inline constexpr const char* kTime = "/spikeloom/time";

inline constexpr std::array<const char*, 4> kIds = {kCore, kNetwork, kTick, kTime};
}  // namespace report_id

/// For programs that tell Board::fault() themselves: faults are reported without any action.
inline void silence_fault_reports() {
  for (const char* id : report_id::kIds) {
    sc_core::sc_report_handler::set_actions(id, sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
  }
}

}  // namespace spikeloom::hw
