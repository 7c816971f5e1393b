// What a reader does with the page, in Chromium, against the real daemon. Every step says what it showed; the first that
// fails ends the run. No step depends on how fast the machine is: each waits for what it wants to see.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { Stack, until } from './stack.mjs'

const WAIT_MS = 60_000
const data = (name) => join(process.env.ZHIWEN_SOURCE, 'tests/data/articles', name)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const stack = new Stack()
const trouble = [] // what a page must never do: errors, other hosts, dialogs
let page, browser

const show = (hash) => page.goto(`${stack.address}/#/${hash}`)
const lines = () => page.locator('.line[data-fact]')
const see = (selector) => page.locator(selector).first().waitFor({ timeout: WAIT_MS })
const whole = () => until('all facts', async () => (await lines().count()) === (await stack.api('facts?limit=1')).total)
const gone = (selector) => page.locator(selector).first().waitFor({ state: 'detached', timeout: WAIT_MS })

function watch(context) {
  context.on('page', (opened) => {
    opened.on('pageerror', (error) => trouble.push(`error: ${error.message}`))
    opened.on('dialog', (dialog) => { trouble.push(`dialog: ${dialog.message()}`); void dialog.dismiss() })
    opened.on('console', (message) => { if (/Content Security Policy|Content-Security-Policy/.test(message.text())) trouble.push(`policy: ${message.text()}`) })
    opened.on('request', (request) => {
      const url = request.url()
      if (!url.startsWith(stack.address + '/') && !/^(data|blob):/.test(url)) trouble.push(`request to ${url}`)
    })
  })
}

const steps = {
  async 'an empty store says so'() {
    await show('now')
    await see('.empty')
    await see('.connection[data-state="open"]')
  },

  async 'facts appear as they arrive, under their article'() {
    stack.send(data('01-award.txt'))
    await see('.line[data-fact]')
    const group = page.locator('.group').first()
    assert.match(await group.locator('h3').innerText(), /临江市举行市长质量奖颁奖大会/)
    await whole()
    assert.equal(await page.locator('.line[data-fact] .type[data-type="award"]').first().innerText(), '奖项')
  },

  async 'a filter narrows, is in the address, and stays over a reload'() {
    await page.locator('.filters input[name="type"][value="award"]').check()
    const only = async () => {
      const types = await page.locator('.line[data-fact] .type').evaluateAll((all) => all.map((e) => e.dataset.type))
      return types.length > 0 && types.every((type) => type === 'award')
    }
    await until('awards only', only)
    assert.match(page.url(), /#\/now\?type=award$/)
    await page.reload()
    await see('.line[data-fact]')
    await until('awards only', only)
    // what arrives is filtered, too
    stack.send(data('02-inspection.txt'))
    await until('the article in the store', async () => (await stack.api('facts?type=inspection&limit=1')).total > 0)
    assert.equal(await page.locator('.line .type[data-type="inspection"]').count(), 0)
    await page.locator('.chips button').first().click()
    await see('.line .type[data-type="inspection"]')
    await page.locator('.filters .twist[aria-label="四川省"]').click()
    await page.locator('.filters input[name="region"][value="510100"]').check()
    await until('Chengdu only', async () => {
      const places = await page.locator('.line[data-fact] .place').allInnerTexts()
      return places.length > 0 && places.every((place) => place === '成都市')
    })
  },

  async 'paused, it counts; resumed, it shows'() {
    await show('now')
    await whole()
    const before = await lines().count()
    await page.locator('[data-pause]').click()
    stack.send(data('03-plan.txt'))
    await see('[data-waiting]')
    assert.equal(await lines().count(), before)
    await page.keyboard.press('p')
    await gone('[data-waiting]')
    await until('more lines', async () => (await lines().count()) > before)
  },

  async 'evidence is marked at the right characters, repaired and as received'() {
    stack.send(data('04-county-damaged.txt'))
    const { facts } = await until('the award', async () => {
      const got = await stack.api('facts?type=award&q=' + encodeURIComponent('莫干电机'))
      return got.facts.length && got
    })
    const fact = facts[0]
    await show(`fact/${fact.id}`)
    await see('#evidence mark')
    const marked = (which) => page.locator('#evidence .marked').nth(which).locator('mark[data-names~="fact"]').allInnerTexts()
    const [repaired, received] = [(await marked(0)).join(''), (await marked(1)).join('')]
    assert.equal(received, fact.quote)
    assert.match(received, /德清縣莫乾電機\(jī\)有限公司/)
    assert.match(repaired, /德清县莫干电机有限公司获得了首届湖州市政府质量奖/)
    const recipient = await page.locator('#evidence .marked').first().locator('mark[data-names~="recipient"]').allInnerTexts()
    if (recipient.length) assert.equal(recipient.join(''), fact.slots.recipient)
    assert.equal(await page.locator('[data-slot="recipient"]').innerText(), fact.slots.recipient)
    await see('#explain .skeleton')
    await see('#cluster')
  },

  async 'a copy of an article is a source, and what differs is shown'() {
    const text = readFileSync(data('01-award.txt'), 'utf8')
    stack.send({ id: 'copy', title: '转载', source: '转载网', text: text.replace('年内建立', '务必年内建立') })
    const { facts } = await until('two sources', async () => {
      const got = await stack.api('facts?type=award&q=' + encodeURIComponent('长白山'))
      return got.facts[0]?.support > 1 && got
    })
    await show(`fact/${facts[0].id}`)
    await until('two sources on the page', async () => (await page.locator('.sources li').count()) === 2)
    await see('#cluster .diff')
    await page.locator('#cluster .diff summary').first().click()
    assert.match((await page.locator('#cluster .diff ins').allInnerTexts()).join(''), /务必/)
  },

  async 'search finds both scripts'() {
    const totals = []
    for (const q of ['质量奖', '質量獎']) {
      await show('search')
      await page.locator('.big-search input').fill(q)
      await page.keyboard.press('Enter')
      await until('the address', () => decodeURIComponent(page.url()).endsWith(`#/search?q=${q}`))
      await see('[data-total]')
      await until('the answer', async () => (await page.locator('[data-total]').getAttribute('data-total')) === String((await stack.api('facts?limit=1&q=' + encodeURIComponent(q))).total))
      totals.push(Number(await page.locator('[data-total]').getAttribute('data-total')))
    }
    assert.ok(totals[0] > 0 && totals[0] === totals[1], `found ${totals}`)
  },

  async 'a search can be saved, subscribed to, taken along, deleted'() {
    await show('search?type=award')
    await see('[data-save-name]')
    await page.locator('[data-save-name]').fill('各地奖项')
    await page.keyboard.press('Enter')
    await see('.saved a')
    assert.equal(await page.locator('.saved a').first().innerText(), '各地奖项')
    for (const name of ['feed.atom', 'facts.csv']) {
      const link = await page.locator(`.bar a[href*="${name}"]`).evaluate((a) => a.href)
      const response = await fetch(link)
      assert.equal(response.status, 200, link)
      assert.match(await response.text(), /质量奖/)
    }
    await page.locator('.saved button').first().click()
    await gone('.saved li')
  },

  async 'the map goes from the country to a province to a place'() {
    await show('where')
    await page.locator('path[data-code="330000"]').waitFor({ timeout: WAIT_MS })
    await until('a count', async () => /\d/.test((await page.locator('path[data-code="330000"]').getAttribute('aria-label')) ?? ''))
    await page.locator('path[data-code="330000"]').click()
    await see('path[data-code="330500"]')
    assert.match(page.url(), /parent=330000/)
    await until('a count', async () => /\d/.test((await page.locator('path[data-code="330500"]').getAttribute('aria-label')) ?? ''))
    await page.locator('path[data-code="330500"]').focus()
    await page.keyboard.press('Enter')
    await until('the filter', () => /region=330500/.test(page.url()))
    await page.locator('#timeline .bar').first().waitFor({ timeout: WAIT_MS })
    await page.locator('#timeline .bar').first().click({ force: true })
    await until('a span of time', () => /from=\d{4}-01-01&to=\d{4}-12-31/.test(page.url()))
  },

  async 'an indicator is drawn over time, its baseline apart, and exported'() {
    const { facts } = await stack.api('facts?type=indicator&limit=100')
    const fact = facts.find((f) => f.slots.baseline) ?? facts[0]
    await show(`where?indicator=${encodeURIComponent(fact.slots.measure)}`)
    await see('#series a[data-kind="reached"]')
    if (fact.slots.baseline) await see('#series a[data-kind="baseline"] rect.hollow')
    for (const [label, begins] of [['SVG', '<svg'], ['PNG', '\x89PNG'], ['CSV', '\ufeffregion,name']]) {
      const [download] = await Promise.all([page.waitForEvent('download', { timeout: WAIT_MS }), page.locator('#series .exports button', { hasText: label }).click()])
      const file = readFileSync(await download.path())
      assert.ok(file.toString(label === 'PNG' ? 'latin1' : 'utf8').startsWith(begins), `${label}: ${file.subarray(0, 20)}`)
    }
  },

  async 'a text is tried and not stored'() {
    const before = (await stack.api('state')).store
    await show('try')
    await page.locator('#try-text').fill('在10月26日召開(kāi)的湖州市政府質(zhì)量獎(jiǎng)?lì)C獎(jiǎng)大會(huì)上,浙江雲山木業(yè)集?huàn)F(tuán)獲得了首屆湖州市政府質(zhì)量獎(jiǎng)。')
    await page.locator('.drop button.strong').click()
    await see('[data-try-result]')
    assert.match(await page.locator('[data-try-result] .marked .body').innerText(), /浙江云山木业集团获得了首届湖州市政府质量奖/)
    await see('[data-try-result] .type[data-type="award"]')
    await see('[data-try-result] mark')
    await page.locator('[data-try-result] button.what').first().click()
    await see('[data-try-result] .marked mark[data-chosen]')
    assert.equal((await stack.api('state')).store.facts, before.facts)
  },

  async 'the keyboard alone will do'() {
    await show('now')
    await see('.line[data-fact]')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    const chosen = await page.evaluate(() => document.activeElement?.closest('.line')?.dataset.fact)
    assert.ok(chosen)
    await page.keyboard.press('Enter')
    await until('the fact', () => page.url().includes(chosen))
    await see('.fact-view')
    await page.keyboard.press('Escape')
    await see('main[data-view="now"] .line')
    await page.keyboard.press('3')
    await see('.big-search')
    await page.keyboard.press('/')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'q')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await see('dialog[open]')
    await page.keyboard.press('Escape')
    await gone('dialog[open]')
    await page.keyboard.press('l')
    await until('English', () => page.evaluate(() => document.documentElement.lang === 'en'))
    await page.keyboard.press('l')
  },

  async 'a hostile article is harmless'() {
    const evil = `<script>window.hit=1</script><img src=x onerror="window.hit=1"><svg onload="window.hit=1">`
    stack.send({
      id: 'evil', title: `恶意标题${evil}`, source: `日报"><script>window.hit=1</script>`, url: 'javascript:window.hit=1', published: '2012-05-06',
      text: `本报讯 5月6日,杭州市政府召开全市质量大会。会上,杭州${evil}制造有限公司获得首届杭州市市长质量奖。"><script>window.hit=1</script>`,
    })
    await until('its facts', async () => (await stack.api('facts?q=' + encodeURIComponent('恶意标题'))).total > 0)
    for (const view of ['now', 'search?q=' + encodeURIComponent('恶意标题'), 'where']) {
      await show(view)
      if (!view.startsWith('where')) await until('its title', async () => (await page.locator('.group h3').allInnerTexts()).some((title) => title.includes('恶意标题')))
    }
    const { facts } = await stack.api('facts?q=' + encodeURIComponent('恶意标题'))
    for (const fact of facts.slice(0, 3)) {
      await show(`fact/${fact.id}`)
      await see('#evidence .body')
    }
    await show('try')
    await page.locator('#try-text').fill('杭州市政府召开全市质量大会。' + evil)
    await page.locator('.drop button.strong').click()
    await see('[data-try-result]')
    assert.equal(await page.evaluate(() => window.hit), undefined)
    assert.equal(await page.locator('main script, main img, main svg[onload], a[href^="javascript" i]').count(), 0)
  },

  async 'no serious findings of axe, in any view, light and dark, and nothing wider than a phone'() {
    const { facts } = await stack.api('facts?type=award&limit=1')
    const found = []
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      for (const view of ['now', `fact/${facts[0].id}`, 'where', 'search?q=' + encodeURIComponent('质量'), 'state', 'try']) {
        await show(view)
        await see({ now: '.line', where: '#map tbody tr', search: '.line', state: '.figures', try: '.drop', fact: '#evidence .body' }[/^\w+/.exec(view)[0]])
        await page.evaluate(axe)
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }))
        for (const v of violations.filter((v) => ['serious', 'critical'].includes(v.impact)))
          found.push(`${scheme} ${view}: ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 140) + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
      }
    }
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 360, height: 740 })
    for (const view of ['now', `fact/${facts[0].id}`, 'where', 'search', 'state', 'try']) {
      await show(view)
      await page.waitForTimeout(500)
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      if (over > 0) found.push(`${view} is ${over} px wider than a phone`)
    }
    await page.setViewportSize({ width: 1360, height: 900 })
    assert.deepEqual(found, [])
  },

  async 'the daemon away is shown, and heals by itself'() {
    await show('now')
    await see('.line[data-fact]')
    await stack.stop(stack.daemon, 'SIGKILL')
    await see('.connection[data-state="gone"]')
    await see('.banner')
    await see('.line[data-fact]') // what is stored stays
    await stack.startDaemon()
    await gone('.banner')
    stack.send({ id: 'after', title: '重启之后的报道', published: '2013-07-01', text: '6月30日,宁波市政府印发了《宁波市质量强市建设规划》。' })
    await until('a fact from after', async () => (await page.locator('.group h3').allInnerTexts()).some((title) => title.includes('重启之后')))
  },

  async 'the page server away is shown, and heals by itself'() {
    await stack.stop(stack.web)
    await see('.connection[data-state="broken"]')
    stack.send({ id: 'meanwhile', title: '其间的报道', published: '2013-08-01', text: '7月30日,温州市政府印发了《温州市质量强市建设规划》。' })
    await stack.startWeb()
    await until('what came meanwhile', async () => (await page.locator('.group h3').allInnerTexts()).some((title) => title.includes('其间的报道')))
    await see('.connection[data-state="open"]')
  },

  async 'nothing was asked of another host, nothing broke the policy'() {
    assert.deepEqual(trouble, [])
  },
}

let failed = false
try {
  await stack.startDaemon()
  await stack.startWeb()
  browser = await chromium.launch({
    executablePath: process.env.ZHIWEN_CHROMIUM, timeout: WAIT_MS,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  const context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1360, height: 900 }, acceptDownloads: true })
  context.setDefaultTimeout(WAIT_MS)
  context.setDefaultNavigationTimeout(WAIT_MS)
  watch(context)
  page = await context.newPage()
  const only = process.argv[2]
  for (const [name, step] of Object.entries(steps)) {
    if (only && !name.includes(only) && !name.startsWith('facts appear')) continue
    const began = Date.now()
    try {
      await step()
      console.log(`ok    ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`)
    } catch (error) {
      console.log(`FAIL  ${name}: ${error.stack}\n  at ${page.url()}\n  ${trouble.join('\n  ')}`)
      await page.screenshot({ path: 'failed.png' }).catch(() => undefined)
      throw error
    }
  }
} catch (error) {
  failed = true
  console.log(error.message, '\n', stack.logs())
} finally {
  await browser?.close()
  await stack.end()
}
process.exit(failed ? 1 : 0)
