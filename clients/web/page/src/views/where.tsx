// Where and when: the map, the timeline, and an indicator over time.
import { useEffect, useState } from 'preact/hooks'
import type { MapPlace, SeriesLine } from '../api'
import { ChinaMap } from '../charts/map'
import { Series } from '../charts/series'
import { Timeline } from '../charts/timeline'
import { saveCsv, savePng, saveSvg } from '../charts/export'
import { change, filters, href, route } from '../route'
import { edtf, number, quantity } from '../show'
import { t } from '../words'
import { useData } from '../ui/data'
import { Chips, Filters, day } from '../ui/filters'
import { Failure, Loading, Panel } from '../ui/parts'

function Exports({ what, csv }: { what: string; csv: () => void }) {
  return (
    <span class="exports" role="group" aria-label={t('export')}>
      <button type="button" onClick={() => saveSvg(what)}>SVG</button>
      <button type="button" onClick={() => void savePng(what)}>PNG</button>
      <button type="button" onClick={csv}>CSV</button>
    </span>
  )
}

function IndicatorBox() {
  const chosen = route.value.params.get('indicator') ?? ''
  const [typed, setTyped] = useState(chosen)
  useEffect(() => setTyped(chosen), [chosen])
  const { data } = useData<{ indicators: { name: string; unit: string | null; count: number }[] }>('indicators', new URLSearchParams({ ...(typed && typed !== chosen ? { q: typed } : {}), limit: '30' }).toString())
  return (
    <form class="inline indicator" onSubmit={(e) => { e.preventDefault(); change({ indicator: typed.trim() || null }) }}>
      <label><span>{t('indicator')}</span>
        <input type="search" list="indicators" name="indicator" value={typed} placeholder={t('indicator_hint')} autoComplete="off"
          onInput={(e) => {
            const text = e.currentTarget.value
            setTyped(text)
            if (text === '' || data?.indicators.some((i) => i.name === text)) change({ indicator: text || null })
          }} />
      </label>
      <datalist id="indicators">{(data?.indicators ?? []).map((i) => <option key={i.name + i.unit} value={i.name}>{`${i.unit ?? ''} ${i.count}`}</option>)}</datalist>
    </form>
  )
}

const has = (code: string) => /^\d\d0000$/.test(code) && code !== '000000'

function MapPanel() {
  const params = route.value.params
  const parent = params.get('parent') ?? '000000'
  const indicator = params.get('indicator') ?? ''
  const query = new URLSearchParams(filters.value)
  query.set('level', parent === '000000' ? 'province' : 'prefecture')
  if (parent !== '000000') query.set('parent', parent)
  const { data, error, again } = useData<{ places: MapPlace[] }>('map', query.toString())
  const places = data?.places ?? []
  const shown = places.filter((p) => (indicator ? p.value !== null : p.count > 0)).sort((a, b) => (indicator ? (b.value ?? 0) - (a.value ?? 0) : b.count - a.count))
  const parentName = params.get('name') || parent
  const onPlace = (code: string, name: string) => {
    if (parent === '000000' && has(code)) change({ parent: code, name })
    else if (code) change({ region: code })
  }
  const csv = () => saveCsv('map', ['code', 'name', 'count', 'value', 'unit', 'time'], places.map((p) => [p.code, p.name, p.count, p.value, p.unit, p.time]))
  return (
    <Panel title={indicator ? `${t('map')} · ${indicator}` : t('map')} id="map" aside={<Exports what="map" csv={csv} />}>
      <nav class="crumbs" aria-label={t('region')}>
        <button type="button" class="plain" disabled={parent === '000000'} onClick={() => change({ parent: null, name: null })}>{t('nationwide')}</button>
        {parent !== '000000' && <><span aria-current="true">{parentName}</span><button type="button" class="plain" onClick={() => change({ region: parent })}>{t('only_place', { name: parentName })}</button></>}
      </nav>
      {error && <Failure error={error} again={again} />}
      <div class="map-and-table">
        <ChinaMap parent={parent} places={places} indicator={!!indicator} onPlace={onPlace} />
        <div class="table-box" tabIndex={0} role="region" aria-label={t('place')}>
          <table>
            <thead><tr><th>{t('place')}</th><th class="n">{t(indicator ? 'latest' : 'count')}</th></tr></thead>
            <tbody>{shown.map((p) => (
              <tr key={p.code} data-place={p.code}>
                <td><button type="button" class="plain" onClick={() => onPlace(p.code, p.name)}>{p.name}</button></td>
                <td class="n">{indicator ? quantity(p.value!, p.unit) : number(p.count)}{indicator && p.time ? <small> {edtf(p.time)}</small> : null}</td>
              </tr>
            ))}</tbody>
          </table>
          {data && shown.length === 0 && <p class="quiet">{t('none_match')}</p>}
        </div>
      </div>
      <p class="quiet small">{t('map_source')}</p>
    </Panel>
  )
}

function TimePanel() {
  const by = route.value.params.get('by') ?? 'year'
  const query = new URLSearchParams(filters.value)
  query.set('by', by)
  const { data, error, again } = useData<{ points: { time: string; count: number }[]; undated: number }>('timeline', query.toString())
  const narrow = (time: string) => change({ from: day(time, false), to: day(time, true), by: by === 'year' ? 'month' : 'day' })
  return (
    <Panel title={t('timeline')} id="timeline" aside={
      <>
        <span class="choice" role="group" aria-label={t('timeline')}>
          {(['year', 'month', 'day'] as const).map((b) => <button key={b} type="button" aria-pressed={by === b} onClick={() => change({ by: b === 'year' ? null : b })}>{t(`by_${b}`)}</button>)}
        </span>
        <Exports what="timeline" csv={() => saveCsv('timeline', ['time', 'count'], (data?.points ?? []).map((p) => [p.time, p.count]))} />
      </>
    }>
      {error ? <Failure error={error} again={again} /> : data ? <Timeline points={data.points} onTime={narrow} /> : <Loading />}
      {data && data.undated > 0 && <p class="quiet small">{t('n_undated', { n: number(data.undated) })}</p>}
    </Panel>
  )
}

function SeriesPanel() {
  const params = route.value.params
  const indicator = params.get('indicator')
  const regions = params.get('region') || (params.get('parent') ?? '')
  const query = new URLSearchParams({ indicator: indicator ?? '' })
  if (regions) query.set('region', regions)
  const { data, error, again } = useData<{ series: SeriesLine[] }>(indicator ? 'series' : null, query.toString())
  const csv = () => saveCsv('series', ['region', 'name', 'unit', 'time', 'kind', 'value', 'subject', 'fact'],
    (data?.series ?? []).flatMap((s) => s.points.map((p) => [s.region, s.name, s.unit, p.time, p.kind, p.value, p.subject, p.fact])))
  return (
    <Panel title={indicator ? `${t('series')} · ${indicator}` : t('series')} id="series" aside={data ? <Exports what="series" csv={csv} /> : null}>
      {!indicator ? <p class="quiet">{t('series_hint')}</p> : error ? <Failure error={error} again={again} /> : data ? <Series series={data.series} /> : <Loading />}
    </Panel>
  )
}

export default function Where() {
  return (
    <div class="with-filters">
      <Filters />
      <div class="main">
        <div class="bar"><h1>{t('where')}</h1><Chips /><span class="spring" /><a class="button" href={href('search', filters.value)}>{t('search')}</a></div>
        <IndicatorBox />
        <MapPanel />
        <TimePanel />
        <SeriesPanel />
      </div>
    </div>
  )
}
