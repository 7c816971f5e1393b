// How the daemon and the store are; asked every few seconds, so what is broken shows and what heals shows too.
import { useData } from '../ui/data'
import { Bars, countsOf, Failure, Loading, Panel } from '../ui/parts'
import { Sparkline } from '../charts/sparkline'
import { bytes, moment, number } from '../show'
import { kindWord, t } from '../words'

interface State {
  daemon: { reachable: boolean; since: string | null; error: string | null; status: Record<string, unknown> | null }
  lag: { events: number | null; seconds: number | null }
  store: { facts: number; articles: number; bytes: number }
  quarantine: { id: string; reason: string; received: string | null; source: string | null }[]
  rates: unknown[]
  duplicates: Record<string, number>
  damage: Record<string, number>
}
const EVERY_MS = 3000

/** A point is a number, or an object with a rate under one of the usual names. */
function rate(point: unknown): number {
  if (typeof point === 'number') return point
  const o = (point ?? {}) as Record<string, unknown>
  for (const name of ['articles', 'rate', 'value', 'n', 'facts']) if (typeof o[name] === 'number') return o[name] as number
  return 0
}

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
  const queue = all.filter(([name]) => /queue|pending|waiting/.test(name)).slice(0, 4)
  return (
    <div class="state">
      <h1>{t('state')}</h1>
      {error && <Failure error={error} again={again} />}
      <ul class="figures">
        <li data-daemon={daemon.reachable ? 'up' : 'down'}>
          <span>{t('daemon')}</span><strong>{t(daemon.reachable ? 'reachable' : 'unreachable')}</strong>
          <small>{daemon.since ? `${t('since')} ${moment(daemon.since)}` : ''}{daemon.error ? ` · ${daemon.error}` : ''}</small>
        </li>
        <li><span>{t('lag')}</span><strong>{lag.events === null ? '–' : t('events', { n: number(lag.events) })}</strong><small>{lag.seconds === null ? '' : t('seconds', { n: number(lag.seconds, 1) })}</small></li>
        <li><span>{t('facts')}</span><strong>{number(store.facts)}</strong><small>{t('store')}</small></li>
        <li><span>{t('articles')}</span><strong>{number(store.articles)}</strong><small>{bytes(store.bytes)}</small></li>
        {queue.map(([name, value]) => <li key={name}><span>{t('queue')}</span><strong>{value}</strong><small>{name}</small></li>)}
      </ul>
      <div class="two">
        <Panel title={t('rates')} aside={<span class="quiet">{t('per_second')}</span>}><Sparkline values={data.rates.map(rate)} label={t('rates')} /></Panel>
        <Panel title={t('duplicates')}><Bars counts={countsOf(data.duplicates)} word={kindWord} /></Panel>
        <Panel title={t('damage')}><Bars counts={countsOf(data.damage)} word={kindWord} /></Panel>
        <Panel title={t('quarantine')} id="quarantine">
          {data.quarantine.length === 0 ? <p class="quiet">{t('quarantine_none')}</p> : (
            <table>
              <thead><tr><th>{t('identity')}</th><th>{t('reason')}</th><th>{t('source')}</th><th>{t('received_at')}</th></tr></thead>
              <tbody>{data.quarantine.map((q, i) => <tr key={i}><td><code>{q.id}</code></td><td>{q.reason}</td><td>{q.source ?? ''}</td><td>{moment(q.received)}</td></tr>)}</tbody>
            </table>
          )}
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
