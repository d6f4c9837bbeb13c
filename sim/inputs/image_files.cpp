// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/inputs/image_files.h"

#include <climits>
#include <cmath>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "spikeloom/base/diagnostics.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/number_array.h"

namespace spikeloom::sim {
namespace {

/// A scaled pixel of this size is far from the limits of a float.
constexpr float kMaxPixel = 1e20F;

/// Calls `read` and puts the key in front of its errors.
template <typename Read>
auto with_key(const DataSource& source, const char* key, const Read& read) {
  try {
    return read();
  } catch (const std::invalid_argument& error) {
    throw base::UserError(fmt::format("{}: {}", source.at(key), error.what()));
  } catch (const base::UserError& error) {
    throw base::UserError(fmt::format("{}: {}", source.at(key), error.what()));
  }
}

SourceFile source_file(const char* role, const base::ArrayFile& file) {
  return {role, file.path, base::checksum(base::MappedFile(file.path).bytes())};
}

/// Returns the indices of element `i` in an array: "3, 0, 27, 5".
std::string place(const base::NpyArray& array, std::size_t i) {
  std::vector<std::size_t> indices(array.shape.size());
  for (std::size_t d = indices.size(); d-- > 0; i /= array.shape[d])
    indices[d] = i % array.shape[d];
  return fmt::format("{}", fmt::join(indices, ", "));
}

void check_pixels(const base::NpyArray& array) {
  const base::NumberArray numbers(array);
  if (array.shape.size() < 2 || array.size() == 0) {
    throw std::invalid_argument(
        fmt::format("got an array of {}, allowed N images, each of one dimension or more",
                    array.shape.empty() ? "no dimensions" : array.shape_text()));
  }
  if (array.size() / array.shape[0] > INT_MAX) {
    throw std::invalid_argument(fmt::format("got an array of {}, allowed {} pixels per image",
                                            array.shape_text(), INT_MAX));
  }
  if (base::has_integers(array)) return;
  for (std::size_t i = 0; i < array.size(); ++i) {
    if (std::abs(numbers.real(i)) <= kMaxPixel) continue;
    throw std::invalid_argument(fmt::format("element [{}]: got {} (in float32), allowed {}..{}",
                                            place(array, i), numbers.real(i), -kMaxPixel,
                                            kMaxPixel));
  }
}

std::vector<std::int64_t> read_labels(const base::ArrayFile& file) {
  const base::NpyArray array = file.read();
  const bool flat = array.shape.size() == 1 || (array.shape.size() == 2 && array.shape[1] == 1);
  if (!base::has_integers(array) || !flat) {
    throw std::invalid_argument(
        fmt::format("{}: got type {} with the shape {}, allowed N integers: {}", file.text(),
                    array.type, array.shape_text(), base::kIntegerTypes));
  }
  const base::NumberArray numbers(array);
  std::vector<std::int64_t> labels;
  for (std::size_t i = 0; i < array.size(); ++i) labels.push_back(numbers.integer(i));
  return labels;
}

}  // namespace

DataSet load_image_files(const DataSource& source) {
  DataSet data;
  data.layout = source.layout;
  data.crop = source.crop;
  data.preprocessing = Preprocessing::kAffine;
  data.scale = source.scale;
  data.offset = source.offset;
  base::Diagnostics problems;
  problems.collect([&] {
    with_key(source, "images", [&] {
      data.pixels = source.images.read();
      try {
        check_pixels(data.pixels);
      } catch (const std::invalid_argument& error) {
        throw base::UserError(fmt::format("{}: {}", source.images.text(), error.what()));
      }
      data.files.push_back(source_file("data.images", source.images));
    });
  });
  if (source.labels) {
    problems.collect([&] {
      with_key(source, "labels", [&] {
        data.labels = read_labels(*source.labels);
        data.files.push_back(source_file("data.labels", *source.labels));
        if (data.size() != 0 && data.labels.size() != data.size()) {
          throw base::UserError(fmt::format(
              "{}: got {} labels, allowed {}, the number of images in {}", source.labels->text(),
              data.labels.size(), data.size(), source.images.text()));
        }
      });
    });
  }
  problems.finish();
  return data;
}

}  // namespace spikeloom::sim
