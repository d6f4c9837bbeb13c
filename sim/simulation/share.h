// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "spikeloom/base/pool.h"
#include "spikeloom/sim/simulation/simulation.h"

namespace spikeloom::sim {

/// A part of a run's images that a worker simulates in a process of its own.
struct Share {
  ImageRange range;
  bool traced = false;  ///< writes the waveforms

  /// Encodes it as a message to a worker.
  std::string encode() const;
  static Share decode(const std::string& text);
};

/// What a worker tells of its share. The kinds after kRecords end it.
struct ShareReport {
  enum class Kind : char {
    kImages = '.',       ///< so many more images are simulated
    kRecords = 'r',      ///< `body` is a block of their records (encode_block)
    kResult = 'R',       ///< `body` is the result without records (encode_range)
    kChipStopped = 'C',  ///< `body` is the message of what it threw, here and below
    kUserError = 'U',
    kFailure = 'F',
    kLost = 'L',  ///< its process was killed
  };

  Kind kind = Kind::kImages;
  std::size_t first = 0;   ///< first image of the share
  std::size_t images = 0;  ///< for kImages
  std::string body;

  bool last() const { return kind != Kind::kImages && kind != Kind::kRecords; }
  std::string encode() const;
  static ShareReport decode(const std::string& text);
};

/// Workers for the shares of one run.
using SharePool = base::Pool<Share, ShareReport>;

/// Returns into how many shares `count` images of a run are cut for `workers`: with
/// `share_images` not 0 so that each has at most so many. Otherwise each worker gets several, as
/// long as what precedes the images of a share (loading, and the images that fill the pipeline)
/// stays below a twentieth of its time, or one if somebody observes the images. No share is so long
/// that its records fill memory.
std::size_t suitable_shares(const Simulation& simulation, std::size_t count, std::size_t workers,
                            std::size_t share_images = 0);

/// Cuts images `first` .. `first + count - 1` of a run into about `number` shares, in order, but
/// for those that `done` holds: ranges in ascending order. Together they are one share if late
/// spikes make an image depend on those before it. The traced images are in the first share.
std::vector<Share> cut_into_shares(const Simulation& simulation, std::size_t first,
                                   std::size_t count, std::size_t number,
                                   const std::vector<ImageRange>& done = {});

}  // namespace spikeloom::sim
