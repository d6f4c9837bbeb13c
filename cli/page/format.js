// SPDX-License-Identifier: Apache-2.0
// Formats numbers as text.
"use strict";

// Rounds to significant digits; integers are not rounded.
spikeloom.text = (() => {
  const whole = new Intl.NumberFormat("en-US", {maximumFractionDigits: 0});
  const rounded = new Map();  // cached by digits, since creating a formatter is slow
  return (value, digits = 4) => {
    if (value === null || value === undefined) return "–";
    if (typeof value !== "number") return String(value);
    if (Number.isInteger(value) || Math.abs(value) >= 10 ** digits) return whole.format(value);
    if (!rounded.has(digits)) {
      rounded.set(digits, new Intl.NumberFormat("en-US", {
        minimumSignificantDigits: digits, maximumSignificantDigits: digits}));
    }
    return rounded.get(digits).format(value);
  };
})();

// The same as an element that also holds the exact value.
spikeloom.number = (value, digits = 4) => value === null || value === undefined
  ? spikeloom.element("span", {}, "–")
  : spikeloom.element("data", {value}, spikeloom.text(value, digits));

spikeloom.percent = (share, digits = 2) => `${(100 * share).toFixed(digits)} %`;

spikeloom.signedPercent = (share) =>
  `${share > 0 ? "+" : share < 0 ? "−" : "±"}${Math.abs(100 * share).toFixed(1)} %`;

// "idle_core_clock": "idle core clock".
spikeloom.words = (name) => name.replaceAll("_", " ");
