export { IndexedVault } from './indexed'
export { MemoryVault } from './memory'
export * from './rows'
export * from './storage'
