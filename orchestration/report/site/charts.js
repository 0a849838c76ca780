// Draws bars of units and the line of an indicator over time; every text is drawn, never read as HTML.
(function (site) {
  "use strict";
  // Okabe and Ito's colours, told apart by everyone; the unit itself is also named in bold.
  const BLUE = "#0072B2", ORANGE = "#D55E00", INK = "#1f2933", SOFT = "#52606d", GRID = "#e4e7eb";
  const FAMILY = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';
  // Letters of the page's size: a projector's are larger.
  const letters = (of) => Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * of);
  const font = (of) => ({ fontSize: letters(of || 0.82), color: INK, fontFamily: FAMILY });
  site.MANY = 40; // units that no longer stand one below the other at ease
  const drawn = new Map(); // by holder: the chart and how it is drawn

  site.draw = function (holder, option, words) {
    let known = drawn.get(holder);
    if (!known) drawn.set(holder, (known = { chart: echarts.init(holder, null, { renderer: "svg" }) }));
    known.option = option;
    known.words = words;
    redraw(known, holder);
  };

  function redraw(known, holder) {
    const option = known.option(holder.clientWidth || 600);
    holder.style.height = option.height + "px";
    known.chart.resize();
    known.chart.setOption({
      animation: false,
      textStyle: font(),
      aria: { enabled: true, label: { description: known.words } },
      tooltip: { renderMode: "richText", confine: true, formatter: (shown) => shown.name + "\n" + (shown.data && shown.data.printed || "无数据") + (shown.data && shown.data.exact ? "(" + shown.data.exact + ")" : "") },
      ...option.chart,
    }, true);
    holder.setAttribute("aria-label", known.words);
  }

  const all = () => drawn.forEach((known, holder) => { if (document.body.contains(holder)) redraw(known, holder); });
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(all, 80); });
  addEventListener("beforeprint", () => { document.body.classList.add("printing"); all(); });
  addEventListener("afterprint", () => { document.body.classList.remove("printing"); all(); });

  // points: {name, value (text), printed, exact, own}, from the largest. Many of them stand in columns side by side, where there
  // is room, all to one scale.
  site.bars = (points) => function (width) {
    const many = points.length > site.MANY;
    const columns = !many || width < 460 ? 1 : width < 600 ? 2 : 3;
    const face = font(many ? 0.76 : 0.82), em = face.fontSize;
    const rows = Math.ceil(points.length / columns), wide = width / columns;
    const names = Math.min(Math.max(2, ...points.map((point) => point.name.length)) * em + 24, wide < 480 ? 108 : 14 * em);
    const printed = Math.min(Math.max(4, ...points.map((point) => point.printed.length)) * em, 130);
    const numbers = points.map((point) => Number(point.value));
    const low = Math.min(0, ...numbers), high = Math.max(0, ...numbers) || 1;
    const parts = Array.from({ length: columns }, (_, n) => points.slice(n * rows, (n + 1) * rows));
    return {
      height: rows * Math.round(em * (many ? 1.65 : 2.2)) + 24,
      chart: {
        grid: parts.map((part, n) => ({
          outerBoundsMode: "none", left: n * wide + names + 10, width: wide - names - printed - 14, top: 8,
          height: part.length * Math.round(em * (many ? 1.65 : 2.2)),
        })),
        xAxis: parts.map((_, n) => ({ gridIndex: n, type: "value", min: low, max: high, axisLabel: { show: false }, splitLine: { show: false } })),
        yAxis: parts.map((part, n) => ({
          gridIndex: n, type: "category", inverse: true, data: part.map((point) => point.name), axisTick: { show: false },
          axisLine: { lineStyle: { color: SOFT } },
          axisLabel: { ...face, interval: 0, width: names, overflow: "truncate",
            formatter: (name, at) => (part[at] && part[at].own ? "▶ " + name : name) },
        })),
        series: parts.map((part, n) => ({
          type: "bar", xAxisIndex: n, yAxisIndex: n, barMaxWidth: Math.round(em * 1.5),
          data: part.map((point) => ({
            name: point.name, value: Number(point.value), printed: point.printed, exact: point.exact,
            itemStyle: { color: point.own ? ORANGE : BLUE },
          })),
          label: { ...face, show: true, position: "right", formatter: (shown) => shown.data.printed },
        })),
      },
    };
  };

  // points: {name, value (text or null), printed, exact, now}, the oldest first.
  site.line = (points) => function (width) {
    const numbers = points.filter((point) => point.value !== null).map((point) => Number(point.value));
    const low = Math.min(...numbers), high = Math.max(...numbers);
    const room = (high - low || Math.abs(low) || 1) * 0.5;
    return {
      height: letters(width < 480 ? 16 : 20),
      chart: {
        grid: { outerBoundsMode: "none", left: 52, right: 52, top: 40, bottom: 56 },
        xAxis: { type: "category", data: points.map((point) => point.name), axisTick: { show: false }, axisLine: { lineStyle: { color: SOFT } },
          axisLabel: { ...font(), hideOverlap: true, formatter: (name) => name.replace("年", "年\n") } },
        yAxis: { type: "value", min: low >= 0 ? Math.max(0, low - room) : low - room, axisLabel: { show: false }, splitLine: { lineStyle: { color: GRID } } },
        series: [{
          type: "line", symbol: "circle", symbolSize: 8, lineStyle: { color: BLUE, width: 2.5 }, itemStyle: { color: BLUE },
          data: points.map((point) => ({
            name: point.name, value: point.value === null ? null : Number(point.value), printed: point.printed, exact: point.exact,
            symbolSize: point.now ? 13 : 8, itemStyle: { color: point.now ? ORANGE : BLUE },
          })),
          label: { ...font(), show: true, position: "top", formatter: (shown) => shown.data.printed },
          labelLayout: { hideOverlap: true },
        }],
      },
    };
  };
})(window.site = window.site || {});
