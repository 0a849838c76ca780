// Where a figure comes from: formula, reports, sheets and columns; and the page that goes down to its cells.
(function (site) {
  "use strict";
  const el = site.el, data = site.data;
  const BULLETINS = site.BULLETINS = "../../bulletins/"; // seen from the site's folder

  // A link to another unit's page, in the period looked at.
  site.unitLink = function (code, words) {
    const unit = site.units.get(code);
    return el("a", { href: unit.page + "#" + site.state.period, "data-page": unit.page }, words || unit.name);
  };

  // Links made before another period was chosen.
  site.relink = (period) => document.querySelectorAll("a[data-page]").forEach((link) => link.setAttribute("href", link.dataset.page + "#" + period));

  site.bulletinOf = (period) => (data.links[period] ? BULLETINS + period + "/" + site.unit.code + ".html" : null);

  function traceOf(figure) {
    if ((data.links[figure.period] || []).indexOf(figure.key) >= 0) {
      const page = BULLETINS + figure.period + "/" + site.unit.code + ".trace/" + figure.key + ".html";
      return el("p", {}, el("a", { href: page }, "逐级追溯到单元格"));
    }
    const unit = site.unit.kind === "province" ? "" : " --unit " + site.unit.code;
    const command = "zhenxing trace " + figure.key + " --period " + figure.period + unit;
    const copy = el("button.quiet", { type: "button", click: () => copied(command, copy) }, "复制");
    return el("p", {}, "逐级追溯到单元格:在数据仓库所在的机器上运行 ", el("code.command", {}, command), " ", copy);
  }

  function copied(text, button) {
    const area = el("textarea", { readonly: true, "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy"); // the clipboard of a page opened from a file has no other way
    area.remove();
    button.focus();
    button.textContent = done ? "已复制" : "请手工复制";
  }

  // The parts of a ratio, or the indicator itself.
  function parts(key) {
    const indicator = data.indicators[key];
    return indicator && indicator.of ? indicator.of.flatMap(parts) : indicator ? [key] : [];
  }

  site.sourceOf = function (figure) {
    const indicator = data.indicators[figure.key];
    const looked = new Map(); // by dataset the columns that count
    parts(figure.key).forEach((key) => {
      const part = data.indicators[key];
      looked.set(part.dataset, Array.from(new Set([...(looked.get(part.dataset) || []), ...part.looks])));
    });
    return el("div.source", {},
      el("dl", {},
        el("dt", {}, "算法"), el("dd", {}, indicator.formula),
        el("dt", {}, "精确值"), el("dd", {}, el("span.exact", {}, site.exact(figure)), figure.adjusted && "(印发数调整了末位,使分项之和与合计一致)"),
        figure.asOf && [el("dt", {}, "统计截止"), el("dd", {}, figure.asOf)],
        place(figure),
        el("dt", {}, "审核"), el("dd", {}, site.verdict(figure).text)),
      Array.from(looked, ([dataset, columns]) => basesOf(figure).map((base) => reports(dataset, columns, base))),
      traceOf(figure));
  };

  function place(figure) {
    if (site.unit.kind === "province" || figure.value === null) return null;
    const above = site.units.get(site.unit.parent);
    const near = site.unit.kind === "county" ? above.name + "第 " + figure.near + " 位(共 " + figure.nearOf + " 个县区)," : "";
    return [el("dt", {}, "位次"), el("dd", {}, near + "全省第 " + figure.place + " 位(共 " + figure.placeOf + (site.unit.kind === "county" ? " 个县区" : " 个市") + "),按数值从大到小")];
  }

  // The base periods a figure is taken from: the last, or all that a sum adds up.
  function basesOf(figure) {
    if (figure.sourcePeriods <= 1) return [figure.sourcePeriod || figure.period];
    return site.bases(figure.period).filter((base) => base <= figure.sourcePeriod);
  }

  function reports(dataset, columns, base) {
    const sheet = data.sheets[dataset] || dataset;
    const lines = [];
    const own = (data.sources.sheets[base] || {})[dataset];
    const counts = (data.reporting.completeness[base] || {})[dataset];
    if (site.unit.kind !== "county" && counts && counts[0] > 1) {
      lines.push(el("p", {}, nameOf(base) + "《" + sheet + "》由 " + counts[2] + " 个单位的报表汇总(应报 " + counts[0] + " 个)。"), contributing());
    } else if (own) {
      lines.push(file(own, sheet, columns, base));
    } else if (site.unit.kind !== "county" && counts) {
      lines.push(el("p", {}, nameOf(base) + "《" + sheet + "》:应报 " + counts[0] + " 个,已接收 " + counts[2] + " 个。"));
    } else {
      lines.push(el("p", {}, nameOf(base) + "《" + sheet + "》没有已接收的报表。"));
    }
    return lines;
  }

  const nameOf = (base) => (site.periods.has(base) ? site.periods.get(base).name : base);

  function file(own, sheet, columns, base) {
    const [submission, sheetName, rows, layout] = own;
    const [name, receivedAt, version, sender] = data.sources.sent[submission];
    const letters = data.sources.layouts[layout] || {};
    const seen = columns.filter((column) => letters[column]).map((column) => letters[column][0] + " 列「" + letters[column][1] + "」");
    return el("p", {}, nameOf(base) + ":文件 ", el("span.file", {}, name), "(" + (sender === site.unit.code ? "" : site.units.get(sender).name + "报送,") + "第 " + version + " 版," + receivedAt + " 收到),工作表「" + (sheetName || sheet) + "」共 " + rows + " 行",
      seen.length ? ",看 " + seen.join("、") : "", "。");
  }

  function contributing() {
    const codes = Array.from(site.units.values()).filter((unit) => unit.parent === site.unit.code).map((unit) => unit.code);
    return el("p.links", {}, (site.unit.kind === "province" ? "各市:" : "各县(区):"), codes.flatMap((code, at) => [at ? "、" : "", site.unitLink(code)]));
  }
})(window.site = window.site || {});
