// Draws the charts of a bulletin from the data in the page; every text of theirs is drawn, never read as HTML.
(function () {
  "use strict";
  const BLUE = "#0072B2", RED = "#D55E00", INK = "#1f2933", SOFT = "#52606d", GRID = "#e4e7eb"; // told apart by everyone
  const FONT = { fontSize: 13, color: INK, fontFamily: "inherit" };
  const narrow = (width) => width < 480;

  function short(value) {
    const size = Math.abs(value);
    return size >= 1e8 ? value / 1e8 + "亿" : size >= 1e4 ? value / 1e4 + "万" : String(value);
  }

  function data(chart) {
    return chart.points.map((point) => ({
      name: point.label,
      value: point.value === null ? null : Number(point.value),
      printed: point.printed,
      itemStyle: { color: chart.form === "changes" && Number(point.value) < 0 ? RED : BLUE },
      label: chart.form === "changes" ? { position: Number(point.value) < 0 ? "left" : "right" } : undefined,
    }));
  }

  function label(position) {
    return { ...FONT, show: true, position, formatter: (shown) => shown.data.printed };
  }

  // In lines of about one length, none longer than given.
  function wrapped(text, most) {
    const length = Math.ceil(text.length / Math.ceil(text.length / most));
    return text.replace(new RegExp("(.{" + length + "})(?=.)", "g"), "$1\n");
  }

  // Bars that lie, with their names to the left, from the first at the top.
  function sideways(chart, width) {
    const longest = Math.max(...chart.points.map((point) => point.label.length));
    const names = Math.min(longest * 14, narrow(width) ? 90 : 160);
    return {
      grid: { outerBoundsMode: "none", left: names + 12, right: 80, top: 8, bottom: 8 },
      xAxis: {
        type: "value",
        min: (range) => (range.min < 0 ? range.min - (range.max - range.min) * 0.25 : 0),
        axisLabel: { show: false },
        splitLine: { lineStyle: { color: GRID } },
      },
      yAxis: {
        type: "category",
        inverse: true,
        data: chart.points.map((point) => point.label),
        axisTick: { show: false },
        axisLine: { onZero: true, lineStyle: { color: SOFT } },
        axisLabel: { ...FONT, interval: 0, width: names, overflow: "break" },
      },
      series: [{ type: "bar", data: data(chart), barMaxWidth: 22, label: label("right") }],
    };
  }

  function upright(chart, width) {
    const trend = chart.form === "trend";
    const each = Math.max(2, Math.floor((width - 60) / chart.points.length / 14));
    const numbers = chart.points.filter((point) => point.value !== null).map((point) => Number(point.value));
    const low = Math.min(...numbers), high = Math.max(...numbers);
    return {
      grid: { outerBoundsMode: "none", left: trend ? 44 : 48, right: trend ? 44 : 8, top: 40, bottom: trend ? 30 : 78 },
      xAxis: {
        type: "category",
        data: chart.points.map((point) => point.label),
        boundaryGap: !trend,
        axisLabel: { ...FONT, interval: trend ? "auto" : 0, formatter: trend ? undefined : (text) => wrapped(text, each) },
      },
      yAxis: {
        type: "value",
        min: trend ? Math.max(0, low - (high - low || low) * 0.5) : 0,
        axisLabel: { ...FONT, show: !trend, formatter: short },
        splitLine: { lineStyle: { color: GRID } },
      },
      series: [{
        type: trend ? "line" : "bar",
        data: data(chart),
        barMaxWidth: 56,
        symbolSize: 8,
        lineStyle: { color: BLUE, width: 2 },
        label: { ...label("top"), rotate: trend && narrow(width) && chart.points.length > 6 ? 60 : 0 },
        labelLayout: trend ? { hideOverlap: true } : undefined,
        markLine: chart.marked && {
          symbol: "none",
          silent: true,
          lineStyle: { color: INK, type: "dashed", width: 1.5 },
          label: { show: false }, // said below the chart
          data: [{ yAxis: Number(chart.marked.value) }],
        },
      }],
    };
  }

  function draw(chart, holder, drawn) {
    const rows = chart.form === "bars" || chart.form === "changes";
    holder.style.height = (rows ? 40 + 34 * chart.points.length : 320) + "px";
    drawn.resize();
    const width = drawn.getWidth();
    drawn.setOption({
      animation: false,
      aria: { enabled: true, label: { description: chart.words } },
      tooltip: {
        renderMode: "richText", // never HTML
        confine: true,
        formatter: (shown) => shown.name + "\n" + shown.data.printed + "(" + shown.data.value + chart.unit + ")",
      },
      ...(rows ? sideways(chart, width) : upright(chart, width)),
    }, true);
  }

  const charts = JSON.parse(document.getElementById("charts-data").textContent);
  const all = charts.map((chart) => {
    const holder = document.getElementById("chart-" + chart.key);
    const drawn = echarts.init(holder, null, { renderer: "svg" });
    return () => draw(chart, holder, drawn);
  });
  const redraw = () => all.forEach((one) => one());
  redraw();
  addEventListener("resize", redraw);
  addEventListener("beforeprint", () => { document.body.classList.add("printing"); redraw(); });
  addEventListener("afterprint", () => { document.body.classList.remove("printing"); redraw(); });
})();
