// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/host.h"

#include <algorithm>

#include "spikeloom/base/error.h"
#include "spikeloom/sim/workload/workload.h"

namespace spikeloom::sim {

Host::Host(const Simulation& simulation, const ImageRange& range, Recorder& recorder,
           RangeResult& result)
    : simulation_(simulation), range_(range), recorder_(recorder), result_(result) {
  if (simulation.workload != nullptr) return;
  encoder_.emplace(simulation.network.encoder);
  readout_.emplace(simulation.network.readout, simulation.network.layers.back().quantizer);
  levels_.resize(static_cast<std::size_t>(encoder_->outputs()));
}

void Host::run(hw::HostDriver& driver) {
  result_.load = driver.load(simulation_.deployment.transactions);
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
  const std::size_t images = range_.preload + range_.count;
  const std::size_t step = recorder_.schedule().ticks_per_image();
  const std::size_t entries = recorder_.schedule().entries(images);
  for (std::size_t entry = 0; entry <= entries; ++entry) {
    // The host is one entry ahead of the chip, which then never waits for it.
    if (entry < entries) {
      if (entry < images && encoder_) {
        const auto packets = encode(range_.first - range_.preload + entry);
        recorder_.input(entry, levels_, spikes_);
        driver.send(packets);
      }
      driver.commit(step);
    }
    if (entry == 0) continue;
    if (!driver.wait_until_done(done + entry * step)) return;
    for (std::size_t i = 0; i < step; ++i) read_out((entry - 1) * step + i, driver.receive());
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

std::vector<std::uint64_t> Host::encode(std::size_t image) {
  const arch::InputRoutes& routes = simulation_.deployment.input;
  if (simulation_.recorded != nullptr) {
    spikes_ = simulation_.recorded->spikes[image - simulation_.recorded->first];
  } else {
    encoder_->encode(simulation_.data.image(image, simulation_.network.encoder.input).data(),
                     levels_.data());
    spikes_ = input_spikes(levels_, routes.levels, simulation_.faults, image);
  }
  std::fill(levels_.begin(), levels_.end(), std::uint8_t{0});
  std::vector<std::uint64_t> packets;
  for (const InputSpike& spike : spikes_) {
    ++levels_[spike.neuron];
    routes.append(spike.neuron, spike.level, packets);
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
