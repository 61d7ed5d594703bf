import {
  FENCE,
  type Found,
  type Operation,
  type Storage,
  StorageError,
  type StoreName,
  storeNames,
  type Vault,
  type Wanted,
} from './storage'

interface Disk {
  stores: Record<StoreName, Map<string | number, unknown>>
  last: number
}

/** A vault without a disk, where nothing outlives the page and nothing is sealed: for tests. Several may open one name. */
export class MemoryVault implements Vault {
  #disks = new Map<string, Disk>()

  async open(name: string): Promise<Storage> {
    let disk = this.#disks.get(name)
    if (!disk) {
      const stores = Object.fromEntries(storeNames.map((name) => [name, new Map()]))
      disk = { stores: stores as Disk['stores'], last: 0 }
      this.#disks.set(name, disk)
    }
    return new MemoryStorage(disk)
  }

  async seal(): Promise<void> {}

  async erase(name: string): Promise<void> {
    this.#disks.delete(name)
  }
}

class MemoryStorage implements Storage {
  constructor(private readonly disk: Disk) {}

  async read<W extends Wanted>(wanted: W): Promise<Found<W>> {
    const found: Partial<Record<StoreName, Map<unknown, unknown>>> = {}
    for (const name of storeNames) {
      const keys = wanted[name]
      if (!keys) continue
      const store = this.disk.stores[name]
      const rows = [...store].filter(([key]) => keys === 'all' || (keys as unknown[]).includes(key))
      rows.sort(([one], [other]) => (one < other ? -1 : 1))
      found[name] = new Map(structuredClone(rows))
    }
    return found as Found<W>
  }

  async write(operations: readonly Operation[], fence?: number): Promise<number[]> {
    if (fence !== undefined && fence !== this.disk.stores.meta.get(FENCE)) throw new StorageError('fenced')
    const appended: number[] = []
    for (const operation of structuredClone(operations)) {
      const store = this.disk.stores[operation.store]
      if (operation.do === 'clear') store.clear()
      else if (operation.do === 'delete') store.delete(operation.key)
      else if (operation.do === 'put') {
        store.set(operation.key, operation.value)
        if (operation.store === 'outbox') this.disk.last = Math.max(this.disk.last, operation.key)
      } else {
        this.disk.last += 1
        store.set(this.disk.last, operation.value)
        appended.push(this.disk.last)
      }
    }
    return appended
  }

  async takeFence(): Promise<number> {
    const fence = ((this.disk.stores.meta.get(FENCE) as number | undefined) ?? 0) + 1
    this.disk.stores.meta.set(FENCE, fence)
    return fence
  }

  close(): void {}
}
