// Set-up of every test file. With coverage vitest takes Node's compile cache away from its workers, because of what is
// compiled from it no lines are counted. Programs that tests start are not counted: they may have it, and start four times
// as fast with it.
delete process.env.NODE_DISABLE_COMPILE_CACHE
process.env.NODE_COMPILE_CACHE ??= process.env.WS_COMPILE_CACHE
