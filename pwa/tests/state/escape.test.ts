// The keys of escape files: the server knows the one that this phone has, whatever comes between.
import { beforeEach, expect, test } from 'vitest'
import { type Server, unreachable } from '../../src/net'
import { Escape } from '../../src/state/escape'
import type { Replica } from '../../src/state/replica'
import type { Storage } from '../../src/vault'
import { MemoryVault } from '../../src/vault/memory'

let storage: Storage
let told: string[]
let answers: () => Promise<{ key: string }>

const server = {
  call: (_method: string, _path: string, { body }: { body: { key: string } }) => {
    told.push(body.key)
    return answers()
  },
} as unknown as Server

const opened = () =>
  new Escape(storage, server, { facts: { device: '1' } } as Replica, undefined as never, undefined as never, () => 0)

const known = async () => (await storage.read({ meta: ['escape'] })).meta.get('escape')

beforeEach(async () => {
  storage = await new MemoryVault().open('somebody')
  told = []
  answers = async () => ({ key: 'of the clinic' })
})

test('rounds that overlap tell one key, once', async () => {
  const app = opened()
  await Promise.all([app.exchange(), app.exchange()])
  await app.exchange()
  expect(told).toHaveLength(1)
  expect(await known()).toMatchObject({ key: told[0], clinic: 'of the clinic' })
})

test('where the answer was lost, the same key is told again', async () => {
  answers = () => Promise.reject(unreachable())
  await opened().exchange()
  answers = async () => ({ key: 'of the clinic' })
  await opened().exchange()
  expect(told).toHaveLength(2)
  expect(new Set(told).size).toBe(1)
  expect(await known()).toMatchObject({ key: told[0], clinic: 'of the clinic' })
})
