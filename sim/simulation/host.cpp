// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/host.h"

#include <algorithm>
#include <string>

#include "spikeloom/base/error.h"
#include "spikeloom/hw/functional/layered_board.h"
#include "spikeloom/sim/simulation/batch_run.h"
#include "spikeloom/sim/simulation/loaded_faults.h"
#include "spikeloom/sim/workload/workload.h"

namespace spikeloom::sim {
namespace {

/// A batch takes about as long as this many images one after the other.
constexpr std::size_t kFewestImages = 16;

}  // namespace

Host::Host(const Simulation& simulation, const ImageRange& range, const hw::Board& board,
           Recorder& recorder, RangeResult& result)
    : simulation_(simulation), range_(range), board_(board), recorder_(recorder), result_(result) {
  if (simulation.workload != nullptr) return;
  input_.emplace(simulation);
  readout_.emplace(simulation.network.readout, simulation.network.layers.back().quantizer);
}

void Host::run(hw::HostDriver& driver) {
  result_.load = driver.load(simulation_.deployment.transactions);
  if (simulation_.hardware_faults.any_in_memory()) {
    result_.faults =
        apply_memory_faults(simulation_.deployment, simulation_.hardware_faults, driver);
  }
  if (simulation_.verify_config) verify(driver);
  if (simulation_.workload != nullptr && range_.first != 0) {
    driver.write(first_tick_writes(simulation_.deployment, range_.first));
  }
  // First run one image alone or none, so that the pipeline is filled by empty ticks, including the
  // spikes of neurons that always fire. With a workload these ticks warm up.
  if (range_.measure_latency) driver.send(encode(range_.first));
  // All ticks are committed at once, so that no tick waits for the host.
  const std::uint64_t done = recorder_.schedule().first_tick();
  driver.commit(done);
  if (!driver.wait_until_done(done)) return;
  for (std::uint64_t i = 0; i < done; ++i) driver.receive();
  if (range_.measure_latency) recorder_.alone_done();
  recorder_.start(done);
  if (run_batches()) return;
  const std::size_t images = range_.preload + range_.count;
  const std::size_t step = recorder_.schedule().ticks_per_image();
  const std::size_t entries = recorder_.schedule().entries(images);
  for (std::size_t entry = 0; entry <= entries; ++entry) {
    // The host is one entry ahead of the chip, which then never waits for it.
    if (entry < entries) {
      if (entry < images && input_) {
        const auto packets = encode(range_.first - range_.preload + entry);
        recorder_.input(entry, input_->levels(), input_->spikes());
        driver.send(packets);
      }
      driver.commit(step);
    }
    if (entry == 0) continue;
    if (!driver.wait_until_done(done + entry * step)) return;
    for (std::size_t i = 0; i < step; ++i) read_out((entry - 1) * step + i, driver.receive());
    recorder_.ticks_read(entry * step);
  }
}

void Host::verify(hw::HostDriver& driver) {
  const auto mismatch =
      driver.verify(simulation_.deployment.chip, simulation_.deployment.transactions,
                    result_.verification.emplace());
  if (mismatch) {
    throw base::UserError("the configuration does not read back: " +
                          mismatch->text(simulation_.deployment.chip));
  }
}

bool Host::run_batches() {
  if (range_.count < kFewestImages || !BatchRun::serves(simulation_)) return false;
  std::string reason;
  const auto layers = hw::LayeredBoard::make(simulation_.deployment, board_.cores(), reason);
  if (layers == nullptr) return false;
  BatchRun(simulation_, range_, recorder_, *input_, *readout_, *layers).run();
  return true;
}

std::vector<std::uint64_t> Host::encode(std::size_t image) {
  input_->encode(image);
  std::vector<std::uint64_t> packets;
  for (const InputSpike& spike : input_->spikes()) {
    simulation_.deployment.input.append(spike.neuron, spike.level, packets);
  }
  return packets;
}

void Host::read_out(std::size_t tick, const std::vector<std::uint64_t>& outputs) {
  ImageRecord* const image = recorder_.leaving(tick);
  if (image == nullptr) return;
  if (readout_) {
    const std::vector<std::uint8_t> last = simulation_.deployment.output_levels(outputs);
    image->predicted = converter::Readout::best(readout_->scores(last.data()));
  }
  if (simulation_.progress) simulation_.progress();
}

}  // namespace spikeloom::sim
