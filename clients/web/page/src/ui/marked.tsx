// A text with places marked. Offsets are in characters (code points), as everywhere in the contract; text only, never HTML.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

export interface Mark { start: number; end: number; name: string; label: string }

export interface Piece { text: string; marks: Mark[] }

/** The text cut where marks begin and end; marks may overlap, and what lies outside the text is cut off. */
export function pieces(text: string, marks: Mark[]): Piece[] {
  const chars = Array.from(text)
  const good = marks.filter((m) => m.start < m.end && m.start < chars.length && m.end > 0)
  const cuts = [...new Set([0, chars.length, ...good.flatMap((m) => [Math.max(0, m.start), Math.min(chars.length, m.end)])])].sort((a, b) => a - b)
  return cuts.slice(0, -1).map((from, i) => ({
    text: chars.slice(from, cuts[i + 1]).join(''),
    marks: good.filter((m) => m.start <= from && m.end >= cuts[i + 1]),
  }))
}

interface Props { text: string; marks: Mark[]; label: string; lang?: string; chosen?: string; foot?: ComponentChildren }

/** A box that scrolls by itself to its first mark. */
export function Marked({ text, marks, label, chosen, foot }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const area = box.current
    const first = area?.querySelector<HTMLElement>(chosen ? `mark[data-names~="${CSS.escape(chosen)}"]` : 'mark')
    if (area && first) area.scrollTop = Math.max(0, first.offsetTop - area.clientHeight / 3)
  }, [text, marks.length, chosen])

  return (
    <figure class="marked">
      <figcaption>{label}</figcaption>
      <div class="body" ref={box} tabIndex={0} role="region" aria-label={label} lang="zh">
        {pieces(text, marks).map((piece, i) =>
          piece.marks.length === 0 ? piece.text : (
            <mark key={i} data-names={piece.marks.map((m) => m.name).join(' ')} data-depth={Math.min(3, piece.marks.length)}
              data-chosen={(chosen && piece.marks.some((m) => m.name === chosen)) || undefined}
              title={piece.marks.map((m) => m.label).filter(Boolean).join(' · ')}>
              {piece.text}
            </mark>
          ))}
      </div>
      {foot}
    </figure>
  )
}
