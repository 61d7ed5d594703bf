import { FENCE, type Found, type Operation, type Storage, type StoreName, storeNames, type Wanted } from './storage'

const VERSION = 1
const IV_BYTES = 12
const HEAD_BYTES = 1 + IV_BYTES

type Bytes = Uint8Array<ArrayBuffer>

/**
 * A store whose values are AES-256-GCM ciphertext under the person's data key; keys (ids, numbers, `id/size`) and the
 * fence are plain. A value is one byte of format, the nonce, the ciphertext; where it stands is authenticated with it,
 * so none can be put in another's place.
 */
export function sealed(storage: Storage, key: CryptoKey): Storage {
  return new SealedStorage(storage, key)
}

/** Seals what a version of the app before sealing has left plain. Ended anywhere, it goes on the next time. */
export async function sealWhatIsPlain(storage: Storage, key: CryptoKey): Promise<void> {
  // Pictures one at a time: all of them would not fit into the memory of a phone.
  const { deliveries, shelf } = await storage.read({ deliveries: 'all', shelf: 'all' })
  for (const id of deliveries.keys()) await sealPlain(storage, key, 'originals', [id])
  for (const id of shelf.keys()) await sealPlain(storage, key, 'renditions', [id])
  for (const store of ['meta', 'documents', 'outbox', 'journal', 'deliveries', 'shelf'] as const)
    await sealPlain(storage, key, store, 'all')
}

async function sealPlain(storage: Storage, key: CryptoKey, store: StoreName, which: string[] | 'all'): Promise<void> {
  const found = await storage.read({ [store]: which } as Wanted)
  for (const [at, value] of (found[store] ?? new Map()) as Map<string | number, unknown>) {
    if (isSealed(value) || at === FENCE) continue
    await storage.write([await sealing({ do: 'put', store, key: at, value } as Operation, key)])
  }
}

class SealedStorage implements Storage {
  /** Sealing takes a moment, and writes must reach the store in the order in which they were asked for. */
  #before: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly storage: Storage,
    private readonly key: CryptoKey,
  ) {}

  async read<W extends Wanted>(wanted: W): Promise<Found<W>> {
    await this.#before
    const found = (await this.storage.read(wanted)) as Partial<Record<StoreName, Map<string | number, unknown>>>
    const open: Partial<Record<StoreName, Map<unknown, unknown>>> = {}
    for (const store of storeNames) {
      const rows = found[store]
      if (!rows) continue
      const unsealing = [...rows].map(async ([at, value]) => [at, await unsealed(store, at, value, this.key)] as const)
      open[store] = new Map(await Promise.all(unsealing))
    }
    return open as Found<W>
  }

  async write(operations: readonly Operation[], fence?: number): Promise<number[]> {
    const ready = Promise.all(operations.map((operation) => sealing(operation, this.key)))
    const turn = this.#before.then(() => ready)
    this.#before = turn.catch(() => {})
    return this.storage.write(await turn, fence)
  }

  async takeFence(): Promise<number> {
    await this.#before
    return this.storage.takeFence()
  }

  close(): void {
    this.storage.close()
  }
}

async function sealing(operation: Operation, key: CryptoKey): Promise<Operation> {
  if (operation.do !== 'put' && operation.do !== 'append') return operation
  const at = operation.do === 'put' ? operation.key : null
  const value = await seal(place(operation.store, at), operation.value, key)
  return { ...operation, value } as unknown as Operation
}

/** Entries of the outbox get their number only when they are written: theirs is not part of the place. */
const place = (store: StoreName, at: string | number | null): Bytes =>
  new TextEncoder().encode(store === 'outbox' ? store : `${store}/${at}`)

async function seal(additionalData: Bytes, value: unknown, key: CryptoKey): Promise<Bytes> {
  const plain = value instanceof ArrayBuffer ? value : new TextEncoder().encode(text(value))
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const secret = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, plain)
  const whole = new Uint8Array(HEAD_BYTES + secret.byteLength)
  whole[0] = VERSION
  whole.set(iv, 1)
  whole.set(new Uint8Array(secret), HEAD_BYTES)
  return whole
}

function text(value: unknown): string {
  const written = JSON.stringify(value)
  if (written === undefined) throw new TypeError('only what JSON can say is kept')
  return written
}

async function unsealed(store: StoreName, at: string | number, value: unknown, key: CryptoKey): Promise<unknown> {
  if (!isSealed(value)) return value
  const iv = value.subarray(1, HEAD_BYTES)
  const additionalData = place(store, at)
  const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, value.subarray(HEAD_BYTES))
  return store === 'originals' || store === 'renditions' ? plain : JSON.parse(new TextDecoder().decode(plain))
}

/** The bytes of pictures are kept as ArrayBuffers, so only what is sealed is an array of bytes. */
const isSealed = (value: unknown): value is Bytes => value instanceof Uint8Array
