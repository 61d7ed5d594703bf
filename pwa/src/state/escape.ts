import { CallError, EscapeFile, type EscapeKeys, newDeviceKey, SCHEMA, type Server } from '../net'
import { type Storage, StorageError } from '../vault'
import type { Album } from './album'
import type { Courier } from './courier'
import { batch } from './queue'
import type { Replica } from './replica'

/** Where in `meta` this device's escape keys are. */
const KEYS = 'escape'
/** The clinic's is null until the server has told it. */
type Keys = Omit<EscapeKeys, 'clinic'> & { clinic: string | null }

/** What waits on this phone leaves it as a file, for a phone that no longer reaches the server. */
export class Escape {
  /** The device whose key the server has been told since the app was opened. */
  #told: string | null = null

  constructor(
    private readonly storage: Storage,
    private readonly server: Server,
    private readonly replica: Replica,
    private readonly album: Album,
    private readonly courier: Courier,
    private readonly clock: () => number,
  ) {}

  /** While the server can be reached: tells it this device's key and keeps the clinic's. */
  async exchange(): Promise<void> {
    const { device } = this.replica.facts
    if (!device || this.#told === device) return
    // Not there on plain http, as on a clinic's own network without a certificate.
    if (!globalThis.crypto?.subtle) return
    this.#told = device
    try {
      const known = await this.#keys()
      const own = known?.device === device ? known : { device, ...(await newDeviceKey()), clinic: null }
      // Kept before it is told: the server must never know a key that this phone does not have.
      if (own !== known) await this.#keep(own)
      const body = { key: own.key }
      const { key: clinic } = await this.server.call<{ key: string }>('POST', '/api/escape/keys', { device, body })
      if (own.clinic !== clinic) await this.#keep({ ...own, clinic })
    } catch (error) {
      this.#told = null
      // The next time will do: keys are needed on the day on which there is no server any more.
      if (!(error instanceof CallError || error instanceof StorageError)) throw error
    }
  }

  /** All that waits, numbered as it would be sent; null: this device never got the clinic's key. It goes on waiting. */
  async file(): Promise<Blob | null> {
    const keys = await this.#keys()
    if (!keys?.clinic || keys.device !== this.replica.facts.device) return null
    await this.replica.release()
    await this.replica.number()
    const file = await EscapeFile.begin({ ...keys, clinic: keys.clinic })
    const originals = []
    for (const { photo_id, sha256 } of this.courier.waiting) {
      const bytes = await this.album.bytes(photo_id)
      if (!bytes) continue
      await file.add(bytes)
      originals.push({ photo_id, sha256, size_bytes: bytes.byteLength })
    }
    return file.end({
      schema: SCHEMA,
      made_at: new Date(this.clock()).toISOString(),
      offset_ms: this.replica.facts.offset_ms,
      mutations: batch(
        this.replica.outbox,
        { mutations: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
        false,
      ),
      originals,
    })
  }

  async #keys(): Promise<Keys | undefined> {
    return (await this.storage.read({ meta: [KEYS] })).meta.get(KEYS) as Keys | undefined
  }

  async #keep(value: Keys): Promise<void> {
    await this.storage.write([{ do: 'put', store: 'meta', key: KEYS, value }])
  }
}
