// SPDX-License-Identifier: Apache-2.0
// Images and labels of files: what a run file says of them, the network's input, and each refusal.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "spikeloom/base/error.h"
#include "spikeloom/base/npy.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/sim/inputs/data_check.h"
#include "spikeloom/sim/inputs/data_set.h"
#include "spikeloom/sim/results/wrong_images.h"

namespace spikeloom::sim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

/// The key `data` of a run file with this value and the overrides.
DataSource source(const std::string& value, const std::vector<base::Override>& overrides = {}) {
  const fs::path path = fs::path(testing::TempDir()) / fmt::format("run-{}.yaml", ::getpid());
  std::ofstream(path) << "data: " << value << "\n";
  base::ConfigFile file(path.string(), "", overrides);
  fs::remove(path);
  DataSource result = read_data_source(file.root(), file);
  try {
    file.finish();
  } catch (const base::UserError& error) {
    std::string text = error.what();
    for (std::size_t at; (at = text.find(path.string())) != std::string::npos;) {
      text.replace(at, path.string().size(), "run.yaml");
    }
    throw base::UserError(text);
  }
  for (auto& [key, location] : result.locations) location = "run.yaml";
  return result;
}

std::string source_problem(const std::string& value) {
  try {
    source(value);
  } catch (const base::UserError& error) {
    return error.what();
  }
  return "";
}

TEST(DataSource, IsANameOrAMapping) {
  EXPECT_EQ(source("mnist").set, "mnist");
  EXPECT_EQ(source("mnist").name(), "mnist");
  EXPECT_TRUE(source("{set: mnist}") == source("mnist"));
  const DataSource files = source("{images: a/x.npz:k, labels: y.npy}");
  EXPECT_TRUE(files.is_file());
  EXPECT_EQ(files.images.path, "a/x.npz");
  EXPECT_EQ(files.images.key, "k");
  EXPECT_EQ(files.labels->path, "y.npy");
  EXPECT_EQ(files.name(), "x.npz:k");
  EXPECT_THAT(files.scale, ElementsAre(1.0F));
  EXPECT_THAT(files.offset, ElementsAre(0.0F));
  EXPECT_EQ(files.layout, Layout::kNchw);
  const DataSource all = source(
      "{images: x.npy, layout: nhwc, scale: [0.1, 2], offset: -1, crop: {height: 2, width: 3}}");
  EXPECT_EQ(all.layout, Layout::kNhwc);
  EXPECT_THAT(all.scale, ElementsAre(0.1F, 2.0F));
  EXPECT_THAT(all.offset, ElementsAre(-1.0F));
  EXPECT_EQ(all.crop, (Crop{2, 3}));
  EXPECT_FALSE(source("{images: x.npy, crop: none}").crop.has_value());
}

TEST(DataSource, OverridesMakeAMappingOfAName) {
  const DataSource files = source("mnist", {{"data.images", "x.npy"},
                                            {"data.scale", "0.5"},
                                            {"data.crop.height", "2"},
                                            {"data.crop.width", "2"}});
  EXPECT_EQ(files.images.path, "x.npy");
  EXPECT_THAT(files.scale, ElementsAre(0.5F));
  EXPECT_EQ(files.crop, (Crop{2, 2}));
  EXPECT_EQ(source("{images: x.npy, scale: [1, 2]}", {{"data.scale.1", "3"}}).scale[1], 3.0F);
}

TEST(DataSource, EqualIfNothingDiffers) {
  const DataSource files = source("{images: x.npy}");
  EXPECT_TRUE(files == source("{images: x.npy, scale: 1.0}"));
  for (const char* other :
       {"{images: z.npy}", "{images: x.npy, scale: 2}", "{images: x.npy, labels: y.npy}",
        "{images: x.npy, layout: nhwc}", "{images: x.npy, crop: {height: 1, width: 1}}", "mnist"}) {
    EXPECT_FALSE(files == source(other)) << other;
  }
  EXPECT_TRUE(files.has_images_of(source("{images: x.npy, scale: 2}")));
  EXPECT_FALSE(files.has_images_of(source("{images: x.npz:x}")));
}

TEST(DataSource, RefusesOthers) {
  EXPECT_EQ(source_problem("{}"), "run.yaml:1:7: data: expected either set: NAME or images: FILE");
  EXPECT_THAT(source_problem("{set: mnist, images: x.npy}"),
              HasSubstr("data: expected either set: NAME or images: FILE"));
  EXPECT_EQ(source_problem("{set: mnist, scale: 2}"),
            "run.yaml:1:27: data.scale: unknown key, allowed here: crop, set");
  EXPECT_THAT(source_problem("{images: x.npy, colour: red}"),
              HasSubstr("data.colour: unknown key, allowed here: crop, images, labels, layout, "
                        "offset, scale"));
  EXPECT_EQ(source_problem("{images: x.npy, layout: chw}"),
            "run.yaml:1:31: data.layout: got chw, allowed nchw, nhwc");
  EXPECT_EQ(source_problem("{images: x.npy, scale: big}"),
            "run.yaml:1:30: data.scale: got big, allowed -1e+18..1e+18 (a number)");
  EXPECT_EQ(source_problem("{images: x.npy, scale: [1, nan]}"),
            "run.yaml:1:34: data.scale.1: got nan, allowed -1e+18..1e+18");
  EXPECT_EQ(source_problem("{images: x.npy, offset: []}"),
            "run.yaml:1:31: data.offset: is empty, expected a number for each channel");
  EXPECT_EQ(source_problem("{images: x.npy, crop: 24}"),
            "run.yaml:1:29: data.crop: got 24, allowed none, {height, width}");
  EXPECT_EQ(source_problem("{images: x.npy, crop: {height: 0}}"),
            "run.yaml:1:38: data.crop.height: got 0, allowed 1..16777216\n"
            "run.yaml:1:29: data.crop.width: missing, and there is no default");
  EXPECT_EQ(source_problem("[a]"), "run.yaml:1:7: data: got a list, expected a single value");
  EXPECT_EQ(source_problem("{images: ''}"), "run.yaml:1:16: data.images: is empty");
  EXPECT_EQ(source_problem("{images: x.npy, labels: ''}"), "run.yaml:1:31: data.labels: is empty");
}

/// A folder with arrays for the test.
class ImageFiles : public testing::Test {
 protected:
  ImageFiles() { fs::create_directories(folder_); }
  ~ImageFiles() override { fs::remove_all(folder_); }

  template <typename T>
  void write(const std::string& name, const std::string& type,
             const std::vector<std::size_t>& shape, const std::vector<T>& values) const {
    std::ofstream(folder_ / name, std::ios::binary)
        << base::npy_header(type, shape)
        << std::string_view(reinterpret_cast<const char*>(values.data()),
                            values.size() * sizeof(T));
  }
  /// Writes images of the bytes 0, 1, 2, ...
  void write_bytes(const std::vector<std::size_t>& shape) const {
    std::size_t size = 1;
    for (const std::size_t dimension : shape) size *= dimension;
    std::vector<std::uint8_t> bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    write("x.npy", "|u1", shape, bytes);
  }
  /// Like `source`, of files in the folder.
  DataSource here(const std::string& value) const {
    DataSource result = source(value);
    result.images.path = (folder_ / result.images.path).string();
    if (result.labels) result.labels->path = (folder_ / result.labels->path).string();
    return result;
  }
  std::vector<double> image(const std::string& value, std::size_t index,
                            const converter::Shape& input) const {
    const DataSource files = here(value);
    const DataSet data = load_data_set(files, "run.yaml");
    check_data_set(files, data, network(input), "net.onnx");
    return data.image(index, input);
  }
  /// Returns the message about the images for a network with this input and two classes.
  std::string problem(const std::string& value, const converter::Shape& input) const {
    try {
      image(value, 0, input);
    } catch (const base::UserError& error) {
      std::string text = error.what();
      for (std::size_t at; (at = text.find(folder_.string() + "/")) != std::string::npos;) {
        text.erase(at, folder_.string().size() + 1);
      }
      return text;
    }
    return "";
  }

  static converter::SpikingNetwork network(const converter::Shape& input) {
    converter::SpikingNetwork network;
    network.encoder.input = input;
    network.readout.classes = 2;
    return network;
  }

  fs::path folder_ = fs::path(testing::TempDir()) / ("images-" + std::to_string(::getpid()));
};

TEST_F(ImageFiles, ChannelsComeFirstOrLast) {
  write_bytes({2, 2, 1, 3});
  EXPECT_THAT(image("{images: x.npy}", 1, {2, 1, 3}), ElementsAre(6, 7, 8, 9, 10, 11));
  // Two rows of one pixel of three channels.
  EXPECT_THAT(image("{images: x.npy, layout: nhwc}", 1, {3, 2, 1}),
              ElementsAre(6, 9, 7, 10, 8, 11));
}

TEST_F(ImageFiles, OneChannelNeedsNoDimension) {
  write_bytes({2, 2, 3});
  EXPECT_THAT(image("{images: x.npy}", 1, {1, 2, 3}), ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_THAT(image("{images: x.npy, layout: nhwc}", 0, {1, 2, 3}), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST_F(ImageFiles, SequencesHaveChannelsAndALength) {
  write_bytes({2, 2, 3});
  EXPECT_THAT(image("{images: x.npy}", 1, {2, 1, 3}), ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_THAT(image("{images: x.npy}", 1, {2, 3, 1}), ElementsAre(6, 7, 8, 9, 10, 11));
  EXPECT_THAT(image("{images: x.npy, layout: nhwc}", 1, {3, 1, 2}),
              ElementsAre(6, 9, 7, 10, 8, 11));
}

TEST_F(ImageFiles, VectorsAreTheArrayReshaped) {
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{2, 12}, {2, 3, 4}, {2, 2, 2, 3}, {2, 1, 2, 2, 3}}) {
    write_bytes(shape);
    for (const char* layout : {"nchw", "nhwc"}) {
      const std::vector<double> values =
          image(fmt::format("{{images: x.npy, layout: {}}}", layout), 1, {12, 1, 1});
      for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(values[i], static_cast<double>(12 + i));
    }
  }
  // Each channel has its scale, and the crop its rows and columns.
  write_bytes({1, 3, 3, 2});
  EXPECT_THAT(image("{images: x.npy, layout: nhwc, scale: [1, 100], crop: {height: 1, width: 2}}",
                    0, {4, 1, 1}),
              ElementsAre(6, 700, 8, 900));
}

TEST_F(ImageFiles, TheCropIsTheCentre) {
  write_bytes({1, 1, 4, 5});
  EXPECT_THAT(image("{images: x.npy, crop: {height: 2, width: 2}}", 0, {1, 2, 2}),
              ElementsAre(6, 7, 11, 12));
}

/// As NumPy computes images.astype(float32) * float32(scale) + float32(offset).
TEST_F(ImageFiles, ScaleAndOffsetAreOfFloats) {
  write("x.npy", "|u1", {1, 3, 1, 1}, std::vector<std::uint8_t>{77, 200, 255});
  const std::vector<double> values =
      image("{images: x.npy, scale: [0.00392156862745098, 0.1, 1], offset: [0.3, -1, 0.5]}", 0,
            {3, 1, 1});
  const auto expected = [](float pixel, float scale, float offset) {
    volatile float product = pixel * scale;
    volatile float value = product + offset;
    return static_cast<double>(value);
  };
  EXPECT_EQ(values[0], expected(77.0F, 0.00392156862745098F, 0.3F));
  EXPECT_EQ(values[1], expected(200.0F, 0.1F, -1.0F));
  EXPECT_EQ(values[2], 255.5);
  write("x.npy", "<f8", {1, 2}, std::vector<double>{0.1, -1e10});
  EXPECT_THAT(image("{images: x.npy}", 0, {2, 1, 1}),
              ElementsAre(static_cast<double>(0.1F), -1e10));
}

TEST_F(ImageFiles, LabelsAreOptional) {
  write_bytes({3, 2});
  EXPECT_FALSE(load_data_set(here("{images: x.npy}"), "").label(0).has_value());
  write("y.npy", "<i8", {3, 1}, std::vector<std::int64_t>{1, 0, 1});
  const DataSet data = load_data_set(here("{images: x.npy, labels: y.npy}"), "");
  EXPECT_EQ(data.size(), 3U);
  EXPECT_EQ(data.label(2), 1);
  ASSERT_EQ(data.files.size(), 2U);
  EXPECT_STREQ(data.files[0].role, "data.images");
  EXPECT_STREQ(data.files[1].role, "data.labels");
}

TEST_F(ImageFiles, RefusesOtherFiles) {
  EXPECT_EQ(problem("{images: x.npy, labels: y.npy}", {2, 1, 1}),
            "run.yaml: data.images: x.npy: cannot be read: No such file or directory\n"
            "run.yaml: data.labels: y.npy: cannot be read: No such file or directory");
  write("x.npy", "<U1", {1, 1}, std::vector<std::uint32_t>{65});
  EXPECT_THAT(problem("{images: x.npy}", {1, 1, 1}),
              HasSubstr("run.yaml: data.images: x.npy: got type <U1, allowed uint8, "));
  write("x.npy", "|O", {1, 1}, std::vector<std::uint8_t>{0x80});
  EXPECT_EQ(
      problem("{images: x.npy}", {1, 1, 1}),
      "run.yaml: data.images: x.npy: type |O: Python objects (pickle) are not supported, allowed "
      "are numbers");
  for (const auto& [shape, text] : {std::pair(std::vector<std::size_t>{}, "no dimensions"),
                                    {{4}, "4"},
                                    {{0, 4}, "0 x 4"},
                                    {{4, 0}, "4 x 0"}}) {
    write("x.npy", "|u1", shape,
          std::vector<std::uint8_t>(shape.size() == 2 ? 0
                                    : shape.empty()   ? 1
                                                      : 4));
    EXPECT_EQ(problem("{images: x.npy}", {4, 1, 1}),
              fmt::format("run.yaml: data.images: x.npy: got an array of {}, allowed N images, "
                          "each of one dimension or more",
                          text));
  }
}

TEST_F(ImageFiles, RefusesPixelsThatAreNoNumbers) {
  std::vector<float> pixels(12, 1.0F);
  pixels[7] = std::numeric_limits<float>::quiet_NaN();
  write("x.npy", "<f4", {2, 2, 3}, pixels);
  EXPECT_EQ(problem("{images: x.npy}", {1, 2, 3}),
            "run.yaml: data.images: x.npy: element [1, 0, 1]: got nan (in float32), allowed "
            "-1e+20..1e+20");
  write("x.npy", "<f8", {1, 2}, std::vector<double>{0.0, 1e300});
  EXPECT_THAT(problem("{images: x.npy}", {2, 1, 1}), HasSubstr("element [0, 1]: got inf"));
}

TEST_F(ImageFiles, RefusesImagesOfAnotherShape) {
  write_bytes({2, 5, 4, 1});
  EXPECT_EQ(problem("{images: x.npy}", {1, 5, 4}),
            "run.yaml: data.images: x.npy: got an array of 2 x 5 x 4 x 1, in layout nchw images of "
            "5x4x1 (channels x height x width), allowed N x 1 x 5 x 4 or N x 5 x 4, the input of "
            "net.onnx");
  EXPECT_THAT(
      problem("{images: x.npy, layout: nhwc, crop: {height: 4, width: 4}}", {1, 5, 4}),
      HasSubstr("in layout nhwc images of 1x5x4, cropped to 1x4x4 (channels x height x "
                "width), allowed N x 5 x 4 x 1 or N x 5 x 4 after the crop, the input of "));
  EXPECT_THAT(problem("{images: x.npy}", {3, 5, 4}), HasSubstr("allowed N x 3 x 5 x 4, the input"));
  EXPECT_THAT(problem("{images: x.npy}", {3, 1, 9}),
              HasSubstr("allowed N x 3 x 1 x 9 or N x 3 x 9, the input"));
  EXPECT_THAT(problem("{images: x.npy, layout: nhwc}", {3, 9, 1}),
              HasSubstr("allowed N x 9 x 1 x 3 or N x 9 x 3, the input"));
  EXPECT_THAT(problem("{images: x.npy}", {21, 1, 1}),
              HasSubstr("allowed N x 21, or N x dimensions whose product is 21, the input"));
  EXPECT_EQ(problem("{images: x.npy, crop: {height: 6, width: 4}}", {5, 4, 1}),
            "run.yaml: data.crop: got 6 x 4, allowed up to 4 x 1, the size of the images of x.npy");
}

TEST_F(ImageFiles, RefusesFactorsOfOtherChannels) {
  write_bytes({2, 3, 2, 2});
  EXPECT_EQ(problem("{images: x.npy, offset: [1, 2]}", {3, 2, 2}),
            "run.yaml: data.offset: got 2 numbers, allowed 1 for all channels or 3, one for each "
            "channel of x.npy");
}

TEST_F(ImageFiles, RefusesOtherLabels) {
  write_bytes({3, 2});
  const auto label_problem = [&] { return problem("{images: x.npy, labels: y.npy}", {2, 1, 1}); };
  write("y.npy", "<f4", {3}, std::vector<float>{0, 1, 0});
  EXPECT_EQ(label_problem(),
            "run.yaml: data.labels: y.npy: got type <f4 with the shape 3, allowed N integers: "
            "uint8, uint16, uint32, uint64, int8, int16, int32, int64");
  write("y.npy", "|u1", {3, 2}, std::vector<std::uint8_t>(6));
  EXPECT_THAT(label_problem(), HasSubstr("got type |u1 with the shape 3 x 2"));
  write("y.npy", "|u1", {2}, std::vector<std::uint8_t>(2));
  EXPECT_EQ(label_problem(),
            "run.yaml: data.labels: y.npy: got 2 labels, allowed 3, the number of images in x.npy");
  write("y.npy", "|i1", {3}, std::vector<std::int8_t>{0, 1, -1});
  EXPECT_EQ(label_problem(),
            "run.yaml: data.labels: y.npy: label [2]: got -1, allowed 0..1, the classes of "
            "net.onnx");
  write("y.npy", "|u1", {3}, std::vector<std::uint8_t>{0, 2, 0});
  EXPECT_THAT(label_problem(), HasSubstr("label [1]: got 2, allowed 0..1"));
}

TEST_F(ImageFiles, WrongImagesAreBytes) {
  RangeResult result;
  for (std::size_t i = 0; i < 2; ++i) {
    ImageRecord image;
    image.index = i;
    image.label = 0;
    image.predicted = i == 1 ? 1 : 0;
    result.images.add(image);
  }
  const auto pixels = [&](const std::string& value, const converter::Shape& input) {
    const std::string text = wrong_images_npy(load_data_set(here(value), ""), input, result);
    return base::parse_npy({text.begin(), text.end()});
  };
  // Bytes are as in the file, in the order of channels, though they are cropped.
  write_bytes({2, 1, 2, 3});
  base::NpyArray wrong =
      pixels("{images: x.npy, layout: nhwc, crop: {height: 1, width: 1}}", {3, 1, 1});
  EXPECT_THAT(wrong.shape, ElementsAre(1, 3, 1, 2));
  EXPECT_THAT(wrong.data, ElementsAre(6, 9, 7, 10, 8, 11));
  // Others are spread over the bytes; in an image of equal pixels all are 0.
  write("x.npy", "<f4", {2, 4}, std::vector<float>{0, 0, 0, 0, -1, 0, 3, 1});
  wrong = pixels("{images: x.npy}", {4, 1, 1});
  EXPECT_THAT(wrong.shape, ElementsAre(1, 4, 1, 1));
  EXPECT_THAT(wrong.data, ElementsAre(0, 64, 255, 128));
  write("x.npy", "<f4", {2, 4}, std::vector<float>(8, 5.0F));
  EXPECT_THAT(pixels("{images: x.npy}", {4, 1, 1}).data, ElementsAre(0, 0, 0, 0));
}

}  // namespace
}  // namespace spikeloom::sim
