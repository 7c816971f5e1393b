// The stream of what happens: opened for a set of filters, opened again by itself, and what is known of the daemon.
import { signal } from '@preact/signals'
import type { Fact } from './api'

export type Line = 'connecting' | 'open' | 'broken'
export const line = signal<Line>('connecting')
export const daemon = signal<{ reachable: boolean; error?: string | null } | null>(null)

export interface Listener {
  fact(fact: Fact): void
  support(event: { id: string; support?: number; article?: string }): void
  retract(event: { id: string }): void
  /** Something may have been missed that the server does not send again: the line was down, or the server says so. */
  again(): void
}

const AGAIN_MS = 2000

/** Listens until the function that it returns is called. */
export function listen(query: string, listener: Listener): () => void {
  let source: EventSource | null = null
  let timer = 0
  let ended = false
  let was_down = false

  const open = () => {
    source = new EventSource(`./api/live${query ? '?' + query : ''}`)
    source.onopen = () => {
      line.value = 'open'
      if (was_down) listener.again()
      was_down = false
    }
    source.onerror = () => {
      if (ended) return
      line.value = 'broken'
      was_down = true
      if (source?.readyState === EventSource.CLOSED) timer = window.setTimeout(open, AGAIN_MS)
    }
    const on = (name: string, take: (data: never) => void) =>
      source?.addEventListener(name, (event) => {
        try { take(JSON.parse((event as MessageEvent<string>).data) as never) } catch { /* not ours to show */ }
      })
    on('fact', (data: Fact) => listener.fact(data))
    on('support', (data: { id: string }) => listener.support(data))
    on('retract', (data: { id: string }) => listener.retract(data))
    on('reset', () => listener.again())
    on('state', (data: { reachable: boolean }) => (daemon.value = data))
  }
  open()
  return () => {
    ended = true
    clearTimeout(timer)
    source?.close()
  }
}
