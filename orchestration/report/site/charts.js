// Draws bars of units and the line of an indicator over time; every text is drawn, never read as HTML.
(function (site) {
  "use strict";
  // Okabe and Ito's colours, told apart by everyone; the unit itself is also named in bold.
  const BLUE = "#0072B2", ORANGE = "#D55E00", PALE = "#8fb8d6", INK = "#1f2933", SOFT = "#52606d", GRID = "#e4e7eb";
  const FAMILY = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';
  // Letters of the page's size: a projector's are larger.
  const letters = (of) => Math.round(parseFloat(getComputedStyle(document.documentElement).fontSize) * of);
  const font = (of) => ({ fontSize: letters(of || 0.82), color: INK, fontFamily: FAMILY });
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

  // points: {name, value (text), printed, exact, own, code}, from the largest.
  site.bars = (points, choose) => function (width) {
    const slim = points.length > 40;
    const face = font(slim ? 0.75 : 0.82), em = face.fontSize;
    const each = Math.round(em * (slim ? 1.65 : 2.2));
    const longest = Math.max(2, ...points.map((point) => point.name.length));
    const names = Math.min(longest * em + 24, width < 480 ? 108 : 14 * em);
    const printed = Math.max(4, ...points.map((point) => point.printed.length));
    return {
      height: points.length * each + 24,
      chart: {
        grid: { outerBoundsMode: "none", left: names + 10, right: Math.min(printed * em, 130), top: 8, bottom: 8 },
        xAxis: { type: "value", min: (range) => Math.min(0, range.min), axisLabel: { show: false }, splitLine: { lineStyle: { color: GRID } } },
        yAxis: {
          type: "category", inverse: true, data: points.map((point) => point.name), axisTick: { show: false },
          axisLine: { lineStyle: { color: SOFT } },
          axisLabel: { ...face, interval: 0, width: names, overflow: "truncate",
            formatter: (name, at) => (points[at] && points[at].own ? "▶ " + name : name) },
        },
        series: [{
          type: "bar", barMaxWidth: Math.round(em * 1.5),
          data: points.map((point) => ({
            name: point.name, value: Number(point.value), printed: point.printed, exact: point.exact,
            itemStyle: { color: point.own ? ORANGE : BLUE },
          })),
          label: { ...face, show: true, position: "right", formatter: (shown) => shown.data.printed },
        }],
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
