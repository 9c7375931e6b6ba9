// Everything on: token, scopes, limits, coercion, validation, response validation, one audit line.
import { createServer } from 'node:http';
import { createGuard } from '@castellan/guard';
import { node } from '@castellan/guard/node';
import { audience, contract, created, issuer, list } from '../work.ts';
import { ready, settings } from './ready.ts';

const guard = await createGuard({
  contract: contract(),
  authentication: {
    oauth: {
      issuer,
      audience,
      algorithms: [settings.algorithm],
      jwks: settings.jwks,
      ...(settings.remember ? {} : { cachedTokens: 0 }),
    },
  },
  limits: { perAddress: '1000000000/minute', perPrincipal: '1000000000/minute' },
  audit: { file: settings.audit },
});

createServer(
  node(guard, (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.method === 'GET') {
      response.end(JSON.stringify(list));
      return;
    }
    response.statusCode = 201;
    response.end(JSON.stringify(created));
  }),
).listen(0, '127.0.0.1', ready);
