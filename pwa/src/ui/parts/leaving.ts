import { useRouter } from 'vue-router'

/** Leads back to where the person came from; from a deep link opened cold, up instead. */
export function useLeave(): (up: string) => void {
  const router = useRouter()
  return (up) => {
    if (history.state?.back) router.back()
    else void router.replace(up)
  }
}
