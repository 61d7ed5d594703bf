import { expect, test } from 'vitest'
// The same table is run by tests/server/test_names.py.
import shared from '../../tests/vectors/names.json'
import { formOf, surnameOf } from '../src/domain/names'

const surnames = Object.entries(shared.names).map(([name, [surname = '']]) => ({ name, surname }))

test.each(surnames)('the surname of "$name" is "$surname"', ({ name, surname }) => {
  expect(surnameOf(name)).toBe(surname)
})

test('the form of address follows the gender', () => {
  expect(formOf('female')).toBe(shared.forms.female)
  expect(formOf('male')).toBe(shared.forms.male)
  expect(formOf(null)).toBe(shared.forms[''])
})
