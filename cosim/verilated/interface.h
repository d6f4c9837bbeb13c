/* SPDX-License-Identifier: Apache-2.0 */
/* The interface of a shared library that holds a Verilated module (shim.cpp), for the program that
   loads it. It is plain C, since the two may come from different compilers. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct SpikeloomPin {
  const char* name;
  int bits;
  int output; /* 1: an output, 0: an input */
};

struct SpikeloomModule {
  int pin_count;
  const struct SpikeloomPin* pins;
  void* (*create)(void);
  void (*destroy)(void* instance);
  /* Computes the outputs from the inputs; a change of a clock input is an edge. */
  void (*eval)(void* instance);
  /* Returns the place of a pin's value: a uint8_t up to 8 bits, a uint16_t up to 16, a uint32_t up
     to 32, a uint64_t up to 64, otherwise an array of uint32_t, lowest bits first. */
  void* (*pin)(void* instance, int number);
  /* Writes waves of all signals to a VCD file, whose times are picoseconds; null if the library was
     built without. Returns 0 if the file cannot be written. */
  int (*open_waves)(void* instance, const char* path);
  void (*dump_waves)(void* instance, uint64_t time);
  void (*close_waves)(void* instance);
  /* Stores the state in a buffer of `capacity` bytes. Returns the bytes that it takes; if they
     exceed the capacity, the buffer holds nothing. Null if the library was built without. */
  size_t (*save)(void* instance, uint8_t* buffer, size_t capacity);
  void (*restore)(void* instance, const uint8_t* buffer, size_t length);
};

/* The only symbol of the library. */
typedef const struct SpikeloomModule* (*SpikeloomModuleFunction)(void);
#define SPIKELOOM_MODULE_SYMBOL "spikeloom_module"

#ifdef __cplusplus
}
#endif
