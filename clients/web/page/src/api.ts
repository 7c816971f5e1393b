// What the server answers (clients/web/API.md), and how it is asked.
export interface Place { code: string; name: string }
export interface ArticleRef { id: string; title: string; outlet: string | null; url: string | null; published: string | null }
export interface Fact {
  id: string; type: string; modality: string; confidence: number
  time: { text: string; from: string | null; to: string | null } | null
  region: Place | null
  slots: Record<string, unknown>
  summary: string; quote: string; rule: string; support: number; position: string; seen: string
  article: ArticleRef
  withdrawn: boolean
}
export interface Source { article: string; outlet: string | null; title: string; url: string | null; published: string | null; kind: string }
export interface FullFact extends Fact { sources: Source[] }
export interface Span { start: number; end: number; slot: string }
export interface Evidence { text: string; spans: Span[]; raw: string; raw_spans: Span[]; raw_note: string | null; explanation: unknown }
export interface Article extends ArticleRef { received: string; charset: string | null; repairs: Record<string, number>; facts: Fact[] }
export interface Cluster {
  head: string
  members: { article: string; kind: string; similarity: number | null; first_seen: string | null; title?: string; outlet?: string }[]
  diff: { article: string; parts: { op: 'same' | 'only_head' | 'only_member'; text: string }[] }[]
}
export interface Count { value: string; count: number; name?: string }
export type Facets = Record<'type' | 'region' | 'modality' | 'source' | 'year', Count[]>
export interface RegionNode extends Place { children?: RegionNode[] }
export interface MapPlace extends Place { count: number; value: number | null; unit: string | null; time: string | null }
export interface SeriesLine {
  region: string; name: string; unit: string | null
  points: { time: string; value: number; kind: 'reached' | 'baseline' | 'target'; fact: string; subject?: string | null }[]
}
export interface Mention { start: number; end: number; kind: string; name?: string }
export interface Trial {
  text: string; charset: string | null; repairs: { kind: string; count: number; note?: string | null }[]
  mentions: Mention[]; facts: (Fact & { spans?: Span[]; start?: number; end?: number })[]
}
export interface Saved { id: string | number; name: string; query: string }

export class Refused extends Error {
  constructor(readonly status: number, readonly field: string | null, message: string) { super(message) }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (response.status === 204 ? null : await response.json()) as T
  let field: string | null = null, message = `${response.status} ${response.statusText}`
  try {
    const body = (await response.json()) as { error: { field: string | null; message: string } }
    field = body.error.field
    message = body.error.message
  } catch { /* no JSON came: the status line says all there is */ }
  throw new Refused(response.status, field, message)
}

export const get = <T>(path: string, query?: URLSearchParams | string, signal?: AbortSignal): Promise<T> => {
  const text = query ? String(query) : ''
  return fetch(`./api/${path}${text ? '?' + text : ''}`, { signal, headers: { accept: 'application/json' } }).then((r) => answer<T>(r))
}
export const post = <T>(path: string, body: BodyInit, type: string): Promise<T> =>
  fetch(`./api/${path}`, { method: 'POST', body, headers: { 'content-type': type, 'x-zhiwen': '1' } }).then((r) => answer<T>(r))
export const remove = (path: string): Promise<unknown> =>
  fetch(`./api/${path}`, { method: 'DELETE', headers: { 'x-zhiwen': '1' } }).then((r) => answer(r))

// An address in an article is text; it becomes a link only when it is plainly one of the web.
export function webAddress(url: string | null | undefined): string | null {
  return url && /^https?:\/\/[^\s]+$/i.test(url) ? url : null
}
