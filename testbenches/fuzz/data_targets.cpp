// SPDX-License-Identifier: Apache-2.0
// Files of images and labels.
#include <cstdlib>
#include <filesystem>
#include <string>

#include "spikeloom/base/array_file.h"
#include "spikeloom/base/error.h"
#include "spikeloom/sim/inputs/data_check.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/inputs/image_files.h"
#include "spikeloom/sim/inputs/named_data_set.h"
#include "testbenches/fuzz/network_check.h"
#include "testbenches/fuzz/scratch.h"
#include "testbenches/fuzz/target.h"

namespace spikeloom::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr int kClasses = 10;

/// Makes an image the input of a network that takes it, as runs do.
void take_image(const sim::DataSource& source, const sim::DataSet& data,
                const converter::Shape& input) {
  converter::SpikingNetwork network;
  network.encoder.input = input;
  network.readout.classes = kClasses;
  sim::check_data_set(source, data, network, "network");
  for (std::size_t i = 0; i < data.size(); ++i) data.label(i);
  data.image(data.size() - 1, input);
}

}  // namespace

void read_array(base::ByteView input) {
  const std::string path = write_scratch("array", input);
  const base::NpyArray array = base::ArrayFile{path, ""}.read();
  require(array.size() == 0 || array.data.size() % array.size() == 0,
          "an array's data are not whole elements");
  sim::DataSource source;
  source.images = {path, ""};
  try {
    const sim::DataSet data = sim::load_image_files(source);
    // A network of vectors takes images of all shapes.
    take_image(source, data, {static_cast<int>(data.pixels.size() / data.size()), 1, 1});
  } catch (const base::UserError&) {
    // An array need not be one of images.
  }
  source.labels = source.images;
  try {
    sim::load_image_files(source);
  } catch (const base::UserError&) {
    // Nor one of labels.
  }
}

void read_cifar(base::ByteView input) {
  static const bool kMade = [] {
    for (const char* folder : {"cifar-10-batches-bin", "cifar-100-binary"}) {
      fs::create_directory(fs::path(scratch_folder()) / folder);
    }
    setenv("SPIKELOOM_DATA", scratch_folder().c_str(), 1);
    return true;
  }();
  static_cast<void>(kMade);
  // A file is of one of the two, by its size.
  const bool fine = input.size % 3074 == 0;
  write_scratch(fine ? "cifar-100-binary/test.bin" : "cifar-10-batches-bin/test_batch.bin", input);
  sim::DataSource source;
  source.set = fine ? "cifar-100" : "cifar-10";
  take_image(source, sim::load_named_data_set(source, "run.yaml"), {3, 24, 24});
}

}  // namespace spikeloom::fuzz
