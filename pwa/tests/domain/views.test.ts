import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { requiredViews } from '../../src/domain/views'

test('the views that a set needs are those of the catalogue', { timeout: 60_000 }, () => {
  const root = new URL('../../../', import.meta.url)
  const python = new URL('.venv/bin/python', root).pathname
  const options = { cwd: root.pathname, encoding: 'utf8', maxBuffer: 1e8 } as const
  const catalogue: { regions: { code: string; views: { code: string; optional: boolean }[] }[] } = JSON.parse(
    execFileSync(python, ['-m', 'photos.catalogue'], options),
  )
  const required = catalogue.regions.map(({ code, views }) => [
    code,
    views.filter(({ optional }) => !optional).map((view) => view.code),
  ])
  expect(requiredViews).toEqual(Object.fromEntries(required))
})
