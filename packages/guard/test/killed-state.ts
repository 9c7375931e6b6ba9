// A process that uses proofs up and takes steps, and tells each one after it was kept. It is killed somewhere in between.
import { FileState } from '../src/state/file/file-state.ts';

const [, , folder = '', from = '0'] = process.argv;
const state = new FileState(folder, Date.now);
await state.open();
const used = state.replay('token');
const counter = state.counter('calls', { count: 1000, seconds: 86_400 });
for (let i = Number(from); ; i++) {
  const outcome = used.use(`proof ${i}`, Date.now() + 3_600_000, Date.now());
  state.steps.add(`step ${i}`);
  void counter.take('ada');
  // No callback: what is told was handed over to the system before the next one begins.
  process.stdout.write(`${i} ${String(await outcome)}\n`);
  if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
}
