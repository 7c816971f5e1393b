// The licences of what the page contains, in one file beside it: licenses.txt.
import { readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const modules = join(dirname(fileURLToPath(import.meta.url)), 'node_modules')

/** `also`: packages of which no code but something else is contained. */
export function licenses(also: string[]): Plugin {
  return {
    name: 'zhiwen-licenses',
    generateBundle(_, bundle) {
      const names = new Set(also)
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        for (const id of Object.keys(chunk.modules)) {
          const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(id.replaceAll('\\', '/'))?.[1]
          if (name) names.add(name)
        }
      }
      const text = [...names].sort().map((name) => {
        const about = JSON.parse(readFileSync(join(modules, name, 'package.json'), 'utf8')) as { name: string; version: string; license: string }
        const file = readdirSync(join(modules, name)).find((entry) => /^licen[cs]e/i.test(entry))
        return `${about.name} ${about.version} (${about.license})\n\n${file ? readFileSync(join(modules, name, file), 'utf8').trim() : ''}\n`
      })
      this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: text.join('\n' + '-'.repeat(80) + '\n\n') })
    },
  }
}
