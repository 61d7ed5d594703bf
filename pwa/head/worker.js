// A classic worker around the face finder, which wants a page: as much of one as it asks for.
const NONE = () => {}
class Script {
  setAttribute(name, value) {
    this[name] = value
  }
  addEventListener(kind, hear) {
    if (kind === 'load') this.loaded = hear
  }
}
self.window = self
self.document = {
  addEventListener: NONE,
  removeEventListener: NONE,
  querySelector: () => null,
  currentScript: { src: self.location.href },
  createElement: (tag) => (tag === 'canvas' ? new OffscreenCanvas(1, 1) : new Script()),
  body: {
    appendChild(script) {
      importScripts(script.src)
      queueMicrotask(script.loaded)
    },
  },
}
importScripts('face_mesh.js')

const folder = self.location.href.replace(/[^/]*$/, '')
let found = null
let canvas = null
const finder = new self.FaceMesh({ locateFile: (name) => folder + name })
// Never the confidences: others than its own make up faces.
finder.setOptions({ maxNumFaces: 1, refineLandmarks: false, selfieMode: false })
finder.onResults(({ multiFaceLandmarks }) => {
  found = multiFaceLandmarks?.[0] ?? null
})

// Answers [x, y, z] of every landmark in fractions of the picture's width and height, flat; null: no face.
self.onmessage = async ({ data: frame }) => {
  try {
    canvas ??= new OffscreenCanvas(frame.width, frame.height)
    canvas.width = frame.width
    canvas.height = frame.height
    canvas.getContext('2d').drawImage(frame, 0, 0)
    frame.close()
    found = null
    await finder.send({ image: canvas })
    self.postMessage({ landmarks: found && Float32Array.from(found.flatMap(({ x, y, z }) => [x, y, z])) })
  } catch (error) {
    self.postMessage({ fault: String(error) })
  }
}
