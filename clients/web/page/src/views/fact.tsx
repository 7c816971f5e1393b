// One fact: what it says, who says so, where it stands, why it was found, and how its article's copies differ.
import { useState } from 'preact/hooks'
import { webAddress, type Article, type Cluster, type Evidence, type FullFact, type Source, type Span } from '../api'
import { change, filters, href, route } from '../route'
import { edtf, moment, number, outlet, quantity, slotText, summary } from '../show'
import { kindWord, slotWord, t } from '../words'
import { useData, type Asked } from '../ui/data'
import { Explanation } from '../ui/explanation'
import { Marked, type Mark } from '../ui/marked'
import { Confidence, countsOf, FactLine, Failure, Loading, Modality, Panel, TypeTag } from '../ui/parts'

const marksOf = (spans: Span[] | undefined): Mark[] =>
  (spans ?? []).map((s) => ({ start: s.start, end: s.end, name: s.slot || 'fact', label: s.slot && s.slot !== 'fact' ? slotWord(s.slot) : '' }))

function Slots({ fact }: { fact: FullFact }) {
  const slots = { ...fact.slots }
  // value, unit and comparator are one thing to a reader
  const rows: [string, string][] = []
  if (typeof slots.value === 'number') {
    const sign = slots.comparator && slots.comparator !== 'eq' ? slotText('comparator', slots.comparator) + ' ' : ''
    const upto = typeof slots.value_max === 'number' ? ' – ' + quantity(slots.value_max, slots.unit as string) : ''
    rows.push(['value', sign + quantity(slots.value, slots.unit as string) + upto])
    for (const name of ['value', 'unit', 'comparator', 'value_max']) delete slots[name]
  }
  const all: [string, string][] = [...Object.entries(slots).map(([name, value]): [string, string] => [name, slotText(name, value)]), ...rows]
  return (
    <dl class="slots">
      {all.map(([name, text]) => <div key={name}><dt>{slotWord(name)}</dt><dd lang="zh" data-slot={name}>{text}</dd></div>)}
      <div><dt>{t('time')}</dt><dd>{fact.time ? edtf(fact.time.text) : t('undated')}</dd></div>
      <div><dt>{t('region')}</dt><dd>{fact.region ? `${fact.region.name} ` : t('no_region')}{fact.region && <code>{fact.region.code}</code>}</dd></div>
    </dl>
  )
}

function Sources({ sources, chosen }: { sources: Source[]; chosen: string }) {
  return (
    <ul class="sources">
      {sources.map((source) => {
        const url = webAddress(source.url)
        return (
          <li key={source.article} aria-current={source.article === chosen || undefined}>
            <button type="button" class="plain" onClick={() => change({ of: source.article }, true)}>{source.title || source.article}</button>
            <p class="byline">
              <span>{outlet(source.outlet)}</span><span>{source.published ?? t('undated')}</span><span class="badge">{kindWord(source.kind)}</span>
              {url && <a href={url} rel="noopener noreferrer nofollow" target="_blank">{t('open_original')}</a>}
              {!url && source.url && <span class="address">{source.url}</span>}
            </p>
          </li>
        )
      })}
    </ul>
  )
}

function EvidencePanel({ asked, withdrawn }: { asked: Asked<Evidence>; withdrawn: boolean }) {
  const { data, error, again } = asked
  const [slot, setSlot] = useState('')
  const names = [...new Set((data?.spans ?? []).map((s) => s.slot).filter((s) => s && s !== 'fact' && s !== 'quote'))]
  return (
    <Panel title={t('evidence')} id="evidence" aside={
      names.length > 0 && (
        <ul class="legend">{names.map((name) => (
          <li key={name}><button type="button" aria-pressed={slot === name} onClick={() => setSlot(slot === name ? '' : name)}>{slotWord(name)}</button></li>
        ))}</ul>
      )}>
      {error && (withdrawn ? <p class="quiet">{t('withdrawn')}</p> : <Failure error={error} again={again} />)}
      {!data && !error && <Loading />}
      {data && (
        <div class="two">
          <Marked text={data.text} marks={marksOf(data.spans)} label={t('repaired')} chosen={slot} />
          <Marked text={data.raw} marks={marksOf(data.raw_spans)} label={t('received')} chosen={slot}
            foot={data.raw_note ? <p class="note">{data.raw_note}</p> : undefined} />
        </div>
      )}
    </Panel>
  )
}

function ClusterPanel({ article }: { article: string }) {
  const { data, error, again } = useData<Cluster>(`articles/${encodeURIComponent(article)}/cluster`)
  if (error) return <Panel title={t('cluster')}><Failure error={error} again={again} /></Panel>
  if (!data) return <Panel title={t('cluster')}><Loading /></Panel>
  const others = data.members.filter((m) => m.article !== data.head)
  return (
    <Panel title={t('cluster')} id="cluster" aside={<span class="quiet">{t('n_articles', { n: data.members.length })}</span>}>
      {others.length === 0 ? <p class="quiet">{t('cluster_none')}</p> : (
        <table>
          <thead><tr><th>{t('article')}</th><th>{t('kind')}</th><th class="n">{t('similarity')}</th><th>{t('first_seen')}</th></tr></thead>
          <tbody>{data.members.map((m) => (
            <tr key={m.article}>
              <td>{m.title || m.article}{m.outlet ? ` · ${m.outlet}` : ''}</td>
              <td>{kindWord(m.article === data.head ? 'head' : m.kind)}</td>
              <td class="n">{m.similarity == null ? '' : number(m.similarity * 100, 1) + '%'}</td>
              <td>{moment(m.first_seen)}</td>
            </tr>
          ))}</tbody>
        </table>
      )}
      {data.diff.map((diff) => (
        <details key={diff.article} class="diff">
          <summary>{t('differs')} · {data.members.find((m) => m.article === diff.article)?.title || diff.article}</summary>
          {diff.parts.every((p) => p.op === 'same') ? <p class="quiet">{t('no_difference')}</p> : (
            <>
              <p class="quiet"><del>{t('only_head')}</del> · <ins>{t('only_member')}</ins></p>
              <p class="text" lang="zh">{diff.parts.map((part, i) =>
                part.op === 'only_head' ? <del key={i}>{part.text}</del> : part.op === 'only_member' ? <ins key={i}>{part.text}</ins> : <span key={i}>{part.text}</span>)}</p>
            </>
          )}
        </details>
      ))}
    </Panel>
  )
}

function ArticlePanel({ article, except }: { article: string; except: string }) {
  const { data } = useData<Article>(`articles/${encodeURIComponent(article)}`)
  if (!data) return null
  const repairs = countsOf(data.repairs)
  const others = data.facts.filter((f) => f.id !== except)
  return (
    <>
      <Panel title={t('article')}>
        <h3 class="headline" lang="zh">{data.title || data.id}</h3>
        <dl class="slots">
          <div><dt>{t('source')}</dt><dd>{outlet(data.outlet)}</dd></div>
          <div><dt>{t('published')}</dt><dd>{data.published ?? t('undated')}</dd></div>
          <div><dt>{t('received_at')}</dt><dd>{moment(data.received)}</dd></div>
          {data.charset && <div><dt>{t('charset')}</dt><dd>{data.charset}</dd></div>}
          <div><dt>{t('repairs')}</dt><dd>{repairs.length ? repairs.map((r) => `${kindWord(r.value)} ${r.count}`).join(' · ') : t('no_repairs')}</dd></div>
        </dl>
      </Panel>
      {others.length > 0 && (
        <Panel title={t('other_facts')} aside={<span class="quiet">{t('n_facts', { n: others.length })}</span>}>
          <ul class="lines short">{others.slice(0, 60).map((f) => <FactLine key={f.id} fact={f} />)}</ul>
        </Panel>
      )}
    </>
  )
}

export default function FactView() {
  const { id, params } = route.value
  const { data: fact, error, again } = useData<FullFact>(`facts/${encodeURIComponent(id)}`)
  const article = params.get('of') || fact?.article.id || ''
  const evidence = useData<Evidence>(article ? `facts/${encodeURIComponent(id)}/evidence` : null, new URLSearchParams({ article }).toString())
  if (error) return <Failure error={error} again={again} />
  if (!fact) return <Loading />
  return (
    <div class="fact-view">
      <nav class="crumbs"><a href={href('now', filters.value)}>{t('now')}</a><a href={href('search', filters.value)}>{t('search')}</a></nav>
      <header class="fact-head">
        <p><TypeTag type={fact.type} /><Modality modality={fact.modality} />{fact.withdrawn && <span class="modality">{t('withdrawn')}</span>}<Confidence value={fact.confidence} /></p>
        <h1 lang="zh">{summary(fact)}</h1>
        <blockquote lang="zh">{fact.quote}</blockquote>
      </header>
      <div class="fact-body">
        <div>
          <EvidencePanel asked={evidence} withdrawn={fact.withdrawn} />
          <Panel title={t('how_found')} id="explain" aside={<code>{fact.rule}</code>}>
            {evidence.busy ? <Loading /> : <Explanation of={evidence.data?.explanation} rule={fact.rule} slots={fact.slots} />}
          </Panel>
          <ClusterPanel article={article} />
        </div>
        <div>
          <Panel title={t('slots')}><Slots fact={fact} /></Panel>
          <Panel title={t('sources')} aside={<span class="quiet">{t('n_sources', { n: fact.sources.length })}</span>}><Sources sources={fact.sources} chosen={article} /></Panel>
          <ArticlePanel article={article} except={fact.id} />
          <p class="quiet small">{t('identity')} <code>{fact.id}</code> · {t('seen')} {moment(fact.seen)}</p>
        </div>
      </div>
    </div>
  )
}
