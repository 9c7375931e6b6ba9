// Loaded before anything else while mutants are tried: says which mutant is on, notes which places ran, and counts, so that
// a mutant that never comes to an end is seen by its count and not by a clock.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

const active = Number(process.env['CASTELLAN_MUTANT'] ?? -1);
const bound = Number(process.env['CASTELLAN_MUTANT_BOUND'] ?? Infinity);
const folder = process.env['CASTELLAN_MUTANT_FOLDER'];
let ran = new Uint8Array(1 << 14);
let count = 0;

Object.assign(globalThis, {
  isMutant(id: number): boolean {
    count += 1;
    if (count > bound) process.kill(process.pid, 'SIGKILL');
    if (id >= ran.length) {
      const longer = new Uint8Array(2 * id);
      longer.set(ran);
      ran = longer;
    }
    ran[id] = 1;
    return id === active;
  },
});

if (folder !== undefined)
  process.on('exit', () => {
    const ids = Array.from(ran.keys()).filter((id) => ran[id] === 1);
    writeFileSync(join(folder, `${process.pid}-${threadId}.json`), JSON.stringify({ count, ids }));
  });
