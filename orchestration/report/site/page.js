// The page's data, what is being looked at, and how an element is made: every text of the data is a text, never HTML.
(function (site) {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);

  const units = new Map(data.units.map(([code, name, kind, parent, page]) => [code, { code, name, kind, parent, page }]));
  const periods = new Map(
    data.periods.map(([key, cadence, name, end, previous, yearBefore]) => [key, { key, cadence, name, end, previous, yearBefore }])
  );
  const [code, name, kind, kindName, parent] = data.unit;
  site.data = data;
  site.units = units;
  site.periods = periods;
  site.unit = { code, name, kind, kindName, parent };

  // el("p.note", {title: "…"}, "text", child): a false, null or undefined attribute or child is left out.
  site.el = function el(what, attributes, ...children) {
    const [tag, ...classes] = what.split(".");
    const made = document.createElement(tag);
    if (classes.length) made.className = classes.join(" ");
    Object.entries(attributes || {}).forEach(([key, value]) => {
      if (typeof value === "function") made.addEventListener(key, value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    });
    children.flat(Infinity).forEach((child) => {
      if (child !== null && child !== undefined && child !== false) made.append(child);
    });
    return made;
  };

  // What is looked at: the reporting period and the indicator of the charts; who shows it is told of a change.
  const state = { period: null, indicator: null };
  const shown = [];
  site.state = state;
  site.onChange = (show) => shown.push(show);
  site.look = function (change) {
    Object.assign(state, change);
    shown.forEach((show) => show(state, change));
  };

  // A figure of the unit by its parts; null where it has none.
  site.figure = function (period, key) {
    const found = (data.figures[period] || {})[key];
    if (!found) return null;
    const [value, display, change, changeOfYear, asOf, sourcePeriod, sourcePeriods, adjusted, near, nearOf, place, placeOf] = found;
    return {
      key, period, value, display, change, changeOfYear, asOf, sourcePeriod, adjusted: adjusted === "1",
      sourcePeriods: Number(sourcePeriods), near, nearOf: Number(nearOf), place, placeOf: Number(placeOf),
    };
  };

  site.keysOf = (period) => Object.keys(data.indicators).filter((key) => (data.figures[period] || {})[key]);

  // The base periods (months, weeks) that a period's reports lie in: itself, or the months of a longer one.
  site.bases = function (period) {
    const { cadence, end } = periods.get(period);
    if (cadence === "month" || cadence === "week") return [period];
    const months = { quarter: 3, half_year: 6, year: 12 }[cadence];
    const last = Number(end.slice(0, 4)) * 12 + Number(end.slice(5, 7)) - 1;
    const keys = [];
    for (let month = last - months + 1; month <= last; month += 1) {
      const key = Math.floor(month / 12) + "-" + String((month % 12) + 1).padStart(2, "0");
      if (data.reporting.completeness[key]) keys.push(key);
    }
    return keys;
  };

  // The last month or week whose reports a period's figures are taken from.
  site.base = function (period) {
    const sources = Object.values(data.figures[period] || {}).map((figure) => figure[5]).filter(Boolean).sort();
    return sources[sources.length - 1] || period;
  };

  site.unitWord = (indicator) => (indicator.unit === "1" ? "比率" : indicator.unit);
})(window.site = window.site || {});
