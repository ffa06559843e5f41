/**
 * Loads `node:sqlite` without the warning by which Node 22 tells *users* that the module is experimental; which
 * module we use is our concern. Nothing else runs meanwhile, so no other warning is lost.
 */
export function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
