// A text read without being stored: what was repaired, what is mentioned, what it says.
import { useRef, useState } from 'preact/hooks'
import { post, type Trial } from '../api'
import { edtf, summary } from '../show'
import { kindWord, t } from '../words'
import { Marked, type Mark } from '../ui/marked'
import { Confidence, Failure, Modality, Panel, TypeTag } from '../ui/parts'

const MOST_BYTES = 1 << 20
// Made up, in the state in which such texts arrive: traditional script, with readings put in bytewise.
const SAMPLE = '在10月26日召開(kāi)的湖州市政府質(zhì)量獎(jiǎng)?lì)C獎(jiǎng)大會(huì)上,浙江雲山木業(yè)集?huàn)F(tuán)獲得了首屆湖州市政府質(zhì)量獎(jiǎng)。德清縣縣長(zhǎng)胡國(guó)榮告訴記者,質(zhì)量?jī)蓚€(gè)字的分量在德清越來(lái)越重。2009年,德清縣政府出臺(tái)了《德清縣政府質(zhì)量獎(jiǎng)評(píng)審管理辦法》。'

export default function TrialView() {
  const [text, setText] = useState('')
  const [result, setResult] = useState<Trial | null>(null)
  const [error, setError] = useState<Error | null>(null)
  const [busy, setBusy] = useState(false)
  const [over, setOver] = useState(false)
  const [chosen, setChosen] = useState('')
  const [note, setNote] = useState('')
  const file = useRef<HTMLInputElement>(null)

  const run = async (body: Blob | string) => {
    const size = typeof body === 'string' ? new Blob([body]).size : body.size
    setNote(size === 0 ? t('try_empty') : size > MOST_BYTES ? t('try_too_big') : '')
    if (size === 0 || size > MOST_BYTES) return
    setBusy(true)
    setChosen('')
    try {
      setResult(await post<Trial>('try', body, 'application/octet-stream'))
      setError(null)
    } catch (why) { setError(why as Error) }
    setBusy(false)
  }
  // A file goes as the bytes that it is; the box shows it as UTF-8, the result says what it really was.
  const take = async (blob: Blob) => {
    setText((await blob.text()).slice(0, 20000))
    await run(blob)
  }
  const spansOf = (f: Trial['facts'][number], i: number): Mark[] => {
    const name = `f${i}`
    const spans = f.spans?.length ? f.spans : f.start !== undefined && f.end !== undefined ? [{ start: f.start, end: f.end, slot: '' }] : []
    return spans.map((s) => ({ start: s.start, end: s.end, name, label: f.summary }))
  }
  const marks: Mark[] = !result ? [] : chosen
    ? result.facts.flatMap(spansOf).filter((m) => m.name === chosen)
    : result.mentions.map((m) => ({ start: m.start, end: m.end, name: `m-${m.kind}`, label: kindWord(m.kind) + (m.name ? ` · ${m.name}` : '') }))
  const kinds = [...new Set((result?.mentions ?? []).map((m) => m.kind))]

  return (
    <div class="trial">
      <h1>{t('try')}</h1>
      <form class="drop" data-over={over || undefined} onSubmit={(e) => { e.preventDefault(); void run(text) }}
        onDragOver={(e) => { e.preventDefault(); setOver(true) }} onDragLeave={() => setOver(false)}
        onDrop={(e) => {
          e.preventDefault()
          setOver(false)
          const dropped = e.dataTransfer?.files[0]
          if (dropped) void take(dropped)
          else setText(e.dataTransfer?.getData('text/plain') ?? '')
        }}>
        <label class="visually-hidden" for="try-text">{t('try_hint')}</label>
        <textarea id="try-text" value={text} placeholder={over ? t('drop_here') : t('try_hint')} rows={8} spellcheck={false} lang="zh"
          onInput={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) { e.preventDefault(); void run(text) } }} />
        <p class="bar">
          <button class="strong" disabled={busy} title="Ctrl+Enter">{t('try_run')}</button>
          <button type="button" onClick={() => file.current?.click()}>{t('try_file')}</button>
          <button type="button" onClick={() => setText(SAMPLE)}>{t('try_sample')}</button>
          <input ref={file} type="file" hidden onChange={(e) => { const f = e.currentTarget.files?.[0]; if (f) void take(f); e.currentTarget.value = '' }} />
          <span role="status">{busy ? t('loading') : note}</span>
        </p>
      </form>
      {error && <Failure error={error} />}
      {result && (
        <div class="trial-result" data-try-result>
          <Panel title={t('repaired')} aside={<span class="quiet">{t('charset')} {result.charset ?? '–'}</span>}>
            <Marked text={result.text} marks={marks} label={t('repaired')} chosen={chosen} />
            {!chosen && kinds.length > 0 && <ul class="legend">{kinds.map((k) => <li key={k}><mark data-names={`m-${k}`} data-depth="1">{kindWord(k)}</mark></li>)}</ul>}
          </Panel>
          <div>
            <Panel title={t('facts')} aside={<span class="quiet">{t('n_facts', { n: result.facts.length })}</span>}>
              {result.facts.length === 0 ? <p class="quiet">{t('try_none')}</p> : (
                <ul class="lines short">
                  {result.facts.map((fact, i) => (
                    <li class="line" key={i} data-fact={fact.id}>
                      <TypeTag type={fact.type} />
                      <button type="button" class="plain what" data-step aria-pressed={chosen === `f${i}`} onClick={() => setChosen(chosen === `f${i}` ? '' : `f${i}`)}>{summary(fact)}</button>
                      <Modality modality={fact.modality} />
                      <span class="when">{edtf(fact.time?.text)}</span>
                      <span class="place">{fact.region?.name ?? ''}</span>
                      <Confidence value={fact.confidence} />
                    </li>
                  ))}
                </ul>
              )}
            </Panel>
            <Panel title={t('repairs')}>
              {result.repairs.length === 0 ? <p class="quiet">{t('no_repairs')}</p> : (
                <table><tbody>{result.repairs.map((r) => <tr key={r.kind}><th scope="row">{kindWord(r.kind)}</th><td class="n">{r.count}</td><td class="quiet">{r.note ?? ''}</td></tr>)}</tbody></table>
              )}
            </Panel>
          </div>
        </div>
      )}
    </div>
  )
}
