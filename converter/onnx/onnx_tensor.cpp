// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/onnx_tensor.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "spikeloom/converter/onnx/external_data.h"

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

[[noreturn]] void refuse_size(const Tensor& tensor, std::size_t found) {
  throw std::invalid_argument(
      fmt::format("broken: {} numbers or bytes for the shape {}", found, format_dims(tensor.dims)));
}

std::size_t byte_count(int type, std::size_t elements) {
  return (elements * static_cast<std::size_t>(type_bits(type)) + 7) / 8;
}

/// Appends the lowest `size` bytes of each number, as raw data have them.
template <typename Field>
std::string field_bytes(const Field& field, std::size_t size) {
  std::string bytes;
  bytes.reserve(static_cast<std::size_t>(field.size()) * size);
  for (const auto number : field) {
    bytes.append(reinterpret_cast<const char*>(&number), size);
  }
  return bytes;
}

/// int32_data hold one number of up to 32 bits each, or one byte of packed numbers.
std::string int32_bytes(const TensorProto& proto, int type) {
  const bool is_signed = is_integer(type) && integer_range(type).first < 0;
  const int bits = std::max(type_bits(type), 8);
  const std::int64_t lowest = is_signed ? -(std::int64_t{1} << (bits - 1)) : 0;
  const std::int64_t highest = (std::int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
  // Packed and floating numbers are bit patterns, which some tools store with a sign.
  const bool pattern = is_floating(type) || type_bits(type) < 8;
  for (const std::int64_t number : proto.int32_data()) {
    if (!pattern && (number < lowest || number > highest)) {
      throw std::invalid_argument(
          fmt::format("broken: {} among numbers of type {}", number, type_name(type)));
    }
  }
  return field_bytes(proto.int32_data(), static_cast<std::size_t>(bits / 8));
}

std::string typed_bytes(const TensorProto& proto, int type) {
  switch (type) {
    case TensorProto::FLOAT:
      return field_bytes(proto.float_data(), sizeof(float));
    case TensorProto::DOUBLE:
      return field_bytes(proto.double_data(), sizeof(double));
    case TensorProto::INT64:
      return field_bytes(proto.int64_data(), sizeof(std::int64_t));
    case TensorProto::UINT32:
      return field_bytes(proto.uint64_data(), sizeof(std::uint32_t));
    case TensorProto::UINT64:
      return field_bytes(proto.uint64_data(), sizeof(std::uint64_t));
    default:
      return int32_bytes(proto, type);
  }
}

template <typename T>
void append_numbers(const std::string& bytes, std::vector<double>& values) {
  for (std::size_t i = 0; i < bytes.size(); i += sizeof(T)) {
    T number;
    std::memcpy(&number, bytes.data() + i, sizeof(T));
    values.push_back(static_cast<double>(number));
  }
}

/// Appends integers of 2 or 4 bits, of which the first is in the lowest bits of its byte.
void append_packed(const std::string& bytes, int type, std::size_t count,
                   std::vector<double>& values) {
  const auto bits = static_cast<unsigned>(type_bits(type));
  const bool is_signed = integer_range(type).first < 0;
  const std::size_t in_a_byte = 8 / bits;
  for (std::size_t i = 0; i < count; ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i / in_a_byte]);
    const unsigned shift = static_cast<unsigned>(i % in_a_byte) * bits;
    int number = (byte >> shift) & ((1 << bits) - 1);
    if (is_signed && number >= 1 << (bits - 1)) number -= 1 << bits;
    values.push_back(number);
  }
}

/// Appends binary floating-point numbers of 16 bits.
void append_halves(const std::string& bytes, int fraction_bits, std::vector<double>& values) {
  const int exponent_bits = 15 - fraction_bits;
  const int max_exponent = (1 << exponent_bits) - 1;
  const int bias = max_exponent / 2;
  for (std::size_t i = 0; i < bytes.size(); i += 2) {
    std::uint16_t word;
    std::memcpy(&word, bytes.data() + i, sizeof(word));
    const int fraction = word & ((1 << fraction_bits) - 1);
    const int exponent = (word >> fraction_bits) & max_exponent;
    double magnitude = 0;
    if (exponent == max_exponent) {
      magnitude = fraction == 0 ? std::numeric_limits<double>::infinity()
                                : std::numeric_limits<double>::quiet_NaN();
    } else {
      const int whole = fraction + (exponent == 0 ? 0 : 1 << fraction_bits);
      magnitude = std::ldexp(whole, std::max(exponent, 1) - bias - fraction_bits);
    }
    values.push_back((word & 0x8000) != 0 ? -magnitude : magnitude);
  }
}

void append_values(const std::string& bytes, std::size_t count, Tensor& tensor) {
  std::vector<double>& values = tensor.values;
  values.reserve(count);
  switch (tensor.type) {
    case TensorProto::FLOAT:
      return append_numbers<float>(bytes, values);
    case TensorProto::DOUBLE:
      return append_numbers<double>(bytes, values);
    case TensorProto::FLOAT16:
      return append_halves(bytes, 10, values);
    case TensorProto::BFLOAT16:
      return append_halves(bytes, 7, values);
    case TensorProto::INT8:
      return append_numbers<std::int8_t>(bytes, values);
    case TensorProto::UINT8:
      return append_numbers<std::uint8_t>(bytes, values);
    case TensorProto::INT16:
      return append_numbers<std::int16_t>(bytes, values);
    case TensorProto::UINT16:
      return append_numbers<std::uint16_t>(bytes, values);
    case TensorProto::INT32:
      return append_numbers<std::int32_t>(bytes, values);
    case TensorProto::UINT32:
      return append_numbers<std::uint32_t>(bytes, values);
    case TensorProto::INT64:
      return append_numbers<std::int64_t>(bytes, values);
    case TensorProto::UINT64:
      return append_numbers<std::uint64_t>(bytes, values);
    case TensorProto::BOOL:
      for (const char byte : bytes) values.push_back(byte == 0 ? 0 : 1);
      return;
    default:
      return append_packed(bytes, tensor.type, count, values);
  }
}

/// Returns the numbers as raw data hold them.
std::string read_bytes(const TensorProto& proto, const std::filesystem::path& directory,
                       const Tensor& tensor, std::size_t size) {
  if (proto.data_location() == TensorProto::EXTERNAL) {
    return read_external_data(proto, directory, size);
  }
  if (proto.has_raw_data()) {
    if (proto.raw_data().size() != size) refuse_size(tensor, proto.raw_data().size());
    return proto.raw_data();
  }
  std::string bytes = typed_bytes(proto, tensor.type);
  if (bytes.size() != size) {
    const auto unit = static_cast<std::size_t>(std::max(type_bits(tensor.type), 8) / 8);
    refuse_size(tensor, bytes.size() / unit);
  }
  return bytes;
}

}  // namespace

Tensor read_tensor(const TensorProto& proto, const std::filesystem::path& directory) {
  if (proto.has_segment()) throw std::invalid_argument("a segment of a tensor");
  Tensor tensor;
  tensor.type = proto.data_type();
  tensor.dims.assign(proto.dims().begin(), proto.dims().end());
  if (type_bits(tensor.type) == 0) {
    throw std::invalid_argument(fmt::format("of type {}", type_name(tensor.type)));
  }
  const std::size_t count = element_count(tensor.dims);
  append_values(read_bytes(proto, directory, tensor, byte_count(tensor.type, count)), count,
                tensor);
  set_integer_grid(tensor);
  return tensor;
}

void set_integer_grid(Tensor& tensor) {
  if (is_floating(tensor.type)) return;
  tensor.grid.reset();
  if (auto codes = to_codes(tensor.values)) {
    tensor.grid = make_grid(*std::move(codes), {1}, tensor.dims);
  }
}

}  // namespace spikeloom::converter
