// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include <systemc>

#include "chip.h"

int sc_main(int argc, char* argv[]) {
  if (argc != 2) return 2;
  std::cout << run_tick(argv[1]) << " cores\n";
  return 0;
}
