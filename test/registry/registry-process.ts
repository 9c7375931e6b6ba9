// A registry in a process of its own, which a test may kill: node registry-process.ts STORE PORT
// Says where it listens and an administrator's key; when it is ended by SIGTERM, what it has counted.
import { openStore, serveRegistry } from '@castellan/registry';
import { countedIn } from './counted.ts';

const [url = '', port = '0'] = process.argv.slice(2);
const store = await openStore({ url, patience: 30_000 });
const server = await serveRegistry(store, { port: Number(port) });
console.log(`${server.url} ${server.localKey}`);
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => countedIn(store))
    .then((counted) => console.log(counted.join(' ')))
    .then(() => store.close())
    .then(() => process.exit(0));
});
