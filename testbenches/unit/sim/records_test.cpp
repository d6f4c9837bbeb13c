// SPDX-License-Identifier: Apache-2.0
// Records of images come back as they were added, from memory, from a file, and from several lists.
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spikeloom/base/error.h"
#include "spikeloom/sim/results/results.h"
#include "spikeloom/sim/simulation/image_records.h"

namespace spikeloom::sim {
namespace {

constexpr std::size_t kCategories = 3;

/// A record in which every number depends on `index`, some of them absent.
ImageRecord record(std::size_t index) {
  ImageRecord image;
  image.index = index;
  if (index % 3 != 0) image.label = static_cast<int>(index % 10);
  if (index % 5 != 0) image.predicted = static_cast<int>(index % 7);
  image.steady = index % 2 == 0;
  if (index % 4 == 0) image.latency_cycles = static_cast<std::int64_t>(index) * 1000;
  for (std::size_t a = 0; a < kCategories; ++a) {
    image.layers.push_back({index, a, index + a, 1, 2, 3, 4});
  }
  for (std::size_t t = 0; t < index % 4; ++t) {
    TickRecord& tick = image.ticks.emplace_back();
    tick.cycles = static_cast<std::int64_t>(100 * index + t);
    tick.last_output = static_cast<std::int64_t>(t);
    tick.events.resize(kCategories);
    tick.events[1][hw::Event::kAccumulate] = index;
    tick.parts.assign(kCategories, {static_cast<std::int64_t>(index), 5, 6, 0});
  }
  return image;
}

void expect_records(const ImageRecords& list, std::size_t first, std::size_t count) {
  EXPECT_EQ(list.size(), count);
  std::size_t index = first;
  for (const ImageRecord& seen : list) {
    ASSERT_EQ(encode_block({seen}), encode_block({record(index)})) << index;
    ++index;
  }
  EXPECT_EQ(index, first + count);
}

TEST(ImageRecords, AreReadInTheirOrder) {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, ImageRecords::kBlock - 1,
                                  ImageRecords::kBlock, 3 * ImageRecords::kBlock + 7}) {
    ImageRecords list;
    for (std::size_t i = 0; i < count; ++i) list.add(record(i));
    expect_records(list, 0, count);
    expect_records(list, 0, count);
    EXPECT_EQ(list.empty(), count == 0);
  }
}

TEST(ImageRecords, BlocksHoldWhatWasEncoded) {
  const ImageRecord image = record(11);
  const ImageRecord back = decode_block(encode_block({record(2), image})).at(1);
  EXPECT_EQ(back.index, 11);
  EXPECT_EQ(back.label, 1);
  EXPECT_EQ(back.predicted, 4);
  EXPECT_FALSE(back.steady);
  EXPECT_EQ(back.latency_cycles, std::nullopt);
  ASSERT_EQ(back.layers.size(), kCategories);
  EXPECT_EQ(back.layers[2].row_word_reads, 13);
  ASSERT_EQ(back.ticks.size(), 3);
  EXPECT_EQ(back.ticks[2].cycles, 1102);
  EXPECT_EQ(back.ticks[2].events[1][hw::Event::kAccumulate], 11);
  EXPECT_EQ(back.ticks[2].parts[0].core_cycles, 11);
  EXPECT_EQ(back.cycles(), 3303);
}

TEST(ImageRecords, WithoutTheirFirstBytesAreRefused) {
  const std::vector<std::uint8_t> block = encode_block({record(2), record(7)});
  for (std::size_t size = 0; size < block.size(); ++size) {
    EXPECT_THROW(decode_block({block.data(), size}), std::invalid_argument) << size;
  }
}

TEST(ImageRecords, OfSeveralListsAreAppended) {
  const auto file = std::make_shared<base::SpillFile>(testing::TempDir());
  ImageRecords whole(file);
  std::size_t count = 0;
  for (const bool same_file : {true, false, true}) {
    ImageRecords next = same_file ? ImageRecords(file) : ImageRecords();
    for (std::size_t i = 0; i < ImageRecords::kBlock + 3; ++i) next.add(record(count++));
    whole.append(next);
  }
  whole.add(record(count++));
  expect_records(whole, 0, count);
}

TEST(ImageRecords, AreSentInBlocks) {
  ImageRecords worker;
  ImageRecords parent;
  worker.send_to([&](const std::vector<std::uint8_t>& block) { parent.add_block(block); });
  for (std::size_t i = 5; i < 5 + 2 * ImageRecords::kBlock + 9; ++i) worker.add(record(i));
  EXPECT_EQ(parent.size(), 2 * ImageRecords::kBlock);
  worker.end_block();
  EXPECT_TRUE(worker.empty());
  expect_records(parent, 5, 2 * ImageRecords::kBlock + 9);
}

TEST(SpillFile, HoldsMoreThanMemory) {
  const std::filesystem::path directory =
      std::filesystem::path(testing::TempDir()) / "spikeloom-spill";
  std::filesystem::create_directory(directory);
  {
    base::SpillFile file(directory);
    std::vector<std::size_t> offsets;
    const std::vector<std::uint8_t> unit(std::size_t{1} << 20);
    const auto block = [&](std::size_t i) {
      std::vector<std::uint8_t> bytes = unit;
      bytes.resize(bytes.size() + i, static_cast<std::uint8_t>(i));
      return bytes;
    };
    constexpr std::size_t kBlocks = 3 * base::SpillFile::kMaxMemory >> 20;
    for (std::size_t i = 0; i < kBlocks; ++i) {
      offsets.push_back(file.append(block(i)));
      for (std::size_t j = 0; j <= i; ++j) {
        EXPECT_EQ(file.read(offsets[j], unit.size() + j), block(j));
      }
    }
    // The file has no name.
    EXPECT_TRUE(std::filesystem::is_empty(directory));
  }
  std::filesystem::remove(directory);
}

TEST(SpillFile, NamesTheDirectoryThatCannotBeWritten) {
  base::SpillFile file("/does/not/exist");
  const std::vector<std::uint8_t> bytes(base::SpillFile::kMaxMemory);
  file.append(bytes);
  try {
    file.append({bytes.data(), 1});
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_STREQ(error.what(),
                 "/does/not/exist: the temporary file there: cannot be written: No such file or "
                 "directory");
  }
}

TEST(SpillFile, NamesTheVariableOfTheDirectory) {
  const char* const old = std::getenv("TMPDIR");
  const std::string kept = old == nullptr ? "" : old;
  ::setenv("TMPDIR", "/does/not/exist", 1);
  base::SpillFile file("");
  const std::vector<std::uint8_t> bytes(base::SpillFile::kMaxMemory + 1);
  try {
    file.append(bytes);
    FAIL();
  } catch (const base::UserError& error) {
    EXPECT_THAT(error.what(),
                testing::StartsWith("TMPDIR: got /does/not/exist, allowed a directory: "));
  }
  old == nullptr ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", kept.c_str(), 1);
}

TEST(Sample, HasMeanAndConfidence) {
  Sample sample;
  EXPECT_TRUE(sample.empty());
  sample.add(1e9 + 4);
  EXPECT_EQ(sample.estimate().mean, 1e9 + 4);
  EXPECT_EQ(sample.estimate().confidence, std::nullopt);
  for (const double value : {7.0, 13.0, 16.0}) sample.add(1e9 + value);
  EXPECT_EQ(sample.estimate().mean, 1e9 + 10);
  // Variance 30 (divided by n - 1), 1.96 standard errors.
  EXPECT_NEAR(sample.estimate().confidence.value(), 1.959964 * std::sqrt(30.0 / 4.0), 1e-5);
}

}  // namespace
}  // namespace spikeloom::sim
