// Full text and facets, page by page; searches can be kept, subscribed to and taken along.
import { useEffect, useState } from 'preact/hooks'
import { get, post, remove, type Fact, type Saved } from '../api'
import { change, filters, href, route } from '../route'
import { number } from '../show'
import { t } from '../words'
import { useData } from '../ui/data'
import { Chips, Filters } from '../ui/filters'
import { Failure, FactGroups, Loading, Panel } from '../ui/parts'

interface Page { facts: Fact[]; next: string | null; total: number; total_exact: boolean }

function SavedSearches() {
  const { data, again } = useData<{ searches: Saved[] }>('searches')
  const [name, setName] = useState('')
  const [error, setError] = useState<Error | null>(null)
  const done = () => { setError(null); setName(''); again() }
  const save = () => post('searches', JSON.stringify({ name: name.trim() || route.value.params.get('q') || filters.value, query: filters.value }), 'application/json').then(done).catch(setError)
  return (
    <Panel title={t('saved')} id="saved">
      {data && data.searches.length === 0 && <p class="quiet">{t('saved_none')}</p>}
      <ul class="saved">
        {(data?.searches ?? []).map((s) => (
          <li key={s.id}>
            <a href={href('search', s.query)}>{s.name}</a>
            <a class="small" href={`./feed.atom?${s.query}`}>Atom</a>
            <button type="button" class="plain" aria-label={`${t('delete')}: ${s.name}`} onClick={() => remove(`searches/${s.id}`).then(done).catch(setError)}>×</button>
          </li>
        ))}
      </ul>
      {filters.value && (
        <form class="inline" onSubmit={(e) => { e.preventDefault(); void save() }}>
          <input value={name} placeholder={t('save_name')} aria-label={t('save_name')} onInput={(e) => setName(e.currentTarget.value)} data-save-name />
          <button>{t('save')}</button>
        </form>
      )}
      {error && <Failure error={error} />}
    </Panel>
  )
}

export default function Search() {
  const query = filters.value
  const q = route.value.params.get('q') ?? ''
  const [typed, setTyped] = useState(q)
  const [pages, setPages] = useState<Page[]>([])
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(true)
  const [turn, setTurn] = useState(0)
  useEffect(() => setTyped(q), [q])

  const load = (before: string | null, signal?: AbortSignal) => {
    const params = new URLSearchParams(query)
    params.set('limit', '50')
    if (before) params.set('before', before)
    setBusy(true)
    return get<Page>('facts', params, signal)
      .then((page) => { setPages((now) => (before ? [...now, page] : [page])); setError(null); setBusy(false) })
      .catch((why: Error) => { if (!signal?.aborted) { setError(why); setBusy(false) } })
  }
  useEffect(() => {
    const abort = new AbortController()
    void load(null, abort.signal)
    return () => abort.abort()
  }, [query, turn])

  const first = pages[0]
  const next = pages.at(-1)?.next ?? null
  return (
    <div class="with-filters">
      <Filters text={false} />
      <div class="main">
        <h1 class="visually-hidden">{t('search')}</h1>
        <form role="search" class="big-search" onSubmit={(e) => { e.preventDefault(); change({ q: typed.trim() || null }) }}>
          <input type="search" name="q" value={typed} placeholder={t('search_hint')} aria-label={t('search')} data-search autoComplete="off" onInput={(e) => setTyped(e.currentTarget.value)} />
          <button class="strong">{t('go_search')}</button>
        </form>
        <div class="bar">
          {first && <strong data-total={first.total}>{t(first.total_exact ? 'n_total' : 'n_total_about', { n: number(first.total) })}</strong>}
          <Chips />
          <span class="spring" />
          <a class="button" href={`./feed.atom${query ? '?' + query : ''}`}>{t('atom')}</a>
          <a class="button" href={`./facts.csv${query ? '?' + query : ''}`} download="zhiwen-facts.csv">{t('csv')}</a>
        </div>
        {error && <Failure error={error} again={() => setTurn((n) => n + 1)} />}
        {!first ? !error && <Loading /> : first.facts.length === 0 ? <p class="empty">{t('none_match')}</p> : (
          <div aria-busy={busy}>
            <FactGroups facts={pages.flatMap((p) => p.facts)} />
            {next && <p class="center"><button type="button" disabled={busy} onClick={() => void load(next)}>{t('load_more')}</button></p>}
          </div>
        )}
        <SavedSearches />
      </div>
    </div>
  )
}
