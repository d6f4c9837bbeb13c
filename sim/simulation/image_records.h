// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <vector>

#include "spikeloom/base/cbor.h"
#include "spikeloom/base/spill_file.h"
#include "spikeloom/sim/simulation/image_record.h"

namespace spikeloom::sim {

/// The records of images, in order. Memory holds the last few; the others are encoded, in blocks,
/// in a file that several lists may share.
class ImageRecords {
 public:
  /// Records of a block.
  static constexpr std::size_t kBlock = 128;
  /// Takes a whole block.
  using BlockSink = std::function<void(const std::vector<std::uint8_t>& block)>;

  /// Reads the records one by one; `*` is valid until `++`.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = ImageRecord;
    using difference_type = std::ptrdiff_t;
    using pointer = const ImageRecord*;
    using reference = const ImageRecord&;

    const ImageRecord& operator*() const { return records_[at_]; }
    const ImageRecord* operator->() const { return &records_[at_]; }
    Iterator& operator++();
    bool operator==(const Iterator& other) const {
      return block_ == other.block_ && at_ == other.at_;
    }
    bool operator!=(const Iterator& other) const { return !(*this == other); }

   private:
    friend class ImageRecords;
    /// Stands before the first record of a block, or at the end.
    Iterator(const ImageRecords& list, std::size_t block);
    void read();

    const ImageRecords* list_;
    std::size_t block_;  ///< the blocks, then the last few records, then the end
    std::size_t at_ = 0;
    std::vector<ImageRecord> records_;
  };

  /// The file is made, when it is needed, in the system's directory for temporary files.
  ImageRecords() : ImageRecords(std::make_shared<base::SpillFile>("")) {}
  explicit ImageRecords(std::shared_ptr<base::SpillFile> file) : file_(std::move(file)) {}

  /// From now on gives blocks to `sink` instead of keeping them.
  void send_to(BlockSink sink) { sink_ = std::move(sink); }
  void add(ImageRecord record);
  /// Adds the records of a block.
  void add_block(const std::vector<std::uint8_t>& block);
  /// Makes a block of the last few records.
  void end_block();
  /// Adds the records of `next`.
  void append(const ImageRecords& next);

  /// Number of records that are kept.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, blocks_.size() + 1}; }

 private:
  struct Place {
    std::size_t offset;
    std::size_t size;
  };

  std::shared_ptr<base::SpillFile> file_;
  BlockSink sink_;
  std::vector<Place> blocks_;
  std::vector<ImageRecord> last_;
  std::size_t size_ = 0;
};

/// Encodes records as CBOR, a column for each of their numbers.
std::vector<std::uint8_t> encode_block(const std::vector<ImageRecord>& records);
/// The inverse. Throws std::invalid_argument if the bytes are of anything else.
std::vector<ImageRecord> decode_block(base::ByteView block);

}  // namespace spikeloom::sim
