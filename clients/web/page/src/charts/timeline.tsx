// How many facts hold at which time, as columns; a column is a button that narrows the time.
import { scaleLinear } from 'd3-scale'
import { number } from '../show'
import { t } from '../words'

const WIDTH = 900, HEIGHT = 180, LEFT = 44, BOTTOM = 24

/** The times between the first and the last that have no facts, so that columns stand where they belong; none where that would be very many. */
export function filled(points: Props['points']): Props['points'] {
  if (points.length < 2) return points
  const known = new Map(points.map((p) => [p.time, p.count]))
  const last = points.at(-1)!.time, width = last.length
  const at = new Date((points[0].time + '-01-01').slice(0, 10) + 'T00:00:00Z')
  const out: Props['points'] = []
  for (let time = points[0].time; time <= last; time = at.toISOString().slice(0, width)) {
    if (out.length >= 400) return points
    out.push({ time, count: known.get(time) ?? 0 })
    if (width === 4) at.setUTCFullYear(at.getUTCFullYear() + 1)
    else if (width === 7) at.setUTCMonth(at.getUTCMonth() + 1)
    else at.setUTCDate(at.getUTCDate() + 1)
  }
  return out
}

interface Props { points: { time: string; count: number }[]; onTime: (time: string) => void }

export function Timeline({ points: known, onTime }: Props) {
  const points = filled(known)
  if (!points.length) return <p class="quiet">{t('no_points')}</p>
  const y = scaleLinear([0, Math.max(...points.map((p) => p.count), 1)], [HEIGHT - BOTTOM, 8]).nice(4)
  const step = (WIDTH - LEFT) / points.length
  const every = Math.ceil(points.length / Math.max(1, Math.floor((WIDTH - LEFT) / (points[0].time.length * 8 + 10))))
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-export="timeline" role="group" aria-label={t('timeline')}>
      {y.ticks(4).filter(Number.isInteger).map((n) => (
        <g key={n}><line class="grid" x1={LEFT} x2={WIDTH} y1={y(n)} y2={y(n)} /><text class="tick end" x={LEFT - 6} y={y(n) + 4}>{number(n)}</text></g>
      ))}
      {points.map((p, i) => {
        const wide = Math.min(step - 1.5, 46)
        return (
          <g key={p.time}>
            <rect class="bar" x={LEFT + i * step + (step - wide) / 2} width={wide} y={y(p.count)} height={HEIGHT - BOTTOM - y(p.count)} tabindex={0} role="button"
              aria-label={`${p.time}: ${t('n_facts', { n: p.count })}`} data-time={p.time}
              onClick={() => onTime(p.time)} onKeyDown={(e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); onTime(p.time) } }}>
              <title>{`${p.time}: ${p.count}`}</title>
            </rect>
            {i % every === 0 && <text class="tick mid" x={LEFT + (i + 0.5) * step} y={HEIGHT - 7}>{p.time}</text>}
          </g>
        )
      })}
      <line class="axis" x1={LEFT} x2={WIDTH} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
    </svg>
  )
}
