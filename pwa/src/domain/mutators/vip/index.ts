// server/clinic/vip is the twin of this folder and decides.
export { confirm, open, resubmit, review } from './deciding'
export { arrival, close } from './going'
export { setTemplate } from './journey'
export * as plans from './plans'
export { set } from './steps'
export { assign } from './team'
