// What of Apache ECharts the pages use: bars, lines, a marked line, texts read aloud, drawn as SVG. Built into
// echarts.min.js, which is kept beside this file so that installing needs no npm:
//   npm install --save-exact echarts@6.1.0 esbuild@0.25.12
//   npx esbuild echarts.entry.js --bundle --minify --format=iife --global-name=echarts --target=es2017 \
//     --legal-comments=none --banner:js="/* Apache ECharts 6.1.0, Apache-2.0; zrender, BSD-3-Clause; tslib, 0BSD */" \
//     --outfile=echarts.min.js
import { init, use } from "echarts/core";
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, LineChart, AriaComponent, GridComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export { init };
