/** Runs the task once what is on the screen stands; in browsers that do not tell when (Safari), soon. */
export function whenIdle(task: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(task, { timeout: 5000 })
  else setTimeout(task, 200)
}
