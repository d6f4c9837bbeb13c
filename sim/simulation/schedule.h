// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace spikeloom::sim {

/// Maps ticks and layer depths to images. The first image enters in tick 0 and is in a layer of
/// depth d after d ticks; the host's input is at depth 0. With a pipeline, an image enters in each
/// tick; without one, an image enters when the previous one has left.
class Schedule {
 public:
  /// `depth` is the depth of the last layer.
  Schedule(bool pipeline, std::size_t depth) : pipeline_(pipeline), depth_(depth) {}

  /// The chip's tick number, counted from its reset, of tick 0 here. In the ticks before it, one
  /// image runs alone, or none.
  std::size_t first_tick() const { return depth_ + 1; }
  /// Ticks from an image's entry to that of the next one.
  std::size_t ticks_per_image() const { return pipeline_ ? 1 : depth_ + 1; }
  /// Number of entries, images followed by empty ones, until `images` images have left.
  std::size_t entries(std::size_t images) const { return pipeline_ ? images + depth_ : images; }
  /// Returns the number of the image that layers of `depth` process in `tick`, if any.
  std::optional<std::size_t> image(std::size_t tick, std::size_t depth) const {
    if (pipeline_) return tick < depth ? std::nullopt : std::optional(tick - depth);
    return tick % (depth_ + 1) == depth ? std::optional(tick / (depth_ + 1)) : std::nullopt;
  }
  /// Returns the image that the tick's time and energy are attributed to.
  std::size_t attributed_image(std::size_t tick) const { return tick / ticks_per_image(); }
  /// Whether the image's time and energy are those of the steady state: with a pipeline, when every
  /// layer holds an image.
  bool steady(std::size_t image) const { return !pipeline_ || image >= depth_; }

 private:
  bool pipeline_;
  std::size_t depth_;
};

}  // namespace spikeloom::sim
