// The page: its frame, and the view that the address names. Maps and charts are fetched when they are looked at.
import { render, type ComponentType } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { daemon, line, listen } from './live'
import { lang, theme } from './prefs'
import { href, filters, route, type View } from './route'
import { t, type Word } from './words'
import { Help, helpShown, shortcuts } from './ui/keys'
import { Failure, Loading } from './ui/parts'
import Now from './views/now'

const LATER: Partial<Record<View, () => Promise<{ default: ComponentType }>>> = {
  where: () => import('./views/where'),
  search: () => import('./views/search'),
  state: () => import('./views/state'),
  try: () => import('./views/trial'),
  fact: () => import('./views/fact'),
}

function Later({ view }: { view: View }) {
  const [loaded, setLoaded] = useState<{ view: View; part: ComponentType } | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [turn, setTurn] = useState(0)
  useEffect(() => {
    setError(null)
    LATER[view]?.().then((module) => setLoaded({ view, part: module.default })).catch((why: Error) => setError(why))
  }, [view, turn])
  if (error) return <Failure error={error} again={() => setTurn((n) => n + 1)} />
  if (loaded?.view !== view) return <Loading />
  const Part = loaded.part
  return <Part />
}

/** Away from Now a line stays open for what is known of the daemon, with a filter that hardly a fact passes; Now has its own. */
function useDaemon(view: View) {
  useEffect(() => {
    if (view === 'now') return
    const nothing = () => undefined
    return listen('confidence=1', { fact: nothing, support: nothing, retract: nothing, again: nothing })
  }, [view === 'now'])
}

function Connection() {
  const gone = daemon.value?.reachable === false
  const state = line.value === 'broken' ? 'broken' : gone ? 'gone' : line.value
  const word: Word = state === 'broken' ? 'broken' : state === 'gone' ? 'daemon_gone' : state === 'open' ? 'live' : 'connecting'
  return <span role="status"><a class="connection" href={href('state')} data-state={state}><i aria-hidden="true" />{t(word)}</a></span>
}

const VIEWS: View[] = ['now', 'where', 'search', 'state', 'try']

function Page() {
  const { view, id } = route.value
  useDaemon(view)
  useEffect(() => { document.title = `${t(view)} · ${t('name')}` }, [view, lang.value])
  const gone = line.value === 'broken' ? t('server_gone_long') : daemon.value?.reachable === false ? t('daemon_gone_long') : null
  const nextTheme = theme.value === 'auto' ? 'light' : theme.value === 'light' ? 'dark' : 'auto'
  return (
    <>
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus() }}>{t('skip')}</a>
      <header class="top">
        <a class="brand" href={href('now')} lang="zh">质闻<span lang={lang.value}>{t('tagline')}</span></a>
        <nav aria-label={t('views')}>
          {VIEWS.map((v, i) => (
            <a key={v} href={href(v, v === 'state' || v === 'try' ? '' : filters.value)} aria-current={view === v ? 'page' : undefined} data-view={v} title={String(i + 1)}>{t(v)}</a>
          ))}
        </nav>
        <div class="tools">
          <Connection />
          <button type="button" onClick={() => (theme.value = nextTheme)} title={t('theme')} data-theme-button>{t(`theme_${theme.value}`)}</button>
          <button type="button" onClick={() => (lang.value = lang.value === 'zh' ? 'en' : 'zh')} lang={lang.value === 'zh' ? 'en' : 'zh'} data-lang-button>{t('language')}</button>
          <button type="button" class="round" onClick={() => (helpShown.value = true)} aria-label={t('help')} title={`${t('help')} (?)`}>?</button>
        </div>
      </header>
      {gone && <p class="banner" role="alert">{gone}</p>}
      <main id="main" tabIndex={-1} data-view={view}>{view === 'now' ? <Now /> : <Later view={view} key={view + id} />}</main>
      <Help />
    </>
  )
}

shortcuts()
render(<Page />, document.getElementById('page')!)
