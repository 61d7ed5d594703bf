declare module 'virtual:head' {
  /** Where the face finder's files lie; null where they were not built. */
  const files: { folder: string; names: string[]; size_bytes: number } | null
  export default files
}
