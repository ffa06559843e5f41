// Set-up of every test file. The gate is no lottery: a property draws the same values each time, so that a red gate is about
// the change that it judges. New values are drawn in soak (`WS_SOAK`), and with a seed of one's own: `WS_SEED=42 npx vitest run …`.
import { configureGlobal } from 'fast-check'

const { WS_SEED, WS_SOAK } = process.env
if (WS_SEED !== undefined) configureGlobal({ seed: Number(WS_SEED) })
else if (WS_SOAK === undefined) configureGlobal({ seed: 20_261_121 })
