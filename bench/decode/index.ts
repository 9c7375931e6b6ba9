import { canonicalPath, compileParameters, compileRoutes } from '@castellan/contract';
import { aParameter, aSchema, anOperation } from '../../packages/contract/src/parameters/made-operation.ts';
import { References } from '../../packages/contract/src/schema/index.ts';

function measure(name: string, run: () => unknown, rounds = 7, calls = 300_000): void {
  const times: number[] = [];
  let kept: unknown;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    for (let call = 0; call < calls; call++) kept = run();
    times.push(((performance.now() - start) / calls) * 1e6);
  }
  times.sort((left, right) => left - right);
  if (kept === undefined) throw new Error(`${name} gave nothing`);
  console.log(`${name.padEnd(64)} ${(times[times.length >> 1] ?? 0).toFixed(0).padStart(8)} ns`);
}

const source = { references: new References() };
const operations = Array.from({ length: 25 }, (_, index) => [
  anOperation({ operationId: `list${index}`, path: `/things${index}`, method: 'GET' }),
  anOperation({ operationId: `get${index}`, path: `/things${index}/{id}/parts/{part}`, method: 'GET' }),
]).flat();
const routes = compileRoutes({ operations, servers: [] }, { basePath: '/v1' });

measure('canonicalPath /v1/things7?limit=20&status=open', () => canonicalPath('/v1/things7?limit=20&status=open'));
measure('route, static', () => routes.match('GET', '/v1/things7'));
measure('route, two variables', () => routes.match('GET', '/v1/things7/12345/parts/abc'));
measure('route, two variables, one encoded', () => routes.match('GET', '/v1/things7/12345/parts/a%20c'));
measure('route, unknown', () => routes.match('GET', '/v1/nothing/here') ?? null);

const decode = compileParameters(
  source,
  anOperation({
    path: '/things/{id}',
    parameters: [
      aParameter({ name: 'id', in: 'path', schema: aSchema({ type: 'integer', minimum: 1 }) }),
      aParameter({
        name: 'limit',
        in: 'query',
        schema: aSchema({ type: 'integer', minimum: 1, maximum: 100, default: 20 }),
      }),
      aParameter({
        name: 'status',
        in: 'query',
        schema: aSchema({ type: 'string', enum: ['open', 'closed', 'paid'] }),
      }),
    ],
  }),
);
measure('parameters: 1 path integer, 2 query (integer, enum)', () =>
  decode({ path: ['12345'], query: 'limit=20&status=open', rawHeaders: [] }),
);
const none = compileParameters(source, anOperation({}));
measure('parameters: none', () => none({ path: [], query: '', rawHeaders: [] }));
