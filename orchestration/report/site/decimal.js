// Exact decimals, as texts: a figure is never a binary fraction on its way from the warehouse to the reader.
(function (site) {
  "use strict";

  // "-12.5" as an integer of the given number of places: -125n with 1.
  function scaled(text, places) {
    const negative = text[0] === "-";
    const parts = (negative ? text.slice(1) : text).split(".");
    const fraction = (parts[1] || "").padEnd(places, "0").slice(0, places);
    const number = BigInt(parts[0] + fraction);
    return negative ? -number : number;
  }

  function placesOf(text) {
    const point = text.indexOf(".");
    return point < 0 ? 0 : text.length - point - 1;
  }

  // Back to a text, without trailing zeros.
  function text(number, places) {
    const negative = number < 0n;
    const all = String(negative ? -number : number).padStart(places + 1, "0");
    const whole = all.slice(0, all.length - places);
    const fraction = all.slice(all.length - places).replace(/0+$/, "");
    return (negative ? "-" : "") + whole + (fraction ? "." + fraction : "");
  }

  function divided(number, by) {
    const negative = number < 0n !== by < 0n;
    const a = number < 0n ? -number : number, b = by < 0n ? -by : by;
    const half = (2n * a + b) / (2n * b); // half away from zero, as the warehouse rounds
    return negative ? -half : half;
  }

  // Rounded to places, of the value divided by ten to the power of `down`.
  function round(value, places, down) {
    const has = placesOf(value);
    const drop = has + (down || 0) - places;
    const number = scaled(value, has);
    return text(drop > 0 ? divided(number, 10n ** BigInt(drop)) : number * 10n ** BigInt(-drop), places);
  }

  // What `change` is of `base`, in percent with two places; null of nothing.
  function percent(change, base) {
    const places = Math.max(placesOf(change), placesOf(base));
    const by = scaled(base, places);
    return by === 0n ? null : text(divided(scaled(change, places) * 10000n, by), 2);
  }

  function compare(a, b) {
    const places = Math.max(placesOf(a), placesOf(b));
    const x = scaled(a, places), y = scaled(b, places);
    return x < y ? -1 : x > y ? 1 : 0;
  }

  // 1234567.5 as 1,234,567.5
  function grouped(value) {
    const parts = value.split(".");
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return parts.join(".");
  }

  function absolute(value) {
    return value[0] === "-" ? value.slice(1) : value;
  }

  site.decimal = { round, percent, compare, grouped, absolute };
})(window.site = window.site || {});
