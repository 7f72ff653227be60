/**
 * Loaded into the server's process before the server (`node --import`): its system clock is off by the milliseconds that stand
 * in the file named by BENCH_CLOCK_FILE, which is read anew at SIGUSR2. To the server this is a machine whose clock is set.
 */
import { readFileSync } from 'node:fs';

const file = process.env['BENCH_CLOCK_FILE'] ?? '';
const systemNow = Date.now;
let stepMs = 0;
process.on('SIGUSR2', () => {
  stepMs = Number(readFileSync(file, 'utf8'));
});
Date.now = () => systemNow() + stepMs;
