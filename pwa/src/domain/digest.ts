import type { Id } from './documents'

export type Digest = Record<string, { count: number; sum: string }>

const encoder = new TextEncoder()
const MODULUS = 1n << 64n

/**
 * Count and sum of every table: of each row the first 8 bytes, big-endian, of SHA-256 of `table:id:version`, added
 * modulo 2^64; 16 hex digits. The server computes the same.
 */
export async function digestOf(rows: Iterable<[table: string, id: Id, version: number]>): Promise<Digest> {
  const sums = new Map<string, { count: number; sum: bigint }>()
  const pending: Promise<void>[] = []
  for (const [table, id, version] of rows) {
    const total = sums.get(table) ?? { count: 0, sum: 0n }
    sums.set(table, total)
    total.count += 1
    const hashed = crypto.subtle.digest('SHA-256', encoder.encode(`${table}:${id}:${version}`)).then((bytes) => {
      total.sum += new DataView(bytes).getBigUint64(0)
    })
    pending.push(hashed)
  }
  await Promise.all(pending)
  const text = (sum: bigint) => (sum % MODULUS).toString(16).padStart(16, '0')
  return Object.fromEntries([...sums].map(([table, { count, sum }]) => [table, { count, sum: text(sum) }]))
}

/** Tables in which the two differ. */
export function difference(one: Digest, other: Digest): string[] {
  const tables = new Set([...Object.keys(one), ...Object.keys(other)])
  const same = (table: string) => one[table]?.count === other[table]?.count && one[table]?.sum === other[table]?.sum
  return [...tables].filter((table) => !same(table)).sort()
}
