import { CallError } from '../net'
import type { Account } from './account'
import type { Device, FoundCustomer, Online, OnlineAnswer } from './contract'

/** What is not synced and so works online only. */
export function onlineWith(signedIn: () => Account | null): Online {
  async function ask<T>(call: (account: Account) => Promise<T>): Promise<OnlineAnswer<T>> {
    const account = signedIn()
    if (!account) return { kind: 'refused', message: '' }
    try {
      return { kind: 'ok', value: await call(account) }
    } catch (error) {
      if (!(error instanceof CallError)) throw error
      return error.failure.kind === 'unreachable'
        ? { kind: 'offline' }
        : { kind: 'refused', message: error.failure.message }
    }
  }
  return {
    searchCustomers: (query) =>
      ask(async ({ server }) => {
        const path = `/api/customers/search?q=${encodeURIComponent(query)}`
        return (await server.call<{ customers: FoundCustomer[] }>('GET', path)).customers
      }),
    devices: () => ask(async ({ server }) => (await server.call<{ devices: Device[] }>('GET', '/api/devices')).devices),
    revokeDevice: (id, mode) =>
      ask(async ({ server, replica }) => {
        await server.call('POST', `/api/devices/${id}/revoke`, { device: replica.facts.device ?? '', body: { mode } })
        return null
      }),
  }
}
