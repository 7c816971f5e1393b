// Where one is: the view, what it is about, and the filters, all in the address behind the #.
import { computed, signal } from '@preact/signals'

export const FILTERS = ['q', 'type', 'region', 'from', 'to', 'modality', 'confidence', 'source', 'article', 'indicator'] as const
export type FilterName = (typeof FILTERS)[number]
export type View = 'now' | 'where' | 'search' | 'state' | 'try' | 'fact'
const VIEWS: View[] = ['now', 'where', 'search', 'state', 'try', 'fact']

export interface Route { view: View; id: string; params: URLSearchParams }

function read(): Route {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?', 2)
  const [view, id] = path.split('/', 2)
  const params = new URLSearchParams(query ?? '')
  return { view: VIEWS.includes(view as View) ? (view as View) : 'now', id: id ? decodeURIComponent(id) : '', params }
}

export const route = signal<Route>(read())
addEventListener('hashchange', () => (route.value = read()))

export function href(view: View, params?: URLSearchParams | string, id = ''): string {
  const query = params ? String(params) : ''
  return `#/${view}${id ? '/' + encodeURIComponent(id) : ''}${query ? '?' + query : ''}`
}

/** Goes on with some parameters changed; null takes one out. */
export function change(changes: Record<string, string | null>, replace = false): void {
  const params = new URLSearchParams(route.value.params)
  for (const [name, value] of Object.entries(changes)) value ? params.set(name, value) : params.delete(name)
  const next = href(route.value.view, params, route.value.id)
  if (next === location.hash) return
  if (replace) history.replaceState(null, '', next)
  else history.pushState(null, '', next)
  route.value = read()
}

export function go(to: string): void {
  location.hash = to
}

/** The filters alone, in a fixed order, so that equal filters are equal text. */
export function filtersOf(params: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams()
  for (const name of FILTERS) {
    const value = params.get(name)
    if (value) out.set(name, value)
  }
  return out
}
export const filters = computed(() => filtersOf(route.value.params).toString())

export const listOf = (name: string): string[] => (route.value.params.get(name) ?? '').split(',').filter(Boolean)
export function toggle(name: string, value: string): void {
  const now = listOf(name)
  change({ [name]: (now.includes(value) ? now.filter((v) => v !== value) : [...now, value]).join(',') || null })
}
