// A row of bars for the last points of a rate, with its highest value in words.
import { number } from '../show'

const WIDTH = 600, HEIGHT = 90, POINTS = 60

export function Sparkline({ values, label }: { values: number[]; label: string }) {
  const top = Math.max(...values, 0)
  const step = WIDTH / Math.max(POINTS, values.length)
  const first = Math.max(0, POINTS - values.length) // the newest stands at the right edge
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT + 16}`} role="img" aria-label={`${label}: max ${number(top)}`}>
      <line class="axis" x1="0" x2={WIDTH} y1={HEIGHT} y2={HEIGHT} />
      {values.map((v, i) => {
        const h = top > 0 ? (v / top) * (HEIGHT - 14) : 0
        return <rect key={i} class="bar" x={(first + i) * step + 0.5} width={Math.max(1, step - 1)} y={HEIGHT - h} height={h} />
      })}
      <text class="tick" x="0" y="10">{number(top)}</text>
    </svg>
  )
}
