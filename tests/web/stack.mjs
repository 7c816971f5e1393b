// A zhiwend and a zhiwen-web of one's own on a temporary folder.
import { execFileSync, spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const BIN = process.env.ZHIWEN_BIN
const READY_MS = 120_000, WAIT_MS = 60_000
export const sleep = (ms) => new Promise((done) => setTimeout(done, ms))

export async function until(what, test, ms = WAIT_MS) {
  const end = Date.now() + ms
  for (;;) {
    const got = await test()
    if (got) return got
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`)
    await sleep(100)
  }
}

export class Stack {
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), 'zw-web-'))
    mkdirSync(join(this.dir, 'state'))
    mkdirSync(join(this.dir, 'web'))
    this.env = { ...process.env, ZHIWEN_SOCKETS: this.dir }
    writeFileSync(join(this.dir, 'zhiwend.yaml'), 'workers: 2\ndedup: { capacity: 20000, facts: 100000 }\nstore: { map: 2GiB }\n')
    this.address = null
  }

  run(name, args) {
    const log = join(this.dir, `${name}.log`)
    const child = spawn(join(BIN, name), args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => appendFileSync(log, data))
    child.on('exit', (code, signal) => (child.ended = `${code ?? signal}`))
    child.log = () => { try { return readFileSync(log, 'utf8') } catch { return '' } }
    return child
  }

  async startDaemon() {
    this.daemon = this.run('zhiwend', ['--config', join(this.dir, 'zhiwend.yaml'), '--state-dir', join(this.dir, 'state'), '--socket-dir', this.dir])
    await until('zhiwend', () => {
      if (this.daemon.ended) throw new Error(`zhiwend ended with ${this.daemon.ended}:\n${this.daemon.log()}`)
      try { this.zhiwen('ping'); return true } catch { return false }
    }, READY_MS)
  }

  async startWeb() {
    // after a restart the same port, so that the page finds it again
    const port = this.address ? new URL(this.address).port : 0
    this.web = this.run('zhiwen-web', ['--listen', `127.0.0.1:${port}`, '--state-dir', join(this.dir, 'web'), '--socket-dir', this.dir])
    const before = this.web.log().length
    this.address = await until('zhiwen-web', () => {
      if (this.web.ended) throw new Error(`zhiwen-web ended with ${this.web.ended}:\n${this.web.log()}`)
      return /at (http:\/\/[\d.]+:\d+)\//.exec(this.web.log().slice(before))?.[1]
    }, READY_MS)
  }

  async stop(child, signal = 'SIGTERM') {
    if (!child || child.ended) return
    child.kill(signal)
    await until('the end of a process', () => child.ended)
  }

  zhiwen(...args) {
    return execFileSync(join(BIN, 'zhiwen'), args, { env: this.env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: READY_MS })
  }

  /** Sends articles, as objects or as paths of files. */
  send(...articles) {
    const files = articles.filter((a) => typeof a === 'string')
    if (files.length) this.zhiwen('send', ...files)
    const objects = articles.filter((a) => typeof a !== 'string')
    if (!objects.length) return
    const path = join(this.dir, 'send.jsonl')
    writeFileSync(path, objects.map((a) => JSON.stringify(a)).join('\n') + '\n')
    this.zhiwen('send', '--jsonl', path)
  }

  async api(path) {
    const response = await fetch(`${this.address}/api/${path}`)
    if (!response.ok) throw new Error(`/api/${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  logs() {
    return [this.daemon, this.web].filter(Boolean).map((c) => c.log().slice(-4000)).join('\n--\n')
  }

  async end() {
    await this.stop(this.web)
    await this.stop(this.daemon)
    rmSync(this.dir, { recursive: true, force: true })
  }
}
