/// <reference lib="dom" />
import { callApi, failureCard, readFailure } from './call-api.ts'
import { byId, make } from './dom.ts'

/** What `GET /v1/admin/usage` says, as far as the page shows it. */
export interface Usage {
  readonly since: string
  readonly now: string
  readonly configured_pools: readonly { readonly name: string; readonly trouble?: string }[]
  readonly keys: readonly UsageOfKey[]
  readonly pools: readonly UsageOfPool[]
  readonly minutes: readonly {
    readonly at: string
    readonly tokens: number
    readonly cost_usd: number
    readonly throttled: number
  }[]
}

export interface UsageOfKey {
  readonly key: string
  readonly model: string
  readonly requests: number
  readonly errors: number
  readonly throttled: number
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cached_tokens: number
  readonly cost_usd: number
  readonly saved_by_cache_usd: number
  readonly unpriced_requests: number
  readonly cache_misses: number
  readonly last_cache_miss?: string
}

export interface UsageOfPool {
  readonly pool: string
  readonly region: string
  readonly model: string
  readonly requests: number
  readonly tokens_last_minute: number
  readonly throttled: number
  readonly last_429?: string
  readonly quota?: {
    readonly model: string
    readonly ids: readonly string[]
    readonly tokens_per_minute: number | null
    readonly requests_per_minute: number | null
    readonly tokens_per_day: number | null
    readonly used: number
    readonly used_today: number
    readonly is_guess: boolean
    readonly headroom: number | null
    readonly requests_headroom: number | null
    readonly waiting: number
    readonly closed_until: string | null
  }
}

/** Brings the operator's page to life: it asks once there is a key, and again while it is looked at. */
export function startOperator(): void {
  const base = new URL('../v1', document.baseURI).href
  byId('admin-form').addEventListener('submit', (event) => {
    event.preventDefault()
    void showUsage(base)
  })
  setInterval(() => {
    if (!document.hidden && !byId('usage').hidden) void showUsage(base)
  }, 5000)
}

/** Asks with the admin key, else with the key of the first page; without either nothing is asked. */
export async function showUsage(base: string): Promise<void> {
  const key = byId<HTMLInputElement>('admin-key').value.trim() || (sessionStorage.getItem('adit-key') ?? '')
  const note = byId('usage-note')
  if (key === '') return
  try {
    const response = await callApi({ base, key }, 'admin/usage')
    if (!response.ok) {
      byId('usage').hidden = true
      note.replaceChildren(failureCard(await readFailure(response)))
      return
    }
    drawUsage((await response.json()) as Usage)
    byId('usage').hidden = false
    note.replaceChildren()
  } catch {
    note.replaceChildren('The gateway does not answer; what is shown is old.')
  }
}

export function drawUsage({ since, now, keys, pools, minutes, configured_pools }: Usage): void {
  byId('usage-since').textContent = `This process, since ${new Date(since).toLocaleString()}`
  byId('usage-charts').replaceChildren(
    minuteChart(
      'Tokens a minute',
      now,
      minutes.map(({ at, tokens }) => ({ at, value: tokens }))
    ),
    minuteChart(
      'US dollars a minute',
      now,
      minutes.map(({ at, cost_usd }) => ({ at, value: cost_usd }))
    ),
    minuteChart(
      'Throttled calls a minute',
      now,
      minutes.map(({ at, throttled }) => ({ at, value: throttled }))
    )
  )
  const rows = [...keys].sort((a, b) => b.cost_usd - a.cost_usd || b.requests - a.requests)
  byId('usage-keys').replaceChildren(
    ...rows.map((row) =>
      cells([
        row.key,
        row.model,
        count(row.requests),
        count(row.errors),
        count(row.throttled),
        count(row.input_tokens),
        count(row.cached_tokens),
        count(row.output_tokens),
        row.unpriced_requests > 0 ? `${money(row.cost_usd)} + ${count(row.unpriced_requests)} unpriced` : money(row.cost_usd),
        money(row.saved_by_cache_usd),
        row.last_cache_miss === undefined ? '' : `${count(row.cache_misses)}, last at ${row.last_cache_miss}`
      ])
    )
  )
  const troubles = configured_pools.flatMap(({ name, trouble }) => (trouble === undefined ? [] : [`${name}: ${trouble}`]))
  byId('usage-troubles').replaceChildren(...troubles.map((trouble) => make('p', 'failure', trouble)))
  byId('usage-pools').replaceChildren(
    ...pools.map((row) => {
      const { tokens_per_minute: limit = null, closed_until: closed = null, used = 0 } = row.quota ?? {}
      return cells([
        row.pool.includes(row.region) ? row.pool : `${row.pool}, ${row.region}`,
        row.model,
        count(row.requests),
        quotaWords(row.quota),
        limit === null ? count(row.tokens_last_minute) : usedBar(used, limit),
        closed === null ? headroomWords(row.quota) : `day used up, asked again at ${new Date(closed).toLocaleTimeString()}`,
        count(row.quota?.waiting ?? 0),
        count(row.throttled),
        row.last_429 === undefined ? 'never' : new Date(row.last_429).toLocaleTimeString()
      ])
    })
  )
}

/** What a minute and a day have, as far as anybody knows, and whose that is where several ids share it. */
export function quotaWords(quota: UsageOfPool['quota']): string {
  if (quota === undefined) return 'not known'
  const { tokens_per_minute: tokens, requests_per_minute: requests, tokens_per_day: day, is_guess: isGuess } = quota
  const minute = [amount(tokens, 'tokens'), amount(requests, 'requests')].flat()
  const known = [
    ...(minute.length === 0 ? [] : [`${isGuess ? 'about ' : ''}${minute.join(', ')}`]),
    ...(day === null ? [] : [`${count(quota.used_today)} of ${count(day)} tokens today`])
  ]
  if (known.length === 0) return 'not known'
  return quota.ids.length > 1 ? `${known.join('; ')}; of ${quota.model}, shared by ${quota.ids.length} ids` : known.join('; ')
}

export function headroomWords(quota: UsageOfPool['quota']): string {
  const { headroom = null, requests_headroom: requests = null } = quota ?? {}
  const known = [amount(headroom, 'tokens'), amount(requests, 'requests')].flat()
  return known.length === 0 ? 'not known' : known.join(', ')
}

export function amount(value: number | null, unit: string): readonly string[] {
  return value === null ? [] : [`${count(value)} ${unit}`]
}

export function cells(parts: readonly (string | Node)[]): HTMLElement {
  return make('tr', '', ...parts.map((part) => make('td', '', part)))
}

export function count(value: number): string {
  return value.toLocaleString('en')
}

export function money(usd: number): string {
  const sign = usd < 0 ? '-' : ''
  const size = Math.abs(usd)
  return `${sign}$${size === 0 || size >= 0.01 ? size.toFixed(2) : size.toPrecision(2)}`
}

export function svg(tag: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value))
  return element
}

/** A bar for each of the last sixty minutes; those in which nothing happened are empty. */
export function minuteChart(title: string, now: string, points: readonly { at: string; value: number }[]): HTMLElement {
  const most = Math.max(0, ...points.map(({ value }) => value))
  const picture = svg('svg', {
    viewBox: '0 0 240 60',
    preserveAspectRatio: 'none',
    class: 'chart',
    role: 'img',
    'aria-label': `${title}: at most ${count(most)}`
  })
  const last = Math.floor(Date.parse(now) / 60_000)
  for (const { at, value } of points) {
    const ago = last - Math.floor(Date.parse(at) / 60_000)
    const height = most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, (value / most) * 58)
    if (ago >= 0 && ago < 60) picture.append(svg('rect', { x: (59 - ago) * 4, y: 60 - height, width: 3, height }))
  }
  return make('figure', '', make('figcaption', 'fine', `${title}, last hour; at most ${count(most)}`), picture)
}

/** How much of a quota was used in the last minute. */
export function usedBar(used: number, limit: number): HTMLElement {
  const share = limit === 0 ? 1 : Math.min(1, used / limit)
  const picture = svg('svg', {
    viewBox: '0 0 100 8',
    preserveAspectRatio: 'none',
    class: 'bar',
    role: 'img',
    'aria-label': `${Math.round(share * 100)} %`
  })
  picture.append(svg('rect', { width: 100, height: 8, class: 'whole' }), svg('rect', { width: share * 100, height: 8 }))
  return make('span', '', `${count(used)} `, picture)
}
