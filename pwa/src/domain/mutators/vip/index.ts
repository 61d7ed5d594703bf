// server/clinic/vip is the twin of this folder and decides.
export { arrival } from './going'
export { set } from './steps'
export { assign } from './team'
