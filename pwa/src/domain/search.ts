// Finding customers while a name or number is being typed.
//
// A name is a row of units: a Chinese character with its syllable, or a word. What is typed is laid over
// neighbouring units, each taken by its character or by a beginning of its syllable, so that 小美, "wxm",
// "wangxm", "wang xiao" and "王xm" all find 王小美. A blank ends a unit.

export interface Searchable {
  id: string
  name: string
  pinyin?: string | null
  phones: readonly string[]
}

interface Unit {
  written: string
  read: string
}

interface Entry {
  id: string
  name: string
  units: Unit[]
  read: string
  /** What each unit begins with: nothing else can be the first letter of what is laid over them. */
  heads: string
  phones: string[]
  order: string
}

export interface SearchIndex {
  entries: Map<string, Entry>
  /** In the order in which they are shown; null after a change, until somebody searches. */
  sorted: Entry[] | null
}

/** Lower is better; what starts with the query before what contains it. */
const EXACT = 0
const PREFIX = 1
const LOOSE_PREFIX = 2
const INSIDE = 3
const NO = 4

export function buildIndex(customers: Iterable<Searchable>): SearchIndex {
  const index: SearchIndex = { entries: new Map(), sorted: null }
  for (const customer of customers) update(index, customer)
  return index
}

/** Adds the customer, or puts them in place of what the index knew of them. */
export function update(index: SearchIndex, customer: Searchable): void {
  const name = fold(customer.name)
  const syllables = words(fold(customer.pinyin ?? ''))
  const written: string[] = name.match(UNITS) ?? []
  const isRead = syllables.length === written.length
  // Without a reading (made offline, not yet answered) a word still reads as itself.
  const units = written.map((text, i) => ({
    written: text,
    read: (isRead && syllables[i]) || (STARTS_HAN.test(text) ? '' : text),
  }))
  index.sorted = null
  index.entries.set(customer.id, {
    id: customer.id,
    name: written.join(''),
    units,
    read: syllables.join(''),
    heads: units.map(({ written, read }) => (written[0] ?? '') + (read[0] ?? '')).join(''),
    phones: customer.phones.map(dialled),
    order: `${syllables.join(' ') || name} ${name} ${customer.id}`,
  })
}

export function remove(index: SearchIndex, id: string): void {
  index.sorted = null
  index.entries.delete(id)
}

/** Ids of at most `limit` customers, best first: exact, then prefix, then inside; by reading among equals. */
export function search(index: SearchIndex, query: string, limit: number): string[] {
  const typed = words(fold(query))
  if (typed.length === 0) return []
  const joined = typed.join('')
  const digits = /^\+?[\d ()-]+$/.test(fold(query)) ? dialled(query) : ''
  const ranks: Entry[][] = [[], [], [], []]
  index.sorted ??= [...index.entries.values()].sort((one, other) => (one.order < other.order ? -1 : 1))
  for (const entry of index.sorted) {
    ranks[Math.min(rankOfName(entry, joined, typed), rankOfPhone(entry, digits))]?.push(entry)
  }
  const found: string[] = []
  for (const rank of ranks) {
    if (found.length >= limit) break
    for (const entry of rank.slice(0, limit - found.length)) found.push(entry.id)
  }
  return found
}

function rankOfName(entry: Entry, joined: string, typed: string[]): number {
  if (entry.name === joined || entry.read === joined) return EXACT
  const { units } = entry
  if (typed.length === 1 && (entry.name.startsWith(joined) || entry.read.startsWith(joined))) return PREFIX
  if (entry.heads.includes(joined[0] ?? '')) {
    if (lies(units, 0, typed, 0, 0)) return typed.length > 1 ? PREFIX : LOOSE_PREFIX
    for (let start = 1; start < units.length; start++) if (lies(units, start, typed, 0, 0)) return INSIDE
  }
  return entry.name.includes(joined) ? INSIDE : NO
}

/** Whether what is typed, from letter `at` of word `word` on, lies over the units from `unit` on. */
function lies(units: Unit[], unit: number, typed: string[], word: number, at: number): boolean {
  const text = typed[word]
  if (text === undefined) return true
  if (at === text.length) return lies(units, unit, typed, word + 1, 0)
  const here = units[unit]
  if (!here) return false
  if (text.startsWith(here.written, at) && lies(units, unit + 1, typed, word, at + here.written.length)) return true
  let length = 0
  while (at + length < text.length && length < here.read.length && text[at + length] === here.read[length]) length++
  for (; length > 0; length--) if (lies(units, unit + 1, typed, word, at + length)) return true
  return false
}

/** Last digits from two on, digits anywhere from four on. */
function rankOfPhone({ phones }: Entry, digits: string): number {
  if (digits.length < 2) return NO
  if (phones.includes(digits)) return EXACT
  if (phones.some((phone) => phone.endsWith(digits))) return PREFIX
  if (digits.length < 4) return NO
  if (phones.some((phone) => phone.startsWith(digits))) return LOOSE_PREFIX
  return phones.some((phone) => phone.includes(digits)) ? INSIDE : NO
}

const HAN = '[〇\\u3400-\\u4dbf\\u4e00-\\u9fff\\u{20000}-\\u{3ffff}]'
const STARTS_HAN = new RegExp(`^${HAN}`, 'u')
const UNITS = new RegExp(`${HAN}|(?:(?!${HAN})[\\p{L}\\p{N}])+`, 'gu')

/** Full-width forms, case and accents do not count. */
function fold(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').normalize('NFC').toLowerCase().trim()
}

function words(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? []
}

/** The digits of a number, without the country code of mainland China. */
function dialled(phone: string): string {
  const digits = fold(phone)
    .replace(/^(\+|00)86/, '')
    .replace(/\D/g, '')
  return digits.length === 13 && digits.startsWith('86') ? digits.slice(2) : digits
}
