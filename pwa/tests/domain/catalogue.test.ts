import { describe, expect, test } from 'vitest'
import { catalogue, regionOf, timePointOf, viewOf } from '@/domain/catalogue'
import { requiredViews } from '@/domain/views'

describe('the catalogue of views', () => {
  test('names the views that a set needs, in the order in which they are taken', () => {
    for (const { code, views } of catalogue.regions) {
      expect(views.filter(({ optional }) => !optional).map((view) => view.code)).toEqual(requiredViews[code])
    }
  })

  test('finds a region, a view and a time point by their codes', () => {
    expect(regionOf('face').name.zh).toBe('面部')
    expect(viewOf('face', 'LO')?.yaw).toBe(-45)
    expect(viewOf('face', 'BA')).toBeUndefined()
    expect(timePointOf('d7')?.target).toBe(7)
  })
})
