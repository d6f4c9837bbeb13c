// SPDX-License-Identifier: Apache-2.0
// Tests the content of sweep files and every error in them.
#include "spikeloom/explore/sweep/sweep_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <systemc>
#include <unistd.h>

#include "spikeloom/base/error.h"

namespace spikeloom::explore {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class SweepFileTest : public testing::Test {
 protected:
  ~SweepFileTest() override { fs::remove(path_); }

  /// Loads a sweep of LeNet; `rest` is the file from line 3 on.
  SweepFile load(const std::string& rest) const {
    std::ofstream(path_) << "name: test\nrun: " << SPIKELOOM_SOURCE_DIR
                         << "/configs/runs/lenet-mnist.yaml\n"
                         << rest;
    return load_sweep(path_);
  }

  std::string error_of(const std::string& rest) const {
    try {
      load(rest);
    } catch (const base::UserError& error) {
      return error.what();
    }
    return "no error";
  }

  std::string at(const std::string& place) const { return path_.string() + ":" + place; }

  fs::path path_ = fs::temp_directory_path() / fmt::format("sweep-{}.yaml", ::getpid());
};

TEST_F(SweepFileTest, AxesOfEachKind) {
  const SweepFile sweep = load(R"(title: How many?
set: {images: 3, chip.topology: quadtree}
axes:
  chip.router.link_cycles: [1, 4]
  chip.voltage: {from: 0.8 V, to: 0.9 V, steps: 3}
  core:
    chip.core.axons: [288, 576]
    chip.core.dendrites: {from: 128, to: 256, step: 128}
exclude: ["axons = 576 AND voltage < 0.85"]
repeat: {count: 2, over: seed}
metrics: [ms_per_image, energy_mj_per_image.core_clock, mapping.packets_per_spike]
timeout: 90 s
)");
  ASSERT_EQ(sweep.axes.size(), 3U);
  EXPECT_EQ(sweep.axes[0].size(), 2U);
  EXPECT_THAT(sweep.axes[1].value(1), ElementsAre("0.85 V"));
  EXPECT_EQ(sweep.axes[2].name(), "core");
  EXPECT_THAT(sweep.axes[2].value(1), ElementsAre("576", "256"));
  EXPECT_THAT(sweep.columns(), ElementsAre("link_cycles", "voltage", "axons", "dendrites"));
  EXPECT_EQ(sweep.metrics[1].column, "energy_mj_per_image_core_clock");
  EXPECT_EQ(sweep.settings[1].path, "chip.topology");
  EXPECT_EQ(sweep.repetitions.over, RepeatOver::kSeed);
  EXPECT_EQ(sweep.timeout_seconds, 90.0);
  EXPECT_EQ(sweep.title, "How many?");
  EXPECT_THAT(sweep.source, HasSubstr("timeout: 90 s"));
}

TEST_F(SweepFileTest, ColumnsThatWouldBeEqualAreLonger) {
  EXPECT_THAT(load("axes:\n  chip.router.link_cycles: [1]\n  chip.inter_chip.link_cycles: [1]\n"
                   "  images: [3]\n")
                  .columns(),
              ElementsAre("router_link_cycles", "inter_chip_link_cycles", "images"));
}

TEST_F(SweepFileTest, ContinuousAxesAreForSamples) {
  const std::string axes = "axes:\n  chip.voltage: {from: 0.8 V, to: 0.9 V}\n";
  EXPECT_EQ(load(axes + "sampling: {method: random, count: 5, seed: 2}\n").axes[0].size(), 0U);
  EXPECT_EQ(error_of(axes), at("4:17: axes.chip.voltage: a grid needs steps (number of values) or "
                               "step (distance between values)"));
}

TEST_F(SweepFileTest, AllErrorsAtOnce) {
  const std::string errors = error_of(R"(axes:
  chip.voltage: {from: 0.9 V, to: 0.8 V, steps: 3}
  core:
    chip.core.axons: [288, 576]
    chip.core.dendrites: [128]
  seed: []
sampling: {method: often}
metrics: [ms_per_picture]
points: 3
set: {chip.core.axonz: 3}
)");
  for (const std::string& expected :
       {at("4:17: axes.chip.voltage: from must be less than to"),
        at("6:5: axes.core: keys that step together need the same number of values: "
           "chip.core.axons has 2, "
           "chip.core.dendrites has 1"),
        at("8:9: axes.seed: has no values"),
        at("9:20: sampling.method: got often, allowed grid, random, latin_hypercube"),
        at("11:9: points: unknown key"), at("12:24: chip.core.axonz: unknown key")}) {
    EXPECT_THAT(errors, HasSubstr(expected));
  }
}

TEST_F(SweepFileTest, MetricsAreThoseOfARun) {
  EXPECT_THAT(error_of("axes: {images: [3]}\nmetrics: [accuracy, ms_per_picture]\n"),
              HasSubstr(at("4:21: metrics: got ms_per_picture, allowed accuracy, area_mm2.board")));
  EXPECT_THAT(error_of("axes: {images: [3]}\nmetrics: [accuracy, accuracy]\n"),
              HasSubstr("metrics: there is already a column accuracy"));
}

TEST_F(SweepFileTest, AKeyIsInOneAxis) {
  EXPECT_THAT(error_of("axes:\n  images: [3]\n  more: {images: [1], seed: [1]}\n"),
              HasSubstr("axes.more: images is also in another axis"));
}

TEST_F(SweepFileTest, TooManyPoints) {
  EXPECT_THAT(error_of("axes:\n  seed: {from: 1, to: 2000, step: 1}\n"
                       "  first: {from: 0, to: 2000, step: 1}\n"),
              HasSubstr("axes: got 4002000 points, allowed at most 1000000"));
}

TEST_F(SweepFileTest, PathsAreRelativeToIt) {
  const SweepFile sweep = load("axes:\n  chip: [chips/a.yaml]\n");
  EXPECT_EQ(sweep.setting("chip", "chips/a.yaml", "").value,
            (path_.parent_path() / "chips/a.yaml").string());
}

}  // namespace
}  // namespace spikeloom::explore
