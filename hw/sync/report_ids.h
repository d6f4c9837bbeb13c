// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include <systemc>

namespace spikeloom::hw {

/// Message types of the reports that modules send to SystemC's report handler. They are stable, so
/// that a platform can select actions or severities by them.
///
/// A fault of a chip is an SC_WARNING, reported once, by the board that records it (Board::fault).
/// The simulation continues, but the board runs no more ticks until it is reset. Accesses that a
/// socket refuses are not reported: their response status tells the initiator.
namespace report_id {
/// A fault of a core: a packet for an axon that does not exist, a table entry that points outside
/// another table, a sum that does not fit.
inline constexpr const char* kCore = "/spikeloom/core";
/// The network has stopped with packets in it, or a core handed out a packet too late for it.
inline constexpr const char* kNetwork = "/spikeloom/network";
/// A tick of fixed length was too short.
inline constexpr const char* kTick = "/spikeloom/tick";
/// A tick would end after the longest simulated time. With SC_ERROR, during construction: SystemC's
/// time resolution is coarser than a picosecond.
inline constexpr const char* kTime = "/spikeloom/time";

inline constexpr std::array<const char*, 4> kIds = {kCore, kNetwork, kTick, kTime};
}  // namespace report_id

/// Makes the report handler ignore faults, for programs that report Board::fault() themselves.
inline void silence_fault_reports() {
  for (const char* id : report_id::kIds) {
    sc_core::sc_report_handler::set_actions(id, sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
  }
}

}  // namespace spikeloom::hw
