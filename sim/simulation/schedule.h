// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "spikeloom/arch/chip_description.h"

namespace spikeloom::sim {

/// Maps ticks and layer depths to images. The first image enters in tick 0 and is in a layer of
/// depth d after d ticks; the host's input is at depth 0. With a pipeline, an image enters every
/// sync.ticks_per_image ticks; without one, when the previous image has left.
class Schedule {
 public:
  /// `depth` is the depth of the last layer.
  Schedule(const arch::SyncDescription& sync, std::size_t depth)
      : ticks_per_image_(sync.pipeline ? static_cast<std::size_t>(sync.ticks_per_image)
                                       : depth + 1),
        depth_(depth),
        first_tick_(depth + 1) {}

  /// Neurons that fire without input: each tick of the chip from `first_tick` on counts as an
  /// image, which is in the layers in that tick alone.
  static Schedule of_ticks(std::size_t first_tick) {
    Schedule schedule({}, 0);
    schedule.ticks_per_image_ = 1;
    schedule.first_tick_ = first_tick;
    return schedule;
  }

  /// The chip's tick number, counted from its reset, of tick 0 here. In the ticks before it, one
  /// image runs alone, or none.
  std::size_t first_tick() const { return first_tick_; }
  /// Ticks from an image's entry to that of the next one.
  std::size_t ticks_per_image() const { return ticks_per_image_; }
  /// Images that enter before an image has reached the last layer.
  std::size_t images_behind() const { return depth_ / ticks_per_image_; }
  /// Number of entries, images followed by empty ones, until `images` images have left.
  std::size_t entries(std::size_t images) const { return images + images_behind(); }
  /// Returns the number of the image that layers of `depth` process in `tick`, if any.
  std::optional<std::size_t> image(std::size_t tick, std::size_t depth) const {
    if (tick < depth || (tick - depth) % ticks_per_image_ != 0) return std::nullopt;
    return (tick - depth) / ticks_per_image_;
  }
  /// Returns the image that the tick's time and energy are attributed to.
  std::size_t attributed_image(std::size_t tick) const { return tick / ticks_per_image_; }
  /// Whether the image's time and energy are those of the steady state: when every layer holds an
  /// image in one of its ticks.
  bool steady(std::size_t image) const { return image >= images_behind(); }

 private:
  std::size_t ticks_per_image_;
  std::size_t depth_;
  std::size_t first_tick_;
};

}  // namespace spikeloom::sim
