// The unit's figures: cards of the main ones, the table of all, and where each comes from.
(function (site) {
  "use strict";
  const el = site.el, data = site.data, decimal = site.decimal;
  const KINDS = { stock: "时点数", ytd: "当年累计", flow: "本期发生", ratio: "比率", target: "目标" };
  const DOWN = { "万": 4, "亿": 8, "%": -2, "": 0 };
  const sectionNames = new Map(data.sections.map(([key, title]) => [key, title]));

  site.sectionName = (key) => sectionNames.get(data.indicators[key].section) || "其他";

  // A change as it is read: its sign, a rounding of it, and the rate; exact in the title.
  function change(figure, amount, earlier) {
    const indicator = data.indicators[figure.key];
    if (amount === null || amount === undefined || !earlier || earlier.value === null) return null;
    if (indicator.kind === "flow" && figure.sourcePeriods !== earlier.sourcePeriods) return null;
    const size = decimal.absolute(amount);
    const up = amount[0] !== "-" && amount !== "0";
    const sign = amount === "0" ? "" : up ? "+" : "−";
    if (indicator.unit === "1") {
      const points = decimal.round(size, 2, -2);
      return { text: amount === "0" ? "持平" : sign + points + "个百分点", rate: null, exact: sign + decimal.round(size, 10, -2) + "个百分点" };
    }
    const magnitude = indicator.unit === "元" ? (decimal.compare(size, "100000000") >= 0 ? "亿" : decimal.compare(size, "10000") >= 0 ? "万" : "") : "";
    const shown = decimal.round(size, 2, DOWN[magnitude]);
    const rate = earlier.value[0] === "-" ? null : decimal.percent(size, earlier.value);
    return {
      text: amount === "0" ? "持平" : sign + decimal.grouped(shown) + magnitude + indicator.unit,
      rate: amount === "0" || rate === null || rate === "0" ? null : sign + rate + "%",
      exact: sign + decimal.grouped(size) + indicator.unit,
    };
  }

  site.changes = function (figure) {
    const { previous, yearBefore } = site.periods.get(figure.period);
    const before = site.figure(previous, figure.key), yearAgo = site.figure(yearBefore, figure.key);
    return { before, yearAgo, previous: change(figure, figure.change, before), year: reachesAsFar(figure, yearAgo) ? change(figure, figure.changeOfYear, yearAgo) : null };
  };

  // Whether two figures cover as much of their years; of weeks that is not asked.
  function reachesAsFar(figure, other) {
    if (!other || !figure.asOf || !other.asOf || site.periods.get(figure.period).cadence === "week") return true;
    return figure.asOf.slice(5, 7) === other.asOf.slice(5, 7);
  }

  function said(found) {
    if (!found) return el("span.none", {}, "—");
    return el("span.change", { title: "精确增减 " + found.exact }, el("span.amount", {}, found.text), found.rate && [" ", el("span.rate", {}, found.rate)]);
  }

  site.exact = function (figure) {
    const indicator = data.indicators[figure.key];
    return figure.value === null ? "无" : figure.value + (indicator.unit === "1" ? "" : " " + indicator.unit);
  };

  // The datasets a figure stands on; a ratio's by its two figures.
  site.datasetsOf = function (key) {
    const indicator = data.indicators[key];
    if (!indicator) return [];
    if (!indicator.of) return indicator.dataset ? [indicator.dataset] : [];
    return Array.from(new Set(indicator.of.flatMap(site.datasetsOf)));
  };

  // How the reports that a figure stands on were judged, in a word and a sign.
  site.verdict = function (figure) {
    const found = site.datasetsOf(figure.key).map((dataset) => site.judgedOf(figure.sourcePeriod || figure.period, dataset));
    return found.reduce((worst, one) => (one.level > worst.level ? one : worst), { level: 0, mark: "✓", text: "所依据的报表全部通过审核", short: "通过", kind: "good" });
  };

  function verdictMark(figure) {
    const verdict = site.verdict(figure);
    return el("span.verdict." + verdict.kind, { title: verdict.text }, el("span", { "aria-hidden": "true" }, verdict.mark), el("span.words", {}, verdict.short || verdict.text));
  }

  site.cards = function (period) {
    const keys = data.cards.filter((key) => site.figure(period, key) && site.figure(period, key).value !== null);
    return el("ul.cards", {}, keys.map((key) => {
      const figure = site.figure(period, key), { previous, year } = site.changes(figure);
      return el("li", {}, el("button.card", { type: "button", click: () => site.choose(key), title: "看比较与变化" },
        el("span.label", {}, data.indicators[key].label),
        el("span.value", { title: "精确值 " + site.exact(figure), "data-key": key }, parted(figure.display)),
        el("span.line", {}, el("span.against", {}, "比上期 "), said(previous)),
        year && el("span.line", {}, el("span.against", {}, "比上年同期 "), said(year))));
    }));
  };

  // The number large, its unit small.
  function parted(display) {
    const match = /^(-?[\d.,]+)(.*)$/.exec(display);
    return match ? [match[1], el("span.unit", {}, match[2])] : display;
  }

  site.figuresTable = function (period) {
    const order = data.sections.map(([key]) => key);
    const at = (figure) => order.indexOf(data.indicators[figure.key].section);
    const rows = site.keysOf(period).map((key) => site.figure(period, key)).filter((figure) => figure.value !== null)
      .sort((a, b) => at(a) - at(b));
    const withYear = rows.some((row) => site.changes(row).year);
    return site.table({
      caption: site.unit.name + site.periods.get(period).name + "主要指标",
      file: site.unit.name + "_" + period + "_主要指标",
      rows,
      groupOf: (row) => site.sectionName(row.key),
      columns: [
        { name: "指标", key: (row) => data.indicators[row.key].label, cell: (row) => [
          el("button.link", { type: "button", click: () => site.choose(row.key), title: "看比较与变化" }, data.indicators[row.key].label),
          el("span.kind", {}, KINDS[data.indicators[row.key].kind] || "")] },
        { name: "数值", number: true, key: (row) => row.value, csvName: "精确值", cell: (row) =>
          el("span.shown", { title: "精确值 " + site.exact(row), "data-key": row.key, "data-exact": row.value }, row.display, row.adjusted && el("sup", { title: "为使分项之和与合计一致,调整了末位" }, "*")) },
        { name: "单位", csvOnly: true, csv: (row) => site.unitWord(data.indicators[row.key]) },
        { name: "印发数", csvOnly: true, csv: (row) => row.display },
        { name: "比上期", number: true, key: (row) => row.change, csvName: "比上期增减(精确)", cell: (row) => said(site.changes(row).previous) },
        ...(withYear ? [{ name: "比上年同期", number: true, key: (row) => row.changeOfYear, csvName: "比上年同期增减(精确)", cell: (row) => said(site.changes(row).year) }] : []),
        ...(site.unit.kind === "province" ? [] : [{ name: "全省位次", number: true, key: (row) => row.place, csvName: "全省位次(从大到小)",
          cell: (row) => [row.place, el("span.of", {}, "/" + row.placeOf)] }]),
        { name: "审核", key: (row) => String(site.verdict(row).level), csv: (row) => site.verdict(row).text, cell: verdictMark },
        { name: "来源", cell: (row) => el("button.discloses.quiet", { type: "button", "aria-label": data.indicators[row.key].label + "的来源" }, "来源"), csvName: "算法", csv: (row) => data.indicators[row.key].formula },
        { name: "统计截止", csvOnly: true, csv: (row) => row.asOf },
        { name: "指标键", csvOnly: true, csv: (row) => row.key },
      ],
      detail: (row) => site.sourceOf(row),
    });
  };
})(window.site = window.site || {});
