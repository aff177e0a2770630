import { useRoute, useRouter } from 'vue-router'

/** The token of a letter's link. Once it is spent it leaves the address bar, and with it the browser's history. */
export function useLinkToken() {
  const route = useRoute()
  const router = useRouter()
  const token = typeof route.query.token === 'string' ? route.query.token : ''
  return { token, spend: () => void router.replace({ query: {} }) }
}
