import { expect, test } from 'vitest'
import type { Consent } from '../../src/domain/documents'
import { ageAt, standingConsent, versionSigned } from '../../src/domain/wordings'

const NOW = '2026-11-22T04:00:00.000Z'
const consent = (id: string, more: Partial<Consent>) =>
  ({ id, purpose: 'record', signed_at: '2026-01-01T00:00:00Z', revoked_at: null, ...more }) as Consent

test('the newest consent that is not revoked stands', () => {
  const revoked = consent('revoked', { revoked_at: '2026-11-21T00:00:00.000Z', signed_at: '2026-10-01T00:00:00Z' })
  const older = consent('older', {})
  const newer = consent('newer', { signed_at: '2026-02-01T00:00:00Z' })
  expect(standingConsent([revoked, older, newer], 'record', NOW)?.id).toBe('newer')
  expect(standingConsent([revoked], 'record', NOW)).toBeUndefined()
  expect(standingConsent([older], 'teaching', NOW)).toBeUndefined()
})

test.each([
  ['2008-11-22', 18],
  ['2008-11-23', 17],
  ['2008-12-01', 17],
  ['1990-02-28', 36],
  [null, null],
] as const)('born %s is %s years old', (born, years) => {
  expect(ageAt(born, '2026-11-22')).toBe(years)
})

test('what was signed names purpose, version and language within what the server keeps', () => {
  expect(versionSigned('publish_no_face', 'zh')).toMatch(/^publish_no_face\/\d{4}-\d\d\/zh$/)
  expect(versionSigned('publish_no_face', 'zh').length).toBeLessThanOrEqual(40)
})
