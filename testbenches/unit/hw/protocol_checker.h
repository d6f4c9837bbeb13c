// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <systemc>
#include <tlm>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

namespace spikeloom::test {

/// Sits between an initiator and a target, forwards their calls, and checks them against the rules
/// of the TLM-2.0 base protocol for blocking and debug transport (IEEE 1666, generic payload). The
/// target must not grant DMI; each transport also requests it.
class ProtocolChecker : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<ProtocolChecker> from_initiator;
  tlm_utils::simple_initiator_socket<ProtocolChecker> to_target;

  explicit ProtocolChecker(const sc_core::sc_module_name& name)
      : sc_module(name), from_initiator("from_initiator"), to_target("to_target") {
    from_initiator.register_b_transport(this, &ProtocolChecker::b_transport);
    from_initiator.register_transport_dbg(this, &ProtocolChecker::transport_dbg);
    from_initiator.register_get_direct_mem_ptr(this, &ProtocolChecker::get_direct_mem_ptr);
  }

  /// Sets the function called for each violated rule; by default a violation fails the test.
  void on_violation(std::function<void(const std::string&)> callback) {
    violation_ = std::move(callback);
  }

  /// Declares whether the initiator violates rules on purpose, to test the response of the target.
  void expect_wrong_requests(bool expected) { wrong_requests_ = expected; }

  std::uint64_t transports() const { return transports_; }

 private:
  /// The fields that only the initiator may set.
  struct Request {
    explicit Request(const tlm::tlm_generic_payload& payload)
        : command(payload.get_command()),
          address(payload.get_address()),
          data(payload.get_data_ptr()),
          length(payload.get_data_length()),
          enables(payload.get_byte_enable_ptr()),
          enables_length(payload.get_byte_enable_length()),
          streaming_width(payload.get_streaming_width()),
          option(payload.get_gp_option()) {
      if (data != nullptr) content.assign(data, data + length);
      if (enables != nullptr) enables_content.assign(enables, enables + enables_length);
    }

    tlm::tlm_command command;
    std::uint64_t address;
    const unsigned char* data;
    unsigned length;
    const unsigned char* enables;
    unsigned enables_length;
    unsigned streaming_width;
    tlm::tlm_gp_option option;
    std::vector<unsigned char> content;
    std::vector<unsigned char> enables_content;
  };

  void require(bool holds, const char* rule) const {
    if (!holds) violation_(rule);
  }

  void check_unmodified(const Request& before, const tlm::tlm_generic_payload& payload) const {
    const Request after(payload);
    require(after.command == before.command, "the command is modified");
    require(after.address == before.address, "the address is modified");
    require(after.data == before.data, "the data pointer is modified");
    require(after.length == before.length, "the data length is modified");
    require(after.enables == before.enables, "the byte enable pointer is modified");
    require(after.enables_length == before.enables_length, "the byte enable length is modified");
    require(after.streaming_width == before.streaming_width, "the streaming width is modified");
    require(after.option == before.option, "the option is modified");
    require(after.enables_content == before.enables_content, "byte enables are modified");
    if (before.command == tlm::TLM_WRITE_COMMAND) {
      require(after.content == before.content, "data of a write is modified");
    }
  }

  void check_request(const tlm::tlm_generic_payload& payload) const {
    require(payload.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
            "the initiator has not set the response status to TLM_INCOMPLETE_RESPONSE");
    require(!payload.is_dmi_allowed(), "the initiator has not cleared the DMI hint");
    require(payload.get_data_length() != 0 || payload.get_command() == tlm::TLM_IGNORE_COMMAND,
            "the data length is 0");
    require(payload.get_data_ptr() != nullptr || payload.get_command() == tlm::TLM_IGNORE_COMMAND,
            "the data pointer is null");
    require(payload.get_streaming_width() != 0, "the streaming width is 0");
    require(payload.get_byte_enable_ptr() == nullptr || payload.get_byte_enable_length() != 0,
            "the byte enable length is 0");
  }

  /// Times are unsigned; a negative one wraps around to the upper half of the range.
  static bool is_negative(const sc_core::sc_time& time) { return time.value() > UINT64_MAX / 2; }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    ++transports_;
    if (!wrong_requests_) check_request(payload);
    check_no_dmi(payload);
    const Request before(payload);
    const sc_core::sc_time start = sc_core::sc_time_stamp() + delay;
    require(!is_negative(delay), "the initiator's delay is negative");
    to_target->b_transport(payload, delay);
    check_unmodified(before, payload);
    require(payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
            "the target has set no response status");
    require(!payload.is_dmi_allowed(), "the target hints at DMI, which it refuses");
    const sc_core::sc_time end = sc_core::sc_time_stamp() + delay;
    // The target may wait instead of increasing the delay, or do both; time must not decrease.
    require(!is_negative(delay), "the target's delay is negative");
    require(end >= start, "the target has decreased the delay without waiting");
  }

  /// Debug transport must not change the target: it takes no time, and a second read gives the same
  /// data.
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) {
    const Request before(payload);
    const sc_core::sc_time time = sc_core::sc_time_stamp();
    const std::uint64_t delta = sc_core::sc_delta_count();
    const unsigned count = to_target->transport_dbg(payload);
    check_unmodified(before, payload);
    require(count <= before.length, "more bytes than asked for");
    if (before.command == tlm::TLM_READ_COMMAND) {
      const Request first(payload);
      require(
          to_target->transport_dbg(payload) == count && Request(payload).content == first.content,
          "a debug read changes what the next one reads");
    }
    require(sc_core::sc_time_stamp() == time && sc_core::sc_delta_count() == delta,
            "debug transport waits");
    return count;
  }

  void check_no_dmi(const tlm::tlm_generic_payload& payload) {
    tlm::tlm_generic_payload copy;
    copy.set_command(payload.get_command());
    copy.set_address(payload.get_address());
    tlm::tlm_dmi dmi;
    get_direct_mem_ptr(copy, dmi);
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
    const bool granted = to_target->get_direct_mem_ptr(payload, dmi);
    require(!granted, "the target grants DMI");
    return granted;
  }

  std::function<void(const std::string&)> violation_ = [this](const std::string& rule) {
    ADD_FAILURE() << name() << ": " << rule;
  };
  bool wrong_requests_ = false;
  std::uint64_t transports_ = 0;
};

}  // namespace spikeloom::test
