// npm run real: servers that others wrote, behind the gateway. Installs them the first time; -- NAME takes some.
import { installDependencies, installSystemPackages, node, root, run } from './ready.mjs';
import { join } from 'node:path';

installDependencies();
// Programs, by the Debian packages that bring them. Nothing of them is started by being installed.
process.env.RUNLEVEL = '1';
installSystemPackages({
  pdns_server: 'pdns-server pdns-backend-sqlite3 sqlite3',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  uvicorn: 'python3-fastapi python3-uvicorn uvicorn python3-multipart',
  pg_lsclusters: 'postgresql',
});
const names = process.argv.slice(2);
const files = (names.length === 0 ? ['*'] : names).map((name) => `test/real/${name}.test.ts`);
process.exitCode = await run(node, [join(root, 'scripts', 'test.mjs'), ...files], {
  env: { ...process.env, CASTELLAN_REAL_INSTALL: '1' },
});
