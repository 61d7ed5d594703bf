import type { Pictures, Records } from './contract'

/** The pictures of the person signed in. */
export function picturesWith(records: Records): Pictures {
  return {
    save: async () => ({ kind: 'not_saved', reason: 'storage' }),
    stateOf: (photoId) => ({ kind: records.get('photo', photoId)?.stored ? 'kept' : 'missing' }),
    async blob(photoId, size) {
      const response = await fetch(`/api/photos/${photoId}/${size}`).catch(() => null)
      return response?.ok ? response.blob() : null
    },
    waiting: { count: 0, bytes: 0 },
  }
}
