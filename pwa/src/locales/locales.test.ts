import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutators } from '../domain/mutators'
import en from './en.json'
import zh from './zh-CN.json'

function flatten(texts: object, before = ''): Record<string, string> {
  return Object.fromEntries(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string' ? [[before + key, value]] : Object.entries(flatten(value, `${before}${key}.`)),
    ),
  )
}

const chinese = flatten(zh)
const english = flatten(en)
const placeholders = (text = '') => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort()

const sources = ['ui', 'actions']
  .flatMap((folder) =>
    readdirSync(join('src', folder), { recursive: true, encoding: 'utf8' }).map((file) => join('src', folder, file)),
  )
  .filter((file) => /\.(vue|ts)$/.test(file) && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(file, 'utf8'))

test('both languages have the same texts', () => {
  expect(Object.keys(english).sort()).toEqual(Object.keys(chinese).sort())
})

test('both languages fill in the same things', () => {
  for (const [key, text] of Object.entries(chinese))
    expect([key, placeholders(english[key])]).toEqual([key, placeholders(text)])
})

test('no text is empty', () => {
  for (const [key, text] of [...Object.entries(chinese), ...Object.entries(english)])
    expect([key, text]).not.toEqual([key, ''])
})

test('every text that a screen asks for by name exists', () => {
  const asked = sources.flatMap((source) => [...source.matchAll(/\bt\(\s*'([\w.]+)'/g)].map(([, key]) => key ?? ''))
  expect(asked.length).toBeGreaterThan(200)
  expect(asked.filter((key) => !(key in chinese))).toEqual([])
})

test('every mutation has a name for those who look what has been sent', () => {
  const titles = Object.keys(mutators).map((name) => `mutation.${name.replaceAll('.', '_')}`)
  expect(titles.filter((title) => !(title in chinese))).toEqual([])
})
