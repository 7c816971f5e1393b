// Why a fact was found. The shape is the daemon's `explain`; what is not known here is shown as it is, never dropped.
import type { ComponentChildren } from 'preact'
import { slotText } from '../show'
import { kindWord, slotWord, t, whyWord, type Word } from '../words'

type Json = Record<string, unknown>
const isObject = (v: unknown): v is Json => typeof v === 'object' && v !== null && !Array.isArray(v)

function Tree({ of }: { of: unknown }): ComponentChildren {
  if (Array.isArray(of)) return <ul>{of.map((v, i) => <li key={i}><Tree of={v} /></li>)}</ul>
  if (isObject(of)) return <dl class="tree">{Object.entries(of).map(([k, v]) => <div key={k}><dt>{k}</dt><dd><Tree of={v} /></dd></div>)}</dl>
  return <>{String(of)}</>
}

/** 本报讯,{GOV}召开{MEETING}。 with the classes set apart. */
const Skeleton = ({ text }: { text: string }) => (
  <p class="text skeleton" lang="zh">{text.split(/(\{[A-Z]+\})/).map((part, i) => (/^\{/.test(part) ? <code key={i} title={kindWord(part.slice(1, -1))}>{part}</code> : part))}</p>
)

const FROM: Record<string, Word> = { group: 'from_group', fill: 'from_fill', set: 'from_set', none: 'from_none' }

/** Slots by name or in a list, each with its value, where that is from, and where it is open, why. */
function fillsOf(slots: unknown): { name: string; value: unknown; how: string; why: string }[] {
  const list: [string, Json][] = Array.isArray(slots) ? slots.filter(isObject).map((s) => [String(s.slot ?? s.name), s])
    : isObject(slots) ? Object.entries(slots).map(([name, s]): [string, Json] => [name, isObject(s) && 'value' in s && 'from' in s ? s : { value: s }]) : []
  return list.map(([name, s]) => {
    const from = String(s.from ?? '')
    return { name, value: s.value ?? null, how: [FROM[from] ? t(FROM[from]) : from, s.source].filter(Boolean).join(' · '), why: String(s.why ?? '') }
  })
}

export function Explanation({ of, rule, slots: facts }: { of: unknown; rule: string; slots: Record<string, unknown> }) {
  if (!isObject(of) || Object.keys(of).length === 0) return <p class="quiet">{t('no_explanation')}</p>
  const { sentence, skeleton, mentions, slots, rules, ...rest } = of as Json
  const all = Array.isArray(rules) ? rules.filter(isObject) : []
  // A rule may have found several facts in the sentence: the one with the most of this fact's slots is meant.
  const alike = (r: Json) => Object.entries(facts).filter(([name, value]) => JSON.stringify((r.slots as Record<string, Json>)?.[name]?.value) === JSON.stringify(value)).length
  const own = all.filter((r) => r.rule === rule && r.outcome === 'fact').sort((a, b) => alike(b) - alike(a))[0]
  const others = all.filter((r) => r !== own)
  const fills = fillsOf(isObject(slots) || Array.isArray(slots) ? slots : own?.slots)
  const common = own ?? (of as Json)
  for (const name of ['time', 'region', 'modality'])
    if (common[`${name}_why`]) fills.push({ name, value: common[name] ?? null, how: whyWord(String(common[`${name}_why`])), why: '' })
  return (
    <div class="explanation">
      {typeof sentence === 'string' && <><h3>{t('sentence')}</h3><p class="text" lang="zh">{sentence}</p></>}
      {typeof skeleton === 'string' && <><h3>{t('skeleton')}</h3><Skeleton text={skeleton} /></>}
      {Array.isArray(mentions) && mentions.length > 0 && (
        <><h3>{t('mentions')}</h3>
          <ul class="mentions">{(mentions as Json[]).map((m, i) => <li key={i}><code>{String(m.class ?? m.kind)}</code> <span lang="zh">{String(m.text ?? m.name ?? '')}</span>{m.value && m.value !== m.text ? <span class="quiet"> = {String(m.value)}</span> : null}</li>)}</ul></>
      )}
      {fills.length > 0 && (
        <><h3>{t('slots')}</h3>
          <table class="fills"><tbody>{fills.map(({ name, value, how, why }) => (
            <tr key={name} data-open={value === null || undefined}>
              <th scope="row">{slotWord(name)}</th><td lang="zh">{value === null ? '–' : name === 'region' ? String(value) : slotText(name, value)}</td>
              <td class="quiet">{how}{why && <small> {why}</small>}</td>
            </tr>))}</tbody></table></>
      )}
      {others.length > 0 && (
        <details><summary>{t('other_rules', { n: others.length })}</summary>
          <table><tbody>{others.map((r, i) => (
            <tr key={i}><td>{String(r.outcome)}</td><th scope="row"><code>{String(r.rule)}</code></th><td lang="zh">{String(r.text ?? '')}
              {['missing', 'to', 'why', 'reached', 'pattern'].map((name) => r[name] ? <small class="quiet" key={name}> {name}: {[r[name]].flat().join(' ')}</small> : null)}</td></tr>))}</tbody></table>
        </details>
      )}
      {Object.keys(rest).length > 0 && <details><summary>{t('details')}</summary><Tree of={rest} /></details>}
    </div>
  )
}
