import { expect, test } from 'vitest'
// The same table is run by tests/server/test_vip.py.
import cases from '../../../../tests/vectors/lead_times.json'
import type { VipLead } from '../../../src/domain/documents'
import { due } from '../../../src/domain/mutators/vip/lead-times'

test.each(cases)('$name', ({ lead, arrival_at, timezone, due_at }) => {
  expect(due(lead as VipLead | null, arrival_at, timezone)).toBe(due_at)
})
