// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

namespace spikeloom::program {

/// Which image is where in which tick. Tick 0 is that of the first image; account 0 is the host's
/// input, account l + 1 layer l. Pipelined, an image enters each tick and is in account a after a
/// ticks; otherwise an image enters when the one before has left.
class Schedule {
 public:
  Schedule(bool pipeline, std::size_t layers) : pipeline_(pipeline), layers_(layers) {}

  /// From an image's entry to that of the next one.
  std::size_t ticks_per_image() const { return pipeline_ ? 1 : layers_ + 1; }
  /// Images, and after them empty ones, that have to enter until `images` are through.
  std::size_t entries(std::size_t images) const { return pipeline_ ? images + layers_ : images; }
  /// Number of the image that `account` works on in `tick`, if any.
  std::optional<std::size_t> image(std::size_t tick, std::size_t account) const {
    if (pipeline_) return tick < account ? std::nullopt : std::optional(tick - account);
    return tick % (layers_ + 1) == account ? std::optional(tick / (layers_ + 1)) : std::nullopt;
  }
  /// The image that the tick's time and energy are booked to.
  std::size_t booked(std::size_t tick) const { return tick / ticks_per_image(); }
  /// Whether the image's time and energy are those of an endless run: pipelined, when every layer
  /// holds an image.
  bool steady(std::size_t image) const { return !pipeline_ || image >= layers_; }

 private:
  bool pipeline_;
  std::size_t layers_;
};

}  // namespace spikeloom::program
