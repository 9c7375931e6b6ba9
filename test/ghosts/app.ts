// A service of the test, in a process of its own: an API with a database, guarded, that reports to a registry.
import { createServer } from 'node:http';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import pg from 'pg';

const { ENVIRONMENT = '', ISSUER = '', DATABASE_URL = '', REGISTRY = '', REGISTRY_KEY = '', AUDIT } = process.env;
const guard = await createGuard({
  contract: {
    openapi: '3.1.0',
    info: { title: 'Orders', version: '1' },
    security: [{ login: [] }],
    components: { securitySchemes: { login: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    paths: {
      '/orders': { get: { operationId: 'listOrders', responses: { 204: { description: '' } } } },
      '/health': { get: { operationId: 'health', security: [], responses: { 204: { description: '' } } } },
    },
  },
  environment: ENVIRONMENT,
  authentication: { login: { issuer: ISSUER, audience: 'orders', lazy: true } },
  registry: { url: REGISTRY, key: REGISTRY_KEY, name: `orders-${ENVIRONMENT}` },
  ...(AUDIT === undefined ? {} : { audit: { file: AUDIT } }),
});
const pool = new pg.Pool({ connectionString: DATABASE_URL });
// The database of the test may end before it does.
pool.on('error', () => undefined);
await pool.query('select count(*) from orders');
const server = createServer(
  node(guard, (_request, response) => {
    response.statusCode = 204;
    response.end();
  }),
);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : '');
});
process.once('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  void Promise.all([guard.end(), pool.end()]).then(() => process.exit(0));
});
