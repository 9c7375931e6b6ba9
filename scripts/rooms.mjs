// Imports between packages point one way. Each room names the rooms that it may import.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { root } from './ready.mjs';

const rooms = {
  contract: [],
  meaning: ['contract'],
  policy: ['contract'],
  guard: ['policy', 'meaning', 'contract'],
  detect: ['guard', 'policy', 'meaning', 'contract'],
  gateway: ['detect', 'guard', 'policy', 'contract'],
  registry: ['assess', 'gateway', 'detect', 'guard', 'policy', 'contract', 'meaning'],
  assess: ['gateway', 'guard', 'policy', 'meaning', 'contract'],
  scan: ['assess', 'meaning', 'contract'],
  console: [],
  cli: ['contract', 'meaning', 'policy', 'guard', 'gateway', 'detect', 'registry', 'assess', 'scan'],
};

const packageName = (room) => (room === 'cli' ? 'castellan' : `@castellan/${room}`);
const exported = new Map(Object.keys(rooms).map((name) => [packageName(name), name]));

/** Every import that goes the wrong way, past a package's exports, or out of its package; one line each. */
export function checkRooms() {
  const findings = [];
  for (const room of readdirSync(join(root, 'packages'))) {
    if (rooms[room] === undefined) {
      findings.push(`packages/${room}: no such room; add it to scripts/rooms.mjs and ARCHITECTURE.md`);
      continue;
    }
    for (const file of sources(join(root, 'packages', room, 'src')))
      findings.push(...findingsOf(room, file, readFileSync(file, 'utf8')));
  }
  return findings;
}

/** The same for the text of one file. */
export function findingsOf(room, file, text) {
  const findings = [];
  const folder = join(root, 'packages', room);
  for (const { specifier, line } of imports(text)) {
    const place = `${relative(root, file)}:${line}`;
    if (specifier.startsWith('.')) {
      if (!resolve(dirname(file), specifier).startsWith(folder + sep))
        findings.push(`${place}: '${specifier}' leaves the package`);
      continue;
    }
    const name = specifier.startsWith('@')
      ? specifier.split('/').slice(0, 2).join('/')
      : (specifier.split('/')[0] ?? '');
    const target = exported.get(name);
    if (target === undefined || target === room) continue;
    if (!rooms[room].includes(target)) {
      findings.push(`${place}: ${room} may not import ${target}`);
      continue;
    }
    const manifest = JSON.parse(readFileSync(join(root, 'packages', target, 'package.json'), 'utf8'));
    if (!(`.${specifier.slice(name.length)}` in manifest.exports))
      findings.push(`${place}: '${specifier}' is no export of ${name}`);
  }
  return findings;
}

function* sources(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}

function* imports(text) {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
  for (const match of text.matchAll(pattern)) {
    const start = match.index + match[0].length - match[0].trimStart().length;
    yield { specifier: match[1] ?? match[2] ?? match[3], line: text.slice(0, start).split('\n').length };
  }
}
