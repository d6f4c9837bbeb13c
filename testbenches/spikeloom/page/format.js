// SPDX-License-Identifier: Apache-2.0
// Numbers as text.
"use strict";

// With so many significant digits; whole numbers whole.
spikeloom.text = (value, digits = 4) => {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "number") return String(value);
  const options = Number.isInteger(value) || Math.abs(value) >= 10 ** digits
    ? {maximumFractionDigits: 0} : {maximumSignificantDigits: digits, minimumSignificantDigits: digits};
  return value.toLocaleString("en-US", options);
};

// The same as an element that keeps the exact value.
spikeloom.number = (value, digits = 4) => value === null || value === undefined
  ? spikeloom.element("span", {}, "–")
  : spikeloom.element("data", {value}, spikeloom.text(value, digits));

spikeloom.percent = (share, digits = 2) => `${(100 * share).toFixed(digits)} %`;

spikeloom.signedPercent = (share) =>
  `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Math.abs(100 * share).toFixed(1)} %`;

// "idle_core_clock": "idle core clock".
spikeloom.words = (name) => name.replaceAll("_", " ");
