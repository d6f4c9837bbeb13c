// SPDX-License-Identifier: Apache-2.0
// Tests what is recorded in NumPy archives, and the network of traces/.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/sim/results/level_files.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

/// Returns a network of 2x4x4 neurons of two levels, followed by 3x3 and 2x2 convolutions.
converter::SpikingNetwork tiny_network() {
  test::NetworkBuilder builder("tiny", {2, 4, 4}, 2, 1);
  builder.convolution(3, 3).convolution(4, 2);
  return builder.build();
}

/// Returns the error of RecordedInput for a trace of two images with these arrays, empty if it is
/// accepted.
std::string trace_problem(const std::string& tick_type, const std::vector<std::uint8_t>& tick_bytes,
                          const std::vector<std::uint32_t>& images,
                          const std::vector<std::uint8_t>& labels = {7, 8}) {
  const std::string path = testing::TempDir() + "trace." + std::to_string(::getpid());
  {
    base::NpzWriter writer(path);
    writer.add("input_shape", "<i4", std::vector<std::int32_t>{2, 4, 4, 2});
    writer.add("images", "<u4", images);
    writer.add("labels", "|u1", labels);
    writer.add("entry_ticks", "<u4", std::vector<std::uint32_t>{0, 1});
    writer.begin("tick", tick_type, {1});
    writer.write(tick_bytes.data(), tick_bytes.size());
    writer.end();
    for (const char* name : {"layer", "neuron", "level"}) {
      writer.add(name, "|u1", std::vector<std::uint8_t>{0});
    }
    writer.finish();
  }
  std::string problem;
  try {
    RecordedInput::read(path, tiny_network());
  } catch (const base::UserError& error) {
    problem = error.what();
  }
  std::remove(path.c_str());
  return problem;
}

TEST(RecordedInput, TakesIntegersOfEachWidth) {
  for (const std::string kind : {"u", "i"}) {
    for (const std::size_t width : {1U, 2U, 4U, 8U}) {
      const std::string type = (width == 1 ? "|" : "<") + kind + std::to_string(width);
      EXPECT_EQ(trace_problem(type, std::vector<std::uint8_t>(width), {3, 4}), "") << type;
    }
  }
  // A type wider than any integer, an integer of unusual width, and a floating-point type.
  EXPECT_THAT(trace_problem("<i9", std::vector<std::uint8_t>(9), {3, 4}), HasSubstr("type <i9"));
  EXPECT_THAT(trace_problem("<u3", std::vector<std::uint8_t>(3), {3, 4}), HasSubstr("type <u3"));
  EXPECT_THAT(trace_problem("<f4", std::vector<std::uint8_t>(4), {3, 4}), HasSubstr("type <f4"));
}

TEST(RecordedInput, ImagesFollowEachOther) {
  EXPECT_THAT(trace_problem("|u1", {0}, {3, 5}),
              HasSubstr("images: row 1: got 5, expected 4: images must be consecutive"));
}

TEST(RecordedInput, ImagesMayHaveNoLabels) {
  EXPECT_EQ(trace_problem("|u1", {0}, {3, 4}, {}), "");
  EXPECT_THAT(trace_problem("|u1", {0}, {3, 4}, {7}), HasSubstr("labels: got 1 rows, expected 2"));
}

TEST(LevelFiles, LayersMayBeNamedLikePaths) {
  converter::SpikingNetwork network = tiny_network();
  network.layers[0].name = "../conv/0";
  network.layers[1].name = ".._conv/0";
  const std::filesystem::path directory =
      testing::TempDir() + "levels." + std::to_string(::getpid());
  LevelFiles(directory.string(), layer_shapes(network), 1).finish();
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(directory)) {
    names.push_back(file.path().filename().string());
  }
  EXPECT_THAT(names, UnorderedElementsAre(network.encoder.name + ".npy", ".._conv_0.npy",
                                          ".._conv_0-2.npy"));
  std::filesystem::remove_all(directory);
}

TEST(LevelFiles, LeaveNothingWhereOneCannotBeMade) {
  converter::SpikingNetwork network = tiny_network();
  network.layers[1].name = std::string(300, 'n');  // too long for a file name
  const std::string directory = testing::TempDir() + "levels." + std::to_string(::getpid());
  EXPECT_THROW(LevelFiles(directory, layer_shapes(network), 1), base::UserError);
  EXPECT_FALSE(std::filesystem::exists(directory + ".tmp"));
}

TEST(Traces, TheNetworkIsTheGenerators) {
  const std::vector<std::uint8_t> bytes = tiny_network().encode();
  const std::string path = SPIKELOOM_SOURCE_DIR "/traces/tiny.snn";
  if (std::getenv("SPIKELOOM_WRITE_TRACES") != nullptr) base::write_file(path, bytes);
  EXPECT_EQ(bytes, base::read_file(path)) << "SPIKELOOM_WRITE_TRACES=1 writes it anew";
}

}  // namespace
}  // namespace spikeloom::sim
