// A registry in a process of its own, which a test may kill: node registry-process.ts STORE PORT
import { openStore, serveRegistry } from '@castellan/registry';

const [url = '', port = '0'] = process.argv.slice(2);
const store = await openStore({ url, patience: 30_000 });
const server = await serveRegistry(store, { port: Number(port) });
console.log(server.url);
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => store.close())
    .then(() => process.exit(0));
});
