// SPDX-License-Identifier: Apache-2.0
// Arrays of numbers: NumPy files and archives, IDX files, and their elements.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>
#include <zlib.h>

#include "spikeloom/base/array_file.h"
#include "spikeloom/base/envelope.h"
#include "spikeloom/base/error.h"
#include "spikeloom/base/file.h"
#include "spikeloom/base/idx_file.h"
#include "spikeloom/base/npz.h"
#include "spikeloom/base/number_array.h"
#include "testbenches/unit/support/temporary_file.h"

namespace spikeloom::base {
namespace {

using test::TemporaryFile;
using testing::ElementsAre;
using testing::HasSubstr;

/// The bytes of a .npy file; `order` replaces the text False.
std::vector<std::uint8_t> npy(const std::string& type, const std::vector<std::size_t>& shape,
                              const std::string& data, const std::string& order = "False") {
  std::string text = npy_header(type, shape);
  text.replace(text.find("False"), 5, order);
  text += data;
  return {text.begin(), text.end()};
}

std::string npy_problem(const std::vector<std::uint8_t>& bytes) {
  try {
    parse_npy(bytes);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

template <typename T>
NpyArray array_of(const std::string& type, const std::vector<T>& values) {
  NpyArray array{type, {values.size()}, std::vector<std::uint8_t>(values.size() * sizeof(T))};
  std::memcpy(array.data.data(), values.data(), array.data.size());
  return array;
}

std::string user_error(const std::function<void()>& work) {
  try {
    work();
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Npy, HeaderIsPadded) {
  for (const std::vector<std::size_t>& shape :
       {std::vector<std::size_t>{}, {0}, {5}, {123456789, 16, 28, 28}}) {
    const std::string header = npy_header("<i4", shape);
    EXPECT_EQ(header.size() % 64, 0U);
    EXPECT_EQ(header.back(), '\n');
  }
  EXPECT_THAT(npy_header("<i4", {5}), HasSubstr("'descr': '<i4', 'fortran_order': False"));
  EXPECT_THAT(npy_header("<i4", {5}), HasSubstr("'shape': (5,), }"));
  EXPECT_THAT(npy_header("|u1", {5, 7}), HasSubstr("'shape': (5, 7), }"));
}

TEST(Npy, ReadsWhatItWrites) {
  const NpyArray array = parse_npy(npy("<u2", {3}, std::string("\1\0\2\0\3\1", 6)));
  EXPECT_EQ(array.type, "<u2");
  EXPECT_THAT(array.shape, ElementsAre(3));
  EXPECT_THAT(array.data, ElementsAre(1, 0, 2, 0, 3, 1));
}

TEST(Npy, FortranOrderBecomesCOrder) {
  // a[i][j][k] = 100 i + 10 j + k, i < 2, j < 3, k < 2; the first index varies fastest.
  std::string data;
  for (int k = 0; k < 2; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) data += static_cast<char>(100 * i + 10 * j + k);
    }
  }
  EXPECT_THAT(parse_npy(npy("|u1", {2, 3, 2}, data, "True ")).data,
              ElementsAre(0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121));
  // The bytes of an element stay together.
  EXPECT_THAT(parse_npy(npy("<u2", {2, 2}, "aAbBcCdD", "True ")).data,
              ElementsAre('a', 'A', 'c', 'C', 'b', 'B', 'd', 'D'));
  EXPECT_THAT(parse_npy(npy("<u2", {0, 2}, "", "True ")).shape, ElementsAre(0, 2));
}

TEST(Npy, BigEndianBecomesLittleEndian) {
  const NpyArray array = parse_npy(npy(">i4", {2}, "abcdefgh"));
  EXPECT_EQ(array.type, "<i4");
  EXPECT_THAT(array.data, ElementsAre('d', 'c', 'b', 'a', 'h', 'g', 'f', 'e'));
}

TEST(Npy, RefusesOthers) {
  const std::vector<std::uint8_t> good = npy("<u2", {3}, "");
  EXPECT_THAT(npy_problem(good), HasSubstr("more or less data"));
  EXPECT_THAT(npy_problem(npy("<u2", {3}, "1234567")), HasSubstr("more or less data"));
  EXPECT_THAT(npy_problem({good.begin(), good.begin() + 40}), HasSubstr("header is cut off"));
  EXPECT_THAT(npy_problem({'t', 'e', 'x', 't'}),
              HasSubstr("not a NumPy array of format 1.0 or 2.0"));
  EXPECT_THAT(npy_problem(npy(">c8", {0}, "")), HasSubstr("type >c8 cannot be read"));
  EXPECT_THAT(npy_problem(npy("|O", {1}, "\x80\4")),
              HasSubstr("type |O: Python objects (pickle) are not supported"));
  EXPECT_THAT(npy_problem(npy("<u2", {3}, "", "maybe")), HasSubstr("its order cannot be read"));
  std::string structure = npy_header("<u2", {3});
  structure.replace(structure.find("'<u2'"), 5, "[('a', '<u2')]");
  EXPECT_THAT(npy_problem({structure.begin(), structure.end()}),
              HasSubstr("its elements are structures"));
  // Elements of so many bytes that their product with another number is 0.
  for (const char* type : {"<U4611686018427387904", "<U1073741825", "<i2305843009213693952",
                           "<S99999999999999999999999"}) {
    EXPECT_EQ(npy_problem(npy(type, {4}, "")), fmt::format("type {} cannot be read", type));
  }
  // Their product is 2^64, that is 0.
  EXPECT_EQ(npy_problem(npy("|u1", {4294967296, 4294967296}, "")), "its shape cannot be read");
  const auto without = [](const std::string& old, const std::string& text) {
    std::string header = npy_header("<u2", {3});
    header.replace(header.find(old), old.size(), text);
    return npy_problem({header.begin(), header.end()});
  };
  EXPECT_EQ(without("'shape'", "'sizes'"), "its header has no shape");
  EXPECT_EQ(without("'<u2'", "12345"), "its type cannot be read");
  EXPECT_EQ(without("(3,)", "[3,]"), "its shape cannot be read");
}

TEST(Npz, ReadsWhatItWrites) {
  const TemporaryFile temporary;
  const std::string& path = temporary.path();
  std::vector<std::uint32_t> many(1000000);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i] = static_cast<std::uint32_t>(i * 2654435761);
  {
    NpzWriter writer(path);
    writer.add("many", "<u4", many);
    writer.add("none", "|u1", std::vector<std::uint8_t>());
    writer.finish();
  }
  const auto arrays = read_npz(path);
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays.at("many").size(), many.size());
  EXPECT_EQ(unpack<std::uint32_t>(nlohmann::json::binary(arrays.at("many").data)), many);
  EXPECT_THAT(arrays.at("none").shape, ElementsAre(0));
  EXPECT_THAT(read_npz_array(path, "none").shape, ElementsAre(0));
  std::vector<std::uint8_t> bytes = read_file(path);
  bytes[bytes.size() / 2] ^= 1;
  write_file(path, bytes);
  EXPECT_THROW(read_npz(path), UserError);
  EXPECT_THROW(read_npz_array(path, "many"), UserError);
  EXPECT_THAT(read_npz_array(path, "none").shape, ElementsAre(0)) << "its bytes are whole";
  bytes.resize(bytes.size() / 2);
  write_file(path, bytes);
  EXPECT_THROW(read_npz(path), UserError);
}

// A small file must not fill the memory.
TEST(Npz, SizesAreThoseOfTheData) {
  const TemporaryFile file;
  {
    NpzWriter writer(file.path());
    writer.add("x", "|u1", std::vector<std::uint8_t>(1000));
    writer.finish();
  }
  const std::vector<std::uint8_t> whole = read_file(file.path());
  const std::string central("PK\x01\x02", 4);
  const auto record = static_cast<std::size_t>(
      std::search(whole.begin(), whole.end(), central.begin(), central.end()) - whole.begin());
  std::vector<std::uint8_t> bytes = whole;
  bytes[record + 24 + 3] = 0x80;  // the highest byte of its size
  write_file(file.path(), bytes);
  EXPECT_EQ(file.without_path(user_error([&] { read_npz(file.path()); })),
            "PATH: x.npy: its size is not that of its compressed data");
  // Its directory names the array many times, as files do that unpack to a thousand times their
  // size once more.
  const std::size_t end = whole.size() - 22;
  const std::size_t copies = 100;
  bytes.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(end));
  for (std::size_t i = 1; i < copies; ++i) {
    bytes.insert(bytes.end(), whole.begin() + static_cast<std::ptrdiff_t>(record),
                 whole.begin() + static_cast<std::ptrdiff_t>(end));
  }
  bytes.insert(bytes.end(), whole.begin() + static_cast<std::ptrdiff_t>(end), whole.end());
  bytes[bytes.size() - 22 + 10] = copies;
  write_file(file.path(), bytes);
  EXPECT_EQ(file.without_path(user_error([&] { read_npz(file.path()); })),
            "PATH: its directory is damaged: arrays overlap");
}

TEST(Npz, SaysWhatIsDamaged) {
  const TemporaryFile file;
  {
    NpzWriter writer(file.path());
    writer.add("x", "|u1", std::vector<std::uint8_t>(1000));
    writer.finish();
  }
  const std::vector<std::uint8_t> whole = read_file(file.path());
  const std::string central("PK\x01\x02", 4);
  const auto record = static_cast<std::size_t>(
      std::search(whole.begin(), whole.end(), central.begin(), central.end()) - whole.begin());
  const auto with = [&](std::size_t place, std::uint8_t byte) {
    std::vector<std::uint8_t> bytes = whole;
    bytes[place] = byte;
    write_file(file.path(), bytes);
    return file.without_path(user_error([&] { read_npz(file.path()); }));
  };
  EXPECT_EQ(with(record + 10, 12),
            "PATH: x.npy: got an unsupported compression or size, allowed stored or deflated, less "
            "than 4 GiB");
  EXPECT_EQ(with(record + 16, static_cast<std::uint8_t>(whole[record + 16] ^ 1U)),
            "PATH: x.npy: wrong checksum");
  EXPECT_EQ(with(record + 42 + 3, 0x7f), "PATH: it is cut off");
  // Behind the local header: a block of a type that deflate does not have.
  EXPECT_EQ(with(30 + std::string("x.npy").size(), 0xff), "PATH: an array cannot be decompressed");
}

TEST(Npz, OneArrayIsNamedOrTheOnlyOne) {
  const TemporaryFile file;
  {
    NpzWriter writer(file.path());
    writer.add("x", "|u1", std::vector<std::uint8_t>{1, 2});
    writer.finish();
  }
  EXPECT_THAT(read_npz_array(file.path(), "").data, ElementsAre(1, 2));
  EXPECT_EQ(file.without_path(user_error([&] { read_npz_array(file.path(), "y"); })),
            "PATH: has no array y, allowed x");
  {
    NpzWriter writer(file.path());
    writer.add("x", "|u1", std::vector<std::uint8_t>{1, 2});
    writer.add("y", "|u1", std::vector<std::uint8_t>{3});
    writer.finish();
  }
  EXPECT_THAT(read_npz_array(file.path(), "y").data, ElementsAre(3));
  EXPECT_EQ(file.without_path(user_error([&] { read_npz_array(file.path(), ""); })),
            "PATH: holds 2 arrays, name one as PATH:KEY; allowed x, y");
}

TEST(Numbers, OfEveryType) {
  const auto expect = [](const NpyArray& array, const std::vector<float>& values) {
    const NumberArray numbers(array);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_EQ(numbers.real(i), values[i]) << i;
    if (!has_integers(array)) return;
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_EQ(numbers.integer(i), static_cast<std::int64_t>(values[i])) << array.type;
    }
  };
  expect(array_of<std::uint8_t>("|u1", {0, 200}), {0, 200});
  expect(array_of<std::int8_t>("|i1", {-128, 127}), {-128, 127});
  expect(array_of<std::uint16_t>("<u2", {65535}), {65535});
  expect(array_of<std::int16_t>("<i2", {-32768}), {-32768});
  expect(array_of<std::uint32_t>("<u4", {1, 4294967040}), {1, 4294967040.0F});
  expect(array_of<std::int32_t>("<i4", {-2147483647 - 1}), {-2147483648.0F});
  expect(array_of<std::uint64_t>("<u8", {3}), {3});
  expect(array_of<std::int64_t>("<i8", {-3}), {-3});
  expect(array_of<float>("<f4", {0.1F, -3e38F}), {0.1F, -3e38F});
  expect(array_of<double>("<f8", {0.5}), {0.5F});
  // float16: 1, -2, the greatest, the least normal and subnormal.
  expect(array_of<std::uint16_t>("<f2", {0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x8000}),
         {1.0F, -2.0F, 65504.0F, std::ldexp(1.0F, -14), std::ldexp(1.0F, -24), -0.0F});
  EXPECT_FALSE(has_integers(array_of<float>("<f4", {1})));
}

TEST(Numbers, AreRoundedOnce) {
  // 2^24 + 1 and 2^24 + 3 are ties; 2^54 + 2^30 + 1 is above a tie that a double would make of it.
  const NpyArray integers =
      array_of<std::int64_t>("<i8", {16777217, 16777219, (1LL << 54) + (1LL << 30) + 1});
  EXPECT_EQ(NumberArray(integers).real(0), 16777216.0F);
  EXPECT_EQ(NumberArray(integers).real(1), 16777220.0F);
  EXPECT_EQ(NumberArray(integers).real(2), std::ldexp(1.0F, 54) + std::ldexp(1.0F, 31));
  const NpyArray reals = array_of<double>("<f8", {0.1, 1e300, -1e300});
  EXPECT_EQ(NumberArray(reals).real(0), 0.1F);
  EXPECT_EQ(NumberArray(reals).real(1), std::numeric_limits<float>::infinity());
  EXPECT_EQ(NumberArray(reals).real(2), -std::numeric_limits<float>::infinity());
  const NpyArray halves = array_of<std::uint16_t>("<f2", {0x7c00, 0xfc00, 0x7e00});
  EXPECT_EQ(NumberArray(halves).real(0), std::numeric_limits<float>::infinity());
  EXPECT_EQ(NumberArray(halves).real(1), -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(NumberArray(halves).real(2)));
  EXPECT_EQ(NumberArray(array_of<std::uint64_t>("<u8", {UINT64_MAX})).integer(0), INT64_MAX);
}

TEST(Numbers, RefusesOtherTypes) {
  for (const char* type : {"|b1", "<c8", "<U1", "<i3", "<f16", "<M8[ns]"}) {
    const NpyArray array{type, {0}, {}};
    EXPECT_FALSE(has_integers(array)) << type;
    EXPECT_THROW(NumberArray{array}, std::invalid_argument) << type;
  }
}

std::string big_endian(std::uint32_t value) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(value >> shift & 0xff);
  return text;
}

std::string idx(char type, const std::vector<std::uint32_t>& sizes, const std::string& data) {
  std::string text{'\0', '\0', type, static_cast<char>(sizes.size())};
  for (const std::uint32_t size : sizes) text += big_endian(size);
  return text + data;
}

TEST(Idx, OfEveryType) {
  for (const auto& [code, type, bytes, expected] :
       {std::tuple('\x08', "|u1", "ab", "ab"), std::tuple('\x09', "|i1", "ab", "ab"),
        std::tuple('\x0b', "<i2", "abcd", "badc"),
        std::tuple('\x0c', "<i4", "abcdefgh", "dcbahgfe"),
        std::tuple('\x0d', "<f4", "abcdefgh", "dcbahgfe"),
        std::tuple('\x0e', "<f8", "abcdefghABCDEFGH", "hgfedcbaHGFEDCBA")}) {
    const TemporaryFile file(idx(code, {2, 1}, bytes));
    const NpyArray array = read_idx(file.path());
    EXPECT_EQ(array.type, type);
    EXPECT_THAT(array.shape, ElementsAre(2, 1));
    EXPECT_EQ(std::string(array.data.begin(), array.data.end()), expected);
  }
}

TEST(Idx, RefusesOthers) {
  const auto problem = [](const std::string& content) {
    const TemporaryFile file(content);
    return file.without_path(user_error([&] { read_idx(file.path()); }));
  };
  EXPECT_EQ(problem(idx('\x08', {3}, "ab")), "PATH: truncated or not a gzip file");
  EXPECT_EQ(problem(idx('\x08', {3}, "abcd")),
            "PATH: damaged: it has more data than its sizes say");
  EXPECT_EQ(problem(idx('\x0a', {1}, "a")), "PATH: not an IDX file");
  EXPECT_EQ(problem(idx('\x08', {}, "")), "PATH: not an IDX file");
  EXPECT_EQ(problem(idx('\x08', {UINT32_MAX, UINT32_MAX, UINT32_MAX}, "")),
            "PATH: damaged: its sizes are too large");
  // A size that is damaged does not take the memory that it says.
  EXPECT_EQ(problem(idx('\x08', {UINT32_MAX}, "ab")), "PATH: truncated or not a gzip file");
  const TemporaryFile words(idx('\x0b', {1}, "ab"));
  std::vector<std::uint32_t> sizes(1);
  EXPECT_THAT(user_error([&] { read_idx(words.path(), sizes); }),
              HasSubstr("not an IDX file of unsigned bytes in 1 dimensions"));
}

TEST(ArrayFile, TextHasPathAndKey) {
  for (const auto& [text, path, key] :
       {std::tuple("a/x.npy", "a/x.npy", ""), std::tuple("a/x.npz", "a/x.npz", ""),
        std::tuple("a/x.npz:k", "a/x.npz", "k"), std::tuple("a:b.npy", "a:b.npy", ""),
        std::tuple("a.npz:b.npz:c", "a.npz:b.npz", "c")}) {
    const ArrayFile file = ArrayFile::parse(text);
    EXPECT_EQ(file.path, path);
    EXPECT_EQ(file.key, key);
    EXPECT_EQ(file.text(), text);
  }
}

TEST(ArrayFile, TheContentDecides) {
  const std::vector<std::uint8_t> bytes = npy("|u1", {2}, "ab");
  const TemporaryFile numpy(std::string(bytes.begin(), bytes.end()), ".idx");
  EXPECT_THAT(ArrayFile::parse(numpy.path()).read().data, ElementsAre('a', 'b'));
  const TemporaryFile plain(idx('\x08', {2}, "cd"), ".npy");
  EXPECT_THAT(ArrayFile::parse(plain.path()).read().data, ElementsAre('c', 'd'));
  const TemporaryFile packed;
  const std::string content = idx('\x08', {2}, "ef");
  const gzFile gz = gzopen(packed.path().c_str(), "wb");
  gzwrite(gz, content.data(), static_cast<unsigned>(content.size()));
  gzclose(gz);
  EXPECT_THAT(ArrayFile::parse(packed.path()).read().data, ElementsAre('e', 'f'));
  const TemporaryFile archive("", ".npz");
  {
    NpzWriter writer(archive.path());
    writer.add("x", "|u1", std::vector<std::uint8_t>{1});
    writer.add("y", "|u1", std::vector<std::uint8_t>{2});
    writer.finish();
  }
  EXPECT_THAT(ArrayFile::parse(archive.path() + ":y").read().data, ElementsAre(2));
}

TEST(ArrayFile, RefusesOthers) {
  const auto problem = [](const std::string& text) {
    return user_error([&] { ArrayFile::parse(text).read(); });
  };
  EXPECT_EQ(problem("none.npy"), "none.npy: cannot be read: No such file or directory");
  EXPECT_EQ(problem("/"), "/: cannot be read: a directory");
  // A pickle, an empty file, and a .npy file that is named as an archive.
  for (const std::string content : {"\x80\x04\x95", ""}) {
    const TemporaryFile file(content);
    EXPECT_EQ(file.without_path(problem(file.path())),
              "PATH: not an array file, allowed NumPy .npy and .npz, and IDX, plain or "
              "gzip-compressed");
  }
  const std::vector<std::uint8_t> bytes = npy("|u1", {2}, "ab");
  const TemporaryFile array(std::string(bytes.begin(), bytes.end()), ".npz");
  EXPECT_EQ(array.without_path(problem(array.path() + ":x")), "PATH: not a NumPy archive (.npz)");
  const TemporaryFile part(std::string(bytes.begin(), bytes.end() - 1), ".npy");
  EXPECT_EQ(part.without_path(problem(part.path())),
            "PATH: it has more or less data than its shape says");
}

}  // namespace
}  // namespace spikeloom::base
