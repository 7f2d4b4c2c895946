// Builds the look and the islands into src/liqi/web/static/islands/: `npm run build`.
import { copyFileSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const PLACE = "../src/liqi/web/static/islands"
const OUT = `${PLACE}.new`

/** One SVG sprite of the icons named in icons.txt. */
function sprite() {
  const names = readFileSync("icons.txt", "utf8").split(/\s+/).filter(Boolean)
  const symbols = names.map((name) => {
    const svg = readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8")
    const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`
}

/** Every file straight under islands/ that is a script or a sheet; folders hold their parts. */
function islands() {
  return readdirSync("islands")
    .filter((name) => name.endsWith(".js") || name.endsWith(".css"))
    .map((name) => `islands/${name}`)
}

/** A packed copy beside each file, which the server sends where the browser takes it. */
function pack(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) pack(path)
    else if (/\.(js|css|svg|json)$/.test(entry.name)) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
  }
}

rmSync(OUT, { recursive: true, force: true })
mkdirSync(OUT, { recursive: true })
await build({
  entryPoints: islands(),
  outdir: OUT,
  bundle: true,
  minify: true,
  splitting: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox121", "safari17.5"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]-[hash]",
  chunkNames: "part-[hash]",
  legalComments: "linked",
  logLevel: "warning",
})
writeFileSync(`${OUT}/icons.svg`, sprite())
copyFileSync("node_modules/world-atlas/land-50m.json", `${OUT}/land.json`)
pack(OUT)
// Pages that are open meanwhile find the old files or the new ones, never none.
rmSync(PLACE, { recursive: true, force: true })
renameSync(OUT, PLACE)
