// An indicator over time, a colour a place. What was reached is a filled point on a line; a baseline is a hollow square, a
// target a hollow triangle on a dashed line: they are apart in form, not in colour alone.
import { extent } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import type { SeriesLine } from '../api'
import { filters, href } from '../route'
import { edtf, number, quantity } from '../show'
import { t } from '../words'

const WIDTH = 900, HEIGHT = 340, LEFT = 64, RIGHT = 120, TOP = 34, BOTTOM = 28, KEY = 10

/** The middle of what a time names, in years: 2010 is 2010.5, 2010-11 is 2010.875; an interval is at its end. */
export function years(time: string): number | null {
  const last = time.split('/').filter((part) => /^\d{4}/.test(part)).at(-1)
  const parts = last && /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(last)
  if (!parts) return null
  const [year, month, date] = [parts[1], parts[2], parts[3]].map(Number)
  return parts[3] ? year + (month - 1) / 12 + date / 366 : parts[2] ? year + (month - 0.5) / 12 : year + 0.5
}

export function Series({ series }: { series: SeriesLine[] }) {
  const lines = series.map((line) => ({
    ...line, points: line.points.map((p) => ({ ...p, at: years(p.time) })).filter((p): p is typeof p & { at: number } => p.at !== null).sort((a, b) => a.at - b.at),
  })).filter((line) => line.points.length)
  const all = lines.flatMap((line) => line.points)
  if (!all.length) return <p class="quiet">{t('no_points')}</p>
  const [from, to] = extent(all, (p) => p.at) as [number, number]
  const [low, high] = extent(all, (p) => p.value) as [number, number]
  const x = scaleLinear([Math.floor(from), Math.floor(to) + 1], [LEFT, WIDTH - RIGHT])
  const y = scaleLinear([low >= 0 && low < high * 0.6 ? 0 : low - (high - low) * 0.1, high === low ? high + 1 : high], [HEIGHT - BOTTOM, TOP]).nice(5)
  const first = Math.floor(from), count = Math.floor(to) - first + 1
  const every = Math.ceil(count / 12)
  const unit = lines[0].unit
  // names at the right, each beside the end of its line, and none upon another
  const names = lines.map((line, i) => ({ i, at: y(line.points.at(-1)!.value) + 4 })).sort((a, b) => a.at - b.at)
  names.forEach((name, k) => { if (k) name.at = Math.max(name.at, names[k - 1].at + 14) })
  for (let k = names.length - 1, most = HEIGHT - BOTTOM; k >= 0; most = names[k--].at - 14) names[k].at = Math.min(names[k].at, most)
  return (
    <svg class="chart series" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-export="series" role="group" aria-label={t('series')}>
      {y.ticks(5).map((n) => <g key={n}><line class="grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(n)} y2={y(n)} /><text class="tick end" x={LEFT - 6} y={y(n) + 4}>{unit === '%' ? number(n) + '%' : quantity(n, /元$/.test(unit ?? '') ? unit : '')}</text></g>)}
      {Array.from({ length: count }, (_, i) => first + i).filter((_, i) => i % every === 0).map((year) => <text key={year} class="tick mid" x={x(year + 0.5)} y={HEIGHT - 8}>{year}</text>)}
      <line class="axis" x1={LEFT} x2={WIDTH - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
      {lines.map((line, i) => {
        const reached = line.points.filter((p) => p.kind === 'reached')
        // what two bodies reached are two lines, also in one place
        const subjects = [...new Set(reached.map((p) => p.subject ?? ''))].map((subject) => reached.filter((p) => (p.subject ?? '') === subject))
        return (
          <g key={line.region} class={`curve c${i % 6}`} data-region={line.region}>
            {subjects.filter((own) => own.length > 1).map((own) => <path key={own[0].subject} class="stroke" d={'M' + own.map((p) => `${x(p.at)},${y(p.value)}`).join('L')} />)}
            {line.points.filter((p) => p.kind === 'target').map((p, j) => {
              const start = reached.filter((r) => r.at <= p.at && r.subject === p.subject).at(-1)
              return start && <path key={j} class="stroke dashed" d={`M${x(start.at)},${y(start.value)}L${x(p.at)},${y(p.value)}`} />
            })}
            {line.points.map((p, j) => {
              const px = x(p.at), py = y(p.value)
              const text = `${p.subject || line.name} ${edtf(p.time)} ${t(p.kind)} ${quantity(p.value, line.unit)}`
              return (
                <a key={j} href={href('fact', filters.value, p.fact)} aria-label={text} data-kind={p.kind}>
                  {p.kind === 'reached' ? <circle class="dot" cx={px} cy={py} r="4.5" /> : p.kind === 'baseline'
                    ? <rect class="hollow" x={px - 4.5} y={py - 4.5} width="9" height="9" /> : <path class="hollow" d={`M${px},${py - 6}l6,10h-12Z`} />}
                  <title>{text}</title>
                </a>
              )
            })}
            <text class="end-label" x={WIDTH - RIGHT + 8} y={names.find((n) => n.i === i)!.at}>{line.name}</text>
          </g>
        )
      })}
      <g class="key">
        <circle class="dot" cx={LEFT + 10} cy={KEY} r="4.5" /><text class="tick" x={LEFT + 20} y={KEY + 4}>{t('reached')}</text>
        <rect class="hollow" x={LEFT + 80} y={KEY - 4.5} width="9" height="9" /><text class="tick" x={LEFT + 95} y={KEY + 4}>{t('baseline')}</text>
        <path class="hollow" d={`M${LEFT + 164},${KEY - 6}l6,10h-12Z`} /><text class="tick" x={LEFT + 176} y={KEY + 4}>{t('target')}</text>
      </g>
    </svg>
  )
}
