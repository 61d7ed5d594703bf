import { computed } from 'vue'
import { errandsOf } from '@/domain/vip/errands'
import { session } from '@/state'
import { moment } from '../clock'
import { zone } from '../words'
import { heldCases, heldOrders } from './held'

/** Who looks, when and where: what the board and the next steps depend on. */
export const looking = computed(() => ({
  now: moment.value,
  timezone: zone(),
  person: session.person ?? { id: '', roles: [] },
}))

/** The next steps of the person signed in, across all their cases. */
export const myErrands = computed(() => errandsOf(heldCases.value, heldOrders.value, looking.value))
