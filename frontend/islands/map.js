// Maps: <div class="island-map" data-map="ID" data-land="…/land.json"> beside a JSON script #ID.
//
// The JSON: {points: [[longitude, latitude, count, name, address?], ...], words: {closer, wider, all, places}, world?}.
// Land is an outline without borders; points that would touch are drawn as one with their sum.
import { ScatterChart } from "echarts/charts"
import { GeoComponent, TooltipComponent } from "echarts/components"
import { init, registerMap, use } from "echarts/core"
import { CanvasRenderer } from "echarts/renderers"
import { feature } from "topojson-client"
import { keepDrawn, palette, read, thin, tooltip, wait } from "./plot/palette.js"
import { WORLD, fit, gathered, size } from "./plot/points.js"

use([ScatterChart, GeoComponent, TooltipComponent, CanvasRenderer])

/** The outline without the cut at 180 degrees: what lies east of it goes on beyond 180. Antarctica is left out. */
function unbroken(shape) {
  const polygons = (shape.features ?? [shape]).flatMap((one) => one.geometry.coordinates)
  const whole = polygons
    .filter(([ring]) => ring.some((point) => point[1] > -60))
    .map((rings) => rings.map((ring) => (across(ring) ? ring.map(([x, y]) => [x < -90 ? x + 360 : x, y]) : ring)))
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: { name: "land" }, geometry: { type: "MultiPolygon", coordinates: whole } }] }
}

function across(ring) {
  return ring.some(([x], at) => at > 0 && Math.abs(x - ring[at - 1][0]) > 180)
}

let land
async function loadLand(address) {
  land ??= fetch(address).then((answer) => answer.json())
  registerMap("land", unbroken(feature(await land, "land")))
}

function picture(data, view, colours) {
  return {
    animation: false,
    tooltip: { ...tooltip(colours), formatter: ({ data: point }) => (point ? `${point.name}\n${thin(point.value[2])}` : "") },
    geo: {
      map: "land",
      roam: "move",
      silent: false,
      center: view.center,
      zoom: view.zoom,
      scaleLimit: { min: view.least ?? 1, max: 60 },
      layoutCenter: ["50%", "50%"],
      layoutSize: view.size,
      boundingCoords: [[-170, 78], [188, -56]],
      itemStyle: { areaColor: colours.dark ? "#353b44" : "#dfdfd8", borderWidth: 0 },
      emphasis: { disabled: true },
      tooltip: { show: false },
      select: { disabled: true },
    },
    series: [{ type: "scatter", coordinateSystem: "geo", data: [], itemStyle: { color: colours.cobalt, opacity: 0.85, borderColor: colours.sheet, borderWidth: 1 }, emphasis: { scale: 1.15 } }],
  }
}

function dots(chart, points, colours) {
  const groups = gathered(points, (place) => chart.convertToPixel("geo", place))
  const most = Math.max(...groups.map((group) => group.count), 1)
  const ink = colours.dark ? "#10203f" : "#fff"
  return groups.map((group) => {
    const wide = 7 + 25 * Math.sqrt(group.count / Math.max(most, 25))
    const said = thin(group.count)
    return {
      name: group.name,
      value: [group.longitude, group.latitude, group.count],
      address: group.address,
      members: group.members,
      symbolSize: wide,
      label: group.count > 1 && wide >= 8 + 5.6 * said.replace(/\D/g, "").length ? { show: true, formatter: said, color: ink, fontSize: said.length > 3 ? 10 : 11 } : { show: false }, // a number that its circle holds
    }
  })
}

function buttons(element, words, turn) {
  const box = document.createElement("div")
  box.className = "map-buttons"
  for (const [sign, label, factor] of [["+", words.closer, 1.8], ["−", words.wider, 1 / 1.8], ["◦", words.all, 0]]) {
    const button = document.createElement("button")
    Object.assign(button, { type: "button", textContent: sign, title: label })
    button.setAttribute("aria-label", label)
    button.addEventListener("click", () => turn(factor))
    box.append(button)
  }
  element.after(box)
}

wait("map", async (element) => {
  const data = read(element.dataset.map)
  await loadLand(element.dataset.land)
  const chart = init(element, null, { renderer: "canvas" })
  const start = data.world ? { ...WORLD, size: size(element) } : fit(data.points, element)
  let view = start
  let colours

  const scatter = () => chart.setOption({ series: [{ data: dots(chart, data.points, colours) }] })
  const draw = () => {
    colours = palette()
    chart.setOption(picture(data, view, colours), true)
    scatter()
  }
  const turn = (factor) => {
    const now = chart.getOption().geo[0]
    view = factor ? { ...start, center: now.center, zoom: Math.min(60, Math.max(start.least ?? 1, now.zoom * factor)) } : start
    chart.setOption({ geo: { center: view.center, zoom: view.zoom } })
    scatter()
  }

  keepDrawn(element, chart, draw)
  buttons(element, data.words, turn)
  chart.on("georoam", scatter)
  chart.on("click", ({ data: point }) => {
    if (point?.members === 1 && point.address) location.assign(point.address)
    else if (point) {
      view = { ...start, center: point.value.slice(0, 2), zoom: Math.min(60, chart.getOption().geo[0].zoom * 2.5) }
      chart.setOption({ geo: { center: view.center, zoom: view.zoom } })
      scatter()
    }
  })
})
