// A pnpmfile, used only when packing: a published manifest leads to no sources, which are not in the tarball, and has nothing that
// matters in this repository alone. At the root it would put its own hash into the lockfile, and each edit would change that.
export const hooks = {
  beforePacking(manifest) {
    const { devDependencies: _, rationale: __, scripts: ___, ...published } = manifest
    const exports = Object.entries(manifest.exports).map(([path, entry]) => [path, withoutSource(entry)])
    return { ...published, exports: Object.fromEntries(exports) }
  },
}

function withoutSource(entry) {
  if (typeof entry === 'string') return entry
  const { '@ws/source': _, ...targets } = entry
  return targets
}
