// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>

#include "spikeloom/arch/address_map.h"
#include "spikeloom/hw/board/board.h"
#include "spikeloom/hw/sync/has_process.h"
#include "spikeloom/hw/sync/report_ids.h"
#include "testbenches/unit/hw/core_program.h"
#include "testbenches/unit/hw/protocol_checker.h"

namespace spikeloom::test {

/// The fields of a generic payload as plain values.
struct Access {
  tlm::tlm_command command = tlm::TLM_READ_COMMAND;
  std::uint64_t address = 0;
  std::vector<std::uint8_t> data;
  bool byte_enables = false;
  unsigned streaming_width = UINT32_MAX;  ///< UINT32_MAX: equal to the length
};

struct Answer {
  tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
  sc_core::sc_time delay;
};

/// The host of one chip. Each of its two sockets is connected through a protocol checker; it also
/// has the interrupt line.
class Host : public sc_core::sc_module {
 public:
  using Socket = tlm_utils::simple_initiator_socket<Host>;
  Socket config;
  Socket spikes;
  ProtocolChecker config_checker;
  ProtocolChecker spikes_checker;
  sc_core::sc_signal<bool> interrupt;

  Host(const sc_core::sc_module_name& name, hw::Board& chip)
      : sc_module(name),
        config("config"),
        spikes("spikes"),
        config_checker("config_checker"),
        spikes_checker("spikes_checker"),
        interrupt("interrupt_line") {
    config.bind(config_checker.from_initiator);
    config_checker.to_target.bind(chip.config);
    spikes.bind(spikes_checker.from_initiator);
    spikes_checker.to_target.bind(chip.spikes);
    chip.interrupt(interrupt);
  }

  Answer transport(Socket& socket, Access& access, sc_core::sc_time delay = {}) {
    std::vector<std::uint8_t> enables(access.data.size(), 0xff);
    tlm::tlm_generic_payload payload;
    fill(payload, access, enables);
    // An access without data has no data pointer.
    for (ProtocolChecker* checker : {&config_checker, &spikes_checker}) {
      checker->expect_wrong_requests(access.data.empty());
    }
    socket->b_transport(payload, delay);
    return {payload.get_response_status(), delay};
  }

  unsigned debug(Socket& socket, Access& access) {
    std::vector<std::uint8_t> enables;
    tlm::tlm_generic_payload payload;
    fill(payload, access, enables);
    return socket->transport_dbg(payload);
  }

  tlm::tlm_response_status write(std::uint64_t address, const std::vector<std::uint64_t>& words) {
    return transfer(config, tlm::TLM_WRITE_COMMAND, address, words);
  }

  std::uint64_t read(std::uint64_t address) {
    Access access{tlm::TLM_READ_COMMAND, address, std::vector<std::uint8_t>(8), false, UINT32_MAX};
    EXPECT_EQ(transport(config, access).status, tlm::TLM_OK_RESPONSE);
    return word(access.data);
  }

  tlm::tlm_response_status send(const std::vector<arch::Packet>& packets) {
    std::vector<std::uint64_t> words;
    for (const arch::Packet packet : packets) words.push_back(packet.bits());
    return transfer(spikes, tlm::TLM_WRITE_COMMAND, arch::host_port::kData, words);
  }

  /// Reads the packets of the oldest finished tick and removes that tick.
  std::vector<arch::Packet> take_outputs() {
    Access count{tlm::TLM_READ_COMMAND, arch::host_port::kOutputCount, std::vector<std::uint8_t>(8),
                 false, UINT32_MAX};
    EXPECT_EQ(transport(spikes, count).status, tlm::TLM_OK_RESPONSE);
    std::vector<arch::Packet> packets;
    if (word(count.data) != 0) {
      Access data{tlm::TLM_READ_COMMAND, arch::host_port::kData,
                  std::vector<std::uint8_t>(word(count.data) * 8), false, UINT32_MAX};
      EXPECT_EQ(transport(spikes, data).status, tlm::TLM_OK_RESPONSE);
      for (std::size_t at = 0; at < data.data.size(); at += 8) {
        packets.emplace_back(word(data.data, at));
      }
    }
    EXPECT_EQ(transfer(spikes, tlm::TLM_WRITE_COMMAND, arch::host_port::kNextOutput, {1}),
              tlm::TLM_OK_RESPONSE);
    return packets;
  }

  void load(const arch::CoreDescription& core, int number, const CoreProgram& program) {
    for (CoreProgram::Write& write : program.writes(core)) {
      Access access{tlm::TLM_WRITE_COMMAND, arch::core_address(number, write.region, write.offset),
                    std::move(write.data), false, UINT32_MAX};
      ASSERT_EQ(transport(config, access).status, tlm::TLM_OK_RESPONSE);
    }
  }

  static std::uint64_t word(const std::vector<std::uint8_t>& data, std::size_t at = 0) {
    std::uint64_t value = 0;
    std::memcpy(&value, &data[at], sizeof value);
    return value;
  }

  tlm::tlm_response_status transfer(Socket& socket, tlm::tlm_command command, std::uint64_t address,
                                    const std::vector<std::uint64_t>& words) {
    Access access{command, address, std::vector<std::uint8_t>(words.size() * 8), false, UINT32_MAX};
    if (!words.empty()) std::memcpy(access.data.data(), words.data(), access.data.size());
    return transport(socket, access).status;
  }

 private:
  static void fill(tlm::tlm_generic_payload& payload, Access& access,
                   std::vector<std::uint8_t>& enables) {
    payload.set_command(access.command);
    payload.set_address(access.address);
    payload.set_data_ptr(access.data.data());
    payload.set_data_length(static_cast<unsigned>(access.data.size()));
    payload.set_streaming_width(access.streaming_width == UINT32_MAX
                                    ? static_cast<unsigned>(access.data.size())
                                    : access.streaming_width);
    if (access.byte_enables) {
      payload.set_byte_enable_ptr(enables.data());
      payload.set_byte_enable_length(static_cast<unsigned>(enables.size()));
    }
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
};

/// Runs all tests of the program in one SystemC thread, so that they can wait.
class TestThread : public sc_core::sc_module {
 public:
  explicit TestThread(const sc_core::sc_module_name& name) : sc_module(name) {
    SPIKELOOM_HAS_PROCESS(TestThread);
    SC_THREAD(run);
    set_stack_size(8 << 20);
  }
  int result() const { return result_; }

 private:
  void run() { result_ = RUN_ALL_TESTS(); }
  int result_ = 1;
};

/// Body of main() in a SystemC test; sc_main() then elaborates and runs the tests. SystemC's
/// warnings are errors.
inline int start_systemc(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  // ctest parses the list of tests, so nothing else may be printed.
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  return sc_core::sc_elab_and_sim(argc, argv);
}

}  // namespace spikeloom::test
