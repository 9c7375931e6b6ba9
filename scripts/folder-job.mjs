// npm run bench -- NAME, npm run fuzz -- NAME: runs bench/NAME/index.ts, fuzz/NAME/index.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fail, installDependencies, node, root, run, sourceFlags } from './ready.mjs';

const [kind, name, ...rest] = process.argv.slice(2);
installDependencies();
const folder = join(root, kind);
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'index.ts')))
  .map((entry) => entry.name);
if (name === undefined || !names.includes(name)) {
  fail(
    name === undefined ? `which ${kind}?` : `there is no ${kind} '${name}'`,
    `npm run ${kind} -- ${names.join(' | ')}`,
  );
}
// Peers to compare with are installed only when somebody compares.
if (existsSync(join(folder, 'package-lock.json'))) installDependencies(folder);
process.exitCode = await run(node, [...sourceFlags, '--expose-gc', join(folder, name, 'index.ts'), ...rest]);
