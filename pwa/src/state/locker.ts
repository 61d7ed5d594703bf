import { type Cost, type Derive, type Lock, newDataKey, type Passkeys, randomBytes, unwrapped, wrapped } from '../vault'

const SALT_BYTES = 32

/** Makes and opens the locks of people's stores, by password and by passkey. */
export class Locker {
  constructor(private readonly tools: { derive: Derive; cost: Cost; passkeys: Passkeys }) {}

  /** A new data key, and the lock that this password opens. */
  async make(password: string): Promise<{ lock: Lock; key: CryptoKey }> {
    const key = await newDataKey()
    return { key, lock: { password: await this.#byPassword(key, password), passkey: null } }
  }

  /** null: not the password. */
  async open({ password: way }: Lock, password: string): Promise<CryptoKey | null> {
    return unwrapped(way, await this.tools.derive(password, way.salt, way))
  }

  /** The same data key behind another password; null: not the previous one. */
  async change(lock: Lock, previous: string, password: string): Promise<{ lock: Lock; key: CryptoKey } | null> {
    const key = await this.#bare(lock, previous)
    return key && { key, lock: { ...lock, password: await this.#byPassword(key, password) } }
  }

  /** Adds a passkey of this phone; `wrong`: not the password, `declined`: the person or the phone would not. */
  async addPasskey(
    lock: Lock,
    password: string,
    person: { id: string; login: string; name: string },
  ): Promise<Lock | 'wrong' | 'declined'> {
    const key = await this.#bare(lock, password)
    if (!key) return 'wrong'
    const salt = randomBytes(SALT_BYTES)
    const made = await this.tools.passkeys.create(person, salt)
    if (!made) return 'declined'
    return { ...lock, passkey: { credential: made.credential, ...(await wrapped(key, made.secret, salt)) } }
  }

  /** null: the person or the phone would not, or the passkey is another. */
  async openWithPasskey({ passkey }: Lock): Promise<CryptoKey | null> {
    const secret = passkey && (await this.tools.passkeys.secret(passkey.credential, passkey.salt))
    return passkey && secret && unwrapped(passkey, secret)
  }

  async #bare({ password: way }: Lock, password: string): Promise<CryptoKey | null> {
    return unwrapped(way, await this.tools.derive(password, way.salt, way), true)
  }

  async #byPassword(key: CryptoKey, password: string): Promise<Lock['password']> {
    const { cost } = this.tools
    const salt = randomBytes(SALT_BYTES)
    return { ...cost, ...(await wrapped(key, await this.tools.derive(password, salt, cost), salt)) }
  }
}
