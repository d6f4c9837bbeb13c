// SPDX-License-Identifier: Apache-2.0
// NumPy archives, and the network of traces/.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/envelope.h"
#include "common/error.h"
#include "testbenches/spikeloom/formats/npz.h"
#include "testbenches/unit/network_builder.h"

namespace spikeloom::program {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Npy, HeaderIsPadded) {
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{}, {0}, {5}, {123456789, 16, 28, 28}}) {
    const std::string header = npy_header("<i4", shape);
    EXPECT_EQ(header.size() % 64, 0U);
    EXPECT_EQ(header.back(), '\n');
  }
  EXPECT_THAT(npy_header("<i4", {5}), HasSubstr("'descr': '<i4', 'fortran_order': False"));
  EXPECT_THAT(npy_header("<i4", {5}), HasSubstr("'shape': (5,), }"));
  EXPECT_THAT(npy_header("|u1", {5, 7}), HasSubstr("'shape': (5, 7), }"));
}

TEST(Npy, ReadsWhatItWrites) {
  const std::string text = npy_header("<u2", {3}) + std::string("\1\0\2\0\3\1", 6);
  const NpyArray array = parse_npy({text.begin(), text.end()});
  EXPECT_EQ(array.type, "<u2");
  EXPECT_THAT(array.shape, ElementsAre(3));
  EXPECT_THAT(array.data, ElementsAre(1, 0, 2, 0, 3, 1));
}

TEST(Npy, RefusesOthers) {
  const auto problem = [](const std::string& text) -> std::string {
    try {
      parse_npy({text.begin(), text.end()});
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "";
  };
  const std::string good = npy_header("<u2", {3});
  EXPECT_THAT(problem(good), HasSubstr("more or less data"));
  EXPECT_THAT(problem(good.substr(0, 40)), HasSubstr("header is cut off"));
  EXPECT_THAT(problem("text"), HasSubstr("not a NumPy array"));
  EXPECT_THAT(problem(npy_header(">u2", {0})), HasSubstr("type >u2"));
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
    NpzWriter writer(path);
    writer.add("many", "<u4", many);
    writer.add("none", "|u1", std::vector<std::uint8_t>());
    writer.finish();
  }
  const auto arrays = read_npz(path);
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("many").size(), many.size());
  EXPECT_EQ(common::unpack<std::uint32_t>(nlohmann::json::binary(arrays.at("many").data)), many);
  EXPECT_THAT(arrays.at("none").shape, ElementsAre(0));
  std::vector<std::uint8_t> bytes = common::read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  common::write_file(path, bytes);
  EXPECT_THROW(read_npz(path), common::UserError);
  bytes.resize(bytes.size() / 2);
  common::write_file(path, bytes);
  EXPECT_THROW(read_npz(path), common::UserError);
  std::remove(path.c_str());
}

// 2x4x4 neurons of two levels, then convolutions of 3x3 and 2x2 over them.
TEST(Traces, TheNetworkIsTheGenerators) {
  test::NetworkBuilder builder("tiny", {2, 4, 4}, 2, 1);
  builder.convolution(3, 3).convolution(4, 2);
  const std::vector<std::uint8_t> bytes = builder.build().encode();
  const std::string path = SPIKELOOM_SOURCE_DIR "/traces/tiny.snn";
  if (std::getenv("SPIKELOOM_WRITE_TRACES") != nullptr) common::write_file(path, bytes);
  EXPECT_EQ(bytes, common::read_file(path)) << "SPIKELOOM_WRITE_TRACES=1 writes it anew";
}

}  // namespace
}  // namespace spikeloom::program
