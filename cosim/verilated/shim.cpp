// SPDX-License-Identifier: Apache-2.0
// The plain C interface of a Verilated module. The program compiles this file together with the
// files that Verilator writes for the module `Model`; pins.inc lists its pins.
#include <cstring>
#include <type_traits>
#include <vector>

#include <verilated.h>

#include "Model.h"
#include "interface.h"
#if SPIKELOOM_WAVES
#include <verilated_vcd_c.h>
#endif
#if SPIKELOOM_STATE
#include <verilated_save.h>
#endif

namespace {

struct Instance {
  VerilatedContext context;
  Model model{&context, "TOP"};
  std::vector<void*> pins;
#if SPIKELOOM_WAVES
  VerilatedVcdC waves;
#endif

  Instance() {
#define SPIKELOOM_PIN(name, bits, output) pins.push_back(&model.name);
#include "pins.inc"
#undef SPIKELOOM_PIN
  }
  ~Instance() { model.final(); }
};

Instance* of(void* instance) { return static_cast<Instance*>(instance); }

const SpikeloomPin kPins[] = {
#define SPIKELOOM_PIN(name, bits, output) {#name, bits, output},
#include "pins.inc"
#undef SPIKELOOM_PIN
};

void* create() { return new Instance; }
void destroy(void* instance) { delete of(instance); }
void eval(void* instance) { of(instance)->model.eval(); }
void* pin(void* instance, int number) {
  return of(instance)->pins[static_cast<std::size_t>(number)];
}

#if SPIKELOOM_WAVES
int open_waves(void* instance, const char* path) {
  Instance& it = *of(instance);
  it.context.traceEverOn(true);
  it.context.timeunit(-12);
  it.context.timeprecision(-12);
  it.model.trace(&it.waves, 99);
  it.waves.open(path);
  return it.waves.isOpen() ? 1 : 0;
}
void dump_waves(void* instance, std::uint64_t time) { of(instance)->waves.dump(time); }
void close_waves(void* instance) { of(instance)->waves.close(); }
#endif

#if SPIKELOOM_STATE
class Writer final : public VerilatedSerialize {
 public:
  Writer(std::uint8_t* buffer, std::size_t capacity) : buffer_(buffer), capacity_(capacity) {
    m_isOpen = true;
  }
  void flush() override {
    const auto count = static_cast<std::size_t>(m_cp - m_bufp);
    if (length_ + count <= capacity_) std::memcpy(buffer_ + length_, m_bufp, count);
    length_ += count;
    m_cp = m_bufp;
  }
  std::size_t length() const { return length_; }

 private:
  std::uint8_t* buffer_;
  std::size_t capacity_;
  std::size_t length_ = 0;
};

class Reader final : public VerilatedDeserialize {
 public:
  Reader(const std::uint8_t* buffer, std::size_t length) : next_(buffer), end_(buffer + length) {
    m_isOpen = true;
    m_endp = m_bufp;
  }
  void fill() override {
    const auto kept = static_cast<std::size_t>(m_endp - m_cp);
    std::memmove(m_bufp, m_cp, kept);
    std::size_t count = bufferSize() - kept;
    if (static_cast<std::size_t>(end_ - next_) < count) {
      count = static_cast<std::size_t>(end_ - next_);
    }
    std::memcpy(m_bufp + kept, next_, count);
    next_ += count;
    m_cp = m_bufp;
    m_endp = m_bufp + kept + count;
  }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* end_;
};

std::size_t save(void* instance, std::uint8_t* buffer, std::size_t capacity) {
  Writer writer(buffer, capacity);
  writer << of(instance)->model;
  writer.flush();
  return writer.length();
}
void restore(void* instance, const std::uint8_t* buffer, std::size_t length) {
  Reader reader(buffer, length);
  reader >> of(instance)->model;
}
#endif

const SpikeloomModule kModule = {sizeof kPins / sizeof *kPins,
                                 kPins,
                                 create,
                                 destroy,
                                 eval,
                                 pin,
#if SPIKELOOM_WAVES
                                 open_waves,
                                 dump_waves,
                                 close_waves,
#else
                                 nullptr,
                                 nullptr,
                                 nullptr,
#endif
#if SPIKELOOM_STATE
                                 save,
                                 restore
#else
                                 nullptr,
                                 nullptr
#endif
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const SpikeloomModule* spikeloom_module() {
  return &kModule;
}
