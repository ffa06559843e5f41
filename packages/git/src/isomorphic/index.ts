export { openIsomorphicReader } from './isomorphic-reader.ts'
