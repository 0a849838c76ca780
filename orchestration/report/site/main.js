// Puts the page together: navigation, the period looked at, the sections, the footer.
(function (site) {
  "use strict";
  const el = site.el, data = site.data;

  // Months first, for they are what the bureau publishes; then the others, each from the latest.
  function periodChoices() {
    const order = ["month", "week", "quarter", "half_year", "year"];
    const names = { month: "月", week: "周", quarter: "季度", half_year: "半年", year: "年" };
    return order.map((cadence) => {
      const of = Array.from(site.periods.values()).filter((one) => one.cadence === cadence && data.figures[one.key]).reverse();
      return of.length ? el("optgroup", { label: names[cadence] }, of.map((one) => el("option", { value: one.key }, one.name))) : null;
    });
  }

  function askedPeriod() {
    const asked = decodeURIComponent(location.hash.slice(1));
    return data.figures[asked] && site.periods.has(asked) ? asked : null;
  }

  function firstPeriod() {
    if (askedPeriod()) return askedPeriod();
    const all = Array.from(site.periods.values()).filter((one) => data.figures[one.key]);
    const months = all.filter((one) => one.cadence === "month");
    const last = (months.length ? months : all).slice(-1)[0];
    return last ? last.key : null;
  }

  function path() {
    const above = [];
    for (let code = site.unit.parent; code; code = site.units.get(code).parent) above.unshift(code);
    return el("nav.path", { "aria-label": "所在位置" }, el("ol", {},
      above.map((code) => el("li", {}, site.unitLink(code))), el("li", { "aria-current": "page" }, site.unit.name)));
  }

  function search() {
    const list = el("ul.found", { id: "found", role: "listbox", "aria-label": "找到的单位", hidden: true });
    const input = el("input", { type: "search", id: "search", placeholder: "单位名称或代码", role: "combobox", autocomplete: "off",
      "aria-expanded": "false", "aria-controls": "found", "aria-autocomplete": "list", input: () => show(), keydown: move, blur: () => setTimeout(() => open(false), 200) });
    let found = [], at = -1;
    function open(yes) { list.hidden = !yes; input.setAttribute("aria-expanded", String(yes)); }
    function show() {
      const asked = input.value.trim();
      found = asked ? Array.from(site.units.values()).filter((unit) => unit.name.indexOf(asked) >= 0 || unit.code.indexOf(asked) === 0).slice(0, 8) : [];
      at = found.length ? 0 : -1;
      list.replaceChildren(...(found.length ? found.map((unit, n) => {
        const above = site.units.get(unit.parent);
        return el("li", { role: "option", id: "found-" + n, mousedown: () => go(unit) }, unit.name, el("span.kind", {}, (above && unit.kind === "county" ? above.name + " " : "") + unit.code));
      }) : [el("li.none", {}, "没有这个单位")]));
      open(Boolean(asked));
      mark();
    }
    function mark() {
      Array.from(list.children).forEach((item, n) => item.setAttribute("aria-selected", String(n === at)));
      if (at >= 0) input.setAttribute("aria-activedescendant", "found-" + at);
      else input.removeAttribute("aria-activedescendant");
    }
    function move(event) {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        at = found.length ? (at + (event.key === "ArrowDown" ? 1 : found.length - 1)) % found.length : -1;
        mark();
        event.preventDefault();
      } else if (event.key === "Enter" && found[at]) go(found[at]);
      else if (event.key === "Escape") open(false);
    }
    const go = (unit) => { location.href = unit.page + "#" + site.state.period; };
    return el("div.search", {}, el("label", { for: "search" }, "找单位"), input, list);
  }

  function below() {
    const children = Array.from(site.units.values()).filter((unit) => unit.parent === site.unit.code);
    const siblings = site.unit.kind === "county" ? Array.from(site.units.values()).filter((unit) => unit.parent === site.unit.parent) : children;
    if (!siblings.length) return null;
    return el("nav.below", { "aria-label": site.unit.kind === "county" ? "同市各县(区)" : "下级单位" },
      siblings.map((unit) => unit.code === site.unit.code ? el("span.here", { "aria-current": "page" }, unit.name) : site.unitLink(unit.code)));
  }

  function section(id, title) {
    const holder = el("div.content");
    return { id, name: title, holder, made: el("section", { id, "aria-labelledby": id + "-title" }, el("h2", { id: id + "-title" }, title), holder) };
  }

  function build() {
    const period = el("select", { id: "period", change: () => lookAt(period.value) }, periodChoices());
    const bulletin = el("a.button", {}, "本期通报");
    const title = el("h1", {}, site.unit.name + "乡村振兴统计");
    const meta = el("p.meta");
    const sections = [["overview", "概览"], ["comparison", "比较与变化"], ["figures", "主要指标"], ["reporting", "报送与审核"]]
      .map(([id, name]) => section(id, name));
    const [overview, compared, figures, reported] = sections;
    document.getElementById("top").append(el("div.bar", {}, path(), search()), title, meta, below() || "");
    document.getElementById("top").after(el("div.stuck", {}, el("div.within", {},
      el("nav.sections", { "aria-label": "本页各节" }, sections.map(({ id, name }) => el("a", { href: "#" + id, click: (event) => { event.preventDefault(); goTo(id); } }, name))),
      el("div.choices", {}, el("label", { for: "period" }, "报告期"), period, bulletin))));
    document.getElementById("main").append(...sections.map(({ made }) => made));
    document.getElementById("footer").append(...footer());

    site.onChange(({ period: now }) => {
      period.value = now;
      meta.textContent = site.unit.kindName + " " + site.unit.code + " · " + site.periods.get(now).name + "(截至 " + site.periods.get(now).end + ")";
      const page = site.bulletinOf(now);
      bulletin.hidden = !page;
      if (page) bulletin.setAttribute("href", page);
    });
    site.onChange(({ period: now }, change) => {
      if (!change.period) return;
      overview.holder.replaceChildren(site.cards(now));
      figures.holder.replaceChildren(site.figuresTable(now));
    });
    site.onChange(site.comparison(compared.holder));
    const reporting = site.reporting(reported.holder);
    site.onChange((now, change) => {
      if (!change.period) return;
      reporting(now);
      site.relink(now.period);
      history.replaceState(null, "", "#" + now.period); // so that the page opens again, and is sent on, as it is seen
    });
  }

  function footer() {
    const { number, putsBack, publishedAt, knownUntil } = data.publication;
    return [
      el("p", {}, "数据取自第 " + number + " 次发布的数据仓库" + (putsBack ? "(恢复了第 " + putsBack + " 次发布)" : "") + ",发布于 " + publishedAt + ",收录 " + knownUntil + " 以前收到并审核的报表(北京时间)。数值旁的印发数按指标规定的单位和位数取舍,精确值见鼠标提示、来源和下载的表格。"),
      el("p", {}, "相关:", el("a", { href: "../docs/dbt/index.html" }, "数据字典与血缘"), "、", el("a", { href: "../docs/checks/index.html" }, "审核规则与结果"), "。"),
      el("p", {}, "本页内含全部报告期的本单位指标,以及" + site.carried() + "的分单位数据;离线打开、打印均可。"),
    ];
  }

  site.choose = function (key) {
    site.look({ indicator: key });
    goTo("comparison");
  };

  // The hash of the address names the period, so a section is gone to by hand.
  function goTo(id) {
    const heading = document.getElementById(id + "-title");
    heading.setAttribute("tabindex", "-1");
    heading.scrollIntoView();
    heading.focus({ preventScroll: true });
  }

  // The period, and the indicator looked at so far or, where the period has no such figure, a main one.
  function lookAt(period) {
    const keys = site.keysOf(period);
    const wanted = [site.state.indicator, ...data.cards, keys[0]];
    site.look({ period, indicator: wanted.find((key) => keys.indexOf(key) >= 0) });
  }

  build();
  const period = firstPeriod();
  if (period) lookAt(period);
  else document.getElementById("main").replaceChildren(el("p.note", {}, "还没有这个单位的指标。"));
  addEventListener("hashchange", () => { if (askedPeriod()) lookAt(askedPeriod()); });
})(window.site = window.site || {});
