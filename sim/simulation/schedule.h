// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace spikeloom::sim {

/// Which image is where in which tick. Tick 0 is that of the first image; an image is in a layer of
/// depth d after d ticks, the host's input being at depth 0. Pipelined, an image enters each tick;
/// otherwise it enters when the one before has left.
class Schedule {
 public:
  /// `depth`: of the last layer.
  Schedule(bool pipeline, std::size_t depth) : pipeline_(pipeline), depth_(depth) {}

  /// The chip's tick, from its reset, that is tick 0 here: before it, one image went through alone,
  /// or none.
  std::size_t first_tick() const { return depth_ + 1; }
  /// From an image's entry to that of the next one.
  std::size_t ticks_per_image() const { return pipeline_ ? 1 : depth_ + 1; }
  /// Images, and after them empty ones, that have to enter until `images` are through.
  std::size_t entries(std::size_t images) const { return pipeline_ ? images + depth_ : images; }
  /// Number of the image that layers of `depth` work on in `tick`, if any.
  std::optional<std::size_t> image(std::size_t tick, std::size_t depth) const {
    if (pipeline_) return tick < depth ? std::nullopt : std::optional(tick - depth);
    return tick % (depth_ + 1) == depth ? std::optional(tick / (depth_ + 1)) : std::nullopt;
  }
  /// The image that the tick's time and energy are booked to.
  std::size_t booked(std::size_t tick) const { return tick / ticks_per_image(); }
  /// Whether the image's time and energy are those of an endless run: pipelined, when every layer
  /// holds an image.
  bool steady(std::size_t image) const { return !pipeline_ || image >= depth_; }

 private:
  bool pipeline_;
  std::size_t depth_;
};

}  // namespace spikeloom::sim
