// Asking the server from a component: what came, what failed, and asking again.
import { useCallback, useEffect, useState } from 'preact/hooks'
import { get, Refused } from '../api'

export interface Asked<T> { data: T | null; error: Error | null; busy: boolean; again: () => void }

/** `path` null asks nothing. `every_ms` asks again in that rhythm; the last answer stays while the next is awaited. */
export function useData<T>(path: string | null, query = '', every_ms = 0): Asked<T> {
  const [data, setData] = useState<T | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(path !== null)
  const [turn, setTurn] = useState(0)

  useEffect(() => {
    if (path === null) { setData(null); setBusy(false); return }
    const abort = new AbortController()
    setBusy(true)
    get<T>(path, query, abort.signal)
      .then((answer) => { setData(answer); setError(null) })
      .catch((why: Error) => { if (!abort.signal.aborted) setError(why) })
      .finally(() => { if (!abort.signal.aborted) setBusy(false) })
    // What the page server refuses stays refused; what was unreachable is asked again.
    const timer = every_ms ? setTimeout(() => setTurn((n) => n + 1), every_ms) : 0
    return () => { clearTimeout(timer); abort.abort() }
  }, [path, query, turn])
  useEffect(() => {
    if (!error || error instanceof Refused || every_ms) return
    const timer = setTimeout(() => setTurn((n) => n + 1), 3000)
    return () => clearTimeout(timer)
  }, [error])

  return { data, error, busy, again: useCallback(() => setTurn((n) => n + 1), []) }
}
