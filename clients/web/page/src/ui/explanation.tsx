// Why a fact was found. The shape is the daemon's `explain`; what is not known here is shown as it is, never dropped.
import type { ComponentChildren } from 'preact'
import { slotText } from '../show'
import { kindWord, slotWord, t } from '../words'

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

export function Explanation({ of, rule }: { of: unknown; rule: string }) {
  if (!isObject(of) || Object.keys(of).length === 0) return <p class="quiet">{t('no_explanation')}</p>
  const { sentence, skeleton, mentions, slots, rules, ...rest } = of as Json
  const own = Array.isArray(rules) ? (rules as Json[]).find((r) => r.rule === rule && r.outcome === 'fact') : undefined
  const fills = isObject(slots) || Array.isArray(slots) ? slots : own?.slots
  return (
    <div class="explanation">
      {typeof sentence === 'string' && <><h3>{t('sentence')}</h3><p class="text" lang="zh">{sentence}</p></>}
      {typeof skeleton === 'string' && <><h3>{t('skeleton')}</h3><Skeleton text={skeleton} /></>}
      {Array.isArray(mentions) && mentions.length > 0 && (
        <><h3>{t('mentions')}</h3>
          <ul class="mentions">{(mentions as Json[]).map((m, i) => <li key={i}><code>{String(m.class ?? m.kind)}</code> <span lang="zh">{String(m.text ?? m.name ?? '')}</span>{m.value && m.value !== m.text ? <span class="quiet"> = {String(m.value)}</span> : null}</li>)}</ul></>
      )}
      {Array.isArray(fills) ? (
        <><h3>{t('slots')}</h3>
          <table><tbody>{(fills as Json[]).map((s, i) => {
            const name = String(s.slot ?? s.name ?? i)
            return <tr key={i}><th scope="row">{slotWord(name)}</th><td lang="zh">{slotText(name, s.value)}</td><td class="quiet">{String(s.why ?? s.how ?? s.from ?? '')}</td></tr>
          })}</tbody></table></>
      ) : isObject(fills) ? <><h3>{t('slots')}</h3><Tree of={fills} /></> : null}
      {Object.keys(rest).length > 0 && <details><summary>{t('details')}</summary><Tree of={rest} /></details>}
    </div>
  )
}
