// What this phone has shown of its person's notices, and what was opened: told to the server, and kept until it hears.
import { type DBSchema, openDB } from 'idb'

export interface Receipt {
  notice_id: string
  state: 'shown' | 'opened'
  at: string
  /** The device that the server sent it to; a shared phone has several people. */
  device: string
}

interface Kept extends DBSchema {
  receipts: { key: number; value: Receipt }
}

const AT_ONCE = 200

const database = () =>
  openDB<Kept>('meidang.receipts', 1, {
    upgrade: (fresh) => void fresh.createObjectStore('receipts', { autoIncrement: true }),
  })

export async function note(receipt: Receipt): Promise<void> {
  const kept = await database()
  await kept.add('receipts', receipt)
  kept.close()
  await handIn()
}

/** Sends what is kept; what the server will never take is let go of. */
export async function handIn(): Promise<void> {
  const kept = await database()
  const [keys, receipts] = await Promise.all([
    kept.getAllKeys('receipts', null, AT_ONCE),
    kept.getAll('receipts', null, AT_ONCE),
  ])
  for (const device of new Set(receipts.map((receipt) => receipt.device))) {
    const theirs = receipts.flatMap((receipt, n) =>
      receipt.device === device ? [{ receipt, key: keys[n] as number }] : [],
    )
    const body = { receipts: theirs.map(({ receipt: { notice_id, state, at } }) => ({ notice_id, state, at })) }
    if (await taken(device, body)) for (const { key } of theirs) await kept.delete('receipts', key)
  }
  kept.close()
}

async function taken(device: string, body: unknown): Promise<boolean> {
  try {
    const headers = { 'Content-Type': 'application/json', 'X-Device': device }
    const answer = await fetch('/api/push/receipts', {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      credentials: 'same-origin',
    })
    return answer.status < 500 && answer.status !== 429
  } catch {
    return false // offline: with the next push, click or start of the app
  }
}
