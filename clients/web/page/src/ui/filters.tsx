// The filters, with counts where the server has them. What is chosen is in the address.
import { useEffect, useState } from 'preact/hooks'
import { get, type Count, type Facets, type RegionNode } from '../api'
import { change, FILTERS, filters, listOf, route, toggle } from '../route'
import { number } from '../show'
import { MODALITIES, modalityWord, t, TYPES, typeWord } from '../words'
import { useData } from './data'

const param = (name: string) => route.value.params.get(name) ?? ''

function Boxes({ name, values, word, counts, types }: {
  name: string; values: string[]; word: (v: string) => string; counts?: Count[]; types?: boolean
}) {
  const chosen = listOf(name)
  return (
    <ul class="boxes">
      {values.map((value) => (
        <li key={value}>
          <label>
            <input type="checkbox" name={name} value={value} checked={chosen.includes(value)} onChange={() => toggle(name, value)} />
            <span class={types ? 'type' : ''} data-type={types ? value : undefined}>{word(value)}</span>
            {counts && <span class="n">{number(counts.find((c) => c.value === value)?.count ?? 0)}</span>}
          </label>
        </li>
      ))}
    </ul>
  )
}

/** 2010, 2010-3, 2010-03-05 as the first or last day of it; null when it is no date. */
export function day(text: string, last: boolean): string | null {
  const parts = /^(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?)?月?)?年?$/.exec(text.trim())
  if (!parts) return null
  const year = Number(parts[1]), month = parts[2] ? Number(parts[2]) : last ? 12 : 1
  if (month < 1 || month > 12) return null
  const most = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const date = parts[3] ? Number(parts[3]) : last ? most : 1
  if (date < 1 || date > most) return null
  return `${parts[1]}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

function DateBox({ name, last }: { name: 'from' | 'to'; last: boolean }) {
  const value = param(name)
  const [text, setText] = useState(value)
  const [wrong, setWrong] = useState(false)
  useEffect(() => setText(value), [value])
  const commit = () => {
    const at = text.trim() ? day(text, last) : ''
    setWrong(at === null)
    if (at !== null && at !== value) change({ [name]: at || null })
  }
  return (
    <label class="field">
      <span>{t(name)}</span>
      <input name={name} value={text} inputMode="numeric" placeholder={last ? '2012' : '2010-06'} aria-invalid={wrong || undefined} autoComplete="off"
        onInput={(e) => setText(e.currentTarget.value)} onBlur={commit} onKeyDown={(e) => e.key === 'Enter' && commit()} />
    </label>
  )
}

let regions: Promise<RegionNode> | null = null
const allRegions = () => (regions ??= get<RegionNode>('regions').catch((why) => { regions = null; throw why }))

function found(node: RegionNode, text: string, out: RegionNode[] = []): RegionNode[] {
  for (const child of node.children ?? []) {
    if (out.length >= 30) break
    if (child.name.includes(text) || child.code.startsWith(text)) out.push(child)
    found(child, text, out)
  }
  return out
}

function RegionBranch({ node, chosen }: { node: RegionNode; chosen: string[] }) {
  const [open, setOpen] = useState(chosen.some((code) => code !== node.code && code.startsWith(node.code.replace(/(00)+$/, ''))))
  const has = !!node.children?.length
  return (
    <li>
      <div class="branch">
        {has ? (
          <button type="button" class="twist" aria-expanded={open} aria-label={node.name} onClick={() => setOpen(!open)} />
        ) : <span class="twist" />}
        <label>
          <input type="checkbox" name="region" value={node.code} checked={chosen.includes(node.code)} onChange={() => toggle('region', node.code)} />
          <span>{node.name}</span>
        </label>
      </div>
      {has && open && <ul>{node.children!.map((child) => <RegionBranch key={child.code} node={child} chosen={chosen} />)}</ul>}
    </li>
  )
}

function Regions() {
  const [tree, setTree] = useState<RegionNode | null>(null)
  const [text, setText] = useState('')
  const chosen = listOf('region')
  useEffect(() => { allRegions().then(setTree).catch(() => setTree(null)) }, [])
  const hits = tree && text.trim() ? found(tree, text.trim()) : null
  return (
    <div class="regions">
      <input type="search" value={text} placeholder={t('find_region')} aria-label={t('find_region')} onInput={(e) => setText(e.currentTarget.value)} />
      <ul class="tree" tabIndex={0} aria-label={t('region')}>
        {tree && (hits ? hits.map((node) => ({ ...node, children: undefined })) : (tree.children ?? [])).map((node) => (
          <RegionBranch key={node.code + (hits ? '?' : '')} node={node} chosen={chosen} />
        ))}
      </ul>
    </div>
  )
}

/** Names of regions by code, for chips; the code itself until the tree is there. */
export function useRegionName(): (code: string) => string {
  const [tree, setTree] = useState<RegionNode | null>(null)
  useEffect(() => { if (listOf('region').length) allRegions().then(setTree).catch(() => undefined) }, [filters.value])
  return (code) => {
    let node = tree
    while (node && node.code !== code) node = node.children?.find((c) => code.startsWith(c.code.replace(/(00)+$/, ''))) ?? null
    return node?.name ?? code
  }
}

export function Chips() {
  const name = useRegionName()
  const chips = FILTERS.flatMap((filter) => {
    const values = ['type', 'region', 'modality', 'source'].includes(filter) ? listOf(filter) : [param(filter)].filter(Boolean)
    return values.map((value) => ({ filter, value }))
  })
  if (!chips.length) return null
  const show = (filter: string, value: string) =>
    filter === 'type' ? typeWord(value) : filter === 'modality' ? modalityWord(value) : filter === 'region' ? name(value)
      : filter === 'confidence' ? `≥ ${Math.round(Number(value) * 100)}%` : filter === 'from' ? `${value} –` : filter === 'to' ? `– ${value}`
      : filter === 'q' ? `“${value}”` : value
  return (
    <ul class="chips">
      {chips.map(({ filter, value }) => (
        <li key={filter + value}>
          <button type="button" title={t('clear')} onClick={() =>
            change({ [filter]: listOf(filter).filter((v) => v !== value && ['type', 'region', 'modality', 'source'].includes(filter)).join(',') || null })}>
            {show(filter, value)}<span aria-hidden="true"> ×</span><span class="visually-hidden"> {t('clear')}</span>
          </button>
        </li>
      ))}
      <li><button type="button" class="plain" onClick={() => change(Object.fromEntries(FILTERS.map((f) => [f, null])))}>{t('clear_all')}</button></li>
    </ul>
  )
}

export function Filters({ text = true }: { text?: boolean }) {
  const { data: facets } = useData<Facets>('facets', filters.value)
  const [typed, setTyped] = useState(param('q'))
  const [allSources, setAllSources] = useState(false)
  useEffect(() => setTyped(param('q')), [param('q')])
  const sources = [...new Set([...listOf('source'), ...(facets?.source ?? []).map((s) => s.value)])]
  const years = facets?.year ?? []
  const open = matchMedia('(min-width: 900px)').matches

  return (
    <aside class="filters" aria-label={t('filters')}>
      <details open={open}>
        <summary>{t('filters')}</summary>
        {text && (
          <form role="search" onSubmit={(e) => { e.preventDefault(); change({ q: typed.trim() || null }) }}>
            <label class="field"><span>{t('text')}</span>
              <input type="search" name="q" value={typed} placeholder={t('text_hint')} data-search autoComplete="off"
                onInput={(e) => setTyped(e.currentTarget.value)} onBlur={() => change({ q: typed.trim() || null })} />
            </label>
          </form>
        )}
        <fieldset><legend>{t('type')}</legend>
          <Boxes name="type" values={Object.keys(TYPES)} word={typeWord} counts={facets?.type} types />
        </fieldset>
        <fieldset><legend>{t('region')}</legend><Regions /></fieldset>
        <fieldset><legend>{t('time')}</legend>
          <div class="pair"><DateBox name="from" last={false} /><DateBox name="to" last /></div>
          {years.length > 1 && (
            <ul class="years">
              {[...years].sort((a, b) => (a.value < b.value ? 1 : -1)).slice(0, 12).map((year) => (
                <li key={year.value}>
                  <button type="button" title={t('n_facts', { n: year.count })} aria-pressed={param('from') === `${year.value}-01-01` && param('to') === `${year.value}-12-31`}
                    onClick={() => change({ from: `${year.value}-01-01`, to: `${year.value}-12-31` })}>{year.value}</button>
                </li>
              ))}
            </ul>
          )}
        </fieldset>
        <fieldset><legend>{t('modality')}</legend>
          <Boxes name="modality" values={Object.keys(MODALITIES)} word={modalityWord} counts={facets?.modality} />
        </fieldset>
        <fieldset><legend>{t('confidence')}</legend>
          <select aria-label={t('confidence')} value={param('confidence')} onChange={(e) => change({ confidence: e.currentTarget.value || null })}>
            <option value="">{t('any')}</option>
            {['0.7', '0.8', '0.85', '0.9', '0.95'].map((c) => <option key={c} value={c}>≥ {Math.round(Number(c) * 100)}%</option>)}
          </select>
        </fieldset>
        {sources.length > 0 && (
          <fieldset><legend>{t('source')}</legend>
            <Boxes name="source" values={allSources ? sources : sources.slice(0, 8)} word={(s) => s} counts={facets?.source} />
            {sources.length > 8 && <button type="button" class="plain" onClick={() => setAllSources(!allSources)}>{t(allSources ? 'fewer' : 'more')}</button>}
          </fieldset>
        )}
      </details>
    </aside>
  )
}
