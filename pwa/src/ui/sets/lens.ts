// The one camera of a capture: opened with the screen, given back with it, taken again after a call or a lock.
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue'
import { Camera, CameraError, type CameraTrouble, type Lens, rememberLens } from '@/device/camera'
import { stayAwake } from '@/device/wake'

export function useCamera(zoom: () => number) {
  const camera = shallowRef<Camera | null>(null)
  const trouble = ref<CameraTrouble | null>(null)
  const lenses = ref<Lens[]>([])
  let opening = false
  let gone = false
  let sleep = () => {}

  async function open(): Promise<void> {
    if (opening || gone) return
    opening = true
    try {
      camera.value?.close()
      const opened = await Camera.open(zoom())
      if (gone) return opened.close()
      camera.value = opened
      trouble.value = null
      lenses.value = await opened.lenses()
    } catch (error) {
      camera.value = null
      trouble.value = error instanceof CameraError ? error.kind : 'busy'
    } finally {
      opening = false
    }
  }

  const onVisible = () => {
    if (document.visibilityState === 'visible' && !camera.value?.live) void open()
  }

  onMounted(() => {
    sleep = stayAwake()
    document.addEventListener('visibilitychange', onVisible)
    void open()
  })
  onBeforeUnmount(() => {
    gone = true
    sleep()
    document.removeEventListener('visibilitychange', onVisible)
    camera.value?.close()
  })

  async function choose(id: string): Promise<void> {
    const lens = lenses.value.find((one) => one.id === id)
    if (lens) rememberLens(lens)
    await open()
  }

  return { camera, trouble, lenses, open, choose }
}
