// Brings the face finder (@mediapipe/face_mesh, Apache-2.0) into the build as files that nobody loads unless a person
// asks for head angles: assets/head/<hash>/. It is changed on the way; NOTICE.txt beside it says so.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { withoutAttention, withoutEval } from './changes'

const HERE = dirname(fileURLToPath(import.meta.url))
const PACKAGE = join(HERE, '../node_modules/@mediapipe/face_mesh')
const MODULE = 'virtual:head'

const NOTICE = `@mediapipe/face_mesh 0.4.1633559619, Copyright The MediaPipe Authors, Apache License 2.0 (LICENSE.txt).
Changed: functions that were made from text are closures (no unsafe-eval is needed); the model with attention is left
out of the packed assets; processors without SIMD are not served.
`

function files(): Map<string, string | Uint8Array> {
  const text = (name: string) => readFileSync(join(PACKAGE, name), 'utf8')
  const bytes = (name: string) => readFileSync(join(PACKAGE, name))
  const assets = withoutAttention(
    text('face_mesh_solution_packed_assets_loader.js'),
    bytes('face_mesh_solution_packed_assets.data'),
  )
  const wasm = 'face_mesh_solution_simd_wasm_bin'
  return new Map<string, string | Uint8Array>([
    ['worker.js', readFileSync(join(HERE, 'worker.js'), 'utf8')],
    ['face_mesh.js', text('face_mesh.js')],
    ['face_mesh.binarypb', bytes('face_mesh.binarypb')],
    [`${wasm}.js`, withoutEval(text(`${wasm}.js`))],
    [`${wasm}.wasm`, bytes(`${wasm}.wasm`)],
    ['face_mesh_solution_packed_assets_loader.js', assets.loader],
    ['face_mesh_solution_packed_assets.data', assets.data],
    ['NOTICE.txt', NOTICE],
    ['LICENSE.txt', readFileSync(join(HERE, 'LICENSE-Apache-2.0.txt'), 'utf8')],
  ])
}

/** `virtual:head` names the files' folder, and lists them with their size; it is null where nothing is built. */
export function headFiles(): Plugin {
  let all = new Map<string, string | Uint8Array>()
  let folder = ''
  return {
    name: 'head-files',
    apply: 'build',
    buildStart() {
      all = files()
      const hash = createHash('sha256')
      for (const [name, content] of all) hash.update(name).update(content)
      folder = `assets/head/${hash.digest('hex').slice(0, 12)}`
    },
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load(id) {
      if (id !== `\0${MODULE}`) return
      const names = [...all.keys()].filter((name) => !name.endsWith('.txt'))
      const size_bytes = [...all.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0)
      return `export default ${JSON.stringify({ folder: `/${folder}`, names, size_bytes })}`
    },
    generateBundle() {
      for (const [name, source] of all) this.emitFile({ type: 'asset', fileName: `${folder}/${name}`, source })
    },
  }
}

/** Where nothing is built (the development server, tests), there is no face finder. */
export function noHeadFiles(): Plugin {
  return {
    name: 'no-head-files',
    apply: 'serve',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    load: (id) => (id === `\0${MODULE}` ? 'export default null' : undefined),
  }
}
