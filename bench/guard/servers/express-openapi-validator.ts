// Express with express-openapi-validator (requests and responses), jose, a rate limit and one log line.
import express from 'express';
import validator from 'express-openapi-validator';
import { rateLimit } from 'express-rate-limit';
import { importJWK, jwtVerify, type JWK } from 'jose';
import { audience, contract, created, holds, issuer, list, readScope, writeScope } from '../work.ts';
import { batched, ready, settings } from './ready.ts';

const key = await importJWK(settings.jwks.keys[0] as JWK, settings.algorithm);
const log = batched(settings.audit);
const app = express();
app.use(express.json());
app.use((request, response, next) => {
  response.on('finish', () =>
    log.write(
      `${JSON.stringify({ time: Date.now(), method: request.method, path: request.path, status: response.statusCode })}\n`,
    ),
  );
  next();
});
app.use((request, response, next) => {
  const token = request.headers.authorization?.slice(7) ?? '';
  jwtVerify(token, key, { issuer, audience, algorithms: [settings.algorithm] })
    .then(({ payload }) => {
      Object.assign(request, { user: payload });
      if (holds(payload['scope'], request.method === 'GET' ? readScope : writeScope)) next();
      else response.sendStatus(403);
    })
    .catch(next);
});
app.use(
  rateLimit({
    windowMs: 60_000,
    limit: 1_000_000_000,
    keyGenerator: (request) => String((request as unknown as { user: { sub: string } }).user.sub),
  }),
);
const document = contract();
app.use(
  validator.middleware({
    apiSpec: document as unknown as Parameters<typeof validator.middleware>[0]['apiSpec'],
    validateRequests: true,
    validateResponses: true,
    validateSecurity: false,
  }),
);
app.get('/v1/orders', (_request, response) => {
  response.json(list);
});
app.post('/v1/orders', (_request, response) => {
  response.status(201).json(created);
});
const server = app.listen(0, '127.0.0.1', () => ready.call(server));
