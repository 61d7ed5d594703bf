import { expect, test } from 'vitest'
import { editable, put } from './editing'

const args = {
  id: 'c1',
  set: { name: '', phones: ['1', '2'], preferences: { no_marketing: true } },
  seen: { name: '王小美' },
  size: 3,
}

test('a person is shown the words of a mutation, never its ids', () => {
  expect(editable(args).map(({ path, text }) => [path, text])).toEqual([
    ['set.name', ''],
    ['set.phones', '1\n2'],
    ['set.preferences.no_marketing', 'true'],
    ['size', '3'],
  ])
})

test('an edited field keeps its shape and leaves the others alone', () => {
  const [name, phones, marketing, size] = editable(args)
  let edited: Record<string, unknown> = args
  for (const [field, text] of [
    [name, '王美'],
    [phones, '1\n\n3'],
    [marketing, 'false'],
    [size, '4'],
  ] as const) {
    if (field) edited = put(edited, field, text)
  }
  expect(edited).toEqual({
    id: 'c1',
    set: { name: '王美', phones: ['1', '3'], preferences: { no_marketing: false } },
    seen: { name: '王小美' },
    size: 4,
  })
})
