// A map whose places are shaded by a number. Each place can be reached by keyboard; the table beside it says the same in words.
import { scaleQuantile } from 'd3-scale'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { MapPlace } from '../api'
import { number, quantity } from '../show'
import { t } from '../words'
import { Failure } from '../ui/parts'
import { shapes, type Shape } from './geo'

const WIDTH = 760, HEIGHT = 600
const STEPS = [1, 2, 3, 4, 5]

interface Props { parent: string; places: MapPlace[]; indicator: boolean; onPlace: (code: string, name: string) => void }

export function ChinaMap({ parent, places, indicator, onPlace }: Props) {
  const [drawn, setDrawn] = useState<{ parent: string; shapes: Shape[] } | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [over, setOver] = useState<{ text: string; x: number; y: number } | null>(null)
  useEffect(() => {
    setOver(null)
    shapes(parent, WIDTH, HEIGHT).then((s) => { setDrawn({ parent, shapes: s }); setError(null) }).catch(setError)
  }, [parent])

  const byCode = useMemo(() => new Map(places.map((p) => [p.code, p])), [places])
  const amount = (p: MapPlace | undefined): number | null => (!p ? null : indicator ? p.value : p.count)
  const amounts = places.map(amount).filter((n): n is number => n !== null && (indicator || n > 0))
  const distinct = [...new Set(amounts)].sort((a, b) => a - b)
  const scale = distinct.length > STEPS.length ? scaleQuantile<number>(distinct, STEPS) : null
  const step = (n: number | null): number =>
    n === null || (!indicator && n === 0) ? 0 : scale ? scale(n) : STEPS.length - distinct.length + distinct.indexOf(n) + 1
  const say = (p: MapPlace | undefined) => (!p ? t('no_data') : indicator ? (p.value === null ? t('no_data') : quantity(p.value, p.unit) + (p.time ? `, ${p.time}` : '')) : t('n_facts', { n: p.count }))

  if (error) return <Failure error={error} />
  if (!drawn || drawn.parent !== parent) return <div class="map-space" />
  const ranges = STEPS.flatMap((s): [number, string][] => {
    const own = distinct.filter((n) => step(n) === s)
    return own.length ? [[s, own.length === 1 ? number(own[0]) : `${number(own[0])} – ${number(own.at(-1)!)}`]] : []
  })
  return (
    <div class="map-box">
      <svg class="map" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} data-export="map" role="group" aria-label={t('map')} onMouseLeave={() => setOver(null)}>
        {drawn.shapes.map((shape, i) => {
          if (!shape.code) return <path key={i} d={shape.path} class="inset"><title>{shape.name}</title></path>
          const place = byCode.get(shape.code)
          const name = place?.name ?? shape.name
          const text = `${name} ${say(place)}`
          return (
            <path key={shape.code} d={shape.path} class={`place step${step(amount(place))}`} data-code={shape.code} tabindex={0} role="button" aria-label={text}
              onClick={() => onPlace(shape.code, name)}
              onKeyDown={(e) => { if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); onPlace(shape.code, name) } }}
              onMouseMove={(e) => setOver({ text, x: e.offsetX, y: e.offsetY })} />
          )
        })}
        {/* no label where there is no room for one */}
        {drawn.shapes.filter((s) => s.name !== '南海诸岛' && s.box[2] - s.box[0] > 46 && s.box[3] - s.box[1] > 24).map((shape) => (
          <text key={shape.code + shape.name} class={`label on${step(amount(byCode.get(shape.code)))}`} x={shape.at[0]} y={shape.at[1]}>{shape.name.replace(/(省|市|特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区)$/, '')}</text>
        ))}
      </svg>
      {over && <div class="tip" style={{ left: over.x + 12 + 'px', top: over.y + 12 + 'px' }} aria-hidden="true">{over.text}</div>}
      <ul class="scale" aria-label={t(indicator ? 'latest' : 'by_count')}>
        <li><i class="step0" />{t('no_data')}</li>
        {ranges.map(([s, text]) => <li key={text}><i class={`step${s}`} />{text}</li>)}
      </ul>
    </div>
  )
}
