import type { Id } from '../domain/documents'
import type { Account } from './account'
import { deliveryOf, keeping } from './album'
import type { MutateAnswer, PictureState, Pictures, Records, SavedPicture } from './contract'
import type { Environment } from './environment'
import { refused } from './queue'
import type { Signal } from './signal'

/** As the server makes them. */
const LONGEST_PX = { thumb: 320, screen: 1600 }
const JPEG = 'image/jpeg'

/** The pictures of the person signed in. */
export function picturesWith(
  environment: Environment,
  signedIn: () => Account | null,
  records: Records,
  signal: Signal,
  stored: (answer: MutateAnswer) => void,
): Pictures {
  const underWay = new Map<string, Promise<Blob | null>>()

  const save: Pictures['save'] = async (source, args): Promise<SavedPicture> => {
    const account = signedIn()
    if (!account) return { kind: 'not_saved', reason: 'signed_out' }
    const { prepare } = await import('../domain/pictures/prepare')
    const original = await prepare(source)
    if ('unreadable' in original) return { kind: 'unreadable', why: original.unreadable }
    const { width, height, sha256, bytes } = original
    const delivery = deliveryOf(args, original, new Date(environment.clock()).toISOString())
    const row = { ...args, sha256, size_bytes: bytes.byteLength, width, height }
    const write = () => account.replica.enqueue('photo.add', row, 0, keeping(delivery, bytes))
    let answer = await write()
    if (answer.kind === 'not_saved' && answer.reason === 'full') {
      await account.makeRoom()
      answer = await write()
    }
    if (answer.kind === 'saved') account.album.add(delivery)
    stored(answer)
    return answer
  }

  async function shown(account: Account, id: Id, size: 'thumb' | 'screen' | 'original'): Promise<Blob | null> {
    const { album, shelf } = account
    const key = `${id}/${size}`
    const kept = size === 'original' ? undefined : await shelf.get(key)
    if (kept) return new Blob([kept], { type: JPEG })
    const delivery = album.deliveries.get(id)
    const original = delivery && (await album.bytes(id))
    if (size === 'original') {
      if (original) return new Blob([original], { type: delivery.type })
      const downloaded = await environment.download(`/api/photos/${key}`)
      return downloaded && new Blob([downloaded.bytes], { type: downloaded.type })
    }
    const made = original && (await environment.shrink(new Blob([original], { type: delivery.type }), LONGEST_PX[size]))
    const bytes = made ?? (await environment.download(`/api/photos/${key}`))?.bytes
    if (!bytes) return null
    await shelf.put(key, bytes)
    return new Blob([bytes], { type: JPEG })
  }

  return {
    save,
    stateOf(photoId): PictureState {
      signal.track()
      const account = signedIn()
      const row = records.get('photo', photoId)
      if (row?.stored) return { kind: 'kept' }
      const { album, replica } = account ?? {}
      const rejected = replica && refused(replica.outbox, replica.journal).find(isOf(photoId))
      if (rejected) return { kind: 'refused', code: rejected.error?.code ?? 'internal' }
      const delivery = album?.deliveries.get(photoId)
      if (!delivery) return { kind: 'missing' }
      if (delivery.refused) return { kind: 'refused', code: delivery.refused }
      if (delivery.arrived) return { kind: 'uploading', percent: 100 }
      const bytes = album?.progress.get(photoId)
      if (!delivery.url || bytes === undefined) return { kind: 'phone' }
      return { kind: 'uploading', percent: Math.floor((100 * bytes) / delivery.size_bytes) }
    },
    async blob(photoId, size) {
      const account = signedIn()
      if (!account) return null
      const key = `${account.person.id}/${photoId}/${size}`
      const asked = underWay.get(key) ?? shown(account, photoId, size).finally(() => underWay.delete(key))
      underWay.set(key, asked)
      return asked
    },
    get waiting() {
      signal.track()
      const undelivered = signedIn()?.album.undelivered ?? []
      return { count: undelivered.length, bytes: undelivered.reduce((sum, { size_bytes }) => sum + size_bytes, 0) }
    },
  }
}

const isOf =
  (photoId: Id) =>
  ({ name, args }: { name: string; args: Record<string, unknown> }) =>
    name === 'photo.add' && args.id === photoId
