// Small parts that several views share.
import type { ComponentChildren } from 'preact'
import { Refused, type Count, type Fact } from '../api'
import { filters, href } from '../route'
import { edtf, number, summary } from '../show'
import { modalityWord, t, typeWord } from '../words'

export const TypeTag = ({ type }: { type: string }) => <span class="type" data-type={type}>{typeWord(type)}</span>

export const Modality = ({ modality }: { modality: string }) =>
  modality === 'asserted' ? null : <span class="modality" data-modality={modality}>{modalityWord(modality)}</span>

export const Confidence = ({ value }: { value: number }) => (
  <span class="confidence" title={t('confidence')}>
    <span class="visually-hidden">{t('confidence')} </span>{Math.round(value * 100)}%
  </span>
)

export const Loading = () => <p class="quiet" role="status">{t('loading')}</p>

export function Failure({ error, again }: { error: Error; again?: () => void }) {
  const field = error instanceof Refused ? error.field : null
  return (
    <div class="failure" role="alert">
      <p><strong>{field ? t('refused_field', { field }) : t('failed')}</strong> <span>{error.message}</span></p>
      {again && <button type="button" onClick={again}>{t('again')}</button>}
    </div>
  )
}

export function Panel({ title, aside, children, id }: { title: string; aside?: ComponentChildren; children: ComponentChildren; id?: string }) {
  return (
    <section class="panel" aria-label={title} id={id}>
      <header><h2>{title}</h2>{aside}</header>
      {children}
    </section>
  )
}

/** One line of a list of facts; `href` keeps the filters, so that going back finds the list as it was. */
export function FactLine({ fact, fresh }: { fact: Fact; fresh?: boolean }) {
  const id = `sum-${fact.id}`
  return (
    <li class="line" data-fact={fact.id} data-fresh={fresh || undefined} data-withdrawn={fact.withdrawn || undefined}>
      <TypeTag type={fact.type} />
      <a class="what" id={id} href={href('fact', filters.value, fact.id)} data-step>
        {summary(fact)}
      </a>
      <Modality modality={fact.modality} />
      {fact.withdrawn && <span class="modality">{t('withdrawn')}</span>}
      <span class="when">{edtf(fact.time?.text)}</span>
      <span class="place">{fact.region?.name ?? ''}</span>
      <span class="support" title={t('sources')}>{fact.support > 1 ? t('n_sources', { n: fact.support }) : ''}</span>
      <Confidence value={fact.confidence} />
    </li>
  )
}

export interface Group { article: Fact['article']; facts: Fact[] }

/** Facts, the newest first, under their articles: the newest article first, its facts as they stand in it. */
export function grouped(facts: Fact[]): Group[] {
  const groups = new Map<string, Group>()
  for (const fact of facts) {
    const key = String(fact.article?.id ?? '')
    const group = groups.get(key)
    if (group) group.facts.unshift(fact)
    else groups.set(key, { article: fact.article, facts: [fact] })
  }
  return [...groups.values()]
}

export function FactGroups({ facts, fresh }: { facts: Fact[]; fresh?: Set<string> }) {
  return (
    <div class="groups">
      {grouped(facts).map(({ article, facts: own }) => (
        <article class="group" key={article.id} data-article={article.id}>
          <header>
            <h3>{article.title || article.id}</h3>
            <p class="byline">
              {article.outlet && <span>{article.outlet}</span>}
              {article.published && <time>{article.published}</time>}
              <span>{t('n_facts', { n: own.length })}</span>
            </p>
          </header>
          <ul class="lines">{own.map((fact) => <FactLine key={fact.id} fact={fact} fresh={fresh?.has(fact.id)} />)}</ul>
        </article>
      ))}
    </div>
  )
}

/** Words with counts as bars: for what is counted by kind. */
export function Bars({ counts, word }: { counts: Count[]; word: (value: string) => string }) {
  const top = Math.max(1, ...counts.map((c) => c.count))
  if (!counts.length) return <p class="quiet">{t('nothing_counted')}</p>
  return (
    <ul class="bars">
      {counts.map((c) => (
        <li key={c.value}>
          <span>{word(c.value)}</span>
          <meter min={0} max={top} value={c.count} aria-label={word(c.value)} />
          <span class="n">{number(c.count)}</span>
        </li>
      ))}
    </ul>
  )
}
export const countsOf = (record: Record<string, number> | null | undefined): Count[] =>
  Object.entries(record ?? {}).filter(([, n]) => typeof n === 'number' && n > 0).map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count)
