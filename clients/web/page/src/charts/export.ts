// A drawn chart as a file: SVG with its looks written into it, PNG of that, and CSV of the numbers.
const LOOKS = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'opacity', 'font-size', 'font-family', 'font-weight', 'text-anchor', 'paint-order']

function standalone(svg: SVGSVGElement): { text: string; width: number; height: number } {
  const copy = svg.cloneNode(true) as SVGSVGElement
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')]
  from.forEach((element, i) => {
    const looks = getComputedStyle(element)
    for (const name of LOOKS) to[i].setAttribute(name, looks.getPropertyValue(name))
    for (const name of ['class', 'tabindex', 'role', 'href']) to[i].removeAttribute(name)
  })
  const { width, height } = svg.viewBox.baseVal
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg')
  copy.setAttribute('width', String(width))
  copy.setAttribute('height', String(height))
  const ground = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
  ground.setAttribute('width', '100%')
  ground.setAttribute('height', '100%')
  ground.setAttribute('fill', getComputedStyle(svg.closest('.panel') ?? document.body).backgroundColor)
  copy.prepend(ground)
  return { text: new XMLSerializer().serializeToString(copy), width, height }
}

function offer(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

export const find = (what: string) => document.querySelector<SVGSVGElement>(`svg[data-export="${what}"]`)

export function saveSvg(what: string): void {
  const svg = find(what)
  if (svg) offer(new Blob([standalone(svg).text], { type: 'image/svg+xml' }), `zhiwen-${what}.svg`)
}

export async function savePng(what: string): Promise<void> {
  const svg = find(what)
  if (!svg) return
  const { text, width, height } = standalone(svg)
  const image = new Image()
  image.src = 'data:image/svg+xml;charset=utf-8,' + encodeURIComponent(text)
  await image.decode()
  const canvas = document.createElement('canvas')
  canvas.width = width * 2
  canvas.height = height * 2
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  canvas.toBlob((blob) => blob && offer(blob, `zhiwen-${what}.png`), 'image/png')
}

/** A cell that a spreadsheet would take for a formula gets an apostrophe before it: what is in it was written by others. */
const cell = (value: unknown) => {
  let text = value === null || value === undefined ? '' : String(value)
  if (typeof value === 'string' && /^[=+\-@\t\r]/.test(text)) text = "'" + text
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
export function saveCsv(what: string, head: string[], rows: unknown[][]): void {
  const text = [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
  offer(new Blob(['\ufeff' + text], { type: 'text/csv;charset=utf-8' }), `zhiwen-${what}.csv`)
}
