import { expect, test } from 'vitest'
import { followup } from '../../tests/domain/rows'
import { chainOf } from './chain'
import type { Attempt, Followup } from './documents'

const row = { updated_at: '', updated_by: null }
const escalatedAt = '2026-11-22T04:00:00.000Z'

const original = followup('original', { status: 'escalated' })
const escalation = (changes: Partial<Followup> = {}) =>
  followup('escalation', {
    rule: 'doctor_escalation',
    role: 'doctor',
    parent_id: 'original',
    created_at: escalatedAt,
    by: 'service',
    ...changes,
  })

const attempt = (followup_id: string, by: string, at: string, outcome: Attempt['outcome'] = 'reached'): Attempt => ({
  ...row,
  id: `${followup_id} ${at}`,
  created_at: at,
  followup_id,
  customer_id: 'wang',
  channel: 'call',
  outcome,
  content: {},
  note: null,
  callback_at: null,
  started_at: null,
  by,
  at,
  after_close: false,
})

function chain(start: string, now: string, links: Followup[], attempts: Attempt[] = []) {
  const byId = new Map(links.map((link) => [link.id, link]))
  return chainOf(byId.get(start) as Followup, {
    now,
    parentOf: ({ parent_id }) => byId.get(parent_id ?? ''),
    childrenOf: ({ id }) => links.filter(({ parent_id }) => parent_id === id),
    attemptsOf: ({ id }) => attempts.filter(({ followup_id }) => followup_id === id),
    isDoctor: (id) => id === 'doctor',
  })
}

const told = (...args: Parameters<typeof chain>) => chain(...args).map(({ kind, at }) => `${at.slice(11, 16)} ${kind}`)

test('a follow-up that nobody handed on has no chain', () => {
  expect(chain('original', escalatedAt, [original], [attempt('original', 'service', escalatedAt)])).toEqual([])
})

test('from both ends it is the same: the try, the escalation, the two hours that run', () => {
  const links = [original, escalation()]
  const attempts = [attempt('original', 'service', '2026-11-22T03:59:00.000Z')]
  const expected = ['03:59 attempt', '04:00 escalated', '06:00 waiting']
  expect(told('original', '2026-11-22T05:00:00.000Z', links, attempts)).toEqual(expected)
  expect(told('escalation', '2026-11-22T05:00:00.000Z', links, attempts)).toEqual(expected)
})

test('two hours without the doctor are told by the clock alone; somebody else’s try does not count', () => {
  const links = [original, escalation()]
  const attempts = [attempt('escalation', 'service', '2026-11-22T05:00:00.000Z')]
  expect(told('original', '2026-11-22T05:59:59.999Z', links, attempts)).toContain('06:00 waiting')
  expect(told('original', '2026-11-22T06:00:00.000Z', links, attempts)).toEqual([
    '04:00 escalated',
    '05:00 attempt',
    '06:00 unattended',
  ])
})

test('a doctor in time stops the clock; one who came late does not undo it', () => {
  const done = { status: 'done' as const, closed_by: 'doctor' }
  const inTime = { ...done, closed_at: '2026-11-22T05:00:00.000Z' }
  const closed = [{ ...original, ...inTime }, escalation(inTime)]
  expect(
    told('original', '2026-11-23T00:00:00.000Z', closed, [attempt('escalation', 'doctor', inTime.closed_at)]),
  ).toEqual(['04:00 escalated', '05:00 doctor_attempt', '05:00 closed'])
  const late = { ...done, closed_at: '2026-11-22T07:00:00.000Z' }
  expect(
    told(
      'original',
      '2026-11-23T00:00:00.000Z',
      [{ ...original, ...late }, escalation(late)],
      [attempt('escalation', 'doctor', late.closed_at)],
    ),
  ).toEqual(['04:00 escalated', '06:00 unattended', '07:00 doctor_attempt', '07:00 closed'])
})

test('whom it went to: a person, or a role', () => {
  const question = followup('question', { rule: 'hand_on', role: 'nurse', parent_id: 'original', by: 'service' })
  const [handed, escalated] = chain('original', escalatedAt, [
    original,
    question,
    escalation({ assignee_id: 'doctor' }),
  ])
  expect(handed).toMatchObject({ kind: 'handed_on', by: 'service', to: { role: 'nurse' } })
  expect(escalated).toMatchObject({ kind: 'escalated', by: 'service', to: { staff_id: 'doctor' } })
})
