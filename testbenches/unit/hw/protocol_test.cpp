// SPDX-License-Identifier: Apache-2.0
// Tests the protocol checker: a target that follows the rules passes, and each violation is
// detected.
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testbenches/unit/hw/chip_bench.h"
#include "testbenches/unit/hw/protocol_checker.h"

namespace {

using namespace spikeloom;
using testing::ElementsAre;
using testing::IsEmpty;
using Payload = tlm::tlm_generic_payload;

/// A memory of one word that changes the payload as a test requires.
class Target : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Target> socket;

  explicit Target(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
    socket.register_b_transport(this, &Target::b_transport);
    socket.register_transport_dbg(this, &Target::transport_dbg);
    socket.register_get_direct_mem_ptr(this, &Target::get_direct_mem_ptr);
  }

  std::function<void(Payload&, sc_core::sc_time&)> transport;
  std::function<unsigned(Payload&)> debug;
  bool dmi = false;

 private:
  void b_transport(Payload& payload, sc_core::sc_time& delay) { transport(payload, delay); }
  unsigned transport_dbg(Payload& payload) { return debug(payload); }
  bool get_direct_mem_ptr(Payload& /*payload*/, tlm::tlm_dmi& /*data*/) { return dmi; }
};

class Initiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Initiator> socket;
  explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {}
};

struct Bench {
  Initiator initiator{"initiator"};
  test::ProtocolChecker checker{"checker"};
  Target target{"target"};
  std::vector<std::string> violations;

  Bench() {
    initiator.socket.bind(checker.from_initiator);
    checker.to_target.bind(target.socket);
    checker.on_violation([this](const std::string& rule) { violations.push_back(rule); });
  }

  /// A valid write of one word; `of_initiator` changes the request and `of_target` is the target's
  /// response.
  std::vector<std::string> transport(
      const std::function<void(Payload&, sc_core::sc_time&)>& of_target,
      const std::function<void(Payload&)>& of_initiator = [](Payload&) {}) {
    Payload payload;
    prepare(payload, tlm::TLM_WRITE_COMMAND);
    of_initiator(payload);
    target.transport = of_target;
    sc_core::sc_time delay(10, sc_core::SC_NS);
    initiator.socket->b_transport(payload, delay);
    return std::exchange(violations, {});
  }

  std::vector<std::string> debug(const std::function<unsigned(Payload&)>& of_target) {
    Payload payload;
    prepare(payload, tlm::TLM_READ_COMMAND);
    target.debug = of_target;
    initiator.socket->transport_dbg(payload);
    return std::exchange(violations, {});
  }

  void prepare(Payload& payload, tlm::tlm_command command) {
    payload.set_command(command);
    payload.set_address(64);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&word));
    payload.set_data_length(sizeof word);
    payload.set_streaming_width(sizeof word);
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(sizeof enables);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }

  std::uint64_t word = 0;
  unsigned char enables[8] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
};

Bench* g_bench = nullptr;

void accept(Payload& payload, sc_core::sc_time& /*delay*/) {
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

/// A target that accepts the access and then applies `change`.
std::vector<std::string> with(const std::function<void(Payload&)>& change) {
  return g_bench->transport([&](Payload& payload, sc_core::sc_time& delay) {
    accept(payload, delay);
    change(payload);
  });
}

TEST(Checker, AcceptsWhatKeepsTheRules) {
  EXPECT_THAT(g_bench->transport(accept), IsEmpty());
  EXPECT_THAT(g_bench->transport([](Payload& payload, sc_core::sc_time& delay) {
    accept(payload, delay);
    delay += sc_core::sc_time(5, sc_core::SC_NS);
  }),
              IsEmpty());
  // The target waits instead of returning the delay.
  EXPECT_THAT(g_bench->transport([](Payload& payload, sc_core::sc_time& delay) {
    accept(payload, delay);
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }),
              IsEmpty());
  EXPECT_THAT(with([](Payload& p) { p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE); }),
              IsEmpty());
  EXPECT_THAT(g_bench->debug([](Payload& payload) { return payload.get_data_length(); }),
              IsEmpty());
  EXPECT_EQ(g_bench->checker.transports(), 4U);
}

TEST(Checker, SeesWhatATargetModifies) {
  static unsigned char other[8] = {};
  EXPECT_THAT(with([](Payload& p) { p.set_command(tlm::TLM_READ_COMMAND); }),
              ElementsAre("the command is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_address(0); }), ElementsAre("the address is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_data_ptr(other); }),
              ElementsAre("the data pointer is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_streaming_width(4); }),
              ElementsAre("the streaming width is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_gp_option(tlm::TLM_FULL_PAYLOAD); }),
              ElementsAre("the option is modified"));
  EXPECT_THAT(with([](Payload& p) { p.get_byte_enable_ptr()[3] = 0; }),
              ElementsAre("byte enables are modified"));
  g_bench->enables[3] = 0xff;
  EXPECT_THAT(with([](Payload& p) { p.get_data_ptr()[0] ^= 1; }),
              ElementsAre("data of a write is modified"));
  g_bench->word = 0;
  // A shorter length implies shorter data.
  EXPECT_THAT(with([](Payload& p) { p.set_data_length(4); }),
              testing::Contains("the data length is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_byte_enable_length(4); }),
              testing::Contains("the byte enable length is modified"));
  EXPECT_THAT(with([](Payload& p) { p.set_byte_enable_ptr(nullptr); }),
              testing::Contains("the byte enable pointer is modified"));
}

TEST(Checker, SeesWrongAnswers) {
  EXPECT_THAT(g_bench->transport([](Payload&, sc_core::sc_time&) {}),
              ElementsAre("the target has set no response status"));
  EXPECT_THAT(with([](Payload& p) { p.set_dmi_allowed(true); }),
              ElementsAre("the target hints at DMI, which it refuses"));
  EXPECT_THAT(g_bench->transport([](Payload& payload, sc_core::sc_time& delay) {
    accept(payload, delay);
    delay = sc_core::SC_ZERO_TIME;
  }),
              ElementsAre("the target has decreased the delay without waiting"));
  EXPECT_THAT(g_bench->transport([](Payload& payload, sc_core::sc_time& delay) {
    accept(payload, delay);
    delay -= sc_core::sc_time(11, sc_core::SC_NS);
  }),
              testing::Contains("the target's delay is negative"));
  g_bench->target.dmi = true;
  EXPECT_THAT(g_bench->transport(accept), ElementsAre("the target grants DMI"));
  g_bench->target.dmi = false;
}

TEST(Checker, SeesWrongRequests) {
  EXPECT_THAT(
      g_bench->transport(accept, [](Payload& p) { p.set_response_status(tlm::TLM_OK_RESPONSE); }),
      ElementsAre("the initiator has not set the response status to "
                  "TLM_INCOMPLETE_RESPONSE"));
  EXPECT_THAT(g_bench->transport(accept, [](Payload& p) { p.set_streaming_width(0); }),
              ElementsAre("the streaming width is 0"));
  EXPECT_THAT(g_bench->transport(accept, [](Payload& p) { p.set_data_length(0); }),
              ElementsAre("the data length is 0"));
  EXPECT_THAT(g_bench->transport(accept, [](Payload& p) { p.set_data_ptr(nullptr); }),
              ElementsAre("the data pointer is null"));
  EXPECT_THAT(g_bench->transport(accept, [](Payload& p) { p.set_byte_enable_length(0); }),
              ElementsAre("the byte enable length is 0"));
}

TEST(Checker, SeesDebugAccessesThatDoMoreThanLook) {
  EXPECT_THAT(g_bench->debug([](Payload& payload) {
    ++*payload.get_data_ptr();
    return payload.get_data_length();
  }),
              ElementsAre("a debug read changes what the next one reads"));
  EXPECT_THAT(g_bench->debug([](Payload& payload) { return payload.get_data_length() + 1; }),
              ElementsAre("more bytes than asked for"));
  EXPECT_THAT(g_bench->debug([](Payload& payload) {
    sc_core::wait(1, sc_core::SC_NS);
    return payload.get_data_length();
  }),
              ElementsAre("debug transport waits"));
}

}  // namespace

int sc_main(int, char*[]) {
  Bench bench;
  g_bench = &bench;
  test::TestThread tests("tests");
  sc_core::sc_start();
  return tests.result();
}

int main(int argc, char** argv) { return test::start_systemc(argc, argv); }
