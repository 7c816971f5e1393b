// What the reader has chosen: language, light or dark, single-key shortcuts. Kept in this browser only.
import { effect, signal } from '@preact/signals'

function kept(name: string): string | null {
  try { return localStorage.getItem('zhiwen.' + name) } catch { return null }
}
function keep(name: string, value: string): void {
  try { localStorage.setItem('zhiwen.' + name, value) } catch { /* a browser that keeps nothing: it holds for this visit */ }
}

export type Lang = 'zh' | 'en'
export type Theme = 'auto' | 'light' | 'dark'
export const lang = signal<Lang>(((kept('lang') as Lang) || (navigator.language.startsWith('zh') ? 'zh' : 'en')) === 'en' ? 'en' : 'zh')
export const theme = signal<Theme>((kept('theme') as Theme) || 'auto')
export const keys = signal(kept('keys') !== 'off')

effect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
  keep('lang', lang.value)
})
effect(() => {
  if (theme.value === 'auto') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme.value
  keep('theme', theme.value)
})
effect(() => keep('keys', keys.value ? 'on' : 'off'))
