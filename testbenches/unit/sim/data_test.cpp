// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/sim/inputs/data_set.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;
using testing::DoubleEq;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

constexpr std::size_t kStored = 3 * 32 * 32;
constexpr std::size_t kCropped = 3 * 24 * 24;
constexpr converter::Shape kCrop = {3, 24, 24};
constexpr converter::Shape kWhole = {3, 32, 32};

/// The key `data` of a run file with this value.
DataSource source(const std::string& value) {
  base::ConfigFile file = base::ConfigFile::parse("data: " + value + "\n", "run.yaml");
  DataSource result = read_data_source(file.root(), file);
  file.finish();
  return result;
}

class CifarTest : public testing::Test {
 protected:
  CifarTest() { setenv("SPIKELOOM_DATA", base_.c_str(), 1); }
  ~CifarTest() override {
    unsetenv("SPIKELOOM_DATA");
    fs::remove_all(base_);
  }

  void write(const std::vector<std::uint8_t>& bytes,
             const fs::path& file = "cifar-10-batches-bin/test_batch.bin") const {
    fs::create_directories(base_ / file.parent_path());
    std::ofstream(base_ / file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  }

 private:
  fs::path base_ = fs::path(testing::TempDir()) / ("cifar-" + std::to_string(getpid()));
};

TEST_F(CifarTest, CropsTheCentreAndStandardizes) {
  // Label 7. The border is 255; in the centre the first row of each channel is 9 and the rest is 1.
  std::vector<std::uint8_t> bytes(1 + kStored, 255);
  bytes[0] = 7;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t y = 4; y < 28; ++y) {
      for (std::size_t x = 4; x < 28; ++x) {
        bytes[1 + (c * 32 + y) * 32 + x] = y == 4 ? 9 : 1;
      }
    }
  }
  write(bytes);
  const DataSet data = load_data_set(source("cifar-10"), "run.yaml");
  ASSERT_EQ(data.size(), 1U);
  EXPECT_EQ(data.labels[0], 7);
  EXPECT_EQ(data.shape(kCrop), kCrop);
  const std::vector<double> image = data.image(0, kCrop);
  ASSERT_EQ(image.size(), kCropped);
  // Of 24 rows one is 9 and the others are 1: mean 4/3, variance 8 * 8 / 24 - (1/3)^2 = 23/9.
  const double deviation = std::sqrt(23.0) / 3.0;
  for (std::size_t i = 0; i < kCropped; ++i) {
    const double pixel = i % (24 * 24) < 24 ? 9.0 : 1.0;
    EXPECT_NEAR(image[i], (pixel - 4.0 / 3.0) / deviation, 1e-14) << i;
  }
}

TEST_F(CifarTest, AnEvenImageIsZeroNotNan) {
  write(std::vector<std::uint8_t>(1 + kStored, 3));
  EXPECT_THAT(load_data_set(source("cifar-10"), "run.yaml").image(0, kCrop), Each(DoubleEq(0.0)));
}

TEST_F(CifarTest, TheClassOfCifar100IsTheFineLabel) {
  std::vector<std::uint8_t> bytes(2 * (2 + kStored), 1);
  bytes[0] = 19;
  bytes[1] = 99;
  bytes[2 + kStored] = 4;
  bytes[2 + kStored + 1] = 30;
  bytes[2 + (4 * 32 + 4)] = 200;  // first pixel of the crop
  write(bytes, "cifar-100-binary/test.bin");
  const DataSet data = load_data_set(source("cifar-100"), "run.yaml");
  EXPECT_THAT(data.labels, ElementsAre(99, 30));
  EXPECT_GT(data.image(0, kCrop)[0], 10.0);
  EXPECT_THAT(data.image(1, kCrop), Each(DoubleEq(0.0)));
}

TEST_F(CifarTest, TheCropIsWhatTheRunFileSays) {
  // The mean of 0 and 2 is 1, and so is the deviation; the corner is 2.
  std::vector<std::uint8_t> bytes(1 + kStored);
  for (std::size_t i = 0; i < kStored; ++i) bytes[1 + i] = i % 2 == 0 ? 2 : 0;
  write(bytes);
  const DataSet whole = load_data_set(source("{set: cifar-10, crop: none}"), "run.yaml");
  EXPECT_EQ(whole.shape(kWhole), kWhole);
  const std::vector<double> image = whole.image(0, kWhole);
  ASSERT_EQ(image.size(), kStored);
  for (std::size_t i = 0; i < kStored; ++i) EXPECT_EQ(image[i], i % 2 == 0 ? 1.0 : -1.0) << i;
  const DataSet part =
      load_data_set(source("{set: cifar-10, crop: {height: 2, width: 4}}"), "run.yaml");
  EXPECT_EQ(part.shape(kWhole), (converter::Shape{3, 2, 4}));
  EXPECT_EQ(load_data_set(source("{set: cifar-10}"), "run.yaml").shape(kWhole), kCrop);
}

TEST_F(CifarTest, RefusesPartsOfRecords) {
  for (const std::size_t size : {std::size_t{0}, kStored, 1 + kStored + 5}) {
    write(std::vector<std::uint8_t>(size));
    EXPECT_THAT(
        [] { load_data_set(source("cifar-10"), "run.yaml"); },
        Throws<base::UserError>(Property(
            &std::exception::what, HasSubstr("allowed multiples of 3073, the size of a record"))))
        << size;
  }
}

}  // namespace
}  // namespace spikeloom::sim
