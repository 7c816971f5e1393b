// Values as a reader wants them: numbers, dates, slots.
import { lang } from './prefs'
import { modalityWord, slotWord, t, valueWord } from './words'

const locale = () => (lang.value === 'zh' ? 'zh-CN' : 'en-GB')
export const number = (n: number, digits = 2) => n.toLocaleString(locale(), { maximumFractionDigits: digits })

/** 120000000 元 as 1.2 亿元 (CNY stays 元 in English: it is the unit of the fact). */
export function quantity(value: number, unit: string | null | undefined): string {
  if (unit && /元$/.test(unit)) {
    if (Math.abs(value) >= 1e8) return lang.value === 'zh' ? `${number(value / 1e8)}亿${unit}` : `${number(value / 1e6)} million ${unit}`
    if (Math.abs(value) >= 1e4 && lang.value === 'zh') return `${number(value / 1e4)}万${unit}`
  }
  return number(value) + (unit ? (lang.value === 'zh' || unit === '%' ? unit : ' ' + unit) : '')
}

export function moment(iso: string | null | undefined): string {
  if (!iso) return ''
  const at = new Date(iso)
  return Number.isNaN(at.getTime()) ? iso : at.toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
}
export const clock = (iso: string | null | undefined) => {
  const at = new Date(iso ?? '')
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleTimeString(locale(), { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit' })
}

/** EDTF for the eye: 2006/2010 as 2006–2010, 2010-11~ with a word for about. */
export function edtf(text: string | null | undefined): string {
  if (!text) return ''
  return text.replace(/\/\.\.$/, '–').replace('/', '–').replace(/([^–]+)~/g, (_, time: string) => (lang.value === 'zh' ? `${time} 前后` : `c. ${time}`))
}

export function bytes(n: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let at = 0
  while (n >= 1024 && at < units.length - 1) { n /= 1024; at++ }
  return `${number(n, 1)} ${units[at]}`
}

export function slotText(slot: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map((v) => slotText(slot, v)).join(lang.value === 'zh' ? '、' : '; ')
  if (typeof value === 'boolean') return value ? '✓' : '✗'
  if (typeof value === 'number') return slot === 'pass_rate' ? number(value) + '%' : number(value)
  if (typeof value === 'string') return slot === 'modality' ? modalityWord(value) : valueWord(slot, value)
  const parts = value as Record<string, unknown>
  if (typeof parts.value === 'number') {
    const sign = typeof parts.comparator === 'string' && parts.comparator !== 'eq' ? valueWord('comparator', parts.comparator) + ' ' : ''
    const way = typeof parts.direction === 'string' ? valueWord('direction', parts.direction) + ' ' : ''
    const when = typeof parts.time === 'string' ? ` (${edtf(parts.time)})` : ''
    return way + sign + quantity(parts.value, parts.unit as string | undefined) + when
  }
  return Object.entries(parts).map(([name, part]) => `${slotWord(name)} ${slotText(name, part)}`).join(' · ')
}

/** The server's line, with the action in the reader's words. */
export const summary = (fact: { summary: string; slots: Record<string, unknown> }) =>
  fact.summary.split(' · ').map((part) => (part === fact.slots.action ? valueWord('action', part) : part)).join(' · ')

export const outlet = (name: string | null | undefined) => name || t('unnamed_outlet')
