// SPDX-License-Identifier: Apache-2.0
// Word `index` of the stream `seed` of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
// Combinational.
module split_mix (
    input  logic [63:0] seed,
    input  logic [63:0] index,
    output logic [63:0] word
);

  logic [63:0] state;
  logic [63:0] first;
  logic [63:0] second;
  assign state = seed + (index + 64'd1) * 64'h9e3779b97f4a7c15;
  assign first = (state ^ (state >> 30)) * 64'hbf58476d1ce4e5b9;
  assign second = (first ^ (first >> 27)) * 64'h94d049bb133111eb;
  assign word = second ^ (second >> 31);

endmodule : split_mix
