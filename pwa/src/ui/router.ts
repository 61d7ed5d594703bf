import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordNormalized } from 'vue-router'
import { session } from '@/state'
import { sayTrouble } from './feedback'
import { i18n } from './i18n'
import { whenIdle } from './idle'
import { closeTopSheet, sheetIsUp } from './parts/sheets'

declare module 'vue-router' {
  interface RouteMeta {
    /** Can be seen without having signed in. */
    open?: boolean
    /** Shows the bottom bar. */
    tabs?: boolean
  }
}

// Captured, so that it is known before the router hears of it.
let goingBack = false
addEventListener(
  'popstate',
  () => {
    goingBack = true
  },
  { capture: true },
)

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', component: () => import('./screens/SignIn.vue'), meta: { open: true } },
    { path: '/unlock', component: () => import('./screens/Unlock.vue'), meta: { open: true } },
    { path: '/', component: () => import('./screens/Today.vue'), meta: { tabs: true } },
    { path: '/board', component: () => import('./screens/Board.vue') },
    { path: '/reports', component: () => import('./screens/Reports.vue') },
    { path: '/reports/sample', component: () => import('./screens/Sample.vue') },
    { path: '/reports/vip', component: () => import('./screens/VipMonths.vue') },
    { path: '/followups/:id', component: () => import('./screens/FollowUp.vue'), props: true },
    { path: '/customers', component: () => import('./screens/Customers.vue'), meta: { tabs: true } },
    { path: '/customers/new', component: () => import('./screens/CustomerNew.vue') },
    { path: '/customers/:id', component: () => import('./screens/CustomerFile.vue'), props: true },
    { path: '/customers/:id/profile', component: () => import('./screens/CustomerProfile.vue'), props: true },
    { path: '/customers/:id/medical', component: () => import('./screens/CustomerMedical.vue'), props: true },
    { path: '/customers/:id/treatment', component: () => import('./screens/TreatmentNew.vue'), props: true },
    { path: '/customers/:id/followup', component: () => import('./screens/FollowUpNew.vue'), props: true },
    { path: '/sets', component: () => import('./screens/Sets.vue'), meta: { tabs: true } },
    { path: '/sets/new', component: () => import('./screens/SetNew.vue') },
    { path: '/sets/:id', component: () => import('./screens/SetReview.vue'), props: true },
    { path: '/sets/:id/capture', component: () => import('./screens/SetCapture.vue'), props: true },
    { path: '/customers/:id/compare', component: () => import('./screens/Compare.vue'), props: true },
    { path: '/photos/:id', component: () => import('./screens/PhotoView.vue'), props: true },
    { path: '/vip', component: () => import('./screens/VipBoard.vue'), meta: { tabs: true } },
    { path: '/vip/next', component: () => import('./screens/VipNext.vue') },
    { path: '/vip/handover', component: () => import('./screens/VipHandover.vue') },
    { path: '/vip/:id/report', component: () => import('./screens/VipReport.vue'), props: true },
    { path: '/vip/new', component: () => import('./screens/VipForm.vue') },
    { path: '/vip/:id', component: () => import('./screens/VipCase.vue'), props: true },
    { path: '/vip/:id/screening', component: () => import('./screens/VipScreening.vue'), props: true },
    { path: '/vip/:id/screening/edit', component: () => import('./screens/VipForm.vue'), props: true },
    { path: '/vip/:id/plans', component: () => import('./screens/VipPlans.vue'), props: true },
    { path: '/sync', component: () => import('./screens/SyncScreen.vue') },
    { path: '/me', component: () => import('./screens/Me.vue'), meta: { tabs: true } },
    { path: '/me/lock', component: () => import('./screens/LockSettings.vue') },
    { path: '/me/devices', component: () => import('./screens/Devices.vue') },
    { path: '/me/clinic', component: () => import('./screens/ClinicSettings.vue') },
    { path: '/me/clinic/rules', component: () => import('./screens/ClinicRules.vue') },
    { path: '/me/clinic/hours', component: () => import('./screens/ClinicHours.vue') },
    { path: '/me/clinic/vip', component: () => import('./screens/ClinicVip.vue') },
    { path: '/me/clinic/people', component: () => import('./screens/ClinicPeople.vue') },
    { path: '/me/clinic/texts', component: () => import('./screens/ClinicTexts.vue') },
    {
      path: '/me/audit',
      component: () => import('./screens/Audit.vue'),
      props: ({ query: { about, by, kind, field, from, to } }) => ({ about, by, kind, field, from, to }),
    },
    { path: '/me/inbox', component: () => import('./screens/Inbox.vue') },
    { path: '/me/notifications', component: () => import('./screens/Notifications.vue') },
    { path: '/me/offline', component: () => import('./screens/WorksOffline.vue'), meta: { open: true } },
    { path: '/:anything(.*)*', redirect: '/' },
  ],
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
})

/** Loads the screen that the address asks for, while the phone still reads its documents. */
export function fetchFirstScreen(): void {
  router.resolve(location.pathname).matched.forEach(fetchScreen)
}

/** Loads the other screens once the first one stands, so that a tap never waits for one. */
export function warmUp(): void {
  whenIdle(() => router.getRoutes().forEach(fetchScreen))
}

function fetchScreen({ components }: RouteRecordNormalized): void {
  const screen = components?.default
  if (typeof screen === 'function') void (screen as () => Promise<unknown>)().catch(() => undefined)
}

/** Where a person without an open store has to go first, to come here afterwards. */
export const wayBackTo = (path: string): RouteLocationRaw => ({
  path: session.locked ? '/unlock' : '/sign-in',
  query: path === '/' ? {} : { to: path },
})

router.beforeEach((to) => {
  const back = goingBack
  goingBack = false
  if (back && sheetIsUp.value) {
    closeTopSheet()
    return false
  }
  if (!to.meta.open && !session.person) return wayBackTo(to.fullPath)
  if (!to.meta.open && session.lapsed && to.path !== '/sync') return '/sync'
  return true
})

// A screen that could not be fetched (offline before everything was kept) leaves the person where they are.
router.onError(() => sayTrouble(i18n.global.t('trouble.screen')))

// Screen readers are told the new screen by its heading.
router.afterEach((to, from) => {
  if (from.matched.length === 0 || to.path === from.path) return
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }))
})
