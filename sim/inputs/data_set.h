// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "spikeloom/base/npy.h"
#include "spikeloom/converter/network/spiking_network.h"
#include "spikeloom/sim/inputs/data_source.h"
#include "spikeloom/sim/inputs/source_file.h"

namespace spikeloom::sim {

/// How the pixels of an image become a network's input.
enum class Preprocessing {
  kUnitRange,    ///< pixel / 255, in double
  kStandardize,  ///< (pixel - mean) / max(deviation, 1 / sqrt(size)), in double
  kAffine,       ///< pixel * scale + offset, in float
};

/// The test images of a data set or of files, in the order of the files.
struct DataSet {
  std::string directory;          ///< of a data set: the directory that it was read from
  std::vector<SourceFile> files;  ///< files that the run file names
  base::NpyArray pixels;          ///< numbers; the first dimension is that of the images
  Layout layout = Layout::kNchw;
  std::optional<Crop> crop;
  Preprocessing preprocessing = Preprocessing::kUnitRange;
  std::vector<float> scale;          ///< for kAffine: one for all channels, or one for each
  std::vector<float> offset;         ///< likewise
  std::vector<std::int64_t> labels;  ///< empty if the images have none

  /// Sets the pixels to `count` images of bytes, [image][channel][y][x].
  void set_pixels(std::size_t count, const converter::Shape& shape,
                  std::vector<std::uint8_t> bytes);
  /// Number of images.
  std::size_t size() const { return pixels.shape.empty() ? 0 : pixels.shape[0]; }
  std::optional<int> label(std::size_t index) const;

  // The dimensions of the pixels alone do not tell what an image is: N x 3 x 100 holds images of
  // one channel for a network of 1x3x100, and of three channels for one of 3x1x100.

  /// Returns the shape of an image before it is cropped, for a network whose input is `input`.
  converter::Shape stored(const converter::Shape& input) const;
  /// Likewise after it is cropped.
  converter::Shape shape(const converter::Shape& input) const;
  /// Returns the input of a network for an image: [channel][y][x]; for a network of vectors in the
  /// order of the pixels.
  std::vector<double> image(std::size_t index, const converter::Shape& input) const;
  /// Returns the number of an image's pixel in `pixels`, without crop.
  std::size_t pixel(std::size_t index, const converter::Shape& stored, int channel, int y,
                    int x) const;
};

/// Whether a network with this input takes vectors: it knows no rows and columns.
bool takes_vectors(const converter::Shape& input);
/// Whether it takes sequences of several channels, as networks of one-dimensional convolutions do.
bool takes_sequences(const converter::Shape& input);

/// Reads the images that a run file names, from a data set (load_named_data_set) or from files
/// (load_image_files). `run_path` is the run file.
DataSet load_data_set(const DataSource& source, const std::string& run_path);

/// Returns a hash of pixels and labels.
std::string content_of(const DataSet& data);

}  // namespace spikeloom::sim
