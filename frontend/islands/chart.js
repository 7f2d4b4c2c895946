// Charts: <div class="island-chart" data-chart="ID" role="img" aria-label="…"> beside a JSON script #ID.
//
// The JSON: {kind: "bars" | "columns" | "lines" | "heat", categories: [...], series: [{name, values, texture?}],
//            unit, across? (unit of the categories), stacked?, rows? (heat: names of rows), links? (one address a category, opened by a click)}.
// A null in values is a hole: it is drawn as nothing and said as a dash, never as zero.
import { BarChart, HeatmapChart, LineChart } from "echarts/charts"
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components"
import { init, use } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import { digits, keepDrawn, palette, read, thin, tooltip, wait } from "./plot/palette.js"

use([BarChart, HeatmapChart, LineChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent, CanvasRenderer])

const SHAPES = { bars: across, columns: upright, lines: upright, heat }

function frame(data, colours) {
  const many = data.series.length > 1
  const under = many && data.narrow && data.series.length < 4 // on a phone names stand under each other: side by side they wrap over the plot
  return {
    animation: false,
    color: colours.hues,
    textStyle: { fontFamily: colours.font, color: colours.ink },
    aria: { enabled: true, decal: { show: data.series.length > 1 && "printing" in document.documentElement.dataset } },
    grid: { left: 4, right: 24, top: under ? 16 + 20 * data.series.length : many ? 36 : 8, bottom: 4, outerBoundsMode: "same", containLabel: true },
    legend: many ? { type: data.narrow && !under ? "scroll" : "plain", orient: under ? "vertical" : "horizontal", top: 0, left: 0, itemWidth: 12, itemHeight: 12, icon: "rect", textStyle: { color: colours.ink2 } } : undefined,
    tooltip: { ...tooltip(colours), trigger: "axis", axisPointer: { type: data.kind === "lines" ? "line" : "none" }, valueFormatter: (value) => `${thin(value)} ${data.unit ?? ""}`.trim() },
  }
}

function scale(data, colours) {
  const counts = data.series.every((one) => one.values.every((value) => value === null || Number.isInteger(value)))
  return {
    type: "value",
    minInterval: counts ? 1 : 0,
    min: (range) => Math.min(0, range.min),
    name: data.unit,
    nameTextStyle: { color: colours.ink3, align: "left" },
    axisLabel: { color: colours.ink3, formatter: (value) => thin(value) },
    splitLine: { lineStyle: { color: colours.line } },
  }
}

function names(data, colours) {
  return {
    type: "category",
    data: data.categories,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.line2 } },
    axisLabel: { color: colours.ink2, width: data.narrow ? 110 : 180, overflow: "truncate" },
  }
}

function series(data, colours, type) {
  const least = digits(data.series[0]?.values ?? [])
  return data.series.map((one) => ({
    name: one.name,
    type,
    data: one.values,
    stack: data.stacked ? "all" : undefined,
    barMaxWidth: 18,
    showSymbol: data.categories.length < 40,
    connectNulls: false,
    label:
      type === "bar" && data.series.length === 1
        ? { show: true, position: data.kind === "bars" ? "right" : "top", color: colours.ink2, formatter: ({ value }) => thin(value, least) }
        : undefined,
  }))
}

function across(data, colours) {
  const option = frame(data, colours)
  const category = names(data, colours)
  category.axisLabel.interval = 0 // every bar has its name
  option.grid.right = data.narrow ? 24 : 64
  if (data.unit && data.series.length > 1) option.grid.bottom += 20
  const axis = { ...scale(data, colours), nameLocation: "middle", nameGap: 26, nameTextStyle: { color: colours.ink3 }, show: data.series.length > 1, splitNumber: data.narrow ? 2 : 5 }
  return { ...option, xAxis: axis, yAxis: { ...category, inverse: true }, series: series(data, colours, "bar") }
}

function upright(data, colours) {
  const type = data.kind === "lines" ? "line" : "bar"
  const option = frame(data, colours)
  if (data.unit) option.grid.top += 20
  if (data.across) option.grid.bottom += 20
  const axis = { ...names(data, colours), name: data.across, nameLocation: "middle", nameGap: 24, nameTextStyle: { color: colours.ink3 } }
  return { ...option, xAxis: axis, yAxis: scale(data, colours), series: series(data, colours, type) }
}

function heat(data, colours) {
  const cells = data.series.flatMap((row, y) => row.values.map((value, x) => [x, y, value]).filter((cell) => cell[2] !== null))
  const top = Math.max(...cells.map((cell) => cell[2]), 0)
  const label = { show: true, formatter: ({ value }) => thin(value[2]), color: colours.ink }
  return {
    ...frame({ ...data, series: [] }, colours),
    tooltip: { ...tooltip(colours), formatter: ({ value }) => `${data.series[value[1]].name} · ${data.categories[value[0]]}\n${thin(value[2])} ${data.unit ?? ""}` },
    xAxis: { ...names(data, colours), position: "top" },
    yAxis: { ...names({ categories: data.series.map((row) => row.name) }, colours), inverse: true },
    visualMap: { show: false, min: 0, max: data.max ?? top, inRange: { color: [colours.well, colours.hues[0]] } },
    series: [{ type: "heatmap", data: cells, label, itemStyle: { borderColor: colours.sheet, borderWidth: 2 } }],
  }
}

wait("chart", (element) => {
  const data = { ...read(element.dataset.chart), narrow: element.clientWidth < 420 }
  if (data.kind === "bars" && !element.style.height) element.style.height = `${data.categories.length * 28 * (data.stacked ? 1 : Math.max(1, data.series.length * 0.8)) + 48 + (data.series.length > 1 && data.narrow ? 20 * data.series.length : 0)}px` // on a phone the names of the series stand above it, a line each
  const chart = init(element, null, { renderer: "canvas" })
  keepDrawn(element, chart, () => chart.setOption(SHAPES[data.kind](data, palette()), true))
  if (data.links) chart.on("click", ({ dataIndex }) => data.links[dataIndex] && location.assign(data.links[dataIndex]))
})
