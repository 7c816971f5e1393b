// How the daemon and the store are; asked every few seconds, so what is broken shows and what heals shows too.
import { useData } from '../ui/data'
import { Bars, countsOf, Failure, Loading, Panel } from '../ui/parts'
import { Sparkline } from '../charts/sparkline'
import { bytes, moment, number } from '../show'
import { kindWord, reasonWord, t } from '../words'

interface State {
  daemon: { reachable: boolean; since: string | null; error: string | null; status: Record<string, unknown> | null }
  lag: { events: number | null; position: number | null; lost: number; trouble: string | null }
  store: { facts: number; articles: number; bytes: number }
  rates: { time: string; articles_per_s: number | null; facts_per_s: number | null; queued: number | null }[]
  duplicates: Record<string, number>
  damage: Record<string, number>
  refused: Record<string, number>
}
const EVERY_MS = 3000

function leaves(of: unknown, path = ''): [string, string][] {
  if (of === null || of === undefined) return []
  if (typeof of !== 'object') return [[path, typeof of === 'number' ? number(of) : String(of)]]
  return Object.entries(of as Record<string, unknown>).flatMap(([k, v]) => leaves(v, path ? `${path}.${k}` : k))
}

export default function StateView() {
  const { data, error, again } = useData<State>('state', '', EVERY_MS)
  if (!data) return error ? <Failure error={error} again={again} /> : <Loading />
  const { daemon, lag, store } = data
  const all = leaves(daemon.status)
  const of = (name: string) => all.find(([known]) => known === name)?.[1] ?? '–'
  return (
    <div class="state">
      <h1>{t('state')}</h1>
      {error && <Failure error={error} again={again} />}
      <ul class="figures">
        <li data-daemon={daemon.reachable ? 'up' : 'down'}>
          <span>{t('daemon')}</span><strong>{t(daemon.reachable ? 'reachable' : 'unreachable')}</strong>
          <small>{daemon.since ? `${t('since')} ${moment(daemon.since)}` : ''}{daemon.error ? ` · ${daemon.error}` : ''}</small>
        </li>
        <li><span>{t('lag')}</span><strong>{lag.events === null ? '–' : t('events', { n: number(lag.events) })}</strong><small>{lag.trouble ?? (lag.lost ? t('n_lost', { n: number(lag.lost) }) : '')}</small></li>
        <li><span>{t('facts')}</span><strong>{number(store.facts)}</strong><small>{t('store')}</small></li>
        <li><span>{t('articles')}</span><strong>{number(store.articles)}</strong><small>{bytes(store.bytes)}</small></li>
        <li><span>{t('queue')}</span><strong>{of('queue.queued')}</strong><small>{t('in_flight', { n: of('queue.in_flight'), most: of('queue.max_in_flight') })}</small></li>
      </ul>
      <div class="two">
        <Panel title={t('rates')} aside={<span class="quiet">{t('per_second')}</span>}><Sparkline values={data.rates.map((r) => r.articles_per_s ?? 0)} label={t('rates')} /></Panel>
        <Panel title={t('duplicates')}><Bars counts={countsOf(data.duplicates)} word={kindWord} /></Panel>
        <Panel title={t('damage')}><Bars counts={countsOf(data.damage)} word={kindWord} /></Panel>
        <Panel title={t('quarantine')} id="quarantine">
          <p class="quiet small">{t('in_quarantine', { n: of('store.quarantined') })}</p>
          <Bars counts={countsOf(data.refused)} word={reasonWord} />
        </Panel>
      </div>
      {all.length > 0 && (
        <details class="panel"><summary>{t('details')}</summary>
          <dl class="counters">{all.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
        </details>
      )}
    </div>
  )
}
