// The customers this person can find on this phone. The search index follows the documents one by one: building it anew
// for 5,000 customers at every arrival would be felt at the next keystroke.
import { computed } from 'vue'
import { buildIndex, remove, type Searchable, type SearchIndex, update } from '@/domain/search'
import { records } from '@/state'

/** Whoever may read names only finds by surname. */
export const knownCustomers = computed<readonly Searchable[]>(() => {
  const customers = records.all('customer')
  if (customers.length > 0) return customers
  return records.all('customer_brief').map(({ id, surname, form }) => ({ id, name: `${surname}${form}`, phones: [] }))
})

const index: SearchIndex = buildIndex([])
let indexed = new Map<string, Searchable>()

export const customerIndex = computed(() => {
  const next = new Map<string, Searchable>()
  for (const customer of knownCustomers.value) {
    next.set(customer.id, customer)
    if (indexed.get(customer.id) !== customer) update(index, customer)
  }
  for (const id of indexed.keys()) if (!next.has(id)) remove(index, id)
  indexed = next
  // A fresh object, so that whoever searches looks again.
  return { index }
})
