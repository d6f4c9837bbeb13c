// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <unordered_map>
#include <vector>

namespace spikeloom::arch {

/// Bytes that do not change; copies share them.
class Payload {
 public:
  using value_type = std::uint8_t;
  using const_iterator = const std::uint8_t*;
  using iterator = const_iterator;

  Payload() = default;
  Payload(std::vector<std::uint8_t> bytes)
      : bytes_(std::make_shared<const std::vector<std::uint8_t>>(std::move(bytes))) {}
  Payload(std::initializer_list<std::uint8_t> bytes) : Payload(std::vector(bytes)) {}

  std::size_t size() const { return bytes_ == nullptr ? 0 : bytes_->size(); }
  bool empty() const { return size() == 0; }
  const std::uint8_t* data() const { return bytes_ == nullptr ? nullptr : bytes_->data(); }
  const std::uint8_t& operator[](std::size_t i) const { return data()[i]; }
  const_iterator begin() const { return data(); }
  const_iterator end() const { return data() + size(); }
  bool operator==(const Payload& o) const;

 private:
  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
};

/// Makes payloads so that equal ones share their bytes. In a convolution the same weights are in
/// many cores: of a network's bytes most are found again.
class PayloadPool {
 public:
  Payload make(const std::uint8_t* bytes, std::size_t count);

 private:
  std::unordered_multimap<std::size_t, Payload> by_hash_;
};

}  // namespace spikeloom::arch
