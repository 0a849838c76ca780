// A table that sorts by its headers and is downloaded as CSV with exact values. Belongs here: every table of the page.
(function (site) {
  "use strict";
  const el = site.el;

  // columns: {name, number, cell(row) → node or text, key(row) → what it sorts by (a decimal's text where number), csv(row),
  //   csvName, csvOnly}; rows; file: its name; caption; groupOf(row): the heading that rows stand under while unsorted; detail(row).
  site.table = function ({ caption, columns, rows, file, groupOf, rowClass, detail }) {
    const visible = columns.filter((column) => !column.csvOnly);
    const body = el("tbody");
    let sorted = null, down = false;

    const headers = visible.map((column) => {
      const button = el("button", { type: "button", click: () => sortBy(column) }, column.name, el("span.arrow", { "aria-hidden": "true" }));
      return el(column.number ? "th.number" : "th", { scope: "col", "aria-sort": "none" }, column.key ? button : column.name);
    });

    function ordered() {
      if (!sorted) return rows;
      const sign = down ? -1 : 1;
      return rows.slice().sort((a, b) => {
        const x = sorted.key(a), y = sorted.key(b);
        const missing = (x === null || x === undefined || x === "") - (y === null || y === undefined || y === "");
        if (missing) return missing;
        if (x === null || x === undefined || x === "") return 0;
        return sign * (sorted.number ? site.decimal.compare(String(x), String(y)) : String(x).localeCompare(String(y), "zh-Hans-CN"));
      });
    }

    function sortBy(column) {
      if (sorted !== column) { sorted = column; down = Boolean(column.number); }
      else if (down === Boolean(column.number)) down = !down;
      else sorted = null;
      fill();
    }

    function fill() {
      headers.forEach((header, at) => {
        const here = visible[at] === sorted;
        header.setAttribute("aria-sort", here ? (down ? "descending" : "ascending") : "none");
      });
      let group = null;
      body.replaceChildren(...ordered().flatMap((row) => {
        const made = [];
        if (groupOf && !sorted && groupOf(row) !== group) {
          group = groupOf(row);
          made.push(el("tr.group", {}, el("th", { colspan: visible.length, scope: "rowgroup" }, group)));
        }
        const cells = visible.map((column, at) =>
          el(at === 0 ? "th" : column.number ? "td.number" : "td", at === 0 ? { scope: "row" } : { "data-name": column.name }, column.cell(row)));
        const line = el("tr", { class: rowClass && rowClass(row) }, cells);
        made.push(line);
        if (detail) site.disclose(line, visible.length, () => detail(row));
        return made;
      }));
    }

    fill();
    const download = el("button.quiet", { type: "button", click: () => save(file, csv(columns, ordered())) }, "下载 CSV");
    const table = el("table", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, headers)), body);
    return el("div.tabled", {},
      el(rows.length > site.MANY && !groupOf ? "div.wide.tall" : "div.wide", { tabindex: "0", role: "region", "aria-label": caption }, table),
      el("p.tools", {}, download));
  };

  // A row whose first button opens a line below it with what is known besides.
  site.disclose = function (line, width, make) {
    const button = line.querySelector("button.discloses");
    if (!button) return;
    let opened = null;
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => {
      if (opened) { opened.remove(); opened = null; }
      else { opened = el("tr.opened", {}, el("td", { colspan: width }, make())); line.after(opened); }
      button.setAttribute("aria-expanded", String(Boolean(opened)));
    });
  };

  function csv(columns, rows) {
    const quoted = (value) => {
      const text = value === null || value === undefined ? "" : String(value);
      return /[",\r\n]/.test(text) ? '"' + text.replace(/"/g, '""') + '"' : text;
    };
    const lines = [columns.map((column) => column.csvName || column.name), ...rows.map((row) => columns.map((column) =>
      column.csv ? column.csv(row) : column.key ? column.key(row) : ""))];
    return "\ufeff" + lines.map((line) => line.map(quoted).join(",") + "\r\n").join("");
  }

  function save(name, text) {
    const link = el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" })), download: name + ".csv" });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
})(window.site = window.site || {});
