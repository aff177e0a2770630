import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { useSession } from './stores/session'

declare module 'vue-router' {
  interface RouteMeta {
    /** The key of the page's title. */
    title: string
    isPublic?: boolean
  }
}

/** Nothing that somebody who is logged in has a use for. */
const FOR_STRANGERS = new Set<unknown>(['login', 'signup', 'forgot-password'])

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    {
      path: '/login',
      name: 'login',
      component: () => import('./pages/LoginPage.vue'),
      meta: { title: 'login.title', isPublic: true },
    },
    {
      path: '/signup',
      name: 'signup',
      component: () => import('./pages/SignupPage.vue'),
      meta: { title: 'signup.title', isPublic: true },
    },
    {
      path: '/forgot-password',
      name: 'forgot-password',
      component: () => import('./pages/ForgotPasswordPage.vue'),
      meta: { title: 'forgot.title', isPublic: true },
    },
    {
      path: '/reset-password',
      name: 'reset-password',
      component: () => import('./pages/ResetPasswordPage.vue'),
      meta: { title: 'reset.title', isPublic: true },
    },
    {
      path: '/verify-email',
      name: 'verify-email',
      component: () => import('./pages/VerifyEmailPage.vue'),
      meta: { title: 'verify.title', isPublic: true },
    },
    {
      path: '/confirm-email',
      name: 'confirm-email',
      component: () => import('./pages/ConfirmEmailPage.vue'),
      meta: { title: 'confirm.title', isPublic: true },
    },
    {
      path: '/invitation',
      name: 'invitation',
      component: () => import('./pages/InvitationPage.vue'),
      meta: { title: 'invitation.title', isPublic: true },
    },
    {
      path: '/',
      component: () => import('./components/shell/AppShell.vue'),
      redirect: { name: 'calls' },
      meta: { title: 'app.name' },
      children: [
        {
          path: 'calls',
          name: 'calls',
          component: () => import('./pages/CallsPage.vue'),
          meta: { title: 'calls.title' },
        },
        {
          path: 'calls/:id',
          name: 'call',
          component: () => import('./pages/CallPage.vue'),
          props: true,
          meta: { title: 'call.title' },
        },
        {
          path: 'appointments',
          name: 'appointments',
          component: () => import('./pages/AppointmentsPage.vue'),
          meta: { title: 'appointments.title' },
        },
        {
          path: 'customers',
          name: 'customers',
          component: () => import('./pages/CustomersPage.vue'),
          meta: { title: 'customers.title' },
        },
        {
          path: 'customers/:id',
          name: 'customer',
          component: () => import('./pages/CustomerPage.vue'),
          props: true,
          meta: { title: 'customer.title' },
        },
        {
          path: 'operations/:view(tasks|unassigned-calls|dead-letters|jobs)?',
          name: 'operations',
          component: () => import('./pages/OperationsPage.vue'),
          props: true,
          meta: { title: 'operations.title' },
        },
        {
          path: 'settings',
          name: 'settings',
          component: () => import('./pages/settings/SettingsPage.vue'),
          meta: { title: 'settings.title' },
          children: [
            {
              path: 'company',
              name: 'settings-company',
              component: () => import('./pages/settings/CompanyPage.vue'),
              meta: { title: 'settings.company' },
            },
            {
              path: 'people',
              name: 'settings-people',
              component: () => import('./pages/settings/PeoplePage.vue'),
              meta: { title: 'settings.people' },
            },
            {
              path: 'keys',
              name: 'settings-keys',
              component: () => import('./pages/settings/KeysPage.vue'),
              meta: { title: 'settings.keys' },
            },
            {
              path: 'audit',
              name: 'settings-audit',
              component: () => import('./pages/settings/AuditPage.vue'),
              meta: { title: 'settings.audit' },
            },
            {
              path: 'security',
              name: 'settings-security',
              component: () => import('./pages/settings/SecurityPage.vue'),
              meta: { title: 'settings.security' },
            },
          ],
        },
        {
          path: ':unknown(.*)*',
          name: 'unknown',
          component: () => import('./pages/UnknownPage.vue'),
          meta: { title: 'unknown.title' },
        },
      ],
    },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? {} : { top: 0 }),
})

router.beforeEach(async (to) => {
  const session = useSession()
  await session.resume()
  if (!to.meta.isPublic && !session.isIn) return { name: 'login', query: nextOf(to) }
  if (session.isIn && FOR_STRANGERS.has(to.name)) return { name: 'calls' }
})

/** The path to go to after logging in. Only one of our own: never another site. */
export function nextPath(login: RouteLocationNormalized): string {
  const next = login.query.next
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/calls'
}

/** Where to go after logging in; the start page needs no mention. */
export function nextOf(to: RouteLocationNormalized): Record<string, string> {
  return to.path === '/' || to.name === 'calls' || to.meta.isPublic ? {} : { next: to.fullPath }
}
