// Outlines of places, projected. Albers' equal-area conic with the parallels customary for maps of China (25° and 47° north,
// central meridian 105° east; J. P. Snyder, Map Projections: A Working Manual, USGS 1987, p. 98).
export interface Shape { code: string; name: string; path: string; at: [number, number]; box: [number, number, number, number] }
interface File { grid: number; places: { code: string; name: string; at: [number, number] | null; rings: number[][]; inset?: true }[] }

const INSET = 74
const RAD = Math.PI / 180
const N = (Math.sin(25 * RAD) + Math.sin(47 * RAD)) / 2
const C = Math.cos(25 * RAD) ** 2 + 2 * N * Math.sin(25 * RAD)
const RHO0 = Math.sqrt(C - 2 * N * Math.sin(36 * RAD)) / N

export function project(lon: number, lat: number): [number, number] {
  const rho = Math.sqrt(C - 2 * N * Math.sin(lat * RAD)) / N
  const theta = N * (lon - 105) * RAD
  return [rho * Math.sin(theta), -(RHO0 - rho * Math.cos(theta))]
}

export async function shapes(code: string, width: number, height: number): Promise<Shape[]> {
  const response = await fetch(`./assets/geo/${code}.json`)
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`)
  const { grid, places } = (await response.json()) as File
  // An inset is not projected but stands upright in a corner.
  const flat = places.map((place) => place.rings.map((ring) => {
    const out: [number, number][] = []
    for (let i = 0; i + 1 < ring.length; i += 2) {
      const [lon, lat] = [ring[i] / grid, ring[i + 1] / grid]
      out.push(place.inset ? [lon, -lat * 1.3] : project(lon, lat))
    }
    return out
  }))
  // The reefs of Sansha, far to the south, would make Hainan a dot: they do not set the scale.
  let x0 = Infinity, x1 = -Infinity, y0 = Infinity, y1 = -Infinity
  const main = flat.filter((_, i) => !places[i].inset && places[i].code !== '460300')
  for (const ring of main.flat()) for (const [x, y] of ring) {
    x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y)
  }
  const scale = Math.min((width - 16) / (x1 - x0), (height - 16) / (y1 - y0))
  const dx = (width - scale * (x1 - x0)) / 2, dy = (height - scale * (y1 - y0)) / 2
  const place = ([x, y]: [number, number]): [number, number] => [dx + (x - x0) * scale, dy + (y - y0) * scale]
  const own = flat.flatMap((rings, i) => (places[i].inset ? rings.flat() : []))
  const left = Math.min(...own.map(([x]) => x)), top = Math.min(...own.map(([, y]) => y))
  const across = Math.max(...own.map(([x]) => x)) - left, down = Math.max(...own.map(([, y]) => y)) - top
  const corner = ([x, y]: [number, number]): [number, number] => [width - 12 - INSET + ((x - left) / across) * INSET, height - 12 - (down / across) * INSET + ((y - top) / across) * INSET]

  return places.map((p, i) => {
    const box: Shape['box'] = [Infinity, Infinity, -Infinity, -Infinity]
    const path = flat[i].map((ring) => {
      const points = ring.map(p.inset ? corner : place)
      for (const [x, y] of points) {
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y)
      }
      return 'M' + points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L') + 'Z'
    }).join('')
    return { code: p.code, name: p.name, path, box, at: p.at ? place(project(...p.at)) : [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] }
  })
}
