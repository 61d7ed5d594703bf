import { ref } from 'vue'

/** A new version is ready to take over. */
export const updateIsWaiting = ref(false)
