// SPDX-License-Identifier: Apache-2.0
#include "spikeloom/sim/simulation/image_records.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

namespace spikeloom::sim {

static_assert(std::is_trivially_copyable_v<LayerCounts>);
static_assert(std::is_trivially_copyable_v<hw::EventCounts>);
static_assert(std::is_trivially_copyable_v<PartTiming>);

namespace {

template <typename T>
constexpr T kAbsent = std::numeric_limits<T>::min();

template <typename T>
std::optional<T> optional_of(T value) {
  return value == kAbsent<T> ? std::nullopt : std::optional<T>(value);
}

/// The numbers of a block. Lists of lists stand one after the other.
struct Columns {
  std::vector<std::uint64_t> index;
  std::vector<std::int32_t> label;
  std::vector<std::int32_t> predicted;
  std::vector<std::uint8_t> steady;
  std::vector<std::int64_t> latency_cycles;
  std::vector<LayerCounts> layers;
  std::vector<std::uint32_t> ticks;  ///< number of each record
  std::vector<std::int64_t> cycles;
  std::vector<std::int64_t> last_output;
  std::vector<hw::EventCounts> events;
  std::vector<PartTiming> parts;

  /// Calls `visit` with each column.
  template <typename Self, typename Visit>
  static void visit(Self& self, const Visit& visit) {
    visit(self.index);
    visit(self.label);
    visit(self.predicted);
    visit(self.steady);
    visit(self.latency_cycles);
    visit(self.layers);
    visit(self.ticks);
    visit(self.cycles);
    visit(self.last_output);
    visit(self.events);
    visit(self.parts);
  }
};

constexpr std::size_t kColumns = 11;

template <typename T>
void extend(std::vector<T>& list, const std::vector<T>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

void require(bool holds) {
  if (!holds) throw std::invalid_argument("the columns of a block have different lengths");
}

/// Takes a column apart: `count` lists of the same length.
template <typename T>
class Lists {
 public:
  Lists(const std::vector<T>& column, std::size_t count)
      : next_(column.begin()), length_(count == 0 ? 0 : column.size() / count) {
    require(length_ * count == column.size());
  }
  std::vector<T> next() {
    const auto begin = next_;
    next_ += static_cast<std::ptrdiff_t>(length_);
    return {begin, next_};
  }

 private:
  typename std::vector<T>::const_iterator next_;
  std::size_t length_;
};

}  // namespace

std::vector<std::uint8_t> encode_block(const std::vector<ImageRecord>& records) {
  Columns columns;
  for (const ImageRecord& record : records) {
    columns.index.push_back(record.index);
    columns.label.push_back(record.label.value_or(kAbsent<std::int32_t>));
    columns.predicted.push_back(record.predicted.value_or(kAbsent<std::int32_t>));
    columns.steady.push_back(record.steady ? 1 : 0);
    columns.latency_cycles.push_back(record.latency_cycles.value_or(kAbsent<std::int64_t>));
    extend(columns.layers, record.layers);
    columns.ticks.push_back(static_cast<std::uint32_t>(record.ticks.size()));
    for (const TickRecord& tick : record.ticks) {
      columns.cycles.push_back(tick.cycles);
      columns.last_output.push_back(tick.last_output);
      extend(columns.events, tick.events);
      extend(columns.parts, tick.parts);
    }
  }
  std::vector<std::uint8_t> block;
  base::CborWriter writer([&](base::ByteView bytes) {
    block.insert(block.end(), bytes.data, bytes.data + bytes.size);
  });
  writer.array(kColumns);
  Columns::visit(columns, [&](const auto& column) { writer.packed(column); });
  return block;
}

std::vector<ImageRecord> decode_block(base::ByteView block) {
  const std::vector<base::CborItem> items = base::CborItem::whole(block).items();
  require(items.size() == kColumns);
  Columns columns;
  auto item = items.begin();
  Columns::visit(columns, [&](auto& column) {
    column = (item++)->template unpacked<typename std::decay_t<decltype(column)>::value_type>();
  });
  const std::size_t count = columns.index.size();
  require(columns.label.size() == count && columns.predicted.size() == count &&
          columns.steady.size() == count && columns.latency_cycles.size() == count &&
          columns.ticks.size() == count && columns.last_output.size() == columns.cycles.size());
  std::vector<ImageRecord> records(count);
  Lists<LayerCounts> layers(columns.layers, count);
  Lists<hw::EventCounts> events(columns.events, columns.cycles.size());
  Lists<PartTiming> parts(columns.parts, columns.cycles.size());
  std::size_t tick = 0;
  for (std::size_t i = 0; i < count; ++i) {
    ImageRecord& record = records[i];
    record.index = columns.index[i];
    record.label = optional_of(columns.label[i]);
    record.predicted = optional_of(columns.predicted[i]);
    record.steady = columns.steady[i] != 0;
    record.latency_cycles = optional_of(columns.latency_cycles[i]);
    record.layers = layers.next();
    const std::size_t end = tick + columns.ticks[i];
    require(end <= columns.cycles.size());
    for (; tick < end; ++tick) {
      record.ticks.push_back(
          {columns.cycles[tick], columns.last_output[tick], events.next(), parts.next()});
    }
  }
  require(tick == columns.cycles.size());
  return records;
}

void ImageRecords::add(ImageRecord record) {
  last_.push_back(std::move(record));
  if (!sink_) ++size_;
  if (last_.size() == kBlock) end_block();
}

void ImageRecords::end_block() {
  if (last_.empty()) return;
  const std::vector<std::uint8_t> block = encode_block(last_);
  if (sink_) {
    sink_(block);
  } else {
    blocks_.push_back({file_->append(block), block.size()});
  }
  last_.clear();
}

void ImageRecords::add_block(const std::vector<std::uint8_t>& block) {
  end_block();
  const std::size_t records = base::CborItem::whole(block).items().at(0).binary().size;
  require(records > 0);
  size_ += records / sizeof(std::uint64_t);
  blocks_.push_back({file_->append(block), block.size()});
}

void ImageRecords::append(const ImageRecords& next) {
  end_block();
  for (const Place& place : next.blocks_) {
    if (next.file_ == file_) {
      blocks_.push_back(place);
    } else {
      blocks_.push_back({file_->append(next.file_->read(place.offset, place.size)), place.size});
    }
  }
  last_ = next.last_;
  size_ += next.size_;
}

ImageRecords::Iterator::Iterator(const ImageRecords& list, std::size_t block)
    : list_(&list), block_(block) {
  read();
}

ImageRecords::Iterator& ImageRecords::Iterator::operator++() {
  if (++at_ < records_.size()) return *this;
  at_ = 0;
  ++block_;
  read();
  return *this;
}

void ImageRecords::Iterator::read() {
  if (block_ < list_->blocks_.size()) {
    const Place& place = list_->blocks_[block_];
    records_ = decode_block(list_->file_->read(place.offset, place.size));
  } else {
    records_ = block_ == list_->blocks_.size() ? list_->last_ : std::vector<ImageRecord>();
    if (records_.empty()) block_ = list_->blocks_.size() + 1;
  }
}

}  // namespace spikeloom::sim
