import type { Id } from '../domain/documents'
import type { Account } from './account'
import { deliveryOf, keeping, rejectedPhotos } from './album'
import type { MutateAnswer, PictureState, Pictures, Records, SavedPicture } from './contract'
import type { Environment } from './environment'
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
  queue: Signal,
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
    if (answer.kind === 'saved') await account.album.add(delivery)
    stored(answer)
    return answer
  }

  /** A look at an original is kept for the log before it happens, as the server does where it shows one. */
  async function noted(account: Account, id: Id): Promise<boolean> {
    const answer = await account.replica.enqueue('photo.opened', { id }, 0)
    stored(answer)
    return answer.kind === 'saved'
  }

  async function shown(account: Account, id: Id, size: 'thumb' | 'screen' | 'original'): Promise<Blob | null> {
    const { album, shelf } = account
    const key = `${id}/${size}`
    const kept = size === 'original' ? undefined : await shelf.get(key)
    if (kept) return new Blob([kept], { type: JPEG })
    const delivery = album.deliveries.get(id)
    const original = delivery && (await album.bytes(id))
    if (size === 'original') {
      if (original) return (await noted(account, id)) ? new Blob([original], { type: delivery.type }) : null
      const downloaded = await environment.download(`/api/photos/${key}`)
      return downloaded && new Blob([downloaded.bytes], { type: downloaded.type })
    }
    const made = original && (await environment.shrink(new Blob([original], { type: delivery.type }), LONGEST_PX[size]))
    if (made) await shelf.put(key, made)
    const bytes = made ?? (await account.rendition(id, size))
    return bytes && new Blob([bytes], { type: JPEG })
  }

  return {
    save,
    stateOf(photoId): PictureState {
      signal.track()
      queue.track()
      const account = signedIn()
      const row = records.get('photo', photoId)
      if (row?.stored) return { kind: 'kept' }
      const { album, replica } = account ?? {}
      const rejected = replica && rejectedPhotos(replica).get(photoId)
      if (rejected) return { kind: 'refused', code: rejected.error?.code ?? 'internal' }
      const delivery = album?.deliveries.get(photoId)
      if (!delivery) return { kind: 'missing' }
      if (delivery.refused) return { kind: 'refused', code: delivery.refused }
      if (delivery.arrived) return { kind: 'uploading', percent: 100 }
      const bytes = album?.progress.get(photoId)
      if (!delivery.url || bytes === undefined) return { kind: 'phone' }
      return { kind: 'uploading', percent: percentOf(delivery, bytes) }
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
      queue.track()
      const waiting = signedIn()?.courier.waiting ?? []
      return { count: waiting.length, bytes: waiting.reduce((sum, { size_bytes }) => sum + size_bytes, 0) }
    },
    get current() {
      signal.track()
      const { album, courier } = signedIn() ?? {}
      const under_way = courier?.waiting.map((each) => ({ ...each, sent: album?.progress.get(each.photo_id) }))
      const next = under_way?.find(({ url, sent, size_bytes }) => url && sent !== undefined && sent < size_bytes)
      return next ? { photo_id: next.photo_id, percent: percentOf(next, next.sent) } : null
    },
    get refused() {
      signal.track()
      return (signedIn()?.album.undelivered ?? []).flatMap(({ photo_id, set_id, size_bytes, refused }) =>
        refused ? [{ photo_id, set_id, size_bytes, code: refused }] : [],
      )
    },
    async tryAgain(photoId) {
      const account = signedIn()
      await account?.album.note(photoId, { refused: null, url: null })
      void account?.sync('hurry')
    },
    async discard(photoId) {
      await signedIn()?.album.forget([photoId])
    },
  }
}

const percentOf = ({ size_bytes }: { size_bytes: number }, sent = 0) => Math.floor((100 * sent) / size_bytes)
