// SPDX-License-Identifier: Apache-2.0
// Tests NumPy arrays and archives, the traces stored in them, and the network of traces/.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/sim/results/level_files.h"
#include "spikeloom/sim/simulation/recorded_input.h"
#include "testbenches/unit/support/network_builder.h"

namespace spikeloom::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

TEST(Npy, HeaderIsPadded) {
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{}, {0}, {5}, {123456789, 16, 28, 28}}) {
    const std::string header = base::npy_header("<i4", shape);
    EXPECT_EQ(header.size() % 64, 0U);
    EXPECT_EQ(header.back(), '\n');
  }
  EXPECT_THAT(base::npy_header("<i4", {5}), HasSubstr("'descr': '<i4', 'fortran_order': False"));
  EXPECT_THAT(base::npy_header("<i4", {5}), HasSubstr("'shape': (5,), }"));
  EXPECT_THAT(base::npy_header("|u1", {5, 7}), HasSubstr("'shape': (5, 7), }"));
}

TEST(Npy, ReadsWhatItWrites) {
  const std::string text = base::npy_header("<u2", {3}) + std::string("\1\0\2\0\3\1", 6);
  const base::NpyArray array = base::parse_npy({text.begin(), text.end()});
  EXPECT_EQ(array.type, "<u2");
  EXPECT_THAT(array.shape, ElementsAre(3));
  EXPECT_THAT(array.data, ElementsAre(1, 0, 2, 0, 3, 1));
}

TEST(Npy, RefusesOthers) {
  const auto problem = [](const std::string& text) -> std::string {
    try {
      base::parse_npy({text.begin(), text.end()});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const std::string good = base::npy_header("<u2", {3});
  EXPECT_THAT(problem(good), HasSubstr("more or less data"));
  EXPECT_THAT(problem(good.substr(0, 40)), HasSubstr("header is cut off"));
  EXPECT_THAT(problem("text"), HasSubstr("not a NumPy array"));
  EXPECT_THAT(problem(base::npy_header(">u2", {0})), HasSubstr("type >u2"));
  // The product of the dimensions is 2^64, which overflows to 0.
  EXPECT_THAT(problem(base::npy_header("|u1", {4294967296, 4294967296})), HasSubstr("its shape"));
  std::string fortran = good;
  fortran.replace(fortran.find("False"), 5, "True ");
  EXPECT_THAT(problem(fortran), HasSubstr("Fortran order"));
}

TEST(Npz, ReadsWhatItWrites) {
  const std::string path = testing::TempDir() + "archive." + std::to_string(::getpid());
  std::vector<std::uint32_t> many(1000000);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = static_cast<std::uint32_t>(i * 2654435761);
  {
    base::NpzWriter writer(path);
    writer.add("many", "<u4", many);
    writer.add("none", "|u1", std::vector<std::uint8_t>());
    writer.finish();
  }
  const auto arrays = base::read_npz(path);
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("many").size(), many.size());
  EXPECT_EQ(base::unpack<std::uint32_t>(nlohmann::json::binary(arrays.at("many").data)), many);
  EXPECT_THAT(arrays.at("none").shape, ElementsAre(0));
  std::vector<std::uint8_t> bytes = base::read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  base::write_file(path, bytes);
  EXPECT_THROW(base::read_npz(path), base::UserError);
  bytes.resize(bytes.size() / 2);
  base::write_file(path, bytes);
  EXPECT_THROW(base::read_npz(path), base::UserError);
  std::remove(path.c_str());
}

/// Returns a network of 2x4x4 neurons of two levels, followed by 3x3 and 2x2 convolutions.
converter::SpikingNetwork tiny_network() {
  test::NetworkBuilder builder("tiny", {2, 4, 4}, 2, 1);
  builder.convolution(3, 3).convolution(4, 2);
  return builder.build();
}

/// Returns the error of RecordedInput for a trace of two images with these arrays, empty if it is
/// accepted.
std::string trace_problem(const std::string& tick_type, const std::vector<std::uint8_t>& tick_bytes,
                          const std::vector<std::uint32_t>& images) {
  const std::string path = testing::TempDir() + "trace." + std::to_string(::getpid());
  {
    base::NpzWriter writer(path);
    writer.add("input_shape", "<i4", std::vector<std::int32_t>{2, 4, 4, 2});
    writer.add("images", "<u4", images);
    writer.add("labels", "|u1", std::vector<std::uint8_t>{7, 8});
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
  EXPECT_THAT(trace_problem("|u1", {0}, {3, 5}), HasSubstr("images: row 1: got 5, expected 4"));
}

TEST(LevelFiles, LayersMayBeNamedLikePaths) {
  converter::SpikingNetwork network = tiny_network();
  network.layers[0].name = "../conv/0";
  network.layers[1].name = ".._conv/0";
  const std::filesystem::path directory =
      testing::TempDir() + "levels." + std::to_string(::getpid());
  LevelFiles(directory.string(), network, 1).finish();
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
  EXPECT_THROW(LevelFiles(directory, network, 1), base::UserError);
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
