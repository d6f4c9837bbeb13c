// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/hw/trace/network_tracer.h"

namespace spikeloom::hw {
namespace {

constexpr unsigned kFillBits = 8;
constexpr unsigned kLinkCountBits = 32;

}  // namespace

NetworkTracer::NetworkTracer(VcdWriter& writer, const arch::ChipDescription& chip,
                             const RouterList& routers)
    : writer_(writer),
      routers_(routers),
      clock_(chip.clock_hz),
      fifo_depth_(static_cast<std::uint64_t>(chip.router.fifo_depth)),
      ports_(routers.routers.size() * routers.inputs),
      observed_(routers.routers.size()) {}

void NetworkTracer::add_host(const Scope& scope) {
  Port& host = port(routers_.host.router, routers_.host.port);
  observed_[routers_.host.router] = true;
  host.waiting = writer_.add(scope, "waiting", kLinkCountBits);
  host.sent = writer_.add(scope, "input", arch::Packet::kBits);
  host.arrived = writer_.add(scope, "outputs", kLinkCountBits);
  host.received = writer_.add(scope, "output", arch::Packet::kBits);
}

void NetworkTracer::add_router(const Scope& scope, std::uint32_t router) {
  observed_[router] = true;
  for (const RouterPort& listed : routers_.routers[router].ports) {
    Port& signals = port(router, listed.number);
    signals.fill = writer_.add(scope, "in_" + listed.name + "_fill", kFillBits);
    writer_.add_flag(scope, "in_" + listed.name + "_full", signals.fill, fifo_depth_);
    if (!listed.sends) continue;
    signals.busy = writer_.add(scope, "out_" + listed.name + "_busy", 1);
    signals.packet = writer_.add(scope, "out_" + listed.name + "_packet", arch::Packet::kBits);
  }
}

void NetworkTracer::add_core(const CoreTracer& core) {
  const arch::Attachment at = routers_.cores[static_cast<std::size_t>(core.core())];
  observed_[at.router] = true;
  Port& signals = port(at.router, at.port);
  signals.waiting = core.waiting();
  signals.sent = core.sent();
  signals.arrived = core.arrived();
}

void NetworkTracer::add_tick(VcdWriter::Signal number, VcdWriter::Signal running) {
  tick_ = number;
  running_ = running;
}

void NetworkTracer::set(VcdWriter::Signal signal, std::int64_t cycle, std::uint64_t value) {
  if (signal != VcdWriter::kNone) {
    writer_.set(signal, clock_.picoseconds(start_cycle_ + cycle), value);
  }
}

void NetworkTracer::add(VcdWriter::Signal signal, std::int64_t cycle, std::int64_t difference) {
  if (signal != VcdWriter::kNone) {
    writer_.add_to(signal, clock_.picoseconds(start_cycle_ + cycle), difference);
  }
}

void NetworkTracer::tick_started(std::uint64_t number, std::int64_t start_cycle) {
  start_cycle_ = start_cycle;
  set(tick_, 0, number);
  set(running_, 0, 1);
}

void NetworkTracer::host_sends(std::size_t packets) {
  add(port(routers_.host.router, routers_.host.port).waiting, 0,
      static_cast<std::int64_t>(packets));
}

void NetworkTracer::entered(std::uint32_t router, unsigned input, arch::Packet packet,
                            std::int64_t cycle) {
  const Port& signals = port(router, input);
  add(signals.waiting, cycle, -1);
  set(signals.sent, cycle, packet.bits());
}

void NetworkTracer::queued(std::uint32_t router, unsigned input, std::int64_t cycle) {
  add(port(router, input).fill, cycle, 1);
}

void NetworkTracer::left(std::uint32_t router, unsigned input, std::int64_t cycle) {
  add(port(router, input).fill, cycle + 1, -1);
}

void NetworkTracer::departed(const Departure& departure) {
  const Port& signals = port(departure.router, departure.output);
  // Sums keep the signal at 1 if the output sends packets back to back.
  add(signals.busy, departure.cycle, 1);
  add(signals.busy, departure.free, -1);
  set(signals.packet, departure.cycle, departure.packet.bits());
  add(signals.arrived, departure.arrival, 1);
  set(signals.received, departure.arrival, departure.packet.bits());
}

}  // namespace spikeloom::hw
