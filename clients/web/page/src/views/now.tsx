// Facts as they arrive, under their articles.
import { useEffect, useRef, useState } from 'preact/hooks'
import { signal } from '@preact/signals'
import { get, type Fact } from '../api'
import { listen } from '../live'
import { filters } from '../route'
import { t } from '../words'
import { Chips, Filters } from '../ui/filters'
import { Failure, FactGroups, Loading } from '../ui/parts'

const MOST = 400 // lines that stay on the page; older ones are found by search
const FRESH_MS = 6000

export const paused = signal(false)
export const togglePause = () => (paused.value = !paused.value)

/** Newer before older, each id once; what is known of a fact already is replaced by what comes. */
function merge(newer: Fact[], older: Fact[]): Fact[] {
  const seen = new Set<string>()
  return [...newer, ...older].filter((fact) => !seen.has(fact.id) && seen.add(fact.id)).slice(0, MOST)
}

export default function Now() {
  const [facts, setFacts] = useState<Fact[] | null>(null)
  const [held, setHeld] = useState<Fact[]>([])
  const [fresh, setFresh] = useState<Set<string>>(new Set())
  const [error, setError] = useState<Error | null>(null)
  const [turn, setTurn] = useState(0)
  const query = filters.value
  const batch = useRef<Fact[]>([])

  useEffect(() => {
    const abort = new AbortController()
    let again = 0, flush = 0
    setFacts(null)
    setHeld([])
    batch.current = []

    const load = () =>
      get<{ facts: Fact[] }>('facts', query ? `${query}&limit=100` : 'limit=100', abort.signal)
        .then((answer) => { setFacts((now) => merge(now ?? [], answer.facts)); setError(null) })
        .catch((why: Error) => {
          if (abort.signal.aborted) return
          setError(why)
          again = window.setTimeout(load, 3000)
        })
    // A burst of facts is shown at once, not fact by fact.
    const show = () => {
      flush = 0
      const come = batch.current.reverse()
      batch.current = []
      if (paused.value) { setHeld((now) => merge(come, now)); return }
      setFacts((now) => merge(come, now ?? []))
      setFresh((now) => new Set([...now, ...come.map((f) => f.id)]))
      setTimeout(() => setFresh((now) => new Set([...now].filter((id) => !come.some((f) => f.id === id)))), FRESH_MS)
    }
    const touch = (id: string, how: (fact: Fact) => Fact) => {
      const all = (list: Fact[]) => list.map((fact) => (fact.id === id ? how(fact) : fact))
      setFacts((now) => now && all(now))
      setHeld(all)
    }
    // First the line, then what is there: nothing falls between the two.
    const end = listen(query, {
      fact(fact) {
        batch.current.push(fact)
        flush ||= window.setTimeout(show, 120)
      },
      support: (event) => touch(event.id, (fact) => ({ ...fact, support: event.support ?? fact.support + 1 })),
      retract: (event) => touch(event.id, (fact) => ({ ...fact, withdrawn: true })),
      again: () => void load(),
    })
    void load()
    return () => { end(); abort.abort(); clearTimeout(again); clearTimeout(flush) }
  }, [query, turn])

  const release = () => {
    setFacts((now) => merge(held, now ?? []))
    setHeld([])
  }
  useEffect(() => { if (!paused.value && held.length) release() }, [paused.value, held.length])

  return (
    <div class="with-filters">
      <Filters />
      <div class="main">
        <div class="bar">
          <h1>{t('now')}</h1>
          <Chips />
          <span class="spring" />
          {held.length > 0 && <button type="button" class="strong" data-waiting={held.length} onClick={release}>{t('show_waiting', { n: held.length })}</button>}
          <button type="button" aria-pressed={paused.value} data-pause onClick={togglePause}>{t(paused.value ? 'resume' : 'pause')}</button>
        </div>
        <p class="visually-hidden" role="status">{fresh.size ? t('new_arrived', { n: fresh.size }) : ''}</p>
        {error && <Failure error={error} again={() => setTurn((n) => n + 1)} />}
        {!facts ? !error && <Loading /> : facts.length ? <FactGroups facts={facts} fresh={fresh} />
          : <p class="empty">{t(query ? 'none_match' : 'none_yet')}</p>}
      </div>
    </div>
  )
}
