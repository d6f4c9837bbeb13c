// SPDX-License-Identifier: Apache-2.0
// A host program for the modelled chip. It loads a deployment, drives the chip's exported sockets
// as software on a real host would, and classifies images.
//
//   spikeloom map lenet.onnx --chip reference.yaml -o lenet.deployment
//   host_example lenet.deployment IMAGES.idx LABELS.idx COUNT
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <systemc>

#include <spikeloom/arch/address_map.h>
#include <spikeloom/arch/deployment.h>
#include <spikeloom/base/error.h>
#include <spikeloom/base/idx_file.h>
#include <spikeloom/converter/network/host_layers.h>
#include <spikeloom/converter/network/spiking_network.h>
#include <spikeloom/hw/board/board.h>
#include <spikeloom/hw/host/host_driver.h>

namespace {

using namespace spikeloom;

struct Images {
  std::vector<std::uint8_t> pixels;
  std::vector<std::uint8_t> labels;
  std::size_t size = 0;  ///< pixels per image

  /// Returns the pixels of an image, scaled to 0..1.
  std::vector<double> image(std::size_t index) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < size; ++i) values.push_back(pixels[index * size + i] / 255.0);
    return values;
  }
};

Images read_images(const std::string& images, const std::string& labels) {
  Images data;
  std::vector<std::uint32_t> sizes(3), count(1);
  data.pixels = base::read_idx(images, sizes);
  data.labels = base::read_idx(labels, count);
  data.size = std::size_t{sizes[1]} * sizes[2];
  if (count[0] != sizes[0]) throw base::UserError(labels + ": not the labels of these images");
  return data;
}

/// The host's software, which runs in a thread of the simulation.
class Software {
 public:
  Software(const arch::Deployment& deployment, const Images& images, std::size_t count)
      : deployment_(deployment),
        network_(converter::SpikingNetwork::decode(deployment.spiking_network, "deployment")),
        encoder_(network_.encoder),
        readout_(network_.readout, network_.layers.back().quantizer),
        images_(images),
        count_(count) {
    if (images.size != static_cast<std::size_t>(encoder_.inputs()) ||
        count > images.labels.size()) {
      throw base::UserError(
          "the network takes images of another size, or there are too few images");
    }
  }

  void run(hw::HostDriver& driver) {
    configure(driver);
    // The layers form a pipeline: the last one evaluates image i `depth` ticks after it was sent.
    const auto depth = static_cast<std::size_t>(deployment_.layers.back().depth);
    std::cout << "index,label,predicted\n";
    for (std::size_t tick = 0; tick < count_ + depth; ++tick) {
      if (tick < count_) send(driver, tick);
      driver.commit(1);
      // Waits until the interrupt line rises.
      if (!driver.wait_until_done(tick + 1)) throw base::UserError("the chip reports an error");
      const std::vector<std::uint64_t> outputs = driver.receive();
      if (tick >= depth) classify(tick - depth, outputs);
    }
    report(driver);
  }

 private:
  void configure(hw::HostDriver& driver) {
    const hw::BusCost cost = driver.load(deployment_.transactions);
    hw::BusCost reading;
    if (const auto mismatch = driver.verify(deployment_.chip, deployment_.transactions, reading)) {
      throw base::UserError(mismatch->text(deployment_.chip));
    }
    std::cerr << "loaded and read back " << cost.bytes << " bytes\n";
    for (const arch::CoreLabels& core : deployment_.cores) {
      const std::uint64_t state = driver.read_register(
          arch::core_address(core.core, arch::CoreRegion::kStatus, arch::core_status::kState));
      if (state != arch::core_status::kEnabled) throw base::UserError("a core is not enabled");
    }
  }

  void send(hw::HostDriver& driver, std::size_t image) {
    std::vector<std::uint8_t> levels(static_cast<std::size_t>(encoder_.outputs()));
    encoder_.encode(images_.image(image).data(), levels.data());
    driver.send(deployment_.input.spikes(levels));
  }

  void classify(std::size_t image, const std::vector<std::uint64_t>& outputs) {
    const std::vector<std::uint8_t> levels = deployment_.output_levels(outputs);
    const int predicted = converter::Readout::best(readout_.scores(levels.data()));
    correct_ += predicted == images_.labels[image] ? 1 : 0;
    std::cout << image << ',' << int{images_.labels[image]} << ',' << predicted << '\n';
  }

  /// Prints the accuracy, and the event counters summed over all cores.
  void report(hw::HostDriver& driver) const {
    std::cerr << "accuracy " << correct_ << " of " << count_ << "\n";
    for (const arch::CounterInfo& info : arch::kCoreCounterTable) {
      std::uint64_t sum = 0;
      for (const arch::CoreLabels& core : deployment_.cores) {
        sum += driver.read_register(arch::core_address(core.core, arch::CoreRegion::kCounters,
                                                       arch::counter_offset(info.counter)));
      }
      std::cerr << name(info.counter) << ' ' << sum << '\n';
    }
  }

  const arch::Deployment& deployment_;
  converter::SpikingNetwork network_;
  converter::Encoder encoder_;
  converter::Readout readout_;
  const Images& images_;
  std::size_t count_;
  std::size_t correct_ = 0;
};

void simulate(const std::string& deployment_path, const Images& images, std::size_t count) {
  const arch::Deployment deployment = arch::Deployment::load(deployment_path);
  Software software(deployment, images, count);
  hw::Board board("board", deployment.chip, hw::Timing::kCycle, 1);
  hw::HostDriver driver("host", [&software](hw::HostDriver& self) { software.run(self); });
  driver.connect(board);
  // Returns when the host software has finished, because no events are pending then.
  sc_core::sc_start();
  driver.rethrow_failure();
}

}  // namespace

int sc_main(int argc, char* argv[]) {
  if (argc != 5) {
    std::cerr << "usage: host_example DEPLOYMENT IMAGES.idx LABELS.idx COUNT\n";
    return base::kUserErrorStatus;
  }
  try {
    simulate(argv[1], read_images(argv[2], argv[3]), std::strtoul(argv[4], nullptr, 10));
  } catch (const base::UserError& error) {
    std::cerr << error.what() << '\n';
    return base::kUserErrorStatus;
  }
  return 0;
}
