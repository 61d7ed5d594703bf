import type { Storage } from '../vault'
import type { Drafts } from './contract'

/** What is forgotten for longer than this will not be missed, and would surprise. */
const KEPT_MS = 7 * 24 * 60 * 60_000

interface Draft {
  at: number
  form: unknown
}

const keyOf = (name: string) => `draft:${name}`

/**
 * Forms in the making, in the store of the person who fills them in. A form that cannot be kept is no reason to disturb
 * anybody: it is still on the screen.
 */
export function draftsIn(
  storageNow: () => Storage | null,
  clock: () => number,
  report: (error: unknown) => void,
): Drafts {
  const write = async (operation: Parameters<Storage['write']>[0][number]): Promise<void> => {
    await storageNow()?.write([operation]).catch(report)
  }
  return {
    async find(name) {
      const key = keyOf(name)
      const found = await storageNow()
        ?.read({ meta: [key] })
        .catch(report)
      const draft = found?.meta.get(key) as Draft | undefined
      return draft && draft.at > clock() - KEPT_MS ? draft.form : undefined
    },
    keep(name, form) {
      const draft: Draft = { at: clock(), form: JSON.parse(JSON.stringify(form)) }
      return write({ do: 'put', store: 'meta', key: keyOf(name), value: draft })
    },
    drop: (name) => write({ do: 'delete', store: 'meta', key: keyOf(name) }),
  }
}
