// The maps, made at build time from the outlines that Apache ECharts 4.9.0 ships (map/json, Apache License 2.0): China by
// province, each province by prefecture. Written as assets/geo/CODE.json, one fetched when it is looked at.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

interface Encoded {
  features: {
    id?: string
    properties: { id?: string; name: string; cp?: [number, number] }
    geometry: { type: string; coordinates: unknown[]; encodeOffsets?: unknown[] }
  }[]
}

const folder = join(dirname(fileURLToPath(import.meta.url)), 'node_modules/echarts4-maps/map/json')
const GRID = 100 // points a degree: about a kilometre, finer than a screen shows

type Ring = string | [number, number][]

// A ring is a list of points, or a string of pairs: each the zigzag-coded step from the point before, in 1/1024 degree.
function degrees(ring: Ring, offset: [number, number] | undefined): [number, number][] {
  if (typeof ring !== 'string' || !offset) return ring as [number, number][]
  let [x, y] = offset
  const step = (n: number) => (n >> 1) ^ -(n & 1)
  const points: [number, number][] = []
  for (let i = 0; i + 1 < ring.length; i += 2) {
    x += step(ring.charCodeAt(i) - 64)
    y += step(ring.charCodeAt(i + 1) - 64)
    points.push([x / 1024, y / 1024])
  }
  return points
}

function onGrid(points: [number, number][]): number[] {
  const out: number[] = []
  for (const point of points) {
    const x = Math.round(point[0] * GRID), y = Math.round(point[1] * GRID)
    if (out.length < 2 || out.at(-2) !== x || out.at(-1) !== y) out.push(x, y)
  }
  return out
}

function convert(file: string) {
  const map = JSON.parse(readFileSync(file, 'utf8')) as Encoded
  return map.features.map((feature) => {
    const { type, coordinates, encodeOffsets } = feature.geometry
    const polygons = (type === 'Polygon' ? [coordinates] : coordinates) as Ring[][]
    const offsets = (type === 'Polygon' ? [encodeOffsets] : encodeOffsets) as [number, number][][]
    const rings = polygons.flatMap((polygon, p) => polygon.map((ring, r) => onGrid(degrees(ring, offsets?.[p]?.[r]))))
    return {
      code: String(feature.id ?? feature.properties.id ?? ''), name: feature.properties.name,
      at: feature.properties.cp ?? null, rings: rings.filter((r) => r.length >= 8 || rings.length === 1),
    }
  })
}

// The islands of the South China Sea, as the inset that maps of China have: ECharts draws it from points of its own.
function inset() {
  const source = readFileSync(join(folder, '../../lib/coord/geo/fix/nanhai.js'), 'utf8')
  const points = JSON.parse(/var points = (\[.*?\]);\n/s.exec(source)![1]) as [number, number][][]
  const rings = points.map((ring) => onGrid(ring.map(([x, y]) => [126 + x / 10.5, 25 - (y * 0.75) / 10.5])))
  return { code: '', name: '南海诸岛', at: null, rings, inset: true }
}

function all(): Map<string, string> {
  const files = new Map<string, string>()
  const put = (code: string, places: unknown) => files.set(`assets/geo/${code}.json`, JSON.stringify({ grid: GRID, places }))
  put('000000', [...convert(join(folder, 'china.json')), inset()])
  for (const name of readdirSync(join(folder, 'province'))) {
    const places = convert(join(folder, 'province', name))
    const coded = places.find((place) => /^\d{6}$/.test(place.code))
    if (coded) put(coded.code.slice(0, 2) + '0000', places)
    else if (name === 'taiwan.json') put('710000', places)
  }
  return files
}

export function maps(): Plugin {
  return {
    name: 'zhiwen-maps',
    generateBundle() {
      for (const [fileName, source] of all()) this.emitFile({ type: 'asset', fileName, source })
    },
    configureServer(server) {
      const files = all()
      server.middlewares.use((request, response, next) => {
        const file = files.get((request.url ?? '').slice(1))
        if (!file) return next()
        response.setHeader('content-type', 'application/json')
        response.end(file)
      })
    },
  }
}
