// One indicator beside others' and over time: bars of the units, the line of the periods, each with its table.
(function (site) {
  "use strict";
  const el = site.el, data = site.data;
  const cadenceOf = (period) => site.periods.get(period).cadence;
  let group = 0;

  // The units of a group that have the indicator, from the largest.
  function ranked(at, period, key) {
    const { units, values } = data.compared[at];
    const listed = (values[period] || {})[key];
    if (!listed) return [];
    const found = units.map((code, n) => ({ code, unit: site.units.get(code), at: listed[n] })).filter((one) => one.at)
      .map((one) => ({ code: one.code, name: one.unit.name, value: one.at[0], printed: one.at[1], own: one.code === site.unit.code }));
    found.sort((a, b) => site.decimal.compare(b.value, a.value) || (a.code < b.code ? -1 : 1));
    let place = 0;
    found.forEach((one, n) => {
      place = n && site.decimal.compare(found[n - 1].value, one.value) === 0 ? place : n + 1;
      one.place = place;
      one.exact = one.value + (data.indicators[key].unit === "1" ? "" : data.indicators[key].unit);
    });
    return found;
  }

  // The unit's periods of one cadence, oldest first, without a gap being hidden.
  function history(period, key) {
    const same = Array.from(site.periods.values()).filter((one) => one.cadence === cadenceOf(period));
    const found = same.map((one) => ({ period: one, figure: site.figure(one.key, key) }));
    const first = found.findIndex((one) => one.figure && one.figure.value !== null);
    return first < 0 ? [] : found.slice(first).map(({ period: one, figure }) => ({
      key: one.key, name: one.name, value: figure ? figure.value : null, printed: figure ? figure.display : "无数据",
      exact: figure && figure.value !== null ? site.exact(figure) : "", figure, now: one.key === period,
    }));
  }

  site.comparison = function (holder) {
    const select = el("select", { id: "indicator", change: () => site.look({ indicator: select.value }) });
    const groups = el("select", { id: "compared", change: () => { group = Number(groups.value); site.look({}); } },
      data.compared.map((one, at) => el("option", { value: at }, one.name)));
    const bars = el("div.chart", { role: "img" }), line = el("div.chart", { role: "img" });
    const left = el("section.panel", { "aria-labelledby": "bars-title" }), right = el("section.panel", { "aria-labelledby": "line-title" });
    const note = el("p.note", { id: "indicator-note" });
    holder.append(
      el("div.choices", {},
        el("label", { for: "indicator" }, "指标"), select,
        data.compared.length > 1 && [el("label", { for: "compared" }, "范围"), groups]),
      note, el("div.panels", {}, left, right));

    return function show({ period, indicator }) {
      choices(select, period, indicator);
      const meaning = data.indicators[indicator];
      note.textContent = meaning.formula + "。";
      const points = ranked(group, period, indicator);
      [left, right].forEach((panel) => panel.classList.toggle("spread", points.length > site.MANY));
      const title = site.periods.get(period).name + "各单位" + meaning.label;
      left.replaceChildren(el("h3", { id: "bars-title" }, data.compared[group].name + ":" + meaning.label), bars, placed(period, indicator) || "", barsTable(points, period, indicator) || "");
      if (points.length) site.draw(bars, site.bars(points), words(points, title));
      else bars.replaceWith(el("p.note", {}, unsaid(period)));
      const past = history(period, indicator);
      const several = past.filter((one) => one.value !== null).length > 1;
      right.replaceChildren(el("h3", { id: "line-title" }, site.unit.name + meaning.label + "的变化"), ...(several ? [line, el("p.note", {}, "纵轴不从零开始,为的是看清变化。")] : [el("p.note", {}, "只有一期数据,有两期以上时画出变化。")]),
        historyTable(past, indicator) || "");
      if (several) site.draw(line, site.line(past), site.unit.name + meaning.label + ":" + past.map((one) => one.name + one.printed).join(","));
    };
  };

  // The periods whose values of other units the page carries, in words.
  site.carried = () => Array.from(site.periods.values()).filter((one) => data.carried.indexOf(one.key) >= 0).map((one) => one.name).join("、");

  function placed(period, indicator) {
    const figure = site.figure(period, indicator);
    if (site.unit.kind === "province" || !figure || figure.value === null) return null;
    return el("p.note", {}, site.unit.name + figure.display + ",在全省 " + figure.placeOf + (site.unit.kind === "county" ? " 个县区" : " 个市") + "中从多到少列第 " + figure.place + " 位。");
  }

  function unsaid(period) {
    return data.carried.indexOf(period) < 0
      ? "为使网页不致过大,本页只带有这些报告期的分单位数据:" + site.carried() + "。更早的请看各单位自己的网页或数据仓库。"
      : "这一指标没有分单位的数据。";
  }

  function words(points, title) {
    const most = points.slice(0, 3).map((one) => one.name + one.printed).join("、");
    return title + ",共" + points.length + "个单位,从大到小:" + most + (points.length > 3 ? ",最小的是" + points[points.length - 1].name + points[points.length - 1].printed : "") + "。全部数值见下表。";
  }

  function choices(select, period, indicator) {
    const bySection = new Map();
    site.keysOf(period).forEach((key) => {
      const name = site.sectionName(key);
      bySection.set(name, [...(bySection.get(name) || []), key]);
    });
    select.replaceChildren(...Array.from(bySection, ([name, keys]) =>
      el("optgroup", { label: name }, keys.map((key) => el("option", { value: key }, data.indicators[key].label)))));
    select.value = indicator;
  }

  function barsTable(points, period, indicator) {
    if (!points.length) return null;
    const meaning = data.indicators[indicator];
    return folded("数据表", site.table({
      caption: data.compared[group].name + site.periods.get(period).name + meaning.label,
      file: data.compared[group].name + "_" + period + "_" + meaning.label,
      rows: points,
      rowClass: (row) => row.own && "own",
      columns: [
        { name: "单位", key: (row) => row.name, cell: (row) => (row.own ? el("strong", {}, row.name) : site.unitLink(row.code)) },
        { name: "单位代码", csvOnly: true, csv: (row) => row.code },
        { name: "位次", number: true, key: (row) => String(row.place), cell: (row) => String(row.place) },
        { name: "数值", csvName: "精确值", number: true, key: (row) => row.value, cell: (row) => el("span", { title: "精确值 " + row.exact, "data-unit": row.code, "data-exact": row.value }, row.printed) },
        { name: "计量单位", csvOnly: true, csv: () => site.unitWord(meaning) },
        { name: "印发数", csvOnly: true, csv: (row) => row.printed },
      ],
    }));
  }

  function historyTable(past, indicator) {
    if (!past.length) return null;
    const meaning = data.indicators[indicator];
    return folded("数据表", site.table({
      caption: site.unit.name + meaning.label + "的变化",
      file: site.unit.name + "_" + meaning.label + "_各期",
      rows: past.slice().reverse(),
      rowClass: (row) => row.now && "own",
      columns: [
        { name: "报告期", key: (row) => row.key, cell: (row) => row.name, csv: (row) => row.key },
        { name: "数值", csvName: "精确值", number: true, key: (row) => row.value, cell: (row) => el("span", { title: row.exact && "精确值 " + row.exact }, row.printed) },
        { name: "计量单位", csvOnly: true, csv: () => site.unitWord(meaning) },
        { name: "印发数", csvOnly: true, csv: (row) => row.printed },
        { name: "比上期", csvName: "比上期增减(精确)", number: true, key: (row) => row.figure && row.figure.change, cell: (row) => {
          const found = row.figure && site.changes(row.figure).previous;
          return found ? found.text : "—";
        } },
      ],
    }));
  }

  // Under the chart, closed until asked for; on paper and to a reader of the page's text it is there.
  function folded(name, content) {
    return el("details.data", {}, el("summary", {}, name), content);
  }
})(window.site = window.site || {});
