// Single-key shortcuts, and the table that explains them. They can be turned off (WCAG 2.1.4) and never act while one types.
import { signal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { keys, lang, theme } from '../prefs'
import { filters, go, href, route, type View } from '../route'
import { t, type Word } from '../words'
import { togglePause } from '../views/now'

export const helpShown = signal(false)
const VIEWS: View[] = ['now', 'where', 'search', 'state', 'try']
const typing = (target: EventTarget | null) => target instanceof HTMLElement && target.matches('input:not([type=checkbox]), textarea, select')

function step(by: number): void {
  const all = [...document.querySelectorAll<HTMLElement>('[data-step]')].filter((e) => e.offsetParent)
  const at = all.indexOf(document.activeElement as HTMLElement)
  const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + by))]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

function search(): void {
  const box = [...document.querySelectorAll<HTMLInputElement>('[data-search]')].find((e) => e.offsetParent)
  if (box) box.focus()
  else go(href('search', filters.value))
}

export function shortcuts(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || document.querySelector('dialog[open]')) return
    if (event.key === 'Escape') {
      if (typing(event.target)) (event.target as HTMLElement).blur()
      else if (route.value.view === 'fact') history.back()
      return
    }
    if (!keys.value || typing(event.target)) return
    const view = VIEWS[Number(event.key) - 1]
    if (view) go(href(view, view === 'state' || view === 'try' ? '' : filters.value))
    else if (event.key === '/') search()
    else if (event.key === 'j') step(1)
    else if (event.key === 'k') step(-1)
    else if (event.key === 'p') togglePause()
    else if (event.key === 'f') document.querySelector<HTMLElement>('.filters summary')?.click()
    else if (event.key === 'd') theme.value = theme.value === 'dark' ? 'light' : 'dark'
    else if (event.key === 'l') lang.value = lang.value === 'zh' ? 'en' : 'zh'
    else if (event.key === '?') helpShown.value = true
    else return
    event.preventDefault()
  })
}

const TABLE: [string, Word][] = [
  ['1 – 5', 'key_views'], ['/', 'key_search'], ['j k', 'key_next'], ['Enter', 'key_open'], ['p', 'key_pause'],
  ['f', 'key_filters'], ['d', 'key_theme'], ['l', 'key_lang'], ['?', 'key_help'], ['Esc', 'key_back'],
]

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (helpShown.value) dialog.current?.showModal()
    else dialog.current?.close()
  }, [helpShown.value])
  return (
    <dialog ref={dialog} aria-label={t('help')} onClose={() => (helpShown.value = false)}>
      <h2>{t('help')}</h2>
      <dl class="keys">
        {TABLE.map(([key, word]) => <div key={key}><dt>{key.split(' ').map((k) => (k === '–' ? ' – ' : <kbd key={k}>{k}</kbd>))}</dt><dd>{t(word)}</dd></div>)}
      </dl>
      <label class="check"><input type="checkbox" checked={keys.value} onChange={(e) => (keys.value = e.currentTarget.checked)} /> {t('keys_on')}</label>
      <form method="dialog"><button>{t('close')}</button></form>
    </dialog>
  )
}
