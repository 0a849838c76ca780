// How the unit reports: completeness and punctuality, where each dataset stands, what the rules found, early warnings.
(function (site) {
  "use strict";
  const el = site.el, data = site.data;
  const SEVERITY = { error: "错误", warning: "提示", notice: "告知" };
  const OUTCOME = { failed: "不符", could_not_run: "未能运行" };
  const SUBJECT = { household: "户", township: "乡镇", county: "县" };
  const GOOD = ["accepted", "nil_return", "exempt"];
  const percent = (rate) => (rate === null || rate === undefined ? "—" : site.decimal.round(rate, 2, -2) + "%");
  const sheetName = (dataset) => data.sheets[dataset] || dataset;

  // Of a dataset in a base period: how far its reports are in force; a level from 0 (all passed) to 3.
  site.judgedOf = function (base, dataset) {
    const counts = (data.reporting.completeness[base] || {})[dataset];
    const bureau = (data.bureau[base] || {})[dataset]; // keeps some registers for the counties
    const standing = (data.reporting.standings[base] || {})[dataset] || (counts ? null : bureau);
    if (!counts && !(bureau && GOOD.concat("partly_accepted").indexOf(bureau[0]) >= 0)) {
      return { level: 3, kind: "bad", mark: "✕", short: "未接收", text: "《" + sheetName(dataset) + "》没有已接收的报表" };
    }
    if (counts && counts[2] + counts[6] < counts[0]) {
      return counts[2] === 0 && site.unit.kind === "county"
        ? { level: 3, kind: "bad", mark: "✕", short: "未接收", text: "《" + sheetName(dataset) + "》没有已接收的报表" }
        : { level: 2, kind: "doubt", mark: "◐", short: "部分", text: "《" + sheetName(dataset) + "》应报 " + counts[0] + ",已接收 " + counts[2] + ":部分汇总数" };
    }
    const hints = failing(base).filter((rule) => rule[3] === dataset && (rule[2] !== "failed" || rule[1] !== "error")).length;
    if (hints || (standing && standing[8] > 0)) return { level: 1, kind: "doubt", mark: "!", short: "有提示", text: "《" + sheetName(dataset) + "》已接收,有 " + (hints || standing[8]) + " 条规则提示" };
    return { level: 0, kind: "good", mark: "✓", short: "通过", text: "所依据的报表全部通过审核" };
  };

  const failing = (base) => data.reporting.failing[base] || [];

  site.reporting = (holder) => function show({ period }) {
    const base = site.base(period), whole = (data.reporting.completeness[base] || {}).all;
    const judged = data.reporting.judged[base], name = site.periods.has(base) ? site.periods.get(base).name : base;
    holder.replaceChildren(
      el("p.note", {}, base === period ? "" : "这一期的指标取自" + name + "为止的报表,下面是" + name + "的报送情况。"),
      whole ? measures(whole, judged, base) : el("p.note", {}, "本期没有应报的报表。"),
      el("div.panels", {},
        el("section.panel", {}, el("h3", {}, "各报表的报送"), datasets(base, name)),
        el("section.panel", {}, el("h3", {}, "未通过的规则"), rules(base, name), el("h3", {}, "防返贫预警"), warnings(base, name))),
      ...parts(base, name), restated(period) || "");
  };

  function measures(whole, judged, base) {
    const [expected, received, accepted, onTime, returned, overdue, exempt, completeness, punctual] = whole;
    const errors = failing(base).filter((rule) => rule[1] === "error").length, hints = failing(base).length - errors;
    const facts = [
      ["完整率", percent(completeness), "应报 " + expected + ",已接收 " + accepted, completeness],
      ["及时率", percent(punctual), "按时 " + onTime, punctual],
      ["待处理", String(returned + overdue), "未通过 " + returned + ",逾期未报 " + overdue + (exempt ? ",免报 " + exempt : "")],
      judged && ["审核", errors ? errors + " 条错误" : hints ? hints + " 条提示" : "全部通过", "运行规则 " + judged[3] + " 条;提示 " + hints + " 条" + (judged[2] ? ";未能运行 " + judged[2] + " 次" : "")],
    ].filter(Boolean);
    return el("ul.measures", {}, facts.map(([label, value, words, rate]) => el("li", {},
      el("span.label", {}, label), el("span.value", {}, value),
      rate !== undefined && rate !== null && el("span.meter", { "aria-hidden": "true" }, el("span", { style: "width:" + Number(rate) * 100 + "%" })),
      el("span.words", {}, words))));
  }

  const state = (status, words) => el("span.verdict." + (GOOD.indexOf(status) >= 0 ? "good" : status === "not_due" || status === "pending" ? "wait" : status === "partly_accepted" ? "doubt" : "bad"), {},
    el("span", { "aria-hidden": "true" }, GOOD.indexOf(status) >= 0 ? "✓" : status === "not_due" || status === "pending" ? "…" : status === "partly_accepted" ? "◐" : "✕"), el("span.words", {}, words));

  function datasets(base, name) {
    const standings = data.reporting.standings[base] || {}, counts = data.reporting.completeness[base] || {};
    const keys = Object.keys(counts).filter((key) => key !== "all");
    const own = site.unit.kind === "county";
    const rows = keys.map((key) => ({ key, counts: counts[key], standing: standings[key] }));
    if (!rows.length) return el("p.note", {}, "本期没有应报的报表。");
    const columns = own ? [
      { name: "报表", key: (row) => sheetName(row.key), cell: (row) => sheetName(row.key) },
      { name: "状态", key: (row) => row.standing && row.standing[1], cell: (row) => row.standing ? state(row.standing[0], row.standing[1]) : "—" },
      { name: "说明", csvOnly: true, csv: (row) => row.standing && row.standing[2] },
      { name: "收到", key: (row) => row.standing && row.standing[3], cell: (row) => (row.standing && row.standing[3]) || "—" },
      { name: "截止", key: (row) => row.standing && row.standing[4], cell: (row) => (row.standing && row.standing[4]) || "—" },
      { name: "次数", number: true, key: (row) => row.standing && String(row.standing[7]), cell: (row) => (row.standing ? String(row.standing[7]) : "—") },
      { name: "提示", number: true, key: (row) => row.standing && String(row.standing[8]), cell: (row) => (row.standing ? String(row.standing[8]) : "—") },
    ] : [
      { name: "报表", key: (row) => sheetName(row.key), cell: (row) => sheetName(row.key) },
      ...[["应报", 0], ["收到", 1], ["接收", 2], ["按时", 3], ["未通过", 4], ["逾期", 5]].map(([label, at]) => (
        { name: label, number: true, key: (row) => String(row.counts[at]), cell: (row) => String(row.counts[at]) })),
      { name: "完整率", csvName: "完整率(以1为全)", number: true, key: (row) => row.counts[7], cell: (row) => percent(row.counts[7]) },
    ];
    return site.table({ caption: site.unit.name + name + "各报表的报送", file: site.unit.name + "_" + base + "_报送情况", rows, columns });
  }

  function rules(base, name) {
    const rows = failing(base);
    if (!rows.length) return el("p.verdict.good.line", {}, el("span", { "aria-hidden": "true" }, "✓"), "全部规则通过。");
    return site.table({
      caption: site.unit.name + name + "未通过的规则", file: site.unit.name + "_" + base + "_未通过的规则", rows,
      columns: [
        { name: "规则", key: (row) => row[4], cell: (row) => [row[4], el("span.below-it", {}, row[0] + " " + sheetName(row[3]))] },
        { name: "规则代码", csvOnly: true, csv: (row) => row[0] },
        { name: "报表", csvOnly: true, csv: (row) => sheetName(row[3]) },
        { name: "级别", key: (row) => row[1], csv: (row) => SEVERITY[row[1]], cell: (row) => el("span.verdict." + (row[1] === "error" ? "bad" : "doubt"), {}, el("span", { "aria-hidden": "true" }, row[1] === "error" ? "✕" : "!"), el("span.words", {}, SEVERITY[row[1]] || row[1])) },
        { name: "结果", key: (row) => OUTCOME[row[2]], cell: (row) => OUTCOME[row[2]] + (row[7] ? "(已豁免)" : "") },
        ...(site.unit.kind === "county" ? [] : [{ name: "单位数", number: true, key: (row) => String(row[5]), cell: (row) => String(row[5]) }]),
        { name: "不符处数", number: true, key: (row) => String(row[6] || 0), cell: (row) => String(row[6] || 0) },
      ],
    });
  }

  function warnings(base, name) {
    const rows = data.reporting.warnings[base] || [];
    if (!rows.length) return el("p.note", {}, "没有预警。");
    return site.table({
      caption: site.unit.name + name + "防返贫预警(只列数目)", file: site.unit.name + "_" + base + "_预警数", rows,
      columns: [
        { name: "预警", key: (row) => row[1], cell: (row) => [row[1], el("span.below-it", {}, row[0])] },
        { name: "代码", csvOnly: true, csv: (row) => row[0] },
        { name: "级别", key: (row) => row[2], cell: (row) => row[2] },
        { name: "对象", key: (row) => SUBJECT[row[3]] || row[3], cell: (row) => SUBJECT[row[3]] || row[3] },
        { name: "数目", number: true, key: (row) => String(row[4]), cell: (row) => String(row[4]) },
        { name: "新增", number: true, key: (row) => String(row[5]), cell: (row) => String(row[5]) },
        { name: "超期", number: true, key: (row) => String(row[6]), cell: (row) => String(row[6]) },
      ],
    });
  }

  // What of the period was corrected after it had been published.
  function restated(period) {
    const rows = (data.reporting.restated[period] || []).filter((row) => data.indicators[row[0]]);
    if (!rows.length) return null;
    const name = site.periods.get(period).name;
    return el("section.panel", {}, el("h3", {}, "公布后的更正"), site.table({
      caption: site.unit.name + name + "公布后的更正", file: site.unit.name + "_" + period + "_公布后的更正", rows,
      columns: [
        { name: "指标", key: (row) => data.indicators[row[0]].label, cell: (row) => data.indicators[row[0]].label },
        { name: "公布数", csv: (row) => row[1], cell: (row) => row[1] || "无" },
        { name: "更正为", csv: (row) => row[2], cell: (row) => row[2] || "撤销" },
        { name: "更正日期", key: (row) => row[3], cell: (row) => row[3] },
        { name: "原因", csv: (row) => row[4], cell: (row) => el("span.long", {}, row[4] || "—") },
        { name: "公告", csv: (row) => row[5], cell: (row) => data.notices[row[5]] ? el("a", { href: site.BULLETINS + "restatements/" + data.notices[row[5]] }, "第 " + row[5] + " 次发布") : "第 " + row[5] + " 次发布" },
      ],
    }));
  }

  // The units under this one; of the province its cities, and all its counties too.
  function parts(base, name) {
    const groups = site.unit.kind === "province"
      ? [["各市", data.reporting.parts[base]], ["全省各县(区)", data.reporting.counties[base]]]
      : [["各县(区)", data.reporting.parts[base]]];
    return groups.filter(([, rows]) => rows && rows.length).map(([whose, rows]) => partsTable(base, name, whose, rows));
  }

  function partsTable(base, name, whose, rows) {
    return el("details.panel", { open: rows.length < 40 }, el("summary", {}, el("h3", {}, whose + "的报送与审核")), site.table({
      caption: site.unit.name + name + whose + "的报送与审核", file: site.unit.name + "_" + base + "_" + whose + "报送", rows,
      columns: [
        { name: "单位", key: (row) => site.units.get(row[0]).name, cell: (row) => site.unitLink(row[0]) },
        { name: "单位代码", csvOnly: true, csv: (row) => row[0] },
        ...[["应报", 1], ["收到", 2], ["接收", 3], ["按时", 4], ["未通过", 5], ["逾期", 6]].map(([label, at]) => (
          { name: label, number: true, key: (row) => String(row[at]), cell: (row) => String(row[at]) })),
        { name: "完整率", csvName: "完整率(以1为全)", number: true, key: (row) => row[8], cell: (row) => percent(row[8]) },
        { name: "及时率", csvName: "及时率(以1为全)", number: true, key: (row) => row[9], cell: (row) => percent(row[9]) },
        ...[["错误", 10], ["提示", 11], ["预警", 12]].map(([label, at]) => (
          { name: label, number: true, key: (row) => String(row[at]), cell: (row) => String(row[at]) })),
      ],
    }));
  }
})(window.site = window.site || {});
