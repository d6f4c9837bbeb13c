// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/converter/onnx/onnx_tensor.h"

#include <cstring>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace spikeloom::converter {
namespace {

using onnx::TensorProto;

constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

std::size_t element_count(const Tensor& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t dim : tensor.dims) {
    if (dim < 0 || dim > kMaxElements || (count *= dim) > kMaxElements) {
      throw std::invalid_argument(fmt::format("of impossible shape {}", format_dims(tensor.dims)));
    }
  }
  return static_cast<std::size_t>(count);
}

[[noreturn]] void refuse_size(const Tensor& tensor, std::size_t found) {
  throw std::invalid_argument(
      fmt::format("broken: {} numbers or bytes for the shape {}", found, format_dims(tensor.dims)));
}

/// Reads numbers of type T from the raw bytes if there are any, else from the repeated field of
/// their type.
template <typename T, typename Field>
void read_values(const TensorProto& proto, const Field& field, Tensor& tensor) {
  const std::size_t count = element_count(tensor);
  if (proto.has_raw_data()) {
    const std::string& raw = proto.raw_data();
    if (raw.size() != count * sizeof(T)) refuse_size(tensor, raw.size());
    tensor.values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      T value;
      std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
      tensor.values.push_back(static_cast<double>(value));
    }
    return;
  }
  if (static_cast<std::size_t>(field.size()) != count) {
    refuse_size(tensor, static_cast<std::size_t>(field.size()));
  }
  tensor.values.reserve(count);
  for (const auto value : field) {
    tensor.values.push_back(static_cast<double>(static_cast<T>(value)));
  }
}

}  // namespace

Tensor read_tensor(const TensorProto& proto) {
  if (proto.data_location() == TensorProto::EXTERNAL) {
    throw std::invalid_argument("stored in another file; save the model with its data inside");
  }
  if (proto.has_segment()) throw std::invalid_argument("a segment of a tensor");
  Tensor tensor;
  tensor.type = proto.data_type();
  tensor.dims.assign(proto.dims().begin(), proto.dims().end());
  switch (tensor.type) {
    case TensorProto::FLOAT:
      read_values<float>(proto, proto.float_data(), tensor);
      break;
    case TensorProto::INT8:
      read_values<std::int8_t>(proto, proto.int32_data(), tensor);
      break;
    case TensorProto::UINT8:
      read_values<std::uint8_t>(proto, proto.int32_data(), tensor);
      break;
    case TensorProto::INT32:
      read_values<std::int32_t>(proto, proto.int32_data(), tensor);
      break;
    case TensorProto::INT64:
      read_values<std::int64_t>(proto, proto.int64_data(), tensor);
      break;
    default:
      throw std::invalid_argument(fmt::format("of type {}", type_name(tensor.type)));
  }
  return tensor;
}

std::string type_name(int type) {
  return onnx::TensorProto_DataType_IsValid(type)
             ? onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(type))
             : fmt::format("number {}", type);
}

std::string format_dims(const std::vector<std::int64_t>& dims) {
  return dims.empty() ? "a scalar" : fmt::format("{}", fmt::join(dims, "x"));
}

}  // namespace spikeloom::converter
