// The counter itself: it tells what is quadratic, in blocks and in functions of the engine, and leaves alone what is not.
import { compared, countWork } from './count.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFunction } from 'node:vm';

const texts = {
  loops: 'let s = 0; for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) s += j; return s;',
  includes: 'const a = []; for (let i = 0; i < n; i++) if (!a.includes(i)) a.push(i); return a;',
  copies: 'let a = []; for (let i = 0; i < n; i++) a = [...a, i]; return a;',
  concat: "let b = Buffer.alloc(0); for (let i = 0; i < n; i++) b = Buffer.concat([b, Buffer.from('x')]); return b;",
  search: "const t = 'a'.repeat(n); let c = 0; for (let i = 0; i < n; i++) if (t.indexOf('b', i) < 0) c++; return c;",
  pattern: "const t = 'a'.repeat(n); let c = 0; for (let i = 0; i < n; i++) if (!/b/.test(t)) c++; return c;",
  shift: 'const a = Array.from({ length: n }); while (a.length > 0) a.shift(); return a;',
};
const linear = {
  loop: 'let s = 0; for (let i = 0; i < n; i++) s += i; return s;',
  set: 'const a = new Set(); for (let i = 0; i < n; i++) a.add(i); return [...a];',
  sorted: 'return Array.from({ length: n }, (_, i) => (i * 7919) % n).sort((a, b) => a - b);',
  steps:
    "const t = 'ab'.repeat(n); let c = 0; for (let i = t.indexOf('b'); i >= 0; i = t.indexOf('b', i + 1)) c++; return c;",
};

async function largestGrowth(text: string): Promise<number> {
  const run = compileFunction(text, ['n'], { filename: 'measured.js' }) as (n: number) => unknown;
  const small = await countWork(() => run(200));
  const large = await countWork(() => run(800));
  return Math.max(...[...compared(small, large)].map(([, before, after]) => after / Math.max(before, 200)));
}

for (const [name, text] of Object.entries(texts))
  test(`${name} are quadratic`, async () => assert.ok((await largestGrowth(text)) > 10));
for (const [name, text] of Object.entries(linear))
  test(`${name} is not`, async () => assert.ok((await largestGrowth(text)) < 5.5));
