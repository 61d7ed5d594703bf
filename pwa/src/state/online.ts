import type { Report } from '../domain/report'
import type { VipMonths } from '../domain/vip/monthly'
import { CallError } from '../net'
import type { Account } from './account'
import type { Device, FoundCustomer, Online, OnlineAnswer, Undelivered } from './contract'

/** What a call came to. */
export async function answered<T>(call: () => Promise<T>): Promise<OnlineAnswer<T>> {
  try {
    return { kind: 'ok', value: await call() }
  } catch (error) {
    if (!(error instanceof CallError)) throw error
    if (error.failure.kind === 'unreachable') return { kind: 'offline' }
    const { message, code, fields } = error.failure
    return { kind: 'refused', message, code, fields }
  }
}

/** What is not synced and so works online only. */
export function onlineWith(signedIn: () => Account | null): Online {
  async function ask<T>(call: (account: Account) => Promise<T>): Promise<OnlineAnswer<T>> {
    const account = signedIn()
    if (!account) return { kind: 'refused', message: '', code: 'unauthenticated', fields: {} }
    return answered(() => call(account))
  }
  /** A call that this device answers for. */
  const told = <T>({ server, replica }: Account, method: 'POST' | 'PATCH', path: string, body: object, file = false) =>
    server.call<T>(method, path, { device: replica.facts.device ?? '', body, ...(file && { file }) })
  /** A file that the clinic makes. */
  const made = (path: string, body: object) => ask((account) => told<Blob>(account, 'POST', path, body, true))
  /** Something that is done on the server at once, or not at all. */
  const done = (method: 'POST' | 'PATCH', path: string, body: object) =>
    ask(async (account) => {
      await told(account, method, path, body)
      return null
    })
  return {
    searchCustomers: (query) =>
      ask(async ({ server }) => {
        const path = `/api/customers/search?q=${encodeURIComponent(query)}`
        return (await server.call<{ customers: FoundCustomer[] }>('GET', path)).customers
      }),
    devices: () => ask(async ({ server }) => (await server.call<{ devices: Device[] }>('GET', '/api/devices')).devices),
    revokeDevice: (id, mode) => done('POST', `/api/devices/${id}/revoke`, { mode }),
    takeIn: (file) => ask((account) => told(account, 'POST', '/api/escape', file)),
    addPerson: (person) => done('POST', '/api/staff', person),
    changePerson: (id, facts) => done('PATCH', `/api/staff/${id}`, facts),
    audit: (question) => {
      const query = new URLSearchParams(Object.entries(question).map(([name, value]) => [name, String(value)]))
      return ask(({ server }) => server.call('GET', `/api/audit?${query}`))
    },
    exportFile: (customerId) => made(`/api/customers/${customerId}/export`, {}),
    letGo: (id, mode) => done('POST', `/api/staff/${id}/leave`, { mode }),
    takeBack: (id, password) => done('POST', `/api/staff/${id}/return`, { password }),
    givePassword: (id, password) => done('POST', `/api/staff/${id}/password`, { password }),
    removeSecondFactor: (id) => done('POST', `/api/staff/${id}/second-factor/remove`, {}),
    pushKey: () => ask(async ({ server }) => (await server.call<{ key: string }>('GET', '/api/push/key')).key),
    undelivered: () =>
      ask(
        async ({ server }) =>
          (await server.call<{ undelivered: Undelivered[] }>('GET', '/api/push/undelivered')).undelivered,
      ),
    keepSubscription: (subscription) => done('POST', '/api/push/subscriptions', subscription),
    report: ({ from, to, step }) =>
      ask(({ server }) => server.call<Report>('GET', `/api/reports/followups?from=${from}&to=${to}&step=${step}`)),
    vipMonths: (from, to) =>
      ask(({ server }) => server.call<VipMonths>('GET', `/api/reports/vip?from=${from}&to=${to}`)),
    makeSheet: (order) => made('/api/sheets', order),
    makeProposal: (order) => made('/api/vip/proposals', order),
    makeCaseReport: (order) => made('/api/vip/case-reports', order),
  }
}
